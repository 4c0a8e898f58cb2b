#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp mx: the command line, and what is no mail domain; tests/integration/mx.sh has the rules.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run 2 mx
has_error 'no domain was given'
run 2 mx a.example b.example
has_error '"b.example" is one word too many'
run 2 mx a.example @
has_error 'is one word too many'
run 2 mx a.example @192.0.2.1:0
run 2 mx a.example @no-such-server
has_error 'no-such-server'
for bad in '' x@ . x@. a..example 'x@[192.0.2]' 'x@[IPv6:192.0.2.1]' 'x@[2001:db8::1]' 192.0.2.1 x@192.0.2.1 \
	2001:db8::1 "$(printf 'b\303.example')" "$(printf '%064d.example' 0)"; do
	run 2 mx -- "$bad"
	has_error 'is no mail domain'
done
has_error 'user@[192.0.2.1]'
for arguments in '--seed -1' '--seed x' '--seed 1000000000000000000' '--timeout 3' '--timeout 301s' \
	'--timeout 0s'; do
	# shellcheck disable=SC2086 # two words
	run 2 mx $arguments a.example
	has_error 'cannot be'
done
run 2 mx --seed
run 2 mx --no-such-option a.example
run 2 mx --json x@
json 'o["id"] == "name-invalid"'

# No server at all: nothing is known, and no message is lost.
ip link set lo up
run 3 mx a.example
has 'nothing is known for now'
has 'must not be returned'
run 3 mx --json --seed 999999999999999999 a.example
json 'o["outcome"] == "queue"' 'o["seed"] == 999999999999999999' 'o["hosts"] == []'
# Literals need none.
run 0 mx 'x@[192.0.2.25]'
has 'an address literal'
has_not 'first'
run 1 mx --connect --timeout 500ms 'x@[127.0.0.1]'
has 'refused: nothing listens there'
has 'every mailer would connect to'
run 1 mx --json --connect --timeout 500ms 'x@[IPv6:::1]'
json 'o["hosts"][0]["addresses"][0]["contact"]["outcome"] == "refused"'
