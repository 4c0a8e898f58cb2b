#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sources and surroundings that do their worst: the command still ends, in time, with a true answer.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

TMPDIR=$work/tmp
mkdir -m 1777 "$TMPDIR"
export TMPDIR
unset XDG_RUNTIME_DIR

empty() {
	[ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -A "$TMPDIR")"
}

# in_time STATUS ARGUMENT...: as run, but what does not end by itself is a failure.
in_time() {
	expected=$1
	shift
	status=0
	timeout -s KILL 20 "$fopnp" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	[ "$status" -eq "$expected" ] || fail "fopnp $*: exit status $status, not $expected"
}

# What a source prints reaches nobody.
source_module print -DPRINT
hosts_line 'print'
in_time 0 trace --json x
silent
has_not 'printed by a source'
json 'o["answered_by"] == "print"'

# One that ends the process, by a signal or like a program.
source_module crash -DCRASH
source_module leave -DEXIT=0
hosts_line 'leave'
in_time 3 trace --json x
silent
has_not 'printed by a source'
json 'o["result"]["code"] is None' 'notes["source-crashed"]' '"exit status 0" in notes["call-crashed"]["text"]'
hosts_line 'crash'
in_time 3 trace --json x
json '"signal 6" in notes["call-crashed"]["text"]'
# The caller's SIGCHLD decides nothing: ignored, the kernel would throw the reason away.
python3 - "$fopnp" >"$work/out" <<'PYTHON' || fail "SIGCHLD"
import signal, subprocess, sys
for setup in (lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
              lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])):
    subprocess.run([sys.argv[1], "trace", "--json", "x"], preexec_fn=setup, timeout=10)
PYTHON
json 'len(objects) == 2' 'all("signal 6" in n["text"] for o in objects for n in o["notes"] if n["id"] == "call-crashed")' \
	'all(any(n["id"] == "call-crashed" for n in o["notes"]) for o in objects)'
empty

# One that leaves a process behind: the crash is seen at once, and that process ends too.
source_module forker -DFORK_CRASH
hosts_line 'forker'
in_time 3 trace --json --timeout 8s x
json 'notes["source-crashed"]' 'o["elapsed_us"] < 7000000' '"source-hangs" not in notes'
for process in /proc/[0-9]*; do
	if [ "$(cat "$process/comm" 2>/dev/null)" = fopnp ] && grep -qsz "^TMPDIR=$TMPDIR\$" "$process/environ"; then
		fail "a process of a source lives on: $process"
	fi
done
empty

# One that closes our descriptors and hangs: the deadline holds.
source_module closer -DCLOSE_ALL
hosts_line 'closer'
in_time 3 trace --json --timeout 500ms x
json 'notes["source-hangs"]' 'o["elapsed_us"] >= 500000'
empty

# One that overwrites what our child was to say.
source_module garble -DGARBLE
hosts_line 'garble'
in_time 3 trace --json x
json 'o["result"]["code"] is None' '"overwr" in notes["call-crashed"]["text"]'
in_time 3 trace x
empty

# One that never stops sending to the event socket.
source_module flood -DFLOOD
hosts_line 'flood'
in_time 3 trace --json --timeout 500ms x
json 'notes["source-hangs"]'
empty

# Few descriptors: the calls wait for one another.
words=$(awk 'BEGIN { for (i = 1; i <= 20; i++) printf " nosuch%d", i }')
hosts_line "files$words"
status=0
(
	# shellcheck disable=SC3045 # dash and bash have it
	ulimit -n 14
	exec "$fopnp" trace --json localhost
) >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 0 ] || fail "status $status with 14 descriptors"
json 'o["answered_by"] == "files"' 'all(s["status"] == "UNAVAIL" for s in o["steps"][1:])'
empty
# Not even one child: an error, once, and nothing is left.
status=0
(
	# shellcheck disable=SC3045
	ulimit -n 4
	exec "$fopnp" trace --json localhost
) >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "status $status with 4 descriptors"
json 'len(objects) == 1' 'o["id"] == "no-child"' '"Too many open files" in o["message"]'
empty

# The directory of the sockets: not where somebody else could put another one in its place.
hosts_line 'files'
mkdir -m 755 "$work/foreign"
mkdir -m 777 "$work/open"
chown 65534 "$work/foreign"
for directory in foreign open; do
	XDG_RUNTIME_DIR=$work/$directory strace -f -qq -e trace=mkdir,bind -o "$work/calls" \
		"$fopnp" trace localhost >"$work/out" || fail "with a runtime directory $directory"
	grep -qF "$TMPDIR/fopnp-" "$work/calls" || fail "no socket directory was seen"
	! grep -qF "$work/$directory" "$work/calls" || fail "sockets in a directory of somebody else"
done
# No such directory at all: the error says what to do.
status=0
# shellcheck disable=SC2016 # for the inner shell
unshare -m sh -c 'for directory in /tmp /dev/shm; do
		mount --bind "$directory" "$directory" && mount -o remount,bind,ro "$directory" || exit 99
	done
	TMPDIR=/nonexistent exec "$0" trace --json localhost' "$fopnp" >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "status $status without a place for sockets"
json 'len(objects) == 1' 'o["id"] == "no-event-socket"' '"TMPDIR" in o["hint"]'

# Names on stdin: a NUL ends no name in silence, and many are traced one by one.
status=0
printf 'localhost\nlocal\000host\nlocalhost' | "$fopnp" trace --json - >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 2 ] || fail "status $status with a NUL in a name"
json '[x["type"] for x in objects] == ["trace", "error", "trace", "summary"]' 'objects[1]["id"] == "name-invalid"' \
	'o["counts"] == {"names": 3, "traces": 3, "answered": 2, "not_found": 0, "failed": 1}'
status=0
awk 'BEGIN { for (i = 0; i < 1000; i++) print "localhost" }' | "$fopnp" trace --json --passive - >"$work/out" || status=$?
[ "$status" -eq 0 ] || fail "status $status with 1000 names"
[ "$(grep -c '"answered_by":"files"' "$work/out")" -eq 1000 ] || fail "not 1000 traces"
tail -n 1 "$work/out" >"$work/last" && mv "$work/last" "$work/out"
json 'o["counts"]["names"] == 1000'
empty

# ^\ too ends the children and leaves nothing.
source_module hang -DHANG
hosts_line 'hang'
python3 - "$fopnp" "$TMPDIR" <<'PYTHON' || fail "SIGQUIT"
import os, resource, signal, subprocess, sys, time
process = subprocess.Popen([sys.argv[1], "trace", "x"], stdout=subprocess.DEVNULL,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
while not os.listdir(sys.argv[2]):
    time.sleep(0.02)
process.send_signal(signal.SIGQUIT)
sys.exit(process.wait(10) != -signal.SIGQUIT)
PYTHON
empty

# No /dev: what a source prints still reaches nobody.
hosts_line 'print'
# shellcheck disable=SC2016 # for the inner shell
unshare -m sh -c 'mount -t tmpfs tmpfs /dev && exec "$0" trace --json x' "$fopnp" >"$work/out" 2>"$work/err" </proc/self/stat ||
	fail "without /dev"
silent
has_not 'printed by a source'
json 'o["answered_by"] == "print"'
