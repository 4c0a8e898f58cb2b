#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Killed at each system call that touches the files, enable and disable leave the old nsswitch.conf
# or the new one, whole, and the next call does its work as if nothing had happened.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/cli/enable_lib.sh
. "$here/enable_lib.sh"
command -v strace >/dev/null || skip "no strace on this machine"

lay '# a comment' 'hosts: files dns' 'networks: files'
strace -o "$work/trace" true 2>/dev/null || skip "strace may not trace here"
run 0 enable
cp "$nsswitch" "$work/new"
run 0 disable
is_original 'once through'

# traced COMMAND OPTION...: the command with strace at those of its calls that touch the files.
traced() {
	command=$1
	shift
	status=0
	strace -qq -o "$work/trace" -P /etc -P "$nsswitch" -P "$nsswitch.fopnp-new" \
		-P "$nsswitch.before-fopnp" -P "$nsswitch.before-fopnp.fopnp-copy" "$@" \
		"$fopnp" "$command" >"$work/out" 2>"$work/err" || status=$?
}

# calls COMMAND: in $work/calls "NAME NUMBER" a line for each of these calls; strace counts each name by itself.
calls() {
	traced "$1" -e signal=none
	[ "$status" -eq 0 ] || fail "$1, traced: status $status"
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$work/trace" | awk '{ print $1, ++count[$1] }' >"$work/calls"
}

# kill_at COMMAND NAME NUMBER: at the NUMBER-th call of that name.
kill_at() {
	traced "$1" -e inject="$2:signal=KILL:when=$3"
	[ "$status" -eq 137 ] || fail "$1, $2 number $3: status $status"
}

# whole COMMAND CALL: one of the two files, and `localhost` is still found.
whole() {
	cmp -s "$nsswitch" "$work/orig" || cmp -s "$nsswitch" "$work/new" ||
		fail "$1, killed at call $2: $(cat "$nsswitch")"
	[ "$(getent hosts localhost)" ] || fail "$1, killed at call $2: localhost is not found"
}

calls enable
[ "$(wc -l <"$work/calls")" -ge 25 ] || fail "few calls of enable: $(cat "$work/calls")"
run 0 disable
old=0
new=0
while read -r name number; do
	kill_at enable "$name" "$number"
	whole enable "$name $number"
	if cmp -s "$nsswitch" "$work/orig"; then old=$((old + 1)); else new=$((new + 1)); fi
	# What it left is in nobody's way.
	if [ "$number" -eq 1 ]; then
		run 0 enable
		cmp -s "$nsswitch" "$work/new" || fail "enable behind a kill at $name $number"
	fi
	run 0 disable
	is_original "disable behind a kill at $name $number"
done <"$work/calls"
{ [ $old -ge 15 ] && [ $new -ge 3 ]; } || fail "the old file was left $old times, the new one $new times"

run 0 enable
calls disable
[ "$(wc -l <"$work/calls")" -ge 15 ] || fail "few calls of disable: $(cat "$work/calls")"
while read -r name number; do
	run 0 enable
	kill_at disable "$name" "$number"
	whole disable "$name $number"
	run 0 disable
	is_original "disable again behind a kill at $name $number"
done <"$work/calls"
is_original 'the end'
is_clean 'the end'
