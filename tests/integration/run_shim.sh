#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library that `fopnp run` preloads marks the calls of real programs, and changes nothing of
# what they see: results, errors, descriptors, other programs that they start.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program getent python3 node curl gcc
need_built lib/fopnp/run.so tests/integration/run_shim_calls
# Without them everything but musl is tested.
[ "${fopnp_inside:-}" = 1 ] || "$here/parts.sh" musl musl-dev >/dev/null 2>&1
enter "$@"

calls=$BUILD/tests/integration/run_shim_calls

# marked WORD... -- COMMAND...: its marks in the file marks, its output in the file out.
marked() {
	python3 "$here/run_shim.py" "$BUILD/lib/fopnp/run.so" "$BUILD/lib/libnss_fopnp.so.2" "$@" \
		>marks 2>errors
	status=$?
	[ ! -s errors ] || fail "$*: $(cat errors)"
	return $status
}

# expect COUNT PATTERN: so many marks match; WHAT COUNT says at least.
expect() {
	count=$(grep -cE -- "$2" marks)
	[ "$count" -eq "$1" ] || fail "$count marks, not $1, are '$2' in:
$(head -c 3000 marks)"
}

configure='FOPNP_RUN=configure FOPNP_ORDER=files'

# same WORD: the program's output is the same without the library, with it and nobody to listen,
# with it, and with the module.
same() {
	"$calls" "$@" >plain </dev/null || fail "$1: status $?"
	[ -s plain ] || fail "$1: says nothing"
	for run in 'FOPNP_RUN=mark FOPNP_LOG=/run/nobody' FOPNP_RUN=mark "$configure"; do
		# shellcheck disable=SC2086
		marked $run -- "$calls" "$@" || fail "$1: status $?"
		diff plain out || fail "$1: another output with $run"
	done
}

address='127.0.0.1 localhost
192.0.2.1 several some-alias
192.0.2.2 several
2001:db8::1 several
192.0.2.4 one'
echo "$address" | put /etc/hosts
hosts_line files
echo 'multi on' | put /etc/host.conf
echo 1000 >/proc/sys/net/unix/max_dgram_qlen || skip "the length of queues cannot be set"

# ---- programs ----

check_getent() {
	# shellcheck disable=SC2086
	marked $configure -- getent ahosts several || fail "getent: $?"
	process='PID=([0-9]+) TID=\1 COMM=getent'
	expect 1 "^start $process PROGRAM=$(realpath "$(command -v getent)")\$"
	expect 1 "^call $process CALL_ID=1 CALL=getaddrinfo FAMILY=unspec SOCKTYPE=0 PROTOCOL=0 FLAGS=[0-9]+ NAME=several\$"
	expect 1 '^step INDEX=0 SOURCE=files'
	expect 1 '^lookup FUNCTION=gethostbyname4_r NAME=several .*SOURCE=files'
	expect 1 '^result .* CALL_ID=1 CALL=getaddrinfo .* USEC=[0-9]+ TIME_USEC=[0-9]+ NAME=several CODE=0 CANONICAL=several '
	sorted=$(awk '{ print $1 }' out | uniq | tr '\n' ' ')
	told=$(sed -n 's/^result .*CANONICAL=several //p' marks | sed 's/ADDRESS=//g')
	[ "$told " = "$sorted" ] || fail "addresses $told, not $sorted"
	# The order of what happens is the order in which it is heard.
	[ "$(cut -d' ' -f1 marks | tr '\n' ' ')" = 'start call step lookup result ' ] ||
		fail "another order: $(cat marks)"
	marked FOPNP_RUN=mark -- getent ahosts several
	expect 0 '^(step|lookup)'
	expect 1 '^result .* CODE=0'
	marked FOPNP_RUN=configure FOPNP_MODULE=/nosuch.so -- getent ahosts several || fail "getent: $?"
	expect 1 '^start .* ERROR=/nosuch.so: '
	expect 1 '^result .* CODE=0'
	marked FOPNP_RUN=configure FOPNP_MODULE="$BUILD/lib/fopnp/run.so" -- getent ahosts several
	expect 1 '^start .* ERROR=.* is not the module'
	LD_PRELOAD=$BUILD/lib/fopnp/run.so getent ahosts several >out || fail "getent without a listener"
	FOPNP_LOG=/run/nobody LD_PRELOAD=$BUILD/lib/fopnp/run.so getent ahosts several >/dev/null ||
		fail "getent with a listener that is gone"
}

check_threads() {
	cat >threads.py <<-'END'
		import os, socket, threading
		def work():
		    for _ in range(20):
		        socket.getaddrinfo("several", 80)
		threads = [threading.Thread(target=work) for _ in range(8)]
		for thread in threads: thread.start()
		for thread in threads: thread.join()
		if os.fork() == 0:
		    socket.gethostbyname("one")
		    os._exit(0)
		os.wait()
	END
	# shellcheck disable=SC2086
	marked $configure -- python3 threads.py || fail "python3: $?"
	expect 160 '^call .*NAME=several'
	expect 160 '^result .*NAME=several .*CODE=0 .*ADDRESS=192.0.2.2'
	expect 161 '^lookup '
	ids=$(sed -n 's/^call .*CALL_ID=\([0-9]*\).*/\1/p' marks | sort -n | uniq | wc -l)
	[ "$ids" -eq 161 ] || fail "$ids numbers of 161 calls"
	# A thread's marks alternate, and its lookups lie between them.
	awk '$1 ~ /^(call|lookup|result)$/ { match($0, /TID=[0-9]+/); tid = substr($0, RSTART, RLENGTH)
		if (was[tid] == "") was[tid] = "result"
		if ($1 == "call" && was[tid] != "result" || $1 == "lookup" && was[tid] != "call" ||
		    $1 == "result" && was[tid] != "lookup") { print; bad = 1 }
		was[tid] = $1 } END { exit bad }' marks || fail "marks out of order"
}

check_node_and_curl() {
	# shellcheck disable=SC2086
	marked $configure -- node -e 'require("dns").lookup("several", (e, a) => console.log(e, a))' ||
		fail "node: $?"
	expect 1 '^call .*CALL=getaddrinfo .*NAME=several'
	expect 1 '^result .*NAME=several CODE=0'
	# shellcheck disable=SC2086
	marked $configure -- curl -s -m 5 http://several:9/
	[ "$status" -eq 7 ] || fail "curl: $status"
	expect 1 '^result .*COMM=curl .*NAME=several .*CODE=0'
}

check_shell() {
	# shellcheck disable=SC2086
	marked $configure -- sh -c 'getent hosts one | sort; getent hosts nosuch & wait; (exec env -i true); /nosuch; exit 3'
	[ "$status" -eq 3 ] || fail "sh: $status"
	expect 1 '^exec .*COMM=sh PROGRAM=/usr/bin/sort$'
	expect 2 '^exec .*COMM=sh PROGRAM=/usr/bin/getent$'
	expect 1 '^exec .*COMM=env PROGRAM=/bin/true$'
	expect 0 '^start .*COMM=true'
	expect 2 '^start .*COMM=getent'
	expect 1 '^result .*CALL=gethostbyname2 FAMILY=inet .*NAME=one HERRNO=0 CANONICAL=one ADDRESS=192.0.2.4$'
	expect 2 '^result .*NAME=nosuch HERRNO=1$'
	expect 0 '^exec-failed'
}

# ---- nothing changes ----

check_results() {
	same results
	expect 1 '^result .*CALL=getaddrinfo USEC=.* NAME=several CODE=0 ADDRESS=[0-9a-f:.]+ ADDRESS=[0-9a-f:.]+ ADDRESS=[0-9a-f:.]+$'
	expect 1 '^call .*CALL=getaddrinfo SERVICE=80$'
	expect 1 '^call .*CALL=getaddrinfo NAME=a{1024} TRUNCATED=1$'
	expect 1 '^result .*CALL=getaddrinfo .*TIME_USEC=[0-9]+ CODE=-[0-9]+ TRUNCATED=1$'
	expect 1 '^call .*CALL=getaddrinfo NAME=a\\nFOPNP_CODE=1\\n\\x1b\[m$'
	expect 1 '^call .*CALL=getaddrinfo FAMILY=999 SOCKTYPE=77 PROTOCOL=0 FLAGS=0 NAME=several'
	expect 2 '^result .*CALL=gethostbyname_r .*NAME=several HERRNO=-1 ERRNO=34$'
	expect 1 '^result .*CALL=gethostbyaddr_r FAMILY=inet .*NAME=192.0.2.1 HERRNO=0 CANONICAL=several$'
	expect 2 '^call .*CALL=gethostbyaddr(_r)? FAMILY=inet NAME=\?$'
	expect 1 '^call .*CALL=getnameinfo FAMILY=inet FLAGS=8 SERVICE=80 NAME=192.0.2.99$'
	expect 1 '^call .*CALL=getnameinfo FAMILY=1 FLAGS=0 NAME=\?$'
	expect 1 '^call .*CALL=getnameinfo FLAGS=0$'
	# An argument that the call overwrites while it looks is told as it was.
	expect 3 '^call .*CALL=gethostbyname NAME=several'
	expect 3 '^result .*CALL=gethostbyname .*NAME=several HERRNO=0 CANONICAL='
}

check_descriptors() {
	same descriptors
	grep -q "^0 strangers' datagrams\$" out || fail "descriptors: $(cat out)"
	expect 4 '^call .*CALL=get(addrinfo|hostbyname) '
	expect 4 '^result .*CANONICAL=one |^result .*NAME=several CODE=0'
	# The marks' own sockets are gone at once; the module may keep one.
	marked FOPNP_RUN=mark WITH_NUMBER=1 -- "$calls" descriptors
	grep -q '^next number 128$' out || fail "descriptors: $(cat out)"
	same exhausted
	expect 1 '^call .*DROPPED=[0-9]+ '
}

check_lost_calls() {
	printf 'nameserver 127.0.0.1\noptions timeout:3 attempts:1\n' | put /etc/resolv.conf
	hosts_line files dns
	for run in mark configure; do
		marked FOPNP_RUN=$run FOPNP_ORDER='files dns' -- "$calls" jump || fail "jump: $?"
		expect 2 '^call .*NAME=silent.example'
		expect 0 '^result .*NAME=silent.example'
		expect 2 '^result .*NAME=one CODE=0'
	done
	marked FOPNP_RUN=mark -- "$calls" cancel || fail "cancel: $?"
	grep -q '^cancelled: 1' out || fail "cancel: $(cat out)"
	expect 1 '^call .*NAME=silent.example'
	expect 0 '^result .*NAME=silent.example'
	expect 1 '^result .*NAME=one CODE=0'
	hosts_line files
	same cancelled
	grep -q '^cancelled: 1, came back: 1, left open: 0$' out || fail "cancelled: $(cat out)"
	expect 1 '^result '
}

check_flood() {
	echo 10 >/proc/sys/net/unix/max_dgram_qlen
	marked pause FOPNP_RUN=mark -- "$calls" flood || fail "flood: $?"
	echo 1000 >/proc/sys/net/unix/max_dgram_qlen
	told=$(sed -n 's/.*DROPPED=\([0-9]*\).*/\1/p' marks)
	heard=$(grep -c . marks)
	# A start, and two marks a call; three numbers are printed for each address that is found.
	if [ "$told" -lt 100 ] || [ $((told + heard)) -ne $((1 + 40 * 4 * 2 + 2 * 2)) ]; then
		fail "$heard heard, $told told lost"
	fi
	expect 1 '^call .*DROPPED=[0-9]+ .*NAME=192.0.2.9'
}

check_exec() {
	same exec
	expect 11 '^exec .*COMM=run_shim_calls PROGRAM=/'
	expect 3 '^exec .*COMM=run_shim_calls PROGRAM=/bin/sh$'
	expect 2 '^exec .*COMM=run_shim_calls PROGRAM=/usr/bin/sh$'
	expect 4 '^exec .*COMM=run_shim_calls PROGRAM=/usr/bin/true$' # found by name, by descriptor
	expect 1 '^exec .*COMM=run_shim_calls PROGRAM=/bin/true$'
	expect 1 '^exec .*PROGRAM=/.*/\./broken$'
	expect 1 '^exec-failed .*PROGRAM=/.*/\./broken$'
	expect 1 '^exec-failed '
	expect 2 '^spawn .*PROGRAM=/bin/true CHILD=[0-9]+$'
	expect 1 '^spawn .*PROGRAM=/usr/bin/true CHILD=[0-9]+$'
	expect 3 '^spawn '
	expect 10 '^start .*COMM=(true|sh) ' # not those with another environment
	same long-list
	[ "$(cat out)" -eq 321 ] || fail "a long list: $(cat out)"
	same chroot
	expect 0 '^call|^exec'
	same small-stack
	expect 1 '^result .*CODE=0'
	same small-handler
	grep -q '^handler: 0$' out || fail "small-handler: $(cat out)"
}

# A filter that the command has not set itself: no mark may be the death of a program.
check_sandbox() {
	"$calls" sandbox >plain </dev/null
	grep -q '^sandbox: 0$' plain || fail "sandbox: $(cat plain)"
	filters=$(sed -n 's/^Seccomp_filters:[[:space:]]*//p' /proc/self/status)
	[ -n "$filters" ] || return 0
	for run in FOPNP_RUN=mark "$configure"; do
		# shellcheck disable=SC2086
		marked $run FOPNP_RUN_FILTERS="$filters" -- "$calls" sandbox || fail "sandbox: $?"
		diff plain out || fail "sandbox: another output with $run"
		expect 1 '^start '
		expect 0 '^exec '
	done
}

# ---- other libraries, other programs ----

# A library behind ours whose getaddrinfo() calls what we mark as well.
check_nested() {
	cat >nested.c <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <netdb.h>
		int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
				struct addrinfo **list)
		{
			gethostbyname("one");
			return ((__typeof__(&getaddrinfo))dlsym(RTLD_NEXT, "getaddrinfo"))(name, service,
				hints, list);
		}
	END
	gcc -shared -fPIC -o nested.so nested.c || fail "cannot compile nested.c"
	marked FOPNP_RUN=mark LD_PRELOAD="$BUILD/lib/fopnp/run.so:$scratch/nested.so" -- \
		getent ahosts several || fail "nested: $?"
	expect 1 '^call '
	expect 1 '^result .*CALL=getaddrinfo .*CODE=0'
	marked FOPNP_RUN=mark LD_PRELOAD="$scratch/nested.so:$BUILD/lib/fopnp/run.so" -- \
		getent ahosts several || fail "in front: $?"
	expect 2 '^call '
}

check_sanitizer() {
	echo 'int main(void) { return 0; }' >empty.c
	gcc -fsanitize=address -o sanitized empty.c 2>/dev/null || return 0
	marked FOPNP_RUN=mark -- ./sanitized && fail "an ASan program starts by itself: mend the documents"
	marked FOPNP_RUN=mark ASAN_OPTIONS=verify_asan_link_order=0 -- ./sanitized || fail "ASan: $?"
	expect 1 '^start .*COMM=sanitized'
}

# The same program under musl: everything is passed on, nothing marked.
check_musl() {
	musl=$FOPNP_PARTS/root/usr/lib/$(uname -m)-linux-musl
	if ! [ -e "$FOPNP_PARTS/have/musl-dev" ]; then
		echo "not tested: musl, which cannot be downloaded"
		return
	fi
	cat >musl.c <<-'END'
		#include <netdb.h>
		#include <stdio.h>
		#include <unistd.h>
		int main(void)
		{
			struct addrinfo *list;
			struct hostent *host = gethostbyname("one");
			printf("%d %s\n", getaddrinfo("several", "80", NULL, &list), host ? host->h_name : "-");
			fflush(stdout);
			execl("/bin/sh", "sh", "-c", "echo sh", (char *)NULL);
		}
	END
	gcc -w -nostdinc -isystem "$FOPNP_PARTS/root/usr/include/$(uname -m)-linux-musl" -nostdlib -fPIE -pie \
		-o with-musl "$musl/Scrt1.o" "$musl/crti.o" musl.c "$musl/libc.so" "$musl/crtn.o" \
		-Wl,-dynamic-linker,"$musl/libc.so" || fail "cannot compile for musl"
	# shellcheck disable=SC2086
	marked $configure -- ./with-musl || fail "musl: $?"
	[ "$(cat out)" = "0 one
sh" ] || fail "musl: $(cat out said)"
	[ ! -s said ] || fail "musl: $(cat said)"
	expect 0 'COMM=with-musl'
	expect 1 '^start .*COMM=sh'
}

check_getent
check_threads
check_node_and_curl
check_shell
check_results
check_descriptors
check_lost_calls
check_flood
check_exec
check_sandbox
check_nested
check_sanitizer
check_musl
