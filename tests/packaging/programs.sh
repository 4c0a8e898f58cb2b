#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The two packages by apt, as the README has it, in a system with programs of different make: each
# resolves as before while fopnp is on the line, `fopnp status` says so, and it all goes again.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname "$0")/lib.sh"
folder_layers=programs
enter_folder "$@"

# What each program makes of a name of /etc/hosts, of localhost and of a name that nobody has.
ask() {
	for name in steady.example localhost nobody.invalid; do
		echo "== $name"
		in_root getent ahosts "$name"
		echo "getent: $?"
		in_root python3 -c 'import socket, sys
try:
    print(socket.getaddrinfo(sys.argv[1], 80, type=socket.SOCK_STREAM))
except OSError as error:
    print(error)' "$name" 2>&1
		in_root ping -n -c 1 -W 1 "$name" 2>&1 | sed -n 's/^PING \([^)]*)\).*/ping: \1/p; /not known/p; /failure/p'
		in_root curl -sS -m 5 "http://$name:9/" 2>&1 | sed 's/after [0-9]* ms/after a while/; s/([0-9]* ms)//'
		in_root ssh -o BatchMode=yes -o ConnectTimeout=2 "root@$name" 2>&1 | tr -d '\r'
		# c-ares reads nsswitch.conf itself
		in_root aria2c --no-conf --async-dns=true -t 3 --connect-timeout=3 -m 1 -d /tmp "http://$name:9/x" 2>&1 |
			sed -n 's/.*\(errorCode=[0-9]*\).*/aria2: \1/p' | head -n 1
	done
}

ip addr add 192.0.2.7/32 dev lo
cp "$root/etc/nsswitch.conf" original
nsswitch=$root/etc/nsswitch.conf
ask >before 2>&1
grep -q 192.0.2.7 before || fail "programs resolve nothing to begin with: $(cat before)"
in_root sh -c 'apt-get -y --no-install-recommends install /var/tmp/debs/libnss-fopnp_*.deb /var/tmp/debs/fopnp_*.deb' \
	>apt.log 2>&1 || fail "apt install: $(tail -n 5 apt.log)"
cmp -s original "$nsswitch" && fail "installed, and fopnp is not on the hosts line: $(cat apt.log)"
ask >after 2>&1
diff before after || fail "programs resolve otherwise than before"
if in_root fopnp help status >/dev/null 2>&1; then
	in_root fopnp status || fail "fopnp status says $? where it is active"
fi
in_root fopnp trace steady.example | grep -q /etc/hosts:3 || fail "fopnp trace: $(in_root fopnp trace steady.example)"
in_root apt-get -y remove libnss-fopnp >apt.log 2>&1 || fail "apt remove: $(tail -n 5 apt.log)"
expect_original "apt remove"
if in_root fopnp help status >/dev/null 2>&1; then
	in_root fopnp status && fail "fopnp status says active where there is no library"
fi
in_root apt-get -y purge fopnp libnss-fopnp >apt.log 2>&1 || fail "apt purge: $(tail -n 5 apt.log)"
expect_original "apt purge"
ask >after 2>&1
diff before after || fail "programs resolve otherwise when it is gone"
left=$(in_root find / -xdev \( -path /proc -o -path /var/tmp -o -path /var/log -o -path /var/cache \) -prune -o \
	-name '*fopnp*' -print)
[ -z "$left" ] || fail "left behind: $left"
cat after
