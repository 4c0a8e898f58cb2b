#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A living process makes a million lookups while somebody listens, and another one has thousands of
# threads come and go: neither memory nor descriptors are left behind.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_built tests/integration/event_load
enter "$@"

lookups=${FOPNP_LOOKUPS:-1000000}
most_kib=512  # resident: half a byte a lookup
most_heap=65536

# check WHAT FILE: its last line against its first: PID MADE LONGEST_US RESIDENT_KIB HEAP DESCRIPTORS.
check() {
	read -r _ _ _ kib heap descriptors <"$2"
	# shellcheck disable=SC2046
	set -- "$1" $(tail -n 1 "$2")
	echo "$1: resident $kib to $5 KiB, heap $heap to $6 bytes, descriptors $descriptors to $7"
	[ $(($5 - kib)) -le "$most_kib" ] || fail "$1: resident memory grows"
	[ $(($6 - heap)) -le "$most_heap" ] || fail "$1: the heap grows"
	[ "$7" -eq "$descriptors" ] || fail "$1: descriptors are left behind"
}

heard() {
	grep -c lookup heard
}

printf '127.0.0.1 localhost\n192.0.2.201 loaded.example\n' | put /etc/hosts
hosts_line 'fopnp [!UNAVAIL= return] files'
echo 'order fopnp:hosts' | put /etc/fopnp.conf
mkdir /run/fopnp
load=$BUILD/tests/integration/event_load
"$load" hear /run/fopnp/events.sock 500 >heard 2>log/hear &
wait_until "the reader's socket" grep -q ready heard

# 16 new threads for each line, one lookup each; at the same time, to be done sooner.
seq 1000 | sed 's/.*/16/' | "$load" send loaded.example 16 >threads &
threads_pid=$!
printf '20000\n%s\n' "$lookups" | "$load" send loaded.example >living || fail "lookups fail"
wait "$threads_pid" || fail "lookups of threads fail"
[ "$(heard)" -gt "$((lookups / 100))" ] || fail "only $(heard) events were heard"

check "$lookups lookups" living
sed -i 1,100d threads # until then their stacks and arenas are made
check "900 times 16 threads" threads
