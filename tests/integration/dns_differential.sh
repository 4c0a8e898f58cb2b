#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp:dns answers as libc's dns does and asks the same queries in the same order: over nsd,
# unbound and faulty_dns.py, with replies by chance, under many resolv.conf files.  The servers
# stand behind a relay that writes the queries down (dns_differential/recorder.c).
# Usage: dns_differential.sh [OPTION...]      those of dns_differential.c
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3
need_built tests/integration/dns_differential/dns_differential lib/fopnp/dns.so
need_part nsd unbound
enter "$@"

program=$BUILD/tests/integration/dns_differential/dns_differential

# addresses COUNT FORMAT: so many words of a rule.
addresses() {
	# shellcheck disable=SC2059 # the format is ours
	seq "$1" | while read -r i; do printf "$2 " $((i / 250)) $((i % 250 + 1)); done
}

ok() {
	case $1 in
	A) echo 192.0.2.1 ;;
	AAAA) echo 2001:db8::1 ;;
	esac
}

# pair_rule NAME TYPE RESULT
pair_rule() {
	case $3 in
	ok) echo "$1 $2 $(ok "$2")" ;;
	cname) echo "$1 $2 cname=target.example $(ok "$2")" ;;
	tc) echo "$1 $2 $(ok "$2") truncate" ;;
	*) echo "$1 $2 $3" ;;
	esac
}

rules() {
	for a in ok nodata nxdomain servfail refused formerr cname tc; do
		for aaaa in ok nodata nxdomain servfail refused formerr cname tc; do
			pair_rule "$a-$aaaa.pair.example" A $a
			pair_rule "$a-$aaaa.pair.example" AAAA $aaaa
		done
	done
	chain=
	for i in $(seq 20); do
		chain="$chain cname=link$i.a.example"
		echo "chain$i.a.example ANY$chain 192.0.2.1 2001:db8::1"
	done
	echo "many.a.example ANY $(addresses 100 10.0.%d.%d) $(addresses 60 2001:db8::%d:%d)"
	echo "thousand.a.example A $(addresses 1000 10.0.%d.%d)"
	echo "two-thousand.a.example A $(addresses 2000 10.0.%d.%d)"
	echo "two-thousand6.a.example AAAA $(addresses 2000 2001:db8::%x:%x)"
	long=$(printf '%060d' 0)
	echo "to-long.a.example ANY cname=$long.$long.$long.$long.example 192.0.2.1 2001:db8::1"
	cat <<-'END'
		www.a.example ANY 192.0.2.1 2001:db8::1
		four.a.example A 192.0.2.4
		six.a.example AAAA 2001:db8::6
		under_score.a.example ANY 192.0.2.5
		_under.a.example ANY 192.0.2.5
		a.-dash.a.example ANY 192.0.2.5
		dash-.a.example ANY 192.0.2.5
		xn--bcher-kva.a.example ANY 192.0.2.7 2001:db8::7
		alias.a.example ANY cname=www.a.example 192.0.2.1 2001:db8::1
		several.a.example ANY 198.51.100.200 10.0.0.1 198.51.100.3 203.0.113.7 2001:db8::3 2001:db8::4 192.0.2.9
		nodata.a.example ANY nodata
		servfail.a.example ANY servfail
		refused.a.example ANY refused
		notimp.a.example ANY notimp
		formerr.a.example ANY formerr
		nosoa.a.example ANY nxdomain nosoa
		nodata-nosoa.a.example ANY nodata nosoa
		dangling.a.example ANY cname=nothing.a.example nxdomain
		dangling2.a.example ANY cname=one.a.example cname=nothing.a.example nxdomain
		cname-nodata.a.example ANY cname=nodata.a.example
		cname-nothing.a.example ANY cname=nothing.a.example nosoa
		cname-servfail.a.example ANY cname=servfail.a.example servfail
		loop.a.example ANY cname=loop2.a.example cname=loop.a.example
		loop2.a.example ANY cname=loop.a.example cname=loop2.a.example
		selfloop.a.example ANY cname=selfloop.a.example
		loop-address.a.example ANY cname=x.a.example cname=loop-address.a.example 192.0.2.1 2001:db8::1
		to-space.a.example ANY cname=bad\032name.a.example 192.0.2.1 2001:db8::1
		to-dash.a.example ANY cname=-dash.a.example 192.0.2.1 2001:db8::1
		to-star.a.example ANY cname=*.a.example 192.0.2.1 2001:db8::1
		to-shell.a.example ANY cname=$(id).a.example 192.0.2.1 2001:db8::1
		to-escape.a.example ANY cname=\027[31mred.a.example 192.0.2.1 2001:db8::1
		to-utf8.a.example ANY cname=b\195\188cher.a.example 192.0.2.1 2001:db8::1
		to-under.a.example ANY cname=under_score.a.example 192.0.2.1 2001:db8::1
		to-upper.a.example ANY cname=UPPER.A.Example 192.0.2.1 2001:db8::1
		to-number.a.example ANY cname=1.2.3.4 192.0.2.1 2001:db8::1
		to-root.a.example ANY cname=. 192.0.2.1 2001:db8::1
		via-space.a.example ANY cname=bad\032name.a.example cname=good.a.example 192.0.2.1 2001:db8::1
		via-dash.a.example ANY cname=-dash.a.example cname=good.a.example 192.0.2.1 2001:db8::1
		truncated.a.example ANY 192.0.2.1 2001:db8::1 truncate
		tc-nodata.a.example ANY nodata truncate
		tc-nxdomain.a.example ANY nxdomain truncate
		tc-servfail.a.example ANY servfail truncate
		tc-a.a.example A 192.0.2.1 truncate
		tc-a.a.example AAAA 2001:db8::1
		tc-aaaa.a.example A 192.0.2.1
		tc-aaaa.a.example AAAA 2001:db8::1 truncate
		tc-close.a.example ANY 192.0.2.1 truncate tcp-close
		ad.a.example ANY 192.0.2.1 2001:db8::1 ad
		twice.a.example ANY 192.0.2.1 2001:db8::1 twice
		ttl0.a.example ANY 192.0.2.1 2001:db8::1 ttl=0
		mapped.a.example AAAA ::ffff:192.0.2.6
		loopback.a.example ANY 127.0.0.1 ::1 0.0.0.0 ::
		linklocal.a.example ANY fe80::7 169.254.1.1
		*.wild.a.example ANY 192.0.2.50 2001:db8::50
		nosuch.d.example ANY nxdomain
		*.c.example ANY nodata
		*.d.example ANY servfail
		*.r.example ANY refused
		*.n.example ANY notimp
		*.f.example ANY formerr
		1.113.0.203.in-addr.arpa PTR ptr=www.a.example
		2.113.0.203.in-addr.arpa PTR ptr=bad\032name.a.example
		3.113.0.203.in-addr.arpa PTR ptr=-dash.a.example
		4.113.0.203.in-addr.arpa PTR ptr=$(id).a.example
		5.113.0.203.in-addr.arpa PTR cname=5.sub.113.0.203.in-addr.arpa ptr=Via.Alias.Example
		6.113.0.203.in-addr.arpa ANY nodata
		7.113.0.203.in-addr.arpa ANY servfail
		8.113.0.203.in-addr.arpa ANY refused
		9.113.0.203.in-addr.arpa PTR ptr=www.a.example truncate
	END
}

add_addresses
rules >all.rules
start_nsd 127.0.0.2
start_unbound 127.0.0.3 127.0.0.2
# shellcheck disable=SC2154 # both are of lib.sh
start_server faulty python3 "$here/faulty_dns.py" "$scratch/faulty.log" 127.0.0.4 @all.rules
wait_until 'the faulty server' grep -q ready faulty.log

set -- "$@" 127.0.0.53=127.0.0.4 127.0.0.54=127.0.0.2 127.0.0.55=127.0.0.3
# The check of the check: two sources that differ are seen to.
"$program" "$@" -o files -c 'no search line' >teeth && fail "files and dns are the same: no test"
grep -q '^[1-9][0-9]* lookups compared' teeth || fail "nothing was compared: $(tail -n 3 teeth)"
"$program" "$@" || {
	tail -n 5 log/*
	exit 1
}
