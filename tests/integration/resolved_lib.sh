# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# The real systemd-resolved for integration tests, without systemd and without D-Bus; read behind
# lib.sh by the tests that need it (need_part systemd-resolved).
#
# What an administrator does by resolvectl is done here by the files that it reads: resolved.conf,
# and networkd's file of a link (resolved_link), which it watches.

resolved_user() {
	grep -q '^systemd-resolve:' /etc/passwd || echo 'systemd-resolve:x:64997:64997::/:/bin/false' >>/etc/passwd
	grep -q '^systemd-resolve:' /etc/group || echo 'systemd-resolve:x:64997:' >>/etc/group
	resolved=/usr/lib/systemd/systemd-resolved
	[ -x "$resolved" ] || resolved=$FOPNP_PARTS/root$resolved
}

# resolved_link INTERFACE LINE...: what networkd would say of that link.
resolved_link() {
	index=$(ip -o link show dev "$1" | cut -d: -f1)
	[ -n "$index" ] || fail "no interface $1"
	shift
	mkdir -p /run/systemd/netif/links /run/systemd/netif/leases
	{
		printf 'ADMIN_STATE=configured\nOPER_STATE=routable\nREQUIRED_FOR_ONLINE=no\n'
		printf 'NETWORK_FILE=/run/systemd/network/test.network\n'
		printf '%s\n' "$@"
	} | put "/run/systemd/netif/links/$index"
}

# start_resolved LINE...: resolved.conf's [Resolve] lines; it runs as process $resolved_pid.
start_resolved() {
	resolved_user
	mkdir -p /etc/systemd /run/systemd/netif/links /run/systemd/resolve
	chown systemd-resolve:systemd-resolve /run/systemd/resolve
	{
		echo '[Resolve]'
		printf '%s\n' "$@"
	} | put /etc/systemd/resolved.conf
	start_server resolved "$resolved"
	# shellcheck disable=SC2154 # start_server's
	resolved_pid=$server_pid
	wait_until "resolved's socket" test -S /run/systemd/resolve/io.systemd.Resolve
}

stop_resolved() {
	stop_server "$resolved_pid"
	rm -f /run/systemd/resolve/io.systemd.Resolve
}

# start_neighbour INTERFACE NAME ADDRESS: another host, which has that interface from now on, with
# a resolved of its own that answers for NAME by LLMNR and mDNS.
start_neighbour() {
	resolved_user
	unshare -n -m -u sleep 1000 &
	neighbour=$!
	# Moved before unshare(1) has come to it, the interface would stay here.
	# shellcheck disable=SC2016
	wait_until "the neighbour's namespace" sh -c \
		'[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]' sh "$neighbour"
	ip link set "$1" netns "$neighbour" || fail "cannot move $1"
	mkdir -p /etc/systemd
	printf '[Resolve]\nDNS=\nFallbackDNS=\nLLMNR=yes\nMulticastDNS=yes\n' |
		put /etc/systemd/resolved.conf
	cat >neighbour.sh <<-'END'
		set -e
		ip link set lo up
		ip link set "$2" up
		ip addr add "$4" dev "$2"
		hostname "$3"
		mount -t tmpfs -o mode=755 tmpfs /run
		mkdir -p /run/systemd/netif/links /run/systemd/resolve
		chown systemd-resolve:systemd-resolve /run/systemd/resolve
		printf 'ADMIN_STATE=configured\nOPER_STATE=routable\nNETWORK_FILE=/x\nLLMNR=yes\nMDNS=yes\n' \
			>"/run/systemd/netif/links/$(ip -o link show dev "$2" | cut -d: -f1)"
		exec "$1"
	END
	# shellcheck disable=SC2154 # lib.sh's
	nsenter -t "$neighbour" -n -u -m \
		sh "$scratch/neighbour.sh" "$resolved" "$1" "$2" "$3" >log/neighbour 2>&1 &
}
