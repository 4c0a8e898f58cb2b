#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files and names that nobody would write, and answers that nobody would expect: a clear error or
# a sound table, in bounded time, and nothing that commands a terminal.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

cd "$work"
source_module hostile -DHOSTILE
printf 'multi on\n' >"$etc/host.conf"

no_controls() {
	if LC_ALL=C grep -q "[$(printf '\001-\010\013-\037\177')]" "$work/out" "$work/err"; then
		fail "a control byte in the output"
	fi
}

# Names and answers that try to command the terminal.
printf '192.0.2.66 evil\033]0;owned\007.example\n192.0.2.66 \302\233m\342\200\256.example\n\033[2J x\n' >hosts
printf '192.0.2.66 bytes\377\376.example %s\n' "$(head -c 1000 /dev/zero | tr '\0' x)" >>hosts
run 1 compare --file hosts --order hostile --class same,differs,malformed
no_controls
fits 100
has '\x1b]0;owned'
has 'evil'
run 1 compare --file hosts --order hostile --class same,differs,malformed --json
json 'o["counts"]["malformed"] == 1' 'o["counts"]["same"] == 4'
no_controls
COLUMNS=40 run 1 compare --file hosts --order hostile --class same,malformed
no_controls

# What is no file that can be read.
run 3 compare --file "$work/there-is-none"
has_error "cannot read $work/there-is-none"
run 3 compare --file "$work"
has_error 'is no regular file'
mkfifo pipe
run 3 compare --file pipe
has_error 'pipe is no regular file'
run 3 compare --file /dev/zero
ln -s circle circle
run 3 compare --file circle
has_error 'cannot read circle'
run 3 compare --json --file circle
json 'o["type"] == "error"' 'o["id"] == "hosts-unreadable"' 'len(objects) == 1'
rm -f "$etc/hosts"
run 3 compare
has_error 'cannot read /etc/hosts'

# No entries at all.
: >hosts
run 0 compare --file hosts --order files
has 'nothing to compare'
printf '# a comment\n\n' >hosts
run 0 compare --file hosts --order files --json
json 'o["type"] == "summary"' 'o["counts"]["lines"] == 2'
printf '192.0.2.1 a\n' >hosts
run 0 compare --file hosts --order files - </dev/null
has 'nothing to compare'

# Bytes of any kind: 4 MB of noise, and a line that never ends.
head -c 4000000 /dev/urandom >hosts
run 1 compare --file hosts --order files
no_controls
has 'malformed'
has '--json shows all'
head -c 100000 /dev/urandom >hosts
run 1 compare --file hosts --order files --json --class malformed
json 'o["counts"]["malformed"] > 100' 'o["counts"]["malformed"] == len(objects) - 1'
head -c 20000000 /dev/zero | tr '\0' x >hosts
run 3 compare --file hosts --order files
has_error 'a line of more than 16 MiB'
{
	printf '192.0.2.1'
	seq -s ' ' -f ' n%.0f' 12000
} >hosts
run 0 compare --file hosts --order files --no-reverse
matches '^2000 names were not asked for'
matches '^10000 only-hosts$'
has '--json shows all'

# One name with more addresses than would be looked up backwards.
seq -f '10.0.%.0f' 0 46 | while read -r net; do seq -f "$net.%.0f many" 0 255; done >hosts
hosts_line files
run 0 compare --file hosts --json
[ "$(grep -o '"agrees"' "$work/out" | wc -l)" -eq 10000 ] || fail "not 10,000 addresses were looked up"
run 0 compare --file hosts --json --all
[ "$(grep -o '"agrees"' "$work/out" | wc -l)" -eq 12032 ] || fail "not all addresses were looked up"

# 100 MB, most of it to block names: classed, and a sample asked for.
{
	printf '192.0.2.1 one\n'
	seq -f "0.0.0.0 ads%.0f.tracker.$(head -c 60 /dev/zero | tr '\0' x).example.com" 1100000
	printf '192.0.2.2 two\n'
} >hosts
[ "$(stat -c %s hosts)" -gt 100000000 ] || fail "the file is too small for this test"
run 0 compare --file hosts --order files --no-reverse
matches '^1100000 blocked, 2 only-hosts$'
has '100 blocked names were asked for: 0 exist elsewhere'
matches "^only-hosts *two *192.0.2.2 *hosts:1100002\$"

# A full disk loses no error.
printf '192.0.2.1 a\n' >hosts
status=0
"$fopnp" compare --file hosts --order files >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "exit status $status with a full disk"
has_error 'cannot write the output'
