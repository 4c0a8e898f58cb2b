#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp check as people read it: order, width, colour, and nothing hostile from the files.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
printf 'nameserver 127.0.0.1\nnameserver 10.0.0.1:53\noptions \033[31mred\033[0m\302\233x\n' >"$etc/resolv.conf"
printf '127.0.0.1 localhost\n192.0.2.7 printer\n192.0.2.7 printer\n' >"$etc/hosts"

# The gravest first, each with its place, its id, and what to do; the last line counts.
run 1 check
silent
fits 100
matches '^error    /etc/resolv.conf:1  \[server-refused\]$'
matches '^warning  /etc/resolv.conf:2  \[nameserver-line-unused\]$'
matches '^  to do  '
[ "$(sed -n 's/^\(error\|warning\|note\)  *\/.*/\1/p' "$work/out" | uniq | tr '\n' ' ')" = 'error warning note ' ] ||
	fail 'not the gravest first'
tail -n 1 "$work/out" | grep -q '^[0-9]* errors*, [0-9]* warnings*, [0-9]* notes*; ' || fail 'the last line'
errors=$(grep -c '^error ' "$work/out")
tail -n 1 "$work/out" | grep -q "^$errors error" || fail 'the last line counts otherwise'

# What stands in the files does nothing to the terminal.
has '\x1b[31mred\x1b[0m\u{009b}x'
! LC_ALL=C grep -q "$(printf '\033')" "$work/out" || fail 'an escape sequence came through'
run 1 check --json
json '"\x1b[31mred" in [f for f in objects[:-1] if f["id"] == "resolv-option-unknown"][0]["text"]'

# Narrow terminals; colour on a terminal alone.
COLUMNS=60
export COLUMNS
run 1 check
fits 60
run 0 check --list
run 0 check --explain server-silent
fits 60
unset COLUMNS
run 0 check --list
fits 100
if command -v script >/dev/null 2>&1; then
	TERM=xterm script -qec "$fopnp check --no-probe" /dev/null </dev/null >"$work/out" 2>&1 || :
	LC_ALL=C grep -q "$(printf '\033')\[" "$work/out" || fail 'no colour on a terminal'
	NO_COLOR=1 TERM=xterm script -qec "$fopnp check --no-probe" /dev/null </dev/null >"$work/out" 2>&1 || :
	! LC_ALL=C grep -q "$(printf '\033')\[" "$work/out" || fail 'colour in spite of NO_COLOR'
fi

# One finding is "1 note", not "1 notes"; less is shown, the same is counted.
run 1 check --severity error
has_not 'nameserver-line-unused'
matches '^[0-9]* errors*, [0-9]* warnings*'
