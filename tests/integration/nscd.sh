#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Inside nscd: the same answers as without the module, nscd survives what the module hands it, and
# a change of fopnp.conf empties nscd's hosts cache as a change of /etc/hosts does.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program getent diff gcc
need_built tests/integration/lookups
need_part nscd nsd unbound
enter "$@"

names='localhost hostsonly hosts-alias twice sixonly v4.corp.example v6.corp.example
	both.corp.example several.corp.example alias.corp.example alias2.corp.example
	nodata.corp.example alias-nodata.corp.example nosuch.corp.example many.corp.example
	many6.corp.example manyboth.corp.example broken.example thousand bad!name 127.1'
addresses='127.0.0.1 ::1 192.0.2.1 192.0.2.2 192.0.2.4 192.0.2.7 192.0.2.201 192.0.2.205
	2001:db8::1'

is_alive() {
	kill -0 "$nscd_pid" 2>/dev/null || {
		tail -n 20 log/nscd >&2
		fail "nscd died"
	}
}

# Twice, since the second answer comes from the cache.  What libc may not ask nscd for (an empty
# name: nscd has no entry of that kind) is not asked here.
ask() {
	for pass in first second; do
		# shellcheck disable=SC2086
		"$BUILD/tests/integration/lookups" -f $names $addresses >"$1.$pass" 2>"$1.module" ||
			fail "lookups"
		is_alive
	done
	grep -qx 'module: absent' "$1.module" || fail "libc did not ask nscd"
}

with_nscd() {
	hosts_line "$2"
	start_nscd
	ask "$1"
	stop_server "$nscd_pid"
	rm -rf /run/nscd
}

is_found() {
	is_alive
	getent hosts v4.corp.example
}

is_missing() {
	! is_found
}

# nscd replies before an answer is in its cache: one that comes there behind a flush would stay.
is_at_rest() {
	lines=$(wc -l <log/nscd)
	sleep 0.5
	[ "$(wc -l <log/nscd)" -eq "$lines" ]
}

# The negative answer would stay for ten minutes if nscd did not learn of the change.
check_flush() {
	hosts_line fopnp
	echo 'order files' | put /etc/fopnp.conf
	start_nscd
	is_missing >/dev/null || fail "fopnp.conf's order is not in force inside nscd"
	grep -q 'monitoring file .*/etc/fopnp\.conf' log/nscd || fail "nscd does not watch fopnp.conf"
	is_missing >/dev/null || fail "the same lookup again has another answer"
	wait_until 'nscd at rest' is_at_rest
	echo 'order files dns' | put /etc/fopnp.conf
	wait_until 'fopnp.conf replaced: a new answer' is_found
	wait_until 'nscd at rest' is_at_rest
	echo 'order files' >/etc/fopnp.conf
	wait_until 'fopnp.conf rewritten in place: a new answer' is_missing
	wait_until 'nscd at rest' is_at_rest
	rm /etc/fopnp.conf
	echo 'order files dns' | put /etc/fopnp.conf
	wait_until 'fopnp.conf removed and made again: a new answer' is_found
	stop_server "$nscd_pid"
	rm -rf /run/nscd /etc/fopnp.conf
}

# How often nscd has taken the name into its cache: getent asks for IPv6, then for IPv4.
count_kept() {
	grep -c 'add new entry "v4.corp.example" ' log/nscd
}

has_kept_both() {
	[ "$(count_kept)" -ge 2 ]
}

# nscd must be seen to keep a negative answer, or check_flush shows nothing.
check_cache_keeps() {
	hosts_line files
	start_nscd
	is_missing >/dev/null || fail "files knows v4.corp.example"
	wait_until 'both negative answers in the cache' has_kept_both
	is_missing >/dev/null || fail "files knows v4.corp.example"
	sleep 0.3 # for its log
	kept=$(count_kept)
	[ "$kept" -eq 2 ] || fail "nscd does not cache: it has taken the name $kept times"
	stop_server "$nscd_pid"
	rm -rf /run/nscd
}

# A source without canonical names would kill nscd if it were on the line itself.
check_nameless() {
	gcc -shared -fPIC -D_GNU_SOURCE -o "$library_dir/libnss_nameless.so.2" \
		"$here/nameless_module.c" || fail "cannot build a module"
	hosts_line 'fopnp [!SUCCESS=return] nameless'
	start_nscd
	for name in nameless nameless.example; do
		getent ahosts $name | grep -q '^192\.0\.2\.99 ' || fail "$name is not found through nscd"
		is_alive
	done
	stop_server "$nscd_pid"
	rm -rf /run/nscd
	echo "nscd survives an answer without a canonical name"
}

write_hosts() {
	{
		printf '127.0.0.1 localhost\n::1 localhost\n192.0.2.201 hostsonly hosts-alias\n'
		printf '192.0.2.202 twice a\n192.0.2.203 twice b\n2001:db8::203 sixonly\n192.0.2.205\n'
		for i in $(seq 1 1000); do
			echo "10.1.$((i / 250)).$((i % 250 + 1)) thousand"
		done
	} | put /etc/hosts
}

add_addresses
start_nsd 127.0.0.2
start_unbound 127.0.0.1 127.0.0.2
write_hosts

with_nscd plain 'files dns'
for line in 'fopnp [!UNAVAIL= return] files dns' 'fopnp [!SUCCESS=return] files dns'; do
	with_nscd fopnp "$line"
	for pass in first second; do
		diff "plain.$pass" "fopnp.$pass" || fail "$pass lookups through nscd differ with: hosts: $line"
	done
	echo "equal: $(wc -l <fopnp.first) lines through nscd with: hosts: $line"
done
echo 'order fopnp:hosts fopnp:dns' | put /etc/fopnp.conf
with_nscd fopnp fopnp
for pass in first second; do
	diff "plain.$pass" "fopnp.$pass" || fail "$pass lookups through nscd differ with our own sources"
done
rm /etc/fopnp.conf
echo "equal: $(wc -l <fopnp.first) lines through nscd with our own sources"
grep -q '198\.51\.100\.60' plain.first || fail "nscd did not give the answers that are compared"
check_cache_keeps
check_nameless
check_flush
echo "nscd takes a new fopnp.conf at once"
