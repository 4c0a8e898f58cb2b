#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp watch without a live socket: options, recordings, hostile names, widths.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || skip "no python3"

# Three lookups as a recording has them: one answered, one not found, one hostile and slow.
make_recording() {
	python3 - >"$work/recording" <<-'END'
		import json

		def lookup(pid, comm, uid, name, code, source, addresses, us, dropped=0, **process):
		    number = {"OK": 0, "EAI_NONAME": -2, "EAI_AGAIN": -3}[code]
		    status = {"OK": "SUCCESS", "EAI_NONAME": "NOTFOUND", "EAI_AGAIN": "TRYAGAIN"}[code]
		    h_errno = {"OK": "NETDB_SUCCESS", "EAI_NONAME": "HOST_NOT_FOUND", "EAI_AGAIN": "TRY_AGAIN"}[code]
		    answer = {
		        "code": code, "number": number, "errno": "OK", "h_errno": h_errno, "message": code,
		        "canonical_name": None,
		        "addresses": [
		            {"family": "inet6" if ":" in a else "inet", "address": a, "scope": None, "port": None,
		             "ttl": None, "source": source, "source_address": None, "rule": None}
		            for a in addresses
		        ],
		    }
		    who = {"pid": pid, "tid": pid, "uid": uid, "comm": comm, "exe": None, "trusted": True,
		           "comm_claimed": False, "claim_false": False, "claimed_pid": pid, "claimed_uid": uid}
		    who.update(process)
		    print(json.dumps({
		        "version": 1, "type": "lookup", "time": "2026-01-31T12:00:00.123Z", "command": "watch",
		        "process": who,
		        "request": {"call": "gethostbyname4_r", "name": name, "service": None, "family": "unspec",
		                    "socktype": None, "protocol": None, "flags": [], "given": name},
		        "order": "/etc/nsswitch.conf:1", "answered_by": source, "answer": answer,
		        "elapsed_us": us, "ttl": None, "sequence": 1, "dropped": dropped,
		        "truncated": False, "status": status, "steps": [],
		    }))

		lookup(4711, "curl", 0, "www.example", "OK", "dns", ["192.0.2.7", "2001:db8::7"], 12000)
		lookup(4712, "a very long program name of more than", 65534,
		       "a-long-name-of-a-host.in-a-deep-subdomain.of-the-company.corp.example",
		       "EAI_NONAME", None, [], 83, comm_claimed=True)
		lookup(4713, "x\033[31m", 12345, "evil\033]0;title\007\u202ename", "EAI_AGAIN", None, [], 5000000,
		       dropped=2, claim_false=True)
	END
	echo 'this is no JSON' >>"$work/recording"
}

make_recording

# ---- not root: what to do instead
status=0
setpriv --reuid 65534 --regid 65534 --clear-groups "$fopnp" watch >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "not root: exit status $status"
has_error 'use sudo, or fopnp run -- CMD'
[ ! -s "$work/out" ] || fail "output without a watch"

# ---- options
run 2 watch --count 0
has_error '--count cannot be "0"'
run 2 watch --for 5
has_error 'a number with its unit'
run 2 watch -o -
run 2 watch curl
has_error '--name PATTERN'
run 2 watch --file x --journal
run 2 watch --file x --takeover
run 2 watch -f
has_error 'follow needs --journal'
run 2 watch --file x --for 5s
run 2 watch --slower fast
run 2 watch --status NONSENSE
run 3 watch --file "$work/nothing"
[ ! -s "$work/out" ] || fail "a heading before the error"
run 1 watch --file /etc/passwd
has_error 'of a recording'
has_error 'fopnp run --json -o'
run 1 watch --json --file /etc/passwd
json "objects[0]['type'] == 'error' and objects[0]['id'] == 'file-foreign'" "o['exit_status'] == 1"
run 3 watch --json --file "$work/nothing"
json "objects[0]['type'] == 'error'"
run 3 watch --file "$work/recording" -o "$work/no/such/directory"
has_error 'no/such/directory'

# ---- a recording as rows; a file loses nothing
run 0 watch --file "$work/recording"
matches '^time  *program  *user  *name  *took  *source  *answer$'
matches 'curl\[4711\]  *root  *www\.example  *12 ms  dns  *192\.0\.2\.7,2001:db8::7$'
has 'a very long program name of more than?[4712]'
has 'a-long-name-of-a-host.in-a-deep-subdomain.of-the-company.corp.example'
matches '83 us  -  *not found$'
matches '\[4713\]!  *12345  *evil\\x1b\]0;title\\x07\\u{202e}name  *5\.0 s  -  *temporary failure$'
matches '^2026-01-31 [0-9:]*\.123  '
has '2 events of x\x1b[31m[4713]! were lost'
has_error '3 lookups, 2 lost, 1 not understood'
LC_ALL=C grep -q "$(printf '[\033\007]')" "$work/out" && fail "a control character in the output"

# ---- filters
run 0 watch --file "$work/recording" --program curl
has 'curl[4711]'
has_not '[4712]'
has_error '3 lookups, 2 not shown, 2 lost'
run 0 watch --file "$work/recording" --status failed --slower 1s
has '[4713]!'
has_not '[4712]'
run 0 watch --file "$work/recording" --status failed
has '[4713]!'
has_not '[4712]' # was not found
run 0 watch --file "$work/recording" -n 1
has_not '[4712]'
run 0 watch --file - <"$work/recording"
"$fopnp" watch --file - <"$work/recording" >"$work/out" 2>"$work/err" || fail "standard input"
has '[4713]!'

# ---- every width: nothing is wider, the process ids stay
for width in 40 59 60 70 80 99 100 111 120 200; do
	COLUMNS=$width
	export COLUMNS
	run 0 watch --file "$work/recording"
	widest=$(python3 -c 'import sys; print(max(len(line.rstrip("\n")) for line in open(sys.argv[1], encoding="utf-8")))' "$work/out")
	[ "$widest" -le "$width" ] || fail "$widest columns in $width"
	has '[4711]'
	has '?[4712]'
	has '[4713]!'
	has '…'
	has '+1'
done
unset COLUMNS

# ---- JSON, and a recording of a recording
run 0 watch --json --file "$work/recording" -o "$work/again"
json "len(objects) == 5" "o['type'] == 'summary'" "o['counts']['shown'] == 3" "o['counts']['unreadable'] == 1" \
	"objects[0]['process']['pid'] == 4711" "objects[1]['process']['comm_claimed']" \
	"objects[2]['type'] == 'finding' and objects[2]['id'] == 'events-lost'" \
	"objects[3]['process']['claim_false']" "objects[3]['answer']['code'] == 'EAI_AGAIN'"
cmp -s "$work/out" "$work/again" || {
	# The summaries differ in their times alone.
	[ "$(grep -c . "$work/again")" -eq 5 ] || fail "the recording has other objects"
	grep '"lookup"' "$work/out" >"$work/one"
	grep '"lookup"' "$work/again" | cmp -s "$work/one" - || fail "the recording is not what was shown"
}
[ "$(stat -c %a "$work/again")" = 600 ] || fail "the recording can be read by others"
run 0 watch --json --file "$work/again"
json "o['counts'] == {'lookups': 3, 'shown': 3, 'filtered_out': 0, 'lost': 2, 'malformed': 0, 'unreadable': 0}"

# ---- what is read is not emptied
cp "$work/recording" "$work/kept"
ln -s recording "$work/link"
run 2 watch --file "$work/recording" -o "$work/link"
has_error '--output would empty it'
# shellcheck disable=SC2094 # that is the point
"$fopnp" watch --file - -o "$work/recording" <"$work/recording" >"$work/out" 2>"$work/err" && fail "the input emptied"
cmp "$work/recording" "$work/kept" || fail "the input was changed"

# ---- redacted: no name, no address, the same hash for the same name
for options in '' --json; do
	# shellcheck disable=SC2086
	run 0 watch $options --redact --file "$work/recording" -o "$work/redacted"
	for text in www.example corp.example 192.0.2.7 2001:db8::7 evil; do
		! grep -qF "$text" "$work/out" "$work/redacted" || fail "--redact $options leaves $text"
	done
done

# ---- an output that is full
if [ -c /dev/full ]; then
	run 3 watch --file "$work/recording" -o /dev/full
	has_error 'cannot write /dev/full'
	status=0
	"$fopnp" watch --file "$work/recording" >/dev/full 2>"$work/err" || status=$?
	[ "$status" -eq 3 ] || fail "a full disk: exit status $status"
fi
