#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Whose fopnp.conf counts: root's or that of the owner of "/", as the process sees them, if nobody
# else may write to it; in the initial user namespace, in an ordinary user's own, and in that of a
# container.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program getent setpriv nsenter chroot
unshare -U true 2>/dev/null || skip "cannot make user namespaces here"
enter "$@"

run_in=''
failures=0

# asks LINE ORDER: is the name in /etc/hosts found by the hosts line LINE with that fopnp.conf?
# The file is rewritten in place and so keeps its owner and mode.
asks() {
	hosts_line "$1"
	echo "order $2" >/etc/fopnp.conf
	# shellcheck disable=SC2086
	$run_in getent ahosts hostsonly >/dev/null
}

# Each outcome is proved by a name that is found: by the file's order, or by the line's.
expect_trusted() {
	asks 'fopnp [!SUCCESS=return] nosuch' files && echo "trusted: $1" && return
	failures=$((failures + 1))
	echo "NOT TRUSTED: $1"
}

expect_ignored() {
	asks 'fopnp [!SUCCESS=return] files' nosuch && echo "ignored: $1" && return
	failures=$((failures + 1))
	echo "NOT IGNORED: $1"
}

give_to() {
	chown "$1" /etc/fopnp.conf || fail "chown $1"
	chmod "$2" /etc/fopnp.conf || fail "chmod $2"
}

check_initial() {
	give_to 0:0 644
	expect_trusted "root's own"
	give_to 0:0 664
	expect_ignored "root's own, the group may write"
	give_to 0:0 646
	expect_ignored "root's own, others may write"
	give_to 65534:0 644
	expect_ignored "nobody's"
	give_to 1000:0 644
	expect_ignored "a user's"
	run_in='setpriv --reuid 1000 --regid 1000 --clear-groups'
	expect_ignored "the user's own"
	give_to 0:0 644
	expect_trusted "root's, to a user"
}

# unshare -Ur of user 1000: that user is root inside; the machine's root, who owns "/", is nobody.
check_users_own() {
	run_in='setpriv --reuid 1000 --regid 1000 --clear-groups unshare -Ur'
	give_to 1000:1000 644
	expect_trusted "the namespace's root's"
	give_to 0:0 644
	expect_trusted "that of the owner of / (seen as nobody's)"
	give_to 1000:1000 666
	expect_ignored "the namespace's root's, others may write"
}

# A container: users 0.. inside are 100000.. outside, and so is the owner of its "/".
enter_container() {
	mkdir -p container/top container/work container/root
	mount -t overlay overlay \
		-o "lowerdir=/,upperdir=container/top,workdir=container/work" container/root ||
		skip "cannot mount an overlay over /"
	for dir in etc run "${library_dir#/}" proc; do
		mount --rbind "/$dir" "container/root/$dir" || fail "bind $dir"
	done
	chown 100000:100000 container/root
	unshare -U sleep 1000 &
	holder=$!
	wait_until 'a user namespace' sh -c \
		"[ \"\$(readlink /proc/$holder/ns/user)\" != \"\$(readlink /proc/self/ns/user)\" ]"
	echo '0 100000 65536' >"/proc/$holder/uid_map" || fail "uid_map"
	echo '0 100000 65536' >"/proc/$holder/gid_map" || fail "gid_map"
	run_in="nsenter -t $holder -U --setuid 0 --setgid 0 chroot container/root"
	[ "$($run_in stat -c '%u' /)" = 0 ] || fail "the container's / is not its root's"
}

check_container() {
	enter_container
	give_to 100000:100000 644
	expect_trusted "the container's root's"
	give_to 165534:100000 644
	expect_ignored "the container's nobody's"
	give_to 0:0 644
	expect_ignored "of a user outside (seen as nobody's)"
	give_to 101000:100000 644
	expect_ignored "a container user's"
}

printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n' | put /etc/hosts
: | put /etc/fopnp.conf
chmod 755 "$scratch"
check_initial
check_users_own
check_container
[ "$failures" -eq 0 ]
