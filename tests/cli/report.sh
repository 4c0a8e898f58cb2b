#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Reports over recorded lines: every number is worked out once more by report_lookups.py.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

seed=${FOPNP_SEED:-$(date +%N | sed 's/^0*//')}
echo "seed $seed"

make_lookups() {
	python3 "$here/report_lookups.py" make "$1" "$2"
}

# agrees TOP CACHE_SECONDS FILE...: the report in $work/out, counted by hand.
agrees() {
	top_entries=$1 cache=$2
	shift 2
	python3 "$here/report_lookups.py" check "$top_entries" "$cache" "$work/out" "$@" >"$work/err" ||
		fail "the report is wrong (FOPNP_SEED=$seed)"
}

# same_but_input FILE: the report in $work/out is that in FILE, but for where it comes from.
same_but_input() {
	python3 - "$work/out" "$1" <<'EOF' || fail "another report than that of $1 (FOPNP_SEED=$seed)"
import json
import sys
first, second = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
for report in (first, second):
    del report["input"], report["time"]
sys.exit(first != second)
EOF
}

make_lookups "$seed" 1000 >"$work/lookups"
run 0 report --json "$work/lookups"
silent
json 'o["type"] == "report"' 'o["input"]["from"] == "files"' 'o["input"]["lines"] == 1002' \
	'o["input"]["bad"] == 1' 'o["input"]["first_bad"]["line"] == 1001' 'o["input"]["cut_files"] == 0' \
	'o["input"]["lost"] >= 3' 'o["lookups"] == 1000' 'not o["input"]["filtered"]' 'len(objects) == 1'
agrees 10 60 "$work/lookups"
mv "$work/out" "$work/whole"
run 0 report --json --top 1000 --cache-seconds 5 "$work/lookups"
agrees 1000 5 "$work/lookups"
run 0 report --json --top 3 --cache-seconds 0 --file "$work/lookups"
agrees 3 0 "$work/lookups"

# In whatever order, from several files, from standard input, as parts of calls.
grep '"type": "lookup"' "$work/lookups" | tac >"$work/backwards"
run 0 report --json "$work/backwards"
json 'o["input"]["cut_files"] == 1'
same_but_input "$work/whole"
"$fopnp" report --json - <"$work/lookups" >"$work/out" || fail "standard input"
json 'o["input"]["files"] == ["-"]'
same_but_input "$work/whole"
head -n 400 "$work/backwards" >"$work/second"
tail -n +401 "$work/backwards" | python3 -c 'import json, sys
for line in sys.stdin:
    print(json.dumps({"version": 1, "type": "call", "lookups": [json.loads(line)]}))' >"$work/first"
run 0 report --json --file "$work/second" "$work/first"
json 'o["input"]["cut_files"] == 2' 'len(o["input"]["files"]) == 2'
same_but_input "$work/whole"

# Filters come before everything else.
grep '"comm": "program1"' "$work/lookups" >"$work/chosen"
run 0 report --json --program program1 "$work/lookups"
json 'o["input"]["filtered"]' 'o["input"]["lookups"] == 1000' 'o["lookups"] < 1000' \
	'o["programs"]["count"] == 1'
agrees 10 60 "$work/chosen"
grep '"code": "EAI_AGAIN"' "$work/lookups" >"$work/chosen"
run 0 report --json --status EAI_AGAIN "$work/lookups"
agrees 10 60 "$work/chosen"
# The first and the last lookups in time are left out.
since=$(sed -n '200s/.*"time": "\([^"]*\)".*/\1/p' "$work/lookups" | cut -c 1-19 | tr T ' ')
until=$(sed -n '600s/.*"time": "\([^"]*\)".*/\1/p' "$work/lookups" | cut -c 1-19 | tr T ' ')
TZ=UTC run 0 report --json --since "$since" --until "$until" "$work/lookups"
since=$since until=$until python3 - "$work/lookups" >"$work/chosen" <<'EOF'
import os
import sys
for line in open(sys.argv[1], encoding="utf-8"):
    at = line.find('"time": "') + 9
    time = line[at:at + 26].replace("T", " ")
    if os.environ["since"] <= time <= os.environ["until"]:
        print(line, end="")
EOF
agrees 10 60 "$work/chosen"

# For people: within the width, whatever the lookups say.
run 0 report "$work/lookups"
silent
fits 100
matches '^1000 lookups of [0-9]* names by 12 processes: [0-9]* answered, [0-9]* not found, [0-9]* failed'
has "1 line could not be read, the first is $work/lookups:1001"
has_not 'was cut'
for heading in names programs sources times 'asked in vain' 'not found or failed' 'answers that changed' 'asked again'; do
	matches "^$heading"
done
run 0 report "$work/backwards"
has 'a recording was cut'
COLUMNS=80 run 0 report "$work/lookups"
fits 80
python3 - "$work/lookups" >"$work/hostile" <<'EOF'
import json
import sys
lookup = json.loads(open(sys.argv[1], encoding="utf-8").readline())
evil = "\x1b]0;owned\x07\r\n\u202e\u009b31m"
lookup["request"]["name"] = evil + "x" * 2000
lookup["process"]["comm"] = evil
for step in lookup["steps"]:
    step["source"] = evil
lookup["answered_by"] = evil
print(json.dumps(lookup))
lookup["answer"]["addresses"] = [dict(a, address=evil) for a in lookup["answer"]["addresses"]]
print(json.dumps(lookup))
EOF
run 0 report "$work/hostile"
fits 100
if LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" "$work/out"; then
	fail "a control byte in the output"
fi
has '\x1b]0;owned'
run 0 report --json "$work/hostile"
json 'o["lookups"] == 2'

# Sums of numbers that nobody counted are numbers all the same.
python3 - >"$work/hostile" <<'EOF'
import json
MOST = 2 ** 63 - 1
step = {"source": "files", "status": "NOTFOUND", "elapsed_us": MOST}
last = {"source": "dns", "status": "SUCCESS", "elapsed_us": MOST}
for number in range(4):
    print(json.dumps({"version": 1, "type": "lookup", "status": "SUCCESS", "answered_by": "dns", "dropped": MOST,
                      "ttl": MOST, "sequence": MOST, "elapsed_us": MOST, "time": "9999-12-31T23:59:59.999999Z",
                      "request": {"name": "a", "call": "gethostbyname4_r"}, "steps": [step, step, last]}))
print(json.dumps({"version": 1, "type": "summary", "counts": {"lost": MOST}}))
EOF
cp "$work/hostile" "$work/hostile2"
run 0 report --json "$work/hostile" "$work/hostile2"
python3 - "$work/out" <<'EOF' || fail "a number below 0"
import json
import sys
def numbers(value):
    if isinstance(value, (dict, list)):
        return [n for part in (value.values() if isinstance(value, dict) else value) for n in numbers(part)]
    return [value] if isinstance(value, int) else []
sys.exit(min(numbers(json.load(open(sys.argv[1], encoding="utf-8")))) < 0)
EOF
json 'o["input"]["lost"] == 2**63 - 1' 'o["lookups"] == 8'

# Names and addresses hashed, everywhere the same.
run 0 report --redact --json --top 1000 "$work/lookups"
json 'all(n["name"].startswith("name-") for n in o["names"]["top"])' \
	'{n["name"] for f in o["failures"] for n in f["names"]} <= {n["name"] for n in o["names"]["top"]}' \
	'all(a.startswith("addr-") for c in o["changes"]["top"] for a in c["to"]["answers"])' \
	'o["lookups"] == 1000'
has_not example
has_not 192.0.2
run 0 report --redact "$work/lookups"
has_not example
has_not 192.0.2

# Nothing to report on.
: >"$work/empty"
run 1 report "$work/empty"
has 'no lookups in what was read'
run 1 report --json "$work/empty"
json 'o["lookups"] == 0' 'o["first_time"] is None' 'o["times"]["p50_us"] is None' 'o["names"]["top"] == []'
run 1 report --program nobody "$work/lookups"
has 'none of the 1000 lookups matches the filters'
run 1 report /etc/passwd
has 'its lines are none of'
run 3 report "$work/there-is-no-such-file"
has_error "$work/there-is-no-such-file"
run 3 report "$work/lookups" "$work/there-is-no-such-file"
[ ! -s "$work/out" ] || fail "a report on half of what was asked for"
run 3 report --json "$work/there-is-no-such-file"
json 'o["type"] == "error"'

# The command line.
run 2 report --top 0 "$work/lookups"
has_error 'from 1 to 1000'
run 2 report --top ten "$work/lookups"
run 2 report --cache-seconds -1 "$work/lookups"
run 2 report --cache-seconds 99999999 "$work/lookups"
run 2 report --boot "$work/lookups"
has_error '--boot is about the journal'
run 2 report --journal --file "$work/lookups"
run 2 report --json --slower fast "$work/lookups"
json 'o["type"] == "error"'
run 0 report --help
has 'usage: fopnp report'
