#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp:mdns against a real avahi-daemon at the far end of a link, against one on this side, and
# against responders and daemons that lie.
#
#	mdns.sh            all groups, at the same time
#	mdns.sh GROUP...   these
#
# mdns/*.sh are the groups, each in namespaces of its own; what is asked and answered stands there
# in tables, see expect_lookups.py.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/mdns_lib.sh
. "$(dirname "$0")/mdns_lib.sh"

groups='link links avahi liars hostile programs'

# Each group in a process of its own, at the same time.
run_all() {
	logs=$(mktemp -d "${TMPDIR:-/tmp}/fopnp-mdns.XXXXXX")
	trap 'rm -rf "$logs"' EXIT
	trap 'exit 143' TERM INT
	for group in "$@"; do
		{
			"$0" --inside "$group" >"$logs/$group" 2>&1
			echo $? >"$logs/$group.status"
		} &
	done
	wait
	worst=0
	for group in "$@"; do
		status=$(cat "$logs/$group.status")
		sed "s/^/$group: /" "$logs/$group"
		[ "$status" -eq 0 ] || [ "$worst" -eq 1 ] || worst=$status
		[ "$status" -ne 77 ] || reason=$(tail -n 1 "$logs/$group")
	done
	[ "$worst" -ne 77 ] || skip "$reason"
	[ "$worst" -ne 0 ] || echo "as expected: $*"
	exit "$worst"
}

need_program python3 nsenter setpriv ping curl
need_built bin/fopnp
need_part avahi-daemon
if [ "${1:-}" != --inside ]; then
	# shellcheck disable=SC2086 # one word a group
	[ $# -gt 0 ] || set -- $groups
	run_all "$@"
fi
enter "$@"
hosts_line fopnp
# shellcheck source=/dev/null
. "$here/mdns/$2.sh"
no_complaints
