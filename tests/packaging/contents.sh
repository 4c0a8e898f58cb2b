#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each file is in the package where it belongs, with the mode it should have, and what the Makefile
# installs is in one of the two; what libnss-fopnp has for all architectures is not in its own way.
set -u
: "${BUILD:=build}"
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
	echo "FAILED: $*"
	failed=1
}

# list NAME: its files and links, without folders
list() {
	set -- "$1" "$BUILD"/deb/"$1"_*_*.deb
	[ -f "$2" ] || {
		echo "no packages: make deb"
		exit 1
	}
	dpkg-deb -c "$2" >"$work/$1.all" || exit 1
	sed -n 's/^\(..........\) \([^ ]*\) .* \.\(\/[^ ]*[^/]\)\( -> .*\)*$/\1 \2 \3/p' "$work/$1.all" |
		sed -E 's,/usr/lib/[a-z0-9_]*-linux-[a-z0-9]*/,/usr/lib/ARCH/,' | LC_ALL=C sort -k 3 >"$work/$1"
	grep -Ev '^(-rw-r--r--|-rwxr-xr-x|lrwxrwxrwx) root/root ' "$work/$1" && fail "$1: modes or owners"
	cut -d ' ' -f 3 "$work/$1" >"$work/$1.paths"
}

# has PACKAGE PATH...: and the other has not
has() {
	package=$1
	shift
	case $package in fopnp) other=libnss-fopnp ;; *) other=fopnp ;; esac
	for path in "$@"; do
		grep -qxF "$path" "$work/$package.paths" || fail "$package has no $path"
		! grep -qxF "$path" "$work/$other.paths" || fail "$other has $path"
	done
}

list libnss-fopnp
list fopnp
# These are all that are not documents of one package.
has libnss-fopnp /usr/lib/ARCH/libnss_fopnp.so.2 /usr/lib/ARCH/fopnp/dns.so /usr/share/fopnp/fopnp.conf \
	/usr/lib/tmpfiles.d/fopnp.conf /usr/lib/systemd/catalog/fopnp.catalog \
	/usr/share/man/man5/fopnp.conf.5.gz /usr/share/man/man8/nss-fopnp.8.gz \
	/usr/share/man/man8/libnss_fopnp.so.2.8.gz /usr/share/doc/libnss-fopnp/README.Debian
has fopnp /usr/bin/fopnp /usr/lib/ARCH/fopnp/run.so /usr/share/fopnp/schema/fopnp-1.json \
	/usr/share/bash-completion/completions/fopnp /usr/share/fish/vendor_completions.d/fopnp.fish \
	/usr/share/zsh/vendor-completions/_fopnp
for page in docs/man/*.1 docs/man/*.7; do
	has fopnp "/usr/share/man/man${page##*.}/${page##*/}.gz"
done
count=$(cat "$work/libnss-fopnp.paths" "$work/fopnp.paths" | grep -vc '^/usr/share/\(doc\|lintian\|man/man[17]\)/')
[ "$count" -eq 14 ] || fail "$count files instead of the 14 that are known here"
grep -q '^-rwxr-xr-x root/root /usr/bin/fopnp$' "$work/fopnp" || fail "the command cannot be run"
[ "$(cat "$work/fopnp" "$work/libnss-fopnp" | grep -c '^-rwx')" -eq 1 ] || fail "more than the command can be run"
[ "$(dpkg-deb -f "$BUILD"/deb/libnss-fopnp_*_*.deb Multi-Arch)" = same ] || fail "not for several architectures"
dpkg-deb -f "$BUILD"/deb/libnss-fopnp_*_*.deb Depends | grep -Eq '(^|, )libc6 ' || fail "does not depend on libc6"
# Only libc: what is mapped into every process must not bring libraries with it.
dpkg-deb -f "$BUILD"/deb/libnss-fopnp_*_*.deb Depends | grep -E 'lib(cares|idn|json|elf|systemd)' &&
	fail "libnss-fopnp depends on a library"
# Both instances of a package for two architectures share these, so each must be the same for all.
dpkg-deb -x "$BUILD"/deb/libnss-fopnp_*_*.deb "$work/tree" || exit 1
multiarch=$(ls -d "$work"/tree/usr/lib/*-linux-*)
grep -rlF "${multiarch##*/}" "$work/tree/usr/share" && fail "a shared file names an architecture"
for file in conffiles shlibs symbols; do
	! dpkg-deb --ctrl-tarfile "$BUILD"/deb/libnss-fopnp_*_*.deb | tar -t | grep -qx "./$file" || fail "there is $file"
done
echo "$count files, and documents"
exit "$failed"
