# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the package tests stand on; read by each of them, not run.
#
# `enter_folder "$@"` runs the test again in namespaces of its own, with lo alone.  There $root is a
# folder with a Debian system (an overlay over the cached one; nothing of it stays), the packages
# are in its /var/tmp/debs, and in_root runs a command in it.
set -u
here=$(realpath "$(dirname "$0")")
: "${BUILD:=build}"
: "${FOPNP_PARTS:=build/parts}"
: "${FOPNP_SUITE:=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)}" # that the packages were built on

skip() {
	echo "$*"
	exit 77
}

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# need_folder LAYER...: the suite's system, and layers over it, topmost first
need_folder() {
	for layer in "$@" base; do
		said=$("$here/folder.sh" "$FOPNP_SUITE" "$layer")
		case $? in
		0) layers=${layers:+$layers:}${said##*
} ;;
		77) skip "${said##*
}" ;;
		*) fail "folder.sh $FOPNP_SUITE $layer: $said" ;;
		esac
	done
}

enter_folder() {
	if [ "${fopnp_inside:-}" = 1 ]; then
		unset fopnp_inside
		lay_folder
		return
	fi
	[ "$(id -u)" -eq 0 ] || skip "needs root for namespaces of its own"
	: "${FOPNP_DEBS:=$BUILD/deb}" # for another suite, packages that were built there
	[ "${needs_packages:-yes}" = no ] || ls "$FOPNP_DEBS"/libnss-fopnp_*.deb "$FOPNP_DEBS"/fopnp_*.deb >/dev/null ||
		fail "no packages: make deb"
	BUILD=$(realpath "$BUILD")
	FOPNP_DEBS=$(realpath -m "$FOPNP_DEBS")
	layers=
	# shellcheck disable=SC2086 # one word a layer
	need_folder ${folder_layers:-}
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/fopnp-packages.XXXXXX")
	export BUILD FOPNP_DEBS layers scratch
	unset FOPNP_ORDER FOPNP_LOG FOPNP_CONF FOPNP_BYPASS
	trap 'rmdir "$scratch"' EXIT
	child=
	trap '[ -z "$child" ] || { kill -KILL "$child"; wait "$child"; }; exit 143' TERM INT
	unshare -n -m -p -u -f --kill-child --mount-proc true 2>/dev/null || skip "cannot make namespaces here"
	fopnp_inside=1 unshare -n -m -p -u -f --kill-child --mount-proc "$(realpath "$0")" "$@" &
	child=$!
	wait "$child"
	exit
}

lay_folder() {
	mount -t tmpfs tmpfs "$scratch" || fail "cannot mount a tmpfs"
	cd "$scratch" || fail "cannot enter $scratch"
	mkdir top work root
	root=$scratch/root
	mount -t overlay overlay -o "lowerdir=$layers,upperdir=$scratch/top,workdir=$scratch/work" "$root" ||
		skip "cannot mount an overlay"
	mount -t proc proc "$root/proc" || fail "cannot mount proc"
	for device in null zero random urandom; do
		[ -c "$root/dev/$device" ] || : >"$root/dev/$device"
		mount --bind "/dev/$device" "$root/dev/$device" || fail "cannot bind /dev/$device"
	done
	mkdir -p "$root/dev/pts"
	mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts" || fail "cannot mount devpts"
	ln -sf pts/ptmx "$root/dev/ptmx"
	ip link set lo up 2>/dev/null
	hostname client
	# In no order of ours: these files are of the system under test.
	printf '127.0.0.1 localhost\n::1 localhost\n192.0.2.7 client steady.example\n' >"$root/etc/hosts"
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$root/etc/resolv.conf"
	[ "${needs_packages:-yes}" = no ] && return
	cp "$FOPNP_DEBS"/libnss-fopnp_*.deb "$FOPNP_DEBS"/fopnp_*.deb "$root/var/tmp/debs/"
	cp "$BUILD/tests/packaging/steady_lookups" "$root/usr/bin/"
}

# No LD_* or locale of the machine.
in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		chroot "$root" "$@"
}

# install PACKAGE...
install() {
	for package in "$@"; do
		in_root sh -c "dpkg --force-unsafe-io --no-triggers -i /var/tmp/debs/${package}_*.deb" >dpkg.log 2>&1 ||
			fail "install $package: $(cat dpkg.log)"
	done
}

# remove PACKAGE..., purge PACKAGE...
remove() {
	in_root dpkg --no-triggers -r "$@" >dpkg.log 2>&1 || fail "remove $*: $(cat dpkg.log)"
}
purge() {
	in_root dpkg --no-triggers -P "$@" >dpkg.log 2>&1 || fail "purge $*: $(cat dpkg.log)"
}

# hosts_line FORMAT: the system's nsswitch.conf with this line
nsswitch=
hosts_line() {
	nsswitch=$root/etc/nsswitch.conf
	# shellcheck disable=SC2059
	printf "passwd:         files\ngroup:          files\n$1\nnetworks:       files\n" >"$nsswitch.new"
	mv "$nsswitch.new" "$nsswitch"
	cp "$nsswitch" original
}

expect_original() {
	cmp -s original "$nsswitch" && return
	diff original "$nsswitch" >&2
	fail "$1: nsswitch.conf is not as it was"
}

# expect_line TEXT WHEN: the hosts line is just that
expect_line() {
	line=$(grep '^[[:space:]]*hosts' "$nsswitch")
	[ "$line" = "$1" ] || fail "$2: the hosts line is '$line', not '$1'"
}

start_steady() {
	rm -f "$root/ready"
	in_root nice steady_lookups /ready localhost steady.example client >steady.out 2>steady.err &
	steady=$!
	tries=200
	until [ -s "$root/ready" ]; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || fail "steady_lookups did not start: $(cat steady.err)"
		sleep 0.05
	done
}

stop_steady() {
	kill -TERM "$(cat "$root/ready")"
	wait "$steady" || fail "lookups went wrong while packages came and went: $(tail -n 5 steady.err) $(cat steady.out)"
	echo "lookups: $(cat steady.out)"
}
