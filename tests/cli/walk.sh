#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp walk without a hierarchy: the command line, hints that are none, zones that are traps, limits.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
ip address add 192.0.2.53/32 dev lo
ip address add 192.0.2.54/32 dev lo
python3 "$here/walk_server.py" "$work/ready" 192.0.2.53 192.0.2.54 &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
for _ in $(seq 100); do
	[ -e "$work/ready" ] && break
	sleep 0.05
done
[ -e "$work/ready" ] || fail "the server did not start"
hints=$work/hints
printf '. NS root.lab.\nroot.lab. A 192.0.2.53\n' >"$hints"

# Silence of all that are asked, those of resolv.conf, too: looked at in the end.
printf 'nameserver 192.0.2.53\nnameserver 192.0.2.53\nnameserver 192.0.2.53\n' >"$etc/resolv.conf"
started=$(date +%s)
(
	status=0
	"$fopnp" walk --timeout 400ms --hints "$hints" silent >"$work/late" 2>&1 || status=$?
	echo "$status $(($(date +%s) - started))" >"$work/late_end"
) &
late=$!

# to STATUS ARGUMENT...: from our own root, without the local resolver.
to() {
	wanted=$1
	shift
	run "$wanted" walk --no-local --hints "$hints" "$@"
	silent
	fits 100
	! grep -q '[[:cntrl:]]' "$work/out" || fail "control characters"
	# Wrapped lines put together again.
	tr -s ' \n' '  ' <"$work/out" >"$work/flat"
	mv "$work/flat" "$work/out"
}

# ---- the command line
run 2 walk
has_error 'no name to walk to was given'
run 2 walk a.example A b.example
has_error '"b.example" is one word too many'
run 2 walk a..example
has_error '"a..example" is no domain name'
run 2 walk ''
has_error 'is no domain name'
run 2 walk "$(printf '%064d.example' 0)"
has_error 'is no domain name'
run 2 walk "$(printf 'b\303.example')"
has_error 'is no domain name'
run 2 walk a.example NOTYPE
has_error 'there is no record type "NOTYPE"'
run 2 walk a.example TYPE65536
has_error 'there is no record type'
run 2 walk a.example axfr
has_error 'zone transfer'
for type in TYPE0 OPT IXFR; do
	run 2 walk a.example $type
	has_error 'cannot be looked up'
done
for arguments in '--queries 0' '--queries 10001' '--queries x' '--timeout 3' '--timeout 0s' '--timeout -1s'; do
	# shellcheck disable=SC2086 # two words
	run 2 walk $arguments a.example
	has_error 'cannot be'
done
run 2 walk --hints
run 2 walk --no-such-option a.example

# ---- hints that are none
for bad in "$work/there-is-none" "$work"; do
	run 3 walk --hints "$bad" a.example
	has_error 'cannot read'
done
run 3 walk --hints /dev/null a.example
has_error 'no name server of the root with an address'
head -c 20000000 /dev/zero >"$work/bad"
run 3 walk --hints "$work/bad" a.example
has_error "$work/bad:1:"
head -c 20000000 /dev/zero | tr '\0' '\n' >"$work/bad"
run 3 walk --hints "$work/bad" a.example
has_error 'no name server of the root'
printf '. NS root.lab.\n\033[31m A 192.0.2.1\nroot.lab. A 192.0.2.300\n' >"$work/bad"
run 3 walk --hints "$work/bad" a.example
has_error "$work/bad:3: this is no address"
head -c 3000 "$fopnp" >"$work/bad"
run 3 walk --hints "$work/bad" a.example
has_error "$work/bad"
! grep -q "$(printf '[\001-\010\013-\037]')" "$work/err" || fail "control characters"
run 3 walk --json --hints "$work/bad" a.example
json 'o["id"] == "hints-malformed"'
run 2 walk --json a.example NOTYPE
json 'o["id"] == "type-unknown"'

# ---- what is there
to 0 ok
has 'answer: 192.0.2.80'
has_not local
to 0 unauthorized
has 'lame: has an answer, but without authority for .; taken for want of a better one'
has 'unauthorized. 60 A 192.0.2.80'
# A second server that has authority is the better one.
to 0 second.better
has 'without authority for better.'
has 'answer: 192.0.2.81'
has_not 'taken for want'

# ---- traps
to 0 www.a.a.a.a.deep
has '6 queries'
to 3 "$(printf 'a.%.0s' $(seq 120))deep"
has 'gave up after 100 queries (see --queries)'
to 3 --queries 7 "$(printf 'b.%.0s' $(seq 120))deep"
has 'gave up after 7 queries'
# 60 servers of each zone in the other one: 60 times 60 times 60 ... ways, and none leads anywhere.
start=$(date +%s)
to 3 --timeout 20s www.ma
has 'its address needs itself: a circle'
has '2 queries'
[ $(($(date +%s) - start)) -lt 15 ] || fail "two zones that need each other take for ever"
to 3 www.n0.nest
has 'its address needs too many others'
to 0 www.many
has 'and 1997 more, 300 of 2000 with glue (by TCP: truncated)'
to 3 c0.chain
has 'more than 16 aliases in a row'
to 3 a.long
has 'more than 16 aliases in a row'
has_not x17.long
to 3 a.circle
has 'lead in a circle'
to 0 www.escapes
has '\027[31m\007\010\255.escapes.'
# Neither this machine nor everybody is asked because a zone wants it.
to 3 www.self
has '1 query'
has 's0.self.: the address 127.0.0.1: this machine itself, not asked'
has 's2.self.: the address 224.0.0.251: no address of a host, not asked'
has 's6.self.: the address ::ffff:127.0.0.1: no address of a host, not asked'
run 3 walk --json --no-local --hints "$hints" www.self
json 'all(s["addresses"] == [] for s in o["steps"][1]["servers"])'
# Unless the hints do so: a hierarchy of somebody's own.
printf '. NS root.lab.\nroot.lab. A 127.0.0.9\nroot.lab. A 192.0.2.53\n' >"$hints"
to 3 www.self
has '127.0.0.1 '
has 'connection refused'
printf '. NS root.lab.\nroot.lab. A 192.0.2.53\n' >"$hints"

# ---- time, and what was silent meanwhile
wait "$late"
read -r status seconds <"$work/late_end"
[ "$status" -eq 3 ] || fail "silence: exit status $status"
# 0.4 s, and 5 s for the resolver.
[ "$seconds" -lt 15 ] || fail "the local resolver takes too long: $seconds s"
mv "$work/late" "$work/out"
has 'gave up after 0.4 s (see --timeout)'
has '192.0.2.53: timed out'
: >"$etc/resolv.conf"
run 0 walk --hints "$hints" ok
has '127.0.0.1: connection refused'
"$fopnp" walk --hints "$hints" silent >"$work/out" 2>&1 &
walk=$!
sleep 0.2
kill -TERM $walk
status=0
wait $walk || status=$?
[ $status -eq 143 ] || fail "SIGTERM: $status"
