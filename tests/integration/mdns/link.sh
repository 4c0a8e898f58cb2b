# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # shell text in names; variables of mdns.sh
# One link, no avahi on this side.

start_far
add_link lan 2
start_responder lan <<-END
	192.0.2.101 both.local
	2001:db8:2::101 both.local
	192.0.2.102 four.local
	2001:db8:2::103 six.local
	fe80::104 linklocal.local
	169.254.7.7 linklocal4.local
	192.0.2.105 Mixed-Case.local
	192.0.2.106 host.corp.local
	192.0.2.107 a.b.local
	192.0.2.108 deep.host.corp.local
END
start_dns 'a.b.local A 10.0.0.1' 'ad.corp.local A 10.0.0.2' 'host.example A 10.0.0.3' \
	'=localhost A 10.0.0.4' '=local A 10.0.0.5' 'missing.local A 10.66.66.66' \
	'77.2.0.192.in-addr.arpa PTR ptr=by-dns.example' 'host.corp.local A 10.0.0.6' \
	'both.local A 10.66.66.66'
listen_to lan
wait_until 'names at the far end' getent ahosts four.local

doing='names and families'
order fopnp:mdns '[NOTFOUND=return]' dns </dev/null
lookups <<-END
	unspec both.local = 192.0.2.101 2001:db8:2::101 | fopnp:mdns=SUCCESS,via=multicast,if=lan dns=-
	inet both.local = 192.0.2.101 | fopnp:mdns=SUCCESS,via=multicast,asked,heard,from
	inet6 both.local = 2001:db8:2::101 | fopnp:mdns=SUCCESS,via=multicast,if=lan
	canon both.local = both.local 192.0.2.101 2001:db8:2::101
	byname both.local = both.local 192.0.2.101
	unspec BOTH.Local = 192.0.2.101 2001:db8:2::101
	unspec both.local. = 192.0.2.101 2001:db8:2::101
	unspec mixed-case.local = 192.0.2.105
	unspec four.local = 192.0.2.102 | took=0..1.8
	inet four.local = 192.0.2.102
	unspec six.local = 2001:db8:2::103 | took=0..1.8
	inet6 six.local = 2001:db8:2::103
	unspec linklocal.local = fe80::104%lan
	inet6 linklocal.local = fe80::104 # a hostent has no scope ids
	unspec linklocal4.local = 169.254.7.7
	addr 169.254.7.7 = linklocal4.local | fopnp:mdns=SUCCESS,via=multicast,if=lan
	addr fe80::104%lan = linklocal.local | fopnp:mdns=SUCCESS,via=multicast,if=lan
END

doing='both families answered'
# Then nothing is waited for; a busy machine may need a second look.
answers_at_once() {
	echo 'unspec both.local = 192.0.2.101 2001:db8:2::101 | fopnp:mdns=SUCCESS,usec<100000' |
		python3 "$here/expect_lookups.py"
}
wait_until 'an answer without a pause' answers_at_once

doing='names that nobody has'
lookups <<-END
	unspec missing.local = EAI_NONAME | took=1.5..4 fopnp:mdns=NOTFOUND dns=-
	inet missing.local = EAI_NONAME | took=1.5..4 fopnp:mdns=NOTFOUND,!via dns=-
	inet6 four.local = EAI_NONAME / EAI_NODATA / EAI_ADDRFAMILY | took=0..4 fopnp:mdns=NOTFOUND dns=-
	addr 169.254.9.9 = EAI_NONAME | took=1.5..4 fopnp:mdns=NOTFOUND dns=-
	addr fe80::9%lan = EAI_NONAME | took=1.5..4 fopnp:mdns=NOTFOUND dns=-
END
grep -q ' missing.local A QM' heard.lan || complain 'no query for missing.local on the link'
! grep -q missing.local dns_queries || complain 'missing.local was asked of the DNS'

doing='names of others'
lookups <<-END
	unspec a.b.local = 10.0.0.1 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local dns=SUCCESS
	inet ad.corp.local = 10.0.0.2 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local dns=SUCCESS
	unspec host.corp.local = 10.0.0.6 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	unspec host.example = 10.0.0.3 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	byname host.example = host.example 10.0.0.3 | took=0..1.5
	unspec localhost = 10.0.0.4 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	unspec local = 10.0.0.5 | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	unspec both.local.example = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	unspec both.notlocal = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	unspec bothlocal = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	unspec .local = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL
	unspec both..local = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL
	unspec both.local.. = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL
	unspec $(printf %064d 0).local = EAI_NONAME | took=0..1.5
	addr 192.0.2.77 = by-dns.example | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local dns=SUCCESS
	addr 2001:db8:2::77 = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	addr 127.0.0.1 = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
	addr 169.253.7.7 = EAI_NONAME | took=0..1.5 fopnp:mdns=UNAVAIL,skipped=not-local
END
nothing_heard a.b.local ad.corp.local host.corp.local host.example localhost local \
	both.local.example both.notlocal bothlocal 77.2.0.192.in-addr.arpa 1.0.0.127.in-addr.arpa \
	7.7.253.169.in-addr.arpa

doing='mdns-domain and mdns-timeout'
order fopnp:mdns '[NOTFOUND=return]' dns <<-END
	mdns-domain .corp.local
	mdns-timeout 300ms
END
lookups <<-END
	unspec host.corp.local = 192.0.2.106 | fopnp:mdns=SUCCESS,via=multicast,if=lan dns=-
	unspec HOST.Corp.Local. = 192.0.2.106
	unspec deep.host.corp.local = 192.0.2.108
	unspec both.local = 192.0.2.101 2001:db8:2::101
	unspec a.b.local = 10.0.0.1 | fopnp:mdns=UNAVAIL,skipped=not-local
	unspec hostcorp.local.example = EAI_NONAME | fopnp:mdns=UNAVAIL,skipped=not-local
	unspec ad.corp.local = EAI_NONAME | took=0.25..1.8 fopnp:mdns=NOTFOUND dns=-
	unspec missing.local = EAI_NONAME | took=0.25..1.8 fopnp:mdns=NOTFOUND dns=-
	addr 169.254.9.9 = EAI_NONAME | took=0.25..1.8 fopnp:mdns=NOTFOUND dns=-
END

doing='threads and children'
order fopnp:mdns </dev/null
for _ in 1 2 3 4 5; do
	cat <<-END
		unspec both.local = 192.0.2.101 2001:db8:2::101
		inet four.local = 192.0.2.102
		unspec linklocal.local = fe80::104%lan
		addr 169.254.7.7 = linklocal4.local
	END
done | lookups_in_threads
