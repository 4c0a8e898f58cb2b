#!/bin/sh
# Feed every corpus under tests/fuzz/corpus to its target once, built with
# sanitizers by whatever compiler builds the rest.
set -eu
: "${BUILD:=build}"
for corpus in tests/fuzz/corpus/*/; do
	name=$(basename "$corpus")
	"$BUILD/fuzz-replay/$name" "$corpus"
done
