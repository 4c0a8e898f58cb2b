#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run the tests named on the command line, each in its own process, and count them.
# A test passes with exit status 0; 77 is "skipped", and its last line says why.
# FOPNP_NO_SKIP=1 (CI) makes a skip a failure.  Output goes to $BUILD/test-logs.
#
# Most tests wait for servers or their time-outs, so FOPNP_TEST_JOBS of them (as many as there are
# processors) run beside each other.  Those that $FOPNP_TEST_ALONE names, by a part of their path,
# run after the others and one by one: what they measure would see its neighbours.
set -u
: "${BUILD:=build}"
export BUILD
logs=$BUILD/test-logs
limit=${FOPNP_TEST_SECONDS:-600}

# run_one TEST: run it, tell how it ended, and leave one letter in TEST's file below $logs/ends.
run_one() {
	name=$(printf '%s' "${1#"$BUILD"/}" | tr / _)
	log=$logs/$name.log
	start=$(date +%s)
	timeout -k 10 "$limit" "$1" >"$log" 2>&1 </dev/null
	status=$?
	took=$(($(date +%s) - start))
	end=f
	case $status in
	0)
		end=p
		said=$(printf 'ok       %-52s %4ss' "$1" "$took")
		;;
	77)
		reason=$(tail -n 1 "$log")
		if [ "${FOPNP_NO_SKIP:-0}" = 1 ]; then
			said="FAILED   $1: skipped, which CI does not allow: $reason"
		else
			end=s
			said="skipped  $1: $reason"
		fi
		;;
	*)
		said="FAILED   $1: exit status $status after ${took}s; the end of $log:
$(tail -n "${FOPNP_TEST_LINES:-40}" "$log" | sed 's/^/    /')"
		;;
	esac
	printf '%s\n' "$said" # in one piece: others write at the same time
	echo "$end" >"$logs/ends/$name"
}

if [ "${1:-}" = --one ]; then
	run_one "$2"
	exit 0
fi

is_alone() {
	for part in ${FOPNP_TEST_ALONE:-}; do
		case $1 in *"$part"*) return 0 ;; esac
	done
	return 1
}

# The tests that are (yes) or are not (no) to run alone, each with a newline.
choose() {
	choice=$1
	shift
	for test in "$@"; do
		if is_alone "$test"; then is=yes; else is=no; fi
		[ "$is" = "$choice" ] && printf '%s\n' "$test"
	done
}

# count LETTER: how many tests ended so
count() {
	cat "$logs/ends"/* 2>/dev/null | grep -c "^$1"
}

rm -rf "$logs/ends"
mkdir -p "$logs/ends" || exit 1
jobs=${FOPNP_TEST_JOBS:-$(nproc 2>/dev/null || echo 1)}
choose no "$@" | xargs -r -d '\n' -n 1 -P "$jobs" "$0" --one
choose yes "$@" | xargs -r -d '\n' -n 1 "$0" --one
passed=$(count p) failed=$(count f) skipped=$(count s)
lost=$(($# - passed - failed - skipped))
[ "$lost" -eq 0 ] || echo "FAILED   $lost tests did not come to an end"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$((failed + lost))" "$skipped"
[ $((failed + lost)) -eq 0 ] && [ "$passed" -gt 0 ]
