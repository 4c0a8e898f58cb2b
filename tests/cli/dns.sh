#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp dns without a hierarchy: the command line, servers that fail, hostile replies, outputs.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
python3 "$here/dns_server.py" "$work/ready" &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
for _ in $(seq 100); do
	[ -e "$work/ready" ] && break
	sleep 0.05
done
[ -e "$work/ready" ] || fail "the server did not start"

# ---- the command line
run 2 dns
has_error 'no name to ask for'
run 2 dns a.example b..example
has_error '"b..example" is no domain name'
run 2 dns "$(printf 'b\303.example')"
has_error 'is no domain name'
run 2 dns -t NOTYPE a.example
has_error 'there is no type "NOTYPE"'
run 2 dns a.example AXFR
has_error 'zone transfer'
run 2 dns a.example TYPE41
run 2 dns a.example TYPE65536 -t TYPE65536
run 2 dns --timeout 3 a.example
run 2 dns --timeout 61s a.example
run 2 dns a.example @
run 2 dns a.example @192.0.2.1:0
run 2 dns a.example @no-such-server
has_error 'the name server "no-such-server" has no address'
# A server by its name, of whatever source; types in any case, and twice.
printf '127.0.0.1 myserver\n' >>"$etc/hosts"
run 0 dns --short a.example a A -t a @myserver
[ "$(cat "$work/out")" = 192.0.2.1 ] || fail "--short"
# The first operand is a name, whatever it looks like.
run 1 dns MX MX
matches '^MX$'
matches '^  MX .*NXDOMAIN'
# TYPEn is asked for and shown as a number.
run 0 dns --short a.example TYPE65280
[ "$(cat "$work/out")" = '\# 4 01020304' ] || fail "TYPE65280"

# ---- what is there, and what is not
run 0 dns a.example
matches '^  a\.example\. *60  A *192\.0\.2\.1$'
matches '^  AAAA CNAME MX NS  NODATA: .*(may be cached for 30 s, SOA'
matches '^  A AAAA CNAME MX NS  NOERROR  qr aa rd ra  127\.0\.0\.1 (/etc/resolv.conf:1)  UDP '
run 1 dns no.example
matches '^  NXDOMAIN: no such name (may be cached for 30 s, SOA of example)$'
run 1 dns no.nosoa.example A
has 'no SOA came with it: not to be cached'
run 0 dns alias.example A
matches '^  alias\.example\. *60  CNAME  a\.example\.$'
run 1 dns dangling.example A
has 'NXDOMAIN: the alias leads to no.example., and there is no such name'
run 1 dns loop.example A
has 'the aliases lead back to themselves'
# Who does not look further knows nothing of where an alias leads.
run 3 dns away.example A
has 'the alias leads to www.elsewhere.test., which the server does not know'
run 3 dns --short away.example A
has_error 'A of away.example: 127.0.0.1: the server does not know'
# Too many types for a line.
run 1 dns a.example SRV NAPTR HTTPS SVCB SSHFP LOC DNSKEY
matches '^  SRV NAPTR HTTPS SVCB SSHFP LOC DNSKEY$'
matches '^    NODATA: the name is there'
fits 100
run 0 dns 192.0.2.1
matches '1\.2\.0\.192\.in-addr\.arpa\. *60  PTR *a\.example\.'
run 0 dns --short ::1
has loopback.example.

# ---- programs
printf '10.0.0.7 a.example\n' >>"$etc/hosts"
run 0 dns a.example A
has "programs get 10.0.0.7: /etc/hosts:$(grep -n a.example "$etc/hosts" | cut -d: -f1) overrides this"
run 0 dns a.example MX A @127.0.0.1
has_not programs
run 0 dns --no-programs a.example A
has_not programs
run 0 dns --no-recurse a.example A
has_not programs
run 1 dns a.example MX
has_not programs
run 1 dns printer.example A
has 'programs get 192.0.2.7: /etc/hosts:2 overrides this'
# The same addresses are no news.
run 0 dns b.example A
has_not programs
run 0 dns rotating.example A
has_not programs
hosts_line files
run 0 dns b.example A
has 'programs get no address: EAI_NONAME'
hosts_line 'files dns'

# ---- servers that fail
run 3 dns servfail.example A
has 'SERVFAIL: the server could not find it out'
has '127.0.0.1 says more: EDE 22 (No Reachable Authority): "all of \x1b[31m them"'
run 3 dns --short servfail.example A
has_error 'A of servfail.example: 127.0.0.1: SERVFAIL'
run 3 dns --no-programs --timeout 100ms silent.example A
has 'no reply: 127.0.0.1 timed out'
run 3 dns a.example A @127.0.0.9
has 'no reply: 127.0.0.9 connection refused'
run 3 dns other.example A
has 'NOERROR: the reply has records of another name'
run 3 dns broken.example A
has 'NOERROR: the reply is cut or malformed'
run 3 dns --short broken.example A
has_error 'its reply is malformed'
run 0 dns oldserver.example A
has '127.0.0.1 takes no EDNS (RFC 6891): asked once more without'
run 0 dns --no-programs header.example A --timeout 100ms
has '127.0.0.1 takes no EDNS'
run 0 dns badvers.example A
has 'takes no EDNS'
run 0 dns large.example TXT
matches 'UDP, then TCP'
run 0 dns --tcp a.example
matches 'A AAAA CNAME MX NS  NOERROR .*  TCP '
printf 'nameserver 127.0.0.9\nnameserver 127.0.0.1\nsearch one.example example\n' >"$etc/resolv.conf"
run 0 dns --no-programs a.example A
has 'the name server 127.0.0.9: connection refused'
matches '127\.0\.0\.1 (/etc/resolv.conf:2)'
run 0 dns --search --short a A
[ "$(cat "$work/out")" = 192.0.2.1 ] || fail "--search"
run 0 dns --search a A
has 'tried in this order: a.one.example, a.example'
run 1 dns a A
# A name that no domain of the list can stand behind is tried alone.
printf 'nameserver 127.0.0.1\nsearch %060d.%060d example\n' 1 2 >"$etc/resolv.conf"
run 1 dns --search "$(printf 'l%060d.l%060d.example' 1 2)" A
has 'NXDOMAIN: no such name'
printf 'nameserver 127.0.0.1\n' >"$etc/resolv.conf"

# ---- names of other scripts
run 0 dns faß.example A
has 'faß.example (xn--fa-hia.example)'
has 'software of IDNA 2003 (RFC 3490) asks for another name: fass.example'
run 0 dns alias.xn--fa-hia.example A
has 'xn--fa-hia.example. (faß.example.)'

# ---- hostile replies, 40 to 100 columns, colour
run 0 dns hostile.example TXT
! LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" "$work/out" || fail "a control byte"
for columns in 40 60 100; do
	for name in a.example hostile.example "$(printf 'l%060d.l%060d.example' 1 2)" faß.example; do
		COLUMNS=$columns "$fopnp" dns --all "$name" TXT A MX >"$work/out" || :
		[ "$columns" -lt 60 ] || fits "$columns"
	done
done

# ---- JSON, checked in one go: the checker takes longer than all of them
run_json() {
	run "$@"
	cat "$work/out" >>"$work/all"
}
run_json 0 dns --json a.example
run_json 3 dns --json servfail.example A
run_json 3 dns --no-programs --json --timeout 100ms silent.example A
run_json 0 dns --json faß.example hostile.example TXT A
run_json 2 dns --json a..b
run_json 3 dns --json away.example broken.example A
mv "$work/all" "$work/out"
json '[o["type"] for o in objects] == "dns dns dns dns dns summary error dns dns summary".split()' \
	'objects[0]["status"] == "answered" and len(objects[0]["lookups"]) == 5' \
	'objects[0]["lookups"][0]["records"][0]["data"] == "192.0.2.1"' \
	'objects[0]["lookups"][1]["outcome"] == "nodata" and objects[0]["lookups"][1]["negative_ttl"] == 30' \
	'objects[0]["programs"]["differs"] and objects[0]["programs"]["place"]["line"] > 0' \
	'objects[0]["notes"][-1]["id"] == "programs-differ"' \
	'objects[1]["status"] == "failed" and objects[1]["lookups"][0]["extended_error"]["code"] == 22' \
	'objects[2]["lookups"][0]["end"] == "timed-out" and objects[2]["lookups"][0]["rcode"] is None' \
	'objects[3]["status"] == objects[4]["status"] == "answered"' \
	'objects[6]["id"] == "name-invalid"' \
	'[o["lookups"][0]["outcome"] for o in objects[7:9]] == ["referral", "error"]'

# ---- stdin: in order, as it comes, and a summary
printf 'a.example\n\n  no.example \nb.example' | "$fopnp" dns --json - A >"$work/out" || [ $? -eq 1 ]
[ "$(grep -c '"type":"dns"' "$work/out")" -eq 3 ] || fail "names from stdin"
tail -n 1 "$work/out" | grep -q '"counts":{"names":3,"answered":2,"not_found":1,"failed":0}' || fail "the summary"
mkfifo "$work/names"
"$fopnp" dns --short - A <"$work/names" >"$work/out" &
asking=$!
exec 9>"$work/names"
echo a.example >&9
for _ in $(seq 100); do
	[ -s "$work/out" ] && break
	sleep 0.05
done
[ "$(cat "$work/out")" = 192.0.2.1 ] || fail "the first answer waits for the end of the names"
exec 9>&-
wait "$asking"
# A thousand names, five types each, share their sockets: a new one after each 64 questions.
ports() {
	"$fopnp" dns --short ports.example TXT | tr -d '"'
}
before=$(ports)
seq 1000 | sed 's/$/.example/' | (
	# shellcheck disable=SC3045 # dash and bash know it
	ulimit -n 24
	exec "$fopnp" dns --json -
) >"$work/out" || [ $? -eq 1 ]
tail -n 1 "$work/out" | grep -q '"counts":{"names":1000,"answered":0,"not_found":1000,"failed":0}' ||
	fail "a thousand names"
after=$(ports)
case $((after - before)) in
[5-9][0-9] | 1[0-4][0-9]) ;;
*) fail "$((after - before)) sockets" ;;
esac
: >"$work/out"
# Nobody reads: the end.
"$fopnp" dns --short - A </dev/null >/dev/full || fail "nothing to write"
status=0
"$fopnp" dns --short a.example A >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "a full disk"
