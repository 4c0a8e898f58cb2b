#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp mx`: every case of RFC 5321 section 5.1 as a domain of a real name server's, and what greets on port 25.
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

# mx STATUS ARGUMENT...: as text
mx() {
	expected=$1
	shift
	text_of "$expected" mx "$@"
}

# case_is NAME STATUS OUTCOME IMPLICIT HOSTS [NOTE...]: of NAME.mail.example, as JSON; HOSTS are
# "preference name addresses,..." with blanks between them and ";" behind each.
case_is() {
	what="mx $1"
	"$BUILD/bin/fopnp" mx --json --seed 7 "$1.mail.example" >out 2>errors
	status=$?
	cat out >>all_json
	[ "$status" -eq "$2" ] || complain "exit status $status instead of $2"
	python3 -c 'import json, sys
o = json.load(open("out"))
hosts = "".join("%d %s %s;" % (h["preference"], h["name"].removesuffix(".mail.example."),
                ",".join(a["address"] for a in h["addresses"])) for h in o["hosts"])
found = [o["outcome"], str(o["implicit"]), hosts, " ".join(n["id"] for n in o["notes"])]
if found != sys.argv[1:]:
    print("found", found, "instead of", sys.argv[1:])' "$3" "$4" "$5" "${6:-}" >wrong 2>&1
	[ ! -s wrong ] || complain "$(cat wrong)"
}

mx1='mx1 192.0.2.25,2001:db8::25;'
mx2='mx2 192.0.2.26;'

# MX records, by preference.
case_is prefs 0 deliver False "10 ${mx1}20 $mx2"
case_is twice 0 deliver False "10 ${mx1}20 ${mx1}30 $mx2"
case_is any.wild 0 deliver False "10 $mx1"
case_is under_score 0 deliver False "10 $mx1"
# The domain itself; no MX and no address; no such domain.
case_is implicit 0 deliver True '0 implicit 192.0.2.25,2001:db8::25;'
case_is implicit6 0 deliver True '0 implicit6 2001:db8::26;' mx-ipv6-only
case_is none 1 return True '0 none ;'
case_is nosuch 1 return False ''
# Null MX, alone and among others.
case_is null 1 no-mail False ''
case_is nullnotzero 1 no-mail False '' mx-null-preference
case_is nullplus 0 deliver False "10 $mx1" mx-null-among-others
# The domain is an alias.
case_is alias 0 deliver False "10 ${mx1}20 $mx2"
case_is alias2 0 deliver False "10 ${mx1}20 $mx2"
case_is alias-implicit 0 deliver True '0 alias-implicit 192.0.2.25,2001:db8::25;'
case_is alias-dangling 1 return False ''
case_is alias-null 1 no-mail False ''
case_is alias-loop 3 queue False ''
# What the target is.
case_is target-alias 0 deliver False '10 mxalias 192.0.2.25,2001:db8::25;' mx-alias
case_is target-literal 1 return False '10 192.0.2.25. ;' mx-address
case_is target-literal6 1 return False '10 2001:db8::25. ;' mx-address
case_is target-dangling 1 return False '10 nosuch ;' mx-dangling
case_is target-alias-dangling 1 return False '10 mxdangling ;' 'mx-alias mx-dangling'
case_is target-nodata 1 return False '10 mxtext ;' mx-dangling
case_is target-loop 3 queue False '10 mxloop1 ;' mx-temporary
case_is target-six 0 deliver False '10 mx6 2001:db8::26;' mx-ipv6-only
case_is target-localhost 0 deliver False '10 localhost. 127.0.0.1,::1;' mx-loopback
case_is target-private 0 deliver False '10 mxprivate 10.0.0.25;' mx-private-address
case_is some-dangling 0 deliver False "10 nosuch ;20 $mx1" mx-dangling
# Not now is not never.
case_is target-tempfail 3 queue False '10 mx.broken. ;' mx-temporary
case_is some-tempfail 0 deliver False "10 mx.broken. ;20 $mx1" mx-temporary
mx 1 target-alias-dangling.mail.example
says_not 'to do let'
mx 3 lame.example
says 'nothing is known for now' 'must not be returned'
mx 1 nosuch.example
says 'there is no domain nosuch.example.'

# Each rule is told.
mx 0 Someone@alias.mail.example
says 'Someone@alias.mail.example' 'alias.mail.example. is an alias: mail is handled as if for prefs.mail.example.' \
	'they alone count' 'mail for alias.mail.example. goes to mx1.mail.example. first'
mx 0 implicit.mail.example
says '(RFC 5321 5.1, implicit MX)'
mx 1 null.mail.example
says 'a null MX (RFC 7505)'
mx 0 'x@[192.0.2.25]'
says 'an address literal' '0 [192.0.2.25] 192.0.2.25'
mx 0 'x@[IPv6:2001:db8::25]'
says '2001:db8::25'
mx 0 五粮液.中国
says 'goes to mail.xn--dlq917e1ik.xn--fiqs8s.'
mx 0 faß.example
says 'software of IDNA 2003 takes'

# Equal preferences: every order comes up, each again with its seed.
for seed in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	"$BUILD/bin/fopnp" mx --json --seed "$seed" equal.mail.example
done >seeds
python3 -c 'import json, sys
for line in sys.stdin:
    print(*[h["name"][2] for h in json.loads(line)["hosts"]])' <seeds >orders
[ "$(sort -u orders | wc -l)" -eq 6 ] || complain "20 seeds gave $(sort -u orders | wc -l) of 6 orders"
! grep -vq ' 4$' orders || complain 'a host of preference 20 came before one of 10'
mx 0 --seed 5 equal.mail.example
says '--seed 5 gives this one'
cp out once
mx 0 --seed 5 equal.mail.example
cmp -s out once || complain 'the same seed gave another order'

# What greets.
start_server greeter python3 "$here/smtp_greeter.py" greeter.log 192.0.2.25=ready 2001:db8::25=lines \
	192.0.2.26=refuse 192.0.2.27=raw 192.0.2.28=mute 2001:db8::26=flood 192.0.2.81=close \
	192.0.2.82=teaser 192.0.2.83=endless 192.0.2.84=drip 192.0.2.85=busy 192.0.2.86=nul
wait_until greeter grep -q ready greeter.log
mx 0 --connect --timeout 500ms equal.mail.example
says '192.0.2.25 220 mx.example ESMTP ready' '2001:db8::25 220-mx.example ESMTP' \
	'192.0.2.26 554 mx.example takes no mail from you' '192.0.2.27 SSH-2.0-\x1b[31mred\x07\x9b' \
	'192.0.2.28 connected, no greeting'
wait_until 'the goodbye' grep -q "lines b'QUIT" greeter.log
"$BUILD/bin/fopnp" mx --json --connect --timeout 500ms equal.mail.example >>all_json
mx 1 --connect --timeout 500ms refused.mail.example
says 'refused: nothing listens there'
mx 1 --connect --timeout 500ms silent.mail.example
says 'timed out'
mx 1 --connect --timeout 500ms unreachable.mail.example
says 'no route'
mx 0 --connect --timeout 500ms some-refused.mail.example
mx 1 --connect --timeout 500ms target-six.mail.example
says '220-xxxx'

# By an address literal: a line that others are to follow is no greeting yet, however many there are.
greets() {
	mx "$1" --connect --timeout "${4:-500ms}" "x@[$2]"
	says "$3"
}
greets 1 192.0.2.81 'connected, closed without a greeting' 20s
greets 1 192.0.2.82 '220-be patient, and no end of it'
greets 1 192.0.2.83 '220-and, and no end of it' 20s
greets 0 192.0.2.84 '220 mx.example ESMTP ready' 20s
greets 1 192.0.2.85 '421 mx.example is busy' 20s
greets 0 192.0.2.86 '220 mx.example' 20s
"$BUILD/bin/fopnp" mx --json --connect --timeout 500ms 'x@[192.0.2.82]' >out
grep -q '"code":null,"greeting":"220-be patient"' out || complain 'the code of half a greeting'
cat out >>all_json

# Whom it asks; what is no domain.
mx 0 prefs.mail.example @198.51.100.1
mx 3 prefs.mail.example @198.51.100.91
says 'refused'
printf '10.9.9.9 mx1.mail.example prefs.mail.example\n' >>/etc/hosts
mx 0 prefs.mail.example
says_not 10.9.9.9
for bad in '' 'x@' 'a..example' 'x@[192.0.2]' 'x@[IPv6:192.0.2.1]' "$(printf '%0300d' 0)"; do
	"$BUILD/bin/fopnp" mx -- "$bad" >out 2>errors
	[ $? -eq 2 ] || complain "mx \"$bad\": not refused"
	grep -q 'is no mail domain' errors || complain "mx \"$bad\": refused in other words"
done

python3 "$here/../cli/check_json.py" "$here/../../docs/schema/fopnp-1.json" <all_json >out 2>&1 ||
	complain 'not as the schema has it'
all_as_expected
