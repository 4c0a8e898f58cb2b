#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp dns against real name servers, from the root down, and a real resolver.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/lab.sh
. "$(dirname "$0")/lab.sh"
need_lab
enter "$@"
start_lab
fopnp=$BUILD/bin/fopnp
out=$scratch/out

fail() {
	echo "FAILED: $*"
	cat -v "$out"
	exit 1
}
# run STATUS ARGUMENT...
run() {
	expected=$1
	shift
	status=0
	"$fopnp" dns "$@" >"$out" 2>&1 </dev/null || status=$?
	[ "$status" -eq "$expected" ] || fail "fopnp dns $*: exit status $status, not $expected"
}
has() {
	grep -qF -e "$1" "$out" || fail "no \"$1\""
}
matches() {
	grep -q -e "$1" "$out" || fail "no line like \"$1\""
}
lacks() {
	! grep -qF -e "$1" "$out" || fail "\"$1\""
}

# Aliases over three zones, in the order in which they lead on.
run 0 hop1.example.com A
[ "$(awk '$3 == "CNAME" || $3 == "A" { printf "%s ", $4 }' "$out")" = \
	'hop2.example.net. hop3.example.org. www.example.com. 192.0.2.80 ' ] || fail "the chain"

# Is it in the resolver's cache?  Not before it has been asked, then it is, and the TTL goes down.
run 1 --no-recurse mail.example.net A
lacks 'in the cache of'
has "it is not in the server's cache, but refers to those of "
run 1 --short mail.example.net CAA
run 1 --no-recurse mail.example.net CAA
has 'that there is none is in the cache of 127.0.0.1'
run 0 --short mail.example.net A
run 0 --no-recurse mail.example.net A
has 'it is in the cache of 127.0.0.1'
# An authority is none.
run 0 --no-recurse www.example.com A @198.51.100.1
has '198.51.100.1 is an authority'
run 0 www.example.com A @ns1.example.com
matches ' NOERROR  qr aa rd '
run 1 --no-recurse www.example.com A @192.5.6.30
has 'the server does not know, but refers to those of example.com.: ns1.example.com.'
run 3 www.example.com A @192.5.6.30
has 'does not look names up for others'
run 3 www.example.com A @198.51.100.3
has 'REFUSED: the server will not answer us'

# An empty non-terminal is there, its neighbour is not.
run 1 empty.example.com
has 'NODATA: the name is there'
run 1 nosuch.example.com
has 'NXDOMAIN: no such name (may be cached for 900 s, SOA of example.com)'

# IDN, there and back.
run 0 五粮液.中国 A MX
has '五粮液.中国 (xn--dlq917e1ik.xn--fiqs8s)'
has '10 mail.xn--dlq917e1ik.xn--fiqs8s. (mail.五粮液.中国.)'
run 0 faß.example A
has 'asks for another name: fass.example'

# TCP: from the start, and after truncation, whatever the size.
run 0 --tcp www.example.com A
matches ' TCP '
run 0 big.types.example TXT
has 'UDP, then TCP'
[ "$(grep -c 'TXT ' "$out")" -ge 30 ] || fail "big.types.example"

# DNSSEC as the resolver has checked it.
run 0 signed.example A
matches ' qr rd ra ad '
has 'has checked it by DNSSEC'
run 0 --dnssec signed.example A
has RRSIG
run 3 www.bogus.example A
has 'SERVFAIL'
has "says more: EDE 6 (DNSSEC Bogus)"

# Servers that misbehave.
run 0 www.truncated.example A @198.51.100.94
has 'UDP, then TCP'
run 3 www.tctrap.example A @198.51.100.94
has 'unreachable (by TCP, after a truncated reply)'
run 3 --timeout 100ms www.garbage.example A @198.51.100.94
has 'something that is no answer'
run 3 --timeout 100ms www.wrongid.example A @198.51.100.94
run 3 --timeout 100ms www.wrongq.example A @198.51.100.94
run 3 --timeout 100ms a.example.com A @198.51.100.92
has 'timed out'
run 3 a.example.com A @198.51.100.91
has 'connection refused'
run 3 a.example.com A @198.51.100.93
has 'unreachable'

# The first server is dead: that is found out once, not for each of a thousand names.
printf 'nameserver 198.51.100.92\nnameserver 127.0.0.1\n' >/etc/resolv.conf
seq 1000 | sed 's/.*/www.example.com/' | "$fopnp" dns --json --timeout 500ms - A >"$out"
tail -n 1 "$out" | grep -q '"names":1000,"answered":1000' || fail "a thousand names"
elapsed=$(tail -n 1 "$out" | sed 's/.*"elapsed_us":\([0-9]*\).*/\1/')
[ "$elapsed" -lt 5000000 ] || fail "a dead server cost $elapsed us"
run 0 --timeout 100ms --no-programs www.example.com A
has 'the name server 198.51.100.92: timed out'
