#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp check: what it reads and asks, its options and exit status.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

ip link set lo up
ip -6 addr add 2001:db8::1/128 dev lo 2>/dev/null || skip 'no IPv6 here'
# shellcheck source=tests/cli/check_lib.sh
. "$here/check_lib.sh"

# ---- a set-up in which nothing is wrong
serve 127.0.0.1=fine
resolv 'nameserver 127.0.0.1'
run 0 check
silent
says 'nothing is wrong'
says 'rules looked at /etc/nsswitch.conf'
says '1 name server'
run 0 check --json
json 'o["type"] == "summary"' 'o["counts"]["errors"] == 0' 'o["counts"]["rules"] > 50' 'len(objects) == 1'
grep -q '^127.0.0.1 \. 2$' "$work/queries" || fail "the root was not asked for"
grep -q '^127.0.0.1 local\. 6$' "$work/queries" || fail "local. was not asked for"
[ "$(wc -l <"$work/queries")" -eq 8 ] || fail "four queries a run: $(cat "$work/queries")"

# ---- nobody is asked
: >"$work/queries"
run 0 check --no-probe
says 'nobody was asked'
mkdir -p "$work/image/etc"
cp "$etc/hosts" "$etc/nsswitch.conf" "$etc/resolv.conf" "$work/image/etc/"
run 0 check --root "$work/image"
[ ! -s "$work/queries" ] || fail "somebody was asked: $(cat "$work/queries")"

# ---- no server at all: the kernel says so at once
resolv 'nameserver 192.0.2.53'
run 1 check
finds server-unreachable
lacks server-silent
resolv 'nameserver 127.0.0.53'
run 1 check
finds stub-without-resolved
lacks server-refused
rm "$etc/resolv.conf"
ln -s ../run/systemd/resolve/stub-resolv.conf "$etc/resolv.conf"
run 1 check
finds resolv-conf-missing
says 'a link to ../run/systemd/resolve/stub-resolv.conf, which is not there'
lacks server-refused
rm "$etc/resolv.conf"
mkdir "$etc/resolv.conf"
run 1 check
finds resolv-conf-fatal
rmdir "$etc/resolv.conf"
mkfifo "$etc/resolv.conf"
run 1 check
finds resolv-conf-fatal
rm "$etc/resolv.conf"
resolv 'nameserver 127.0.0.1' 'options attempts:0 rotato timeout:99' 'sortlist 10.0.0.0/255.0.0.0'
run 1 check --no-probe
finds resolv-no-attempts resolv-option-unknown resolv-option-limit
lacks resolv-conf-fatal
run 1 check --no-probe --severity error
finds resolv-no-attempts
lacks resolv-option-unknown
# Programs hang or abort at such files; check does not, and does not take that for a slow lookup.
printf 'nameserver 127.0.0.1\r\nsortlist 10.0.0.0\r\n' >"$etc/resolv.conf"
run 1 check
finds resolv-conf-fatal nameserver-line-unused
lacks hosts-large
has '/etc/resolv.conf:2  [resolv-conf-fatal]'
resolv "search $(printf 'x%.0s' $(seq 300)).example"
run 1 check
finds resolv-conf-fatal

# ---- modules: missing, without functions, crashing, hanging; never in this process
resolv 'nameserver 127.0.0.1'
LD_LIBRARY_PATH=$work/lib
export LD_LIBRARY_PATH
mkdir "$work/lib"
module() {
	cc -shared -fPIC -Wl,-soname,"libnss_$1.so.2" -o "$work/lib/libnss_$1.so.2" -xc - || fail "no compiler"
}
echo 'int unrelated;' | module empty
echo '#include <stdlib.h>
__attribute__((constructor)) static void start(void) { abort(); }' | module crash
echo '#include <unistd.h>
__attribute__((constructor)) static void start(void) { for (;;) pause(); }' | module hang
hosts_line 'files gone empty crash hang dns'
run 1 check --timeout 700ms
says 'libnss_gone.so.2: cannot open shared object file'
says 'libnss_empty.so.2 has no function that looks up host names'
says 'crashes the program (Aborted)'
says 'loading it hangs'
hosts_line 'files dns'

# ---- files that are none, or too much
rm "$etc/hosts"
mkfifo "$etc/hosts"
run 1 check
rm "$etc/hosts"
ln -s hosts "$etc/hosts"
run 1 check
rm "$etc/hosts"
head -c 300000 /dev/urandom >"$etc/hosts"
run 1 check
# A million lines, of which the last says what the first does.
awk 'BEGIN { print "127.0.0.1 localhost\n::1 localhost"
	for (i = 0; i < 1000000; i++) print "0.0.0.0 host" i ".blocked.example"
	print "0.0.0.0 host0.blocked.example" }' >"$etc/hosts"
run 1 check
has '/etc/hosts:1000003  [hosts-duplicate]'
printf '127.0.0.1 localhost %s\n::1 localhost\n' "$(hostname)" >"$etc/hosts"

# ---- below a root: links stay inside it, and lead nowhere else
rm -rf "$work/image/etc/resolv.conf"
ln -s /etc/elsewhere "$work/image/etc/resolv.conf"
echo 'nameserver 192.0.2.99' >"$etc/elsewhere"
run 0 check --root "$work/image"
finds resolv-conf-missing
echo 'nameserver 127.0.0.53' >"$work/image/etc/elsewhere"
run 0 check --root "$work/image"
lacks resolv-conf-missing
finds stub-without-resolved
ln -sf ../../../../../../etc/elsewhere "$work/image/etc/resolv.conf"
run 0 check --root "$work/image"
finds stub-without-resolved
mkdir -p "$work/image/lib/x86_64-linux-gnu"
: >"$work/image/lib/x86_64-linux-gnu/libc.so.6"
echo 'hosts: files gone dns' >"$work/image/etc/nsswitch.conf"
run 1 check --root "$work/image"
says "libnss_gone.so.2 in the image's library directories"

# ---- rules
run 0 check --list
matches '^server-silent  *error  '
run 0 check --explain search-storm
says 'Kubernetes'
run 0 check --list --json
mv "$work/out" "$work/list"
run 0 check --explain search-storm --json
cat "$work/list" "$work/out" >"$work/both"
mv "$work/both" "$work/out"
json 'o["type"] == "rule"' 'o["id"] == "search-storm"' 'objects[-2]["counts"]["rules"] == len(objects) - 2' \
	'len({r["id"] for r in objects[:-2]}) == len(objects) - 2' \
	'all(len(r["explanation"]) > 70 and not r["summary"].endswith(".") for r in objects[:-2])'
run 0 check --list-man
cmp "$work/out" "$top/docs/man/fopnp-check-rules.7" ||
	fail "docs/man/fopnp-check-rules.7 is another: fopnp check --list-man >docs/man/fopnp-check-rules.7"

# ---- usage
run 2 check printer
has_error 'takes no name'
run 2 check --explain no-such-rule
has_error 'no rule'
run 2 check --timeout 3
run 2 check --severity grave
run 3 check --root "$work/nowhere"
run 3 check --root "$work/out"
if [ -e /dev/full ]; then
	status=0
	"$fopnp" check >/dev/full 2>"$work/err" || status=$?
	[ "$status" -eq 3 ] || fail "to a full disk: exit status $status"
fi
