#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp/dns.so as programs get it: one symbol, libc alone, and a c-ares inside
# that nobody sees and that opens no files.
set -u
: "${BUILD:=build}"
object=$BUILD/lib/fopnp/dns.so
failed=0

fail() {
	echo "$object: $1"
	failed=1
}

dynamic=$(LC_ALL=C readelf -dW "$object") || exit 1
segments=$(LC_ALL=C readelf -lW "$object") || exit 1
relocations=$(LC_ALL=C readelf -rW "$object") || exit 1
exported=$(nm -D --defined-only "$object" | awk '{ print $3 }') || exit 1
undefined=$(nm -D --undefined-only "$object" | awk '{ sub(/@.*/, "", $2); print $2 }') || exit 1

[ "$exported" = fopnp_dns_source ] || fail "it exports \"$exported\" instead of fopnp_dns_source alone"
needed=$(printf '%s\n' "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' | tr '\n' ' ')
[ "$needed" = 'libc.so.6 ' ] || fail "NEEDED is \"$needed\" instead of libc.so.6 alone"

# A program's own ares_* (node has 507 of them) must be neither used nor replaced.
if printf '%s\n%s\n' "$exported" "$undefined" | grep -E '^ares_'; then
	fail 'these names of c-ares are seen from outside'
fi
printf '%s\n' "$relocations" | grep -q 'ares_' && fail 'a relocation names a function of c-ares'

# has PATTERN WHY: the dynamic section or the segments say so
has() {
	printf '%s\n%s\n' "$dynamic" "$segments" | grep -Eq -- "$1" || fail "$2"
}
has_not() {
	! printf '%s\n%s\n' "$dynamic" "$segments" | grep -Eq -- "$1" || fail "$2"
}
has 'FLAGS_1.*NODELETE' 'not linked with -z nodelete: lookups may be under way in other threads'
has 'FLAGS_1.*NOW' 'not linked with -z now: a missing function would kill a program later'
has '\(SYMBOLIC\)|FLAGS .*SYMBOLIC' 'not linked with -Bsymbolic'
has 'GNU_RELRO' 'not linked with -z relro'
has 'GNU_STACK.* RW ' 'its stack is executable'
has_not '\(TEXTREL\)|FLAGS .*TEXTREL' 'it has text relocations'
has_not 'STATIC_TLS' 'initial-exec TLS: room for it may be used up when it is loaded'
has_not '(RPATH|RUNPATH)' 'it has a run path'
has_not ' RWE ' 'a segment is writable and executable'

# deny REASON NAME...: none of these may be called, by c-ares neither
deny() {
	reason=$1
	shift
	for name in "$@"; do
		found=$(printf '%s\n' "$undefined" | grep -Ex -- "(__)?$name(_chk)?") || continue
		fail "it uses $(printf '%s' "$found" | tr '\n' ' ')($reason)"
	done
}
deny 'c-ares would read files' fopen fopen64
deny 'privileged programs must not see it' getenv
deny "the program's own numbers" rand srand random srandom
deny 'descriptors may be above 1024' select pselect
deny 'it would come back to us' getaddrinfo getnameinfo 'gethostby.*'
deny 'a module prints nothing' 'v?printf' 'v?fprintf' puts fputs perror stdout stderr
deny 'a module starts nothing' fork vfork 'posix_spawn.*' pthread_create clone
deny 'a module does not end programs' exit _exit abort

exit $failed
