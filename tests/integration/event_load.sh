#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Events under load: several processes look names up as fast as they can while somebody listens, is
# frozen, is killed and comes back.  Each lookup is seen or told of as lost, and none is blocked.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3
need_built tests/integration/event_load bin/fopnp
enter "$@"

printf '127.0.0.1 localhost\n192.0.2.201 loaded.example\n' | put /etc/hosts
hosts_line 'fopnp [!UNAVAIL= return] files'
echo 'order fopnp:hosts' | put /etc/fopnp.conf
mkdir /run/fopnp

# load CASES [READER...]: what is sent to somebody frozen is to be dropped; a test that waits for it is
# ended from outside.
load() {
	timeout $((patience * 3)) python3 "$here/event_load.py" "$BUILD/tests/integration/event_load" \
		/run/fopnp/events.sock "$@" || fail "$*: exit status $?"
}

load full_speed,frozen,killed,forked,short_lived
echo 'and with fopnp watch:'
load full_speed,frozen,killed "$BUILD/bin/fopnp" watch --json
