#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library that `fopnp run` preloads stands in for the functions that it is to mark and for no
# others, under no version of its own; it needs libc only, and of that nothing that musl lacks.
set -u
: "${BUILD:=build}"
shim=$BUILD/lib/fopnp/run.so
failed=0

fail() {
	echo "$shim: $*"
	failed=1
}

expected='execl
execle
execlp
execv
execve
execveat
execvp
execvpe
fexecve
getaddrinfo
gethostbyaddr
gethostbyaddr_r
gethostbyname
gethostbyname2
gethostbyname2_r
gethostbyname_r
getnameinfo
posix_spawn
posix_spawnp'

symbols=$(nm -D "$shim") || exit 1
exported=$(echo "$symbols" | awk 'NF == 3 && $2 != "w" { print $3 }' | LC_ALL=C sort)
[ "$exported" = "$expected" ] || fail "exports:
$exported
instead of:
$expected"

# A version would keep ld.so from taking them for libc's.
echo "$exported" | grep '@' && fail "these have a version"

# Strong ones of libc that musl 1.2.3 has; what only glibc has must be weak.
allowed='__errno_location __h_errno_location __progname __stack_chk_fail access clock_gettime
	dlerror dlopen dlsym free getcwd getenv getpid getuid inet_ntop malloc memchr memcmp
	memcpy memset mmap munmap program_invocation_short_name readlink secure_getenv socket
	stat strchr strcmp strcspn strlen strnlen syscall'
for symbol in $(echo "$symbols" | awk '$1 == "U" { sub(/@.*/, "", $2); print $2 }'); do
	case " $(echo "$allowed" | tr -s '\n\t' '  ') " in
	*" $symbol "*) ;;
	*) fail "needs $symbol, which is not known to be in musl" ;;
	esac
done
echo "$symbols" | grep -Eq '^ +w __nss_configure_lookup' || fail "__nss_configure_lookup is not weak"

needed=$(readelf -d "$shim" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ "$needed" = libc.so.6 ] || fail "needs: $needed"
# Thread-local storage of another model could allocate on first use, in a signal handler perhaps.
readelf -r "$shim" | grep -E 'DTPMOD|TLSDESC' && fail "has dynamic thread-local storage"
readelf -d "$shim" | grep -q TEXTREL && fail "has text relocations"

# It is mapped into every process of the command.
size=0
for segment in $(readelf -lW "$shim" | awk '$1 == "LOAD" { print $6 }'); do
	size=$((size + segment))
done
if [ "$size" -le 4096 ] || [ "$size" -gt 32768 ]; then
	fail "takes $size bytes of memory"
fi
exit $failed
