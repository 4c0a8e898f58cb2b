#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The module exports what glibc and nscd look up, and nothing else: any other
# name could be found by, or taken from, the programs that it is loaded into.
set -u
: "${BUILD:=build}"
module=$BUILD/lib/libnss_fopnp.so.2

expected='_nss_fopnp_getcanonname_r
_nss_fopnp_gethostbyaddr2_r
_nss_fopnp_gethostbyaddr_r
_nss_fopnp_gethostbyname2_r
_nss_fopnp_gethostbyname3_r
_nss_fopnp_gethostbyname4_r
_nss_fopnp_gethostbyname_r
_nss_fopnp_init'

exported=$(nm -D --defined-only "$module" | awk '{ print $3 }' | LC_ALL=C sort) || exit 1
if [ "$exported" != "$expected" ]; then
	echo "$module exports:"
	echo "$exported"
	echo "instead of:"
	echo "$expected"
	exit 1
fi
if nm -D --defined-only "$module" | awk '$2 != "T" { bad = 1; print } END { exit !bad }'; then
	echo "$module: these are no functions"
	exit 1
fi
