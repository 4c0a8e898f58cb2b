#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp enable and disable: what they write and what they keep, there and back.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/cli/enable_lib.sh
. "$here/enable_lib.sh"

# There and back, and both twice.
lay '# a comment' 'passwd:  files' 'hosts:		files dns' 'networks: files'
run 0 enable
silent
fits 100
has "$nsswitch:3"
has "before    hosts:  files dns"
has "after     hosts:  $words files dns"
has "library   "
has "backup    $nsswitch.before-fopnp"
has "fopnp disable"
has 'Augeas'
has 'made by Go'
[ "$(sed -n 3p "$nsswitch")" = "hosts:		$words files dns" ] || fail "the new line: $(cat "$nsswitch")"
sed "s/$(printf %s "$words" | sed 's/[][]/\\&/g') //" "$nsswitch" | cmp -s - "$work/orig" || fail "more was changed"
cmp -s "$nsswitch.before-fopnp" "$work/orig" || fail "the backup"
[ ! -e "$nsswitch.fopnp-new" ] || fail "a temporary file is left"
cp "$nsswitch" "$work/enabled"
run 0 enable
has 'names fopnp already'
cmp -s "$nsswitch" "$work/enabled" || fail "enabled twice it is another file"
run 0 disable
has "after     hosts:  files dns"
is_original disable
is_clean disable
run 0 disable
has 'nothing to do'
is_original 'disabled twice'

# JSON.
run 0 enable --json
json 'o["type"] == "edit" and o["command"] == "enable" and o["changed"] and o["line"] == 3' \
	'o["after"] == "hosts:\t\tfopnp [!UNAVAIL= return] files dns"' 'o["before"] == "hosts:\t\tfiles dns"' \
	'o["backup"] == "/etc/nsswitch.conf.before-fopnp"' 'o["library"].endswith("/libnss_fopnp.so.2")' \
	'o["conf"] is None and not o["conf_changed"]' '"augeas" in notes and "go-programs" in notes'
run 0 enable --json
has '"changed":false'
run 0 disable --json
has '"command":"disable","changed":true'
has '"backup":null'
run 0 disable --json
json 'not o["changed"] and o["before"] is None and o["line"] is None'

# Owner, mode and attributes stay; the file is another one, put there by rename.
chown 12:34 "$nsswitch"
chmod 640 "$nsswitch"
python3 - "$nsswitch" <<'EOF' || skip "no extended attributes here"
import os, struct, sys
os.setxattr(sys.argv[1], "user.note", b"kept\0too")
os.setxattr(sys.argv[1], "security.fopnp", b"label")
# An access control list: user 77 may read.
entries = [(1, 6, 0xFFFFFFFF), (2, 4, 77), (4, 4, 0xFFFFFFFF), (16, 4, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF)]
os.setxattr(sys.argv[1], "system.posix_acl_access",
            struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries))
EOF
all_of() {
	python3 -c 'import os, sys
s = os.stat(sys.argv[1])
print(s.st_uid, s.st_gid, oct(s.st_mode), sorted((n, os.getxattr(sys.argv[1], n)) for n in os.listxattr(sys.argv[1])))' "$1"
}
before=$(all_of "$nsswitch")
inode=$(stat -c %i "$nsswitch")
exec 5<"$nsswitch"
run 0 enable
[ "$(all_of "$nsswitch")" = "$before" ] || fail "owner, mode, attributes: $(all_of "$nsswitch"), not $before"
[ "$(all_of "$nsswitch.before-fopnp")" = "$before" ] || fail "those of the backup: $(all_of "$nsswitch.before-fopnp")"
[ "$(stat -c %i "$nsswitch")" != "$inode" ] || fail "it was written in place"
cmp -s - "$work/orig" <&5 || fail "who has it open sees a change"
run 0 disable
[ "$(all_of "$nsswitch")" = "$before" ] || fail "owner, mode, attributes behind disable"

# Edited in between: only ours goes.
lay 'hosts: files dns'
run 0 enable
sed -i 's/ files dns/ files mdns4_minimal [NOTFOUND=return] dns/; $a# behind' "$nsswitch"
run 0 disable
has "left      $nsswitch.before-fopnp"
printf 'hosts: files mdns4_minimal [NOTFOUND=return] dns\n# behind\n' | cmp -s - "$nsswitch" || fail "$(cat "$nsswitch")"
cmp -s "$nsswitch.before-fopnp" "$work/orig" || fail "a backup that is still of use is gone"

# In another form it is left, and that is said.
lay 'hosts: fopnp [!UNAVAIL=return] files dns'
run 0 enable
has 'another form'
is_original 'another form'
rm -f "$nsswitch.before-fopnp"

# To glibc what looks like a comment is sources, so fopnp is on this line, but behind them.
lay "hosts: files dns # $words"
run 0 enable
has 'another form or place'
is_original 'in a comment'

# Two at once: one edits, the other waits for it.
lay 'hosts: files dns'
"$fopnp" enable >"$work/first" 2>&1 &
first=$!
status=0
"$fopnp" enable >"$work/out" 2>"$work/err" || status=$?
wait "$first" || grep -q 'another command' "$work/first" || fail "enabled twice at once: $(cat "$work/first")"
[ "$status" -eq 0 ] || has_error 'another command'
[ "$(cat "$nsswitch")" = "hosts: $words files dns" ] || fail "enabled twice at once: $(cat "$nsswitch")"
run 0 disable
is_original 'enabled twice at once'

# Odd ends of files.
printf 'hosts: files dns\r\n# no newline' >"$nsswitch"
cp "$nsswitch" "$work/orig"
run 0 enable
run 0 disable
is_original 'CRLF and no newline'
is_clean 'CRLF and no newline'

# With the built-in sources.
lay 'hosts: files mdns4_minimal [NOTFOUND=return] dns mdns4'
run 0 enable --builtin
has 'fopnp.conf:'
has 'order fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns'
[ "$(grep -c '^order' /etc/fopnp.conf)" -eq 1 ] || fail "fopnp.conf: $(cat /etc/fopnp.conf)"
[ "$(stat -c %a /etc/fopnp.conf)" = 644 ] || fail "the mode of fopnp.conf"
"$fopnp" status >"$work/out" || fail "not active behind --builtin"
has "order     fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns (an order line, /etc/fopnp.conf:"
cp /etc/fopnp.conf "$work/conf"
run 0 enable --builtin --json
has '"id":"order-kept"'
has '"text":null},"conf_changed":false'
cmp -s /etc/fopnp.conf "$work/conf" || fail "fopnp.conf was written twice"
run 0 disable
is_original '--builtin'
[ -e /etc/fopnp.conf ] || fail "fopnp.conf was removed"
printf '# mine\norder .corp.example dns' >/etc/fopnp.conf
chmod 600 /etc/fopnp.conf
run 0 enable --builtin
[ "$(head -n 2 /etc/fopnp.conf)" = "$(printf '# mine\norder .corp.example dns')" ] || fail "what was in fopnp.conf"
[ "$(stat -c %a /etc/fopnp.conf)" = 600 ] || fail "the mode of a fopnp.conf that was there"
[ ! -e /etc/fopnp.conf.before-fopnp ] || fail "a copy of fopnp.conf is left"
run 0 disable
rm -f /etc/fopnp.conf

# An image: no rights are needed, nothing of it is run.
mkdir -p "$work/image/etc" "$work/image/usr/lib/x86_64-linux-gnu"
printf 'hosts: files dns\n' >"$work/image/etc/nsswitch.conf"
run 3 enable --root "$work/image"
has_error 'libnss_fopnp.so.2'
image_library=$work/image/usr/lib/x86_64-linux-gnu/libnss_fopnp.so.2
: >"$image_library"
run 3 enable --root "$work/image"
has_error 'is no library'
# Its libc says for which machine the library has to be; the heads of the files are enough.
head -c 64 "$work/module/libnss_fopnp.so.2" >"$image_library"
head -c 64 "$work/module/libnss_fopnp.so.2" >"$work/image/usr/lib/libc.so.6"
printf '\050' | dd of="$work/image/usr/lib/libc.so.6" bs=1 seek=18 conv=notrunc 2>/dev/null
run 3 enable --root "$work/image"
has_error 'for another machine than its libc.so.6'
printf '\050' | dd of="$image_library" bs=1 seek=18 conv=notrunc 2>/dev/null
chown -R 65534:65534 "$work/image"
setpriv --reuid=65534 --regid=65534 --clear-groups "$fopnp" enable --root "$work/image/" >"$work/out" 2>"$work/err" ||
	fail "an image, without rights"
has "$work/image/etc/nsswitch.conf:1"
grep -qxF "hosts: $words files dns" "$work/image/etc/nsswitch.conf" || fail "the image's line"
run 0 disable --root "$work/image"
grep -qxF 'hosts: files dns' "$work/image/etc/nsswitch.conf" || fail "the image's line behind disable"
is_original 'the machine behind an image'

# What a killed command left beside the files goes with the next one that does its work.
lay 'hosts: files dns'
leave() {
	for left in fopnp.conf.before-fopnp fopnp.conf.fopnp-new nsswitch.conf.before-fopnp.fopnp-copy \
		nsswitch.conf.fopnp-new fopnp.conf.before-fopnp.fopnp-copy; do
		echo 'hosts: left' >"/etc/$left"
	done
}
leave
run 0 enable
[ "$(echo /etc/*fopnp*)" = "$nsswitch.before-fopnp" ] || fail "left behind enable: $(echo /etc/*fopnp*)"
leave
run 0 disable
is_clean 'what was left'
cp "$nsswitch" "$nsswitch.before-fopnp"
run 0 disable
is_clean 'a backup without an edit'

# Nobody reads it: the edit stands, and that is said.
status=0
"$fopnp" enable >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "status $status, written to a full disk"
has_error 'the edit was made: fopnp is on the hosts line'
grep -qxF "hosts: $words files dns" "$nsswitch" || fail "there was no edit"
status=0
"$fopnp" enable >/dev/full 2>"$work/err" || status=$?
! grep -q 'edit was made' "$work/err" || fail "an edit is told of that was not made"
status=0
"$fopnp" disable --json >/dev/full 2>"$work/err" || status=$?
[ "$status" -eq 3 ] || fail "disable: status $status, written to a full disk"
has_error 'fopnp is no longer on the hosts line'
is_original 'disable, written to a full disk'

# The tester's own variables change nothing.
lay 'hosts: files dns'
LD_LIBRARY_PATH=$work/nothing FOPNP_ORDER=nobody FOPNP_BYPASS=1 run 0 enable
run 0 disable

# Usage.
run 2 enable now
run 2 disable --builtin
run 2 enable --root
