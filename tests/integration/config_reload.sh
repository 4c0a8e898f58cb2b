#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# nsswitch.conf and fopnp.conf change under a program of 200 threads: no lookup ever fails or has an
# answer that neither content gives, and the program soon follows the last content.
#
# The name has one address in /etc/hosts and another by myhostname, so that an answer tells which
# of the two came first.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3
need_built tests/integration/reload_lookups
need_part libnss-myhostname
enter "$@"

by_files=192.0.2.201
by_myhostname=192.0.2.200
threads=200

start_lookups() {
	rm -f stop
	: >answers
	"$BUILD/tests/integration/reload_lookups" "$threads" "$scratch/stop" client.corp.example \
		$by_files $by_myhostname >answers 2>errors &
	lookups_pid=$!
	wait_until 'the first answer' test -s answers
}

answers_now() {
	[ "$(tail -n 1 answers)" = "$1" ]
}

# sees ADDRESS: a living program's answers change to that soon; "soon" is not timed here.
sees() {
	wait_until "$phase: the new order" answers_now "$1"
}

stop_lookups() {
	: >stop
	wait "$lookups_pid" || {
		cat errors >&2
		fail "$phase: wrong answers"
	}
	echo "$phase: $(tail -n 1 errors), $(wc -l <answers) changes of the answer, file written $1 times"
}

# during PHASE MANNER SECONDS FILE A B: FILE changes between the contents A (files first) and B (myhostname
# first) while the threads look up.
during() {
	phase=$1
	put "$4" <"$5"
	start_lookups
	sees $by_files
	python3 "$here/rewrite.py" "$2" "$4" "$3" "$5" "$6" >written || fail "rewrite.py"
	cat "$6" >"$4"
	sees $by_myhostname
	put "$4" <"$5"
	sees $by_files
	stop_lookups "$(cat written)"
}

# nsswitch FILE WORD...: contents with comments before and after, so that a part of them is likely
# to be a file that means something else.
nsswitch() {
	file=$1
	shift
	{
		echo '# a comment that makes the file longer'
		printf 'passwd: files\ngroup: files\nhosts:      %s\n' "$*"
		echo 'services: files'
	} >"$file"
}

# Wrong answers have to be noticed.
check_the_check() {
	"$BUILD/tests/integration/reload_lookups" 2 "$scratch/none" nosuch 192.0.2.1 \
		>/dev/null 2>errors &
	sleep 1
	: >none
	wait $! && fail "failed lookups pass for good ones"
	grep -q '^wrong:' errors || fail "no word about wrong lookups"
}

ip addr add $by_myhostname/32 dev lo
printf '127.0.0.1 localhost\n%s client.corp.example\n' $by_files | put /etc/hosts
check_the_check

nsswitch a 'fopnp [!UNAVAIL= return] files myhostname'
nsswitch b 'fopnp [!UNAVAIL= return] myhostname files'
during 'nsswitch.conf replaced' rename 4 /etc/nsswitch.conf a b

# An empty or cut nsswitch.conf means "files dns" to glibc, and the name is in files: no failure.
# Of these lists each beginning fails, so that a module which obeys a part of the line is seen.
during 'nsswitch.conf rewritten at once' write 4 /etc/nsswitch.conf a b
nsswitch a 'fopnp [!UNAVAIL= return] nosuchone nosuchtwo nosuchthree nosuchfour files myhostname'
nsswitch b 'fopnp [!UNAVAIL= return] nosuchone nosuchtwo nosuchthree nosuchfour myhostname files'
during 'nsswitch.conf rewritten slowly' slowly 10 /etc/nsswitch.conf a b

hosts_line 'fopnp [!UNAVAIL= return] files myhostname'
echo 'order files myhostname' >a
printf '# another order\norder myhostname files\n' >b
during 'fopnp.conf replaced' rename 4 /etc/fopnp.conf a b
during 'fopnp.conf rewritten at once' write 4 /etc/fopnp.conf a b
rm /etc/fopnp.conf
during 'fopnp.conf comes and changes' rename 4 /etc/fopnp.conf a b
during 'fopnp.conf rewritten slowly' slowly 10 /etc/fopnp.conf a b
