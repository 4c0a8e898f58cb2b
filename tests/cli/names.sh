#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# service, protocol and hostname, compared with what Python's socket module gets.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
cat >"$etc/services" <<-'END'
	# ports
	http		80/tcp		www	# the web
	domain		53/tcp
	domain		53/udp
	late		80/tcp
	only-udp	4000/udp	u1 u2
	odd		70000/tcp
END
printf 'ip 0 IP\n# comment\ntcp\t6\tTCP\nipv6-icmp 58 IPv6-ICMP\n' >"$etc/protocols"
printf 'services: nosuchsource files\nprotocols: files\nhosts: files\n' >"$etc/nsswitch.conf"

run 0 service http
matches '^  http    80  tcp       www      files /etc/services:2$'
run 0 service --json www
json 'o["entries"] == [{"name": "http", "port": 80, "protocol": "tcp", "aliases": ["www"], "source": "files", "place": {"file": "/etc/services", "line": 2, "text": "http\t\t80/tcp\t\twww\t# the web"}}]'
run 0 service --json 53
json '[(e["protocol"], e["place"]["line"]) for e in o["entries"]] == [("tcp", 3), ("udp", 4)]'
run 0 service --json 80/tcp
json 'o["entries"][0]["name"] == "http"'
run 0 service --json u2
json 'o["entries"][0]["name"] == "only-udp" and o["entries"][0]["aliases"] == ["u1", "u2"]'
run 1 service only-udp/tcp
has 'only-udp/tcp: no source knows such a service'
run 1 service --json HTTP
json 'o["entries"] == []'
run 1 service --json http nosuch
json 'o["counts"] == {"arguments": 2, "found": 1}' 'o["exit_status"] == 1'
for wrong in 65536 '' 'http/' "$(printf '%0200d' 0)x" 'http/aprotocolthatistoolong'; do
	run 2 service "$wrong"
done
run 2 service
has_error 'usage: fopnp service '
run 1 service "$(printf 'a\033[31mb')"
has 'a\x1b[31mb: no source'
python3 - >"$work/python" <<'EOF'
import socket
for name, proto in (("http", "tcp"), ("www", "tcp"), ("domain", "udp"), ("only-udp", "udp"), ("late", "tcp")):
    print(name, proto, socket.getservbyname(name, proto))
EOF
while read -r name protocol port; do
	run 0 service --json "$name/$protocol"
	json "o['entries'][0]['port'] == $port"
done <"$work/python"

run 0 protocol tcp 58 0
matches '^  tcp        6  TCP      files /etc/protocols:3$'
matches '^  ipv6-icmp  *58  IPv6-ICMP  files /etc/protocols:4$'
matches '^  ip  *0  IP  *files /etc/protocols:1$'
run 0 protocol --json TCP
json 'o["entries"][0]["number"] == 6 and o["entries"][0]["source"] == "files"'
run 1 protocol --json 200
json 'o["entries"] == []'
run 2 protocol ''
run 2 protocol

# Without a line of its own a database is read from files.
printf 'hosts: files\n' >"$etc/nsswitch.conf"
run 0 service --json http
json 'o["entries"][0]["source"] == "files"'

# The machine's own name, as Python sees it.
own() {
	# shellcheck disable=SC2016 # for the shell in there
	unshare -u sh -c 'hostname "$1" && shift && "$@"' sh "$host" "$@"
}
for case in 'client 127.0.1.1 client.corp.example client' 'client 192.0.2.5 client' \
	'client.corp.example 192.0.2.5 client client.corp.example' 'client 192.0.2.5 other'; do
	host=${case%% *}
	echo "${case#* }" >"$etc/hosts"
	status=0
	own "$fopnp" hostname --json >"$work/out" 2>"$work/err" || status=$?
	expected=$(own python3 -c 'import socket; print(socket.getfqdn())')
	json "o['name'] == '$host'" "o['python_fqdn'] == '$expected'"
	if full=$(own python3 -c 'import socket
print(socket.getaddrinfo(socket.gethostname(), None, flags=socket.AI_CANONNAME)[0][3])' 2>/dev/null); then
		json "o['full_name'] == '$full'" 'o["full"]["place"]["line"] == 1' "$status == 0"
		address=$(own python3 -c 'import socket; print(socket.gethostbyname(socket.getfqdn()))')
		json "o['address']['answer']['addresses'][0]['address'] == '$address'"
	else
		json 'o["full_name"] is None and "own-name-unknown" in notes and o["backward"] is None' \
			"$status == 1"
	fi
done
# A name that nobody knows, for people; the longest that Linux takes.
host=client
status=0
own "$fopnp" hostname >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "status $status for a name that is not known"
matches '^  full name (AI_CANONNAME)  EAI_NONAME (-2): '
has "no source knows this machine's own name"
fits 100
host=$(printf 'a%063d' 7)
echo "192.0.2.5 $host" >"$etc/hosts"
own "$fopnp" hostname --json >"$work/out" || fail "a name of 64 characters"
json "o['name'] == '$host' and o['full_name'] == '$host'"
echo '127.0.1.1 client.corp.example client' >"$etc/hosts"
host=client
own "$fopnp" hostname >"$work/out" || fail "hostname"
has 'client.corp.example'
matches '^  full name (AI_CANONNAME)  *client\.corp\.example  *files, /etc/hosts:1 '
has 'gethostbyname(getfqdn()) is a loopback address'
fits 100
run 2 hostname other
has_error "about this machine's name"
