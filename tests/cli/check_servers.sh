#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp check: name servers and daemons, healthy, slow, silent and broken.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
ip -6 addr add 2001:db8::1/128 dev lo 2>/dev/null || skip 'no IPv6 here'
# shellcheck source=tests/cli/check_lib.sh
. "$here/check_lib.sh"

# ---- servers: silent, slow, failing, with a wildcard, with a zone local.
serve 127.0.0.2=silent 127.0.0.3=wildcard 127.0.0.4=servfail 127.0.0.5=slow 127.0.0.6=local 127.0.0.7=refused
resolv 'search plain.example wild.example' 'nameserver 127.0.0.2' 'nameserver 127.0.0.3' 'nameserver 127.0.0.4' \
	'options ndots:4'
"$fopnp" check --timeout 1500ms --json >"$work/out.json" 2>&1 </dev/null &
json_pid=$!
run 1 check --timeout 1500ms
wait "$json_pid" || :
finds server-silent server-failed wildcard-search-domain search-storm
says '127.0.0.2 did not reply within 1.5 s'
says 'waits 5 s'
says '192.0.2.66'
says 'www.example.org costs 6 queries, 4 of them in vain'
matches '^error *.*/etc/resolv.conf:2  \[server-silent\]'
matches '^warning *.*/etc/resolv.conf:4  \[server-failed\]'
# The first server that replies is asked more, the others are not: two domains, by both.
[ "$(grep -c 'fopnp-check-[0-9a-f]\{16\}\.' "$work/queries")" -eq 4 ] || fail "$(cat "$work/queries")"
! grep -v '^127.0.0.3' "$work/queries" | grep -q fopnp-check || fail "$(cat "$work/queries")"
mv "$work/out.json" "$work/out"
json 'any(f["id"] == "server-silent" and f["severity"] == "error" and f["place"]["line"] == 2 for f in objects)' \
	'[f["severity"] for f in objects[:-1]] == sorted((f["severity"] for f in objects[:-1]), key="error warning info".split().index)' \
	'o["counts"]["errors"] + o["counts"]["warnings"] + o["counts"]["notes"] == len(objects) - 1' \
	'o["exit_status"] == 1'
resolv 'nameserver 127.0.0.5'
run 1 check
finds server-slow
lacks server-silent
resolv 'nameserver 127.0.0.6' 'nameserver 127.0.0.7' 'nameserver 127.0.0.9' 'nameserver 192.0.2.1'
source_module mdns4_minimal
hosts_line 'files mdns4_minimal [NOTFOUND=return] dns'
run 1 check
finds unicast-local-zone server-failed server-refused nameserver-surplus avahi-not-running
lacks server-silent server-slow source-not-loaded
matches '^note *.*\[server-failed\]'
matches '^warning *.*/etc/resolv.conf:3  \[server-refused\]'
hosts_line 'files dns'
run 1 check
lacks unicast-local-zone avahi-not-running

# ---- daemons that hang: an nscd and an avahi that take connections and say nothing
cat >"$work/mute.py" <<-'END'
	import os, socket, sys, time
	sockets = []
	for path in sys.argv[1:]:
	    os.makedirs(os.path.dirname(path), exist_ok=True)
	    one = socket.socket(socket.AF_UNIX)
	    one.bind(path)
	    one.listen(8)
	    sockets.append(one)
	print("ready", flush=True)
	time.sleep(60)
END
: >"$work/ready"
mount -t tmpfs tmpfs /var/run
python3 "$work/mute.py" /var/run/nscd/socket /run/avahi-daemon/socket >"$work/ready" &
servers="$servers $!"
wait_until_ready || fail "the mute daemons did not start"
hosts_line 'files mdns4_minimal [NOTFOUND=return] dns'
run 1 check --timeout 500ms
finds nscd-frozen avahi-silent
lacks avahi-not-running nscd-runs
