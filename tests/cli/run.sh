#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp run`: exit statuses, streams, the environment of the command, and where it works.
# shellcheck disable=SC2016 # what stands in single quotes is for other shells
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/cli/run_lib.sh
. "$(dirname "$0")/run_lib.sh"

hosts_line 'files dns'

# ---- exit statuses ----
run 0 run true
run 7 run -- sh -c 'exit 7'
run 255 run sh -c 'exit 255'
run 125 run
has_error 'there is no command'
run 125 run --bogus true
run 125 run --order 'files [' true
has_error 'the bracket is not closed'
run 125 run --order '' true
run 125 run -o "$work/no/such/file" true
has_error 'cannot write'
run 125 run -o - true
has_error 'cannot be "-"'
# Two that write to one file would write over each other.
# shellcheck disable=SC2094 # that is the point
"$fopnp" run -o "$work/same" true >"$work/same" 2>"$work/err" && fail "the command's own file taken"
has_error "own output goes there"
# shellcheck disable=SC2094 # that is the point
"$fopnp" run -o "$work/same" true 2>"$work/same" >"$work/out" && fail "the command's own file taken"
grep -q "own output goes there" "$work/same" || fail "the command's stderr taken"
run 126 run "$etc/hosts"
run 126 run "$work"
run 127 run nosuchcommand
has_error 'cannot run nosuchcommand: No such file or directory'
run 127 run ''
FOPNP_MODULE=$work/nosuch run 125 run true
has_error 'cannot be found'
run 0 run --help
has 'usage: fopnp run'
silent
# What stands behind the command is the command's, also what looks like our own option.
run 0 run echo --json -q --help
[ "$(cat "$work/out")" = '--json -q --help' ] || fail "the command's own options"
! grep -q '^{' "$work/err" || fail "the command's --json taken for ours"
run 127 run -- -q
empty

# A signal that kills the command is ours as well, and no core is left by us.
for signal in TERM KILL SEGV USR1 HUP; do
	python3 - "$fopnp" "$signal" <<'EOF' || fail "SIG$signal"
import os, resource, signal, subprocess, sys
number = getattr(signal, "SIG" + sys.argv[2])
process = subprocess.run([sys.argv[1], "run", "-q", "sh", "-c", f"kill -{sys.argv[2]} $$"], stderr=subprocess.DEVNULL,
                         preexec_fn=lambda: signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None)
sys.exit(process.returncode != -number)
EOF
done
empty

# ---- streams: byte for byte, and no descriptor, mask or disposition of ours ----
head -c 300000 /dev/urandom >"$work/bytes"
"$fopnp" run -o "$work/report" sh -c 'tee /dev/stderr' <"$work/bytes" >"$work/copy" 2>"$work/copy2"
for copy in copy copy2; do
	cmp "$work/bytes" "$work/$copy" || fail "the streams: $copy"
done
[ "$(stat -c %a "$work/report")" = 644 ] || fail "mode of -o's file"
cat >"$work/state.py" <<'EOF'
import os, re, sys
fields = ("SigBlk", "SigIgn", "SigCgt")
status = dict(line.split(":\t") for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
open_now = []
for fd in range(0, 300):
    try:
        os.fstat(fd)
        open_now.append(fd)
    except OSError:
        pass
print([status[f] for f in fields], open_now, os.getsid(0), os.getpgrp(), os.nice(0))
EOF
state() {
	"$@" python3 "$work/state.py"
}
as_is() {
	"$@"
}
for way in as_is 'env --ignore-signal=PIPE,CHLD,HUP' 'env --default-signal=PIPE' 'env --block-signal=TERM,USR1'; do
	# shellcheck disable=SC2086
	[ "$(state $way)" = "$(state $way "$fopnp" run -o /dev/null)" ] || fail "state of the command under $way"
done
# Closed ones stay closed.
for closing in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
	cat >"$work/closed.sh" <<EOF
exec $closing
exec "\$@"
EOF
	cat >"$work/see.py" <<'EOF'
import os, sys
got = []
for fd in range(3):
    try:
        os.fstat(fd)
        got.append(fd)
    except OSError:
        pass
os.write(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), repr(got).encode())
EOF
	# python itself opens nothing in the place of a closed one.
	sh "$work/closed.sh" python3 "$work/see.py" "$work/plain" || :
	sh "$work/closed.sh" "$fopnp" run -o /dev/null python3 "$work/see.py" "$work/under" || :
	cmp "$work/plain" "$work/under" || fail "descriptors with $closing: $(cat "$work/under"), not $(cat "$work/plain")"
done
# Who reads the command's output sees its end with the command, not with what waits for others.
python3 - "$fopnp" <<'EOF' || fail "end of the command's stdout"
import subprocess, sys, time
start = time.monotonic()
process = subprocess.Popen([sys.argv[1], "run", "--wait", "-o", "/dev/null", "sh", "-c", "sleep 3 >/dev/null 2>&1 & echo x"],
                           stdout=subprocess.PIPE)
assert process.stdout.read() == b"x\n"
took = time.monotonic() - start
assert process.wait() == 0
waited = time.monotonic() - start
sys.exit(not (took < 2.5 and waited >= 2.9))
EOF

# ---- the environment ----
run 0 run -o /dev/null sh -c 'echo "$LD_PRELOAD|$ASAN_OPTIONS|$FOPNP_RUN|$FOPNP_ORDER"'
has 'lib/fopnp/run.so|verify_asan_link_order=0|configure|files dns'
cc -shared -fPIC -o "$work/other.so" -x c /dev/null
LD_PRELOAD=$work/other.so ASAN_OPTIONS=halt_on_error=1 run 0 run -o /dev/null sh -c 'echo "$LD_PRELOAD|$ASAN_OPTIONS"'
has "run.so:$work/other.so|verify_asan_link_order=0:halt_on_error=1"
FOPNP_BYPASS=1 FOPNP_ORDER='files' run 0 run -o /dev/null sh -c 'echo "$FOPNP_ORDER|$FOPNP_BYPASS|"'
has 'files||'
hosts_line 'fopnp [!UNAVAIL= return] files dns'
run 0 run -o /dev/null sh -c 'echo "$FOPNP_RUN|$FOPNP_ORDER|"'
has 'mark||'
hosts_line 'files [NOTFOUND=return'
run 0 run --json sh -c 'echo "$FOPNP_RUN"'
has 'mark'
json_of_errors 'any(f.get("id") == "nsswitch-broken" for f in objects)'
hosts_line 'files dns'

# A place that LD_PRELOAD cannot hold, an ordinary user, no /proc, no environment.
mkdir -p "$work/a dir:\$x/bin" "$work/a dir:\$x/lib" "$work/copied/bin" "$work/copied/lib"
for place in "$work/a dir:\$x" "$work/copied"; do
	cp "$fopnp" "$place/bin/" && cp -R "$BUILD/lib/." "$place/lib/"
	chmod -R a+rX "$place"
done
"$work/a dir:\$x/bin/fopnp" run --json getent ahosts localhost >"$work/out" 2>"$work/err" || fail "a path with blanks"
json_of_errors 'objects[0]["answered_by"] == "files"'
empty
as_user() {
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"
}
as_user "$work/copied/bin/fopnp" run --json getent ahosts localhost >"$work/out" 2>"$work/err" || fail "as an ordinary user"
json_of_errors 'objects[0]["answered_by"] == "files"' 'objects[0]["process"]["uid"] == 65534'
empty
env -i "$work/copied/bin/fopnp" run --json getent ahosts localhost >"$work/out" 2>"$work/err" || fail "without an environment"
json_of_errors 'objects[0]["answered_by"] == "files"'
unshare -m sh -c 'mount -t tmpfs tmpfs /proc && exec "$@"' sh "$work/copied/bin/fopnp" run --json getent ahosts localhost \
	>"$work/out" 2>"$work/err" || fail "without /proc"
json_of_errors 'objects[0]["answered_by"] == "files"'
# Processes of root that become others can still send.
run 0 run --json setpriv --reuid=65534 --regid=65534 --clear-groups getent ahosts localhost
json_of_errors 'objects[0]["answered_by"] == "files"' 'objects[0]["process"]["uid"] == 65534'

# /dev/stdout is the command's.
"$fopnp" run -o /dev/stdout true 2>"$work/err" | cat >"$work/out"
has 'made no lookup call'
[ ! -s "$work/err" ] || fail "-o /dev/stdout writes to stderr"
# Root's TMPDIR where others do not come: another place is taken.
mkdir -m 700 "$work/closed" && mkdir -m 1777 "$work/closed/tmp"
TMPDIR=$work/closed/tmp run 0 run --json setpriv --reuid=65534 --regid=65534 --clear-groups getent ahosts localhost
json_of_errors 'objects[0]["answered_by"] == "files"' 'o["counts"]["lost"] == 0'
# A file that may not grow is an error of ours alone.
python3 - "$fopnp" "$work/limited" <<'EOF' || fail "a limit of the file's size"
import resource, subprocess, sys
result = subprocess.run([sys.argv[1], "run", "-o", sys.argv[2], "sh", "-c", "getent ahosts localhost >/dev/null; exit 9"],
                        stderr=subprocess.PIPE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64)))
assert result.returncode == 9 and b"File too large" in result.stderr, result
EOF
empty
# With --wait no zombies gather while the command runs.
run 0 run --wait -o /dev/null sh -c 'for i in 1 2 3; do (true &); done; sleep 0.5; grep -l "^State:.Z" $(grep -l "^PPid:.$PPID\$" /proc/[0-9]*/status); true'
[ ! -s "$work/out" ] || fail "zombies: $(cat "$work/out")"

# A full disk, and a reader that went away: the command is none the worse for it.
run 3 run -o /dev/full sh -c 'getent ahosts localhost; exit 3'
has 127.0.0.1
has_error 'No space left'
"$fopnp" run sh -c 'getent ahosts localhost >/dev/null; sleep 0.2; echo lives on >"$1"' sh "$work/lives" 2>&1 >/dev/null | true
tries=0
until grep -q 'lives on' "$work/lives" 2>/dev/null; do
	tries=$((tries + 1))
	[ "$tries" -lt 100 ] || fail "the command died with the reader of our output"
	sleep 0.1
done
empty

# Every object of all of the above is what the schema says.
cp "$work/all" "$work/out"
json 'len(objects) > 3'
