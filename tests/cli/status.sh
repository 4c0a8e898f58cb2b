#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp status: the line, the library, the configuration in force, and the programs that run.
# In a process namespace of its own, so that no other programs than those started here run.
if [ "${fopnp_status_inside:-}" != 1 ]; then
	[ "$(id -u)" -eq 0 ] || {
		echo "needs root for a private /etc"
		exit 77
	}
	unshare -m -p -f --mount-proc true 2>/dev/null || {
		echo "cannot make namespaces here"
		exit 77
	}
	fopnp_status_inside=1 exec unshare -m -p -f --kill-child --mount-proc "$0" "$@"
fi
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/cli/enable_lib.sh
. "$here/enable_lib.sh"

# Not installed.
lay 'hosts:	files dns'
run 1 status
silent
has 'fopnp is not active'
has "line      $nsswitch:1: hosts: files dns"
has 'order     files dns (the hosts line, /etc/nsswitch.conf:1)'
has 'fopnp enable'
run 1 status --json
json 'not o["active"] and not o["installed"] and o["lookup"] == "passed" and o["order"]["text"] == "files dns"' \
	'o["hosts_line"] == {"file": "/etc/nsswitch.conf", "line": 1, "text": "hosts:\tfiles dns"}' \
	'o["library"].endswith("/libnss_fopnp.so.2") and o["library_error"] is None' '"not-on-line" in notes'

# Programs of each kind, started before and after, with and without a lookup.
cat >"$work/program.py" <<'EOF'
import socket, sys, time
for line in sys.stdin:
    socket.getaddrinfo("localhost", None)
    open(sys.argv[1], "w").close()
EOF
start_program() {
	mkfifo "$work/$1.in"
	python3 "$work/program.py" "$work/$1.looked" <"$work/$1.in" &
	started_pid=$!
}
look_up() {
	echo >"$1" # the program ends with its input: keep one end open
	tries=100
	while [ ! -e "$2" ] && [ $tries -gt 0 ]; do
		sleep 0.1
		tries=$((tries - 1))
	done
	[ -e "$2" ] || fail "no lookup in $2"
}
printf '#include <unistd.h>\nint main(void) { return (int)sleep(1000); }\n' >"$work/static.c"
gcc -static -o "$work/static" "$work/static.c" || skip "no static libc"
"$work/static" &
static_pid=$!
# Its file is the loader, which looks like a static program; it is none.
loader=$(readelf -l /bin/sleep | sed -n 's/.*interpreter: \(.*\)]$/\1/p')
"$loader" /bin/sleep 1000 &
by_loader_pid=$!
start_program before
before_pid=$started_pid
exec 5>"$work/before.in"
start_program follows
follows_pid=$started_pid
exec 6>"$work/follows.in"
# ctime has the grain of the kernel's tick, start times that of 10 ms.
sleep 0.2
run 0 enable
has 'started earlier: '
look_up /dev/fd/6 "$work/follows.looked"
sleep 0.2
start_program after
after_pid=$started_pid
exec 7>"$work/after.in"
start_program loaded
loaded_pid=$started_pid
exec 8>"$work/loaded.in"
look_up /dev/fd/8 "$work/loaded.looked"
mkdir -p "$work/other/etc"
printf 'hosts: files\n' >"$work/other/etc/nsswitch.conf"
# shellcheck disable=SC2016 # for the inner shell
unshare -m sh -c 'mount --bind "$1/etc/nsswitch.conf" /etc/nsswitch.conf && exec sleep 1000' sh "$work/other" &
elsewhere_pid=$!
sleep 0.5

# With the module loaded: in a container it is one of its own, as below another root; not where the
# root was changed behind the lookup.
cat >"$work/changed.py" <<'EOF'
import os, socket, sys
for line in sys.stdin:
    socket.getaddrinfo("localhost", None)
    os.chroot(sys.argv[1])
    open("/looked", "w").close()
EOF
cp "$nsswitch" "$work/other-line"
mkdir "$work/chroot"
mount --rbind / "$work/chroot"
mount --bind "$work/other-line" "$work/chroot$nsswitch"
mkfifo "$work/contained.in" "$work/changed.in" "$work/below.in"
# shellcheck disable=SC2016 # for the inner shell
unshare -m sh -c 'mount --bind "$1/other-line" /etc/nsswitch.conf && exec python3 "$1/program.py" "$1/contained.looked"' \
	sh "$work" <"$work/contained.in" &
contained_pid=$!
exec 5>"$work/contained.in"
python3 "$work/changed.py" "$work/other" <"$work/changed.in" &
changed_pid=$!
exec 6>"$work/changed.in"
chroot "$work/chroot" python3 "$work/program.py" "$work/below.looked" <"$work/below.in" &
below_pid=$!
exec 9>"$work/below.in"
look_up /dev/fd/5 "$work/contained.looked"
look_up /dev/fd/6 "$work/other/looked"
look_up /dev/fd/9 "$work/below.looked"
run 0 status --json
json "{p['pid']: p['state'] for p in o['processes'] if p['pid'] in ($contained_pid, $changed_pid, $below_pid)} \
== {$contained_pid: 'elsewhere', $changed_pid: 'mapped', $below_pid: 'elsewhere'}"
kill "$contained_pid" "$changed_pid" "$below_pid"
wait "$contained_pid" "$changed_pid" "$below_pid" 2>/dev/null || :
umount -R -l "$work/chroot"

run 0 status --json
json 'o["active"] and o["installed"] and o["lookup"] == "reached" and o["notes"] == []' \
	'o["order"] == {"file": "/etc/nsswitch.conf", "line": 1, "text": "files dns"}' \
	"{p['pid']: p['state'] for p in o['processes'] if p['pid'] in ($before_pid, $follows_pid, $after_pid, $loaded_pid, $static_pid, $by_loader_pid, $elsewhere_pid)} \
== {$before_pid: 'started-before', $follows_pid: 'mapped', $after_pid: 'no-lookup-yet', $loaded_pid: 'mapped', $static_pid: 'static', $by_loader_pid: 'started-before', $elsewhere_pid: 'elsewhere'}" \
	"[p['comm'] for p in o['processes'] if p['pid'] == $static_pid] == ['static']" \
	'not any(p["comm"] == "fopnp" for p in o["processes"])'
run 0 status
fits 100
has 'fopnp is active'
has "line      $nsswitch:1: hosts: $words files dns"
has 'order     files dns (what stands behind fopnp, /etc/nsswitch.conf:1)'
has 'log       nothing'
matches '^ *2  have it loaded '
matches '^ *1  cannot, unless by this glibc: statically linked  *static$'
COLUMNS=60 run 0 status

# An upgrade: those that run have the old library.
cp "$work/module/libnss_fopnp.so.2" "$libraries/libnss_fopnp.so.2.new"
mv "$libraries/libnss_fopnp.so.2.new" "$libraries/libnss_fopnp.so.2"
run 0 status --json
grep -q "{\"pid\":$loaded_pid,[^}]*\"state\":\"replaced\"}" "$work/out" || fail "an old library is not told of"
# It may have looked for the library while that was not there.
json "[p['state'] for p in o['processes'] if p['pid'] == $after_pid] == ['started-before']"
kill "$before_pid" "$follows_pid" "$after_pid" "$loaded_pid" "$static_pid" "$by_loader_pid" "$elsewhere_pid" 2>/dev/null

# fopnp.conf.
printf '# mine\norder .corp.example dns files\norder fopnp:hosts fopnp:dns\nlog journal\nlog-events failures slow=200ms\n' >/etc/fopnp.conf
run 0 status
has 'order     fopnp:hosts fopnp:dns (an order line, /etc/fopnp.conf:3)'
has '/etc/fopnp.conf:2: .corp.example: dns files'
has 'log       /etc/fopnp.conf:4: failures, and lookups of 200 ms or more to the journal'
run 0 status --json
json 'o["order"]["line"] == 3 and o["logs"] == [{"file": "/etc/fopnp.conf", "line": 4, "text": "journal"}]' \
	'[(c["domain"], c["place"]["line"]) for c in o["conf_orders"]] == [("corp.example", 2), (None, 3)]'
chmod 666 /etc/fopnp.conf
run 0 status --json
has '"id":"fopnp-conf-untrusted"'
has '"conf_orders":[]'
rm /etc/fopnp.conf

# A library that ends the program.
cp "$libraries/libnss_fopnp.so.2" "$work/good.so"
rm "$libraries/libnss_fopnp.so.2"
printf 'int _nss_fopnp_gethostbyname4_r(void) { __builtin_trap(); }\n' |
	gcc -shared -fPIC -x c -o "$libraries/libnss_fopnp.so.2" - || fail "cannot build a library"
run 1 status
has 'a lookup of localhost crashes'
rm "$libraries/libnss_fopnp.so.2"
cp "$work/good.so" "$libraries/libnss_fopnp.so.2"

# Without its library, in another form, broken; and without rights.
mv "$libraries/libnss_fopnp.so.2" "$libraries/away"
run 1 status --json
has '"active":false,"installed":true'
has '"library":null'
has '"id":"library-missing"'
mv "$libraries/away" "$libraries/libnss_fopnp.so.2"
lay 'hosts: files fopnp [!UNAVAIL=return] dns'
run 0 status
has 'another form'
lay 'hosts: [x'
run 1 status
lay 'passwd: files [x=y]' 'hosts: fopnp files'
run 1 status
has 'every lookup fails'
rm "$nsswitch"
run 1 status
has 'there is no hosts line'
lay "hosts: $words files"
setpriv --reuid=65534 --regid=65534 --clear-groups "$fopnp" status >"$work/out" 2>"$work/err" || fail "status without rights"
has 'not for us to see: run it as root'
# In here there is a /proc of our own.
for hidden in 1 2; do
	mount -t proc -o "hidepid=$hidden" proc /proc
	setpriv --reuid=65534 --regid=65534 --clear-groups "$fopnp" status --json >"$work/out" 2>"$work/err" ||
		fail "status under hidepid=$hidden"
	json '"processes-hidden" in notes' 'o["processes"] == []'
	umount /proc
done
run 2 status sshd
