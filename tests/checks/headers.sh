#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each header compiles alone, twice in a row, and begins as all files do.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${CC:=cc}"
failed=0
flags=$(pkg-config --cflags jansson libidn2 cmocka 2>/dev/null)

for header in $(find nss_module tools tests -name '*.h' | LC_ALL=C sort); do
	# shellcheck disable=SC2086
	printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
		"$CC" -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE -DFOPNP_VERSION='"0"' -I. $flags \
			-fsyntax-only -x c - || failed=1
	grep -q '^#pragma once$' "$header" || {
		echo "$header: no #pragma once"
		failed=1
	}
done
for file in $(find nss_module tools tests -name '*.[ch]' | LC_ALL=C sort); do
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' || {
		echo "$file: no SPDX line at its head"
		failed=1
	}
done
exit $failed
