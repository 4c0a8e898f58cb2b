#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The order of addresses that `fopnp trace` explains is getaddrinfo's: random lists, given as they
# are by a module of the test's own, in networks of many shapes and with many gai.conf files.  Each
# set-up is a network namespace and a process: glibc reads gai.conf once.
#
# FOPNP_SEED repeats a run.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

lists=${FOPNP_ORDER_LISTS:-200}
compare=$BUILD/tests/integration/address_order # the program

# pair NAME ADDRESS...: an interface that is up, with addresses that can be used at once.
pair() {
	name=$1
	shift
	ip link add "$name" type veth peer name "$name-far" || skip "no veth here"
	ip link set "$name" addrgenmode none
	ip link set "$name-far" addrgenmode none
	ip link set "$name-far" up
	ip link set "$name" up
	for address in "$@"; do
		add "$name" "$address"
	done
}

# add INTERFACE ADDRESS [WORD...]: without duplicate detection, whose end would change the order.
add() {
	interface=$1
	address=$2
	shift 2
	case $address in
	*:*) set -- nodad "$@" ;;
	esac
	ip addr add "$address" dev "$interface" "$@" || fail "cannot add $address"
}

four_and_six() {
	pair one 10.1.2.3/24 2001:db8:1:2::3/64 fe80::3/64
	pair two 192.168.7.9/28 2001:db8:5::9/48 fd00:5::9/64 fe80::9/64
	ip route add default via 192.168.7.14
	ip -6 route add default via fe80::1 dev one
	ip route add unreachable 203.0.113.0/24
	ip -6 route add unreachable 3fff::/16
}

# The network of a set-up, by its name.
make_network() {
	ip link set lo up
	case $1 in
	no-route) ;;
	ipv4-only)
		pair one 10.1.2.3/24
		ip route add default via 10.1.2.1
		;;
	ipv6-only)
		pair one 2001:db8:1:2::3/64 fd00:1::3/64 fe80::3/64
		ip -6 route add default via fe80::1 dev one
		;;
	ipv6-off)
		pair one 10.1.2.3/24
		echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
		ip route add default via 10.1.2.1
		;;
	sockets-of-one-family)
		four_and_six
		echo 1 >/proc/sys/net/ipv6/bindv6only
		;;
	deprecated)
		four_and_six
		add one 2001:db8:9::1/64 preferred_lft 0
		add two 2600::3/64 home
		add two fec0::3/64 preferred_lft 0
		add two 172.16.5.1/16 preferred_lft 0
		;;
	subnets)
		pair one 10.1.2.3/8 10.1.2.4/30 172.16.5.1/12 100.64.1.3/20 2001:db8:1:2::3/64
		pair two 192.168.7.9/25 192.168.9.2/31 198.51.100.8/32 169.254.9.1/16 fe80::9/64
		add two 203.0.113.1 peer 203.0.113.9/32
		# A source in 127/8 that glibc takes for 127.0.0.1, unless its socket is an IPv6 one.
		add lo 127.0.0.52/32
		ip route add local 127.0.0.53 dev lo table local src 127.0.0.52
		add lo 8.8.8.9/1
		;;
	same-address)
		pair one 10.1.2.3/24 fe80::3/64 2001:db8:1:2::3/64
		pair two 10.1.2.3/16 fe80::3/10 fd00:5::9/64
		pair three 10.1.2.3/8 fe80::3/96 2001:db8:5::9/128
		ip -6 route add default dev three
		;;
	tunnel)
		four_and_six
		"$compare" tunnel sit 776 &
		holder=$!
		trap 'kill "$holder"' EXIT
		tries=0
		until ip link set sit up 2>/dev/null; do
			tries=$((tries + 1))
			kill -0 "$holder" 2>/dev/null && [ "$tries" -lt 100 ] || return 77
			sleep 0.05
		done
		ip link set sit addrgenmode none
		add sit 10.0.0.1/24
		add sit 2600::1/32
		add sit 2001:db8:9::1/64
		;;
	*) four_and_six ;;
	esac
}

# Called again in a network namespace of its own: one set-up.
if [ "${1:-}" = set-up ]; then
	make_network "$2" || exit
	"$compare" lists "$3" "$2"
	exit
fi

[ -e /proc/sys/net/ipv6 ] || skip "no IPv6 here"
need_built tests/integration/address_order tests/modules/libnss_address_list.so.2
enter "$@"

failures=0
: "${FOPNP_SEED:=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}"
export FOPNP_SEED
echo "FOPNP_SEED=$FOPNP_SEED"
printf 'both 53/tcp\nboth 53/udp\n' | put /etc/services

# set_up NAME LISTS: the gai.conf of the moment in the network NAME, or in that of all kinds.
set_up() {
	unshare -n "$0" set-up "$@" >"log/$1" 2>&1
	case $? in
	0) grep -v "$quiet" "log/$1" ;;
	77) echo "$1: skipped, not to be had here" ;;
	*)
		failures=$((failures + 1))
		cat "log/$1"
		[ ! -e /etc/gai.conf ] || cat -v /etc/gai.conf
		;;
	esac
	cat "log/$1" >>log/all
}

quiet='^$'
for name in no-route ipv4-only ipv6-only ipv4-and-ipv6 ipv6-off sockets-of-one-family deprecated \
	subnets same-address tunnel; do
	set_up "$name" "$lists"
done

printf 'precedence ::ffff:0:0/96 100\n' | put /etc/gai.conf
set_up ipv4-first "$lists"
printf 'precedence ::1/128 50\nprecedence ::/0 40\nprecedence ::ffff:0:0/96 40\n' | put /etc/gai.conf
set_up equal-precedences "$lists"
printf 'label 2001:db8::/32 7\nlabel fd00::/8 7\nlabel ::ffff:10.0.0.0/104 9\nlabel ::/0 1\n' |
	put /etc/gai.conf
set_up labels "$lists"
{
	printf 'scopev4 10.0.0.0/8 5\r\nscopev4 ::ffff:192.168.0.0/112 2\nscopev4 10.1.2.0/24 3\n'
	printf 'scopev4 127.0.0.0/8 2\nscopev4 0.0.0.0/0 14'
} | put /etc/gai.conf
set_up scopes "$lists"

quiet='^random'
for i in $(seq 1 40); do
	FOPNP_SEED=$((FOPNP_SEED + i))
	"$compare" gai-conf || fail "no random gai.conf"
	set_up "random-gai-conf-$i" 15
done
echo "random-gai-conf: $(grep -c '^random.*lists' log/all) files, $(grep '^random.*lists' log/all |
	awk '{ lists += $2; addresses += $4 } END { print lists " lists, " addresses " addresses" }')"

# The test itself has seen every rule at work.
for rule in 1 2 3 4 5 6 7 8 9 10; do
	grep -q "by rule:.* $rule:" log/all && continue
	failures=$((failures + 1))
	echo "RULE NEVER SEEN: $rule"
done
[ "$failures" -eq 0 ] || fail "$failures set-ups differ (FOPNP_SEED=$FOPNP_SEED)"
