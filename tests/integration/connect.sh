#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp connect` to names of the lab: silent, unreachable and refusing addresses told apart, and
# the race of RFC 8305.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/lab.sh
. "$(dirname "$0")/lab.sh"
# shellcheck source=tests/integration/command.sh
. "$(dirname "$0")/command.sh"

need_built bin/fopnp
need_lab
enter "$@"
start_lab

# connected STATUS ARGUMENT...: as JSON
connected() {
	expected=$1
	shift
	json_of "$expected" connect "$@"
}

start_server listener python3 -c '
import signal, socket
held = []
for family, address in ((socket.AF_INET, "192.0.2.80"), (socket.AF_INET6, "2001:db8::80"),
                        (socket.AF_INET, "192.0.2.88"), (socket.AF_INET6, "2001:db8::88")):
    listener = socket.socket(family)
    listener.bind((address, 80))
    listener.listen(64)
    held.append(listener)
signal.pause()'
wait_until 'the listener' python3 -c 'import socket; socket.create_connection(("2001:db8::88", 80))'

connected 0 www.example.com
holds connected=true answered_by=dns attempts.#=2 attempts.0.outcome=connected \
	attempts.1.outcome=connected attempts.0.address.source=dns notes.#=0
connected 0 web.example.com
holds answer.canonical_name=www.example.com
connected 0 五粮液.中国
holds connected=true request.name=xn--dlq917e1ik.xn--fiqs8s

connected 1 refused.example.com
holds attempts.0.outcome=refused attempts.0.errno=ECONNREFUSED attempts.0.local_error=false
connected 1 --timeout 300ms hole.example.com
holds attempts.0.outcome=timed-out attempts.0.errno=null
connected 1 unreachable.example.com
holds attempts.0.outcome=no-route attempts.0.errno=EHOSTUNREACH
connected 1 nonet.example.com
holds attempts.0.outcome=unreachable attempts.0.errno=ENETUNREACH
connected 1 nosuch.example.com
holds answer.code=EAI_NONAME attempts.#=0
connected 3 www.servfail.example
holds answer.code=EAI_AGAIN attempts.#=0

# The other family alone answers.
connected 0 v6refused.example.com
holds connected=true notes.0.id=other-family-only notes.0.severity=warning
connected 0 --timeout 1200ms v6hole.example.com
holds connected=true notes.0.id=family-silent
connected 1 -6 --timeout 300ms v6hole.example.com
holds connected=false

# Of mapped addresses glibc asks each source before the next, our module runs the whole order
# for IPv6 first: what comes from the file must not be said to come from the DNS.
printf '127.0.0.1 localhost\n192.0.2.80 www.example.com\n' | put /etc/hosts
connected 0 -6 www.example.com
holds answered_by=null attempts.0.address.address=::ffff:192.0.2.80
printf '127.0.0.1 localhost\n' | put /etc/hosts

# A silent first address costs a race 250 ms; a refused one nothing.  IPv6 stands first in
# getaddrinfo's order.
connected 0 --race --timeout 5s v6hole.example.com
holds manner=race connected=true winner=1 won_by_us=null attempts.0.address.address=2001:db8::250 \
	attempts.0.outcome=given-up attempts.1.outcome=connected
python3 -c 'import json, sys; o = json.load(sys.stdin); sys.exit(o["attempts"][1]["start_us"] < 250000)' <json ||
	complain "the second began before the 250 ms were over"
connected 0 --race v6refused.example.com
holds winner=1 attempts.0.outcome=refused attempts.1.outcome=connected
connected 0 --race several.example.com
holds winner=0 attempts.#=4 attempts.0.address.family=inet6 attempts.1.address.family=inet \
	attempts.2.address.family=inet6 attempts.3.address.family=inet

# ^C in the midst of it ends it at once, by the signal.
what='hole.example.com, interrupted'
python3 - "$BUILD/bin/fopnp" <<'EOF' || complain "$(cat errors)"
import signal, subprocess, sys, time
process = subprocess.Popen([sys.argv[1], "connect", "--timeout", "60s", "192.0.2.250"], stdout=subprocess.DEVNULL,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
time.sleep(0.5)
process.send_signal(signal.SIGINT)
sys.exit(process.wait(30) != -signal.SIGINT)
EOF
all_as_expected
