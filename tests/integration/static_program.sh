#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A statically linked program loads the module together with a second libc, whose resolver nobody
# has initialised; its answers are those of the plain line all the same.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program diff
need_built tests/integration/lookups_static
need_part nsd unbound libnss-mdns
enter "$@"

names='localhost client.corp.example hostsonly twice v4.corp.example v6.corp.example both several
	alias2.corp.example nodata.corp.example nosuch many.corp.example manyboth.corp.example
	broken.example'
addresses='127.0.0.1 192.0.2.1 192.0.2.2 192.0.2.4 192.0.2.7 2001:db8::1'

# Of a failed _r call the error number is left out: for UNAVAIL it is errno, and the plain line's
# built-in sources and those behind the module have one each, of two libcs.
ask() {
	# shellcheck disable=SC2086
	"$BUILD/tests/integration/lookups_static" -fi $names $addresses >all 2>"$1.module" ||
		fail "lookups_static: status $?"
	sed -e '/^getaddrinfo inet6 v4mapped/d' -e 's/: error none/: 0 none/' all >"$1"
}

# A first lookup that only files answers: host.conf's "multi on" holds although nothing has made
# that second libc read it yet.
compare_first_lookup() {
	for line in files 'fopnp [!SUCCESS=return] files'; do
		hosts_line "$line"
		"$BUILD/tests/integration/lookups_static" -bi twice >first || fail "lookups_static"
		grep -q '^getaddrinfo unspec -: OK 192\.0\.2\.202 192\.0\.2\.203$' first ||
			fail "not both addresses with: hosts: $line: $(head -n 2 first)"
	done
	echo 'equal: the first lookup'
}

compare() {
	hosts_line "$1"
	ask plain
	for line in "fopnp [!UNAVAIL= return] $1" "fopnp [!SUCCESS=return] $1"; do
		hosts_line "$line"
		ask fopnp
		grep -qx 'module: mapped' fopnp.module || fail "the static program did not load the module"
		diff plain fopnp || fail "other answers with: hosts: $line"
	done
	echo "equal: $(wc -l <plain) lines for: $1"
}

add_addresses
start_nsd 127.0.0.2
start_unbound 127.0.0.1 127.0.0.2
# "twice" has two addresses only where host.conf was read.
printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n192.0.2.202 twice\n192.0.2.203 twice\n' |
	put /etc/hosts
printf 'nameserver 127.0.0.1\nsearch corp.example\noptions timeout:1 attempts:1\n' |
	put /etc/resolv.conf
compare_first_lookup
compare 'files dns'
grep -q ' 198\.51\.100\.60' plain || fail "no answers to compare"
grep -q ' 192\.0\.2\.202%*0* 192\.0\.2\.203' plain || fail "no answers to compare"
# compare_built_in ORDER LINE: our own sources answer there as the line does.
compare_built_in() {
	hosts_line "$2"
	ask plain
	hosts_line fopnp
	echo "order $1" | put /etc/fopnp.conf
	ask fopnp
	rm /etc/fopnp.conf
	diff plain fopnp || fail "other answers with: order $1"
	echo "equal: $(wc -l <plain) lines for: order $1"
}
compare_built_in 'fopnp:hosts fopnp:dns' 'files dns'
compare_built_in 'fopnp:dns fopnp:hosts' 'dns files'
compare 'dns files'
compare 'files mdns4_minimal [NOTFOUND=return] dns'
