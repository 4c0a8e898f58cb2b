#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp:dns under attack: what comes back is what libc's dns says or a clean refusal, in bounded
# time, no descriptor is left, and nothing raw reaches the terminal; in many threads, in children
# of a process with threads, in threads that come and go.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 diff
need_built tests/integration/dns_call lib/fopnp/dns.so bin/fopnp
enter "$@"

call=$BUILD/tests/integration/dns_call
failures=0

complain() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# under WORD FILE ARGUMENT...: a lookup with that hosts line, its lines in FILE.
under() {
	hosts_line "$1"
	out=$2
	shift 2
	timeout -k 1 30 "$call" "$@" >"$out" 2>"$out.error" || complain "$*: dns_call ended with $?"
	[ ! -s "$out.error" ] || complain "$*: $(cat "$out.error")"
	awk '$1 == "descriptors" && $2 != $3 { exit 1 }' "$out" || complain "$*: descriptors are left"
	sed -i '/^descriptors/d' "$out"
}

# The answer without its time; for bad names at most MOST milliseconds.
answer_of() {
	cut -d ' ' -f 1,3- "$1"
}

# attack WORD: alone and before the right reply.
attack() {
	for follow in 'bad' 'then'; do
		under fopnp ours -4 "$1.$follow.example."
		awk -v most=$most '$2 > most { exit 1 }' ours || complain "$1.$follow: $(cat ours)"
		said=$(answer_of ours)
		echo "$1.$follow: $(cat ours)"
		case $said in
		AGAIN* | NONAME* | NODATA* | FAIL*) [ "$follow" = bad ] || refused="$refused $1" ;;
		'OK 192.0.2.1') ;;
		*)
			under dns theirs -4 "$1.$follow.example."
			[ "$said" = "$(answer_of theirs)" ] ||
				complain "$1.$follow: $said, but glibc says $(answer_of theirs)"
			;;
		esac
	done
}

# ---- replies that lie ----

ip addr add 192.0.2.200/32 dev lo
# shellcheck disable=SC2154 # $here and $scratch are of lib.sh
start_server hostile python3 "$here/hostile_dns.py" 127.0.0.53 127.0.0.77 "$scratch/hostile.log"
wait_until 'the hostile server' grep -q ready hostile.log
printf 'nameserver 127.0.0.53\noptions timeout:1 attempts:1\n' | put /etc/resolv.conf
printf 'order fopnp:dns\ndns-timeout 400ms\ndns-attempts 1\n' | put /etc/fopnp.conf
most=3000
refused=
for word in wrongid wrongport wrongaddr wrongq wrongtype noq twoq qr0 empty one short header cut \
	garbage loop forward qloop counts manyq rdlength rdshort large chain long aliases everyid \
	tcplen0 tcplen1 tcpmore tcphalf tcphalfstay tcpone tcpreset tcpclose tcpstall tcpdrip tcpgarbage \
	tcpid tcptc; do
	attack $word
done
# What is not a reply at all may not stop the right one.
for word in wrongid wrongport wrongaddr wrongq wrongtype noq everyid; do
	case " $refused " in
	*" $word "*) complain "$word: the right reply behind it was not taken" ;;
	esac
done
echo "no answer after:$refused"

# ---- names that lie ----

long=$(printf '%060d' 0)
cat >names.rules <<-END
	escape.example ANY cname=\027[31mred.example 192.0.2.1
	shell.example ANY cname=\$(id).example 192.0.2.1
	space.example ANY cname=bad\032name.example 192.0.2.1
	newline.example ANY cname=two\010lines.example 192.0.2.1
	bidi.example ANY cname=\226\128\174moc.example 192.0.2.1
	long.example ANY cname=$long.$long.$long.$long.example 192.0.2.1
	nul.example ANY cname=a\000b.example 192.0.2.1
	1.113.0.203.in-addr.arpa PTR ptr=\027[31mred.example
	2.113.0.203.in-addr.arpa PTR ptr=\$(id).example
	3.113.0.203.in-addr.arpa PTR ptr=bad\032name.example
	4.113.0.203.in-addr.arpa PTR ptr=two\010lines.example
	5.113.0.203.in-addr.arpa PTR ptr=$long.$long.$long.$long.example
	6.113.0.203.in-addr.arpa PTR ptr=-dash.example
	7.113.0.203.in-addr.arpa PTR ptr=good.example
	ok.example ANY 192.0.2.1
END
: >faulty.log
start_server faulty python3 "$here/faulty_dns.py" faulty.log 127.0.0.54 @names.rules
wait_until 'the server with odd names' grep -q ready faulty.log
printf 'nameserver 127.0.0.54\noptions timeout:2 attempts:1\n' | put /etc/resolv.conf
for name in escape shell space newline bidi long nul; do
	under dns theirs -4 -c $name.example.
	under fopnp ours -4 -c $name.example.
	[ "$(answer_of ours)" = "$(answer_of theirs)" ] ||
		complain "$name: $(cat ours), but glibc says $(cat theirs)"
done
for last in 1 2 3 4 5 6 7; do
	under dns theirs -r 203.0.113.$last
	under fopnp ours -r 203.0.113.$last
	[ "$(answer_of ours)" = "$(answer_of theirs)" ] ||
		complain "203.0.113.$last: $(cat ours), but glibc says $(cat theirs)"
done
grep -q '^OK .*good.example' ours || complain 'no reverse lookup works: no test'
for name in escape.example. newline.example. bidi.example. space.example. 203.0.113.1 203.0.113.4; do
	"$BUILD/bin/fopnp" trace --order fopnp:dns "$name" >traced 2>&1
	grep -q "$name" traced || complain "trace $name says nothing: no test"
	LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" traced && complain "trace $name: raw bytes"
	grep -q "$(printf '\342\200\256')" traced && complain "trace $name: a raw bidi control"
done
echo 'odd names: as glibc, and never raw'

# ---- many at once ----

printf 'nameserver 127.0.0.54\n' | put /etc/resolv.conf
printf 'order fopnp:dns\n' | put /etc/fopnp.conf
under fopnp ours -t 20 -n 50 -4 ok.example.
[ "$(cat ours)" = '1000 ok.example.: OK 192.0.2.1' ] || complain "20 threads: $(cat ours)"
echo "20 threads: $(cat ours)"
under fopnp ours -t 8 -n 100 -f -4 ok.example.
printf '%s\n' '40 a child of fork(): OK' '800 ok.example.: OK 192.0.2.1' >expected
sort ours | diff expected - || complain 'forks beside threads'
echo "forks beside threads: $(tr '\n' ',' <ours)"
under fopnp ours -s 200 -4 ok.example.
awk '$1 != "grown" || $2 > 256 { exit 1 }' ours || complain "threads that come and go: $(cat ours) KiB"
echo "threads that come and go: $(cat ours) KiB"

[ $failures -eq 0 ] || fail "$failures of the above"
