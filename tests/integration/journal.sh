#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Events in a real journal: what `log journal` sends is stored with its fields and is found by them;
# `log-events` chooses; and a journald that is frozen, or gone, costs lookups nothing.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 setpriv
[ -x /usr/lib/systemd/systemd-journald ] || need_part systemd
enter "$@"

as_user() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# events NAME: the events about that name, one JSON object a line.
events() {
	journalctl -q -D /run/log/journal -o json --all SYSLOG_IDENTIFIER=nss_fopnp FOPNP_NAME="$1" \
		2>log/journalctl
}

has_events() {
	[ -n "$(events "$1")" ]
}

check_fields() {
	as_user getent ahosts hostsonly >/dev/null || fail "the lookup fails"
	wait_until 'the event of hostsonly' has_events hostsonly
	events hostsonly | python3 "$here/json_expect.py" FOPNP_EVENT='"1"' FOPNP_SOURCE=files \
		FOPNP_STATUS=SUCCESS FOPNP_COMM=getent PRIORITY='"7"' FOPNP_ADDRESS=192.0.2.201 \
		_UID='"65534"' FOPNP_UID='"65534"' FOPNP_FAMILY=unspec ||
		fail "the event is not what was looked up"
	as_user getent ahosts nosuch.example >/dev/null
	wait_until 'the event of nosuch.example' has_events nosuch.example
	events nosuch.example | python3 "$here/json_expect.py" FOPNP_STEP.#=2 FOPNP_STATUS=NOTFOUND ||
		fail "the event does not show the steps"
	echo 'the journal has the events'
}

check_choice() {
	printf 'log journal\nlog-events failures\n' | put /etc/fopnp.conf
	getent ahosts quiet >/dev/null || fail "the lookup fails"
	getent ahosts loud.example >/dev/null
	wait_until 'the event of loud.example' has_events loud.example
	has_events quiet && fail "a success is in the journal in spite of: log-events failures"
	echo 'the journal has the failures only'
}

# Many more than fit into a frozen journald's socket; `timeout` is there to end a hanging test.
check_frozen() {
	echo 'log journal' | put /etc/fopnp.conf
	kill -STOP "$journald_pid"
	timeout "$patience" python3 -c 'import socket
for _ in range(500):
    socket.getaddrinfo("hostsonly", None)' || fail "lookups fail or hang while journald is frozen"
	kill -CONT "$journald_pid"
	stop_server "$journald_pid"
	getent ahosts hostsonly >/dev/null || fail "the lookup fails after journald has gone"
	echo 'lookups do not mind a frozen journald'
}

printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n192.0.2.202 quiet\n' | put /etc/hosts
hosts_line 'fopnp [!SUCCESS=return] files files'
echo 'log journal' | put /etc/fopnp.conf
start_journald
check_fields
check_choice
check_frozen
