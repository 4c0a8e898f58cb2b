# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # shell text in names; variables of mdns.sh
# Forged packets on the link, beside the honest responder and without one.

start_far
add_link lan 2
: >table
: >far_hosts
i=0
# NAME WORDS...: what it answers.  Alone it is not believed; beside avahi, which is faster, and in
# front of an honest responder that takes its time, the right answer comes.
while read -r name words; do
	i=$((i + 1))
	cat >>far_hosts <<-END
		192.0.2.1$i $name.local
		2001:db8:2::1$i $name.local
	END
	case $name in
	*src) came= ;; # the kernel itself drops those
	no-*) came=,!heard=0 ;;
	*) came=,!ignored=0 ;;
	esac
	cat >>table <<-END
		unspec $name.local = 192.0.2.1$i 2001:db8:2::1$i | took=0..4 fopnp:mdns=SUCCESS
		inet $name-first.local = 203.0.113.1 | took=0..4 fopnp:mdns=SUCCESS$came
		unspec $name-alone.local = EAI_NONAME / EAI_NODATA | took=0..4 fopnp:mdns=NOTFOUND$came
	END
	printf '%s.local %s\n%s-first.local %s\n%s-alone.local %s\n' \
		"$name" "$words" "$name" "$words" "$name" "$words"
	echo "$name-first.local delay=300 203.0.113.1"
done >rules <<-END
	wrongid id=4660 203.0.113.66 2001:db8:bad::66
	zeroid id=0 203.0.113.66 2001:db8:bad::66
	wrongport port=5354 203.0.113.66 2001:db8:bad::66
	dnsport port=53 203.0.113.66 2001:db8:bad::66
	hops1 hops=1 203.0.113.66 2001:db8:bad::66
	hops254 hops=254 203.0.113.66 2001:db8:bad::66
	hops64 hops=64 203.0.113.66 2001:db8:bad::66
	hops128 hops=128 203.0.113.66 2001:db8:bad::66
	offlink4 only4 src=198.51.100.66 203.0.113.66 2001:db8:bad::66
	offlinkhops6 only6 hops=64 src=2001:db8:ffff::66 203.0.113.66 2001:db8:bad::66
	anysrc only6 src=:: 203.0.113.66 2001:db8:bad::66
	loopsrc only4 src=127.0.0.1 203.0.113.66 2001:db8:bad::66
	groupsrc only4 src=224.0.0.251 203.0.113.66 2001:db8:bad::66
	owner owner=other.local 203.0.113.66 2001:db8:bad::66
	ownerbelow owner=www.owner.local 203.0.113.66 2001:db8:bad::66
	klass class=3 203.0.113.66 2001:db8:bad::66
	isquery qr=0 203.0.113.66 2001:db8:bad::66
	rcode3 rcode=3 203.0.113.66 2001:db8:bad::66
	no-loopback 127.0.0.1 ::1
	no-group 224.0.0.251 ff02::fb
	no-any 0.0.0.0 ::
	no-broadcast 255.255.255.255 ff0e::1
	no-mapped ::ffff:127.0.0.1
	size0 size=0
	size1 size=1
	size11 size=11
	size12 size=12
	size9000 size=9000
	cut cut=40 203.0.113.66 2001:db8:bad::66
	loop loop 203.0.113.66 2001:db8:bad::66
	forward forward 203.0.113.66 2001:db8:bad::66
	records records=5000
END
start_responder lan <far_hosts
set --
while read -r rule; do
	set -- "$@" "$rule"
done <rules
listen_to lan "$@" 'control.local 203.0.113.66 2001:db8:bad::66' \
	'flush.local flush 203.0.113.66' 'slow.local delay=700 203.0.113.66' \
	'twice.local 203.0.113.66' 'twice.local 203.0.113.67' \
	'nsec.local nsec 203.0.113.66' 'denied.local nsec' \
	'other6.local only6 src=2001:db8:ffff::66 203.0.113.66 2001:db8:bad::66' \
	'linklocal4.local only4 src=169.254.6.6 203.0.113.66 2001:db8:bad::66' \
	'scope.local fe80::66' 'toobig.local records=1000 203.0.113.66' \
	'9.9.254.169.in-addr.arpa ptr=good.local' \
	'1.9.254.169.in-addr.arpa ptr=evil\027[31m.local' \
	'2.9.254.169.in-addr.arpa ptr=a\032b.local' \
	'3.9.254.169.in-addr.arpa ptr=`reboot`.local' \
	'4.9.254.169.in-addr.arpa ptr=-rf.local' \
	'5.9.254.169.in-addr.arpa ptr=a\000b.local' \
	'6.9.254.169.in-addr.arpa ptr=a\046b.local' \
	'7.9.254.169.in-addr.arpa ptr=x;reboot;.local' \
	'8.9.254.169.in-addr.arpa ptr=evil\15531m.local' \
	'0.9.254.169.in-addr.arpa' \
	'flood.local id=4660 flood=5000 203.0.113.66' \
	'flood-first.local id=4660 flood=5000 203.0.113.66' \
	'flood-first.local delay=300 203.0.113.1' \
	'flood-right.local flood=5000 203.0.113.66'
order fopnp:mdns </dev/null
wait_until 'names at the far end' getent ahosts wrongid.local

doing='a responder by hand'
lookups <<-END
	unspec control.local = 203.0.113.66 2001:db8:bad::66 | fopnp:mdns=SUCCESS,via=multicast
	inet flush.local = 203.0.113.66
	# Of the link by its hop limit of 255, by RFC 3927 section 2.6.2.
	unspec other6.local = 203.0.113.66 2001:db8:bad::66 | fopnp:mdns=SUCCESS,from=2001:db8:ffff::66
	unspec linklocal4.local = 203.0.113.66 2001:db8:bad::66 | fopnp:mdns=SUCCESS,from=169.254.6.6
	inet slow.local = 203.0.113.66 | took=0.6..2.5
	inet nsec.local = 203.0.113.66
	unspec nsec.local = 203.0.113.66 | took=0..1.8
	unspec denied.local = EAI_NONAME / EAI_NODATA | took=0..4
	unspec scope.local = fe80::66%lan
	inet toobig.local = 203.0.113.66 / EAI_NONAME | took=0..4
	inet twice.local = 203.0.113.66 / 203.0.113.67 / 203.0.113.66 203.0.113.67
	addr 169.254.9.9 = good.local
END
doing='a hostile responder'
lookups <table
doing='hostile names'
for last in 1 2 3 4 5 6 7 8 0; do
	echo "addr 169.254.9.$last = EAI_NONAME | took=0..4"
done | lookups
# At 20,000 packets a second the right answer may be lost, but the deadline stays what it is.
packets_on_lan() {
	awk '$1 == "lan:" { print $3 }' /proc/net/dev
}
before=$(packets_on_lan)
for lookup in 'flood.local = EAI_NONAME | took=1.8..4' \
	'flood-first.local = 203.0.113.1 / EAI_NONAME | took=0.2..4' \
	'flood-right.local = 203.0.113.66 | took=0..4'; do
	doing="a flood, $lookup"
	echo "inet $lookup" | lookups
done
came=$(($(packets_on_lan) - before))
[ "$came" -ge 4000 ] || complain "only $came packets came"
echo "$came packets came"
