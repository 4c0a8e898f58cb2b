#!/bin/sh
# Run the tests named on the command line, each in its own process, and count them.
# A test passes with exit status 0; 77 is "skipped", and its last line says why.
# FOPNP_NO_SKIP=1 (CI) makes a skip a failure.  Output goes to $BUILD/test-logs.
set -u
: "${BUILD:=build}"
export BUILD
logs=$BUILD/test-logs
mkdir -p "$logs"
limit=${FOPNP_TEST_SECONDS:-600}
passed=0 failed=0 skipped=0
for test in "$@"; do
	name=$(printf '%s' "${test#"$BUILD"/}" | tr / _)
	log=$logs/$name.log
	start=$(date +%s)
	timeout -k 10 "$limit" "$test" >"$log" 2>&1 </dev/null
	status=$?
	took=$(($(date +%s) - start))
	case $status in
	0)
		passed=$((passed + 1))
		printf 'ok       %-52s %4ss\n' "$test" "$took"
		;;
	77)
		reason=$(tail -n 1 "$log")
		if [ "${FOPNP_NO_SKIP:-0}" = 1 ]; then
			failed=$((failed + 1))
			printf 'FAILED   %s: skipped, which CI does not allow: %s\n' "$test" "$reason"
		else
			skipped=$((skipped + 1))
			printf 'skipped  %s: %s\n' "$test" "$reason"
		fi
		;;
	*)
		failed=$((failed + 1))
		printf 'FAILED   %s: exit status %s after %ss; the end of %s:\n' "$test" "$status" "$took" "$log"
		tail -n "${FOPNP_TEST_LINES:-40}" "$log" | sed 's/^/    /'
		;;
	esac
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
