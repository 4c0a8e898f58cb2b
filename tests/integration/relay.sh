#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The command's relays in the place of the name servers change nothing: the servers get the same
# queries in the same order, with and without, whatever resolv.conf's options and the servers'
# faults are; the program gets the same answer; and the record tells what happened.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 diff setpriv prlimit pgrep
need_built tests/integration/relay_call
enter "$@"

call=$BUILD/tests/integration/relay_call
mkdir user
chmod 777 user
# shellcheck disable=SC2154 # of lib.sh, as $here is
chmod 755 "$scratch"

# As an ordinary user: nothing here needs more.
as_user() {
	setpriv --reuid 65534 --regid 65534 --clear-groups env TMPDIR="$scratch/user" "$@"
}

# serve NAME ADDRESS[,ADDRESS...] RULE...: with its log in NAME.
serve() {
	server_file=$1
	: >"$server_file"
	start_server "faulty-$1" python3 "$here/faulty_dns.py" "$@"
	wait_until "the server $server_file" grep -q ready "$server_file"
}

# What the servers were asked: server, transport, name, type, EDNS; sockets and ids by the order of
# their first use, as the numbers are chance.  UDP before TCP: the server has a thread for each.
queries() {
	for log in $logs; do
		tail -n "+$(cat "$log.skip")" "$log" | sort -s -k 2,2r | awk -v server="$log" '
			!($4 in port) { port[$4] = ++ports }
			!($5 in id) { id[$5] = ++ids }
			{ print server, $2, "socket", port[$4], "id", id[$5], $6, $7, $8 }'
	done
}

# Nobody remembers anything: the servers' logs, and which neighbours did not answer.
forget_queries() {
	ip neigh flush dev near nud all
	for log in $logs; do echo $(($(wc -l <"$log") + 1)) >"$log.skip"; done
}

asked() {
	queries | grep -q " $1 "
}

# compare WHAT OPTION... NAME: the same queries at the servers of $logs and the same answer without
# relays and with, as well as the same time, to a second.  What was seen of the wire is in `wire`.
compare() {
	what=$1
	shift
	forget_queries
	as_user "$call" -d "$@" >plain.answer || fail "$what: relay_call -d"
	queries >plain.queries
	forget_queries
	as_user "$call" "$@" >with || fail "$what: relay_call"
	queries >with.queries
	head -n 1 with >answer
	tail -n +2 with >wire
	diff plain.queries with.queries || fail "$what: other queries with relays"
	diff plain.answer answer || fail "$what: another answer, or at another time"
	echo "$what: $(wc -l <plain.queries) queries, the same with relays"
}

# expect_wire: the wire is standard input.
expect_wire() {
	diff - wire || fail "$what: another wire than expected"
}

conf() {
	printf '%s\n' "$@" | put /etc/resolv.conf
}

# ---- the servers ----

ip addr add 192.0.2.200/32 dev lo
ip -6 addr add 2001:db8::53/128 dev lo nodad || skip "no IPv6 here"
ip link add near type veth peer name far || skip "no veth here"
ip link set near up && ip link set far up
ip -6 addr add fe80::53/64 dev near nodad
ip addr add 10.9.0.1/24 dev near

rules='www.example ANY 192.0.2.1 2001:db8::1
alias.example ANY cname=www.example 192.0.2.1 2001:db8::1
big.example ANY 192.0.2.1 2001:db8::1 truncate
noaaaa.example A 192.0.2.1
noaaaa.example AAAA drop
late.example ANY 192.0.2.1 delay=1400
once.example ANY drop once
once.example ANY 192.0.2.1 2001:db8::1
broken.example ANY servfail
unwanted.example ANY refused
wrongid.example ANY 192.0.2.1 wrongid
wrongq.example ANY 192.0.2.1 wrongq
noq.example ANY 192.0.2.1 noq
twice.example ANY 192.0.2.1 twice
closed.example ANY 192.0.2.1 truncate tcp-close
reset.example ANY 192.0.2.1 truncate tcp-reset
stalled.example ANY 192.0.2.1 truncate tcp-stall
slow.a.example ANY nodata delay=500
slow.b.example ANY nodata delay=1000
nothing.a.example ANY nodata'
printf '%s\n' "$rules" >rules
serve one 127.0.0.53 @rules
serve two 127.0.0.54 @rules
serve six '2001:db8::53' @rules
for address in 127.0.0.55 fe80::53%near; do
	start_server "raw-$address" python3 "$here/raw_dns.py" "$address" "$scratch/raw"
	wait_until "the server on $address" grep -q ready raw
	: >raw
done
start_server raw-no-tcp python3 "$here/raw_dns.py" 127.0.0.56 "$scratch/raw" no-tcp
wait_until 'the server without TCP' grep -q ready raw

# ---- one server ----

logs=one
conf 'nameserver 127.0.0.53' 'search a.example b.example' 'options timeout:1'
compare 'a name' www.example
expect_wire <<-END
	127.0.0.53 udp www.example A answered NOERROR 1 0 s
	127.0.0.53 udp www.example AAAA answered NOERROR 1 0 s
END
compare 'one family' -4 www.example
compare 'an alias' alias.example
compare 'no such name' nosuch
expect_wire <<-END
	127.0.0.53 udp nosuch.a.example A answered NXDOMAIN 0 0 s
	127.0.0.53 udp nosuch.a.example AAAA answered NXDOMAIN 0 0 s
	127.0.0.53 udp nosuch.b.example A answered NXDOMAIN 0 0 s
	127.0.0.53 udp nosuch.b.example AAAA answered NXDOMAIN 0 0 s
	127.0.0.53 udp nosuch A answered NXDOMAIN 0 0 s
	127.0.0.53 udp nosuch AAAA answered NXDOMAIN 0 0 s
END
compare 'no data' nothing
compare 'a dropped AAAA' noaaaa.example
expect_wire <<-END
	127.0.0.53 udp noaaaa.example A answered NOERROR 1 0 s
	127.0.0.53 udp noaaaa.example AAAA silent 1 s
	127.0.0.53 udp noaaaa.example A answered NOERROR 1 0 s again
	127.0.0.53 udp noaaaa.example AAAA silent 1 s again
	127.0.0.53 udp noaaaa.example A answered NOERROR 1 0 s again
	127.0.0.53 udp noaaaa.example AAAA silent 1 s again
END
compare 'a lost first query' once.example
compare 'a slow server' -4 late.example
compare 'SERVFAIL' broken.example
compare 'REFUSED' unwanted.example
compare 'a wrong id' -4 wrongid.example.
expect_wire <<-END
	127.0.0.53 udp wrongid.example A silent (wrong id) 1 s
	127.0.0.53 udp wrongid.example A silent (wrong id) 1 s again
END
compare 'a wrong question' -4 wrongq.example.
grep -q '(wrong question)' wire || fail "$what: not seen"
compare 'no question' -4 noq.example.
grep -q '(no question)' wire || fail "$what: not seen"
compare 'each reply twice' twice.example

# ---- TCP ----

compare 'truncated' big.example
grep -v 'udp big.example AAAA' wire >some && mv some wire # glibc does not wait for it
expect_wire <<-END
	127.0.0.53 udp big.example A answered NOERROR 0 truncated 0 s
	127.0.0.53 tcp big.example A answered NOERROR 1 0 s again
	127.0.0.53 tcp big.example AAAA answered NOERROR 1 0 s again
END
compare 'a server that closes TCP' -4 closed.example.
expect_wire <<-END
	127.0.0.53 udp closed.example A answered NOERROR 0 truncated 0 s
	127.0.0.53 tcp closed.example A closed 0 s again
END
compare 'a server that resets TCP' -4 reset.example.
grep -q 'tcp reset.example A closed' wire || fail "$what: not seen"
as_user "$call" -4 -s 2 stalled.example. >with || fail "a server that stalls TCP"
tail -n +2 with >wire
what='a server that stalls TCP'
expect_wire <<-END
	127.0.0.53 udp stalled.example A answered NOERROR 0 truncated 0 s
	127.0.0.53 tcp stalled.example A silent 2 s again
END
echo "$what: ended at the deadline"
conf 'nameserver 127.0.0.9' 'nameserver 127.0.0.53' 'options use-vc'
compare 'use-vc, the first server refuses' www.example.
expect_wire <<-END
	127.0.0.9 tcp www.example A refused 0 s
	127.0.0.9 tcp www.example AAAA refused 0 s
	127.0.0.53 tcp www.example A answered NOERROR 1 0 s again
	127.0.0.53 tcp www.example AAAA answered NOERROR 1 0 s again
END
conf 'nameserver 127.0.0.9' 'nameserver 127.0.0.53' 'options use-vc' 'search a.example'
compare 'use-vc, the first server refuses each candidate' -4 nosuch
expect_wire <<-END
	127.0.0.9 tcp nosuch.a.example A refused 0 s
	127.0.0.53 tcp nosuch.a.example A answered NXDOMAIN 0 0 s again
	127.0.0.9 tcp nosuch A refused 0 s
	127.0.0.53 tcp nosuch A answered NXDOMAIN 0 0 s again
END
conf 'nameserver 127.0.0.9' 'options use-vc' 'search a.example b.example'
compare 'use-vc, all refuse: ends the search list' nosuch
expect_wire <<-END
	127.0.0.9 tcp nosuch.a.example A refused 0 s
	127.0.0.9 tcp nosuch.a.example AAAA refused 0 s
END
conf 'nameserver 198.51.100.9' 'options use-vc' 'search a.example b.example'
compare 'use-vc, no route: does not end it' -4 nosuch
expect_wire <<-END
	198.51.100.9 tcp nosuch.a.example A unreachable 0 s
	198.51.100.9 tcp nosuch A unreachable 0 s
END

# ---- servers that are not there ----

logs='one two'
conf 'nameserver 127.0.0.9' 'nameserver 127.0.0.53' 'nameserver 127.0.0.54' 'search a.example b.example'
compare 'the first refuses' www.example
expect_wire <<-END
	127.0.0.9 udp www.example A refused 0 s
	127.0.0.9 udp www.example AAAA refused 0 s
	127.0.0.53 udp www.example A answered NOERROR 1 0 s again
	127.0.0.53 udp www.example AAAA answered NOERROR 1 0 s again
END
compare 'the first refuses, the others fail' broken.example
compare 'the first refuses, a search list' nosuch
conf 'nameserver 127.0.0.9' 'search a.example b.example' 'options attempts:1'
compare 'all refuse: ends the search list' nosuch
expect_wire <<-END
	127.0.0.9 udp nosuch.a.example A refused 0 s
	127.0.0.9 udp nosuch.a.example AAAA refused 0 s
END
conf 'nameserver 198.51.100.9' 'nameserver 2001:db8:ffff::9' 'nameserver 127.0.0.53'
compare 'no route' www.example
grep -q '^198.51.100.9 udp www.example A unreachable' wire || fail "$what: not seen for IPv4"
grep -q '^2001:db8:ffff::9 udp www.example AAAA unreachable' wire || fail "$what: not seen for IPv6"
conf 'nameserver 10.9.0.9' 'nameserver 127.0.0.53' 'options timeout:20'
compare 'no such host on the link' -4 www.example
expect_wire <<-END
	10.9.0.9 udp www.example A unreachable 3 s
	127.0.0.53 udp www.example A answered NOERROR 1 0 s again
END
conf 'nameserver 192.0.2.200' 'nameserver 127.0.0.53' 'options timeout:1'
serve silent 192.0.2.200 '* ANY drop'
logs='silent one'
compare 'the first is silent' www.example
expect_wire <<-END
	192.0.2.200 udp www.example A silent 1 s
	192.0.2.200 udp www.example AAAA silent 1 s
	127.0.0.53 udp www.example A answered NOERROR 1 0 s again
	127.0.0.53 udp www.example AAAA answered NOERROR 1 0 s again
END

# ---- IPv6 ----

logs='one six'
conf 'nameserver 2001:db8::53' 'nameserver fe80::54%near' 'nameserver 127.0.0.53' 'options timeout:1'
compare 'IPv6 servers' www.example
compare 'IPv6 servers that fail' broken.example
cut -d ' ' -f 1 wire | uniq | head -n 3 >some
printf '%s\n' 2001:db8::53 fe80::54%near 127.0.0.53 | diff - some || fail "$what: other servers"

# ---- options ----

# Which server rotate begins with is chance; what follows is not.
logs='one two six'
conf 'nameserver 127.0.0.53' 'nameserver 127.0.0.54' 'nameserver 2001:db8::53' 'options rotate' \
	'search a.example b.example c.example d.example'
what=rotate
turns() {
	for name in nosuch.a.example nosuch.b.example nosuch.c.example nosuch.d.example nosuch; do
		queries | awk -v name="$name" '$7 == name && $8 == "A" { print $1 }'
	done | awk '
		BEGIN { place["one"] = 0; place["two"] = 1; place["six"] = 2 }
		NR == 1 { first = place[$1] }
		{ print (place[$1] - first + 3) % 3 }'
}
forget_queries
as_user "$call" -d nosuch >/dev/null
turns >plain.turns
for try in 1 2 3; do
	forget_queries
	as_user "$call" nosuch >/dev/null
	turns >with.turns
	diff plain.turns with.turns || fail "$what: other turns with relays, try $try"
done
printf '%s\n' 0 1 2 0 1 | diff - plain.turns || fail "$what: no rotation: no test"
echo "$what: the same turns"

# as_bytes WHAT OPTIONS NAME: to the byte, but for the ids.
as_bytes() {
	what=$1
	conf "nameserver ${server:-127.0.0.55}" 'search a.example b.example' "$2"
	echo ready >raw
	as_user "$call" -d "$3" >plain.answer
	cp raw plain.raw
	echo ready >raw
	as_user "$call" "$3" >with
	diff plain.raw raw || fail "$what: other bytes with relays"
	[ "$(wc -l <raw)" -ge 2 ] || fail "$what: nothing was asked"
	head -n 1 with | diff plain.answer - || fail "$what: another answer"
	echo "$what: $(($(wc -l <raw) - 1)) queries, the same to the byte"
}
as_bytes 'no options' '' www.example
cp raw raw.plain
for option in edns0 trust-ad no-aaaa use-vc; do
	as_bytes "$option" "options $option" www.example
	cmp -s raw raw.plain && fail "$option changes nothing: no test"
done
as_bytes 'single-request' 'options single-request' www.example
as_bytes 'ndots:3' 'options ndots:3' www.example
as_bytes 'all at once' 'options edns0 trust-ad single-request-reopen use-vc' www.example
RES_OPTIONS=edns0 LOCALDOMAIN=other.example as_bytes 'the environment' '' www
grep -q 056f74686572 raw || fail "LOCALDOMAIN has no effect: no test"
server=fe80::53%near as_bytes 'a link-local server' 'options timeout:2' www.example
server=fe80::53%near as_bytes 'a link-local server, TCP' 'options use-vc' www.example
server=127.0.0.56 as_bytes 'truncated, and TCP refused' 'options attempts:1' nosuch
logs=one
conf 'nameserver 127.0.0.53' 'options single-request-reopen'
compare single-request-reopen www.example
[ "$(grep -c 'socket [12] ' plain.queries)" -eq 2 ] || fail "$what: no two sockets"

# ---- who may use a relay, and what the child has of it ----

# intrude COMMAND...: run as COMMAND says, ask every relay that is open for intruder.example.
intrude() {
	"$@" python3 - <<-'END'
		import socket, struct, time
		kept = []
		query = bytes.fromhex("7777010000010000000000000869") + b"ntruder\7example\0\0\1\0\1"
		for transport, kind in (("udp", socket.SOCK_DGRAM), ("tcp", socket.SOCK_STREAM)):
		    for line in open(f"/proc/net/{transport}").readlines()[1:]:
		        local, remote, _, _, _, _, uid = line.split()[1:8]
		        address, port = local.split(":")
		        if address == "0100007F" and remote == "00000000:0000" and uid == "65534":
		            intruder = socket.socket(socket.AF_INET, kind)
		            intruder.connect(("127.0.0.1", int(port, 16)))
		            intruder.send((b"" if transport == "udp" else struct.pack(">H", len(query))) + query)
		            kept.append(intruder)
		time.sleep(0.3)
	END
}

logs=one
conf 'nameserver 127.0.0.53' 'options timeout:2 attempts:1'
for who in root user; do
	forget_queries
	as_user "$call" -4 late.example. >with &
	caller=$!
	wait_until 'the call' asked late.example
	child=$(pgrep -P "$(pgrep -P "$caller" || echo "$caller")" || pgrep -P "$caller")
	sockets=$(find "/proc/$child/fd" -lname 'socket:*' | wc -l)
	[ "$sockets" -eq 1 ] || fail "the child has $sockets sockets, not only its own"
	if [ $who = root ]; then intrude env; else intrude as_user; fi
	wait "$caller"
	queries | grep -c intruder >"intruder.$who"
done
[ "$(cat intruder.root)" -eq 0 ] || fail "a packet of another user went through a relay"
[ "$(cat intruder.user)" -eq 2 ] || fail "the intruder does not even reach his own relays: no test"

# As another user: when a socket that is connected to a relay has gone, send from its port; and
# connect to the relay, send and close, all at once.
cat >intruder.py <<'END'
import signal, socket, struct, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
query = bytes.fromhex("7777010000010000000000000869") + b"ntruder\7example\0\0\1\0\1"
known, until = set(), time.monotonic() + 20

def sockets(transport):
    for line in open(f"/proc/net/{transport}").readlines()[1:]:
        local, remote, state, _, _, _, uid = line.split()[1:8]
        if local.startswith("0100007F:") and uid == sys.argv[1]:
            yield int(local[9:], 16), int(remote[9:], 16), state

print("ready", flush=True)
while time.monotonic() < until:
    now = {(local, remote) for local, remote, _ in sockets("udp") if remote}
    for port, relay in known - now:
        for is_connected in False, True:
            taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            taker.bind(("127.0.0.1", port))
            if is_connected:
                taker.connect(("127.0.0.1", relay))
            try:
                taker.sendto(query, ("127.0.0.1", relay))
            except ConnectionError:
                continue
            print("port taken", flush=True)
            time.sleep(0.05)
    known = now
    # Some of so many are closed before the relay looks.
    for relay in [local for local, _, state in sockets("tcp") if state == "0A"] * 6:
        try:
            with socket.create_connection(("127.0.0.1", relay), 0.1) as hasty:
                hasty.sendall(struct.pack(">H", len(query)) + query)
            print("hasty", flush=True)
        except OSError:
            pass
    time.sleep(0.02)
END
conf 'nameserver 127.0.0.53' 'search a.example b.example' 'options timeout:3 attempts:1'
for who in root user; do
	forget_queries
	if [ $who = root ]; then set -- env; uid=0; else set -- as_user; uid=65534; fi
	setpriv --reuid 65533 --regid 65533 --clear-groups python3 intruder.py $uid >intruder.log &
	intruder=$!
	wait_until 'the intruder' grep -q ready intruder.log
	"$@" "$call" -4 slow >with
	kill "$intruder"
	wait "$intruder" || true
	grep -q 'port taken' intruder.log || fail "no port was taken from $who: no test"
	grep -q hasty intruder.log || fail "nobody connected to the relays of $who: no test"
	asked intruder.example && fail "another user went through a relay of $who"
	[ "$(queries | wc -l)" -eq 3 ] || fail "the queries of $who are not all there"
	grep -q intruder with && fail "another user is in the record of $who"
done
echo "packets of other users: not let in"

# ---- too much ----

what='a flood'
conf 'nameserver 127.0.0.55'
as_user "$call" -4 flood.example. >with || fail "$what"
grep -q '^end 0 code 0 192.0.2.1' with || fail "$what: no answer"
grep -q '(wrong id)' with || fail "$what: not seen"
grep -q '^127.0.0.55 udp flood.example A answered' with || fail "$what: the true reply is not kept"
echo "$what: answered all the same"
what='an address of another name'
as_user "$call" -4 foreign.example. >with || fail "$what"
tail -n +2 with >wire
expect_wire <<-END
	127.0.0.55 udp foreign.example A answered NOERROR 0 0 s
END
what='few descriptors'
as_user "$call" www.example. >with
outcomes=
for limit in 14 13 12 11 10 9 8; do
	as_user prlimit --nofile=$limit "$call" www.example. >with 2>&1 || true
	grep -q 'unreachable\|refused' with && fail "$what: our own trouble is told as a server's"
	grep -q '^broken' with && outcomes=$outcomes.
done
[ "$outcomes" ] || fail "$what: never too few: no test"
echo "$what: told as our own trouble"
conf 'nameserver 127.0.0.53' 'search a.x b.x c.x d.x e.x f.x'
compare 'six search domains' nosuch
conf 'nameserver 127.0.0.53' 'search a.x b.x c.x d.x e.x f.x g.x'
as_user "$call" nosuch >with
grep -q '^end 5 ' with || fail "seven search domains: relays all the same"
long=$(printf '%060d' 0)
conf 'nameserver 127.0.0.53' "search $long.x $long.y $long.z $long.v $long.w"
as_user "$call" nosuch >with
grep -q '^end 5 ' with || fail "long search domains: relays all the same"
echo "search lists that _res cannot hold: no relays"
