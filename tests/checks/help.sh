#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each command of the table has a help text, a man page, and a completion; each of its long options
# stands in both, and neither knows an option or a command that does not exist.
set -eu
: "${BUILD:=build}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
top=$(cd "$(dirname "$0")/../.." && pwd)
fopnp=$BUILD/bin/fopnp
completion=$top/packaging/completions/fopnp.bash
failed=0

wrong() {
	echo "FAILED: $*"
	failed=1
}

# The words at the start of the lines under the headings, without "help" and the examples.
commands=$("$fopnp" help | sed -n 's/^  \([a-z][a-z0-9]*\)  .*/\1/p' | grep -vx help)
[ -n "$commands" ] || wrong "no command in the list"

# shellcheck source=packaging/completions/fopnp.bash
. "$completion"

# complete WORD...: what bash would offer for the last word.
offers() {
	COMP_WORDS=(fopnp "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_fopnp
	printf '%s\n' "${COMPREPLY[@]}"
}
offers '' | grep -v '^--' | grep -vx help | sort >"$BUILD/completed"
echo "$commands" | sort | cmp -s - "$BUILD/completed" || wrong "completion knows other commands: $(tr '\n' ' ' <"$BUILD/completed")"
rm -f "$BUILD/completed"

for command in $commands; do
	page=$top/docs/man/fopnp-$command.1
	"$fopnp" help "$command" >/dev/null || wrong "fopnp help $command"
	"$fopnp" "$command" --help >/dev/null || wrong "fopnp $command --help"
	grep -q "^\.It Cm $command" "$top/docs/man/fopnp.1" || wrong "$command is not in fopnp(1)"
	[ -f "$page" ] || {
		wrong "no man page fopnp-$command(1)"
		continue
	}
	help=$("$fopnp" "$command" --help)
	# The table of options alone: usage and details may name those of other commands.
	longs=$(echo "$help" | grep -oE '^  (-.,|   ) --[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | sort)
	twice=$(echo "$longs" | uniq -d)
	[ -z "$twice" ] || wrong "fopnp $command --help has twice: $twice"
	shorts=$(echo "$help" | grep -oE '^  -[A-Za-z0-9]' | grep -oE -- '-[A-Za-z0-9]' | sort -u)
	[ -n "$longs" ] || wrong "no long option in fopnp $command --help"
	# In the page options stand as ".It Fl 4 , Fl 6" and ".Fl -name".
	in_page=$(grep -oE 'Fl -[a-z0-9-]+' "$page" | sed 's/^Fl /-/' | sort -u)
	for option in $longs; do
		grep -qE "^\.It .*Fl -${option#--}( |$)" "$page" || wrong "$option of $command is not in $page"
	done
	for option in $in_page; do
		echo "$longs" | grep -qxF -e "$option" || wrong "$page names $option, which $command does not have"
	done
	for option in $shorts; do
		grep -qE "^\.It .*Fl ${option#-}( |$)" "$page" || wrong "$option of $command is not in $page"
	done
	offered=$(offers "$command" - | sort -u)
	[ "$offered" = "$(printf '%s\n' "$longs" "$shorts" | sort -u)" ] ||
		wrong "completion of $command offers other options than its help lists"
done

for page in "$top"/docs/man/fopnp*.1; do
	name=$(basename "$page" .1)
	[ "$name" = fopnp ] || echo "$commands" | grep -qx "${name#fopnp-}" || wrong "$page is of no command"
	mandoc -Tlint -W warning "$page" || wrong "mandoc: $page"
	if command -v groff >/dev/null; then
		[ -z "$(groff -mdoc -Tutf8 -ww -z "$page" 2>&1)" ] || wrong "groff: $page"
	fi
done

# The ids of errors, as the man page lists them.
for id in $(cat "$top"/tools/*.c | tr '\n\t' '  ' |
	grep -oE 'fopnp_message_error\( *"[a-z-]+"' | grep -oE '[a-z]+(-[a-z]+)+' | sort -u); do
	grep -qE "(^| )$id( |\$)" "$top/docs/man/fopnp.1" || wrong "the error id $id is not in fopnp(1)"
done

# Completion of values.
[ "$(offers trace --call getn)" = getnameinfo ] || wrong "completion of --call"
[ "$(offers trace --flags = addrconfig,v4)" = addrconfig,v4mapped ] || wrong "completion of --flags=LIST"
[ "$(offers help tr)" = trace ] || wrong "completion of help"
ids=$(PATH=$BUILD/bin:$PATH offers check --explain '' | sort)
[ "$ids" = "$("$fopnp" check --list-man | sed -n 's/^\.Ss \([a-z0-9-]*\) .*/\1/p' | sort)" ] ||
	wrong "completion of check --explain"
exit "$failed"
