#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The man pages are clean for mandoc(1) and, where it is there, for groff(1).
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=0

set -- docs/man/*.[1-9]
[ -f "$1" ] || {
	echo "there are no man pages"
	exit 1
}
command -v mandoc >/dev/null 2>&1 || {
	echo "mandoc is not installed"
	exit 77
}
mandoc -T lint -W warning "$@" || failed=1
if command -v groff >/dev/null 2>&1; then
	for page in "$@"; do
		[ -z "$(groff -mandoc -t -ww -z -T utf8 "$page" 2>&1)" ] || {
			groff -mandoc -t -ww -z -T utf8 "$page"
			failed=1
		}
	done
fi
exit $failed
