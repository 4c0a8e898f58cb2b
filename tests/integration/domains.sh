#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Orders of one domain each in fopnp.conf, end to end: forward and reverse, with the built-in
# sources and with glibc's own.
#
# Most names are in /etc/hosts as 192.0.2.N and in the DNS as 10.0.0.N: the address tells which of
# them was asked.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/mdns_lib.sh
. "$(dirname "$0")/mdns_lib.sh"

# conf: the whole fopnp.conf on standard input.
conf() {
	put /etc/fopnp.conf
}

# both NAME...: each in /etc/hosts and, with its own rule, in the DNS, forward and reverse.
both() {
	number=0
	{
		printf '127.0.0.1 localhost\n::1 localhost\n'
		for name in "$@"; do
			number=$((number + 1))
			echo "192.0.2.$number $name # $number"
		done
		cat <<-END
			10.1.2.3 ten-by-hosts.example ten
			10.1.9.9 ten-nine-by-hosts.example
			198.51.100.1 reverse-by-hosts.example
			2001:db8:2::1 six-by-hosts.example
			2001:db8:3::1 three-by-hosts.example
		END
	} | put /etc/hosts
	number=0
	{
		for name in "$@"; do
			number=$((number + 1))
			echo "=$name A 10.0.0.$number"
		done
		cat <<-END
			=only-dns.example A 10.0.1.1
			=only-dns.corp.example A 10.0.1.2
			=only-dns.deep.corp.example A 10.0.1.3
			=only-dns.local A 10.0.1.4
			=both.local A 10.0.1.5
			=3.2.1.10.in-addr.arpa PTR ptr=ten-by-dns.example
			=9.9.1.10.in-addr.arpa PTR ptr=ten-nine-by-dns.example
			=4.2.1.10.in-addr.arpa PTR ptr=ten-four-by-dns.example
			=1.100.51.198.in-addr.arpa PTR ptr=reverse-by-dns.example
			=3.100.51.198.in-addr.arpa PTR ptr=reverse-three-by-dns.example
			=1.$zeros.2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR ptr=six-by-dns.example
			=1.$zeros.3.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR ptr=three-by-dns.example
		END
	} >rules
}

zeros=0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0

start_dns_servers() {
	start_server dns python3 "$here/faulty_dns.py" "$scratch/dns_queries" 127.0.0.1 @rules
	wait_until 'faulty_dns.py' grep -qx ready dns_queries
	start_server other_dns python3 "$here/faulty_dns.py" "$scratch/other_queries" '127.0.0.9#5300' \
		'only-dns.example A 10.9.9.9' '* A 10.9.9.8'
	wait_until 'the other faulty_dns.py' grep -qx ready other_queries
}

# getent_hosts ADDRESS LINE
getent_hosts() {
	found=$(getent hosts "$1" | tr -s ' ')
	[ "$found" = "$2" ] || complain "getent hosts $1: '$found', not '$2'"
}

# ---- the built-in sources ----

test_built_in() {
	doing='orders of domains, built-in sources'
	conf <<-END
		# the general order stands in the middle, lines are not in the order of their lengths
		order .corp.example        fopnp:dns
		order .deep.corp.example   fopnp:hosts [NOTFOUND=return] fopnp:dns
		order .LOCAL               fopnp:mdns
		order .2.1.10.in-addr.arpa fopnp:dns fopnp:hosts
		order                      fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns
		order .10.in-addr.arpa     fopnp:hosts
		order                      fopnp:dns
		order .corp.example        fopnp:hosts
		order .2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa fopnp:dns
		order .Exact.Example.      fopnp:dns
	END
	lookups <<-END
		# the general order
		unspec www.example = 192.0.2.1 | order=/etc/fopnp.conf:6 fopnp:hosts=SUCCESS,file=/etc/hosts:3 fopnp:mdns=- fopnp:dns=-
		unspec only-dns.example = 10.0.1.1 | fopnp:hosts=NOTFOUND fopnp:mdns=UNAVAIL,skipped=not-local fopnp:dns=SUCCESS,server=127.0.0.1
		unspec nosuch.example = EAI_NONAME | order=/etc/fopnp.conf:6 fopnp:dns=NOTFOUND
		inet notcorp.example = 192.0.2.6 | order=/etc/fopnp.conf:6
		inet corp.example.org = 192.0.2.7 | order=/etc/fopnp.conf:6
		# equal to the domain, below it, any case, with a dot behind
		unspec corp.example = 10.0.0.2 | order=/etc/fopnp.conf:2 fopnp:dns=SUCCESS fopnp:hosts=-
		unspec www.corp.example = 10.0.0.3 | order=/etc/fopnp.conf:2
		inet WWW.Corp.EXAMPLE = 10.0.0.3 | order=/etc/fopnp.conf:2
		inet www.corp.example. = 10.0.0.3 | order=/etc/fopnp.conf:2
		byname www.corp.example = www.corp.example 10.0.0.3 | order=/etc/fopnp.conf:2
		canon a.b.c.corp.example = a.b.c.corp.example 10.0.0.8 | order=/etc/fopnp.conf:2
		unspec exact.example = 10.0.0.9 | order=/etc/fopnp.conf:11
		unspec EXACT.example. = 10.0.0.9 | order=/etc/fopnp.conf:11
		# the longest match
		unspec deep.corp.example = 192.0.2.4 | order=/etc/fopnp.conf:3 fopnp:hosts=SUCCESS fopnp:dns=-
		unspec www.deep.corp.example = 192.0.2.5 | order=/etc/fopnp.conf:3
		unspec only-dns.deep.corp.example = EAI_NONAME | order=/etc/fopnp.conf:3 fopnp:hosts=NOTFOUND fopnp:dns=-
		unspec only-dns.corp.example = 10.0.1.2 | order=/etc/fopnp.conf:2
		# the program's own name counts, not what the search list makes of it
		inet www = 10.0.0.3 | order=/etc/fopnp.conf:6 fopnp:hosts=NOTFOUND fopnp:dns=SUCCESS
		# one order for a top-level domain
		unspec both.local = 192.0.2.101 2001:db8:2::101 | order=/etc/fopnp.conf:4 fopnp:mdns=SUCCESS,via=multicast
		unspec Both.Local. = 192.0.2.101 2001:db8:2::101 | order=/etc/fopnp.conf:4
		unspec only-dns.local = EAI_NONAME | order=/etc/fopnp.conf:4 fopnp:mdns=NOTFOUND
		inet notlocal = 192.0.2.10 | order=/etc/fopnp.conf:6
		# reverse
		addr 10.1.2.3 = ten-by-dns.example | order=/etc/fopnp.conf:5 fopnp:dns=SUCCESS fopnp:hosts=-
		addr 10.1.2.4 = ten-four-by-dns.example | order=/etc/fopnp.conf:5
		addr 10.1.9.9 = ten-nine-by-hosts.example | order=/etc/fopnp.conf:7 fopnp:hosts=SUCCESS
		addr 10.1.9.8 = EAI_NONAME | order=/etc/fopnp.conf:7 fopnp:hosts=NOTFOUND
		addr 198.51.100.1 = reverse-by-hosts.example | order=/etc/fopnp.conf:6
		addr 198.51.100.3 = reverse-three-by-dns.example | order=/etc/fopnp.conf:6 fopnp:hosts=NOTFOUND fopnp:mdns=UNAVAIL fopnp:dns=SUCCESS
		addr 2001:db8:2::1 = six-by-dns.example | order=/etc/fopnp.conf:10
		addr 2001:db8:3::1 = three-by-hosts.example | order=/etc/fopnp.conf:6
		# no source is asked for a number
		unspec 10.1.2.3 = 10.1.2.3 | fopnp:hosts=-
	END
	getent_hosts 10.1.2.3 '10.1.2.3 ten-by-dns.example'
	getent_hosts 10.1.9.9 '10.1.9.9 ten-nine-by-hosts.example'
	getent_hosts 2001:db8:2::1 '2001:db8:2::1 six-by-dns.example'
	getent_hosts www.corp.example '10.0.0.3 www.corp.example'
	getent_hosts www.deep.corp.example '192.0.2.5 www.deep.corp.example'
	getent_hosts www.example '192.0.2.1 www.example'
}

# ---- glibc's own, alone and mixed with ours ----

test_mixed() {
	doing='orders of domains, sources of both kinds'
	conf <<-END
		order                      files dns
		order .corp.example        dns
		order .deep.corp.example   files [NOTFOUND=return] dns
		order .org                 fopnp:hosts dns
		order .local               files [NOTFOUND=continue] fopnp:mdns [NOTFOUND=return] dns
		order .10.in-addr.arpa     fopnp:hosts
		order .2.1.10.in-addr.arpa dns
		order .missing             nosuchmodule [UNAVAIL=return] files
	END
	lookups <<-END
		unspec www.example = 192.0.2.1 | order=/etc/fopnp.conf:1 files=SUCCESS dns=-
		unspec only-dns.example = 10.0.1.1 | order=/etc/fopnp.conf:1 files=NOTFOUND dns=SUCCESS
		unspec www.corp.example. = 10.0.0.3 | order=/etc/fopnp.conf:2 dns=SUCCESS files=-
		unspec only-dns.deep.corp.example = EAI_NONAME | order=/etc/fopnp.conf:3 files=NOTFOUND dns=-
		unspec www.Deep.corp.example = 192.0.2.5 | order=/etc/fopnp.conf:3 files=SUCCESS
		unspec corp.example.org = 192.0.2.7 | order=/etc/fopnp.conf:4 fopnp:hosts=SUCCESS
		unspec both.local = 192.0.2.101 2001:db8:2::101 | order=/etc/fopnp.conf:5 files=NOTFOUND fopnp:mdns=SUCCESS
		unspec only-dns.local = EAI_NONAME | order=/etc/fopnp.conf:5 fopnp:mdns=NOTFOUND dns=-
		unspec is.missing = ? | order=/etc/fopnp.conf:8 nosuchmodule=UNAVAIL,reason=not-loaded files=-
		addr 10.1.2.3 = ten-by-dns.example | order=/etc/fopnp.conf:7 dns=SUCCESS
		addr 10.1.9.9 = ten-nine-by-hosts.example | order=/etc/fopnp.conf:6 fopnp:hosts=SUCCESS
		addr 198.51.100.1 = reverse-by-hosts.example | order=/etc/fopnp.conf:1 files=SUCCESS
	END
	getent_hosts 10.1.2.3 '10.1.2.3 ten-by-dns.example'

	# With the fall-back behind the module nothing changes: it ran its order, which is the answer.
	doing='orders of domains, with a fall-back'
	fopnp_line files dns
	lookups <<-END
		unspec www.example = 192.0.2.1 | order=/etc/fopnp.conf:1
		unspec www.corp.example = 10.0.0.3 | order=/etc/fopnp.conf:2 files=-
		unspec only-dns.deep.corp.example = EAI_NONAME | order=/etc/fopnp.conf:3 dns=-
		addr 10.1.9.8 = EAI_NONAME | order=/etc/fopnp.conf:6
	END
	hosts_line fopnp
}

# No general order: names outside of the domains take the hosts line's own words.
test_rest_of_the_line() {
	doing='a domain in fopnp.conf, the rest on the hosts line'
	conf <<-END
		order .corp.example fopnp:hosts
	END
	fopnp_line dns files
	lookups <<-END
		unspec www.corp.example = 192.0.2.3 | order=/etc/fopnp.conf:1
		unspec www.example = 10.0.0.1 | order=/etc/nsswitch.conf:3 dns=SUCCESS
		addr 198.51.100.1 = reverse-by-dns.example | order=/etc/nsswitch.conf:3
	END
	hosts_line fopnp

	doing='FOPNP_ORDER before all files'
	export FOPNP_ORDER='fopnp:hosts'
	lookups <<-END
		unspec www.corp.example = 192.0.2.3 | fopnp:hosts=SUCCESS
		unspec only-dns.corp.example = EAI_NONAME | fopnp:hosts=NOTFOUND fopnp:dns=-
	END
	FOPNP_ORDER='fopnp:dns'
	lookups <<-END
		unspec www.corp.example = 10.0.0.3 | fopnp:dns=SUCCESS fopnp:hosts=-
	END
	unset FOPNP_ORDER
}

# `hosts: fopnp`, and no order at all.
test_default() {
	doing='hosts: fopnp alone'
	rm -f /etc/fopnp.conf
	lookups <<-END
		unspec www.example = 192.0.2.1 | fopnp:hosts=SUCCESS,file=/etc/hosts:3 fopnp:mdns=- fopnp:dns=-
		unspec www.corp.example = 192.0.2.3 | fopnp:hosts=SUCCESS
		unspec only-dns.example = 10.0.1.1 | fopnp:hosts=NOTFOUND fopnp:mdns=UNAVAIL fopnp:dns=SUCCESS
		inet www = 10.0.0.3 | fopnp:dns=SUCCESS
		unspec both.local = 192.0.2.101 2001:db8:2::101 | fopnp:hosts=NOTFOUND fopnp:mdns=SUCCESS fopnp:dns=-
		unspec only-dns.local = EAI_NONAME | fopnp:mdns=NOTFOUND fopnp:dns=- took=1.5..6
		unspec localhost = 127.0.0.1 ::1 | fopnp:hosts=SUCCESS
		byname localhost = localhost 127.0.0.1 127.0.0.1 / localhost 127.0.0.1
		addr 10.1.2.3 = ten-by-hosts.example | fopnp:hosts=SUCCESS
		addr 10.1.2.4 = ten-four-by-dns.example | fopnp:dns=SUCCESS
		addr 169.254.7.7 = linklocal4.local | fopnp:mdns=SUCCESS
		unspec nosuch.example = EAI_NONAME | fopnp:dns=NOTFOUND
	END
	getent_hosts 10.1.2.3 '10.1.2.3 ten-by-hosts.example ten'
	! grep -qF .local dns_queries || complain 'the DNS was asked for .local'
}

# Options are for all orders of the file.
test_options() {
	doing='options beside orders of domains'
	printf '192.0.2.50 more.corp.example\n192.0.2.51 www.example\n10.1.9.7 more-ten.example\n' |
		put /etc/hosts.more
	conf <<-END
		hosts-file /etc/hosts.more
		dns-servers 127.0.0.9:5300
		mdns-timeout 300ms
		order               fopnp:dns
		order .corp.example fopnp:hosts fopnp:dns
		order .local        fopnp:mdns [NOTFOUND=return] fopnp:dns
		order .10.in-addr.arpa fopnp:hosts
		order .system.example  dns
	END
	: >dns_queries
	lookups <<-END
		unspec only-dns.example = 10.9.9.9 | fopnp:dns=SUCCESS,server=127.0.0.9:5300
		unspec more.corp.example = 192.0.2.50 | fopnp:hosts=SUCCESS,file=/etc/hosts.more:1
		unspec www.corp.example = 192.0.2.3 | fopnp:hosts=SUCCESS
		inet only-dns.corp.example = 10.9.9.8 | fopnp:hosts=NOTFOUND fopnp:dns=SUCCESS
		unspec missing.local = EAI_NONAME | took=0.25..2 fopnp:mdns=NOTFOUND fopnp:dns=-
		addr 10.1.9.7 = more-ten.example | fopnp:hosts=SUCCESS
	END
	[ ! -s dns_queries ] || complain "the server of resolv.conf was asked: $(cat dns_queries)"
	lookups <<-END
		unspec www.system.example = 10.0.0.11 | order=/etc/fopnp.conf:8 dns=SUCCESS
	END
}

# `trace` tells the same, as an ordinary user.
test_trace() {
	doing='trace'
	conf <<-END
		order fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns
		order .corp.example fopnp:dns
		order .10.in-addr.arpa fopnp:hosts
	END
	traced 0 www.corp.example
	holds answered_by=fopnp:dns steps.#=1 steps.0.source=fopnp:dns \
		result.addresses.0.address=10.0.0.3
	traced 0 www.example
	holds answered_by=fopnp:hosts steps.#=3 steps.0.source=fopnp:hosts \
		steps.0.evidence.0.file=/etc/hosts steps.0.evidence.0.line=3 steps.2.reached=false \
		result.addresses.0.address=192.0.2.1
	traced 0 both.local
	holds answered_by=fopnp:mdns steps.0.status=NOTFOUND steps.1.status=SUCCESS \
		steps.2.reached=false
}

traced() {
	setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$BUILD/bin/fopnp" trace --json "$2" >json 2>errors
	status=$?
	[ "$status" -eq "$1" ] || complain "of $2: exit status $status: $(cat errors json)"
}

holds() {
	python3 "$here/json_expect.py" "$@" <json >difference 2>&1 || complain "$(cat difference)"
}

need_program python3 nsenter setpriv getent
need_built bin/fopnp lib/fopnp/dns.so
need_part avahi-daemon
enter "$@"
chmod 755 "$scratch"
hosts_line fopnp
printf 'nameserver 127.0.0.1\nsearch corp.example\noptions timeout:1 attempts:2\n' |
	put /etc/resolv.conf
start_far
add_link lan 2
start_responder lan <<-END
	192.0.2.101 both.local
	2001:db8:2::101 both.local
	169.254.7.7 linklocal4.local
END
both www.example corp.example www.corp.example deep.corp.example www.deep.corp.example \
	notcorp.example corp.example.org a.b.c.corp.example exact.example notlocal www.system.example
start_dns_servers
wait_until 'names at the far end' getent ahosts both.local
test_built_in
test_mixed
test_rest_of_the_line
test_default
test_options
test_trace
no_complaints && echo "each domain by its own order"
