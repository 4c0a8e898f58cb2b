#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp compare` against real name servers: entries of /etc/hosts that the DNS confirms, contradicts,
# does not know, or cannot be asked about; and `fopnp trace` of the same names tells the same story.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3
need_built bin/fopnp
need_part nsd unbound dnsmasq-base libnss-mdns avahi-daemon
enter "$@"

failures=0
complain() {
	failures=$((failures + 1))
	echo "FAILED: $*"
}

all_classes=same,differs,only-hosts,not-in-hosts,shadowed,duplicate,malformed,blocked,error

# compared STATUS ARGUMENT...: into the file json.
compared() {
	what="compare $*"
	wanted=$1
	shift
	"$BUILD/bin/fopnp" compare --json --class $all_classes "$@" >json 2>errors
	status=$?
	[ "$status" -eq "$wanted" ] ||
		complain "$what: exit status $status instead of $wanted: $(cat errors json)"
	tail -n 1 json | grep -qF '"type":"summary"' || complain "$what: no summary at its end"
}

# classed NAME CLASS PATH=VALUE...: so does the object of that name.
classed() {
	name=$1
	class=$2
	shift 2
	grep -F "\"type\":\"compare\"" json | grep -F "\"name\":\"$name\"," >one
	python3 "$here/json_expect.py" class="$class" "$@" <one >difference 2>&1 ||
		complain "$what: $name: $(cat difference)"
}

# traced NAME PATH=VALUE...
traced() {
	name=$1
	shift
	[ -s "trace_of_$name" ] || "$BUILD/bin/fopnp" trace --json "$name" >"trace_of_$name" 2>errors
	cp "trace_of_$name" trace
	python3 "$here/json_expect.py" "$@" <trace >difference 2>&1 || complain "trace of $name: $(cat difference)"
}

# noted ID: among the notes of the last trace.
noted() {
	grep -qF "\"id\":\"$1\"" trace || complain "no note $1 in the trace of $name: $(cat trace)"
}

# Every class that a server decides on.
check_classes() {
	put /etc/hosts <<-END
		127.0.0.1 localhost
		192.0.2.1 v4.corp.example v4
		192.0.2.99 several.corp.example
		192.0.2.2 both.corp.example
		10.0.0.1 hostsonly.corp.example
		0.0.0.0 ads.corp.example
		192.0.2.7 broken.example
		192.0.2.2 alias.corp.example
		192.0.2.4 outside.corp.example
	END
	compared 1
	classed localhost same
	classed v4.corp.example same answered_by=dns 'added=[]' 'missing=[]' \
		reverse.0.name=v4.corp.example reverse.0.agrees=true
	# A short name, by way of the search list.
	classed v4 same answer.addresses.0.address=192.0.2.1
	classed several.corp.example differs 'added=["192.0.2.99"]' hosts.0.place.line=3 \
		missing.#=4
	# Its IPv6 address is missing in hosts.
	classed both.corp.example differs 'added=[]' 'missing=["2001:db8::2"]'
	classed hostsonly.corp.example only-hosts answer.code=EAI_NONAME answered_by=null
	classed ads.corp.example blocked
	# SERVFAIL: nobody said no.
	classed broken.example error answer.code=EAI_AGAIN
	compared 1 nosuch.corp.example v6.corp.example
	classed v6.corp.example not-in-hosts answered_by=dns 'missing=["2001:db8::1"]'
}

# Nobody answers: errors, not one name that only hosts knows.
check_dead_server() {
	start_server silent python3 "$here/silent_dns.py" 127.0.0.7 log/asked
	wait_until 'the silent server' grep -q ready log/asked
	printf 'nameserver 127.0.0.7\noptions timeout:1 attempts:1\n' | put /etc/resolv.conf
	printf '127.0.0.1 localhost\n192.0.2.1 v4.corp.example\n10.0.0.1 hostsonly\n' | put /etc/hosts
	compared 3
	classed v4.corp.example error answer.code=EAI_AGAIN
	classed hostsonly error
	! grep -q '"class":"only-hosts"' json || complain "a dead server made a name one of hosts alone"
}

# The story: a wrong entry, a corporate domain in .local, a dead first name server.
check_story() {
	start_server local dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
		--listen-address=127.0.0.3 --bind-interfaces --server=127.0.0.2 --log-facility=- \
		--user=root --pid-file= --cache-size=0 --address=/intranet.local/192.0.2.40
	printf 'nameserver 127.0.0.7\nnameserver 127.0.0.3\noptions timeout:1 attempts:1\n' |
		put /etc/resolv.conf
	printf '127.0.0.1 localhost\n192.0.2.99 v4.corp.example\n192.0.2.41 intranet.local\n' |
		put /etc/hosts
	"$1" files mdns4_minimal '[NOTFOUND=return]' dns
	wait_until 'dnsmasq to know .local' dns_answers 127.0.0.3 intranet.local

	# avahi takes its five seconds for a name that it does not know: all at the same time.
	"$BUILD/bin/fopnp" trace --json intranet.local >trace_of_intranet.local &
	of_local=$!
	"$BUILD/bin/fopnp" compare --json --no-reverse --sources files,mdns4_minimal,dns \
		intranet.local >by_source 2>&1 &
	by_source=$!
	compared 1 --no-reverse
	classed v4.corp.example differs 'added=["192.0.2.99"]' 'missing=["192.0.2.1"]' answered_by=dns \
		id=hosts-differs
	traced v4.corp.example answered_by=files result.addresses.0.address=192.0.2.99 \
		steps.2.answer.addresses.0.address=192.0.2.1
	noted server-silent
	noted hosts-differs
	# avahi does not know it, and nobody asks the DNS, which has another address.
	classed intranet.local only-hosts answered_by=null
	wait "$of_local" "$by_source"
	grep -F '"against":"mdns4_minimal"' by_source >json
	classed intranet.local only-hosts
	grep -F '"against":"dns"' by_source >json
	classed intranet.local differs 'missing=["192.0.2.40"]'
	traced intranet.local answered_by=files result.addresses.0.address=192.0.2.41 \
		steps.2.answer.addresses.0.address=192.0.2.40
}

add_addresses
start_nsd 127.0.0.2
start_unbound 127.0.0.1 127.0.0.2
printf 'nameserver 127.0.0.1\nsearch corp.example\noptions timeout:1 attempts:1\n' | put /etc/resolv.conf
for line in hosts_line fopnp_line; do
	"$line" files dns
	check_classes
done
hosts_line files dns
check_dead_server
ip link add to_avahi type veth peer name far_end
ip link set far_end up
ip link set to_avahi up
ip addr add 192.0.2.129/25 dev to_avahi
start_avahi to_avahi
wait_until 'avahi to know its hosts' getent -s hosts:mdns4_minimal ahosts printer.local
check_story fopnp_line
[ "$failures" -eq 0 ] && echo "compared with real servers"
