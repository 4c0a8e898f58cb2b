#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp run`: its text and JSON, and what it says of what it cannot see.
# shellcheck disable=SC2016 # what stands in single quotes is for other shells
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/cli/run_lib.sh
. "$(dirname "$0")/run_lib.sh"

hosts_line 'files dns'

# ---- text ----
run 0 run getent ahosts printer.example
has '192.0.2.7'
grep -Eq '^getent\[[0-9]+\] +printer\.example +[0-9.]+ [mu]?s +files +[0-9a-f.:]+ \+[0-9]' "$work/err" || fail "no row of the call"
grep -Eq '^1 call in .*, 1 answered$' "$work/err" || fail "no summary"
grep -Eq '^  files +1 +1 +- ' "$work/err" || fail "no row of the source"
! grep -q "$escape" "$work/err" || fail "colour without a terminal"
run 0 run -q getent ahosts printer.example
! grep -q '^getent' "$work/err" || fail "a row in spite of -q"
has_error '1 call in'
run 0 run -o "$work/report" getent ahosts printer.example
silent
grep -q '^getent' "$work/report" || fail "no row in -o's file"
run 0 run true
has_error 'true made no lookup call: it called none of'
run 2 run sh -c 'getent hosts nosuch.example; getent hosts printer; getent hosts printer; exec getent ahosts nosuch.example'
has_error 'asked more than once'
has_error 'not found or failed'
has_error 'printer '
has_error 'nosuch.example'
has_error 'in vain'
run 0 run getent ahosts 192.0.2.9
has_error 'numeric'
empty

# Columns, colour, and text that must not command the terminal.
on_terminal() {
	script -qec "$*" /dev/null </dev/null >"$work/out" 2>"$work/err" || :
}
on_terminal "TERM=xterm $fopnp run getent ahosts nosuch.example"
has "${escape}["
on_terminal "NO_COLOR=1 TERM=xterm $fopnp run getent ahosts nosuch.example"
has_not "$escape"
long=$(printf 'l%060d.l%060d.l%060d.example' 1 2 3)
for columns in 40 60 80 200; do
	on_terminal "stty cols $columns; NO_COLOR=1 $fopnp run sh -c 'getent ahosts $long; getent hosts 2001:db8::7; getent ahosts localhost' 2>&1 >/dev/null"
	tr -d '\r' <"$work/out" >"$work/plain"
	mv "$work/plain" "$work/out"
	python3 - "$work/out" $((columns > 100 ? 100 : columns)) <<'EOF' || fail "wider than $columns columns"
import sys
sys.exit(max(len(line.rstrip("\n")) for line in open(sys.argv[1], encoding="utf-8")) > int(sys.argv[2]))
EOF
	matches '^program'
done
hostile="$(printf 'a\033[31mb\rc\nd\302\233m\342\200\256x\377')"
run 2 run getent ahosts "$hostile"
! LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" "$work/err" || fail "a control byte on the terminal"
has_error 'a\x1b[31mb\x0dc\x0ad'

# ---- JSON ----
run 0 run --json getent ahosts printer.example
json_of_errors 'o["type"] == "summary"' 'o["exit_status"] == 0' 'o["counts"]["calls"] == 1' \
	'objects[0]["type"] == "call"' 'objects[0]["answered_by"] == "files"' 'objects[0]["ended"] is True' \
	'objects[0]["process"]["comm"] == "getent"' 'objects[0]["process"]["trusted"] is True' \
	'objects[0]["request"]["name"] == "printer.example"' 'objects[0]["lookups"][0]["steps"][0]["source"] == "files"' \
	'len(objects[0]["result"]["addresses"]) == 2' 'objects[0]["result"]["code"] == "OK"'
run 7 run --json -o "$work/out.json" sh -c 'getent hosts nosuch.example; exit 7'
silent
cp "$work/out.json" "$work/err"
json_of_errors 'o["exit_status"] == 7' 'o["counts"]["not_found"] + o["counts"]["failed"] == o["counts"]["calls"] == o["counts"]["lookups"] > 0' 'objects[0]["answered_by"] is None'
run 2 run --json getent ahosts "$hostile"
json_of_errors 'objects[0]["request"]["given"].startswith("a\x1b[31mb")'
run 125 run --json --order 'files [' true
json_of_errors 'o["type"] == "error"' 'o["id"] == "order-invalid"'
run 127 run --json nosuchcommand
json_of_errors 'o["type"] == "error"' 'o["id"] == "command-not-run"'
run 0 run --json -q getent ahosts localhost
json_of_errors 'len(objects) == 1'
# A call with several lookups, and those without a call around them.
run 0 run --json --order 'dns files' getent ahosts printer.example
json_of_errors 'objects[0]["lookups"][0]["order"] == "FOPNP_ORDER"' '[s["source"] for s in objects[0]["lookups"][0]["steps"]] == ["dns", "files"]'

# ---- what is no event, or claims to be another's ----
cat >"$work/forge.py" <<'EOF'
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = os.environ["FOPNP_LOG"]
for _ in range(int(sys.argv[1])):
    s.sendto(b"garbage \x1b[31m\xff" + b"x" * 5000, path)
s.sendto(b"FOPNP_EVENT=1\nFOPNP_PHASE=result\nFOPNP_CALL=getaddrinfo\nFOPNP_CALL_ID=1\nFOPNP_NAME=forged\n"
         b"FOPNP_PID=1\nFOPNP_TID=1\nFOPNP_UID=0\nFOPNP_COMM=init\nFOPNP_CODE=0\n", path)
EOF
run 0 run --json python3 "$work/forge.py" 1
json_of_errors 'objects[0]["type"] == "malformed"' 'objects[0]["process"]["comm"].startswith("python")' \
	'objects[1]["type"] == "call"' 'objects[1]["process"]["pid"] == objects[0]["process"]["pid"] != 1' \
	'objects[1]["process"]["claim_false"] is True' 'objects[1]["process"]["claimed_pid"] == 1' \
	'o["counts"]["malformed"] == 1'
run 0 run python3 "$work/forge.py" 1
! LC_ALL=C grep -q "$escape" "$work/err" || fail "a control byte of no event on the terminal"
has_error 'no event of ours'
has_error ']!'
run 0 run --json python3 "$work/forge.py" 3000
json_of_errors 'o["counts"]["malformed"] == 3000' 'len(objects) < 30'

# ---- a source without its library, said once ----
run 2 run --json --order 'nosuchmodule files' sh -c 'getent ahosts localhost; getent ahosts nosuch.example'
json_of_errors '[f["text"] for f in objects if f["type"] == "finding" and f["id"] == "source-not-loaded"][0].startswith("nosuchmodule cannot be loaded, so it never answers: libnss_nosuchmodule.so.2: cannot open")' \
	'sum(f["type"] == "finding" for f in objects) == 1'
# What a source said is never left out.
for columns in 40 50 60 77; do
	COLUMNS=$columns run 2 run -q --order 'nosuchmodule files' getent ahosts nosuch.example
	grep -Eq '^  source .* unavail' "$work/err" || fail "nosuchmodule's count is left out at $columns columns"
	grep -Eq '^  files .*1' "$work/err" || fail "the count of files is left out at $columns columns"
done

# ---- redaction ----
echo 0123456789abcdef0123456789abcdef >"$etc/machine-id"
run 0 run --redact getent ahosts printer.example
! grep -Eq 'printer|192\.0\.2|2001:db8' "$work/err" || fail "a name in spite of --redact"
has_error 'name-'
run 2 run --redact --json sh -c 'getent ahosts printer.example; getent ahosts secret.example'
! grep -Eq 'printer|secret|192\.0\.2|2001:db8' "$work/err" || fail "a name in spite of --redact --json"
json_of_errors 'objects[0]["request"]["name"].startswith("name-")' 'objects[0]["request"]["name"] != objects[1]["request"]["name"]'

# ---- what cannot be seen is said ----
printf 'int main(void) { return 0; }\n' >"$work/nothing.c"
cc -static -o "$work/static" "$work/nothing.c" || fail "cannot build a static program"
run 0 run "$work/static"
has_error 'static'
has_error 'that could be seen'
run 0 run --json sh -c "$work/static; true"
json_of_errors 'any(f["type"] == "finding" and f["id"] == "program-static" for f in objects)'
cc -o "$work/setgid" "$work/nothing.c"
chgrp 12345 "$work/setgid" && chmod 2755 "$work/setgid"
run 0 run --json "$work/setgid"
json_of_errors 'any(f["type"] == "finding" and f["id"] == "program-privileged" for f in objects)'
run 0 run --json sh -c 'env -i /usr/bin/getent ahosts localhost; true'
json_of_errors 'any(f["type"] == "finding" and f["id"] == "program-not-entered" and f["text"].startswith("/usr/bin/getent") for f in objects)'
run 0 run --json sh -c 'sleep 60 >/dev/null 2>&1 & echo $!; sleep 0.5'
kill "$(cat "$work/out")"
json_of_errors 'any(f["type"] == "finding" and f["id"] == "still-running" for f in objects)'
# A child that was forked and has run no program yet.
run 0 run sh -c '(sleep 1; exec true) >/dev/null 2>&1 & exit 0'
has_error '--wait goes on'
has_error 'made no lookup call before it ended'
run 0 run --json sh -c 'true & wait'
json_of_errors 'all(f["type"] != "finding" for f in objects)'
empty

# Every object of all of the above is what the schema says.
cp "$work/all" "$work/out"
json 'len(objects) > 40'
