#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A program that enters a jail after its first lookup: neither the jail's configuration nor its
# libraries take effect, and the answers are those of the plain line.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program diff gcc
need_built tests/integration/chroot_lookups
need_part nsd libnss-myhostname libnss-mdns
enter "$@"

names='localhost hostsonly jailonly v4.corp.example both.corp.example alias2.corp.example
	nosuch.corp.example many.corp.example client.corp.example x.local'
hostile='fopnp files dns myhostname mdns4_minimal evil'

# Every file there that a jail can have to mislead a resolver.
fill_hostile_jail() {
	mkdir -p hostile/etc "hostile$library_dir" "hostile/lib/$(basename "$library_dir")"
	gcc -shared -fPIC -o hostile.so "$here/hostile_module.c" || fail "cannot build a module"
	for module in $hostile; do
		for dir in "hostile$library_dir" "hostile/lib/$(basename "$library_dir")"; do
			cp hostile.so "$dir/libnss_$module.so.2"
		done
	done
	for dir in "hostile$library_dir" "hostile/lib/$(basename "$library_dir")"; do
		mkdir -p "$dir/fopnp"
		cp hostile.so "$dir/fopnp/dns.so"
	done
	printf 'hosts: evil\n' >hostile/etc/nsswitch.conf
	printf 'order evil\n' >hostile/etc/fopnp.conf
	printf '10.6.6.6 jailonly\n' >hostile/etc/hosts
	printf 'nameserver 127.0.0.2\noptions timeout:1 attempts:1\n' >hostile/etc/resolv.conf
}

# ask OUTPUT OPTION JAIL: in the hostile jail, was anything of it loaded?
ask() {
	rm -f "$3/loaded"
	# shellcheck disable=SC2086
	"$BUILD/tests/integration/chroot_lookups" $2 "$3" $names >"$1" || fail "chroot_lookups"
}

check_line() {
	for jail in empty hostile; do
		for option in '' -n; do
			# Without a lookup before, glibc itself reads the jail's nsswitch.conf.
			[ "$jail$option" != hostile-n ] || continue
			hosts_line "$1"
			ask plain "$option" "$jail"
			for line in "fopnp [!UNAVAIL= return] $1" "fopnp [!SUCCESS=return] $1"; do
				hosts_line "$line"
				ask fopnp "$option" "$jail"
				# The module was never loaded where nothing was looked up outside.
				[ ! -e "$jail/loaded" ] || fail "$jail jail: its code ran with: hosts: $line"
				diff plain fopnp || fail "$jail jail $option: other answers with: hosts: $line"
			done
		done
	done
	echo "equal in both jails for: $1"
}

# glibc loads a module that it meets for the first time from the jail; that leaves the mark which
# the other checks look for.  The module does not, not even for a source that it never needed.
check_first_met() {
	hosts_line files evil
	ask plain '' hostile
	[ -e hostile/loaded ] || fail "the hostile module leaves no mark with: hosts: files evil"
	for line in 'fopnp [!SUCCESS=return] files evil' 'fopnp [!SUCCESS=return] files mdns4_minimal dns'; do
		hosts_line "$line"
		ask fopnp '' hostile
		[ ! -e hostile/loaded ] || fail "the jail's code ran with: hosts: $line"
		grep -q '^jailonly: 0 jailonly 10\.6\.6\.6$' fopnp || fail "no answer in the jail: $line"
	done
	echo 'no source is loaded from the jail'
}

check_configured() {
	hosts_line fopnp
	echo 'order files dns' | put /etc/fopnp.conf
	ask fopnp '' hostile
	[ ! -e hostile/loaded ] || fail "the jail's code ran with an order in fopnp.conf"
	grep -q '^jailonly: 0 jailonly 10\.6\.6\.6$' fopnp || fail "the order is lost in the jail"
	grep -q '^v4\.corp\.example: 0 .* 192\.0\.2\.1$' fopnp || fail "the order is lost in the jail"
	echo 'the order of fopnp.conf lives on in the jail'
}

# Our own sources: fopnp:hosts reads the jail's file, as files does; the jail's dns.so is not loaded.
check_built_in() {
	hosts_line fopnp
	for order in 'fopnp:hosts fopnp:dns' 'fopnp:dns fopnp:hosts' 'fopnp:hosts files fopnp:dns'; do
		echo "order $order" | put /etc/fopnp.conf
		ask fopnp '' hostile
		[ ! -e hostile/loaded ] || fail "the jail's code ran with: order $order"
		grep -q '^jailonly: 0 jailonly 10\.6\.6\.6$' fopnp ||
			fail "no answer in the jail: order $order"
	done
	echo 'our own sources run no code of the jail'
}

add_addresses
start_nsd 127.0.0.2
printf 'nameserver 127.0.0.2\noptions timeout:1 attempts:1\n' | put /etc/resolv.conf
printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n' | put /etc/hosts
mkdir empty
fill_hostile_jail
check_line 'files dns'
check_line 'dns [NOTFOUND=return] files'
check_first_met
check_configured
check_built_in
