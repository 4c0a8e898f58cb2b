#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp walk` from the root of a small Internet down: referrals with and without glue, servers that are dead,
# silent, lame or worse, aliases, circles, limits; and the local resolver's word at the end.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/lab.sh
. "$(dirname "$0")/lab.sh"
# shellcheck source=tests/integration/command.sh
. "$(dirname "$0")/command.sh"
need_built bin/fopnp
need_lab
enter "$@"
start_lab

# late NAME ARGUMENT...: those that wait for silence, beside all others; looked at by on_time.
late() {
	slot=late-$1
	shift
	(
		status=0
		COLUMNS=100 "$BUILD/bin/fopnp" walk "$@" >"$slot" 2>&1 || status=$?
		echo "$status" >"$slot.status"
	) &
}
on_time() {
	wait_until "walk of $2" test -s "late-$2.status"
	what="late $2"
	cp "late-$2" out
	tr -s ' \n' '  ' <out >flat
	[ "$(cat "late-$2.status")" -eq "$1" ] || complain "exit status"
}
late silent --no-local www.silent.example
late short --no-local --timeout 300ms www.silent.example
late garbage --no-local --timeout 3s www.garbage.example
late halfsilent --no-local www.halfsilent.example

# walk STATUS ARGUMENT...: as text
walk() {
	expected=$1
	shift
	text_of "$expected" walk "$@"
}

# json STATUS ARGUMENT...: as JSON
json() {
	expected=$1
	shift
	json_of "$expected" walk "$@"
}

# is_true EXPRESSION...: of the object, in Python as `walk`.
is_true() {
	python3 -c 'import json, sys
walk = json.load(open("json"))
queries = [dict(q, zone=s["zone"], depth=s["depth"]) for s in walk["steps"] for q in s["queries"]]
for expression in sys.argv[1:]:
    if not eval(expression):
        print(expression)' "$@" >wrong 2>&1
	[ ! -s wrong ] || complain "$(cat wrong)"
}

# Zone by zone, and what unbound says.
walk 0 www.example.com
says '. a.root-servers.net. 198.41.0.4' 'referral to com.: a.gtld-servers.net. (glue)' \
	'com. a.gtld-servers.net. 192.5.6.30' 'example.com. ns1.example.com. 198.51.100.1' \
	'answer: 192.0.2.80' 'www.example.com. 300 A 192.0.2.80' '3 queries in' 'from the root on' \
	'127.0.0.1 says the same'
sleep 1.1 # until the TTL in unbound's cache has begun to run
walk 0 www.example.com.
says '127.0.0.1 says the same, from its cache (ttl 29'
json 0 www.example.com AAAA
is_true 'walk["outcome"] == "answered"' 'walk["records"][0]["data"] == "2001:db8::80"' \
	'[q["verdict"] for q in queries] == ["referral", "referral", "answer"]' \
	'[s["zone"] for s in walk["steps"]] == [".", "com.", "example.com."]' \
	'walk["steps"][0]["servers"][12]["addresses"] == ["202.12.27.33", "2001:dc3::35"]' \
	'walk["steps"][1]["servers"][0]["origin"] == "glue"' 'walk["local"]["same"] is True' \
	'walk["queries"] == 3' 'walk["hints"]["version"] >= 2024041801'
walk 0 -6 --no-local www.example.com
says '2001:503:ba3e::2:30' '2001:db8:1::1'
says_not 198.41.0.4 127.0.0.1
walk 0 五粮液.中国
says '五粮液.中国 A' 'xn--dlq917e1ik.xn--fiqs8s. 300 A 192.0.2.88'

# No such name, no such record, each with how long it may be kept.
walk 1 nosuch.example.com
says 'nosuch.example.com.: no such name (may be kept for 900 s)' '127.0.0.1 says the same'
json 1 www.example.com TYPE65280
is_true 'walk["outcome"] == "nodata"' 'walk["rrtype"] == "TYPE65280"' 'walk["negative_ttl"] == 900'

# Aliases restart the walk; nobody is believed about others' names.
json 0 hop1.example.com
is_true '[r["rrtype"] for r in walk["records"]] == ["CNAME", "CNAME", "CNAME", "A"]' \
	'[q["verdict"] for q in queries].count("alias") == 3' 'walk["local"]["same"] is True'
walk 0 hop1.example.com CNAME
says 'answer: hop2.example.net.'
walk 3 loop1.example.com
says 'the aliases lead in a circle, back to loop1.example.com.' '127.0.0.1 says SERVFAIL'
walk 3 --no-local self.example.com
says 'lead in a circle'
walk 3 --no-local chain1.example.com
says 'more than 16 aliases in a row'

# Servers without glue are walked to, further in.
json 0 www.glueless.com
is_true '[s["depth"] for s in walk["steps"]] == [0, 0, 0, 1, 1, 1]' \
	'[q["zone"] for q in sorted(queries, key=lambda q: q["sequence"])][-2:] == ["hoster.net.", "glueless.com."]' \
	'walk["steps"][2]["servers"][0] == {"name": "ns1.hoster.net.", "addresses": ["198.51.100.3"],
	 "origin": "walked", "problem": None}'
walk 3 --no-local www.noglue.example
says 'ns1.noglue.example. (no glue)' 'nobody but noglue.example. itself knows its address' '2 queries'
walk 3 --no-local www.cyclea.example
says 'its address needs itself: a circle' '3 queries'
walk 3 --no-local www.nons.example
says 'ns.nosuch.plain.example. has no glue, and no address: ns.nosuch.plain.example.: no such name'
walk 0 --no-local www.v6only.example
says '2001:db8:1::6'

# The next server where one is dead or lame; the reason where all are.
walk 0 --no-local www.halfdead.example
says 'connection refused' 'answer: 192.0.2.80'
walk 0 --no-local www.halflame.example
says 'REFUSED: lame, it does not serve halflame.example.' 'answer: 192.0.2.80'
walk 3 www.lame.example
says 'no server of lame.example. gives an answer, 1 asked' '127.0.0.1 says SERVFAIL'
walk 3 --no-local www.servfail.example
says 'SERVFAIL'
walk 3 --no-local www.deadtld
says 'connection refused'
walk 3 --no-local www.unreachable.example
says 'unreachable'

# Those that lie.
walk 3 --no-local www.upward.example
says 'lame: refers upwards, to .'
walk 3 --no-local www.selfref.example
says 'lame: refers to the servers of this same zone'
walk 3 --no-local www.sideways.example
says 'lame: refers to plain.example., where the name is not'
walk 0 www.noaa.example
says 'lame: has an answer, but without authority for noaa.example.; taken for want of a better one' \
	'127.0.0.1 says the same'
walk 1 www.noaa.example MX
says 'lame: no such record, but without authority' '127.0.0.1 says the same'
walk 0 --no-local www.truncated.example
says '(by TCP: truncated)'
walk 3 --no-local www.tctrap.example
says 'truncated, and by TCP'
walk 3 --no-local www.formerr.example
says FORMERR

# Limits, and hints of one's own.
walk 3 --no-local --queries 2 www.example.com
says 'gave up after 2 queries'
printf '; a root of our own\n.\tNS\tRoot.Lab\nroot.lab. 60 IN A 198.41.0.4\n' >hints
walk 0 --no-local --hints hints www.example.com
says 'root.lab. 198.41.0.4' 'hints: hints'
sed 's/2024041801/2099010100/; s/A.ROOT/Z.ROOT/' /usr/share/dns/root.hints >newer
mount --bind newer /usr/share/dns/root.hints || skip 'cannot mount over the installed hints'
json 0 --no-local www.example.com
is_true 'walk["hints"] == {"file": "/usr/share/dns/root.hints", "version": 2099010100}' \
	'queries[0]["server"] == "z.root-servers.net."'
sed -i 's/2099010100/2001010100/' newer
umount /usr/share/dns/root.hints
mount --bind newer /usr/share/dns/root.hints || skip 'cannot mount over the installed hints'
json 0 --no-local www.example.com
is_true 'walk["hints"]["file"] is None'
umount /usr/share/dns/root.hints

# By TCP from the start; without a resolver; one IPv6 address without a route is not all of IPv6.
json 0 --tcp www.example.com
is_true 'all(q["transport"] == "tcp" for q in queries)'
printf 'nameserver 198.51.100.91\n' | put /etc/resolv.conf
walk 0 www.example.com
says '198.51.100.91: connection refused'
# The second one is asked where the first one is silent.
printf 'nameserver 198.51.100.91\nnameserver 127.0.0.1\n' | put /etc/resolv.conf
walk 0 www.example.com
says '127.0.0.1 says the same'
printf '. NS a.lab.\n. NS b.lab.\na.lab. AAAA 2001:db8::251\nb.lab. AAAA 2001:503:ba3e::2:30\n' >hints
walk 0 --no-local --hints hints www.example.com
says '2001:db8::251' unreachable 'answer: 192.0.2.80'
ip -6 address flush dev lo scope global
walk 3 --no-local --hints hints www.example.com
says '1 query'

on_time 3 silent
says 'timed out'
on_time 3 short
says 'no reply before the time was over' 'gave up after 0.3 s (see --timeout)'
on_time 3 garbage
says 'no answer'
on_time 0 halfsilent
says 'timed out' 'answer: 192.0.2.80'

python3 "$here/../cli/check_json.py" "$here/../../docs/schema/fopnp-1.json" <all_json >out 2>&1 ||
	complain 'not as the schema has it'
all_as_expected
