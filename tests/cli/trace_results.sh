#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every kind of result: found, stopped, not found, numeric, failed, hanging, crashed, rotating.
# As text and as JSON, which must follow the schema.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

source_module other -DFOUND='"192.0.2.99"'
source_module same -DFOUND='"192.0.2.7"'
source_module hang -DHANG
source_module crash -DCRASH
source_module rotate -DROTATE

# both STATUS ARGUMENT...: text first, then JSON, which stays in $work/out.
both() {
	run "$@"
	cp "$work/out" "$work/text"
	expect=$1
	shift
	run "$expect" "$@" --json
	silent
	[ "$(wc -l <"$work/out")" -eq 1 ] || fail "more than one line of JSON"
}
text() {
	grep -q -e "$1" "$work/text" || {
		cp "$work/text" "$work/out"
		fail "no line like \"$1\""
	}
}

# Found by the first source; the others would have said the same, something else, nothing.
hosts_line 'files same other dns'
both 0 trace printer
text '^printer -> 192\.0\.2\.7$'
text '^  answered by files in [0-9.]* ms$'
text 'files same other dns  (/etc/nsswitch.conf:1)'
text '^  1  files  *found  .*192\.0\.2\.7  /etc/hosts:2  STOP$'
json 'o["answered_by"] == "files"' 'o["result"]["code"] == "OK"' \
	'o["config"] == {"file": "/etc/nsswitch.conf", "line": 1, "order": "files same other dns", "installed": False}' \
	'[a["address"] for a in o["result"]["addresses"]] == ["192.0.2.7"]' \
	'o["result"]["addresses"][0]["source"] == "files"' \
	'steps["files"]["reached"] is True' 'steps["files"]["action"] == "return"' \
	'steps["files"]["evidence"] == [{"file": "/etc/hosts", "line": 2, "text": "192.0.2.7 printer.example printer", "remark": None}]' \
	'[s["reached"] for s in o["steps"]] == [True, False, False, False]' \
	'all(s["action"] is None for s in o["steps"][1:])'
run 0 trace printer
text '^  2  same  *.*not asked$'
text '^  4  dns  *.*not asked$'
run 0 trace printer
has_not 'differs: 192.0.2.7'
matches '^  3  other  *found .*differs: 192\.0\.2\.99  *not asked$'
# The sources answer 192.0.2.7 alone, /etc/hosts an IPv6 address too: different.
run 0 trace printer.example
matches '^  2  same  *found .*differs: 192\.0\.2\.7 '
matches '^printer.example -> .*2001:db8::7'
has 'addresses, in the order in which the program gets them'
[ "$(grep -c '^    [0-9]' "$work/out")" -eq 2 ] || fail "not two addresses"

# Stopped by a bracket: what the next one would have said is news.
hosts_line 'files [NOTFOUND=return] other'
both 1 trace unknown.example
text '^unknown.example: not found$'
text 'EAI_NONAME (-2): no source that was asked knows this name'
text '^  1  files  *not found .*STOP \[NOTFOUND=return\]$'
text '^  2  other  *found .*differs: 192\.0\.2\.99  *not asked$'
json 'o["result"]["code"] == "EAI_NONAME"' 'o["result"]["number"] == -2' 'o["answered_by"] is None' \
	'steps["files"]["status"] == "NOTFOUND"' 'steps["files"]["h_errno"] == "HOST_NOT_FOUND"' \
	'steps["other"]["reached"] is False' 'steps["other"]["status"] == "SUCCESS"' \
	'steps["other"]["answer"]["addresses"][0]["address"] == "192.0.2.99"' \
	'steps["other"]["answer"]["addresses"][0]["source"] == "other"' \
	'"[NOTFOUND=return] behind files" in notes["stopped-early"]["text"]' \
	'notes["stopped-early"]["place"]["line"] == 1'
text 'take \[NOTFOUND=return\] out'
# Not where nobody behind the bracket knows better, nor where the call was answered.
hosts_line 'files [NOTFOUND=return] files'
both 1 trace unknown.example
json '"stopped-early" not in notes'
hosts_line 'files [NOTFOUND=return] other'
both 0 trace printer
json '"stopped-early" not in notes'
# A name that has addresses of the other family alone.
hosts_line 'files'
both 1 trace -6 printer
text 'no source that was asked knows an IPv6 address of this name'
both 1 trace -6 127.0.0.1
text 'EAI_ADDRFAMILY (-9): the address is not of this family'

# The next source is reached, and a bracket that does not fire is not named.
hosts_line 'files [UNAVAIL=return] other'
both 0 trace -c unknown.example
text '^  1  files  *not found .* next$'
text '^  2  other  *found .* STOP$'
json 'o["answered_by"] == "other"' 'o["result"]["canonical_name"] == "found.example"'

# Not reached and --passive: nobody is asked.
hosts_line 'files hang'
both 0 trace --passive localhost
text '^  2  hang  *-  *not asked$'
json 'steps["hang"]["status"] is None' 'steps["hang"]["answer"] is None' 'o["notes"] == []' \
	'steps["hang"]["elapsed_us"] is None'

# A source that hangs behind the answer harms nobody, and does not hang the command.
both 0 trace --timeout 300ms localhost
text '^  2  hang  *hangs .*not asked$'
json 'notes["source-hangs"]["severity"] == "info"' 'steps["hang"]["reached"] is False' \
	'steps["hang"]["answer"] is None'

# In front of it, the program hangs too.
hosts_line 'files hang other'
both 3 trace --timeout 300ms unknown.example
text '^unknown.example: no answer$'
text '^  1  files  *not found .* next$'
text '^  2  hang  *hangs '
text 'error  *hang did not answer within 0\.3 s'
json 'o["result"]["code"] is None' 'o["answered_by"] is None' 'notes["source-hangs"]["severity"] == "error"' \
	'steps["files"]["status"] == "NOTFOUND"' 'steps["hang"]["reached"] is True' \
	'steps["hang"]["status"] is None' 'steps["other"]["reached"] is False' \
	'steps["other"]["status"] == "SUCCESS"' 'o["elapsed_us"] >= 300000'
run 3 trace --passive --timeout 300ms unknown.example
matches '^  3  other  *-  *not asked$'

# A program that has its answer from a cache is not kept waiting for the sources.
source_module asleep -DHANG_WATCHED
hosts_line 'asleep'
timeout 20 "$fopnp" trace --json x >"$work/out" || fail "the command hangs with a source"
json 'o["result"]["code"] == "OK"' 'o["elapsed_us"] < 3000000' 'notes["source-hangs"]' 'notes["answers-differ"]' \
	'o["answered_by"] is None' '3000000 <= steps["asleep"]["elapsed_us"] < 20000000'

hosts_line 'files crash other'
both 3 trace unknown.example
text 'signal 6 (Aborted)'
text '^  2  crash  *crashed '
json 'notes["source-crashed"]' 'notes["call-crashed"]' 'steps["crash"]["reached"] is True' \
	'steps["other"]["status"] == "SUCCESS"'
hosts_line 'files crash'
both 0 trace localhost
json 'notes["source-crashed"]["severity"] == "warning"' '"call-crashed" not in notes'

# A module that is not there.
hosts_line 'files absent other'
both 0 trace unknown.example
text '^  2  absent  *unavailable  *module cannot be loaded  *next$'
text 'libnss_absent.so.2'
json 'notes["source-not-loaded"]["place"]["line"] == 1' 'steps["absent"]["status"] == "UNAVAIL"' \
	'"libnss_absent.so.2" in notes["source-not-loaded"]["text"]' 'o["answered_by"] == "other"'
hosts_line 'files absent [UNAVAIL=return] other'
both 3 trace unknown.example
text 'STOP \[UNAVAIL=return\]$'
json 'o["result"]["code"] == "EAI_SYSTEM"' 'o["result"]["errno"] == "EBUSY"' \
	'steps["absent"]["action"] == "return"' 'steps["other"]["reached"] is False'
# A module that lacks the function for this call.
hosts_line 'files other'
both 3 trace -6 unknown.example
text '^  2  other  *unavailable .*cannot answer this call'
json 'steps["other"]["status"] == "UNAVAIL"'

# No network: a temporary failure, which is neither "found" nor "not found".
hosts_line 'files dns'
both 3 trace unknown.example
text 'EAI_AGAIN (-3): dns failed for now'
json 'o["result"]["code"] == "EAI_AGAIN"' 'steps["dns"]["status"] == "UNAVAIL"' \
	'steps["dns"]["h_errno"] == "TRY_AGAIN"'

# No source needed.
both 0 trace 127.1
text '^127.1 -> 127.0.0.1$'
text 'already an address'
json 'o["answered_by"] == "numeric"' 'steps["files"]["reached"] is False' 'steps["files"]["status"] is None'
both 0 trace -P -s 80
json 'o["answered_by"] == "numeric"' 'o["request"]["name"] is None' 'o["request"]["service"] == "80"' \
	'all(a["port"] == 80 for a in o["result"]["addresses"])' 'len(o["result"]["addresses"]) >= 1'
both 1 trace -P
json 'notes["neither-name-nor-service"]' 'o["result"]["code"] == "EAI_NONAME"'
both 1 trace -n localhost
text 'AI_NUMERICHOST'
both 2 trace -s http --flags numericserv,all --call getaddrinfo -c -P
json 'o["result"]["code"] == "EAI_BADFLAGS"' 'o["result"]["number"] == -1'
both 1 trace -s nosuchservice localhost
! grep -q 'addresses, in the order' "$work/text" || fail "a list of no addresses"
json 'o["result"]["code"] in ("EAI_SERVICE", "EAI_NONAME")' 'notes["no-source-asked"]'

# Backwards.
both 0 trace --call gethostbyaddr 192.0.2.7
text '^192.0.2.7 -> printer.example$'
json 'o["result"]["canonical_name"] == "printer.example"' 'o["request"]["call"] == "gethostbyaddr"' \
	'steps["files"]["evidence"][0]["line"] == 2'
both 0 trace --call getnameinfo 2001:db8::7
json 'o["result"]["canonical_name"] == "printer.example"' 'o["request"]["flags"] == ["NI_NAMEREQD"]'
hosts_line 'files'
both 1 trace --call getnameinfo 192.0.2.250
text 'no source that was asked knows a name for this address'
both 1 trace --call gethostbyaddr 192.0.2.250
json 'o["result"]["h_errno"] == "HOST_NOT_FOUND"' 'o["result"]["code"] == "EAI_NONAME"'
text 'h_errno HOST_NOT_FOUND (1): '
both 0 trace --call gethostbyname printer
json 'o["result"]["addresses"][0]["address"] == "192.0.2.7"' 'o["result"]["canonical_name"] == "printer.example"'
both 0 trace --call gethostbyname2 -6 printer.example
json 'o["result"]["addresses"][0]["address"] == "2001:db8::7"'

# Answers that change by themselves are not taken for a difference.
hosts_line 'rotate'
both 0 trace anything.example
json 'notes["answers-rotate"]' 'o["answered_by"] == "rotate"' '"answers-differ" not in notes'

# Several names, and those of stdin.
hosts_line 'files'
run 1 trace --json localhost unknown.example 127.1
json '[x["type"] for x in objects] == ["trace", "trace", "trace", "summary"]' 'o["exit_status"] == 1' \
	'o["counts"] == {"names": 3, "traces": 3, "answered": 2, "not_found": 1, "failed": 0}'
printf 'localhost\n\n  printer \nunknown.example' | "$fopnp" trace --json - >"$work/out" && fail "status 0"
json 'o["counts"]["names"] == 3' '[x["request"]["given"] for x in objects[:-1]] == ["localhost", "printer", "unknown.example"]'
hosts_line 'files dns'
# dns refuses the second without asking: of "could not ask" and "not found" the latter counts.
run 3 trace unknown.example
run 1 trace 'x y'
run 1 trace unknown.example 'x y'
run 1 trace 'x y' unknown.example localhost
run 3 trace localhost unknown.example
run 0 trace localhost printer
[ "$(grep -c '^  answered by' "$work/out")" -eq 2 ] || fail "not two traces"
run 2 trace --json --call getnameinfo nonsense 192.0.2.7
json '[x["type"] for x in objects] == ["error", "trace", "summary"]' 'o["exit_status"] == 2'
