# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# Links to another network namespace with avahi in it, and tables of what names answer; read by the
# tests that need them, behind lib.sh.  $doing is what a complaint begins with.

# ---- the far end ----

# start_far: a network namespace, and mounts that avahi there does not share with us.
start_far() {
	mkdir -p far_etc /etc/avahi
	# shellcheck disable=SC2016 # for the inner shell
	unshare -n -m sh -c 'mount -t tmpfs tmpfs /run && mount --bind "$1/far_etc" /etc/avahi &&
		ip link set lo up && : >"$1/far_ready" && exec sleep infinity' sh "$scratch" &
	far_pid=$!
	wait_until 'the far end' test -e far_ready
}

far() {
	nsenter -t "$far_pid" -n -m "$@"
}

# add_link NAME N: a link NAME to NAME_far, there .77 and ::77, here .200 and ::200, in
# 192.0.2.0/24 with N=2 and so on.  Large frames, so that a forged message may be large, too.
add_link() {
	ip link add "$1" mtu 65535 type veth peer name "$1_far" mtu 65535 netns "$far_pid"
	echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
	echo 0 >"/proc/sys/net/ipv4/conf/$1/rp_filter"
	ip link set "$1" addrgenmode none up
	far ip link set "$1_far" addrgenmode none up
	add_to_both "$1" "192.0.$2.%s/24"
	add_to_both "$1" "2001:db8:$2::%s/64" nodad
	add_to_both "$1" 'fe80::%s/64' nodad
}

# add_to_both NAME ADDRESS OPTION...
add_to_both() {
	link=$1 form=$2
	shift 2
	# shellcheck disable=SC2059 # a format
	{
		ip addr add "$(printf "$form" 200)" dev "$link" "$@" || skip "cannot add addresses here"
		far ip addr add "$(printf "$form" 77)" dev "${link}_far" "$@"
	}
}

# start_responder LINK...: avahi at the far end of those, for the names on standard input.
start_responder() {
	cat >far_etc/hosts
	interfaces=$(printf ',%s_far' "$@")
	write_avahi_conf responder "${interfaces#,}" >responder.conf
	start_server responder far env PATH="$PATH" avahi-daemon -f "$scratch/responder.conf" \
		--no-rlimits --no-drop-root --no-chroot
	wait_until 'avahi at the far end' grep -q 'Server startup complete' log/responder
}

# write_avahi_conf NAME INTERFACES: an avahi that tells what its hosts file says alone.
write_avahi_conf() {
	grep -q '^avahi:' /etc/passwd || echo 'avahi:x:998:998::/:/bin/false' >>/etc/passwd
	grep -q '^avahi:' /etc/group || echo 'avahi:x:998:' >>/etc/group
	cat <<-END
		[server]
		host-name=$1
		use-ipv4=yes
		use-ipv6=yes
		allow-interfaces=$2
		enable-dbus=no
		ratelimit-interval-usec=0
		[publish]
		publish-addresses=no
		publish-hinfo=no
		publish-workstation=no
		publish-a-on-ipv6=yes
	END
}

# start_local_avahi: one on this side, as process $server_pid.
start_local_avahi() {
	mkdir -p /run/avahi-daemon
	write_avahi_conf client lan >local.conf
	start_server avahi avahi-daemon -f "$scratch/local.conf" --no-rlimits --no-drop-root --no-chroot
	wait_until 'avahi here' grep -q 'Server startup complete' log/avahi
}

# listen_to LINK RULE...: what is asked on that link goes into the file $heard.LINK.
listen_to() {
	link=$1
	shift
	start_server "heard.$link" far python3 "$here/faulty_mdns.py" "${link}_far" \
		"$scratch/heard.$link" "$@"
	wait_until 'faulty_mdns.py' grep -qx ready "$scratch/heard.$link"
}

# ---- what is asked ----

# order WORD...: the order, and further lines of fopnp.conf on standard input.
order() {
	{ echo "order $*" && cat; } | put /etc/fopnp.conf
}

# lookups: the table on standard input holds.
lookups() {
	look_up "$here/expect_lookups.py"
}

# lookups_in_threads: so it does for threads of one process.
lookups_in_threads() {
	look_up "$here/expect_lookups.py" --threads
}

# lookups_as_nobody: so it does for an ordinary user.
lookups_as_nobody() {
	run_as='setpriv --reuid 65534 --regid 65534 --clear-groups'
	lookups
	run_as=
}

look_up() {
	${run_as:-} python3 "$@" >differences 2>&1 || complain "$(cat differences)"
	[ -z "${FOPNP_TEST_SHOW:-}" ] || cat differences
}

# Also from within a pipeline, hence the file.
complain() {
	printf 'FAILED: %s: %s\n' "$doing" "$*" | tee -a failures
}

no_complaints() {
	[ ! -e failures ]
}

# nothing_heard NAME...: no query for them came to the link lan.
nothing_heard() {
	for name in "$@"; do
		! grep -iF " $name " heard.lan || complain "was asked on the link: $name"
	done
}

start_dns() {
	start_server dns python3 "$here/faulty_dns.py" "$scratch/dns_queries" 127.0.0.1 "$@"
	wait_until 'faulty_dns.py' grep -qx ready dns_queries
}
