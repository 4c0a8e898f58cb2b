#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp reverse` on the reverse zones of the lab: names that lead back, elsewhere, nowhere,
# several, hostile.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/lab.sh
. "$(dirname "$0")/lab.sh"
# shellcheck source=tests/integration/command.sh
. "$(dirname "$0")/command.sh"

need_built bin/fopnp
need_lab
enter "$@"
start_lab

# reversed STATUS ARGUMENT...: as JSON
reversed() {
	expected=$1
	shift
	json_of "$expected" reverse "$@"
}

for address in 192.0.2.80 2001:db8::80 ::ffff:192.0.2.80; do
	reversed 0 "$address"
	holds addresses.0.answered_by=dns addresses.0.answer.canonical_name=www.example.com \
		addresses.0.names.0.leads_back=true addresses.0.names.0.answered_by=dns \
		addresses.0.sources.0.source=files addresses.0.sources.0.names.#=0 \
		addresses.0.sources.1.source=dns addresses.0.sources.1.names.0=www.example.com
done
holds addresses.0.arpa_name=80.2.0.192.in-addr.arpa addresses.0.notes.0.id=address-mapped

reversed 1 192.0.2.82
holds addresses.0.names.0.name=named82.example.com addresses.0.names.0.leads_back=false \
	addresses.0.names.0.answer.addresses.0.address=192.0.2.83 addresses.0.notes.0.id=name-not-confirmed
reversed 1 2001:db8::82
holds addresses.0.names.0.leads_back=false
reversed 1 192.0.2.85
holds addresses.0.names.0.answer.code=EAI_NONAME
reversed 1 192.0.2.90
holds addresses.0.answer.code=EAI_NODATA addresses.0.names.#=0
reversed 3 192.0.2.92
holds addresses.0.names.0.name=www.servfail.example addresses.0.names.0.answer.code=EAI_AGAIN

# Several PTR records, of which glibc gives programs the first alone; an alias on the way
# (RFC 2317).
reversed 0 192.0.2.84
holds addresses.0.names.#=1 "addresses.0.names.0.name=$(getent hosts 192.0.2.84 | awk '{ print $2 }')"
reversed 0 192.0.2.86
holds addresses.0.answer.canonical_name=classless.example.com

# A hostile name reaches no program, and no terminal.
what=192.0.2.89
! "$BUILD/bin/fopnp" reverse 192.0.2.89 >text 2>errors || complain 'a hostile name was believed'
! LC_ALL=C grep -q "$(printf '\033')" text || complain 'an escape reached the terminal'
grep -q '^  dns     failed for good ' text || complain "$(cat text)"

# Forwards, then back: as the book's script, but really back.
reversed 0 www.example.com
holds answered_by=dns addresses.#=2 addresses.0.names.0.relation=same
reversed 0 four.example.com
holds addresses.0.names.0.name=www.example.com addresses.0.names.0.relation=related
reversed 0 -4 xn--dlq917e1ik.xn--fiqs8s
holds addresses.0.names.0.relation=same

# Sources that contradict each other; programs get the first.
printf '127.0.0.1 localhost\n192.0.2.80 intern.corp.example\n' | put /etc/hosts
for line in hosts_line fopnp_line; do
	$line files dns
	reversed 0 192.0.2.80
	holds addresses.0.answered_by=files addresses.0.answer.canonical_name=intern.corp.example \
		addresses.0.sources.1.names.0=www.example.com addresses.0.notes.0.id=sources-differ
done

# What programs get is not always what the first source says.
hosts_line 'files [SUCCESS=continue] dns'
reversed 0 192.0.2.80
grep -q 'programs get www.example.com"' json || complain "the sources differ: $(cat json)"
all_as_expected
