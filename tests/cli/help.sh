#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Help, version, hints, exit statuses of wrong command lines.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run 0
has "Examples"
silent
[ "$(grep -cE '^  (sudo )?fopnp [a-z]+ .*  # ' "$work/out")" -eq 5 ] || fail "not five examples"
fits 100
cp "$work/out" "$work/list"
for word in help --help -h; do
	run 0 "$word"
	cmp -s "$work/out" "$work/list" || fail "fopnp $word is not the list"
done
run 0 --version
matches '^fopnp [0-9][0-9.]*$'

run 0 help trace
has "usage: fopnp trace [-46cnNP]"
fits 100
cp "$work/out" "$work/list"
for word in --help -h; do
	run 0 trace "$word"
	cmp -s "$work/out" "$work/list" || fail "fopnp trace $word is not fopnp help trace"
done
COLUMNS=80 run 0 help trace
COLUMNS=80 "$fopnp" help trace >"$work/out"
fits 80

# Words that others use, and slips.
for word in explain tarce trac traces; do
	run 2 "$word" localhost
	has_error "did you mean \`fopnp trace\`?"
	[ ! -s "$work/out" ] || fail "an error on stdout"
done
run 2 hlep
has_error "did you mean \`fopnp help\`?"
for word in www.example.org localhost 192.0.2.1 2001:db8::1; do
	run 2 "$word"
	has_error "to trace that name: fopnp trace $word"
done
run 2 monitor
has_error "did you mean \`fopnp watch\`?"
run 2 diff
has_error "did you mean \`fopnp compare\`?"
for word in lint doctor chekc; do
	run 2 "$word"
	has_error "did you mean \`fopnp check\`?"
done
for word in query dig; do
	run 2 "$word"
	has_error "did you mean \`fopnp dns\`?"
done
run 2 ''
run 2 --frobnicate
has_error "no option --frobnicate"
run 2 help nonsense
run 2 -- trace

# Wrong options.
run 2 trace
has_error "needs a name"
run 2 trace --bogus x
has_error "fopnp help trace"
has_error "there is no option --bogus"
run 2 trace -x localhost
has_error "there is no option -x"
# In the midst of a word of letters, whatever stands before it.
run 2 trace --passive -z4 localhost
has_error "there is no option -z"
run 2 trace --passive -4z localhost
has_error "there is no option -z"
run 2 trace "$(printf -- '-4\303\2514')" localhost
has_error 'there is no option -\xc3'
run 2 trace --help=yes localhost
has_error "--help takes no argument"
run 2 trace localhost -f
has_error "option -f or --family needs an argument"
run 2 trace localhost --flags
has_error "needs an argument"
run 2 trace --passive=yes localhost
has_error "--passive takes no argument"
run 2 trace -f inet7 localhost
has_error "unspec, inet or inet6"
run 2 trace -t chair localhost
run 2 trace -p nonsense localhost
run 2 trace -s http/nonsense localhost
run 2 trace --flags addrconfig,bogus localhost
has_error 'cannot be "bogus"'
run 2 trace --flags '' localhost
run 2 trace --call gethostbymagic localhost
for duration in 5 0s -1s x 2h1 ''; do
	run 2 trace --timeout "$duration" localhost
	has_error "500ms"
done
run 2 trace --order 'files [' localhost
has_error "--order"
run 2 trace --order '' localhost
run 2 trace --order 'files [SUCCESS=merge] dns' localhost
run 2 trace --order 'fopnp' localhost

run 2 compare --class bogus
run 2 compare --timeout 5
run 2 check --timeout 5
has_error '--timeout cannot be "5"'
run 2 check --severity grave
has_error "error, warning or info"
run 2 check localhost
has_error "fopnp trace NAME"
run 2 check --explain no-such-rule
has_error "fopnp check --list"

# Options that do not go together.
run 2 check --list --explain hosts-large
has_error "do not go together"
run 2 check --program sh --list-man
run 2 trace --call gethostbyname -c localhost
run 2 trace --call gethostbyname -4 localhost
run 2 trace --call gethostbyname -s http localhost
run 2 trace --call gethostbyaddr localhost
has_error "needs an address"
run 2 trace --call getnameinfo 192.0.2.1.5
run 2 trace --call gethostbyname -P
has_error "needs a name"

# As JSON: an error object, nothing on stderr.
run 0 trace --js --call gethostbyname 127.0.0.1
json 'o["type"] == "trace"'
run 2 trace --json --bogus
json 'o["type"] == "error"' 'o["id"] == "option-unknown"' 'o["command"] == "trace"' 'o["hint"]'
silent
run 2 trace --json
json 'o["id"] == "options-conflict"'
run 2 trace --json --order 'files [x' y
json 'o["id"] == "order-invalid"'
run 2 frobnicate --json
json 'o["id"] == "command-unknown"' 'o["command"] is None'
