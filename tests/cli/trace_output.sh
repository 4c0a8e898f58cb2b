#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What reaches the terminal: columns, colour, hostile text; and outputs that take nothing.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

source_module hostile -DHOSTILE
source_module a_rather_long_source_name -DFOUND='"192.0.2.99"'
escape=$(printf '\033')

# Colour only for a terminal, and not if NO_COLOR says so.
hosts_line 'files a_rather_long_source_name'
on_terminal() {
	script -qec "$*" /dev/null </dev/null >"$work/out" 2>"$work/err"
}
on_terminal "TERM=xterm $fopnp trace localhost"
has "${escape}["
matches "$escape\\[2m2$escape\\[0m"
on_terminal "NO_COLOR=1 TERM=xterm $fopnp trace localhost"
has_not "$escape"
on_terminal "NO_COLOR= TERM=xterm $fopnp trace localhost"
has "${escape}["
on_terminal "TERM=dumb $fopnp trace localhost"
has_not "$escape"
run 0 trace localhost
has_not "$escape"

# 80 and 100 columns, whatever the line says; columns are aligned.
hosts_line 'files a_rather_long_source_name [!UNAVAIL=return TRYAGAIN=continue NOTFOUND=return] mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] files dns'
printf '2001:db8:1111:2222:3333:4444:5555:6666 printer.example\n' >>"$etc/hosts"
for columns in 74 80 100 250; do
	for name in localhost printer.example unknown.example "$(printf 'long%0300d.example' 1)" \
		"$(printf 'with blanks %0300d' 1)"; do
		COLUMNS=$columns "$fopnp" trace --timeout 2s "$name" >"$work/out" 2>"$work/err" || :
		fits $((columns > 100 ? 100 : columns))
	done
done
# A narrow window: no line is wider where no bracket must stay whole.
hosts_line 'files dns'
for arguments in 'trace printer' 'trace unknown' 'trace --call gethostbyname unknown' 'help trace'; do
	# shellcheck disable=SC2086
	COLUMNS=60 "$fopnp" $arguments >"$work/out" || :
	fits 60
done
hosts_line 'files a_rather_long_source_name [!UNAVAIL=return TRYAGAIN=continue NOTFOUND=return] mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] files dns'
COLUMNS=100 run 0 trace --timeout 2s localhost
awk '/^  #/ { at = index($0, "status") } at && /^  [1-9]/ { if (substr($0, at - 2, 2) != "  " || substr($0, at, 1) == " ") exit 1; rows++ }
	END { exit rows != 6 }' "$work/out" || fail "the status column is not straight"
on_terminal "stty cols 80; $fopnp trace --timeout 2s printer.example"
tr -d '\r' <"$work/out" | sed "s/$escape\\[[0-9]*m//g" >"$work/plain"
mv "$work/plain" "$work/out"
fits 80
matches '^  1  files '

# Text from outside never commands the terminal: not in results, nor in errors.
safe() {
	for file in out err; do
		if LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" "$work/$file"; then
			fail "a control byte in std$file"
		fi
		python3 - "$work/$file" <<'EOF' || fail "a dangerous character in std$file"
import sys
text = open(sys.argv[1], "rb").read().decode()
sys.exit(any(0x80 <= ord(c) < 0xA0 or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028" for c in text))
EOF
	done
}
hosts_line 'files'
hostile="$(printf 'a\033[31mb\rc\nd\tE\177\302\233m\342\200\256x\377\300\257y\355\240\200')"
run 1 trace "$hostile"
safe
has 'a\x1b[31mb\x0dc\x0ad\x09E\x7f\u{009b}m\u{202e}x\xff\xc0\xafy\xed\xa0\x80: not found'
run 1 trace "$(printf 'x\302\233m\342\200\256')"
safe
has 'x\u{009b}m\u{202e}'
run 1 trace "$(printf '\377\376.example')"
safe
has '\xff\xfe.example'
run 1 trace --json "$hostile"
json 'o["request"]["given"].startswith("a\x1b[31mb\rc\nd\tE\x7f")'
run 2 trace -f "$hostile" x
safe
run 2 trace "--$hostile" x
safe
run 2 "$hostile"
safe
run 2 trace --order "$hostile [" x
safe
run 2 trace --flags "$hostile" x
safe
run 2 trace --call gethostbyaddr "$hostile"
safe
run 2 trace --call gethostbyaddr --json "$hostile"
json 'o["id"] == "address-invalid"'
hosts_line 'hostile'
run 0 trace -c x
safe
has 'canon  evil\x1b]0;owned\x07\u{009b}m\u{202e}.example'
run 0 trace --json -c x
json 'o["result"]["canonical_name"] == "evil\x1b]0;owned\x07" + r"\194\155m\226\128\174.example"'
run 0 trace --call gethostbyaddr 192.0.2.1
safe
run 0 trace -s "$(printf 'http')" -t stream x
printf 'hosts: files \033[31mred\033[0m\302\233\n' >"$etc/nsswitch.conf"
status=0
"$fopnp" trace localhost >"$work/out" 2>"$work/err" || status=$?
safe
printf '127.0.0.1 localhost\033[31m\n127.0.0.1 localhost\n' >"$etc/hosts"
hosts_line 'files'
run 0 trace localhost
safe
has '/etc/hosts:2'

# Names of every odd kind give a result.
run 1 trace ''
has '(empty name): not found'
# shellcheck disable=SC1003 # a backslash is meant
for name in . .. a..b -dash '*x' 'a b' "$(printf '%0300d' 1)x" "$(printf '%01090d' 1)x" "$(printf '%05000d' 1)x" '\' '"' '[::1]' '%lo' '::1%nosuch'; do
	status=0
	"$fopnp" trace --json --timeout 2s -- "$name" >"$work/out" 2>"$work/err" || status=$?
	[ "$status" -eq 1 ] || fail "$name: status $status"
	json 'o["result"]["code"] == "EAI_NONAME"' 'o["steps"][0]["reached"] is not None'
done

# Outputs that take nothing, or that are closed.
run 0 trace localhost
status=0
"$fopnp" trace localhost >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "status $status with a full disk"
has_error 'No space left on device'
for arguments in 'trace --json localhost' 'help' '--version' 'help trace' 'trace localhost localhost'; do
	status=0
	# shellcheck disable=SC2086
	"$fopnp" $arguments >/dev/full 2>"$work/err" || status=$?
	[ "$status" -eq 3 ] || fail "fopnp $arguments: status $status with a full disk"
	status=0
	# shellcheck disable=SC2086
	"$fopnp" $arguments >&- 2>"$work/err" || status=$?
	[ "$status" -eq 3 ] || fail "fopnp $arguments: status $status with stdout closed"
	has_error 'cannot write the output'
done
# A reader that goes away: SIGPIPE ends the command as any other, EPIPE is an error.
status=$(python3 - "$fopnp" <<'EOF'
import os, signal, subprocess, sys
for action in (signal.SIG_DFL, signal.SIG_IGN):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.argv[1], "trace", "localhost"], stdout=writer, stderr=subprocess.DEVNULL,
                          restore_signals=False, preexec_fn=lambda a=action: signal.signal(signal.SIGPIPE, a))
    os.close(writer)
    print(done.returncode)
EOF
)
[ "$(echo "$status" | tr '\n' ' ')" = "-13 3 " ] || fail "closed pipe: $status"
# The other two closed: their numbers must not be taken by pipes and sockets of the children.
"$fopnp" trace --json localhost <&- 2>&- >"$work/out" || fail "stdin and stderr closed"
json 'o["answered_by"] == "files"'
# All three closed: still no crash, and nothing is written where it does not belong.
status=0
"$fopnp" trace localhost <&- >&- 2>&- || status=$?
[ "$status" -eq 3 ] || fail "status $status with everything closed"
