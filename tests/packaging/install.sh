#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# libnss-fopnp comes, is upgraded, goes, and is purged: the hosts line is edited once, is then the
# administrator's, and is in the end what it was, byte for byte; with other modules, too, in each
# order.  At every moment new and old processes look names up as before.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname "$0")/lib.sh"
enter_folder "$@"
ours='fopnp [!UNAVAIL= return]'

tab=$(printf '\t')
check_line() { # FORMAT PLAIN WITH-FOPNP
	hosts_line "$1"
	install libnss-fopnp
	expect_line "$3" "installed over '$2'"
	install libnss-fopnp
	expect_line "$3" "upgraded over '$2'"
	remove libnss-fopnp
	expect_original "removed from '$3'"
	install libnss-fopnp
	expect_line "$3" "installed again over '$2'"
	purge libnss-fopnp
	expect_original "purged from '$3'"
}

hosts_line 'hosts:          files dns'
start_steady
check_line 'hosts:          files dns' 'files dns' "hosts:          $ours files dns"
check_line 'hosts: files mdns4_minimal [NOTFOUND=return] dns # local' 'a comment' \
	"hosts: $ours files mdns4_minimal [NOTFOUND=return] dns # local"
check_line 'hosts:\tfiles myhostname mymachines resolve [!UNAVAIL=return] dns  ' 'a tab' \
	"hosts:$tab$ours files myhostname mymachines resolve [!UNAVAIL=return] dns  "

# What the administrator did stays done.
hosts_line 'hosts: files dns'
install libnss-fopnp
hosts_line 'hosts: files dns'
install libnss-fopnp
expect_original 'upgraded after fopnp was taken out by hand'
# "files" stays behind it: between glibc's reading of the line and the module's own it changes.
hosts_line "hosts: myhostname fopnp [!UNAVAIL=return] files dns"
install libnss-fopnp
expect_original 'upgraded after fopnp was moved'
remove libnss-fopnp
expect_line 'hosts: myhostname files dns' 'removed, of another place on the line'
hosts_line "hosts: myhostname fopnp [!UNAVAIL=return] files dns"
install libnss-fopnp
expect_original 'installed with fopnp there already'
purge libnss-fopnp

# Removed where an upgrade was unpacked and not configured: dpkg calls no prerm.
hosts_line 'hosts: files dns'
install libnss-fopnp
in_root sh -c 'dpkg --force-unsafe-io --no-triggers --unpack /var/tmp/debs/libnss-fopnp_*.deb' >dpkg.log 2>&1 ||
	fail "unpack: $(cat dpkg.log)"
expect_line "hosts: $ours files dns" 'unpacked'
remove libnss-fopnp
expect_original 'removed while it was not configured'
: >"$root/etc/fopnp.conf"
: >"$nsswitch.before-fopnp"
: >"$nsswitch.fopnp-new"
mkdir -p "$root/run/fopnp"
: >"$root/run/fopnp/watch"
purge libnss-fopnp
[ -e "$root/run/fopnp/watch" ] || fail "purged: what listens in /run/fopnp is gone"
rm "$root/run/fopnp/watch"
install libnss-fopnp
purge libnss-fopnp
[ ! -e "$root/run/fopnp" ] || fail "purged: /run/fopnp is left"
[ -z "$(find "$root/etc" -name '*fopnp*')" ] || fail "purged: $(find "$root/etc" -name '*fopnp*')"

# Of two architectures the first one that comes edits, and the last one that goes.
mkdir other
dpkg-deb -R "$root"/var/tmp/debs/libnss-fopnp_*.deb other/tree || fail "cannot unpack the package"
here_arch=$(in_root dpkg --print-architecture)
other_arch=$([ "$here_arch" = i386 ] && echo armhf || echo i386)
sed -i "s/^Architecture: .*/Architecture: $other_arch/" other/tree/DEBIAN/control
mv other/tree/usr/lib/*-linux-gnu* "other/tree/usr/lib/$other_arch-other"
dpkg-deb -b other/tree "$root/var/tmp/debs/other.deb" >/dev/null || fail "cannot make a package"
in_root dpkg --add-architecture "$other_arch"
other() { # DPKG-ARGUMENT...
	in_root dpkg --force-unsafe-io --force-depends --no-triggers "$@" >dpkg.log 2>&1 || fail "$*: $(cat dpkg.log)"
}
hosts_line 'hosts: files dns'
install libnss-fopnp
other -i /var/tmp/debs/other.deb
expect_line "hosts: $ours files dns" 'two architectures'
other -P "libnss-fopnp:$here_arch"
expect_line "hosts: $ours files dns" 'one of two purged'
other -P "libnss-fopnp:$other_arch"
expect_original 'both purged'
install libnss-fopnp
other -i /var/tmp/debs/other.deb
other -P "libnss-fopnp:$here_arch" "libnss-fopnp:$other_arch"
expect_original 'both purged at once'

# Nothing to edit.
hosts_line '#hosts: files dns'
install libnss-fopnp
expect_original 'installed without a hosts line'
purge libnss-fopnp
stop_steady

# Others edit the line as well: without us they leave such a line at each step ...
steps() { # FIRST SECOND THEN...
	for step in "$@"; do
		case $step in
		+*) install "libnss-${step#+}" ;;
		-*) purge "libnss-${step#-}" ;;
		esac
		[ -z "${check:-}" ] || "$check" "$step"
	done
}
# ... and with us the same behind our word.
number=0
note_line() {
	case $1 in *fopnp*) return ;; esac
	number=$((number + 1))
	cp "$nsswitch" "step.$number"
}
compare_line() {
	case $1 in
	+fopnp) is_ours=yes ;;
	-fopnp) is_ours=no ;;
	*) number=$((number + 1)) ;;
	esac
	sed "s/^hosts:          $(echo "$ours" | sed 's/[][!]/\\&/g') /hosts:          /" "$nsswitch" >plain
	cmp -s "step.$number" plain || fail "after $1: $(grep hosts "$nsswitch"), not $(grep hosts "step.$number")"
	cmp -s "$nsswitch" plain
	[ "$is_ours" = "$([ $? -eq 1 ] && echo yes || echo no)" ] || fail "after $1: $(grep hosts "$nsswitch")"
}
try_orders() { # STEP...: those without us first
	hosts_line 'hosts:          files dns'
	number=0
	cp "$nsswitch" step.0
	plain=
	for step in "$@"; do
		case $step in *fopnp) ;; *) plain="$plain $step" ;; esac
	done
	check=note_line
	# shellcheck disable=SC2086
	steps $plain
	hosts_line 'hosts:          files dns'
	number=0
	is_ours=no
	check=compare_line
	steps "$@"
	check=
}
hosts_line 'hosts:          files dns'
start_steady
try_orders +fopnp +mdns +myhostname -fopnp -mdns -myhostname
try_orders +mdns +myhostname +fopnp -myhostname -mdns -fopnp
stop_steady
