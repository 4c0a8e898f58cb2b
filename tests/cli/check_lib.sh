# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # names of lib.sh
# What the tests of `fopnp check` share, behind lib.sh.

servers=
trap 'kill $servers 2>/dev/null; rm -rf "$work"' EXIT

# Until a helper has said so in $work/ready: 20 s at most.
wait_until_ready() {
	for _ in $(seq 200); do
		[ ! -s "$work/ready" ] || return 0
		sleep 0.1
	done
	return 1
}

# serve ADDRESS=HABIT...: name servers of known habits; their queries go to $work/queries.
serve() {
	: >"$work/queries"
	: >"$work/ready"
	"$here/check_dns.py" "$work/queries" "$@" >"$work/ready" 2>&1 &
	servers="$servers $!"
	wait_until_ready || fail "the name servers did not start"
}

# finds ID...: the output (text) has these; lacks ID...: and not these.
finds() {
	for id; do
		has "[$id]"
	done
}
lacks() {
	for id; do
		has_not "[$id]"
	done
}
# Text that may be broken at any blank.
says() {
	tr -s '\n ' '  ' <"$work/out" | grep -qF -e "$1" || fail "no \"$1\" in the output"
}
resolv() {
	printf '%s\n' "$@" >"$etc/resolv.conf"
}

cat >"$etc/hosts" <<-END
	127.0.0.1 localhost $(hostname)
	::1 localhost
	192.0.2.7 printer.example printer
END
