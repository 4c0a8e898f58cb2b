#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A hosts file against others: the machine's own /etc/hosts stands for them (--order files), or a
# source that was built for it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# json EXPRESSION...: as in lib.sh, but noted for the end, so that python starts once.
checks=0
json() {
	checks=$((checks + 1))
	cp "$work/out" "$work/out.$checks"
	printf '%s\0' "$@" >"$work/json.$checks"
}

check_json() {
	[ "$checks" -gt 0 ] || fail "no JSON to check"
	python3 - "$here/check_json.py" "$top/docs/schema/fopnp-1.json" "$work" "$checks" <<-'END'
		import runpy, sys, jsonschema
		checker, schema, work, count = sys.argv[1:]
		for i in range(1, int(count) + 1):
		    expressions = open(f"{work}/json.{i}", encoding="utf-8").read().split("\0")[:-1]
		    sys.argv = [checker, schema, *expressions]
		    sys.stdin = open(f"{work}/out.{i}", encoding="utf-8")
		    try:
		        runpy.run_path(checker, run_name="__main__")
		    except SystemExit as end:
		        if end.code != 0:
		            sys.exit(f"FAILED: the JSON that was to be so: {expressions}")
		    jsonschema.Draft202012Validator.check_schema = lambda schema: None  # it was
	END
}

# What the others say.
cat >"$etc/hosts" <<-'END'
	192.0.2.1 same.example
	2001:db8::1 same.example
	192.0.2.2 other.example
	192.0.2.3 more.example
	192.0.2.4 more.example
	2001:db8::4 more.example
	192.0.2.9 outside.example
	192.0.2.5 exists.blocked.example
	192.0.2.20 another-name.example
END
printf 'multi on\n' >"$etc/host.conf"
cd "$work"
file=hosts
cat >"$file" <<-'END'
	# a comment
	2001:db8::1 same.example
	192.0.2.1 SAME.example
	192.0.2.99 other.example
	192.0.2.3 more.example
	192.0.2.6 alone.example
	0.0.0.0 exists.blocked.example
	:: exists.blocked.example
	127.0.0.1 blocked.example
	127.0.0.1 localhost
	192.0.2.6 alone.example
	010.0.0.1 zeros.example
	192.0.2.20 reversed.example
END
compare() {
	status_wanted=$1
	shift
	run "$status_wanted" compare --file "$file" --order files "$@"
}

# For people: addresses of both sides with their lines, the rest counted.
compare 1
silent
fits 100
has "$file (13 lines, 9 names, multi on) against files"
has '+ in hosts alone, - missing there'
matches "^differs *other.example *+ 192.0.2.99 *$file:4\$"
matches "^ *- 192.0.2.2 *files\$"
matches "^differs *more.example *192.0.2.3 *$file:5, files\$"
matches '^ *- 192.0.2.4 *files$'
matches '^ *- 2001:db8::4 *files$'
matches "^malformed *zeros.example *$file:12: leading zeros"
matches "^only-hosts *alone.example *192.0.2.6 *$file:6\$"
matches "^only-hosts *reversed.example *192.0.2.20 *$file:13\$"
matches '^ *192.0.2.20 *is another-name.example by files$'
matches "^duplicate *alone.example *192.0.2.6 *$file:11, behind line 6: an earlier line says the same\$"
matches '^1 same, 2 blocked, 1 duplicate, 3 only-hosts, 1 malformed, 2 differs$'
has '2 blocked names were asked for: 1 exists elsewhere'
has '1 address has another name there'
has_not 'same.example'
[ "$(grep -n '^differs' "$work/out" | head -1 | cut -d: -f1)" -lt "$(grep -n '^malformed' "$work/out" | cut -d: -f1)" ] ||
	fail "the gravest do not come first"
compare 1 --class same,blocked
matches "^same *same.example *2001:db8::1 *$file:2, files\$"
matches "^ *192.0.2.5 *files\$"
matches '^blocked *blocked.example *127.0.0.1'
has_not 'other.example'
COLUMNS=60 compare 1
fits 60

# The same as JSON.
compare 1 --json
silent
json '{x["name"]: x["class"] for x in objects if x.get("class") != "duplicate" and "name" in x} == {"other.example":
	"differs", "more.example": "differs", "zeros.example": "malformed", "alone.example": "only-hosts",
	"localhost": "only-hosts", "reversed.example": "only-hosts"}' \
	'o["type"] == "summary"' 'o["exit_status"] == 1' \
	'o["counts"]["same"] == 1 and o["counts"]["differs"] == 2 and o["counts"]["only_hosts"] == 3' \
	'o["counts"]["blocked"] == 2 and o["counts"]["duplicate"] == 1 and o["counts"]["malformed"] == 1' \
	'o["counts"]["error"] == 0 and o["counts"]["blocked_found"] == 1' \
	'o["counts"]["names"] == 9 and o["counts"]["lines"] == 13 and o["counts"]["asked"] == 8' \
	'not [x for x in objects if x.get("class") in ("same", "blocked")]' \
	'[x["added"] for x in objects if x.get("name") == "other.example"] == [["192.0.2.99"]]' \
	'[x["missing"] for x in objects if x.get("name") == "other.example"] == [["192.0.2.2"]]' \
	'[x["hosts"][0]["place"]["line"] for x in objects if x.get("name") == "other.example"] == [4]' \
	'[x["added"] for x in objects if x.get("name") == "more.example"] == [[]]' \
	'[x["answered_by"] for x in objects if x.get("name") == "more.example"] == ["files"]' \
	'[x["behind"]["line"] for x in objects if x.get("class") == "duplicate"] == [6]' \
	'({(x["class"], x["id"]) for x in objects[:-1]} == {("differs", "hosts-differs"), ("only-hosts", None),
	("duplicate", "hosts-duplicate"), ("malformed", "hosts-line-unused")})' \
	'[r["name"] for x in objects if x.get("name") == "reversed.example" for r in x["reverse"]] == ["another-name.example"]' \
	'[r["agrees"] for x in objects if x.get("name") == "reversed.example" for r in x["reverse"]] == [False]'
compare 1 --json --class same
json '[x["class"] for x in objects if x.get("name") == "same.example"] == ["same"]' \
	'objects[0]["added"] == objects[0]["missing"] == []' \
	'[h["place"]["line"] for h in objects[0]["hosts"]] == [2, 3]' 'len(objects[0]["reverse"]) == 2' \
	'all(r["agrees"] for r in objects[0]["reverse"])'
compare 1 --json --no-reverse
json 'all(x["reverse"] == [] for x in objects[:-1])' 'o["counts"]["reverse_others"] == 0'

# With multi off the first line counts, for each family of its own.
printf 'multi off\n' >"$etc/host.conf"
compare 1 --json --class same,differs,shadowed more.example same.example
json '[x["class"] for x in objects if x.get("name") == "more.example"] == ["same"]' \
	'([(x["class"], x["hosts"][0]["address"]) for x in objects if x.get("name") == "same.example"] ==
	[("differs", "2001:db8::1"), ("shadowed", "192.0.2.1")])' \
	'all("only a lookup of this family" in x["remark"] for x in objects if x.get("class") == "shadowed")' \
	'[x["behind"]["line"] for x in objects if x.get("class") == "shadowed"] == [2]'
printf 'multi on\n' >"$etc/host.conf"

# Names that were given: those alone, in any case; what hosts lacks.
compare 0 same.example
has_not 'other.example'
matches '^1 same$'
compare 0 --class same SAME.Example
matches '^same *SAME.Example'
compare 1 outside.example
matches '^not-in-hosts *outside.example *192.0.2.9 *files$'
compare 1 nowhere.example
matches '^not-in-hosts *nowhere.example *nobody knows it$'
compare 1 zeros.example
matches '^not-in-hosts *zeros.example'
matches '^malformed *zeros.example'
compare 1 same.example.
has 'hosts has it without the final dot'
printf ' same.example \n\nother.example\n' >"$work/names"
"$fopnp" compare --file "$file" --order files --json --class same,differs - <"$work/names" >"$work/out" || :
json '[x["class"] for x in objects if x.get("name") == "same.example"] == ["same"]' '[x["class"] for x in objects if x.get("name") == "other.example"] == ["differs"]' \
	'o["counts"]["asked"] == 2'
compare 2 192.0.2.1
has_error 'is an address'
printf '192.0.2.77 b\303\274cher.example\n' >"$file"
printf '192.0.2.77 xn--bcher-kva.example\n' >>"$etc/hosts"
compare 0 --class same 'bücher.example'
matches '^same *bücher.example'
compare 0

# Sources against each other.
source_module other -DFOUND='"192.0.2.99"'
source_module hang -DHANG
source_module crash -DCRASH
run 1 compare --json --sources files,other,fopnp:hosts other.example nowhere.example
json '([(x["name"], x["against"], x["class"]) for x in objects[:-1]] ==
	[("other.example", "other", "differs"), ("nowhere.example", "other", "not-in-hosts")])' \
	'o["counts"]["same"] == 2' 'objects[0]["of"] == "files"' 'objects[0]["added"] == ["192.0.2.2"]' \
	'objects[0]["missing"] == ["192.0.2.99"]'
run 1 compare --sources files,other other.example
matches '^differs *other.example *+ 192.0.2.2 *files$'
matches '^ *- 192.0.2.99 *other$'

# Who cannot be asked did not say no.
printf '192.0.2.1 same.example\n192.0.2.2 other.example\n' >"$file"
run 3 compare --file "$file" --order hang --timeout 200ms
matches '^error *same.example *192.0.2.1'
has 'could not ask: hang gave no answer in time'
matches '^2 error$'
run 3 compare --file "$file" --order crash --json
json 'o["counts"]["error"] == 2' 'objects[0]["answer"]["code"] is None' \
	'"crash crashed" in objects[0]["answer"]["message"]'
run 3 compare --sources files,crash same.example
has 'could not ask crash'
# Nor did who is not there at all: no such module, no interface for mDNS.  It is asked for no other
# domain than its own, and a source that is there says no.
run 3 compare --file "$file" --order 'nosuch' --json
json 'o["counts"]["error"] == 2' 'objects[0]["answer"]["message"] == "nosuch cannot be loaded"'
printf '192.0.2.1 nowhere.example\n' >"$file"
run 0 compare --file "$file" --order 'nosuch fopnp:hosts'
matches '^only-hosts *nowhere.example'
printf '192.0.2.1 same.example\n192.0.2.2 here.local\n' >"$file"
run 3 compare --file "$file" --order fopnp:mdns --no-reverse
matches '^only-hosts *same.example'
matches '^error *here.local'
has 'could not ask: fopnp:mdns is not available: '
run 3 compare --sources files,fopnp:mdns here.local
has 'could not ask fopnp:mdns: '
printf '192.0.2.1 same.example\n192.0.2.2 other.example\n' >"$file"
# One that differs beats one that could not be asked.
run 1 compare --file "$file" --order 'other' --json
json 'o["counts"]["differs"] == 2'

# systemd-resolved has read the file itself: what it confirms is said to be worth little.
source_module resolve -DFOUND='"192.0.2.1"'
cp "$etc/hosts" "$work/kept"
cp "$file" "$etc/hosts"
run 1 compare --order resolve
matches '^1 of the same is from systemd-resolved, which reads /etc/hosts itself'
run 1 compare --file "$file" --order resolve --json
json 'o["counts"]["same"] == 1' 'o["counts"]["same_by_resolved"] == 0'
run 1 compare --sources files,resolve --json same.example other.example
json 'o["counts"]["same_by_resolved"] == 1'
cp "$work/kept" "$etc/hosts"

# The machine's own line without what reads hosts, and with the brackets of the others.
hosts_line 'files other [NOTFOUND=return] hang'
run 1 compare --json --file "$file"
json 'objects[0]["against"] == "other [NOTFOUND=return] hang"' 'objects[0]["answered_by"] == "other"'
hosts_line files
run 0 compare --file "$file"
has 'against nobody: the hosts line names no other source'
matches '^only-hosts *same.example'
FOPNP_ORDER='fopnp:hosts other' run 1 compare --file "$file" --json
json 'objects[0]["against"] == "other"'
# fopnp.conf's orders, each name its own.
hosts_line 'fopnp [!UNAVAIL= return] files'
printf 'order files other\norder .example files fopnp:hosts\n' >"$etc/fopnp.conf"
printf '192.0.2.1 same.example\n192.0.2.2 short\n' >"$file"
run 1 compare --file "$file" --json
json '[x["class"] for x in objects if x.get("name") == "same.example"] == ["only-hosts"]' '[x["class"] for x in objects if x.get("name") == "short"] == ["differs"]' \
	'{x["name"]: x["against"] for x in objects[:-1]} == {"same.example": "", "short": "other"}'
rm "$etc/fopnp.conf"
hosts_line 'files merge [SUCCESS=merge] other'
run 3 compare --file "$file"
has_error 'merge does not work for hosts'
printf 'hosts: files [\n' >"$etc/nsswitch.conf"
run 3 compare --file "$file"
has_error 'cannot be parsed'
hosts_line files dns

# The same hash for the same name everywhere, and none of them in clear.
echo 0123456789abcdef0123456789abcdef >"$etc/machine-id"
run 1 compare --redact --json --file "$file" --order other
has_not 'example'
has_not '192.0.2'
json 'all(x["name"].startswith("name-") for x in objects[:-1])'
run 1 compare --redact --file "$file" --order other
has_not 'example'
has_not '192.0.2'

# The command line.
run 2 compare --order files --sources files,dns
has_error 'do not go together'
run 2 compare --order 'files ['
run 2 compare --sources files
run 2 compare --sources 'files,[NOTFOUND=return]'
run 2 compare --class differ
run 2 compare --parallel 0
run 2 compare --parallel 257
run 2 compare --rate -1
run 2 compare --timeout 5
run 2 compare --json --timeout 5
json 'o["type"] == "error"'
run 0 compare --help
has 'usage: fopnp compare'
check_json
