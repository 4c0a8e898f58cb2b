#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The differential test of fopnp:hosts must see every fault that can be put into the
# module's results, and nothing where there is none.
set -u
: "${BUILD:=build}"
build=$(cd "$BUILD" && pwd) || exit 1
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
failed=0

# compare FAULT: the test's exit status with that fault in the module
compare() {
	FAULTY_FAULT=$1 FAULTY_REAL=$build/lib/libnss_fopnp.so.2 FOPNP_SEED=7 FOPNP_CASES=288 \
		"$build/tests/nss/hosts_differential" --modules "$build/tests/faulty" --print 1 \
		>"$log" 2>&1
}

compare none
status=$?
if [ "$status" -eq 77 ]; then
	tail -n 1 "$log"
	exit 77
fi
if [ "$status" -ne 0 ]; then
	echo "without a fault: exit status $status"
	cat "$log"
	exit 1
fi
for fault in h_errno errno unavail alias name last-address order canonical room stale; do
	compare "$fault"
	status=$?
	if [ "$status" -eq 1 ]; then
		printf '%s: seen, %s\n' "$fault" "$(grep ' DIFFERENT$' "$log" | tr -s ' ')"
	else
		echo "$fault: NOT seen (exit status $status)"
		cat "$log"
		failed=1
	fi
done
exit "$failed"
