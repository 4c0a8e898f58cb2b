#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A name server that does not answer is asked as often with the documented line as with the plain
# one: the list behind the module is a fall-back for a missing module, not a second try.  The error
# codes stay the same, too.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 diff
need_built tests/integration/lookups
enter "$@"

# ask FILE WORD...: what the calls say under a hosts line, and in FILE.queries what was asked.
ask() {
	out=$1
	shift
	hosts_line "$*"
	[ ! -e queries ] || : >queries
	"$BUILD/tests/integration/lookups" -b dead.example. 203.0.113.1 >"$out" || fail "lookups"
	[ ! -e queries ] || sort queries >"$out.queries"
}

# A trailing dot: no search list, so that each question is one query a try.
compare() {
	ask plain "$1"
	for line in "fopnp [!UNAVAIL= return] $1" "fopnp [!SUCCESS= return] $1"; do
		ask fopnp "$line"
		diff plain fopnp || fail "$2: other answers with: hosts: $line"
		[ ! -e queries ] || diff plain.queries fopnp.queries ||
			fail "$2: other queries with: hosts: $line"
	done
	grep -q EAI_AGAIN plain || fail "$2: no temporary failure to compare"
	echo "$2: equal for: $1"
}

# Asking twice has to be noticed; plain is what the plain line asked before.
check_the_check() {
	ask twice dns dns
	[ "$(wc -l <twice.queries)" -eq $((2 * $(wc -l <plain.queries))) ] ||
		fail "queries are not counted: $(wc -l <plain.queries), $(wc -l <twice.queries)"
	echo "the plain line asks $(wc -l <plain.queries) queries"
}

printf 'nameserver 127.0.0.9\noptions timeout:1 attempts:1\n' | put /etc/resolv.conf
compare 'files dns' 'closed port'
start_server silent_dns python3 "$here/silent_dns.py" 127.0.0.9 "$scratch/queries"
wait_until 'the silent server' grep -q ready queries
compare 'files dns' 'silent server'
check_the_check
