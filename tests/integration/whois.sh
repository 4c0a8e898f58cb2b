#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp whois` from a IANA of the test's own to registries and registrars, good ones and bad ones, over TCP.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/command.sh
. "$(dirname "$0")/command.sh"
need_built bin/fopnp
need_program python3
enter "$@"
add_addresses

# Each manner of whois_server.py at an address of its own, as whois.MANNER.test and more names.
hosts='127.0.0.1 localhost'
servers=
number=0
listen() {
	number=$((number + 1))
	address=203.0.113.$number
	ip addr add "$address/32" dev lo
	servers="$servers $address=$1"
	for name in "whois.$1.test" $2; do
		hosts="$hosts
$address $name"
	done
}
listen iana whois.iana.org
listen verisign whois.verisign-grs.com
listen denic whois.denic.de
listen arin whois.arin.net
for manner in registrar ripe latin1 escapes itself circle1 circle2 strange private limit empty blank \
	cut mute drip flood close reset chain1 chain2 chain3 chain4 chain5; do
	listen $manner ''
done
# ARIN of the test names another port of ripe's; a private address listens too; several addresses.
ip addr add 10.9.9.9/32 dev lo
ip addr add 203.0.113.200/32 dev lo
ip -6 addr add 2001:db8::43/128 dev lo nodad
ip link add hole type veth peer name hole-end
ip link set hole arp off up
ip link set hole-end arp off up
ip route add 203.0.113.250/32 dev hole src 192.0.2.200
ip route add 2001:db8::250/128 dev hole src 2001:db8::200
ripe=$(echo "$hosts" | sed -n 's/ whois.ripe.test//p')
put /etc/hosts <<END
$hosts
10.9.9.9 whois.inner.test
203.0.113.200 whois.refuses.test
203.0.113.250 whois.silent.test
2001:db8::250 whois.several.test
203.0.113.200 whois.several.test
$ripe whois.several.test
$ripe whois.cnnic.test
END
# shellcheck disable=SC2086
start_server whois python3 "$here/whois_server.py" whois.log $servers "$ripe/4343=ripe" \
	10.9.9.9=ripe 2001:db8::43=registrar
wait_until 'the whois servers' grep -q ready whois.log

# whois STATUS ARGUMENT...: JSON into json and all_json; then text into out, on one line into flat, and
# what the servers were asked into asked.
whois() {
	expected=$1
	shift
	json_of "$expected" whois "$@"
	: >whois.log
	text_of "$expected" whois "$@"
	cp whois.log asked
}

# asked LINE...: what the servers were asked, in this order, and nothing else.
asked() {
	printf '%s\n' "$@" >wanted
	cmp -s wanted asked || complain "asked $(cat asked)"
}

# is_true EXPRESSION...: of o, the JSON; ids: of the notes.
is_true() {
	python3 -c 'import json, sys
o = json.load(open("json"))
hops, ids = o["hops"], [n["id"] for n in o["notes"]]
names = [s["name"] for s in o["name_servers"]]
fates = [(r["value"], r["kind"], r["fate"]) for h in hops for r in h["referrals"]]
for expression in sys.argv[1:]:
    if not eval(expression):
        print("not so:", expression, json.dumps(o, indent=1))' "$@" >wrong 2>&1
	[ ! -s wrong ] || complain "$(cat wrong)"
}

# A thin registry: IANA, Verisign in its own words, the registrar, which names itself.
whois 0 example.com
asked "iana b'example.com\\r\\n'" "verisign b'domain example.com\\r\\n'" "registrar b'example.com\\r\\n'"
says 'example.com: found' 'whois.iana.org 203.0.113.1 files, /etc/hosts:' 'whois.verisign-grs.com says: Domain Name: EXAMPLE.COM' \
	'Registrant Name: Jürgen' 'ns1.example.com whois.verisign-grs.com, whois.registrar.test' 'bytes answered'
says_not A.GTLD-SERVERS.NET 'whois.iana.org says' warning
is_true 'o["outcome"] == "found" and o["kind"] == "domain" and o["notes"] == []' \
	'[h["referred_by"] for h in hops] == [None, 0, 1]' \
	'[h["encoding"] for h in hops] == ["ASCII", "ASCII", "UTF-8"]' \
	'names == ["ns1.example.com", "ns2.example.com"] and o["name_servers"][0]["hops"] == [1, 2]' \
	'all(h["bytes"] > 0 and h["address"] and h["elapsed_us"] > 0 for h in hops)' \
	'fates[-1] == ("whois.registrar.test", "server", "asked-already")'
whois 0 differ.com
says 'do not agree on the name servers'
whois 1 nosuch.com
says 'nosuch.com: not registered' 'No match for "DOMAIN NOSUCH.COM"'
whois 1 www.nosuch.com
says 'fopnp whois nosuch.com'
# The top-level domain itself is IANA's to tell of; a name that ends in nothing, and one without a server.
whois 0 com
asked "iana b'com\\r\\n'"
says 'a.gtld-servers.net 192.5.6.30 whois.iana.org' '2001:503:a83e::2:30'
whois 1 nothing
whois 3 x.noserver
says 'there is no whois server to ask' 'http://nic.noserver/'
is_true 'o["outcome"] == "no-server" and names == []'
# Words that servers want; names of IDNA; a case.
whois 0 Example.DE.
asked "iana b'example.de\\r\\n'" "denic b'-T dn,ace example.de\\r\\n'"
says 'ns1.example.de 192.0.2.53 whois.denic.de 2001:db8::53'
whois 0 五粮液.中国
asked "iana b'xn--dlq917e1ik.xn--fiqs8s\\r\\n'" "ripe b'xn--dlq917e1ik.xn--fiqs8s\\r\\n'"
# Addresses and AS numbers.
whois 0 198.51.100.7
asked "iana b'198.51.100.7\\r\\n'" "arin b'n + 198.51.100.7\\r\\n'" "ripe b'198.51.100.7\\r\\n'"
says 'whois.ripe.test port 4343' 'whois.arin.net refers to rwhois://rwhois.hoster.test:4321: rwhois is another protocol' \
	'it was read as ISO 8859-1'
is_true 'o["kind"] == "address" and hops[2]["port"] == 4343 and hops[2]["encoding"] == "ISO-8859-1"' \
	'"whois-encoding" in ids'
whois 0 ::ffff:198.51.100.7
asked "iana b'198.51.100.7\\r\\n'" "arin b'n + 198.51.100.7\\r\\n'" "ripe b'198.51.100.7\\r\\n'"
whois 0 2001:DB8:0::1
asked "iana b'2001:db8::1\\r\\n'" "ripe b'2001:db8::1\\r\\n'"
whois 0 as64497
asked "iana b'AS64497\\r\\n'" "arin b'a + 64497\\r\\n'" "ripe b'AS64497\\r\\n'"
whois 0 AS64500
says 'as-block: 64496-64511'
whois 0 10.1.2.3
says 'Private Use'

# One server alone, and IANA alone.
whois 0 --server whois.verisign-grs.com example.com
asked "verisign b'domain example.com\\r\\n'"
says 'refers to whois.registrar.test: it was not asked'
whois 0 --server 10.9.9.9 x.private
asked "ripe b'x.private\\r\\n'"
whois 0 --server "$ripe:4343" example.com
whois 0 --server '[2001:db8::43]:43' example.com
is_true 'hops[0]["answered_by"] == "numeric" and hops[0]["address"] == "2001:db8::43"'
whois 0 --no-referral example.com
asked "iana b'example.com\\r\\n'"
says 'example.com: its registry was not asked' 'refers to whois.verisign-grs.com: it was not asked'
is_true 'names == []'
whois 0 --server whois.iana.org example.com
is_true 'names == []'
whois 0 --no-referral com
says 'com: found'
is_true 'len(names) == 2'
whois 0 --no-referral 198.51.100.7
says '198.51.100.7: found'

# Encodings, and what would command a terminal.
whois 0 x.latin1
says 'owner: Jürgen \u{009b}1m' 'it was read as ISO 8859-1' 'ns.latin1.test'
whois 0 x.escapes
says '\x1b]0;owned\x07\x1b[2J' '\u{202e}gnirts' 'tabbed here' '\u{009b}31mred'
is_true 'names == [] and "\x1b" in hops[1]["text"] and "\ufffd" in hops[1]["text"]'

# Referrals that lead nowhere, or round and round.
whois 0 x.itself
is_true 'len(hops) == 2 and fates[-1] == ("WHOIS.ITSELF.TEST.", "server", "asked-already") and ids == []'
whois 0 x.circle1
asked "iana b'x.circle1\\r\\n'" "circle1 b'x.circle1\\r\\n'" "circle2 b'x.circle1\\r\\n'"
says 'whois.circle2.test refers to whois.circle1.test: it was asked already'
whois 0 x.chain1
says 'whois.chain4.test refers to whois.chain5.test: too many servers were asked already'
is_true 'len(hops) == 5 and fates[-1][2] == "too-many"'
whois 0 x.strange
# shellcheck disable=SC2016 # meant as it stands
says 'refers to file:///etc/passwd: that is no whois server' 'refers to $(reboot).test: that is no' \
	'refers to ;id: that' 'refers to -h: that' 'refers to localhost: that' \
	'refers to http://www.strange.test/whois: a web page is not followed' \
	'refers to whois.strange.test:0: that'
is_true 'len(hops) == 2' 'not any(f[2] == "followed" for f in fates[1:])'
whois 0 x.private
asked "iana b'x.private\\r\\n'" "private b'x.private\\r\\n'"
says 'whois.inner.test files, /etc/hosts:' 'not asked: a private address' 'a reply from outside is not followed there'
whois 0 x.cut
is_true 'len(hops) == 3'
whois 3 x.nowhere
says 'whois.nowhere.test' 'EAI_'
is_true 'o["outcome"] == "no-answer" and hops[1]["outcome"] == "no-address"'

# Servers that do not answer, or never end.
whois 3 x.limit
says 'x.limit: the server declines to answer' 'ERROR:201'
whois 3 x.declined
says 'x.declined: the server declines to answer'
whois 3 --timeout 300ms x.stall
says 'x.stall: no answer' 'cut: time was up'
says_not 'knows no whois server'
whois 3 x.empty
says 'closed without a word'
whois 3 x.blank
says 'closed without a word'
whois 3 x.close
says 'x.close: no answer'
whois 3 x.reset
whois 3 x.refuses
says 'refused: nothing listens there'
whois 3 --timeout 300ms x.silent
says 'timed out'
whois 3 --timeout 300ms x.mute
says 'silent until time was up'
started=$(date +%s)
whois 0 --timeout 300ms x.drip
says 'cut: time was up' 'ns.drip.test' '--timeout gives it longer'
whois 0 --timeout 5s x.flood
says 'cut: more than 1000000 bytes'
is_true 'hops[1]["encoding"] == "UTF-8"' \
	'hops[1]["bytes"] == 1000000 and hops[1]["outcome"] == "cut-by-size" and names == ["ns.flood.test"]'
[ $(($(date +%s) - started)) -le "$patience" ] || complain 'a server without end held it up'
# Several addresses: a silent one, which comes first, and a closed port do not hold up the third.
whois 0 --timeout 5s x.several
is_true 'hops[1]["address"] == "'"$ripe"'" and hops[1]["elapsed_us"] < 4000000' \
	'hops[1]["attempts"][0]["address"] == "2001:db8::250"' \
	'hops[1]["attempts"][0]["outcome"] == "given-up"'
# A registrar that is dead leaves the registry's answer.
sed -i "s/.* whois.registrar.test/203.0.113.200 whois.registrar.test/" /etc/hosts
whois 0 example.com
says 'whois.registrar.test: refused: nothing listens there' 'ns2.example.com whois.verisign-grs.com'
# Without IANA, and without sources.
sed -i '/whois.iana.org/d' /etc/hosts
hosts_line files
whois 3 example.com
says 'EAI_NONAME'

python3 "$here/../cli/check_json.py" "$here/../../docs/schema/fopnp-1.json" <all_json >out 2>&1 || {
	what='the JSON'
	complain 'not as the schema has it'
}
all_as_expected
