#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# How the module is linked, and what it may call in a foreign process.
set -u
: "${BUILD:=build}"
module=$BUILD/lib/libnss_fopnp.so.2
failed=0

fail() {
	echo "$module: $1"
	failed=1
}

dynamic=$(LC_ALL=C readelf -dW "$module") || exit 1
segments=$(LC_ALL=C readelf -lW "$module") || exit 1
relocations=$(LC_ALL=C readelf -rW "$module") || exit 1
undefined=$(nm -D --undefined-only "$module" | awk '{ sub(/@.*/, "", $2); print $2 }') || exit 1

# A library that is missing makes glibc skip the module in silence.
needed=$(printf '%s\n' "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' | tr '\n' ' ')
[ "$needed" = 'libc.so.6 ' ] || fail "NEEDED is \"$needed\" instead of libc.so.6 alone"

# has PATTERN WHY: the dynamic section or the segments say so
has() {
	printf '%s\n%s\n' "$dynamic" "$segments" | grep -Eq -- "$1" || fail "$2"
}
has_not() {
	! printf '%s\n%s\n' "$dynamic" "$segments" | grep -Eq -- "$1" || fail "$2"
}
has '\(SONAME\).*\[libnss_fopnp\.so\.2\]' 'the soname is not libnss_fopnp.so.2'
has 'FLAGS_1.*NODELETE' 'not linked with -z nodelete: thread keys call back into it'
has 'FLAGS_1.*NOW' 'not linked with -z now: a missing function would kill a program later'
has 'GNU_RELRO' 'not linked with -z relro'
has 'GNU_STACK.* RW ' 'its stack is executable'
has_not '(TEXTREL)' 'it has text relocations'
has_not 'STATIC_TLS' 'initial-exec TLS: room for it may be used up when it is loaded'
! printf '%s\n' "$relocations" | grep -Eq 'DTPMOD|TPOFF' ||
	fail 'TLS without descriptors: in static programs it is not there'
has_not '(RPATH|RUNPATH)' 'it has a run path'
has_not ' RWE ' 'a segment is writable and executable'

# deny REASON NAME...: none of these may be called; a name may be a pattern of expr(1)
deny() {
	reason=$1
	shift
	for name in "$@"; do
		found=$(printf '%s\n' "$undefined" | grep -Ex -- "(__)?$name(_chk)?") || continue
		fail "it uses $(printf '%s' "$found" | tr '\n' ' ')($reason)"
	done
}
deny 'a module prints nothing' \
	'v?printf' 'v?fprintf' 'v?dprintf' 'v?asprintf' puts fputs fputc putc putchar fwrite \
	write writev perror stdout stderr psignal 'v?warnx?' 'v?errx?' error
deny 'the log is the program'\''s own' 'v?syslog' openlog closelog setlogmask
deny 'it would come back to us' \
	getaddrinfo getnameinfo 'gethost.*' 'getnet.*' 'getpw.*' 'getgr.*' getlogin initgroups \
	'(end|set)hostent' __nss_configure_lookup
deny 'a module does not end programs' exit _exit _Exit quick_exit abort __assert_fail \
	__assert_perror_fail kill raise
deny 'the locale is the program'\''s own' setlocale uselocale newlocale
deny 'the environment is the program'\''s own' setenv unsetenv putenv clearenv
deny 'privileged programs must not see it' getenv
deny 'signals are the program'\''s own' signal sigaction sigprocmask pthread_sigmask sigsuspend \
	alarm setitimer timer_create
deny 'descriptors may be above 1024' select pselect __fdelt_chk
deny 'not for threads' strtok strerror rand srand random srandom localtime gmtime ctime asctime \
	readdir
deny 'a module starts nothing' fork vfork 'posix_spawn.*' system popen 'exec.*' pthread_create \
	thrd_create clone
deny 'the process is the program'\''s own' chdir fchdir chroot umask setrlimit setuid seteuid \
	atexit on_exit pthread_atfork at_quick_exit
deny 'it copies without a bound' strcpy strcat gets sprintf vsprintf stpcpy
deny 'sockets must not raise SIGPIPE' send sendmsg sendmmsg

exit $failed
