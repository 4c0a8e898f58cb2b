#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Programs of different make answer alike with the module on the line and without it, among them
# such as read nsswitch.conf themselves (c-ares) and such as gain privileges (ping).
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program getent python3 curl node ping ssh setpriv diff
need_built tests/integration/ares_lookup
need_part nsd unbound libnss-mdns aria2
enter "$@"

names='localhost hostsonly v4.corp.example v6.corp.example both.corp.example alias.corp.example both
	several.corp.example many.corp.example star.wild.example nosuch.corp.example
	nodata.corp.example broken.example nosuch.local client.corp.example'
addresses='192.0.2.1 192.0.2.2 192.0.2.201 192.0.2.7 2001:db8::1 ::1'
list='files mdns4_minimal [NOTFOUND=return] dns'

add_served_addresses() {
	for address in 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.50 192.0.2.201; do
		ip addr add "$address/32" dev lo
	done
	for address in 2001:db8::1 2001:db8::2 2001:db8::3; do
		ip -6 addr add "$address/128" dev lo nodad
	done
}

start_http() {
	mkdir www
	echo served >www/index.html
	start_server http python3 -m http.server --bind :: --directory www 8080
	wait_until 'the HTTP server' curl -sf -o /dev/null 'http://127.0.0.1:8080/index.html'
}

# said TITLE COMMAND...: the command's output and status under a title.
said() {
	title=$1
	shift
	echo "-- $title"
	"$@"
	echo "status $?"
}

ask_getent() {
	for name in $names $addresses; do
		for database in hosts ahosts ahostsv4 ahostsv6; do
			said "getent $database $name" getent "$database" "$name"
		done
	done
}

# Not of many.corp.example: curl waits between sixty addresses that no interface has.
ask_curl() {
	for name in $names; do
		[ "$name" != many.corp.example ] || continue
		for option in -s -s4 -s6; do
			said "curl $option $name" curl "$option" -m 10 -w '%{remote_ip} %{errormsg}\n' \
				"http://$name:8080/index.html" | sed 's/ after [0-9]* ms.*//'
		done
	done
}

# As an ordinary user, to whom ping's file capability means AT_SECURE.
ping_once() {
	setpriv --reuid 65534 --regid 65534 --clear-groups ping -c 1 -W 1 "$1" >ping.out 2>&1
	status=$?
	head -n 1 ping.out
	return $status
}

ssh_once() {
	ssh -F none -v -o BatchMode=yes -o ConnectTimeout=1 "$1" true 2>&1 </dev/null |
		grep -E 'Connecting to|resolve'
}

# What address aria2 connects to, or why to none; it resolves with its own c-ares.
aria2_once() {
	aria2c --no-conf --async-dns=true --enable-async-dns6=true --max-tries=1 --connect-timeout=2 \
		--allow-overwrite=true --dir="$scratch/aria2" --log=- --log-level=info --stop=15 \
		"http://$1:8080/index.html" >aria2.out 2>&1
	status=$?
	grep -oE 'Connecting to .*|Name resolution for .*|Failed to resolve .*' aria2.out | head -n 3
	return $status
}

ask_all() {
	ask_getent
	# shellcheck disable=SC2086
	said python3 python3 "$here/programs_lookups.py" $names $addresses
	# shellcheck disable=SC2086
	said node node "$here/programs_lookups.js" $names
	ask_curl
	# shellcheck disable=SC2086
	said c-ares "$BUILD/tests/integration/ares_lookup" $names
	for name in $names; do
		said "ping $name" ping_once "$name"
		said "ssh $name" ssh_once "$name"
		# aria2 1.36 waits without end for the address of a name that has only an IPv6 one.
		[ "$name" = v6.corp.example ] || said "aria2 $name" aria2_once "$name"
	done
}

# expect FILE PATTERN: the plain line's output has to show that the programs really resolve.
expect() {
	grep -qE -- "$2" "$1" || fail "no '$2' in the answers of the plain line"
}

check_plain() {
	expect "$1" '^192\.0\.2\.1 +v4\.corp\.example'
	expect "$1" '^served'
	expect "$1" '^PING v4\.corp\.example \(192\.0\.2\.1\)'
	expect "$1" 'Connecting to v4\.corp\.example \[192\.0\.2\.1\]'
	expect "$1" '^Connecting to 192\.0\.2\.1:8080'
	expect "$1" '^ares_getaddrinfo v4\.corp\.example: .* 192\.0\.2\.1$'
	expect "$1" '^lookup v4\.corp\.example .*"192\.0\.2\.1"'
	expect "$1" '^resolve4 v4\.corp\.example .*"192\.0\.2\.1"'
	expect "$1" '^gethostbyname_ex alias\.corp\.example ..both\.corp\.example'
}

compare_with_plain() {
	hosts_line "$2"
	ask_all >"$1.out" 2>&1
	diff plain.out "$1.out" || fail "programs answer differently with: hosts: $2"
	echo "equal: $(wc -l <"$1.out") lines of output with: hosts: $2"
}

# c-ares before 1.28 looks at the first letters of two words only: f and d.  The blank in
# "[!UNAVAIL= return]" makes the second of them "return]", which counts as DNS; without it such a
# program loses DNS, and libc does not.
check_blank() {
	hosts_line "fopnp [!UNAVAIL=return] files dns"
	getent ahosts v4.corp.example >/dev/null || fail "libc minds the missing blank"
	"$BUILD/tests/integration/ares_lookup" v4.corp.example >noblank.out
	version=$(sed -n 's/^c-ares //p' noblank.out)
	case $version in
	1.1[0-9].* | 1.2[0-7].*)
		grep -q '192\.0\.2\.1' noblank.out && fail "c-ares $version does not mind the missing blank"
		aria2_once v4.corp.example >/dev/null && fail "aria2 does not mind the missing blank"
		echo "c-ares $version without the blank: $(sed -n 's/^ares_getaddrinfo //p' noblank.out)"
		;;
	*) echo "c-ares $version: newer than the first-letter rule" ;;
	esac
}

add_addresses
add_served_addresses
start_nsd 127.0.0.2
start_unbound 127.0.0.1 127.0.0.2
start_http
printf '127.0.0.1 localhost\n::1 localhost\n192.0.2.201 hostsonly hosts-alias\n' | put /etc/hosts
printf 'nameserver 127.0.0.1\nsearch corp.example\noptions timeout:1 attempts:1\n' |
	put /etc/resolv.conf

hosts_line "$list"
ask_all >plain.out 2>&1
check_plain plain.out
compare_with_plain documented "fopnp [!UNAVAIL= return] $list"
# glibc goes no further than the module on this line, so the answers are the module's.
compare_with_plain module "fopnp [!SUCCESS= return] $list"
check_blank
