#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every example of docs/chapter.md in the small Internet of lab.sh, and its rows of calls against
# Python's socket module.  chapter.sh --update writes into the chapter what comes.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/lab.sh
. "$(dirname "$0")/lab.sh"
need_built bin/fopnp
need_lab
enter "$@"
start_lab

# What the examples stand on beside the lab.
cat <<-END | put /etc/hosts
	127.0.0.1 localhost
	::1 localhost
	192.0.2.200 client.corp.example client
	10.1.2.3 intranet.example.com
END
start_server web python3 -c '
import selectors, socket
ready = selectors.DefaultSelector()
for family, address in (socket.AF_INET, "192.0.2.80"), (socket.AF_INET6, "2001:db8::80"):
    ready.register(socket.create_server((address, 80), family=family), selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in ready.select():
        key.fileobj.accept()[0].close()'
wait_until 'a listener' grep -q ready log/web
PATH=$BUILD/bin:$PATH COLUMNS=100 python3 "$here/chapter_rows.py" "$here/../../docs/chapter.md" "$@"
