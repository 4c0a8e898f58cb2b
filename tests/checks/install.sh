#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# "make install" puts what belongs there below DESTDIR, "make uninstall" leaves nothing.
set -u
: "${BUILD:=build}"
BUILD=$(CDPATH='' cd -- "$BUILD" && pwd) || exit 1
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
	echo "$1"
	failed=1
}

# run TARGET VARIABLE...: what make has said is shown when it fails
run() {
	target=$1
	shift
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory BUILD="$BUILD" \
		DESTDIR="$work/root" "$@" "$target" >"$work/log" 2>&1 && return
	tail -n 20 "$work/log"
	fail "make $target $* failed"
}

# check_round VARIABLE...: install, look, uninstall, look
check_round() {
	run install "$@"
	files=$(cd "$work/root" && find . -type f -o -type l | LC_ALL=C sort)
	for expected in "$libdir/libnss_fopnp.so.2" "$prefix/bin/fopnp" \
		"$prefix/share/man/man8/nss-fopnp.8"; do
		# man pages may be compressed
		printf '%s\n' "$files" | grep -Eq "^\\.$expected(\\.gz)?\$" ||
			fail "make install $*: no $expected"
	done
	printf '%s\n' "$files" | grep -Eqv "^\\.($prefix|$libdir|/etc|/usr/lib)/" &&
		fail "make install $*: files outside of the prefix"
	# nothing of a system's own configuration is written
	for file in nsswitch.conf hosts resolv.conf ld.so.cache; do
		[ ! -e "$work/root/etc/$file" ] || fail "make install $*: /etc/$file"
	done
	find "$work/root" -type f -perm /022 | grep . && fail "make install $*: writable by others"
	run uninstall "$@"
	left=$(cd "$work/root" && find . -type f -o -type l)
	[ -z "$left" ] || fail "make uninstall $* left:
$left"
	rm -rf "$work/root"
}

multiarch=$("${CC:-cc}" -print-multiarch 2>/dev/null)
prefix=/usr
libdir=/usr/lib${multiarch:+/$multiarch}
check_round
prefix=/opt/fopnp
libdir=/opt/fopnp/somewhere
check_round PREFIX=/opt/fopnp LIBDIR=/opt/fopnp/somewhere
exit $failed
