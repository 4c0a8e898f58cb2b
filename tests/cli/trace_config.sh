#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Which order is followed, and what is told of a strange, broken or missing configuration.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

source_module other -DFOUND='"192.0.2.99"'

# No file, no hosts line, a file whose last line has no newline: glibc's default.
rm "$etc/nsswitch.conf"
run 0 trace localhost
has "order  files dns  (glibc's default: there is no nsswitch.conf)"
run 0 trace --json localhost
json 'o["config"] == {"file": None, "line": None, "order": "files dns", "installed": False}' 'o["answered_by"] == "files"'
printf 'passwd: files\n' >"$etc/nsswitch.conf"
run 0 trace localhost
has "nsswitch.conf has no hosts line"
run 0 trace --json localhost
json 'o["config"] == {"file": "/etc/nsswitch.conf", "line": None, "order": "files dns", "installed": False}'
printf 'hosts: other' >"$etc/nsswitch.conf"
run 0 trace --json localhost
json 'notes["line-unfinished"]["place"]["line"] == 1' 'o["config"]["order"] == "files dns"'

# Of two lines the last counts.
printf 'hosts: other\n\n# x\nhosts:\tfiles\n' >"$etc/nsswitch.conf"
run 0 trace localhost
has 'order  files  (/etc/nsswitch.conf:4)'
has 'warning'
run 0 trace --json localhost
json 'o["config"]["line"] == 4' 'notes["hosts-line-shadowed"]["place"] == {"file": "/etc/nsswitch.conf", "line": 1, "text": None}'

# A broken line breaks every lookup.
printf 'hosts: files [NOTFOUND=retrun] dns\n' >"$etc/nsswitch.conf"
run 1 trace localhost
has 'localhost: not found'
has 'every lookup of every database fails'
has '(/etc/nsswitch.conf:1)'
run 1 trace --json localhost
json 'o["config"]["order"] is None' 'o["steps"] == []' 'notes["nsswitch-broken"]["severity"] == "error"'
printf 'hosts: files\npasswd: files []\n' >"$etc/nsswitch.conf"
run 1 trace --json localhost
json 'notes["nsswitch-broken"]["place"]["line"] == 2'

# Lines that glibc takes and that mean something else.
hosts_line ''
run 3 trace --json localhost
json 'notes["no-sources"]' 'o["steps"] == []'
run 3 trace localhost
has 'names no source'
hosts_line 'files [SUCCESS=merge] other'
run 1 trace --json localhost
json 'notes["merge-in-hosts"]["place"]["line"] == 1' 'notes["merge-in-hosts"]["severity"] == "error"' '[s["reached"] for s in o["steps"]] == [None, None]' \
	'steps["other"]["answer"]["addresses"][0]["address"] == "192.0.2.99"'
run 1 trace localhost
has 'merge does not work for hosts'
hosts_line 'files [NOTFOUND=continue] [UNAVAIL=continue] other'
run 1 trace --json unknown.example
json 'notes["order-cut"]["severity"] == "error"' '[s["source"] for s in o["steps"]] == ["files"]'
# A comment is no comment there: glibc looks for modules of that name.
hosts_line 'files # local'
run 3 trace --json unknown.example
json '[s["source"] for s in o["steps"]] == ["files", "#", "local"]' 'o["result"]["code"] == "EAI_SYSTEM"' \
	'steps["#"]["status"] == "UNAVAIL"' 'steps["local"]["status"] == "UNAVAIL"' '"answers-differ" not in notes'

# A directory, a pipe, bytes of any kind.
rm "$etc/nsswitch.conf"
mkdir "$etc/nsswitch.conf"
run 1 trace --json localhost
json '"Is a directory" in notes["nsswitch-broken"]["text"]' '"answers-differ" not in notes'
run 1 trace localhost
rmdir "$etc/nsswitch.conf"
head -c 20000 /dev/urandom >"$etc/nsswitch.conf"
status=0
"$fopnp" trace --json --timeout 2s localhost >"$work/out" 2>"$work/err" || status=$?
[ "$status" -le 3 ] || fail "status $status for random bytes"
json 'o["type"] == "trace"'

# With fopnp on the line: the module's own order.  The plain call finds it through LD_LIBRARY_PATH.
hosts_line 'fopnp [!UNAVAIL= return] files [NOTFOUND=return] other'
ln -s "$BUILD/lib/libnss_fopnp.so.2" "$work/lib/"
run 1 trace --json unknown.example
json 'o["config"]["installed"] is True' 'o["config"]["order"] == "files [NOTFOUND=return] other"' \
	'[s["source"] for s in o["steps"]] == ["files", "other"]' 'steps["other"]["reached"] is False' \
	'"module-inactive" not in notes' '"answers-differ" not in notes'
run 0 trace localhost
has 'order  fopnp [!UNAVAIL= return] files [NOTFOUND=return] other  (/etc/nsswitch.conf:1)'
matches '^  1  files  *found '
rm "$work/lib/libnss_fopnp.so.2"
run 0 trace --json localhost
json 'notes["module-inactive"]["place"]["line"] == 1' 'o["answered_by"] == "files"'
ln -s "$BUILD/lib/libnss_fopnp.so.2" "$work/lib/"

# fopnp.conf replaces it, for all names or for some; reverse lookups by their arpa name.
cat >"$etc/fopnp.conf" <<'EOF'
order files
order .example other files
order .2.0.192.in-addr.arpa other
EOF
chmod 644 "$etc/fopnp.conf"
run 0 trace --json www.Example.
json 'o["config"] == {"file": "/etc/fopnp.conf", "line": 2, "order": "other files", "installed": True}' 'o["answered_by"] == "other"' \
	'"answers-differ" not in notes'
run 0 trace --json localhost
json 'o["config"]["line"] == 1' 'o["config"]["order"] == "files"'
run 0 trace --json --call gethostbyaddr 192.0.2.7
json 'o["config"]["line"] == 3' 'o["result"]["canonical_name"] == "found.example"'
run 0 trace localhost
has 'order  files  (/etc/fopnp.conf:1)'
# A file that others can write is not believed.
chmod 666 "$etc/fopnp.conf"
run 0 trace --json localhost
json 'o["config"]["file"] == "/etc/nsswitch.conf"'
printf 'order other\n' >"$work/own.conf"
FOPNP_CONF=$work/own.conf run 0 trace --json localhost
json 'o["config"]["order"] == "other"' 'o["answered_by"] == "other"' '"answers-differ" not in notes'
rm "$etc/fopnp.conf"

# fopnp the last word, and sources in front of it.
hosts_line 'fopnp'
run 0 trace --json localhost
json 'o["config"]["order"] == "fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns"' \
	'o["answered_by"] == "fopnp:hosts"' '"answers-differ" not in notes' \
	'steps["fopnp:hosts"]["told"] == [{"word": "file", "value": "/etc/hosts:1"}]' \
	'steps["fopnp:hosts"]["evidence"][0]["text"] == "127.0.0.1 localhost"' \
	'steps["fopnp:mdns"]["told"] == [{"word": "skipped", "value": "not-local"}]' \
	'steps["fopnp:dns"]["wire"][0]["server"] == "127.0.0.1"'
run 0 trace --short localhost
has 'localhost fopnp:hosts 127.0.0.1 /etc/hosts:1'
hosts_line 'files [NOTFOUND=continue UNAVAIL=return] fopnp other'
run 0 trace --json unknown.example
json '[s["source"] for s in o["steps"]] == ["files", "other"]' 'o["answered_by"] == "other"'

# A module that is none, or that is missing.
hosts_line 'files'
for module in /nonexistent.so "$work/lib/libnss_other.so.2" "$etc/hosts"; do
	FOPNP_MODULE=$module run 0 trace --json localhost
	json 'notes["module-unusable"]["severity"] == "error"' 'o["result"]["addresses"][0]["address"] == "127.0.0.1"' \
		'o["answered_by"] is None' 'steps["files"]["reached"] is None'
done
FOPNP_MODULE=/nonexistent.so run 0 trace localhost
has 'the module cannot be loaded: /nonexistent.so'
FOPNP_MODULE=/nonexistent.so run 3 trace --json --order files localhost
json 'o["result"]["code"] is None' 'notes["module-unusable"]'

# Somebody listens where nscd would: said, although the answers agree.
mkdir -p /var/run/nscd
python3 - <<'EOF' &
import socket
server = socket.socket(socket.AF_UNIX)
server.bind("/var/run/nscd/socket")
server.listen(8)
while True:
    server.accept()[0].close()
EOF
nscd=$!
while [ ! -S /var/run/nscd/socket ]; do sleep 0.05; done
run 0 trace --json localhost
json 'notes["nscd-runs"]["severity"] == "info"' 'o["answered_by"] == "files"'
kill "$nscd"
wait "$nscd" || :
run 0 trace --json localhost
json '"nscd-runs" not in notes'
