#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A program that gains privileges, by a file capability or by the setuid bit, resolves through the
# module, and none of the FOPNP_ variables of whoever starts it has any effect.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program setpriv setcap python3
need_built tests/integration/lookups
enter "$@"

as_user() {
	setpriv --reuid 65534 --regid 65534 --clear-groups env "$@"
}

# found PROGRAM VARIABLE...: does an ordinary user's PROGRAM find the name, in what mode?
found() {
	program=$1
	shift
	as_user "$@" "./$program" -b -f hostsonly >out 2>mode || fail "$program: status $?"
	grep -q '^getaddrinfo unspec -: OK 192\.0\.2\.201' out
}

expect_mode() {
	found "$1" LC_ALL=C
	grep -qx "secure: $2" mode || fail "$1 does not run in the mode that is tested: $(cat mode)"
	grep -qx 'module: mapped' mode || fail "$1 does not load the module"
}

events() {
	[ -e events ] && grep -ac '^FOPNP_NAME=hostsonly' events
}

make_programs() {
	for program in plain capable setuid; do
		cp "$BUILD/tests/integration/lookups" $program
	done
	setcap cap_net_raw+ep capable || skip "cannot set a file capability here"
	chmod 4755 setuid
	expect_mode plain 0
	expect_mode capable 1
	expect_mode setuid 1
}

# Each variable as it would do the most harm, and the program that has no privileges obeys it.
check_obeyed() {
	! found plain FOPNP_ORDER=nosuch || fail "FOPNP_ORDER has no effect"
	! found plain "FOPNP_CONF=$scratch/user.conf" || fail "FOPNP_CONF has no effect"
	! found plain FOPNP_BYPASS=1 || fail "FOPNP_BYPASS has no effect"
	before=$(events)
	found plain "FOPNP_LOG=$scratch/socket" || fail "FOPNP_LOG disturbs the lookup"
	[ "$(events)" -gt "$before" ] || fail "FOPNP_LOG has no effect"
}

check_ignored() {
	before=$(events)
	for variable in FOPNP_ORDER=nosuch "FOPNP_CONF=$scratch/user.conf" FOPNP_BYPASS=1 \
		"FOPNP_LOG=$scratch/socket"; do
		found "$1" "$variable" || fail "$1 obeys $variable"
	done
	[ "$(events)" -eq "$before" ] || fail "$1 sends events to whoever asks"
	echo "$1: no variable has an effect"
}

chmod 755 "$scratch"
printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n' | put /etc/hosts
hosts_line 'fopnp [!SUCCESS=return] files'
echo 'order nosuch' >user.conf
chown 65534 user.conf
start_server events python3 "$here/event_socket.py" "$scratch/socket" "$scratch/events"
wait_until 'the event socket' test -S socket
make_programs
check_obeyed
check_ignored capable
check_ignored setuid
# Our own sources, fopnp/dns.so among them, serve it as well.
hosts_line fopnp
for order in fopnp:hosts 'fopnp:mdns fopnp:dns fopnp:hosts'; do
	echo "order $order" | put /etc/fopnp.conf
	for program in plain capable setuid; do
		found $program LC_ALL=C || fail "$program finds nothing with: order $order"
	done
	echo "served: order $order"
done
