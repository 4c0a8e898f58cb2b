#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the real systemd-resolved says over varlink in every situation that a person may be in, and
# what the command makes of it: state, origin, link, and the sentence for people.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/resolved_lib.sh
. "$(dirname "$0")/resolved_lib.sh"

need_program nsenter python3 setpriv
need_built tests/integration/ask_resolved
need_part systemd-resolved nsd
enter "$@"

ask=$BUILD/tests/integration/ask_resolved
cases=0

# is_said PATTERN ARGUMENT...: what ask_resolved ARGUMENT... prints, words included, matches.
is_said() {
	pattern=$1
	shift
	said=$("$ask" "$@" 2>&1 | tr '\n' ' ')
	cases=$((cases + 1))
	# shellcheck disable=SC2254 # a pattern is what it is
	case $said in
	$pattern) ;;
	*) return 1 ;;
	esac
}

expect() {
	is_said "$@" || {
		tail -n 5 log/resolved >&2
		shift
		fail "ask_resolved $*:
	said:     $said
	expected: $pattern"
	}
}

# Only its own servers, no resolv.conf's, and nothing on the links.
plain='LLMNR=no
MulticastDNS=no
FallbackDNS=
DNSSEC=no'

restart_resolved() {
	[ -z "${resolved_pid:-}" ] || stop_resolved
	start_resolved "$plain" "$@"
}

forget_links() {
	rm -f /run/systemd/netif/links/*
}

check_answers() {
	restart_resolved DNS=10.9.0.1
	expect '*: answered protocol=DNS canonical=v4.corp.example interface=eth1 network * namespace=same 192.0.2.1/eth1 *words: DNS over eth1, from the network, * ms*' v4.corp.example
	expect '*: answered protocol=DNS canonical=v4.corp.example interface=eth1 cache *words: DNS over eth1, from its cache, *' v4.corp.example
	expect '*canonical=both.corp.example * 192.0.2.2/eth1 *' alias.corp.example
	expect '*canonical=both.corp.example * 2001:db8::2/eth1 *' alias.corp.example
	expect '*: answered * 2001:db8::2/eth1 *' -6 both.corp.example
	expect '*canonical=v4.corp.example*' -x 192.0.2.1
	expect '*: answered * synthetic alive * 127.0.0.1/lo ::1/lo *synthesised by systemd-resolved itself*' localhost
	expect '*: answered * synthetic alive * 10.9.0.2/eth1 *' client.corp.example
	expect '*: answered * synthetic alive * 10.9.0.9/eth1 *' _gateway
	expect '*: answered * synthetic hosts alive * 192.0.2.50 *words: from /etc/hosts, which it reads itself*' inhosts
	expect '*canonical=inhosts synthetic hosts *' -x 192.0.2.50
	expect '*: answered * synthetic alive *' 192.0.2.1
	# Addresses: it leaves a scope id to link-local ones.
	expect '*fe80::7%*' -6 linklocal.corp.example
	echo "answers: network, cache, synthesised, /etc/hosts"
}

check_failures() {
	restart_resolved DNS=10.9.0.1
	[ "$("$ask" -c nosuch.corp.example)" = 'nosuch.corp.example: new' ] || fail "cached before it was asked"
	expect '*: failed error=io.systemd.Resolve.DNSError rcode=3 network *there is no such name (NXDOMAIN), *' nosuch.corp.example
	expect '*: failed error=io.systemd.Resolve.DNSError rcode=3 cache alive *(NXDOMAIN), says its cache, *' nosuch.corp.example
	[ "$("$ask" -c nosuch.corp.example)" = 'nosuch.corp.example: cached' ] || fail "not cached"
	expect '*.NoSuchResourceRecord network *the name exists, but has no address*' nodata.corp.example
	expect '*.NoSuchResourceRecord *no IPv4 address*' -4 v6.corp.example
	expect '*rcode=2 network *(SERVFAIL)*' broken.example
	expect '*rcode=5 *(REFUSED)*' outside.test
	expect '*rcode=3 synthetic alive *it says itself, asking nobody*' host.invalid
	expect '*.CNAMELoop *in a circle*' loop1.corp.example
	expect '*InvalidParameter *it does not take that as a host name*' bad..name
	echo "failures: NXDOMAIN, NODATA, SERVFAIL, REFUSED, loops, names that are none"
}

# The cache keeps the no that it got before the name was there.
check_outdated() {
	restart_resolved DNS=10.9.0.1
	expect '*rcode=3 network *' late.corp.example
	echo 'late A 192.0.2.60' >>zones/corp.zone
	kill -HUP "$nsd_pid"
	wait_until "the new name" dns_answers 10.9.0.1 late.corp.example
	expect '*rcode=3 cache alive outdated *, says its cache, but that is out of date*' late.corp.example
	expect '*: answered *192.0.2.60*' late.corp.example
	echo "a cached no that is out of date"
}

check_names() {
	restart_resolved DNS=10.9.0.1
	expect '*.NoNameServers single-label alive *no DNS server for a name of one label*has no search domain to add*' single
	# /etc/hosts names with an underscore are none to it.
	expect '*.NoNameServers single-label *' under_score
	expect '*.NoNameServers unserved-local *no link does mDNS*' printer.local
	restart_resolved DNS=10.9.0.1 ResolveUnicastSingleLabel=yes
	expect '*rcode=5 network alive *' single
	restart_resolved DNS=10.9.0.1 Domains=corp.example
	expect '*: answered * canonical=v4.corp.example *' v4
	expect '*.NoNameServers single-label *the dot at the end keeps search domains away*' v4.
	expect '*rcode=3 network alive *' nosuch
	echo "names of one label, .local"
}

check_servers() {
	restart_resolved DNS=
	expect '*.NoNameServers alive *it knows no DNS server at all*' v4.corp.example
	expect '*.NoNameServers alive *it knows no DNS server at all*' single
	ip route del default
	expect '*rcode=3 synthetic alive *it says itself, asking nobody*' _gateway
	ip route add default via 10.9.0.9
	restart_resolved DNS=127.0.0.9
	expect '*: failed error=io.systemd.System system_error=111 *refuses connections*' v4.corp.example
	restart_resolved DNS=10.9.0.77
	expect '*: failed error=io.systemd.System system_error=113 *cannot be reached*' -d 9000 v4.corp.example
	python3 "$here/silent_dns.py" 10.9.0.3 queries >log/silent 2>&1 &
	restart_resolved DNS=10.9.0.3
	expect '*: silent alive namespace=same *it still waited for its DNS servers after 7?? ms*' -d 800 v4.corp.example
	kill $!
	restart_resolved DNS=10.9.0.1 DNSSEC=yes
	expect '*.DNSSECValidationFailed detail=no-signature *DNSSEC does not verify, no-signature*' v4.corp.example
	echo "servers: none, closed, unreachable, silent, without DNSSEC"
}

check_routes() {
	resolved_link eth1 DNS=10.9.0.1 ROUTE_DOMAINS=corp.example LLMNR=no MDNS=no
	restart_resolved DNS=
	expect '*: answered *words: DNS over eth1, *; corp.example goes to eth1 (10.9.0.1)*' v4.corp.example
	expect '*.NoNameServers alive *none of its DNS servers is for this name*; no link takes it: eth1 (10.9.0.1) is for corp.example only*' broken.example
	resolved_link eth2 DNS=10.8.0.1 LLMNR=no MDNS=no
	wait_until "eth2's server" grep -q 10.8.0.1 /run/systemd/resolve/resolv.conf
	expect '*system_error=111 *; the name is below no link'"'"'s domain: such names go to eth2 (10.8.0.1)*' outside.test
	expect '*; corp.example goes to eth1 (10.9.0.1)*' v4.corp.example
	ip link set eth1 down
	expect '*; corp.example goes to eth1 (10.9.0.1), which is down*' v6.corp.example
	ip link set eth1 up
	forget_links
	# What resolved keeps itself, for links that networkd leaves alone.
	mkdir -p /run/systemd/resolve/netif
	printf 'LLMNR=no\nMDNS=no\nSERVERS=10.9.0.1\nDOMAINS=corp.example ~other.example\n' \
		>"/run/systemd/resolve/netif/$(ip -o link show dev eth1 | cut -d: -f1)"
	chown -R systemd-resolve /run/systemd/resolve/netif
	restart_resolved DNS=
	wait_until "eth1's server" "$ask" v4.corp.example
	expect '*: answered * corp.example goes to eth1 (10.9.0.1)*' v4.corp.example
	# Ordinary users may not read those: then nothing is claimed.
	chmod 700 /run/systemd/resolve/netif
	ask_as_nobody v4.corp.example | grep -q 'goes to' && fail "a route from files that cannot be read"
	rm -rf /run/systemd/resolve/netif
	echo "routes: a link's own domain, the default, a link that is down"
}

ask_as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$ask" "$@"
}

check_multicast() {
	resolved_link eth1 DNS=10.9.0.1 LLMNR=yes MDNS=yes
	stop_resolved
	start_resolved DNS= FallbackDNS= LLMNR=yes MulticastDNS=yes DNSSEC=no
	sleep 1 # its probes for its own name come first
	expect '*rcode=3 network single-label alive *nobody answered by LLMNR; it asks no DNS server*' -d 8000 single
	expect '*: silent alive *it still waited for somebody to answer by mDNS after*' -d 1000 nosuch.local
	expect '*.MaxAttemptsReached alive *nobody answered to the name by mDNS*' -d 12000 nosuch.local
	# For one family it may say NoNameServers after all that time.
	expect '*: failed *nobody answered to the name by mDNS*' -d 12000 -4 nosuch.local
	expect '*: answered * synthetic *' client.local
	forget_links
	echo "LLMNR and mDNS without an answer"
}

# Another host on the link: the names that only multicast knows.  It takes either side a few
# seconds and sometimes a second question.
check_neighbour() {
	start_neighbour peer1 printer 10.9.0.7/24
	resolved_link eth1 LLMNR=yes MDNS=yes
	start_resolved DNS= FallbackDNS= LLMNR=yes MulticastDNS=yes DNSSEC=no
	wait_until "an answer by LLMNR" is_said '*: answered protocol=LLMNR/IPv? canonical=printer interface=eth1 *words: LLMNR/IPv? over eth1, from *' printer
	wait_until "an answer by mDNS" is_said '*: answered protocol=mDNS/IPv4 canonical=printer.local interface=eth1 *10.9.0.7/eth1 *words: mDNS/IPv4 over eth1, from *' -4 printer.local
	wait_until "a name by mDNS" is_said '*: answered protocol=?*/IPv4 canonical=printer* interface=eth1 *' -x 10.9.0.7
	forget_links
	echo "LLMNR and mDNS from another host"
}

check_namespace() {
	restart_resolved DNS=10.9.0.1
	ask_as_nobody v4.corp.example | grep -q 'namespace=same' || fail "namespace as an ordinary user"
	said=$(unshare -n "$ask" v4.corp.example)
	case $said in
	*interface=*) fail "a link of another namespace is named: $said" ;;
	*answered*namespace=other*'it lives in another network namespace'*) ;;
	*) fail "in another network namespace: $said" ;;
	esac
	said=$(unshare -n setpriv --reuid 65534 --clear-groups "$ask" v4.corp.example)
	case $said in
	*namespace=other*) ;;
	*) fail "in another network namespace as an ordinary user: $said" ;;
	esac
	# A process id that cannot be seen changes nothing.
	said=$(unshare -n -p -f --mount-proc "$ask" v4.corp.example)
	case $said in
	*namespace=other*) ;;
	*) fail "in other network and pid namespaces: $said" ;;
	esac
	said=$(unshare -p -f --mount-proc "$ask" v4.corp.example)
	case $said in
	*namespace=same*) ;;
	*) fail "in another pid namespace: $said" ;;
	esac
	echo "network namespaces, seen by anybody"
}

# The same answers as programs get by nss-resolve, and the environment that it obeys.
check_environment() {
	restart_resolved DNS=10.9.0.1
	SYSTEMD_NSS_RESOLVE_NETWORK=0 expect '*.NoSource *SYSTEMD_NSS_RESOLVE_NETWORK*' several.corp.example
	SYSTEMD_NSS_RESOLVE_SYNTHESIZE=no expect '*.NoNameServers*' localhost
	echo "nss-resolve's environment"
}

check_daemon() {
	restart_resolved DNS=10.9.0.1
	"$ask" -n 400 v4.corp.example | tail -n 1
	kill -STOP "$resolved_pid"
	expect '*: silent namespace=same *it takes no questions*' -d 500 v4.corp.example
	kill -CONT "$resolved_pid"
	wait_until "resolved again" sh -c "'$ask' v4.corp.example | grep -q answered"
	chmod 600 /run/systemd/resolve/io.systemd.Resolve
	said=$(ask_as_nobody v4.corp.example)
	case $said in
	*': denied errno=13 '*'its socket is closed to this process'*) ;;
	*) fail "without permission: $said" ;;
	esac
	kill -KILL "$resolved_pid"
	wait "$resolved_pid" 2>/dev/null
	expect '*: absent errno=111 *it does not run any more*' v4.corp.example
	rm -f /run/systemd/resolve/io.systemd.Resolve
	expect '*: absent errno=2 *it does not run, or its socket is hidden*' v4.corp.example
	echo "frozen, forbidden, killed, never started"
}

for link in 1:9 2:8; do
	ip link add "eth${link%:*}" type veth peer name "peer${link%:*}" || skip "no veth here"
	ip link set "eth${link%:*}" up
	ip link set "peer${link%:*}" up
	for host in 1 2 3; do
		ip addr add "10.${link#*:}.0.$host/24" dev "eth${link%:*}"
	done
done
ip route add default via 10.9.0.9
printf '127.0.0.1 localhost\n192.0.2.50 inhosts\n192.0.2.51 under_score\n' | put /etc/hosts
start_nsd 10.9.0.1
nsd_pid=$server_pid

check_answers
check_failures
check_outdated
check_names
check_servers
check_routes
check_multicast
check_namespace
check_environment
check_daemon
check_neighbour
echo "$cases questions to the real systemd-resolved"
