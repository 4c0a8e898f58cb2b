#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fetch Debian packages that the integration tests run, and unpack them without installing anything.
# Usage: parts.sh PACKAGE...
#
# Servers and NSS modules must not be installed on the machine that runs the tests: they would start
# daemons and edit nsswitch.conf.  Each package and those of its libraries that the machine lacks go
# into one tree, ${FOPNP_PARTS:-build/parts}/root, and stay there for the next run.  The
# test namespaces lay that tree below the machine's own library directory (lib.sh).
# Exit status: 0 all there; 77 one could not be had, and the last line says which and why.
set -u

parts=${FOPNP_PARTS:-build/parts}
root=$parts/root
have=$parts/have

unavailable() {
	echo "$*"
	exit 77
}

# The package itself, and the libraries it needs that are not on this machine at all.  Libraries of
# which only a newer version is on offer stay the machine's own: the programs under test use them.
# Scripts, Python bindings and daemons that only the package manager wants are left out.
list_packages() {
	echo "$1"
	apt-get -s --no-install-recommends install "$1" 2>/dev/null |
		awk -v part="$1" '$1 == "Inst" && $2 != part && $3 !~ /^\[/ &&
			$2 ~ /^(lib|samba-libs)/ && $2 !~ /^libnss-/ { print $2 }'
}

download() {
	rm -rf "$deb"
	mkdir -p "$deb"
	list=$(list_packages "$1")
	# shellcheck disable=SC2086 # one word a package
	(cd "$deb" && apt-get -qq -o APT::Sandbox::User=root download $list) >"$deb/log" 2>&1
}

fetch_part() {
	deb=$parts/deb/$1
	# The package lists may be missing or out of date, as on a fresh machine.
	download "$1" || { apt-get -qq update >/dev/null 2>&1 && download "$1"; } ||
		unavailable "cannot download $1: $(grep '^E:' "$deb/log" | head -n 1)"
	for file in "$deb"/*.deb; do
		dpkg -x "$file" "$deb/tree" || unavailable "cannot unpack $file"
	done
	merge_usr "$deb/tree" || unavailable "cannot merge the tree of $1"
	cp -a "$deb/tree/." "$root/" || unavailable "cannot copy the tree of $1"
	rm -rf "$deb"
	: >"$have/$1"
}

# Packages of this release still carry /lib and /sbin; the machine has them in /usr.
merge_usr() {
	for dir in bin sbin lib; do
		[ -d "$1/$dir" ] || continue
		mkdir -p "$1/usr/$dir" && cp -a "$1/$dir/." "$1/usr/$dir/" && rm -rf "${1:?}/$dir" || return
	done
}

mkdir -p "$root" "$have" "$parts/deb" || unavailable "cannot write $parts"
[ -w "$parts" ] || unavailable "cannot write $parts"
root=$(realpath "$root")
have=$(realpath "$have")
parts=$(realpath "$parts")
exec 9>"$parts/lock"
flock 9
missing=
for part in "$@"; do
	[ -e "$have/$part" ] || missing="$missing $part"
done
[ -n "$missing" ] || exit 0
for tool in apt-get dpkg; do
	command -v "$tool" >/dev/null 2>&1 || unavailable "no $tool to fetch$missing with"
done
for part in $missing; do
	fetch_part "$part"
done
