#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Signals and job control under `fopnp run`: what is passed on, what the terminal sends, ^Z.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/cli/run_lib.sh
. "$(dirname "$0")/run_lib.sh"

hosts_line 'files'
python3 "$here/run_signals.py" "$fopnp" "$work" >"$work/out" 2>&1 || fail "signals"
cat "$work/out"
