#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck source=tests/integration/lib.sh
# `fopnp dns --short` and `dig +short` say the same of every record in every zone of the lab: each
# name is asked for with each type that it has, and an alias for its address, too.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/lab.sh
. "$(dirname "$0")/lab.sh"

need_lab
need_program dig
need_built bin/fopnp
enter "$@"

# As lib.sh has it, and whoever asks may have the whole zone.
nsd_zone() {
	printf 'zone:\n\tname: %s\n\tzonefile: %s\n\tprovide-xfr: 0.0.0.0/0 NOKEY\n' "$1" "$2"
}

start_lab

# pairs_of SERVER CONF: name and type of all records there, by zone transfer.
pairs_of() {
	awk '$1 == "name:" { print $2 }' "$2" | while read -r zone; do
		dig "@$1" +noall +answer +noedns "$zone" AXFR
	done | awk '$3 == "IN" { print $1, $4 }' | sort -u
}

# compare SERVER TYPE FILE: the names in FILE (behind -q, or dig takes -dash- for an option).
compare() {
	sed "s/.*/-q & -t $2/" "$3" >questions
	dig "@$1" +short +norecurse -f questions >dig.out 2>&1
	"$BUILD/bin/fopnp" dns --short --no-recurse - "$2" "@$1" <"$3" >fopnp.out 2>&1
	names=$((names + $(wc -l <"$3")))
	lines=$((lines + $(wc -l <dig.out)))
	cmp -s dig.out fopnp.out && return
	diff dig.out fopnp.out | head -n 20 >&2
	fail "$2 at $1: dig (<) and fopnp dns --short (>) differ"
}

# compare_zones SERVER CONF: name by name with the types that are there.
compare_zones() {
	pairs_of "$1" "$2" >pairs
	[ -s pairs ] || fail "no records in the zones of $2"
	cut -d' ' -f2 pairs | sort -u >types
	while read -r type; do
		awk -v type="$type" '$2 == type { print $1 }' pairs >owners
		compare "$1" "$type" owners
	done <types
	cat types >>all_types
	awk '$2 == "CNAME" { print $1 }' pairs >aliases
	[ ! -s aliases ] || compare "$1" A aliases
}

names=0
lines=0
compare_zones 198.41.0.4 nsd-root.conf
compare_zones 192.5.6.30 nsd-gtld.conf
compare_zones 203.0.113.10 nsd-nic.conf
compare_zones 198.51.100.1 nsd-leaf.conf
compare_zones 198.51.100.3 nsd-hoster.conf
types=$(sort -u all_types | wc -l)
[ "$types" -ge 50 ] || fail "only $types types in the lab"
echo "$names names, $lines lines, $types types"
