#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The packages as Debian's own checker sees them.
set -u
: "${BUILD:=build}"
command -v lintian >/dev/null 2>&1 || {
	echo "no lintian"
	exit 77
}
ls "$BUILD"/deb/*.deb >/dev/null || exit 1
lintian --allow-root --fail-on error,warning "$BUILD"/deb/*.deb
