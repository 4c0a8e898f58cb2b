#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp whois` without any server: command lines, failures in words and JSON, and nothing sent that was not meant.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
ip addr add 192.0.2.7/32 dev lo
echo '192.0.2.7 whois.iana.org' >>"$etc/hosts"
hosts_line 'files'

# Nobody listens.
run 3 whois example.com
has 'example.com: no answer'
matches '^  whois\.iana\.org  *files, /etc/hosts:4  .*refused: nothing listens there'
has 'warning  whois.iana.org: refused'
fits 100
run 3 whois --json AS64496
json 'o["outcome"] == "no-answer" and o["kind"] == "asn" and o["subject"] == "AS64496"' \
	'len(o["hops"]) == 1 and o["hops"][0]["outcome"] == "no-connection"' \
	'o["hops"][0]["attempts"][0]["outcome"] == "refused" and o["hops"][0]["text"] is None' \
	'o["name_servers"] == [] and list(notes) == ["whois-server-failed"] and o["exit_status"] == 3'
run 3 whois --json --server nosuch.example 192.0.2.1
json 'o["kind"] == "address" and o["hops"][0]["outcome"] == "no-address"' 'o["hops"][0]["attempts"] == []'
run 3 whois --server printer:4343 example.com
has 'printer port 4343'
run 3 whois --json faß.example
json 'o["subject"] == "xn--fa-hia.example" and "idna2003-differs" in notes'
COLUMNS=80 run 3 whois example.com
fits 80

# A server of the shell's own: what it sends and how it is asked.
python3 - "$work" <<'EOP' &
import socket, sys
listener = socket.create_server(("192.0.2.7", 43))
open(sys.argv[1] + "/ready", "w").close()
while True:
    client, _ = listener.accept()
    with client, open(sys.argv[1] + "/asked", "ab") as log:
        log.write(client.recv(1000))
        client.sendall("Domain: \x1b[31m\u202e\n\tName Server: ns.example.com\nlong: ".encode() + b"word " * 100)
EOP
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
tries=0
until [ -e "$work/ready" ]; do
	tries=$((tries + 1))
	[ "$tries" -lt 300 ] || fail 'nobody listens'
	sleep 0.1
done
run 0 whois --server 192.0.2.7 Example.COM
silent
has 'Example.COM (example.com): found'
has 'Domain: \x1b[31m\u{202e}'
matches '^            Name Server: ns.example.com$'
matches '^  ns.example.com  *192.0.2.7$'
fits 100
printf 'example.com\r\n' | cmp -s - "$work/asked" || fail "asked $(cat -v "$work/asked")"
# What IANA says is of the top-level domain.
run 0 whois --no-referral example.com
has 'example.com: its registry was not asked'
has_not '  name server'
run 0 whois --json --server 192.0.2.7 example.com
json 'o["hops"][0]["text"].startswith("Domain: \x1b[31m\u202e\n\tName Server")' \
	'o["hops"][0]["encoding"] == "UTF-8" and o["hops"][0]["referred_by"] is None' \
	'o["name_servers"] == [{"name": "ns.example.com", "addresses": [], "hops": [0]}]'

# Command lines that cannot be; nothing of them is sent.
rm "$work/asked"
# shellcheck disable=SC2016 # meant as it stands
for bad in '' '-T x' 'a b' 'example.com
example.org' 'a..b' 12345 '$(id).example' "$(printf '%0300d' 0).example"; do
	run 2 whois -- "$bad"
	has_error 'is nothing to ask whois about'
done
run 2 whois
has_error 'whose domain'
run 2 whois example.com example.org
has_error 'one word too many'
for bad in '' 'a b' 'x:0' 'x:65536' 'whois://x.example' '[2001:db8::1' '-h' 'x.example/y'; do
	run 2 whois --server="$bad" example.com
	has_error '--server cannot be'
done
for bad in 0s 5 301s soon; do
	run 2 whois --timeout "$bad" example.com
	has_error '--timeout cannot be'
done
run 2 whois --json 'a b'
json 'o["type"] == "error" and o["id"] == "name-invalid"'
[ ! -e "$work/asked" ] || fail 'something was sent'
status=0
"$fopnp" whois example.com >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "status $status with a full disk"
