#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp run` with real programs: curl, python3 with threads, node, ssh, a pipeline of many children,
# daemons that close descriptors or use them again; nscd beside it; fopnp on the hosts line.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 curl node ssh getent setpriv
need_built bin/fopnp tests/integration/run_daemon
need_part nscd nsd unbound
enter "$@"

mkdir -m 1777 tmp
TMPDIR=$scratch/tmp
export TMPDIR
add_addresses
start_nsd 127.0.0.2
start_unbound 127.0.0.1 127.0.0.2
printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n' | put /etc/hosts

# run_seen COMMAND...: under fopnp run; its calls are in the file seen.
run_seen() {
	# shellcheck disable=SC2086 # several words
	"$BUILD/bin/fopnp" run ${run_options:-} --json -o seen -- "$@" >out 2>err
}

# holds EXPRESSION...: Python, true of what was seen: calls, findings (id to finding), counts.
holds() {
	python3 - "$@" <<-'END' || fail "$*: $(cat out err)"
		import json, sys
		objects = [json.loads(line) for line in open("seen")]
		calls = [o for o in objects if o["type"] == "call"]
		names = {
		    "calls": calls, "findings": {o["id"]: o for o in objects if o["type"] == "finding"},
		    "counts": objects[-1]["counts"], "objects": objects,
		    # (name, who answered) of each call, without those for an address
		    "answers": [(c["request"]["name"], c["answered_by"]) for c in calls if c["answered_by"] != "numeric"],
		    "programs": {c["process"]["comm"] for c in calls},
		}
		for expression in sys.argv[1:]:
		    if not eval(expression, names):
		        print("not so:", expression)
		        for o in objects[-8:]:
		            print(json.dumps(o)[:600])
		        sys.exit(1)
	END
}
whole='counts["lost"] == counts["malformed"] == counts["unfinished"] == counts["stray_lookups"] == 0'

check_programs() {
	run_seen curl -s --max-time 5 http://v4.corp.example:8080/ # nobody listens there
	holds '("v4.corp.example", "dns") in answers' '"curl" in programs' "$whole"

	run_seen python3 -c '
import socket, threading
names = ["v4.corp.example", "hostsonly", "nosuch.corp.example", "both.corp.example"]
def ask(i):
    for _ in range(5):
        try:
            socket.getaddrinfo(names[i % 4], 80)
        except OSError:
            pass
threads = [threading.Thread(target=ask, args=(i,)) for i in range(16)]
for t in threads: t.start()
for t in threads: t.join()
socket.getnameinfo(("192.0.2.201", 443), 0)
' || fail "python3: $(cat err)"
	# getnameinfo's address goes through a numeric getaddrinfo in python.
	holds 'len(calls) == 82 and counts["numeric"] == 1' "$whole" 'answers.count(("v4.corp.example", "dns")) == 20' \
		'answers.count(("hostsonly", "files")) == 20' 'answers.count(("nosuch.corp.example", None)) == 20' \
		'len({c["process"]["tid"] for c in calls}) == 17' \
		'all(len(c["lookups"]) == 1 and c["lookups"][0]["process"]["tid"] == c["process"]["tid"] for c in calls if c["answered_by"] != "numeric")' \
		'all(c["lookups"][0]["request"]["name"] == c["request"]["name"] for c in calls if c["lookups"])' \
		'calls[-1]["request"]["call"] == "getnameinfo" and calls[-1]["answered_by"] == "files"'
	echo "python3: 81 calls of 17 threads, each with its own lookup"

	run_seen node "$here/programs_lookups.js" v4.corp.example hostsonly || fail "node: $(cat err)"
	holds '("v4.corp.example", "dns") in answers' '("hostsonly", "files") in answers' "$whole"

	run_seen ssh -F none -o BatchMode=yes -o ConnectTimeout=1 both.corp.example true </dev/null
	holds '("both.corp.example", "dns") in answers' '"ssh" in programs' "$whole"

	# shellcheck disable=SC2016
	run_seen sh -c 'for i in $(seq 1 30); do getent ahosts v4.corp.example | head -n 1 | cat & done; wait
		seq 1 30 | xargs -P 8 -n 1 sh -c "getent hosts hostsonly" | wc -l' || fail "pipeline"
	holds 'answers.count(("v4.corp.example", "dns")) == 30' 'answers.count(("hostsonly", "files")) >= 30' \
		'len({c["process"]["pid"] for c in calls}) == 60' "$whole" 'not findings'
	grep -qx 30 out || fail "the pipeline's output: $(cat out)"
	echo "a pipeline of 60 processes: each call seen"
}

check_daemons() {
	for way in plain reuse; do
		rm -f own finished
		# Without --wait its lookups find nobody, and that is no harm to it.
		run_seen "$BUILD/tests/integration/run_daemon" $way own finished || fail "the daemon's parent"
		wait_until "the daemon's end" test -e finished
		rm -f own finished
		run_options=--wait run_seen "$BUILD/tests/integration/run_daemon" $way own finished || fail "the daemon's parent"
		[ -e finished ] || fail "the daemon ($way) did not come to its end: is there something in its files?"
		holds 'answers.count(("v4.corp.example", "dns")) == 5' '("first.corp.example", None) in answers' \
			'len({c["process"]["pid"] for c in calls}) == 2' "$whole"
	done
	echo "daemons: every lookup seen, nothing written into their files"
}

check_order() {
	run_options='--order dns' run_seen getent ahosts hostsonly
	holds 'answers == [("hostsonly", None)]' '[s["source"] for s in calls[0]["lookups"][0]["steps"]] == ["dns"]'
	run_options='--order fopnp:hosts' run_seen getent ahosts hostsonly || fail "fopnp:hosts"
	holds 'answers == [("hostsonly", "fopnp:hosts")]'
	# What a source that does not reply costs, and that the call in it never came back.
	echo 'nameserver 127.0.0.99
options timeout:20 attempts:1' | put /etc/resolv.conf
	ip addr add 127.0.0.99/8 dev lo 2>/dev/null
	python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.99", 53)); open("silent", "w"); time.sleep(60)' &
	silent=$!
	wait_until "a silent server" test -e silent
	run_seen timeout 1 getent ahosts v4.corp.example
	[ $? -eq 124 ] || fail "timeout's exit status"
	holds 'calls[0]["ended"] is False' 'findings["call-unfinished"]["text"].endswith("it was waiting for dns")' \
		'counts["unfinished"] == 1' 'calls[0]["elapsed_us"] > 500000'
	"$BUILD/bin/fopnp" run -q timeout 1 getent ahosts v4.corp.example >out 2>err
	tr -s ' \n' ' ' <err | grep -q 'the call for v4\.corp\.example never came back: it was waiting for dns' ||
		fail "-q does not name the call without an end: $(cat err)"
	grep -Eq '^1 call in ([1-9][0-9]{2} ms|1\.[0-9] s)' err || fail "what the call had waited is not counted: $(cat err)"
	kill $silent
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' | put /etc/resolv.conf
}

check_nscd() {
	start_nscd
	run_seen getent ahosts v4.corp.example || fail "beside nscd"
	holds '"nscd-bypassed" in findings' 'answers == [("v4.corp.example", "dns")]'
	fopnp_line files dns
	run_seen getent ahosts v4.corp.example || fail "behind nscd"
	holds '"nscd-bypassed" not in findings' 'answers == [("v4.corp.example", "nscd")]' 'calls[0]["lookups"] == []' \
		'counts["by_nscd"] == 1'
	# A name where only an address may stand asks nobody, nscd neither.
	run_seen python3 -c 'import socket
try: socket.getaddrinfo("a.example", 1, flags=socket.AI_NUMERICHOST)
except socket.gaierror: pass'
	holds 'calls[0]["answered_by"] == "numeric"' 'counts["by_nscd"] == counts["not_found"] == counts["failed"] == 0'
	# One that does not answer for hosts is nobody to speak of.
	echo 'enable-cache hosts no' | put /etc/nscd.conf
	hosts_line files dns
	run_seen getent ahosts v4.corp.example || fail "beside nscd without hosts"
	holds '"nscd-bypassed" not in findings'
	rm /etc/nscd.conf
	stop_server "$nscd_pid"
	rm -rf /run/nscd
	hosts_line files dns
}

# fopnp on the line: nothing is changed, and the order is the line's or fopnp.conf's.
check_mark() {
	fopnp_line files dns
	run_seen getent ahosts v4.corp.example || fail "fopnp on the line"
	holds 'answers == [("v4.corp.example", "dns")]' 'calls[0]["lookups"][0]["order"].startswith("/etc/nsswitch.conf:")'
	printf 'order .corp.example fopnp:dns\n' | put /etc/fopnp.conf
	run_seen getent ahosts v4.corp.example || fail "fopnp.conf"
	holds 'answers == [("v4.corp.example", "fopnp:dns")]' 'calls[0]["lookups"][0]["order"].startswith("/etc/fopnp.conf:")'
	rm /etc/fopnp.conf
	run_options='--order files' run_seen getent ahosts v4.corp.example
	holds 'answers == [("v4.corp.example", None)]' 'calls[0]["lookups"][0]["order"] == "FOPNP_ORDER"'
	hosts_line 'files [SUCCESS=return] fopnp dns'
	run_seen getent ahosts hostsonly || fail "files before fopnp"
	holds 'answers == [("hostsonly", "files")]' 'calls[0]["lookups"] == []'
	hosts_line files dns
}

# An ordinary user, a user namespace, and a container without /proc.
check_places() {
	for way in 'setpriv --reuid 65534 --regid 65534 --clear-groups' 'unshare -r' 'unshare -n' 'unshare -p -f'; do
		# shellcheck disable=SC2086
		$way true 2>/dev/null || continue
		# shellcheck disable=SC2086
		run_seen $way getent ahosts hostsonly || fail "$way"
		holds '("hostsonly", "files") in answers' "$whole"
	done
	# There a process knows its child by a number that is another process's to us.
	run_seen unshare -p -f python3 -c 'import os, time
os.waitpid(os.posix_spawn("/bin/true", ["true"], os.environ), 0)
time.sleep(6)' || fail "unshare -p"
	holds 'not findings'
}

check_programs
check_daemons
check_order
check_nscd
check_mark
check_places
[ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -A "$TMPDIR")"
echo "nscd, fopnp on the line, other users and namespaces: as they should be"
