#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Make a folder with a small Debian system in it, for tests to lay an overlay upon.
# Usage: folder.sh SUITE [LAYER]
#
# Without LAYER: the smallest system, the libraries that the packages need, and below /var/tmp/debs
# the NSS modules that tests install.  LAYER build: what the packages are built with; LAYER programs:
# programs that look names up; LAYER servers: what the tests of fopnp:dns ask.  A layer is an
# overlay's upper folder over the system.
# They stay below ${FOPNP_PARTS:-build/parts}/debian/SUITE for the next run.
# Exit status: 0 it is there, and the last line is its path; 77 it cannot be had, and the last line
# says why.
set -u
here=$(realpath "$(dirname "$0")")
packaging=$here/../../packaging
suite=$1
layer=${2:-base}
mirror=${FOPNP_DEBIAN_MIRROR:-} # else that of debootstrap's own choice
folder=${FOPNP_PARTS:-build/parts}/debian/$suite

unavailable() {
	echo "$*"
	exit 77
}

# apart COMMAND...: in name spaces of its own, so that no interruption leaves mounts or processes
child=
trap '[ -z "$child" ] || kill -KILL "$child"; exit 143' TERM INT
apart() {
	unshare -m -p -f --kill-child --mount-proc "$@" &
	child=$!
	wait "$child"
	set -- "$?"
	child=
	return "$1"
}

# in_folder ROOT COMMAND...: a chroot with proc, where no daemon may start
in_folder() {
	root=$1
	shift
	# shellcheck disable=SC2016
	apart env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c '
		cp /etc/resolv.conf "$1/etc/resolv.conf" && mount -t proc proc "$1/proc" &&
		shift && exec chroot "$@"' sh "$root" "$root" "$@"
}

# A mirror that stands still has lists past their time: they serve.
apt='apt-get -qq -y --no-install-recommends -o APT::Sandbox::User=root -o DPkg::Options::=--force-unsafe-io'
apt="$apt -o Acquire::Check-Valid-Until=false"

make_base() {
	rm -rf "$folder/base.new"
	mkdir -p "$folder"
	command -v debootstrap >/dev/null 2>&1 || unavailable "no debootstrap here: apt-get install debootstrap"
	apart nice debootstrap --variant=minbase "$suite" "$folder/base.new" ${mirror:+"$mirror"} >"$folder/base.log" 2>&1 ||
		unavailable "debootstrap of $suite: $(tail -n 1 "$folder/base.log")"
	printf '#!/bin/sh\nexit 101\n' >"$folder/base.new/usr/sbin/policy-rc.d"
	chmod 755 "$folder/base.new/usr/sbin/policy-rc.d"
	# What the packages depend on, by names that each suite has.
	in_folder "$folder/base.new" sh -ec "$apt install libelf1 libidn2-0 libjansson4 libmd0 libcap2
		mkdir -p /var/tmp/debs && cd /var/tmp/debs && apt-get -qq -o APT::Sandbox::User=root \
			download libnss-mdns libnss-myhostname && apt-get clean" >>"$folder/base.log" 2>&1 ||
		unavailable "packages of $suite: $(tail -n 1 "$folder/base.log")"
	mv "$folder/base.new" "$folder/base"
}

packages() {
	sed 's/#.*//' "$@" | tr '\n' ' '
}

# make_layer NAME PACKAGE...
make_layer() {
	name=$1
	shift
	rm -rf "$folder/$name.new" "$folder/$name.work"
	mkdir -p "$folder/$name.new" "$folder/$name.work" "$folder/$name.root"
	# shellcheck disable=SC2016
	apart sh -c 'mount -t overlay overlay -o "lowerdir=$1/base,upperdir=$1/$2.new,workdir=$1/$2.work" \
			"$1/$2.root" && shift 2 && exec "$@"' sh "$folder" "$name" \
		"$0" --install "$folder/$name.root" "$*" >"$folder/$name.log" 2>&1 ||
		unavailable "the layer $name of $suite: $(tail -n 1 "$folder/$name.log")"
	rm -rf "$folder/$name.work"
	rmdir "$folder/$name.root"
	mv "$folder/$name.new" "$folder/$name"
}

if [ "$1" = --install ]; then
	# Without a network, the lists that came with the system serve, and then apt says what it lacks.
	in_folder "$2" sh -ec "$apt update || :; $apt install $3; apt-get clean"
	exit
fi
[ "$(id -u)" -eq 0 ] || unavailable "needs root for a folder with a system in it"
mkdir -p "$folder" || unavailable "cannot write $folder"
folder=$(realpath "$folder")
exec 9>"$folder/lock"
flock 9
[ -d "$folder/base" ] || make_base
case $layer in
base) ;;
build) # shellcheck disable=SC2046
	[ -d "$folder/build" ] ||
		make_layer build $(packages "$packaging/build-packages.txt" "$packaging/deb-packages.txt") libcmocka-dev ;;
programs) [ -d "$folder/programs" ] || make_layer programs iputils-ping curl python3 openssh-client aria2 ;;
servers) [ -d "$folder/servers" ] || make_layer servers iproute2 nsd procps python3 unbound ;;
*) unavailable "no layer $layer" ;;
esac
echo "$folder/$layer"
