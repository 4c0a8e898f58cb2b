# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the tests of `fopnp run` share; read behind lib.sh.

# shellcheck disable=SC2034 # used by the tests
escape=$(printf '\033')
# shellcheck disable=SC2154 # by the script that reads this
TMPDIR=$work/tmp
mkdir -m 1777 "$TMPDIR"
export TMPDIR
unset XDG_RUNTIME_DIR
empty() {
	[ -z "$(ls -A "$TMPDIR")" ] || fail "left behind: $(ls -A "$TMPDIR")"
}
# json_of_errors EXPRESSION...: true of our part of what went to stderr (o: the last object, objects:
# all).  The schema is held against everything at the end, once.
json_of_errors() {
	grep '^{' "$work/err" >"$work/out" || :
	cat "$work/out" >>"$work/all"
	python3 - "$work/out" "$@" <<'EOF' || fail "not so"
import json, sys
objects = [json.loads(line) for line in open(sys.argv[1])]
for expression in sys.argv[2:]:
    if not eval(expression, {"objects": objects, "o": objects[-1]}):
        sys.exit("not so: " + expression)
EOF
}
