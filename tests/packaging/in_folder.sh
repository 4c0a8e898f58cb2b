#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run a command in a suite's folder, with a copy of the source as working directory.
# Usage: FOPNP_SUITE=SUITE folder_layers=build in_folder.sh PLACE COMMAND
# PLACE is /place in there, and stays.
# shellcheck source=tests/packaging/lib.sh
. "$(dirname "$0")/lib.sh"
needs_packages=no
enter_folder "$@"
mkdir -p "$root/place" "$root/source"
mount --bind "$1" "$root/place" || fail "cannot mount $1"
(cd "$here/../.." && make -s --no-print-directory dist BUILD="$1" >/dev/null && tar -xzf "$1"/fopnp-*.tar.gz \
	--strip-components=1 -C "$root/source") || fail "no copy of the source"
in_root sh -c "cd /source && $2"
