#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Connections on the loopback interface: outcomes in words and JSON, options, several services.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
ip addr add 192.0.2.7/32 dev lo
ip -6 addr add 2001:db8::7/128 dev lo nodad 2>/dev/null || skip "no IPv6 here"
ip route add unreachable 192.0.2.8
ip route add prohibit 192.0.2.9
cat >>"$etc/hosts" <<-'END'
	192.0.2.8 noroute.example
	192.0.2.9 prohibited.example
	198.51.100.1 nonet.example
	0.0.0.0 blocked.example
	192.0.2.8 mixed.example
	192.0.2.7 mixed.example
END
printf 'multi on\n' >"$etc/host.conf"
hosts_line 'files'

# Listens on 192.0.2.7 and 2001:db8::7 port 80, on 192.0.2.7 alone port 443.
python3 - "$work/ready" <<'EOF' &
import signal, socket, sys
held = []
for family, address, port in ((socket.AF_INET, "192.0.2.7", 80), (socket.AF_INET6, "2001:db8::7", 80),
                              (socket.AF_INET, "192.0.2.7", 443)):
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(64)
    held.append(listener)
open(sys.argv[1], "w").close()
signal.pause()
EOF
listener=$!
trap 'kill "$listener"; rm -rf "$work"' EXIT
tries=0
until [ -e "$work/ready" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 300 ] || fail 'nobody listens'
	sleep 0.1
done

# http is the default; the sources have their lines.
run 0 connect printer.example
matches '^printer\.example http: a program gets through, to '
has 'answered by files in '
matches '^  2001:db8::7  files /etc/hosts:3  connected  *[0-9.]* m*s  2001:db8::7$'
matches '^  192\.0\.2\.7    files /etc/hosts:2  connected  *[0-9.]* m*s  192\.0\.2\.7$'
fits 100
run 0 connect --json printer.example
json 'o["connected"] and o["manner"] == "all" and o["winner"] is not None and o["won_by_us"] is None' \
	'sorted(a["place"]["line"] for a in o["attempts"]) == [2, 3]' \
	'all(a["outcome"] == "connected" and a["local"]["port"] > 0 for a in o["attempts"])' \
	'set(o["request"]["flags"]) == {"AI_ADDRCONFIG", "AI_V4MAPPED", "AI_CANONNAME"}' \
	'o["request"]["socktype"] == "stream" and o["answer"]["addresses"][0]["port"] == 80' 'o["notes"] == []'

# One family alone listens; a program that goes on gets through.
run 0 connect printer.example https
has 'refused: nothing listens there'
has 'the service listens on IPv4 only'
run 0 connect --json printer.example https/tcp
json '"other-family-only" in notes' 'o["request"]["service"] == "https"'
run 1 connect -6 printer.example https
has 'printer.example https: no program gets through'
run 0 connect -4 printer.example https
run 1 connect --first printer.example https
has 'not tried'
has 'that tries the first address alone does not get through'

# Each kind of failure by its word.
outcome() {
	name=$1
	shift
	run 1 connect --json --timeout 2s "$name"
	json 'not o["connected"] and o["winner"] is None' "$@"
}
outcome noroute.example 'o["attempts"][0]["outcome"] == "no-route"' 'o["attempts"][0]["local_error"]'
outcome prohibited.example 'o["attempts"][0]["outcome"] == "prohibited"' 'o["attempts"][0]["local_error"]'
outcome nonet.example 'o["attempts"][0]["outcome"] == "unreachable"' '"family-unreachable" in notes' \
	'o["attempts"][0]["message"].startswith("network unreachable: this machine has no route")'
outcome 127.0.0.1 'o["attempts"][0]["outcome"] == "refused"' 'o["answered_by"] == "numeric"' \
	'o["attempts"][0]["errno"] == "ECONNREFUSED" and not o["attempts"][0]["local_error"]'
outcome fe80::1 '"its interface" in o["attempts"][0]["message"]'
outcome blocked.example 'notes["points-here"]["place"]["line"] == 7' 'o["attempts"][0]["outcome"] == "refused"'

# getaddrinfo's order is not for us to choose: where the dead one comes first a note says what follows.
run 0 connect --json mixed.example
json '{a["outcome"] for a in o["attempts"]} == {"no-route", "connected"}' \
	'("first-address-fails" in notes) == (o["attempts"][0]["outcome"] != "connected")'

# Names that lead nowhere.
run 1 connect nosuch.example
has 'nosuch.example http: not found'
has 'EAI_NONAME (-2)'
run 1 connect printer.example nosuchservice
has 'printer.example nosuchservice: no such service'
has 'EAI_SERVICE'
hosts_line 'dns'
run 3 connect --json nosuch.example
json 'o["answer"]["code"] == "EAI_AGAIN" and o["attempts"] == [] and not o["connected"]'
hosts_line 'files'

# Several services end in a summary; one that fails makes the status.
run 1 connect --json printer.example http 443 9
json '[x["connected"] for x in objects[:3]] == [True, True, False]' 'o["type"] == "summary"' \
	'o["counts"] == {"services": 3, "connected": 2}' 'o["exit_status"] == 1'
run 0 connect printer.example 80 443

# A race that the first wins at once; the next would have come later.
run 0 connect --race printer.example
matches 'wins the race, after '
run 0 connect --race --json printer.example
json 'o["attempts"][o["winner"]]["outcome"] == "connected"' \
	'o["attempts"][0]["address"]["family"] != o["attempts"][1]["address"]["family"]'

# Command lines that cannot be.
run 2 connect
has_error 'which host?'
run 2 connect --race --first x
run 2 connect --timeout 0s x
run 2 connect --timeout soon x
# getaddrinfo takes 65616 for 80; no program gets through to port 0.
for wrong in 65616 65536 0 99999999999999999999 '' /tcp; do
	run 2 connect printer.example "$wrong"
	has_error 'can be no service'
done
run 0 connect printer.example 80/TCP
run 2 connect x domain/udp
has_error 'only TCP has connections'
run 2 connect --json x domain/udp
json 'o["id"] == "service-invalid"'

# What comes from outside commands no terminal.
run 1 connect "$(printf 'a\033[31mb')" "$(printf 'x\033[1m')"
has 'a\x1b[31mb x\x1b[1m'
COLUMNS=60 run 0 connect printer.example https
fits 60
long=2001:db8:1111:2222:3333:4444:5555:6666
ip -6 addr add "$long/128" dev lo nodad
run 1 connect --race "$long" 9
fits 100
matches "^  $long  "
COLUMNS=60 run 1 connect "$long" 9
fits 60

# One port alone for both ends: TCP connects the socket to itself, and nobody listens.
echo 0 >/proc/sys/net/ipv4/tcp_tw_reuse
port=40000
for address in 127.0.0.1 0.0.0.0 ::1; do
	port=$((port + 2))
	echo "$port $port" >/proc/sys/net/ipv4/ip_local_port_range
	run 1 connect --json "$address" $port
	json 'o["attempts"][0]["outcome"] == "refused"'
done
# It is still in use: the next connection has no port to come from, which is no matter of routes.
run 1 connect --json ::1 $port
json 'o["attempts"][0]["errno"] == "EADDRNOTAVAIL" and o["notes"] == []' \
	'"no free port" in o["attempts"][0]["message"]'
status=0
"$fopnp" connect printer.example >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "status $status with a full disk"
