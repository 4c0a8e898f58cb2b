#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whatever happens to the library, to fopnp.conf, or in the middle of the package's edit, lookups go
# on as before, and nsswitch.conf is the old one or the new one.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname "$0")/lib.sh"
enter_folder "$@"

look_up() {
	for name in localhost client steady.example 192.0.2.7; do
		in_root getent ahosts "$name" || echo "status $?"
	done
}

hosts_line 'hosts:          files dns'
look_up >expected
grep -q 192.0.2.7 expected || fail "lookups do not work to begin with"
install libnss-fopnp
with_fopnp="hosts:          fopnp [!UNAVAIL= return] files dns"
expect_line "$with_fopnp" "installed"
library=$(ls "$root"/usr/lib/*/libnss_fopnp.so.2)
cp "$library" library

expect_lookups() {
	look_up >got 2>&1
	cmp -s expected got || fail "$1: $(diff expected got)"
}

# ---- the library ----
expect_lookups "installed"
rm "$library"
expect_lookups "library deleted"
: >"$library"
expect_lookups "library empty"
# Cut off behind the headers that the loader reads first, any library ends its program by SIGBUS, in
# the loader: so nothing here may write into one that is in place, and dpkg and make do not.
head -c 300 library >"$library"
expect_lookups "library cut off in its headers"
{
	head -c 18 library
	printf '\267\000' # e_machine: arm64
	tail -c +21 library
} >"$library"
expect_lookups "library of another architecture"
echo 'not a library' >"$library"
expect_lookups "a text for a library"
rm "$library"
mkdir "$library"
expect_lookups "a folder for a library"
rmdir "$library"
ln -s libnss_fopnp.so.2 "$library"
expect_lookups "a link to itself for a library"
rm "$library"
install libnss-fopnp
expect_lookups "installed again"
chmod 000 "$library"
# root may read it: as somebody else
look_up_as_nobody() {
	for name in localhost client steady.example 192.0.2.7; do
		in_root setpriv --reuid 65534 --regid 65534 --clear-groups getent ahosts "$name" || echo "status $?"
	done
}
look_up_as_nobody >got 2>&1
cmp -s expected got || fail "library unreadable: $(diff expected got)"
chmod 644 "$library"

# ---- fopnp.conf ----
conf=$root/etc/fopnp.conf
echo 'order [' >"$conf"
expect_lookups "fopnp.conf broken"
head -c 65536 /dev/urandom >"$conf"
expect_lookups "fopnp.conf of random bytes"
{
	yes '# a comment of some length' | head -c 67108864
} >"$conf"
expect_lookups "fopnp.conf of 64 MiB"
printf 'order myhostname\n' >"$conf"
chmod 666 "$conf"
expect_lookups "fopnp.conf writable by all"
chmod 600 "$conf"
look_up_as_nobody >got 2>&1
cmp -s expected got || fail "fopnp.conf unreadable: $(diff expected got)"
rm "$conf"
mkdir "$conf"
expect_lookups "fopnp.conf a folder"
rmdir "$conf"

# ---- the edit ----
script() { # SCRIPT ARGUMENT: as dpkg runs it
	in_root env DPKG_MAINTSCRIPT_PACKAGE=libnss-fopnp DPKG_MAINTSCRIPT_ARCH="$arch" DPKG_ROOT= \
		"/var/lib/dpkg/info/libnss-fopnp:$arch.$1" "$2"
}
arch=$(in_root dpkg --print-architecture)
marker=$root/etc/nsswitch.conf.nss.libnss-fopnp-will-install

# take_turns WHAT: both edits with a failure in them; no byte may change
hosts_line 'hosts:          files dns'
fail_edits() {
	: >"$marker" 2>/dev/null
	script postinst configure >said 2>&1
	expect_original "put in, $1"
	grep -q 'stays as it is' said || fail "put in, $1, says: $(cat said)"
}
: >"$marker"
mount --bind "$nsswitch" "$nsswitch" || fail "cannot mount"
fail_edits "a file that cannot be replaced"
umount "$nsswitch"
hosts_line "$with_fopnp"
mount --bind "$nsswitch" "$nsswitch" || fail "cannot mount"
script prerm remove >said 2>&1 && fail "prerm leaves a line that names fopnp"
grep -q 'take fopnp out' said || fail "prerm says: $(cat said)"
expect_original "taken out of a file that cannot be replaced"
in_root dpkg --no-triggers -r libnss-fopnp >dpkg.log 2>&1 && fail "the library goes while the line names it"
[ -e "$library" ] || fail "the library is gone"
umount "$nsswitch"
expect_lookups "removal refused"

# A disk without room.
cp -a "$root/etc" etc
mount -t tmpfs -o size=16m tmpfs "$root/etc" || fail "cannot mount"
cp -a etc/. "$root/etc/"
hosts_line 'hosts:          files dns'
: >"$marker"
# A file of several pages, so that it has no room beside itself.
yes '# more' | head -c 40000 >>"$nsswitch"
cp "$nsswitch" original
cat /dev/zero >"$root/etc/filler" 2>/dev/null
fail_edits "a full disk"
expect_lookups "a full disk"
[ ! -e "$nsswitch.fopnp-dpkg" ] || fail "a full disk: a part of a file is left"
umount "$root/etc"

# Room for as many pages as there are, not for the longer file: full when the half is written.
umask 022
mount -t tmpfs -o size=16m tmpfs "$root/etc" || fail "cannot mount"
cp -a etc/. "$root/etc/"
hosts_line 'hosts:          files dns'
: >"$marker"
page=$(getconf PAGESIZE)
{
	cat "$nsswitch"
	yes '# more' | head -c $((10 * page))
} | head -c $((10 * page - 4)) >original
echo '###' >>original
cat original >"$nsswitch"
head -c $((10 * page)) /dev/zero >"$root/etc/room"
cat /dev/zero >"$root/etc/filler" 2>/dev/null
rm "$root/etc/room"
fail_edits "a disk that is full in the middle"
[ ! -e "$nsswitch.fopnp-dpkg" ] || fail "a disk that is full in the middle: a part of a file is left"
umount "$root/etc"

read_only_etc() {
	mount --bind "$root/etc" "$root/etc" || fail "cannot mount"
	mount -o remount,ro,bind "$root/etc" || fail "cannot mount read-only"
}
# /etc cannot be written at all: then there is no edit, and no removal while the line names fopnp.
hosts_line 'hosts:          files dns'
purge libnss-fopnp
expect_original "purged"
read_only_etc
install libnss-fopnp
grep -q 'stays as it is' dpkg.log || fail "installed with /etc read-only, says: $(cat dpkg.log)"
expect_original "installed with /etc read-only"
expect_lookups "installed with /etc read-only"
remove libnss-fopnp
expect_original "removed with /etc read-only"
umount "$root/etc"
install libnss-fopnp
expect_line "$with_fopnp" "installed with /etc as usual"
read_only_etc
in_root dpkg --no-triggers -r libnss-fopnp >dpkg.log 2>&1 &&
	fail "with /etc read-only the library goes while the line names it"
[ -e "$library" ] || fail "the library is gone"
expect_line "$with_fopnp" "not removed with /etc read-only"
expect_lookups "not removed with /etc read-only"
umount "$root/etc"

# A link is not ours to replace.
hosts_line 'hosts:          files dns'
mv "$nsswitch" "$nsswitch.elsewhere"
ln -s nsswitch.conf.elsewhere "$nsswitch"
: >"$marker"
script postinst configure >said 2>&1 || fail "postinst, a link: $(cat said)"
[ -L "$nsswitch" ] || fail "the link is gone"
expect_original "a link"
grep -q 'no plain file' said || fail "a link: says $(cat said)"
mv "$nsswitch.elsewhere" "$nsswitch"

# The administrator's environment does not count.
: >"$marker"
in_root env FOPNP_ORDER=none FOPNP_BYPASS=1 FOPNP_CONF=/nowhere DPKG_MAINTSCRIPT_PACKAGE=libnss-fopnp \
	DPKG_MAINTSCRIPT_ARCH="$arch" "/var/lib/dpkg/info/libnss-fopnp:$arch.postinst" configure >said 2>&1
expect_line "$with_fopnp" "with FOPNP_ORDER set: $(cat said)"
# By hand, without dpkg's variables, the own instance is not taken for another one.
in_root env -u DPKG_MAINTSCRIPT_ARCH "/var/lib/dpkg/info/libnss-fopnp:$arch.prerm" remove >said 2>&1
expect_original "prerm by hand: $(cat said)"

# For another root the scripts run in this one, and leave its files alone.
mkdir -p "$root/image/etc" "$root/image/var/lib/dpkg/updates" "$root/image/var/lib/dpkg/info"
: >"$root/image/var/lib/dpkg/status"
cp original "$root/image/etc/nsswitch.conf"
for_image() {
	in_root sh -c "dpkg --root=/image --force-script-chrootless --force-depends --no-triggers $*" >dpkg.log 2>&1 ||
		fail "dpkg $* for an image: $(cat dpkg.log)"
}
for_image -i '/var/tmp/debs/libnss-fopnp_*.deb'
grep -qxF "$with_fopnp" "$root/image/etc/nsswitch.conf" || fail "image: $(cat "$root/image/etc/nsswitch.conf" dpkg.log)"
expect_original "installed into an image"
for_image -r libnss-fopnp
cmp original "$root/image/etc/nsswitch.conf" || fail "removed from an image: $(cat dpkg.log)"
mkdir -p "$root/image/run/fopnp" "$root/run/fopnp"
for_image -P libnss-fopnp
[ ! -d "$root/image/run/fopnp" ] || fail "purged from an image: /run/fopnp is left"
[ -d "$root/run/fopnp" ] || fail "purged from an image, and this root's /run/fopnp is gone"
[ -z "$(find "$root/image/etc" -name '*fopnp*')" ] || fail "image: $(find "$root/image/etc")"
expect_original "purged from an image"

# ---- power loss: killed at each system call that changes a file, or waits for the disk ----
hosts_line "$with_fopnp"
chmod 640 "$nsswitch"
cp -p "$nsswitch" new
hosts_line 'hosts:          files dns'
chmod 640 "$nsswitch"
cp -p "$nsswitch" old
killed_at() { # N SCRIPT ARGUMENT
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DPKG_MAINTSCRIPT_PACKAGE=libnss-fopnp DPKG_ROOT= \
		DPKG_MAINTSCRIPT_ARCH="$arch" "$BUILD/tests/packaging/killed_at" "$1" chroot "$root" \
		"/var/lib/dpkg/info/libnss-fopnp:$arch.$2" "$3" >said 2>calls
}
# is_as FILE WHEN: its bytes and mode
is_as() {
	cmp -s "$nsswitch" "$1" && [ "$(stat -c %a "$nsswitch")" = 640 ] && return
	diff "$1" "$nsswitch" >&2
	fail "$2: nsswitch.conf is $(stat -c %a "$nsswitch"), and not '$1'"
}
kills=0
# kill_each FROM TO SCRIPT ARGUMENT AFTERWARDS...: what is done when the machine is up again
kill_each() {
	from=$1
	to=$2
	edit=$3
	argument=$4
	shift 4
	nth=0
	while :; do
		nth=$((nth + 1))
		cp -p "$from" "$nsswitch"
		: >"$marker"
		case $edit in p*rm) rm "$marker" ;; esac
		killed_at "$nth" "$edit" "$argument"
		case $? in
		0) kills=$((kills + 1)) ;;
		1) break ;;
		*) fail "killed_at: $(cat calls)" ;;
		esac
		when="$edit $argument killed at call $nth"
		cmp -s "$nsswitch" "$from" || is_as "$to" "$when"
		[ $((nth % 4)) -ne 0 ] || expect_lookups "$when"
		"$@" >said 2>&1 || fail "$*, when $when: $(cat said)"
		case $* in *postinst*) is_as new "$*, when $when" ;; *) is_as old "$*, when $when" ;; esac
		if [ -e "$marker" ] || [ -e "$nsswitch.fopnp-dpkg" ]; then
			fail "$*, when $when: files are left"
		fi
	done
	is_as "$to" "$edit $argument at last"
	[ "$nth" -gt 3 ] || fail "$edit $argument makes only $nth calls"
}
install libnss-fopnp
kill_each old new postinst configure script postinst configure
kill_each new old prerm remove script postinst configure
remove_again() {
	script prerm remove && script postrm remove
}
kill_each new old prerm remove remove_again
# Where dpkg did not call prerm the library is gone by now.
mv "$library" kept
kill_each new old postrm remove script postrm remove
mv kept "$library"
# What is written is on the disk before it gets its name.
cp -p old "$nsswitch"
: >"$marker"
killed_at 0 postinst configure
grep -E '^(fsync|rename)' calls | tr '\n' ' ' | grep -Eq '^fsync (rename[a-z0-9]* )+fsync ' || fail "calls: $(cat calls)"
echo "as before throughout; $kills scripts killed"
