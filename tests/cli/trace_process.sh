#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the command leaves behind and needs: temporary files, children, signals, rights, environment.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

source_module hang -DHANG
TMPDIR=$work/tmp
mkdir -m 1777 "$TMPDIR"
export TMPDIR
unset XDG_RUNTIME_DIR

empty() {
	[ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -A "$TMPDIR")"
}

hosts_line 'files dns'
run 0 trace localhost
empty

# Signals: the children die, the directory goes away, and the caller sees the signal.
hosts_line 'hang'
for signal in INT TERM HUP; do
	python3 - "$fopnp" "$signal" "$TMPDIR" <<'EOF' || fail "SIG$signal"
import os, signal, subprocess, sys, time
number = getattr(signal, "SIG" + sys.argv[2])
process = subprocess.Popen([sys.argv[1], "trace", "x"], stdout=subprocess.DEVNULL,
                           preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
children = []
path = f"/proc/{process.pid}/task/{process.pid}/children"
while len(children) < 2 or not os.listdir(sys.argv[3]):
    time.sleep(0.02)
    children = open(path).read().split()
process.send_signal(number)
if process.wait(10) != -number:
    sys.exit(f"ended with {process.returncode}")
for child in children:
    if os.path.exists(f"/proc/{child}"):
        sys.exit(f"child {child} lives on")
EOF
	empty
done
# SIGKILL cannot be noticed, but the children do not outlive it.
python3 - "$fopnp" <<'EOF' || fail "SIGKILL"
import os, subprocess, sys, time
process = subprocess.Popen([sys.argv[1], "trace", "x"], stdout=subprocess.DEVNULL)
children = []
while len(children) < 2:
    time.sleep(0.02)
    children = open(f"/proc/{process.pid}/task/{process.pid}/children").read().split()
process.kill()
process.wait()
deadline = time.monotonic() + 10
def alive(child):
    try:
        return open(f"/proc/{child}/stat").read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
while any(alive(child) for child in children):
    if time.monotonic() > deadline:
        sys.exit("a child lives on")
    time.sleep(0.02)
EOF
rm -rf "$TMPDIR"/fopnp-*

# A signal that the caller ignores stays ignored.
hosts_line 'hang'
(
	trap '' HUP
	exec "$fopnp" trace --json --timeout 700ms x >"$work/out" 2>&1
) &
process=$!
sleep 0.2
kill -HUP "$process"
status=0
wait "$process" || status=$?
[ "$status" -eq 3 ] || fail "status $status after an ignored SIGHUP"
json 'o["elapsed_us"] >= 700000'
empty

# Where the sockets can be: a short path, or another directory.
hosts_line 'files'
long=$work/tmp/$(printf '%0100d' 1)
mkdir "$long"
TMPDIR=$long run 0 trace --json localhost
json 'o["answered_by"] == "files"'
rmdir "$long"
TMPDIR=/nonexistent run 0 trace --json localhost
json 'o["answered_by"] == "files"'
XDG_RUNTIME_DIR=$work/tmp TMPDIR=/nonexistent run 0 trace --json localhost
json 'o["answered_by"] == "files"'
empty

# No environment at all, and an ordinary user.
env -i "$fopnp" trace --json localhost >"$work/out"
json 'o["answered_by"] == "files"'
mkdir -p "$work/user/bin" "$work/user/lib"
cp "$fopnp" "$work/user/bin/" && cp "$BUILD/lib/libnss_fopnp.so.2" "$work/user/lib/"
as_user() {
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"
}
as_user "$work/user/bin/fopnp" trace --json localhost >"$work/out" 2>"$work/err" || fail "as an ordinary user"
json 'o["answered_by"] == "files"' 'steps["files"]["reached"] is True'
empty
# A root whose command finds no module beside it looks for the installed one.
mv "$work/user/lib/libnss_fopnp.so.2" "$work/"
LD_LIBRARY_PATH=$work as_user "$work/user/bin/fopnp" trace --json localhost >"$work/out"
json 'o["answered_by"] == "files"'
as_user "$work/user/bin/fopnp" trace --json localhost >"$work/out"
json 'notes["module-unusable"]' 'o["result"]["code"] == "OK"'

# Nothing but the answer is written to stdout and stderr, and no descriptor is needed.
run 0 trace localhost
silent
(
	# shellcheck disable=SC3045 # dash and bash have it
	ulimit -n 32
	"$fopnp" trace localhost >"$work/out"
) || fail "with 32 descriptors"
status=0
(
	# shellcheck disable=SC3045
	ulimit -n 6
	"$fopnp" trace localhost
) >"$work/out" 2>"$work/err" || status=$?
[ "$status" -le 3 ] || fail "status $status with 6 descriptors"

# A report that is lost, since a long order announces more than a socket holds, is not made up.
hosts_line 'files'
for _ in 1 2 3 4 5; do
	run 1 trace --json --order "files files files files files files files files files files files files files files files files" x
	json '"event-lost" in notes and o["steps"][15]["reached"] in (None, True) or all(s["reached"] is True for s in o["steps"])' \
		'all(s["status"] == "NOTFOUND" for s in o["steps"])'
done

# Forty sources, more than run at once.
words=$(awk 'BEGIN { for (i = 1; i <= 40; i++) printf " nosuch%d", i }')
hosts_line "files$words"
run 0 trace --json localhost
json 'len(o["steps"]) == 41' 'all(s["status"] == "UNAVAIL" for s in o["steps"][1:])' \
	'all(s["reached"] is False for s in o["steps"][1:])'
# More than an event holds: what is not known is not claimed.
run 3 trace --json x
json 'all(s["reached"] is True for s in o["steps"][:16])' 'all(s["reached"] in (None, True) for s in o["steps"])'
