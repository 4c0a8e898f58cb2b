#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp:dns with servers that are slow, dead or at odds: a positive answer costs no time-out, a
# negative one of a later server waits for the earlier ones, and everything is bounded.  The bounds
# are far from what is meant to be reached (make bench measures that), and far from glibc's 5 s.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3
need_built tests/integration/dns_call lib/fopnp/dns.so
enter "$@"

call=$BUILD/tests/integration/dns_call
failures=0

# serve NAME ADDRESS[,ADDRESS...] RULE...: with its log in NAME.
serve() {
	server_file=$1
	: >"$server_file"
	# shellcheck disable=SC2154 # $here is of lib.sh
	start_server "faulty-$1" python3 "$here/faulty_dns.py" "$@"
	wait_until "the server $server_file" grep -q ready "$server_file"
}

conf() {
	printf '%s\n' "$@" | put /etc/resolv.conf
}

fopnp_conf() {
	printf '%s\n' 'order fopnp:dns' "$@" | put /etc/fopnp.conf
}

complain() {
	echo "FAILED: $what: $*"
	cat answer
	failures=$((failures + 1))
}

# look_up WHAT ARGUMENT...: in a fresh process; its lines in `answer`.
look_up() {
	what=$1
	shift
	for log in one two three dead; do
		[ ! -e $log ] || echo $(($(wc -l <$log) + 1)) >$log.skip
	done
	timeout 60 "$call" "$@" >answer || complain "dns_call ended with $?"
	awk '$1 == "descriptors" && $2 != $3 { exit 1 }' answer || complain 'descriptors are left'
	sed -i '/^descriptors/d' answer
}

# took LEAST MOST CODE [ADDRESS]: milliseconds, of every lookup.
took() {
	awk -v least="$1" -v most="$2" -v code="$3" -v address="${4-}" '
		$1 != code || $2 < least || $2 > most || (address != "" && index($0, " " address) == 0) { bad = 1 }
		END { exit bad || NR == 0 }' answer || complain "not $3 ${4-} within $1 to $2 ms"
	echo "$what: $(head -n 1 answer)"
}

# asked LOG LEAST MOST: queries that the server got for the last lookup.
asked() {
	count=$(tail -n "+$(cat "$1.skip")" "$1" | wc -l)
	if [ "$count" -lt "$2" ] || [ "$count" -gt "$3" ]; then
		complain "the server $1 got $count queries"
		tail -n "+$(cat "$1.skip")" "$1"
	fi
}

# ---- the servers ----

add_addresses
ip -6 addr add 2001:db8::53/128 dev lo nodad
ip link add near type veth peer name far || skip 'no veth here'
ip link set near up && ip link set far up
ip -6 addr add fe80::53/64 dev near nodad

cat >rules <<-'END'
	www.example ANY 192.0.2.1 2001:db8::1
	four.example A 192.0.2.4
	slow.example ANY 192.0.2.10 2001:db8::10 delay=400
	veryslow.example ANY 192.0.2.11 delay=2500
	servfail.example ANY servfail
	refused.example ANY refused
	notimp.example ANY notimp
	noaaaa.example A 192.0.2.12
	noaaaa.example AAAA drop
	noa.example A drop
	noa.example AAAA 2001:db8::12
	once.example A 192.0.2.13
	once.example AAAA drop first=1
	once.example AAAA 2001:db8::13
	lost.example ANY drop first=1
	lost.example ANY 192.0.2.14 2001:db8::14
	stall.example ANY 192.0.2.15 truncate tcp-stall
	close.example ANY 192.0.2.15 truncate tcp-close
	reset.example ANY 192.0.2.15 truncate tcp-reset
	big.example ANY 192.0.2.16 2001:db8::16 truncate
	split.example ANY 192.0.2.17 delay=250
	slowno.example ANY nxdomain delay=400
	nodata.example ANY nodata
END
cat >other.rules <<-'END'
	www.example ANY 192.0.2.101 2001:db8::101
	four.example A 192.0.2.104
	servfail.example ANY 192.0.2.102
	refused.example ANY 192.0.2.102
	notimp.example ANY 192.0.2.102
	stall.example ANY 192.0.2.115
	close.example ANY 192.0.2.115
	reset.example ANY 192.0.2.115
	stallno.example ANY nxdomain
	nodata.example ANY nodata
END
serve one '127.0.0.53,127.0.0.53#5353' @rules
serve two '127.0.0.54,2001:db8::53,127.0.0.54#5300,2001:db8::53#5300' @other.rules
serve three 'fe80::53%near' @rules
serve dead 127.0.0.55 '* ANY drop'
hosts_line fopnp
fopnp_conf

# The system's own dns as a measure: it waits.
hosts_line dns
conf 'nameserver 127.0.0.55' 'nameserver 127.0.0.54' 'options timeout:2'
look_up "glibc's dns, the first server is dead" www.example
took 1900 60000 OK 192.0.2.101
hosts_line fopnp

# ---- the first server is dead ----

conf 'nameserver 127.0.0.55' 'nameserver 127.0.0.54'
for try in 1 2 3; do
	look_up "the first is dead, process $try" www.example
	took 0 1000 OK 192.0.2.101
done
asked dead 2 4
asked two 2 4
look_up 'the first is dead, one family' -4 www.example
took 0 1000 OK 192.0.2.101
look_up 'the first is dead, IPv4 only' four.example
took 0 4000 OK 192.0.2.104
look_up 'the first is dead, no such name' nosuch.example.
took 900 4000 NONAME
look_up 'the first is dead, no data' nodata.example.
took 900 4000 NODATA
look_up 'the first is dead, a living process' -n 10 www.example
took 0 1000 OK 192.0.2.101
conf 'nameserver 127.0.0.55' 'nameserver 127.0.0.55' 'nameserver 127.0.0.54'
look_up 'two of three are dead' www.example
took 0 3000 OK 192.0.2.101
conf 'nameserver 127.0.0.54' 'nameserver 127.0.0.55' 'nameserver 127.0.0.55'
look_up 'the first alone lives' www.example
took 0 1000 OK 192.0.2.101
asked dead 0 4
look_up 'the first alone lives, no such name' nosuch.example.
took 0 900 NONAME
conf 'nameserver 192.0.2.9' 'nameserver 127.0.0.54'
look_up 'no route to the first' www.example
took 0 1000 OK 192.0.2.101
look_up 'no route to the first, no such name' nosuch.example.
took 0 4000 NONAME
conf 'nameserver 127.0.0.9' 'nameserver 127.0.0.54'
look_up "the first one's port is closed" www.example
took 0 1000 OK 192.0.2.101
look_up "the first one's port is closed, no such name" nosuch.example.
took 0 900 NONAME
for rcode in servfail refused notimp; do
	conf 'nameserver 127.0.0.53' 'nameserver 127.0.0.54'
	look_up "the first says $rcode" -4 $rcode.example
	took 0 900 OK 192.0.2.102
done

# ---- split DNS: only the first, slow server knows the name ----

conf 'nameserver 127.0.0.53' 'nameserver 127.0.0.54' 'nameserver 127.0.0.54'
look_up 'the slow first server knows, the others say no' -n 10 split.example.
took 240 3000 OK 192.0.2.17
asked two 1 120
look_up 'the same, forty times at once' -t 40 split.example.
[ "$(cat answer)" = '40 split.example.: OK 192.0.2.17' ] || complain 'not always the first'
echo "$what: $(cat answer)"
look_up 'the same, one family' -4 -n 5 split.example.
took 240 3000 OK 192.0.2.17
look_up 'the slow first server says no, too' slowno.example.
took 390 3000 NONAME
look_up 'slower than anyone waits' -4 veryslow.example.
took 900 2600 NONAME

# ---- a family that is dropped ----

conf 'nameserver 127.0.0.53'
look_up 'AAAA is always dropped' noaaaa.example
took 0 4000 OK 192.0.2.12
conf 'nameserver 127.0.0.53' 'options timeout:1'
look_up 'A is always dropped' noa.example
took 0 8000 OK 2001:db8::12
look_up 'AAAA is dropped once' once.example
took 0 4000 OK 2001:db8::13
grep -q ' 192.0.2.13' answer || complain 'no IPv4 address'
conf 'nameserver 127.0.0.53' 'options timeout:1'
look_up 'the first queries are lost' lost.example
took 0 4500 OK 192.0.2.14

# ---- TCP ----

fopnp_conf 'dns-timeout 500ms' 'dns-attempts 2'
conf 'nameserver 127.0.0.53'
look_up 'truncated' big.example
took 0 1000 OK 192.0.2.16
look_up 'TCP stalls' -4 stall.example.
took 400 4000 AGAIN
look_up 'TCP is closed' -4 close.example.
took 0 4000 AGAIN
look_up 'TCP is reset' -4 reset.example.
took 0 4000 AGAIN
conf 'nameserver 127.0.0.53' 'nameserver 127.0.0.54'
look_up 'TCP stalls, the second server answers' -4 stall.example.
took 0 3000 OK 192.0.2.115
look_up 'TCP is reset, the second server answers' -4 reset.example.
took 0 3000 OK 192.0.2.115
conf 'nameserver 127.0.0.55' 'options use-vc'
look_up 'use-vc, a server without an answer' www.example.
took 400 4000 AGAIN

# ---- nobody answers ----

conf 'nameserver 127.0.0.55'
look_up 'the only server is dead' www.example.
took 900 4000 AGAIN
asked dead 2 8
conf 'nameserver 127.0.0.55' 'nameserver 127.0.0.55' 'nameserver 127.0.0.55'
look_up 'all servers are dead' www.example.
took 900 5000 AGAIN
fopnp_conf
conf 'nameserver 127.0.0.55' 'options timeout:1 attempts:1'
look_up 'timeout and attempts of resolv.conf' www.example.
took 900 4000 AGAIN
conf 'nameserver 192.0.2.9'
look_up 'no route to the only server' www.example.
took 0 1000 AGAIN
conf 'nameserver 127.0.0.9'
look_up 'no port is open' www.example.
took 0 1000 AGAIN

# ---- options of fopnp.conf, kinds of address ----

conf 'nameserver 127.0.0.55'
fopnp_conf 'dns-servers 127.0.0.54'
look_up dns-servers www.example
took 0 1000 OK 192.0.2.101
asked dead 0 0
fopnp_conf 'dns-servers 127.0.0.54:5300'
look_up 'dns-servers with a port' www.example
took 0 1000 OK 192.0.2.101
fopnp_conf 'dns-servers [2001:db8::53]:5300 127.0.0.55'
look_up 'dns-servers, IPv6 with a port' www.example
took 0 1000 OK 192.0.2.101
fopnp_conf 'dns-servers fe80::53%near'
look_up 'dns-servers, link-local' www.example
took 0 1000 OK 192.0.2.1
fopnp_conf
conf 'nameserver fe80::53%near'
look_up 'a link-local name server' www.example
took 0 1000 OK 192.0.2.1
asked three 2 4
conf 'nameserver 2001:db8::53'
look_up 'a name server of IPv6' www.example
took 0 1000 OK 192.0.2.101
conf 'nameserver 127.0.0.55' 'nameserver 127.0.0.54'
fopnp_conf 'dns-hedge 700ms'
look_up 'dns-hedge' www.example
took 650 3000 OK 192.0.2.101

[ $failures -eq 0 ] || fail "$failures of the above"
