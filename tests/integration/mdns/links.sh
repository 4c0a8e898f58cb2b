# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # shell text in names; variables of mdns.sh
# Two links, and links of one family.

start_far
add_link lan 2
add_link other 3
start_responder other <<-END
	192.0.3.101 both.local
	2001:db8:3::101 both.local
	fe80::104 linklocal.local
	192.0.3.102 four.local
END
start_dns 'a.b.local A 10.0.0.1' 'both.local A 10.0.0.2'
listen_to lan
wait_until 'names at the far end' getent ahosts four.local

doing='the responder on the second link'
order fopnp:mdns '[NOTFOUND=return]' dns </dev/null
lookups <<-END
	unspec both.local = 192.0.3.101 2001:db8:3::101 | fopnp:mdns=SUCCESS,via=multicast,if=other
	inet both.local = 192.0.3.101 | fopnp:mdns=SUCCESS,if=lan,if=other
	unspec linklocal.local = fe80::104%other | fopnp:mdns=SUCCESS,if=other
	addr fe80::104%other = linklocal.local
	unspec missing.local = EAI_NONAME | took=1.5..4 fopnp:mdns=NOTFOUND,if=lan,if=other dns=-
END
grep -q ' both.local A' heard.lan || complain 'the first link was not asked'

doing='a link with IPv6 alone'
ip link set lan down
ip -4 addr flush dev other
lookups <<-END
	unspec both.local = 192.0.3.101 2001:db8:3::101 | fopnp:mdns=SUCCESS,if=other
	inet four.local = 192.0.3.102
	unspec linklocal.local = fe80::104%other
	unspec missing.local = EAI_NONAME | took=1.5..4 fopnp:mdns=NOTFOUND dns=-
END

# The other side answers from its global address, by the choice of RFC 6724.
doing='a link-local address alone'
ip -6 addr flush dev other
ip -6 addr add fe80::200/64 dev other nodad
lookups <<-END
	unspec both.local = 192.0.3.101 2001:db8:3::101 | took=0..1.8 fopnp:mdns=SUCCESS,if=other
	inet four.local = 192.0.3.102
	addr fe80::104%other = linklocal.local
END

doing='a link with IPv4 alone'
echo 1 >/proc/sys/net/ipv6/conf/other/disable_ipv6
ip addr add 192.0.3.200/24 dev other
lookups <<-END
	unspec both.local = 192.0.3.101 2001:db8:3::101 | fopnp:mdns=SUCCESS,if=other
	inet6 both.local = 2001:db8:3::101
	inet four.local = 192.0.3.102
	unspec missing.local = EAI_NONAME | took=1.5..4 fopnp:mdns=NOTFOUND dns=-
END

doing='no link that can'
ip link set other multicast off
lookups <<-END
	unspec both.local = 10.0.0.2 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=no-interface dns=SUCCESS
	addr 169.254.9.9 = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=no-interface
	unspec a.b.local = 10.0.0.1 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
END
ip link del other
ip link del lan
lookups <<-END
	unspec both.local = 10.0.0.2 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=no-interface dns=SUCCESS
END
