#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# dpkg gives up in the middle and calls the scripts of Debian Policy 6.6: whatever fails, the hosts
# line and the library agree afterwards, lookups go on as before, and the next try succeeds.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname "$0")/lib.sh"
enter_folder "$@"
with_fopnp='hosts:          fopnp [!UNAVAIL= return] files dns'
arch=$(in_root dpkg --print-architecture)
marker=$root/etc/nsswitch.conf.nss.libnss-fopnp-will-install
info=$root/var/lib/dpkg/info/libnss-fopnp:$arch
ours=/var/tmp/debs/$(basename "$root"/var/tmp/debs/libnss-fopnp_*.deb)
library=$root$(dpkg-deb -c "$root$ours" | sed -n 's/.* \.\(.*libnss_fopnp\.so\.2\)$/\1/p')

# package NAME CONTROL-LINE... : NAME.deb with the files of the folder NAME
package() {
	name=$1
	shift
	mkdir -p "$name/DEBIAN"
	[ -e "$name/DEBIAN/control" ] || {
		printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example>\n' "$name"
		printf 'Description: of a test\n'
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$name/DEBIAN/control"
	dpkg-deb -b "$name" "$root/var/tmp/debs/$name.deb" >/dev/null || fail "cannot make $name.deb"
}

# dpkg_fails CALL ARGUMENT...: having called a script so; dpkg_does CALL ARGUMENT... as well
dpkg_fails() {
	call=$1
	shift
	in_root dpkg -D2 --force-unsafe-io --no-triggers "$@" >dpkg.log 2>&1 && fail "$*: dpkg does not fail"
	grep -q "^D000002: fork/exec .*[/.]$call" dpkg.log || fail "$*: no '$call' in: $(cat dpkg.log)"
}
dpkg_does() {
	call=$1
	shift
	in_root dpkg -D2 --force-unsafe-io --no-triggers "$@" >dpkg.log 2>&1 || fail "$*: $(cat dpkg.log)"
	[ -z "$call" ] || grep -q "^D000002: fork/exec .*[/.]$call" dpkg.log ||
		fail "$*: no '$call' in: $(cat dpkg.log)"
}

# is STATUS LINE LIBRARY(yes|no) WHAT; dpkg's words for the status, or none
is() {
	# shellcheck disable=SC2016
	status=$(in_root dpkg-query -W -f '${db:Status-Status}' libnss-fopnp 2>/dev/null)
	[ "${status#not-installed}" = "$1" ] || fail "$4: the status is '$status', not '$1': $(cat dpkg.log)"
	expect_line "$2" "$4"
	[ "$3" = "$([ -e "$library" ] && echo yes || echo no)" ] || fail "$4: library: not $3"
	[ ! -e "$marker" ] || fail "$4: the marker is left"
}

# break_script NAME: the installed script does its work and fails then
break_script() {
	cp "$info.$1" script
	echo 'exit 3' >>"$info.$1"
}
mend_script() {
	cat script >"$info.$1"
}

plain='hosts:          files dns'
hosts_line "$plain"
start_steady
# A file of ours that is somebody else's already: unpacking fails.
mkdir -p owner/usr/lib/tmpfiles.d
: >owner/usr/lib/tmpfiles.d/fopnp.conf
package owner
dpkg_does '' -i /var/tmp/debs/owner.deb
dpkg_fails 'postrm ( abort-install' -i "$ours"
is '' "$plain" no 'postrm abort-install'
expect_original 'postrm abort-install'
dpkg_does '' -P owner
install libnss-fopnp
is installed "$with_fopnp" yes 'installed after that'
remove libnss-fopnp
dpkg_does '' -i /var/tmp/debs/owner.deb
dpkg_fails 'postrm ( abort-install' -i "$ours"
is config-files "$plain" no 'postrm abort-install with an old version'
dpkg_does '' -P owner

# An upgrade whose unpacking fails, whose preinst fails, or that the old prerm forbids.
install libnss-fopnp
dpkg-deb -R "$root$ours" next || fail "cannot unpack the package"
sed -i 's/^Version: .*/Version: 9/' next/DEBIAN/control
mkdir -p owner/usr/share/fopnp next/usr/share/fopnp
rm -r owner/usr/lib
: >owner/usr/share/fopnp/more
cp owner/usr/share/fopnp/more next/usr/share/fopnp/
package owner
package next
dpkg_does '' -i /var/tmp/debs/owner.deb
dpkg_fails 'postinst ( abort-upgrade 9 )' -i /var/tmp/debs/next.deb
is installed "$with_fopnp" yes 'postrm abort-upgrade, postinst abort-upgrade'
dpkg_does '' -P owner
cp next/DEBIAN/preinst preinst
echo 'exit 3' >>next/DEBIAN/preinst
package next
dpkg_fails 'postinst ( abort-upgrade 9 )' -i /var/tmp/debs/next.deb
is installed "$with_fopnp" yes 'preinst upgrade failed'
cp preinst next/DEBIAN/preinst
package next
break_script prerm
dpkg_does 'prerm ( failed-upgrade ' -i /var/tmp/debs/next.deb
is installed "$with_fopnp" yes 'prerm failed-upgrade'
# The administrator's own order stays in all that.
hosts_line 'hosts: myhostname fopnp files dns'
echo 'exit 3' >>next/DEBIAN/preinst
package next
dpkg_fails 'postinst ( abort-upgrade 9 )' -i /var/tmp/debs/next.deb
is installed 'hosts: myhostname fopnp files dns' yes 'preinst upgrade failed with an order of the administrator'
hosts_line "$plain"
dpkg_fails 'postinst ( abort-upgrade 9 )' -i /var/tmp/debs/next.deb
is installed "$plain" yes 'preinst upgrade failed where the administrator took fopnp out'
hosts_line "$with_fopnp"
dpkg_does 'preinst ( upgrade 9 ' -i "$ours"
is installed "$with_fopnp" yes 'the old version'

# A removal that its own prerm forbids when it is done; then for another package, which fails.
break_script prerm
dpkg_fails 'postinst ( abort-remove )' -r libnss-fopnp
is installed "$with_fopnp" yes 'postinst abort-remove'
mend_script prerm
mkdir -p rival/DEBIAN
package rival 'Conflicts: libnss-fopnp'
printf '#!/bin/sh\nexit 3\n' >rival/DEBIAN/preinst
chmod 755 rival/DEBIAN/preinst
package rival
dpkg_fails 'postinst ( abort-remove in-favour rival ' -B -i /var/tmp/debs/rival.deb
is installed "$with_fopnp" yes 'postinst abort-remove in-favour'
# One that breaks it takes its configuration for a while, and the library stays.
mkdir -p breaker/DEBIAN
package breaker 'Breaks: libnss-fopnp'
printf '#!/bin/sh\nexit 3\n' >breaker/DEBIAN/preinst
chmod 755 breaker/DEBIAN/preinst
package breaker
dpkg_fails 'postinst ( abort-deconfigure in-favour breaker ' --auto-deconfigure -i /var/tmp/debs/breaker.deb
is installed "$with_fopnp" yes 'postinst abort-deconfigure'

# postrm fails: the package is half gone, and goes the next time.
break_script postrm
dpkg_fails 'postrm ( remove )' -r libnss-fopnp
expect_line "$plain" 'postrm remove failed'
mend_script postrm
remove libnss-fopnp
is config-files "$plain" no 'removed at the second try'

# postinst fails behind its edit: the package is half configured, and is configured the next time.
dpkg_does 'preinst ( install ' --unpack "$ours"
break_script postinst
dpkg_fails 'postinst ( configure ' --configure libnss-fopnp
is half-configured "$with_fopnp" yes 'postinst configure failed'
mend_script postinst
dpkg_does 'postinst ( configure ' --configure libnss-fopnp
is installed "$with_fopnp" yes 'configured at the second try'
remove libnss-fopnp
break_script postrm
dpkg_fails 'postrm ( purge )' -P libnss-fopnp
mend_script postrm
purge libnss-fopnp
is '' "$plain" no 'purged at the second try'
[ -z "$(find "$root/etc" -name '*fopnp*')" ] || fail "purged: $(find "$root/etc" -name '*fopnp*')"
stop_steady
