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

# check_refusal YES-OR-NO FORMAT: does the hosts line of the system below DESTDIR keep the library?
check_refusal() {
	mkdir -p "$work/root/etc" "$work/root/usr/bin"
	: >"$work/root/usr/bin/fopnp"
	# shellcheck disable=SC2059
	printf "$2" >"$work/root/etc/nsswitch.conf"
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory BUILD="$BUILD" \
		DESTDIR="$work/root" uninstall >"$work/log" 2>&1
	refused=$([ -e "$work/root/usr/bin/fopnp" ] && echo yes || echo no)
	[ "$refused" = "$1" ] || fail "make uninstall with '$2': refused: $refused"
	[ "$1" = no ] || grep -q 'fopnp disable --root' "$work/log" ||
		fail "make uninstall with '$2' says: $(cat "$work/log")"
	rm -rf "$work/root"
}
check_refusal yes 'passwd: files\nhosts: fopnp [!UNAVAIL= return] files dns\n'
check_refusal yes '\thosts:files [X=return]fopnp[!UNAVAIL= return]dns\n'
check_refusal yes 'hosts: files # fopnp\n'
check_refusal yes 'hosts files fopnp'
check_refusal no 'hosts: files xfopnp fopnpx fopnp:dns myfopnp\n'
check_refusal no '#hosts: fopnp\n # hosts: fopnp\nhostsx: fopnp\n'
check_refusal no 'passwd: files fopnp\nnetworks: fopnp\n'
# What is in a folder that is not ours alone stays.
mkdir -p "$work/root/usr/share/schema"
: >"$work/root/usr/share/schema/theirs"
run uninstall DATADIR=/usr/share
[ -e "$work/root/usr/share/schema/theirs" ] || fail "make uninstall takes files of others"
rm -rf "$work/root"

multiarch=$("${CC:-cc}" -print-multiarch 2>/dev/null)
prefix=/usr
libdir=/usr/lib${multiarch:+/$multiarch}
check_round
prefix=/opt/fopnp
libdir=/opt/fopnp/somewhere
check_round PREFIX=/opt/fopnp LIBDIR=/opt/fopnp/somewhere
# recipe SYSTEM: the variables of its "make install" in docs/install.md
recipe() {
	sed -n "/^### $1\$/,/^### /s/^ *make install DESTDIR=[^ ]* //p" docs/install.md |
		sed 's,%{_libdir},/usr/lib64,; s,%{_datadir},/usr/share,'
}
prefix=/usr
for system in rpm Arch; do
	variables=$(recipe "$system")
	case $system in
	rpm) libdir=/usr/lib64 ;;
	Arch) libdir=/usr/lib ;;
	esac
	[ -n "$variables" ] || fail "docs/install.md has no recipe for $system"
	# shellcheck disable=SC2086 # one word a variable
	check_round $variables
done

# An unpacked archive, without git, makes the same archive again.
archived() { # FOLDER BUILD: the names in it, sorted
	(cd "$1" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s --no-print-directory dist BUILD="$2") \
		>"$work/log" 2>&1 || fail "make dist in $1: $(cat "$work/log")"
	tar -tzf "$2"/fopnp-*.tar.gz | LC_ALL=C sort
}
archived . "$work/first" >"$work/first.names"
mkdir "$work/unpacked"
tar -xzf "$work"/first/fopnp-*.tar.gz --strip-components=1 -C "$work/unpacked"
archived "$work/unpacked" "$work/second" >"$work/second.names"
grep -q '/packaging/build-packages.txt$' "$work/first.names" || fail "make dist: no list of packages"
diff "$work/first.names" "$work/second.names" || fail "make dist of an unpacked archive"
exit $failed
