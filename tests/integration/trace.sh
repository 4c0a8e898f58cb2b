#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp trace` on real sources: a name answered by files, by dns, by mdns4_minimal and avahi; one
# that [NOTFOUND=return] stops; one that fails; one that is an address; and one behind nscd.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 setpriv
need_built bin/fopnp
need_part nsd unbound libnss-mdns nscd avahi-daemon
enter "$@"

failures=0

# traced STATUS NAME: trace it as an ordinary user, as text (in the file text) and as JSON (json).
traced() {
	what="$(sed -n 's/^hosts: //p' /etc/nsswitch.conf): $2"
	for form in text json; do
		option=--$form
		[ "$form" = json ] || option=--timeout=20s
		setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$BUILD/bin/fopnp" trace "$option" "$2" >$form 2>errors
		status=$?
		[ "$status" -eq "$1" ] || complain "exit status $status instead of $1: $(cat errors $form)"
	done
}

complain() {
	failures=$((failures + 1))
	echo "FAILED: trace of $what: $*"
}

# says PATTERN...: the text has a line of each kind.
says() {
	for pattern in "$@"; do
		grep -qE -- "$pattern" text || complain "no line like '$pattern' in:" "$(cat text)"
	done
}

# holds PATH=VALUE...: so does the JSON.
holds() {
	python3 "$here/json_expect.py" "$@" <json >difference 2>&1 || complain "$(cat difference)"
}

# Under the plain line and under the documented one the tool tells the same story.
with_each_line() {
	hosts_line "$1"
	"$2"
	fopnp_line "$1"
	"$2"
}

check_answers() {
	traced 0 hostsonly
	says '^hostsonly -> 192\.0\.2\.201$' 'answered by files in ' ' 1  files +found .*/etc/hosts:2 +STOP$' \
		' 3  dns .* not asked$'
	holds answered_by=files result.code=OK result.addresses.0.address=192.0.2.201 \
		steps.#=3 steps.0.source=files steps.0.status=SUCCESS steps.0.action=return \
		steps.0.evidence.0.file=/etc/hosts steps.0.evidence.0.line=2 steps.2.reached=false

	traced 0 v4.corp.example
	says '^v4\.corp\.example -> 192\.0\.2\.1$' 'answered by dns in ' ' 1  files +not found .* next$' \
		' 3  dns +found .* 192\.0\.2\.1  ttl [0-9]+ +STOP$'
	holds answered_by=dns steps.0.status=NOTFOUND steps.0.action=continue \
		steps.1.status=UNAVAIL steps.1.action=continue steps.2.status=SUCCESS

	traced 1 nosuch.corp.example
	says '^nosuch\.corp\.example: not found$' EAI_NONAME ' 3  dns +not found '
	holds answered_by=null result.code=EAI_NONAME result.number=-2 steps.2.reached=true \
		steps.2.h_errno=HOST_NOT_FOUND

	traced 1 nodata.corp.example.
	says EAI_NODATA
	holds answered_by=null result.code=EAI_NODATA steps.2.h_errno=NO_DATA

	traced 3 broken.example.
	says '^broken\.example\.: no answer$' EAI_AGAIN
	holds answered_by=null result.code=EAI_AGAIN steps.2.status=UNAVAIL steps.2.h_errno=TRY_AGAIN

	traced 0 127.1
	says '^127\.1 -> 127\.0\.0\.1$' 'no source was asked'
	holds answered_by=numeric steps.0.reached=false steps.2.reached=false \
		result.addresses.0.address=127.0.0.1

	traced 0 many.corp.example
	holds answered_by=dns result.addresses.#=60
}

check_stop() {
	traced 1 v4.corp.example
	says '^v4\.corp\.example: not found$' ' 1  files +not found .*STOP \[NOTFOUND=return\]$' \
		' 2  dns +found .*differs: 192\.0\.2\.1  ttl [0-9]+ +not asked$'
	holds answered_by=null result.code=EAI_NONAME steps.0.action=return \
		steps.1.reached=false steps.1.answer.addresses.0.address=192.0.2.1
}

# avahi knows printer.local; of another name it hears nothing for five seconds, which is NOTFOUND.
check_avahi() {
	traced 0 printer.local
	says 'answered by mdns4_minimal in '
	holds answered_by=mdns4_minimal result.addresses.0.address=192.0.2.77
	traced 1 nosuch.local
	says ' 2  mdns4_minimal +not found .*STOP \[NOTFOUND=return\]$'
	holds answered_by=null steps.1.status=NOTFOUND steps.1.action=return steps.2.reached=false
}

# nscd has the answer; the sources have it no longer.
check_nscd() {
	fopnp_line files dns
	start_nscd
	getent ahosts v4.corp.example >/dev/null || fail "nscd does not answer"
	stop_server "$dns_pid"
	traced 0 v4.corp.example
	says '^v4\.corp\.example -> 192\.0\.2\.1$' 'answered by nscd' ' 2  dns +unavailable '
	holds answered_by=nscd result.addresses.0.source=nscd notes.0.id=nscd-answers
	stop_server "$nscd_pid"
	traced 3 v4.corp.example
	holds answered_by=null result.code=EAI_AGAIN
}

add_link() {
	ip link add to_avahi type veth peer name far_end
	ip link set far_end up
	ip link set to_avahi up
	ip addr add 192.0.2.129/25 dev to_avahi
}

chmod 755 "$scratch"
add_addresses
start_nsd 127.0.0.2
start_unbound 127.0.0.1 127.0.0.2
dns_pid=$server_pid
printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n' | put /etc/hosts
with_each_line 'files mdns4_minimal [NOTFOUND=return] dns' check_answers
with_each_line 'files [NOTFOUND=return] dns' check_stop
add_link
start_avahi to_avahi
wait_until 'avahi to know its hosts' getent -s hosts:mdns4_minimal ahosts printer.local
with_each_line 'files mdns4_minimal [NOTFOUND=return] dns' check_avahi
check_nscd
[ "$failures" -eq 0 ] && echo "traced what happened"
