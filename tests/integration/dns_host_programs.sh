#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp:dns, which brings c-ares along, inside programs of different make: node, which exports
# hundreds of ares_* functions, a program whose own ares_* abort, AddressSanitizer, another malloc,
# descriptors that select(2) cannot hold, python, curl; and what a program gets when dns.so cannot
# be had: the reason in the event, and the next source.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 nm "${CC:=cc}"
need_built tests/integration/dns_call lib/fopnp/dns.so
enter "$@"

call=$BUILD/tests/integration/dns_call
source=$here/dns_call.c
skipped=
failures=0

complain() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# resolves WHAT PROGRAM...: it ends well and prints the address of ok.example, nothing to stderr.
resolves() {
	what=$1
	shift
	timeout -k 1 60 "$@" >out 2>error || complain "$what: ended with $?: $(cat out error)"
	grep -q '192\.0\.2\.1' out || complain "$what: no answer: $(cat out)"
	[ ! -s error ] || complain "$what: $(head -n 20 error)"
	echo "$what: $(head -n 1 out)"
}

# build NAME FLAG... FILE...
build() {
	program=$1
	shift
	"$CC" -std=gnu11 -O1 -g -D_GNU_SOURCE -o "$program" "$@" -lpthread 2>build.log
}

cat >rules <<-'END'
	ok.example ANY 192.0.2.1
	web.example A 127.0.0.1
	*.hosts.example ANY nxdomain
END
: >dns.log
start_server dns python3 "$here/faulty_dns.py" dns.log 127.0.0.53 @rules
wait_until 'the server' grep -q ready dns.log
printf 'nameserver 127.0.0.53\noptions timeout:2 attempts:1\n' | put /etc/resolv.conf
printf 'order fopnp:dns fopnp:hosts\n' | put /etc/fopnp.conf
printf '127.0.0.1 localhost\n192.0.2.7 hostsonly.hosts.example\n' | put /etc/hosts
hosts_line fopnp

# ---- programs ----

resolves 'a plain program' "$call" ok.example
resolves python python3 -c 'import socket; print(socket.gethostbyname("ok.example"))'
if command -v node >/dev/null; then
	[ "$(nm -D "$(realpath "$(command -v node)")" | grep -c ' T ares_')" -gt 10 ] ||
		echo 'this node exports no ares_*'
	resolves node node -e 'require("dns").lookup("ok.example", (e, a) => console.log(e, a))'
	resolves "node, both c-ares" node -e '
		const dns = require("dns");
		dns.resolve4("ok.example", (e, a) => dns.lookup("ok.example", (f, b) => console.log(e, a, f, b)));'
else
	skipped="$skipped node"
fi
if command -v curl >/dev/null; then
	(cd /run && exec python3 -m http.server --bind 127.0.0.1 80) >log/http 2>&1 &
	wait_until 'the web server' curl -s http://127.0.0.1/
	[ "$(curl -s -o /dev/null -w '%{remote_ip}' http://web.example/)" = 127.0.0.1 ] ||
		complain 'curl: no answer'
	echo curl: answered
else
	skipped="$skipped curl"
fi

nm "$BUILD/lib/fopnp/dns.so" | awk '$2 ~ /[tT]/ && $3 ~ /^(ares_|fopnp_)[a-z0-9_]*$/ { print $3 }' >names
for name in ares_library_init ares_init ares_init_options ares_send ares_query ares_process \
	ares_process_fd ares_timeout ares_destroy ares_cancel ares_set_servers_ports; do echo $name; done |
	sort -u names - >all.names
{
	echo '#include <stdlib.h>'
	sed 's/.*/void &(void); void &(void) { abort(); }/' all.names
} >fakes.c
[ "$(wc -l <all.names)" -gt 10 ] || complain 'no names to fake'
if build faked -rdynamic "$source" fakes.c; then
	resolves "a program with $(wc -l <all.names) names of c-ares and ours that abort" ./faked ok.example
else
	complain "the program with its own ares_*: $(cat build.log)"
fi
if build sanitized -fsanitize=address,undefined "$source"; then
	resolves 'AddressSanitizer' env ASAN_OPTIONS=detect_leaks=1 ./sanitized -n 20 ok.example
	resolves 'AddressSanitizer, threads' ./sanitized -t 8 -n 20 ok.example
else
	skipped="$skipped AddressSanitizer"
fi
jemalloc=$(find /usr/lib /lib -name libjemalloc.so.2 2>/dev/null | head -n 1)
if [ -n "$jemalloc" ]; then
	resolves jemalloc env LD_PRELOAD="$jemalloc" "$call" -n 20 ok.example
else
	skipped="$skipped jemalloc"
fi
if command -v valgrind >/dev/null; then
	resolves valgrind valgrind -q --error-exitcode=99 --leak-check=full \
		--show-leak-kinds=definite,possible --errors-for-leak-kinds=definite,possible \
		"$call" -n 3 ok.example nosuch.example
else
	skipped="$skipped valgrind"
fi
resolves 'descriptors above 1024' python3 -c '
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
null = os.open("/dev/null", os.O_RDONLY)
while os.dup2(os.dup(null), max(map(int, os.listdir("/proc/self/fd"))) + 1) < 1400:
    pass
os.execv(sys.argv[1], sys.argv[1:])' "$call" -n 3 ok.example

# ---- after chroot(2): an object that is not loaded stays so, the order goes on ----

mkdir -p jail/etc
echo '192.0.2.1 in.jail.example' >jail/etc/hosts
printf 'order fopnp:dns fopnp:hosts\norder .hosts.example fopnp:hosts\n' | put /etc/fopnp.conf
resolves 'after chroot' python3 -c '
import os, socket, sys
import encodings.idna
socket.gethostbyname("hostsonly.hosts.example")
os.chroot(sys.argv[1])
os.chdir("/")
print(socket.gethostbyname("in.jail.example"))' "$scratch/jail"
printf 'order fopnp:dns fopnp:hosts\n' | put /etc/fopnp.conf

# ---- dns.so that is missing or is none ----

# without WHAT: hosts.example by the next source, and the reason in the event.
without() {
	: >events
	FOPNP_LOG=$scratch/socket "$call" -4 hostsonly.hosts.example >out 2>error
	grep -q '^OK .*192\.0\.2\.7' out || complain "$1: the next source was not asked: $(cat out)"
	[ ! -s error ] || complain "$1: $(cat error)"
	wait_until 'the event' grep -aq 'source=fopnp:hosts index=[0-9]* status=SUCCESS' events
	step=$(grep -a '^FOPNP_STEP=source=fopnp:dns' events | head -n 1)
	case $step in
	*status=UNAVAIL*reason=not-loaded*error=*) echo "$1: $step" ;;
	*) complain "$1: the event says: $step" ;;
	esac
}
# shellcheck disable=SC2154 # both are of lib.sh
object=$library_dir/fopnp/dns.so
start_server events python3 "$here/event_socket.py" "$scratch/socket" "$scratch/events"
wait_until 'the event socket' test -S socket
mv "$object" kept.so
without 'dns.so is missing'
echo 'not an object' >"$object"
without 'dns.so is text'
head -c 60 kept.so >"$object"
without 'dns.so is cut'
: >"$object"
without 'dns.so is empty'
printf 'int fopnp_nothing;\n' >nothing.c
"$CC" -shared -fPIC -o "$object" nothing.c
without 'dns.so is of somebody else'
printf 'extern int fopnp_nowhere(void); int f(void); int f(void) { return fopnp_nowhere(); }\n' >needy.c
"$CC" -shared -fPIC -o "$object" needy.c
without 'dns.so needs what is not there'
cp kept.so "$object"
resolves 'dns.so is back' "$call" ok.example

[ $failures -eq 0 ] || fail "$failures of the above"
[ -z "$skipped" ] || skip "not here:$skipped"
