#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The live view of `fopnp watch`: who looked what up, whatever senders do; one watcher at a time,
# and how the socket changes hands.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 setpriv
need_built bin/fopnp
enter "$@"

printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n192.0.2.202 quiet\n' | put /etc/hosts
fopnp_line files
[ "$#" -gt 0 ] ||
	set -- who living gone container forged malformed second takeover many killed ends gate bursts slow_reader \
		restart opening hostile
python3 "$here/watch_live.py" "$BUILD/bin/fopnp" "$@" || fail "see above"
