#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What each option asks for, seen by a library that is preloaded into the command.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

hosts_line 'files'
cc -shared -fPIC -D_GNU_SOURCE -o "$work/shim.so" "$here/call_shim.c" -ldl || fail "cannot build the shim"

# asks ARGUMENTS -- LINE: the call that the command makes.
asks() {
	arguments=
	while [ "$1" != -- ]; do
		arguments="$arguments $1"
		shift
	done
	rm -f "$work/calls"
	# shellcheck disable=SC2086 # words without blanks
	CALL_LOG=$work/calls LD_PRELOAD=$work/shim.so "$fopnp" trace $arguments >"$work/out" 2>"$work/err" || :
	grep -qxF "$2" "$work/calls" || {
		cat "$work/calls"
		fail "trace$arguments did not call: $2"
	}
}

call='getaddrinfo name=localhost service=NULL'
asks localhost -- "$call family=0 socktype=0 protocol=0 flags=0"
asks -4 localhost -- "$call family=2 socktype=0 protocol=0 flags=0"
asks -6 localhost -- "$call family=10 socktype=0 protocol=0 flags=0"
asks -f inet6 localhost -- "$call family=10 socktype=0 protocol=0 flags=0"
asks -f AF_INET localhost -- "$call family=2 socktype=0 protocol=0 flags=0"
asks --family=unspec localhost -- "$call family=0 socktype=0 protocol=0 flags=0"
asks -t stream localhost -- "$call family=0 socktype=1 protocol=0 flags=0"
asks -t SOCK_DGRAM localhost -- "$call family=0 socktype=2 protocol=0 flags=0"
asks -t raw localhost -- "$call family=0 socktype=3 protocol=0 flags=0"
asks -t 5 localhost -- "$call family=0 socktype=5 protocol=0 flags=0"
asks -p udp localhost -- "$call family=0 socktype=0 protocol=17 flags=0"
asks -p IPPROTO_TCP localhost -- "$call family=0 socktype=0 protocol=6 flags=0"
asks -p 132 localhost -- "$call family=0 socktype=0 protocol=132 flags=0"
asks -s http localhost -- 'getaddrinfo name=localhost service=http family=0 socktype=0 protocol=0 flags=0'
asks -s domain/udp localhost -- 'getaddrinfo name=localhost service=domain family=0 socktype=0 protocol=17 flags=0'
asks -s 80 -P -- 'getaddrinfo name=NULL service=80 family=0 socktype=0 protocol=0 flags=0x1'
asks -c localhost -- "$call family=0 socktype=0 protocol=0 flags=0x2"
asks -n 127.0.0.1 -- 'getaddrinfo name=127.0.0.1 service=NULL family=0 socktype=0 protocol=0 flags=0x4'
asks -N localhost -- "$call family=0 socktype=0 protocol=0 flags=0x400"
asks -cNP localhost -- "$call family=0 socktype=0 protocol=0 flags=0x403"
for flag in passive:0x1 canonname:0x2 numerichost:0x4 v4mapped:0x8 all:0x10 addrconfig:0x20 idn:0x40 \
	canonidn:0x80 numericserv:0x400 default:0x28 none:0 AI_ALL,v4mapped:0x18; do
	asks --flags "${flag%:*}" localhost -- "$call family=0 socktype=0 protocol=0 flags=${flag#*:}"
done
asks --flags default -c localhost -- "$call family=0 socktype=0 protocol=0 flags=0x2a"

asks --call gethostbyname localhost -- 'gethostbyname name=localhost'
asks --call gethostbyname2 localhost -- 'gethostbyname2 name=localhost family=2'
asks --call gethostbyname2 -6 localhost -- 'gethostbyname2 name=localhost family=10'
asks --call gethostbyaddr 127.0.0.1 -- 'gethostbyaddr len=4 family=2'
asks --call gethostbyaddr ::1 -- 'gethostbyaddr len=16 family=10'
asks --call getnameinfo 127.0.0.1 -- 'getnameinfo family=2 flags=0x8'
asks --call getnameinfo -n ::1 -- 'getnameinfo family=10 flags=0x1'
asks --call getnameinfo fe80::1%lo -- 'getnameinfo family=10 flags=0x8'
asks --call getaddrinfo localhost -- "$call family=0 socktype=0 protocol=0 flags=0"
# Names that are not ASCII, whatever the locale.
LC_ALL=C asks bücher.example -- 'getaddrinfo name=xn--bcher-kva.example service=NULL family=0 socktype=0 protocol=0 flags=0'
asks BÜCHER.example -- 'getaddrinfo name=xn--bcher-kva.example service=NULL family=0 socktype=0 protocol=0 flags=0'
asks faß.example -- 'getaddrinfo name=xn--fa-hia.example service=NULL family=0 socktype=0 protocol=0 flags=0'
LC_ALL=C run 1 trace bücher.example
has 'bücher.example'
has 'xn--bcher-kva.example'
run 1 trace --json bücher.example
json 'o["request"]["given"] == "bücher.example"' 'o["request"]["name"] == "xn--bcher-kva.example"' 'notes["idn-converted"]'
run 1 trace --json "$(printf 'b\374cher.example')"
json 'o["request"]["given"] == r"b\252cher.example"' 'o["request"]["name"] == r"b\252cher.example"' 'notes["idn-invalid"]'

# The plain call, the watched one, and no more for a source that was reached.
rm -f "$work/calls"
CALL_LOG=$work/calls LD_PRELOAD=$work/shim.so "$fopnp" trace localhost >/dev/null
[ "$(grep -c 'flags=0$' "$work/calls")" -eq 2 ] || fail "not two calls"

# What the flags do.
source_module other -DFOUND='"192.0.2.99"'
hosts_line 'files'
run 0 trace --json -6 --flags v4mapped localhost
json 'o["result"]["addresses"][0]["address"] == "::ffff:127.0.0.1"' 'o["request"]["flags"] == ["AI_V4MAPPED"]' \
	'o["answered_by"] == "files"' 'notes["asked-twice"]' 'steps["files"]["status"] == "SUCCESS"'
# The one call in which a chain behind one word is not the same as the chain itself.
hosts_line 'files other'
run 0 trace --json -6 --flags v4mapped localhost
json '"AI_V4MAPPED" in notes["answers-differ"]["text"]' 'o["result"]["addresses"][0]["address"] == "::ffff:127.0.0.1"'
run 0 trace --json -s https -t stream -4 -c printer
json 'o["request"] == {"call": "getaddrinfo", "name": "printer", "given": "printer", "service": "https", "family": "inet", "socktype": "stream", "protocol": "any", "flags": ["AI_CANONNAME"]}' \
	'o["result"]["addresses"][0]["port"] == 443' 'o["result"]["canonical_name"] == "printer.example"'
run 0 trace -s https -t stream -4 printer
has '192.0.2.7   443'

# Another order than the system's.
run 0 trace --json --order 'other files' localhost
json 'o["answered_by"] == "other"' 'o["config"]["file"] is None' 'o["config"]["order"] == "other files"' \
	'o["result"]["addresses"][0]["address"] == "192.0.2.99"'
run 0 trace --order 'other files' localhost
has '(--order)'
FOPNP_ORDER='other files' run 0 trace --json localhost
json 'o["answered_by"] == "other"'
FOPNP_ORDER='other files' run 0 trace localhost
has '(FOPNP_ORDER)'
FOPNP_ORDER='other files' run 0 trace --json --order files localhost
json 'o["answered_by"] == "files"' 'o["config"]["order"] == "files"'
FOPNP_BYPASS=1 run 0 trace --json localhost
json 'o["answered_by"] == "files"' 'steps["files"]["reached"] is True'
