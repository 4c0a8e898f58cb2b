#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The module in programs of different make: with AddressSanitizer, with another
# malloc, static, under valgrind, and one that exports our own function names.
set -u
: "${BUILD:=build}" "${CC:=cc}"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

if [ "${1-}" != inside ]; then
	BUILD=$(CDPATH='' cd -- "$BUILD" && pwd) || exit 1
	export BUILD CC
	work=$(mktemp -d) || exit 1
	trap 'rm -rf "$work"' EXIT
	if [ "$(id -u)" -eq 0 ]; then user=''; else user=-Ur; fi
	# shellcheck disable=SC2086
	if ! unshare $user -mn true 2>/dev/null; then
		echo "mount and network namespaces cannot be made here"
		exit 77
	fi
	# shellcheck disable=SC2086
	unshare $user -mn "$0" inside "$work"
	exit
fi

work=$2
module=$BUILD/lib/libnss_fopnp.so.2
LD_LIBRARY_PATH=$BUILD/lib:$BUILD/tests/modules
echo 'hosts: fopnp [!UNAVAIL= return] files conform' >"$work/nsswitch.conf"
printf '192.0.2.1 one.test\n2001:db8::1 two.test\n192.0.2.2 two.test\n' >"$work/hosts"
for file in nsswitch.conf hosts; do
	mount --bind "$work/$file" "/etc/$file" || exit 1
done
unset FOPNP_ORDER FOPNP_LOG FOPNP_CONF FOPNP_BYPASS LOCALDOMAIN
names='one.test two.test host-5.test many-60.test static-3.test missing.test'
failed=0
skipped=''

# fail WHAT: count it and show why
fail() {
	echo "FAILED: $1"
	failed=1
}

# lookup PROGRAM...: run it on the names with the module in reach
lookup() {
	# shellcheck disable=SC2086
	env LD_LIBRARY_PATH="$LD_LIBRARY_PATH" "$@" $names
}

# compare WHAT PROGRAM...: its lines must be those of the plain program
compare() {
	what=$1
	shift
	lookup "$@" >"$work/out" 2>"$work/err"
	status=$?
	if [ "$status" -ne 1 ] || ! cmp -s "$work/out" "$work/expected"; then
		fail "$what: exit status $status"
		diff "$work/expected" "$work/out" | head -20
		head -40 "$work/err"
	elif [ -s "$work/err" ]; then
		fail "$what: something was written to standard error"
		head -40 "$work/err"
	else
		echo "ok: $what"
	fi
}

# build NAME FLAGS... FILES: a program in the work folder, quietly
build() {
	program=$1
	shift
	"$CC" -O1 -g -Wno-error -o "$work/$program" "$@" 2>"$work/build-log"
}

# ---- the plain line is the reference ----

build lookup "$here/programs/lookup.c" || {
	cat "$work/build-log"
	exit 1
}
echo 'hosts: files conform' >"$work/nsswitch.conf"
lookup "$work/lookup" >"$work/expected"
grep -q '^one.test 192.0.2.1$' "$work/expected" || {
	cat "$work/expected"
	fail 'the reference'
}
echo 'hosts: fopnp [!UNAVAIL= return] files conform' >"$work/nsswitch.conf"
compare 'plain program' "$work/lookup"

# the module did answer: without its fall-back, and without the library, not a name is found
echo 'hosts: fopnp' >"$work/nsswitch.conf"
lookup env FOPNP_ORDER='files conform' "$work/lookup" >"$work/out"
cmp -s "$work/out" "$work/expected" || fail 'the module was not asked'
echo 'hosts: fopnp [!UNAVAIL= return] files conform' >"$work/nsswitch.conf"

# ---- programs of different make ----

if build lookup_asan -fsanitize=address,undefined "$here/programs/lookup.c"; then
	compare 'AddressSanitizer' env ASAN_OPTIONS=detect_leaks=1 "$work/lookup_asan"
else
	skipped="$skipped no AddressSanitizer;"
fi

if build lookup_static -static "$here/programs/lookup.c"; then
	compare 'static program' "$work/lookup_static"
else
	skipped="$skipped no static libc;"
fi

jemalloc=$(find /usr/lib /lib -name libjemalloc.so.2 2>/dev/null | head -n 1)
if [ -n "$jemalloc" ]; then
	compare 'jemalloc' env LD_PRELOAD="$jemalloc" "$work/lookup"
else
	skipped="$skipped no libjemalloc.so.2;"
fi

# Programs may have functions of any name; ours must not be taken for them.
{
	echo '#include <unistd.h>'
	nm "$module" | awk '$2 ~ /^[tT]$/ && $3 ~ /^(fopnp_|own_)[a-z0-9_]*$/ { print $3 }
		END { print "ares_init\nares_library_init\nares_getaddrinfo\nares_gethostbyname" }' |
		sort -u | sed 's/.*/void &(void); void &(void) { _exit(99); }/'
} >"$work/foreign.c"
if [ "$(grep -c fopnp_ "$work/foreign.c")" -lt 20 ]; then
	fail "the names of the module's functions were not found"
elif build lookup_foreign -rdynamic "$here/programs/lookup.c" "$work/foreign.c"; then
	compare 'a program that exports our names' "$work/lookup_foreign"
else
	cat "$work/build-log"
	fail 'a program that exports our names'
fi

if command -v valgrind >/dev/null 2>&1; then
	lookup valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,possible \
		--errors-for-leak-kinds=definite,possible --log-file="$work/valgrind" \
		"$work/lookup" >"$work/out"
	status=$?
	if [ "$status" -ne 1 ] || ! cmp -s "$work/out" "$work/expected"; then
		fail "valgrind: exit status $status"
		head -60 "$work/valgrind"
	else
		echo 'ok: valgrind'
	fi
else
	skipped="$skipped no valgrind;"
fi

[ "$failed" -eq 0 ] || exit 1
[ -z "$skipped" ] || {
	echo "skipped in part:$skipped"
	exit 77
}
