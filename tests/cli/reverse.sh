#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Names of addresses from hosts files and sources built for it, and back again.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
# getaddrinfo leaves a family out (AI_ADDRCONFIG) of which no interface has an address.
ip addr add 192.0.2.77/32 dev lo
ip -6 addr add 2001:db8::77/128 dev lo nodad 2>/dev/null || skip "no IPv6 here"
cat >>"$etc/hosts" <<-'END'
	192.0.2.20 wrong.example right.example
	192.0.2.21 wrong.example
	192.0.2.22 10.0.0.1
	fe80::5 linklocal.example
	192.0.2.30 www.example.com
	192.0.2.31 host31.example.com
	192.0.2.31 www.example.org
END
hosts_line 'files'

run 0 reverse 192.0.2.7
has '192.0.2.7 -> printer.example'
has 'answered by files, /etc/hosts:2 in '
has 'arpa   7.2.0.192.in-addr.arpa'
matches '^  files /etc/hosts:2  printer\.example .* leads back, by files, /etc/hosts:2$'
matches '^                      printer  .* leads back, by files, /etc/hosts:2$'
fits 100
run 0 reverse --json 192.0.2.7
json 'o["request"] is None and o["answer"] is None and o["given"] == "192.0.2.7"' \
	'o["addresses"][0]["sources"][0]["names"] == ["printer.example", "printer"]' \
	'[n["leads_back"] for n in o["addresses"][0]["names"]] == [True, True]' \
	'o["addresses"][0]["names"][0]["relation"] is None' \
	'o["addresses"][0]["sources"][0]["evidence"][0]["line"] == 2' \
	'o["addresses"][0]["answered_by"] == "files" and o["addresses"][0]["notes"] == []'

# The first line of a name wins when it is asked for: without multi the second does not lead back.
printf 'multi off\n' >"$etc/host.conf"
run 1 reverse 192.0.2.21
has 'elsewhere: 192.0.2.20, by files, /etc/hosts:4'
has 'wrong.example does not lead back to this address'
printf 'multi on\n' >"$etc/host.conf"
run 0 reverse 192.0.2.21
run 1 reverse --json 192.0.2.22
json 'o["addresses"][0]["notes"][0]["id"] == "name-is-address"' \
	'not o["addresses"][0]["names"][0]["leads_back"]'

# IPv6, with an interface and without; IPv4 in IPv6's form.
run 0 reverse 2001:db8::7
has '.8.b.d.0.1.0.0.2.ip6.arpa'
run 0 reverse --json fe80::5%lo
json 'o["addresses"][0]["address"]["scope"] == 1' \
	'o["addresses"][0]["answer"]["canonical_name"] == "linklocal.example"' \
	'o["addresses"][0]["notes"][0]["id"] == "address-link-local"'
status=0
"$fopnp" reverse --json ::ffff:192.0.2.7 >"$work/out" || status=$?
[ "$status" -le 1 ] || fail "status $status for a mapped address"
json 'o["addresses"][0]["arpa_name"] == "7.2.0.192.in-addr.arpa"' \
	'o["addresses"][0]["notes"][0]["id"] == "address-mapped"'

# A host name: its addresses first, and how their names stand to it.
run 0 reverse printer.example
matches '^printer\.example -> .*192\.0\.2\.7'
has '; the very name'
run 0 reverse --json www.example.com
json 'o["answered_by"] == "files" and o["addresses"][0]["names"][0]["relation"] == "same"'
run 0 reverse www.example.org
has '192.0.2.31 -> host31.example.com'
has '; of another'
run 0 reverse --json www.example.org
json 'o["addresses"][0]["names"][0]["relation"] == "other"'
run 0 reverse -4 --json printer.example
json '[a["address"]["address"] for a in o["addresses"]] == ["192.0.2.7"]'

# A source that does not exist is named as such.
hosts_line 'files nosuchmodule'
run 0 reverse --json 192.0.2.7
json '[s["source"] for s in o["addresses"][0]["sources"]] == ["files", "nosuchmodule"]' \
	'o["addresses"][0]["sources"][1]["reason"] == "not-loaded"'
run 0 reverse 192.0.2.7
matches '^  nosuchmodule  *module cannot be loaded$'

# Not found, failed for now, several, nonsense.
hosts_line 'files'
run 1 reverse 192.0.2.200
has '192.0.2.200: not found'
run 1 reverse nosuch.example
has 'nosuch.example: not found'
hosts_line 'dns'
run 3 reverse --timeout 5s 192.0.2.200
has '192.0.2.200: no answer'
hosts_line 'files'
run 1 reverse --json 192.0.2.7 192.0.2.200
json 'o["type"] == "summary" and o["exit_status"] == 1' \
	'o["counts"] == {"arguments": 2, "confirmed": 1, "not_confirmed": 1, "failed": 0}'
run 2 reverse
has_error 'which address?'
run 2 reverse --timeout never 192.0.2.1
run 1 reverse "$(printf 'a\033[31mb')"
has 'a\x1b[31mb: not found'
COLUMNS=60 run 0 reverse 192.0.2.7
fits 60

# An address in the form of inet_aton(3) is no name that others could stand to.
run 0 reverse 127.1
has 'already an address: no source was asked'
has_not 'of another domain'
run 0 reverse --json 127.1
json 'o["answered_by"] == "numeric" and o["addresses"][0]["names"][0]["relation"] is None'
