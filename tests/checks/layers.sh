#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who may include whom: lookup/ only itself, the module never the command, the
# command of the module only lookup/, and no command another.  Each source
# includes its own header first, which proves that the header stands alone.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0

fail() {
	echo "$1"
	failed=1
}

# includes FILE: the project's headers that it names
includes() {
	sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$1"
}

# check_layer FILE ALLOWED-PATTERN
check_layer() {
	for header in $(includes "$1"); do
		printf '%s\n' "$header" | grep -Eqx "$2" || fail "$1 must not include \"$header\""
		[ -f "$header" ] || fail "$1: \"$header\" is no path from the project's root"
	done
}

check_own_header_first() {
	own=${1%.c}.h
	[ -f "$own" ] || return 0
	first=$(grep -m1 '^[[:space:]]*#[[:space:]]*include' "$1")
	[ "$first" = "#include \"$own\"" ] || fail "$1: the first include must be \"$own\""
}

checked=0
for file in $(find nss_module tools tests -name '*.[ch]' | LC_ALL=C sort); do
	checked=$((checked + 1))
	case $file in
	nss_module/lookup/*) check_layer "$file" 'nss_module/lookup/[^/]*\.h' ;;
	nss_module/dns/*) check_layer "$file" 'nss_module/(lookup|dns)/[^/]*\.h' ;;
	nss_module/hosts/*) check_layer "$file" 'nss_module/(lookup|hosts)/[^/]*\.h' ;;
	nss_module/mdns/*) check_layer "$file" 'nss_module/(lookup|mdns)/[^/]*\.h' ;;
	nss_module/*) check_layer "$file" 'nss_module/([^/]*|(lookup|dns|hosts|mdns)/[^/]*)\.h' ;;
	tools/run_shim/*) check_layer "$file" '(nss_module/lookup|tools/run_shim)/[^/]*\.h' ;;
	tools/*) check_layer "$file" '(tools/[^/]*|nss_module/(lookup|dns)/[^/]*)\.h' ;;
	esac
	case $file in
	*.c) check_own_header_first "$file" ;;
	esac
	if grep -Eq '^[[:space:]]*#[[:space:]]*include.*\.c[">]' "$file"; then
		fail "$file includes a source file"
	fi
done
[ "$checked" -gt 20 ] || fail "only $checked files were found"

for file in tools/cmd_*; do
	for header in $(includes "$file"); do
		case $header in
		"${file%.c}.h") ;;
		tools/cmd_*) fail "$file must not include another command, \"$header\"" ;;
		esac
	done
done
for file in tools/*.[ch]; do
	case $file in
	tools/cmd_* | tools/fopnp.c) continue ;;
	esac
	if includes "$file" | grep -q '^tools/cmd_'; then
		fail "$file is shared by commands and must not include one"
	fi
done
# make tsan leaves the command's unit tests out.
if grep -El '(pthread|thrd)_create' tools/*.c; then
	fail "the command has no threads; if it gets some, make tsan has to run its tests"
fi
exit $failed
