# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the integration tests stand on; read by each of them, not run.
#
# A test says what it needs (need_program, need_part, ...), calls `enter "$@"`, and from there on
# runs as process 1 of namespaces of its own: network (lo only), mounts, processes, host name.  In
# there
#   /etc      is an overlay over the machine's own: put FILE replaces a file by rename
#   /run      is empty
#   the library directory is an overlay as well: the module and the unpacked packages lie where an
#             installed system has them, so that privileged programs, too, find them
# and every server ends with the test.  Nothing outside changes.

set -u
here=$(realpath "$(dirname "$0")")
: "${BUILD:=build}"
: "${FOPNP_PARTS:=build/parts}"
patience=${FOPNP_TEST_PATIENCE:-20} # seconds until a server that does not answer is an error

skip() {
	echo "$*"
	exit 77
}

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

[ "$(id -u)" -eq 0 ] || skip "needs root for namespaces of its own"

# ---- outside the namespaces: what a test needs ----

need_program() {
	for program in "$@"; do
		command -v "$program" >/dev/null 2>&1 || skip "no $program on this machine"
	done
}

need_built() {
	for file in "$@"; do
		[ -e "$BUILD/$file" ] || fail "$BUILD/$file is not built"
	done
}

need_part() {
	said=$("$here/parts.sh" "$@" 2>&1) && return
	status=$?
	[ "$status" -eq 77 ] && skip "${said##*
}"
	fail "parts.sh $*: $said"
}

enter() {
	if [ "${fopnp_inside:-}" = 1 ]; then
		unset fopnp_inside
		prepare_namespaces
		return
	fi
	need_program unshare ip mount realpath
	need_built lib/libnss_fopnp.so.2
	BUILD=$(realpath "$BUILD")
	FOPNP_PARTS=$(realpath -m "$FOPNP_PARTS")
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/fopnp-test.XXXXXX")
	export BUILD FOPNP_PARTS scratch
	unset FOPNP_ORDER FOPNP_LOG FOPNP_CONF FOPNP_BYPASS
	unset LOCALDOMAIN RES_OPTIONS HOSTALIASES RESOLV_MULTI http_proxy https_proxy all_proxy
	trap 'rmdir "$scratch"' EXIT
	child= # unshare itself ignores SIGTERM; what it started dies with it
	trap '[ -z "$child" ] || kill -KILL "$child"; exit 143' TERM INT
	unshare -n -m -p -u -f --kill-child --mount-proc true 2>/dev/null ||
		skip "cannot make namespaces here"
	fopnp_inside=1 unshare -n -m -p -u -f --kill-child --mount-proc "$(realpath "$0")" "$@" &
	child=$!
	wait "$child"
	exit
}

# ---- inside ----

# overlay DIRECTORY LOWER: DIRECTORY becomes LOWER (layers, topmost first) with a writable top.
overlay() {
	name=$(echo "$1" | tr / _)
	mkdir -p "$scratch/$name/top" "$scratch/$name/work"
	mount -t overlay overlay \
		-o "lowerdir=$2,upperdir=$scratch/$name/top,workdir=$scratch/$name/work" "$1" ||
		skip "cannot mount an overlay over $1"
}

prepare_namespaces() {
	mount -t tmpfs tmpfs "$scratch" || fail "cannot mount a tmpfs"
	cd "$scratch" || fail "cannot enter $scratch"
	mkdir log module zones
	library_dir=/usr/lib/$(gcc -print-multiarch)
	lay_libraries
	overlay /etc /etc
	mount -t tmpfs -o mode=755 tmpfs /run || fail "cannot mount a private /run"
	hostname client.corp.example
	ip link set lo up
	LC_ALL=C.UTF-8
	PATH=$FOPNP_PARTS/root/usr/sbin:$FOPNP_PARTS/root/usr/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	export LC_ALL PATH
	printf '127.0.0.1 localhost\n' | put /etc/hosts
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' | put /etc/resolv.conf
	printf 'multi on\n' | put /etc/host.conf
	rm -f /etc/fopnp.conf /etc/gai.conf
	hosts_line files dns
}

# The machine's own libraries win over unpacked ones, the module under test over everything.
lay_libraries() {
	cp -R "$BUILD/lib/libnss_fopnp.so.2" "$BUILD/lib/fopnp" module/
	layers=$scratch/module:$library_dir
	unpacked=$FOPNP_PARTS/root$library_dir
	[ -d "$unpacked" ] && layers=$layers:$unpacked
	overlay "$library_dir" "$layers"
}

# put FILE: replace FILE by standard input, by rename as editors and package managers do.
put() {
	{ cat >"$1.new" && chmod 644 "$1.new" && mv -f "$1.new" "$1"; } || fail "cannot write $1"
}

# hosts_line WORD...: the whole nsswitch.conf with that hosts line.
hosts_line() {
	printf 'passwd: files\ngroup: files\nhosts: %s\nnetworks: files\nservices: files\n' "$*" |
		put /etc/nsswitch.conf
}

# The line that the documentation recommends for what used to be `hosts: WORD...`.
fopnp_line() {
	hosts_line "fopnp [!UNAVAIL= return] $*"
}

# An address of each family that is not a loopback one, so that AI_ADDRCONFIG leaves both in.
add_addresses() {
	ip addr replace 192.0.2.200/32 dev lo
	ip -6 addr add 2001:db8::200/128 dev lo nodad || skip "no IPv6 here"
}

# wait_until WHAT COMMAND...: poll, since no server says when it is ready.
wait_until() {
	what=$1
	shift
	tries=$((patience * 10))
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		if [ "$tries" -le 0 ]; then
			tail -n 20 log/* >&2
			fail "$what: not within $patience s"
		fi
		sleep 0.1
	done
}

# start_server NAME COMMAND...: in the background, its output in log/NAME, its id in $server_pid.
start_server() {
	server_name=$1
	shift
	"$@" >"log/$server_name" 2>&1 &
	server_pid=$!
}

stop_server() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# dns_answers SERVER NAME: ask that server through libc's own dns, whatever resolv.conf says.
dns_answers() {
	# shellcheck disable=SC2016
	unshare -m sh -c 'printf "nameserver %s\noptions timeout:1 attempts:1\n" "$1" >/run/resolv.probe &&
		mount --bind /run/resolv.probe /etc/resolv.conf &&
		getent -s hosts:dns ahosts "$2"' sh "$1" "$2"
}

# ---- servers ----

nsd_zone() {
	printf 'zone:\n\tname: %s\n\tzonefile: %s\n' "$1" "$2"
}

# Authoritative for the zones of zones.sh, on $1.  A zone without a file is answered SERVFAIL, a
# name outside of all zones REFUSED.
start_nsd() {
	write_zones
	{
		printf 'server:\n\tip-address: %s\n\tusername: ""\n\tchroot: ""\n' "$1"
		printf '\tzonesdir: "%s"\n\tdatabase: ""\n\tpidfile: "%s"\n' "$scratch/zones" "$scratch/nsd.pid"
		# Its own default is /tmp/nsd-xfr-PID: other namespaces have such a process, too.
		printf '\txfrdfile: ""\n\txfrdir: "%s"\n' "$scratch"
		printf '\tserver-count: 1\n\tround-robin: no\n\tzonelistfile: ""\n'
		printf '\trrl-ratelimit: 0\n'
		printf 'remote-control:\n\tcontrol-enable: no\n'
		nsd_zone corp.example corp.zone
		nsd_zone wild.example wild.zone
		nsd_zone broken.example there-is-no-such-file
		nsd_zone 2.0.192.in-addr.arpa reverse4.zone
		nsd_zone 0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa reverse6.zone
	} >nsd.conf
	start_server nsd nsd -d -c "$scratch/nsd.conf"
	wait_until "nsd on $1" dns_answers "$1" v4.corp.example
}

# A recursive resolver on $1 in front of the authoritative server on $2.
start_unbound() {
	cat >unbound.conf <<-END
		server:
			interface: $1
			username: ""
			chroot: ""
			pidfile: ""
			directory: "$scratch"
			use-syslog: no
			do-daemonize: no
			module-config: "iterator"
			do-not-query-localhost: no
			rrset-roundrobin: no
			num-threads: 1
			local-zone: "local." always_nxdomain
			local-zone: "refused.example." always_refuse
			local-zone: "2.0.192.in-addr.arpa." nodefault
			local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." nodefault
			local-zone: "test." nodefault
		remote-control:
			control-enable: no
		forward-zone:
			name: "."
			forward-addr: $2
	END
	start_server unbound unbound -d -c "$scratch/unbound.conf"
	wait_until "unbound on $1" dns_answers "$1" v4.corp.example
}

# A forwarder on $1 in front of the server on $2.
start_dnsmasq() {
	start_server dnsmasq dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
		--listen-address="$1" --bind-interfaces --server="$2" --log-facility=- --user=root \
		--pid-file= --cache-size=0
	wait_until "dnsmasq on $1" dns_answers "$1" v4.corp.example
}

# avahi with its static hosts file only: no bus, the socket that nss-mdns uses.
start_avahi() {
	mkdir -p /run/avahi-daemon /etc/avahi/services
	printf '192.0.2.77 printer.local\n' | put /etc/avahi/hosts
	# It wants its user to exist even when told to stay root.
	grep -q '^avahi:' /etc/passwd || echo 'avahi:x:998:998::/:/bin/false' >>/etc/passwd
	grep -q '^avahi:' /etc/group || echo 'avahi:x:998:' >>/etc/group
	cat >avahi.conf <<-END
		[server]
		host-name=client
		use-ipv4=yes
		use-ipv6=no
		allow-interfaces=$1
		enable-dbus=no
		[publish]
		publish-hinfo=no
		publish-workstation=no
	END
	start_server avahi avahi-daemon -f "$scratch/avahi.conf" --no-rlimits --no-drop-root --no-chroot
	wait_until "avahi's socket" test -S /run/avahi-daemon/socket
}

# nscd with a hosts cache and nothing else, as process $nscd_pid; with $nscd_check_files=no it does
# not see that /etc/hosts changes.
start_nscd() {
	mkdir -p /run/nscd
	cat >nscd.conf <<-END
		debug-level 5
		threads 6
		max-threads 12
		paranoia no
		enable-cache passwd no
		enable-cache group no
		enable-cache services no
		enable-cache netgroup no
		enable-cache hosts yes
		positive-time-to-live hosts 600
		negative-time-to-live hosts 600
		suggested-size hosts 211
		check-files hosts ${nscd_check_files:-yes}
		persistent hosts no
		shared hosts no
		max-db-size hosts 33554432
	END
	start_server nscd nscd -d -f "$scratch/nscd.conf"
	# shellcheck disable=SC2034 # for the test
	nscd_pid=$server_pid
	wait_until "nscd's socket" test -S /run/nscd/socket
}

# The journal's daemon alone, as process $journald_pid; what it keeps is below /run/log/journal.
start_journald() {
	mkdir -p /run/log/journal /run/systemd/journal /etc/systemd
	cat >/etc/systemd/journald.conf <<-END
		[Journal]
		Storage=volatile
		ReadKMsg=no
		Audit=no
		RateLimitIntervalSec=0
	END
	[ -s /etc/machine-id ] || echo 0123456789abcdef0123456789abcdef >/etc/machine-id
	# journald wants to know its cgroup; a bare chroot has none mounted.
	mountpoint -q /sys/fs/cgroup || [ -e /sys/fs/cgroup/unified ] ||
		mount -t cgroup2 cgroup2 /sys/fs/cgroup || skip "no cgroup file system, which journald needs"
	journald=/usr/lib/systemd/systemd-journald
	[ -x $journald ] || journald=$FOPNP_PARTS/root$journald
	start_server journald "$journald"
	# shellcheck disable=SC2034 # for the test
	journald_pid=$server_pid
	wait_until "journald's socket" test -S /run/systemd/journal/socket
}

# zones/*.zone, and names with more addresses than a UDP answer holds.
write_zones() {
	cp "$here"/zones/*.zone zones/
	for i in $(seq 1 60); do
		echo "many A 198.51.100.$i"
		[ "$i" -le 40 ] || continue
		echo "many6 AAAA 2001:db8:1::$i"
		echo "manyboth A 203.0.113.$i"
		echo "manyboth AAAA 2001:db8:2::$i"
	done >>zones/corp.zone
}
