#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Lines of real NSS modules in front of real DNS servers give every call the same answers with the
# module in front as without it.
#
# Four ways to put a line L behind the module, each compared with L alone:
#   fallback   fopnp [!UNAVAIL= return] L    the documented line
#   only       fopnp [!SUCCESS=return] L     glibc itself never goes on to L, so that every answer
#                                            is the module's
#   order      L in FOPNP_ORDER, only the module on the line
#   conf       L in fopnp.conf, likewise
# Known difference, left out for lines of several sources: AF_INET6 with AI_V4MAPPED, which glibc
# asks of each source in turn but of the module for all of them at once.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program getent diff sed python3
need_built tests/integration/lookups
need_part nsd unbound dnsmasq-base avahi-daemon libnss-myhostname libnss-mdns libnss-resolve \
	libnss-winbind
enter "$@"

lookups=$BUILD/tests/integration/lookups
differences=0
compared=0

options=-f
names='localhost Localhost client client.corp.example hostsonly hosts-alias HOSTS-ALIAS twice sixonly
	v4.corp.example v6.corp.example both.corp.example BOTH.Corp.Example both several
	several.corp.example. alias.corp.example alias2.corp.example outside.corp.example
	dangling.corp.example nodata.corp.example alias-nodata.corp.example loop1.corp.example
	nosuch.corp.example many.corp.example many6 manyboth.corp.example under_score.corp.example
	mapped.corp.example linklocal.corp.example a.long.chain.of.labels anything.wild.example
	exists.wild.example broken.example x.broken.example refused.example nosuch -dash.corp.example
	a..b bad!name printer.local _gateway bücher.example 1.2.3.4. 127.1'
addresses='127.0.0.1 ::1 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6 192.0.2.7
	192.0.2.200 192.0.2.201 2001:db8::1 2001:db8::2 2001:db8::3 2001:db8::200
	::ffff:192.0.2.1 10.0.0.1'

# run_lookups FILE: what a program gets under the present configuration.
run_lookups() {
	# shellcheck disable=SC2086 # one word a name
	"$lookups" $options $names $addresses '' 'sp ace' >"$1" 2>"$1.module" || fail "lookups: status $?"
}

# with_fopnp VARIANT FILE LINE: the same with the module in front of LINE.
with_fopnp() {
	case $1 in
	fallback) fopnp_line "$3" ;;
	only) hosts_line "fopnp [!SUCCESS=return] $3" ;;
	order | conf) hosts_line fopnp ;;
	esac
	case $1 in
	order) FOPNP_ORDER=$3 && export FOPNP_ORDER ;;
	conf) printf 'order %s\n' "$3" | put /etc/fopnp.conf ;;
	esac
	run_lookups "$2"
	unset FOPNP_ORDER
	rm -f /etc/fopnp.conf
	grep -qx 'module: mapped' "$2.module" || fail "the module was not loaded for: $1, $3"
}

# report_difference LINE VARIANT SERVER: the differing calls with the names that they asked for.
report_difference() {
	differences=$((differences + 1))
	echo "DIFFERS with $3, hosts: $1 ($2); < plain line, > module"
	for side in plain fopnp; do
		awk '/^== / { name = $2; next } { print name ": " $0 }' "$side.txt" >"$side.named"
	done
	diff plain.named fopnp.named | grep '^[<>]' | head -n "${FOPNP_TEST_LINES:-30}"
}

is_single_source() {
	# shellcheck disable=SC2046
	set -- $(echo "$1" | sed 's/\[[^]]*\]//g')
	[ $# -eq 1 ]
}

compare() {
	hosts_line "$2"
	run_lookups plain.all
	pattern='^getaddrinfo inet6 v4mapped'
	is_single_source "$2" && pattern='^there is no such call'
	grep -v "$pattern" plain.all >plain.txt
	for variant in fallback only order conf; do
		with_fopnp "$variant" fopnp.all "$2"
		grep -v "$pattern" fopnp.all >fopnp.txt
		compared=$((compared + $(grep -vc '^==' plain.txt)))
		cmp -s plain.txt fopnp.txt || report_difference "$2" "$variant" "$1"
	done
}

# getent hosts without a name enumerates; the module leaves that to the list behind it.
compare_enumeration() {
	hosts_line files dns
	getent hosts >plain.list
	fopnp_line files dns
	getent hosts >fopnp.list
	grep -q hostsonly plain.list || fail "enumeration shows nothing to compare"
	cmp plain.list fopnp.list || fail "enumeration differs"
}

write_hosts() {
	put /etc/hosts <<-END
		127.0.0.1 localhost
		::1 localhost ip6-localhost
		192.0.2.201 hostsonly hosts-alias # not an alias
		192.0.2.202 twice first
		192.0.2.203 twice second
		2001:db8::202 twice third
		2001:db8::203 sixonly
		203.0.113.99 both.corp.example
		2001:db8::3 named-here.corp.example
	END
}

use_server() {
	printf 'nameserver %s\nsearch corp.example wild.example\noptions timeout:1 attempts:1\n' "$1" |
		put /etc/resolv.conf
}

# A module that does not load would be compared as a missing one.
check_modules_load() {
	for module in myhostname mdns4_minimal mdns4 mdns_minimal resolve winbind wins; do
		python3 -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "libnss_$module.so.2" ||
			fail "the unpacked libnss_$module.so.2 does not load"
	done
}

# A program that got other answers has to be noticed, or all the rest means nothing.
check_the_check() {
	hosts_line files
	run_lookups plain.all
	hosts_line dns
	run_lookups fopnp.all
	! cmp -s plain.all fopnp.all || fail "different lines give the same output"
}

# A host with addresses of one family: glibc narrows AI_ADDRCONFIG calls down to that family.
compare_one_family() {
	compare 'unbound, one family' 'files dns'
	compare 'unbound, one family' 'myhostname dns'
}

# With avahi there; of names that it does not know it thinks for five seconds each time.
compare_avahi() {
	ip link add to_avahi type veth peer name far_end
	ip link set far_end up
	ip link set to_avahi up
	ip addr add 192.0.2.129/25 dev to_avahi
	start_avahi to_avahi
	wait_until 'avahi to know its hosts' getent -s hosts:mdns4_minimal ahosts printer.local
	options='-f -b'
	names=printer.local
	addresses=192.0.2.77
	compare 'unbound, avahi' 'files mdns4_minimal [NOTFOUND=return] dns'
	compare 'unbound, avahi' 'mdns4 files'
	grep -q '^getaddrinfo unspec -: OK 192\.0\.2\.77' plain.txt || fail "avahi knows no names"
}

check_modules_load
ip addr add 192.0.2.200/32 dev lo
start_nsd 127.0.0.2
start_unbound 127.0.0.1 127.0.0.2
start_dnsmasq 127.0.0.3 127.0.0.2
write_hosts
use_server 127.0.0.1
compare_one_family
add_addresses
use_server 127.0.0.2
check_the_check

# The authoritative server itself: REFUSED and SERVFAIL come through as they are.
compare nsd 'files dns'
compare nsd 'dns files'
compare nsd 'dns'
compare nsd 'files'
compare nsd 'files mdns4_minimal [NOTFOUND=return] dns'
compare nsd 'files [NOTFOUND=continue UNAVAIL=return] dns myhostname'
compare nsd 'nosuchmodule'

use_server 127.0.0.1
compare unbound 'files dns'
compare unbound 'files mdns4_minimal [NOTFOUND=return] dns myhostname'
compare unbound 'myhostname'
compare unbound 'mymachines resolve [!UNAVAIL=return] files myhostname dns'
compare unbound 'resolve [!UNAVAIL=return] dns'
compare unbound 'files nosuchmodule'
compare unbound 'nosuchmodule files dns'
compare unbound 'winbind files dns'
compare unbound 'files dns winbind'
compare unbound 'wins'
compare unbound 'mdns4 mdns_minimal'
compare unbound 'dns [NOTFOUND=return] files'
compare unbound 'dns [!SUCCESS=continue] myhostname [SUCCESS=continue] files'
compare unbound 'files [SUCCESS=continue] dns'

use_server 127.0.0.3
compare dnsmasq 'files dns'
compare dnsmasq 'myhostname dns [!UNAVAIL=return] files'

compare_enumeration
use_server 127.0.0.1
compare_avahi
echo "$compared answers compared, $differences sets differ"
[ "$differences" -eq 0 ]
