# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# A small Internet for the tests of dns, walk, mx, connect, reverse: real name servers (nsd) from
# the root down, a resolver (unbound), and servers that misbehave.  Read after lib.sh:
#
#	. "$(dirname "$0")/lib.sh"
#	. "$(dirname "$0")/lab.sh"
#	need_lab
#	enter "$@"
#	start_lab
#
# Addresses, all on lo:
#   198.41.0.4 ...             all 13 root servers where they really are, IPv4 and IPv6: "." and
#                              root-servers.net; hints, compiled in or installed, find them
#   192.5.6.30 192.33.14.30    [ab].gtld-servers.net, IPv6 too: com, net, org
#   203.0.113.10 .11           [ab].nic.example, 2001:db8:10::10, ::11: example, test, same.test,
#                              arpa, in-addr.arpa, ip6.arpa, xn--fiqs8s (中国)
#   198.51.100.1 .2            ns1, ns2 of example.com and others; 2001:db8:1::1 ::2 ::6: the zones
#                              of lab_leaf_zones
#   198.51.100.3 .4            ns1, ns2.hoster.net; 2001:db8:1::3: hoster.net, glueless.com,
#                              lower.deep.example; SERVFAIL for broken, servfail.example,
#                              113.0.203.in-addr.arpa; REFUSED for all else: the lame server
#   198.51.100.91              nobody listens (connection refused)
#   198.51.100.92              silent: packets vanish, UDP and TCP
#   198.51.100.93              no route to host
#   198.51.100.94              faulty_dns.py with lab/faulty.rules; its log is faulty.log
#   127.0.0.1                  unbound, the resolver of /etc/resolv.conf: asks from the root above
#                              down, has EDE, answers without RD from its cache, says SERVFAIL
#                              after 1.5 s of silence
#   192.0.2.80 2001:db8::80    www.example.com; free to listen on, as are 192.0.2.25 to .29 and
#                              2001:db8::25 ::26 (mail), .81 to .88 and ::81 ::83 ::88
#   192.0.2.250 2001:db8::250  silent; 192.0.2.251 2001:db8::251: no route to host;
#                              192.0.2.252 2001:db8::252: network unreachable
#   192.0.2.200 2001:db8::200  the machine's own
#
# Names, in lab/*.zone with comments:
#   example.com                addresses of one and of both families, several, dead ones; aliases
#                              over three zones (hop1), loops (loop1, self), dangling ones; chain1
#                              to chain40 to www; empty.example.com (an empty non-terminal)
#   example.zone               the delegations: plain, lame, halflame, servfail, dead, halfdead,
#                              silent, halfsilent, unreachable, noglue, cyclea and cycleb, nons,
#                              cnamens, addressless, wrongglue, mismatch, v6only, deep and
#                              lower.deep, and those to 198.51.100.94: upward, selfref, sideways,
#                              truncated, tctrap, garbage, wrongid, wrongq, slow, nosoa, formerr,
#                              notimp, noaa.  www.X.example is 192.0.2.80
#   glueless.com example.org   servers in other TLDs, without glue
#   broken lametld deadtld silenttld  TLDs whose servers fail: SERVFAIL, REFUSED, dead, silent
#   same.test                  parent and child on one server
#   xn--dlq917e1ik.xn--fiqs8s  五粮液.中国; faß.example and fass.example are two zones
#   types.example              every record type that fopnp has words for, odd bytes in names and
#                              data; large, by TCP alone: big (TXT of 6,000 bytes), many (200 A)
#   rare.example               types that dig knows as well
#   wild.example old.example   a wildcard; a DNAME to plain.example
#   signed.example             signed, bogus.example wrongly: unbound validates (AD; EDE 6)
#   mail.example               one domain a case of `mx`
#   2.0.192.in-addr.arpa 100.51.198.in-addr.arpa 8.b.d.0.1.0.0.2.ip6.arpa  names of addresses

lab_root_addresses='198.41.0.4 170.247.170.2 199.9.14.201 192.33.4.12 199.7.91.13 192.203.230.10
	192.5.5.241 192.112.36.4 198.97.190.53 192.36.148.17 192.58.128.30 193.0.14.129 199.7.83.42
	202.12.27.33 2001:503:ba3e::2:30 2801:1b8:10::b 2001:500:200::b 2001:500:2::c 2001:500:2d::d
	2001:500:a8::e 2001:500:2f::f 2001:500:12::d0d 2001:500:1::53 2001:7fe::53 2001:503:c27::2:30
	2001:7fd::1 2001:500:9f::42 2001:dc3::35'
lab_gtld_addresses='192.5.6.30 192.33.14.30 2001:503:a83e::2:30 2001:503:231d::2:30'
lab_nic_addresses='203.0.113.10 203.0.113.11 2001:db8:10::10 2001:db8:10::11'
lab_leaf_addresses='198.51.100.1 198.51.100.2 2001:db8:1::1 2001:db8:1::2 2001:db8:1::6'
lab_hoster_addresses='198.51.100.3 198.51.100.4 2001:db8:1::3'
lab_idn=xn--dlq917e1ik.xn--fiqs8s

need_lab() {
	need_program python3 ip
	need_part nsd unbound
}

# start_lab: everything that is listed above, and unbound answers.
start_lab() {
	add_addresses
	lab_addresses
	lab_zones
	lab_nsd root "$lab_root_addresses" .:root root-servers.net
	lab_nsd gtld "$lab_gtld_addresses" com net org gtld-servers.net
	lab_nsd nic "$lab_nic_addresses" example nic.example test same.test:plain arpa \
		in-addr.arpa ip6.arpa xn--fiqs8s
	# shellcheck disable=SC2046 # one word a zone
	lab_nsd leaf "$lab_leaf_addresses" $(lab_leaf_zones)
	lab_nsd hoster "$lab_hoster_addresses" hoster.net glueless.com lower.deep.example \
		broken:there-is-none servfail.example:there-is-none \
		113.0.203.in-addr.arpa:there-is-none
	start_server faulty python3 "$here/faulty_dns.py" faulty.log 198.51.100.94 \
		"@$here/lab/faulty.rules"
	# A server that is not there yet would be a dead one to unbound, which goes on for a while.
	wait_until 'the root' dns_answers 198.41.0.4 a.root-servers.net
	wait_until 'com' dns_answers 192.5.6.30 a.gtld-servers.net
	wait_until 'example' dns_answers 203.0.113.10 a.nic.example
	wait_until 'example.com' dns_answers 198.51.100.1 www.example.com
	wait_until 'hoster.net' dns_answers 198.51.100.3 www.hoster.net
	wait_until '198.51.100.94' grep -q ready faulty.log
	lab_unbound
	wait_until 'unbound' getent -s hosts:dns ahosts www.example.com
}

# Zones of the leaf server: NAME, or NAME:FILE where the file has another name.
lab_leaf_zones() {
	echo example.com example.net example.org "$lab_idn" types.example rare.example wild.example \
		old.example mail.example signed.example bogus.example \
		2.0.192.in-addr.arpa:reverse4 100.51.198.in-addr.arpa:reverse4-198 \
		8.b.d.0.1.0.0.2.ip6.arpa:reverse6
	for name in plain deep halflame halfdead halfsilent v6only noglue cyclea cycleb nons cnamens \
		addressless wrongglue mismatch xn--fa-hia fass; do
		echo "$name.example:plain"
	done
}

lab_addresses() {
	for address in $lab_root_addresses $lab_gtld_addresses $lab_nic_addresses \
		$lab_leaf_addresses $lab_hoster_addresses 198.51.100.91 198.51.100.94 \
		192.0.2.25 192.0.2.26 192.0.2.27 192.0.2.28 192.0.2.29 192.0.2.80 192.0.2.81 192.0.2.82 \
		192.0.2.83 192.0.2.84 192.0.2.85 192.0.2.86 192.0.2.87 192.0.2.88 2001:db8::25 \
		2001:db8::26 2001:db8::80 2001:db8::81 2001:db8::83 2001:db8::88; do
		case $address in
		*:*) echo "address add $address/128 dev lo nodad" ;;
		*) echo "address add $address/32 dev lo" ;;
		esac
	done >addresses
	# Without ARP whatever goes into the one end vanishes behind the other.
	cat >>addresses <<-END
		link add hole type veth peer name hole-end
		link set hole arp off up
		link set hole-end arp off up
		route add 198.51.100.92/32 dev hole src 192.0.2.200
		route add 192.0.2.250/32 dev hole src 192.0.2.200
		route add 2001:db8::250/128 dev hole src 2001:db8::200
		route add unreachable 198.51.100.93/32
		route add unreachable 192.0.2.251/32
		route add unreachable 2001:db8::251/128
	END
	ip -batch addresses || skip 'cannot lay the addresses of the lab'
}

lab_zones() {
	cp "$here"/lab/*.zone zones/
	for i in $(seq 1 39); do
		echo "chain$i CNAME chain$((i + 1))"
	done >>zones/example.com.zone
	echo 'chain40 CNAME www' >>zones/example.com.zone
	for i in $(seq 1 200); do
		echo "many A 198.18.0.$i"
		[ "$i" -gt 30 ] || printf 'big TXT "%03d%0197d"\n' "$i" 0
	done >>zones/types.example.zone
}

# lab_nsd NAME ADDRESSES ZONE[:FILE]...: an nsd of its own, authoritative for these zones.
lab_nsd() {
	name=$1
	addresses=$2
	shift 2
	mkdir "nsd-$name"
	{
		printf 'server:\n\tusername: ""\n\tchroot: ""\n\tzonesdir: "%s"\n' "$scratch/zones"
		printf '\tdatabase: ""\n\tpidfile: ""\n\txfrdfile: ""\n\txfrdir: "%s"\n' "$scratch/nsd-$name"
		printf '\tserver-count: 1\n\tround-robin: no\n\tzonelistfile: ""\n'
		printf '\trrl-ratelimit: 0\n\tminimal-responses: no\n'
		for address in $addresses; do
			printf '\tip-address: %s\n' "$address"
		done
		printf 'remote-control:\n\tcontrol-enable: no\n'
		for zone in "$@"; do
			nsd_zone "${zone%%:*}" "${zone#*:}.zone"
		done
	} >"nsd-$name.conf"
	start_server "nsd-$name" nsd -d -c "$scratch/nsd-$name.conf"
}

# Silent servers are given up after 1.5 seconds and are dead for one, so that what comes late on a
# busy machine does not decide about the rest of a test.  With limits of 1,000 ms and more it would be
# over 8 seconds.
lab_unbound() {
	cat >unbound.conf <<-END
		server:
			interface: 127.0.0.1
			username: ""
			chroot: ""
			pidfile: ""
			directory: "$scratch"
			use-syslog: no
			do-daemonize: no
			root-hints: "$here/lab/root.hints"
			module-config: "validator iterator"
			trust-anchor-file: "$here/lab/trust-anchors"
			ede: yes
			val-log-level: 1
			do-not-query-localhost: no
			rrset-roundrobin: no
			unknown-server-time-limit: 750
			infra-cache-max-rtt: 990
			infra-host-ttl: 1
			infra-keep-probing: yes
			access-control: 127.0.0.0/8 allow_snoop
			minimal-responses: no
			num-threads: 1
			local-zone: "test." nodefault
			local-zone: "2.0.192.in-addr.arpa." nodefault
			local-zone: "100.51.198.in-addr.arpa." nodefault
			local-zone: "113.0.203.in-addr.arpa." nodefault
			local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." nodefault
		remote-control:
			control-enable: no
	END
	start_server unbound unbound -d -c "$scratch/unbound.conf"
}
