#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Puzzles that people have really had with names, each in namespaces of its own: the set-up, one
# `fopnp trace`, and what it has to say.
#
#	scenarios.sh            all of them, a few at a time
#	scenarios.sh NAME...    these
#	scenarios.sh --list     their names and titles
#
# FOPNP_SCENARIO_OUTPUT=1 shows the output of those that pass, too; with FOPNP_SCENARIO_LINE=fopnp
# the hosts line of each is the documented one with the module.
#
# scenarios/*.sh hold them by subject.  A scenario is
#
#	scenario NAME 'title' PART...   (PART: a package that parts.sh fetches)
#	NAME() {
#		set-up by the functions of lib.sh
#		traced STATUS ARGUMENT...
#		expect EXPECTATION...
#	}
#
# `traced` runs the same trace as JSON and as text, 80 and 100 columns wide, in the C locale and in
# UTF-8.  `expect` hands all that to scenarios/expect.py, which has the words of an expectation,
# and which also checks what must hold of every output.
#
# Not here, since they are not about one lookup through NSS: programs with resolvers of their own
# (c-ares, musl, Go, browsers), static programs, a process that keeps an old resolv.conf, what
# authselect generates, `dig +trace`, mail.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/resolved_lib.sh
. "$(dirname "$0")/resolved_lib.sh"

at_once=4
fopnp=$BUILD/bin/fopnp
wanted=
names=

# scenario NAME TITLE PART...: the function NAME follows.
scenario() {
	names="$names $1"
	[ "$wanted" = "$1" ] || return 0
	title=$2
	shift 2
	parts=$*
}

# traced STATUS ARGUMENT...: `fopnp trace ARGUMENT...` as an ordinary user, in all forms; each has
# to end with STATUS.  All at the same time, but with $one_by_one=1 for what an earlier trace
# changes, and then each behind the function $before_form; through the command $trace_in.
traced() {
	expected=$1 complaints=0
	shift
	what=$*
	rm -rf output
	mkdir output
	trace_form json 100 C.UTF-8 --json "$@"
	trace_form text.100 100 C.UTF-8 "$@"
	trace_form text.80 80 C.UTF-8 "$@"
	trace_form text.100.C 100 C "$@"
	trace_form text.80.C 80 C "$@"
	wait_for_forms
	for form in json text.100 text.80 text.100.C text.80.C; do
		found=$(cat "output/$form.status")
		[ "$found" = "$expected" ] || complain "$form: exit status $found instead of $expected"
		[ ! -s "output/$form.errors" ] ||
			complain "$form: on stderr: $(cat -v "output/$form.errors")"
	done
}

forms=
trace_form() {
	form=$1 columns=$2 locale=$3
	shift 3
	${before_form:-:}
	(
		# shellcheck disable=SC2086 # a command and its words
		COLUMNS=$columns LC_ALL=$locale ${trace_in:-} setpriv --reuid "${as_user:-65534}" \
			--regid "${as_user:-65534}" --clear-groups \
			"$fopnp" trace "$@" >"output/$form" 2>"output/$form.errors" </dev/null
		echo $? >"output/$form.status"
	) &
	forms="$forms $!"
	[ -z "${one_by_one:-}" ] || wait_for_forms
}

wait_for_forms() {
	for form_pid in $forms; do
		wait "$form_pid"
	done
	forms=
}

# What traced and expect found wrong; the output follows once, behind expect.
complain() {
	complaints=$((complaints + 1)) failures=$((failures + 1))
	printf '%s\n' "$*"
}

expect() {
	python3 "$here/scenarios/expect.py" "$here/../.." output "$@" >found 2>&1 ||
		complain "$(cat found)"
	[ "$complaints" -gt 0 ] || [ -n "${FOPNP_SCENARIO_OUTPUT:-}" ] || return 0
	printf 'the output of fopnp trace %s was\n\n' "$what" | cat -v
	cat output/text.100
	echo
}

# ---- what scenarios share ----

# start_faulty_dns ADDRESS[,ADDRESS...] RULE...: faulty_dns.py there; its log is $faulty_log.
start_faulty_dns() {
	addresses=$1
	shift
	faulty_log=$scratch/log/faulty_dns.$addresses.queries
	rm -f "$faulty_log"
	start_server "faulty_dns.$addresses" \
		python3 "$here/faulty_dns.py" "$faulty_log" "$addresses" "$@"
	# shellcheck disable=SC2034 # for the scenario
	faulty_pid=$server_pid
	wait_until "faulty_dns.py on $addresses" grep -qx ready "$faulty_log"
}

# resolv_conf LINE...
resolv_conf() {
	printf '%s\n' "$@" | put /etc/resolv.conf
}

# hosts_file LINE...
hosts_file() {
	printf '%s\n' "$@" | put /etc/hosts
}

# add_link NAME: a link with nobody else on it.  Its far end has no addresses, not even link-local.
add_link() {
	ip link add "$1" type veth peer name "$1_far"
	ip link set "$1_far" addrgenmode none up
	ip link set "$1" up
}

# A link with an address of each family and default routes, as an ordinary host has.
add_lan() {
	add_link lan
	ip addr add 192.0.2.200/24 dev lan
	ip -6 addr add 2001:db8::200/64 dev lan nodad || skip "no IPv6 here"
	ip route add default via 192.0.2.1
	ip -6 route add default via 2001:db8::1
}

# avahi on the link; it knows printer.local, 192.0.2.77, alone.
start_avahi_on_lan() {
	start_avahi lan
	wait_until 'avahi to know its hosts' getent -s hosts:mdns4_minimal ahosts printer.local
}

# sources WORD...: those words on the hosts line.
sources() {
	if [ "${FOPNP_SCENARIO_LINE:-}" = fopnp ]; then
		fopnp_line "$@"
	else
		hosts_line "$@"
	fi
}

# ---- running ----

run_one() {
	failures=0
	chmod 755 "$scratch"
	TMPDIR=$scratch/tmp
	mkdir -m 1777 "$TMPDIR"
	export TMPDIR
	add_lan
	sources files dns
	"$wanted"
	exit $((failures > 0))
}

# Each in a process of its own, whose log and exit status are kept in $logs.
run_all() {
	logs=$(mktemp -d "${TMPDIR:-/tmp}/fopnp-scenarios.XXXXXX")
	trap 'rm -rf "$logs"' EXIT
	trap 'exit 143' TERM INT
	# shellcheck disable=SC2016 # for the inner shell
	printf '%s\n' "$@" | logs=$logs xargs -P "$at_once" -n 1 sh -c '
		"$0" --inside "$1" >"$logs/$1.log" 2>&1
		echo $? >"$logs/$1.status"' "$0"
	report "$@"
}

report() {
	number=0 passed=0 failed=0 skipped=0 reason=
	for name in "$@"; do
		number=$((number + 1))
		wanted=$name
		read_scenarios
		case $(cat "$logs/$name.status") in
		0) passed=$((passed + 1)) ;;
		77) skipped=$((skipped + 1)) reason="$name: $(tail -n 1 "$logs/$name.log")" ;;
		*)
			failed=$((failed + 1))
			printf 'scenario %d, %s (%s): FAILED\n' "$number" "$name" "$title"
			sed 's/^/    /' "$logs/$name.log"
			continue
			;;
		esac
		[ -z "${FOPNP_SCENARIO_OUTPUT:-}" ] || {
			printf '## %s: %s\n\n' "$name" "$title"
			sed 's/^/    /' "$logs/$name.log"
			echo
		}
	done
	echo "$number scenarios: $passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ] || exit 1
	[ "$skipped" -eq 0 ] || skip "$reason"
}

read_scenarios() {
	names='' title='' parts=''
	for file in "$here"/scenarios/*.sh; do
		# shellcheck source=/dev/null
		. "$file"
	done
}

list() {
	for wanted in $names; do
		read_scenarios
		printf '%-32s %s\n' "$wanted" "$title"
	done
}

need_program python3 setpriv xargs
need_built bin/fopnp
read_scenarios
if [ "${1:-}" = --inside ]; then
	wanted=$2
	read_scenarios
	[ -n "$title" ] || fail "no scenario $wanted"
	# shellcheck disable=SC2086 # one word a part
	[ -z "$parts" ] || need_part $parts
	enter "$@"
	run_one
elif [ "${1:-}" = --list ]; then
	list
elif [ $# -gt 0 ]; then
	run_all "$@"
else
	# shellcheck disable=SC2086 # one word a scenario
	run_all $names
fi
