#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Build the packages in a folder with another Debian, and run there the module's tests and those of
# its packages: other versions of glibc, gcc and c-ares.
# Usage: matrix.sh SUITE...
# A suite that cannot be had here is skipped, with the reason; FOPNP_NO_SKIP=1 makes that a failure.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
: "${FOPNP_PARTS:=$BUILD/parts}"
export BUILD FOPNP_PARTS
jobs=${FOPNP_TEST_JOBS:-$(nproc)}
passed=0 failed=0 skipped=0

# in_build COMMAND: by a shell in the suite's folder with a copy of the source, as root of a name
# space with lo alone
in_build() {
	FOPNP_SUITE=$suite folder_layers="build servers" tests/packaging/in_folder.sh "$place" "$1"
}

# have_layers: all of them, or the reason in $said
have_layers() {
	for layer in build servers programs; do
		said=$(tests/packaging/folder.sh "$suite" "$layer") || return
	done
}

build_packages() {
	in_build "dpkg-query -W -f '\${Package} \${Version}\n' libc6 libc-ares-dev gcc libcmocka-dev &&
		CI=1 make -j$jobs deb BUILD=/place/build DEB_JOBS=$jobs >/place/deb.log 2>&1"
	status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 77 ] || {
		tail -n 20 "$place/deb.log"
		echo "FAILED   $suite: the packages do not build"
	}
	return "$status"
}

# What these tests need is in the folder: none may be skipped.  The servers of the layer are there
# instead of the parts that other machines unpack.
test_module() {
	in_build "mkdir -p /place/parts/have && touch /place/parts/have/nsd /place/parts/have/unbound &&
		CI=1 FOPNP_NO_SKIP=1 FOPNP_PARTS=/place/parts make -j$jobs BUILD=/place/build check-module" \
		>"$place/module.log" 2>&1
	status=$?
	grep -h '^\[  SKIPPED \] test_' "$place"/build/test-logs/*.log 2>/dev/null | sort -u
	if [ "$status" -eq 0 ]; then
		tail -n 1 "$place/module.log"
		return
	fi
	grep -q '^FAILED' "$place/module.log" || tail -n 20 "$place/module.log"
	sed -n '/^FAILED/,$p' "$place/module.log"
	echo "FAILED   $suite: the module's tests; see $place/module.log"
	return 1
}

# test_packages: 0, 1, or 77 if one was skipped
test_packages() {
	ended=0
	for test in install upsets aborts programs; do
		FOPNP_SUITE=$suite FOPNP_DEBS=$place/build/deb "tests/packaging/$test.sh" >"$place/$test.log" 2>&1
		status=$?
		case $status in
		0) echo "ok       $test" ;;
		77)
			echo "skipped  $test: $(tail -n 1 "$place/$test.log")"
			[ "$ended" -ne 0 ] || ended=77
			;;
		*)
			tail -n 5 "$place/$test.log"
			echo "FAILED   $test"
			ended=1
			;;
		esac
	done
	return "$ended"
}

# run_suite: 0, 1, or 77 if the suite, or a part of it, was skipped
run_suite() {
	have_layers || {
		status=$?
		echo "skipped  $suite: $said"
		return "$status"
	}
	# Afresh: every file of the copy is as old as the last commit, older than what was built of it.
	rm -rf "$place"
	mkdir -p "$place" || return 1
	build_packages || return
	test_module
	module=$?
	test_packages
	packages=$?
	[ "$module" -eq 0 ] || return "$module"
	return "$packages"
}

for suite in "$@"; do
	place=$(realpath -m "$BUILD/matrix/$suite")
	echo "== $suite"
	started=$(date +%s)
	run_suite
	case $? in
	0) passed=$((passed + 1)) ended=passed ;;
	77) skipped=$((skipped + 1)) ended=skipped ;;
	*) failed=$((failed + 1)) ended=FAILED ;;
	esac
	echo "== $suite: $ended, $(($(date +%s) - started)) s"
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] && { [ "$skipped" -eq 0 ] || [ "${FOPNP_NO_SKIP:-0}" != 1 ]; }
