# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# What a command of fopnp says, as text and as JSON.  Read after lib.sh; a test ends with
# `all_as_expected`.
failures=0
what='the command'

# complain TEXT...: about $what, with what it printed
complain() {
	failures=$((failures + 1))
	echo "FAILED: $what: $*"
	sed 's/^/    /' out errors 2>/dev/null
}

all_as_expected() {
	[ "$failures" -eq 0 ] || fail "$failures cases"
}

# text_of STATUS COMMAND ARGUMENT...: into the file out; into flat with wrapped cells put together
# again and blanks as one
text_of() {
	wanted=$1
	shift
	what=$*
	status=0
	COLUMNS=100 "$BUILD/bin/fopnp" "$@" >out 2>errors || status=$?
	[ "$status" -eq "$wanted" ] || complain "exit status $status, not $wanted"
	[ ! -s errors ] || complain 'wrote to stderr'
	[ "$(wc -L <out)" -le 100 ] || complain 'wider than 100 columns'
	! tr -d '\n' <out | grep -q '[[:cntrl:]]' || complain 'control characters'
	tr -s ' \n' '  ' <out >flat
}

# says TEXT...: all of them
says() {
	for text in "$@"; do
		grep -qF -e "$text" flat || complain "does not say \"$text\""
	done
}

says_not() {
	for text in "$@"; do
		! grep -qF -e "$text" flat || complain "says \"$text\""
	done
}

# json_of STATUS COMMAND ARGUMENT...: into the file json; all of them behind each other into
# all_json, for the schema
json_of() {
	wanted=$1
	command=$2
	shift 2
	what="$command --json $*"
	status=0
	"$BUILD/bin/fopnp" "$command" --json "$@" >json 2>errors || status=$?
	cp json out
	cat json >>all_json
	[ "$status" -eq "$wanted" ] || complain "exit status $status, not $wanted"
}

# holds PATH=VALUE...: of the object in json, see json_expect.py
holds() {
	python3 "$here/json_expect.py" "$@" <json >difference 2>&1 || complain "$(cat difference)"
}
