#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The package's edit of the hosts line: what it writes, that taking it out restores the file byte
# for byte, and that `fopnp enable` and `fopnp disable` write the same.
set -u
: "${BUILD:=build}"
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
image=$work/image
libraries=$image/usr/lib/$("${CC:-cc}" -print-multiarch)
mkdir -p "$work/etc" "$image/etc" "$libraries"
cp "$BUILD/lib/libnss_fopnp.so.2" "$libraries/" || exit 1
DPKG_ROOT=$work
DPKG_MAINTSCRIPT_ARCH=any
# shellcheck source=packaging/debian/hosts-line.sh
. packaging/debian/hosts-line.sh
# shellcheck disable=SC2154 # of hosts-line.sh
file=$hosts_file
ours='fopnp [!UNAVAIL= return]'
failed=0
count=0

# is WHAT FORMAT: the file has these bytes
is() {
	count=$((count + 1))
	printf '%b' "$2" >"$work/expected"
	cmp -s "$file" "$work/expected" && return
	echo "FAILED: $1, the file is"
	od -c "$file"
	failed=1
}

# lines FORMAT: the file is made of these bytes (%b)
lines() {
	printf '%b' "$1" >"$file"
}

# The same edits by the command, which may refuse one that the package leaves out.
by_command() { # enable|disable BYTES
	printf '%b' "$2" >"$image/etc/nsswitch.conf"
	"$BUILD/bin/fopnp" "$1" --root "$image" >"$work/said" 2>&1
	cmp -s "$file" "$image/etc/nsswitch.conf" && return
	echo "FAILED: fopnp $1 makes something else of: $2"
	diff "$file" "$image/etc/nsswitch.conf"
	cat "$work/said"
	failed=1
}

put_in() {
	number=$(hosts_line_number)
	[ -n "$number" ] && hosts_line_has '[^][:space:]]+' "$number" &&
		! hosts_line_has fopnp "$number" || return 0
	hosts_line_put_in "$number"
}

# round BYTES EXPECTED: put in, and out again
round() {
	lines "$1"
	put_in
	is "put into: $1" "$2"
	by_command enable "$1"
	hosts_line_take_out
	by_command disable "$2"
	is "put in and taken out: $1" "$1"
}

# out BYTES EXPECTED: written by hand, taken out
out() {
	lines "$1"
	hosts_line_take_out
	is "taken out of: $1" "$2"
	by_command disable "$1"
	! hosts_line_has fopnp '' || {
		echo "FAILED: fopnp is still in what came of: $1"
		failed=1
	}
}

round 'hosts: files dns\n' "hosts: $ours files dns\n"
round 'passwd: files\nhosts:          files mdns4_minimal [NOTFOUND=return] dns\nnetworks: files\n' \
	"passwd: files\nhosts:          $ours files mdns4_minimal [NOTFOUND=return] dns\nnetworks: files\n"
round 'hosts:\tfiles myhostname mymachines resolve [!UNAVAIL=return] dns # mine\n' \
	"hosts:\t$ours files myhostname mymachines resolve [!UNAVAIL=return] dns # mine\n"
round ' \thosts:files\n' " \thosts:$ours files\n"
round 'hosts: files dns \t \r\n' "hosts: $ours files dns \t \r\n"
round 'hosts: files dns#fopnp\n#hosts: x\n' "hosts: $ours files dns#fopnp\n#hosts: x\n"
round 'hosts ::\tfiles\n' "hosts ::\t$ours files\n"
round 'hosts files\n' "hosts $ours files\n"
round 'hosts: # dns\n' "hosts: $ours # dns\n"
round 'hosts: files\nhosts: dns\n' "hosts: files\nhosts: $ours dns\n"
round 'hosts: files\nhosts: dns' "hosts: $ours files\nhosts: dns"
round 'hosts: files\n# no newline here' "hosts: $ours files\n# no newline here"
round 'hosts: files fopnpx xfopnp\n' "hosts: $ours files fopnpx xfopnp\n"
# For glibc a NUL byte ends the line.
round 'hosts: files\0 fopnp\n' "hosts: $ours files\0 fopnp\n"
round 'hosts: files \0[x\r\0 \n# \0\n' "hosts: $ours files \0[x\r\0 \n# \0\n"
round 'hosts: \0files\n' 'hosts: \0files\n'
round '\0hosts: files\n' '\0hosts: files\n'
round 'hosts: files\0\n' "hosts: $ours files\0\n"
round '\f\v hosts:\v\rfiles\f\n' "\f\v hosts:\v\r$ours files\f\n"
round 'hosts: files \377\303\244\n' "hosts: $ours files \377\303\244\n"
long=$(yes 'files [NOTFOUND=continue] dns' | head -n 4000 | tr '\n' ' ')
round "hosts: ${long}files\n" "hosts: $ours ${long}files\n"
# Nothing to edit, and nothing is.
for same in '' 'hosts: files dns' 'hosts:\n' 'hosts: \n' 'hostsx: files\n' 'passwd: files\n' \
	'hosts: [NOTFOUND=return] files\n' 'hosts: files\nhosts\n'; do
	round "$same" "$same"
done
lines 'hosts: files fopnp [!UNAVAIL=return] dns\n'
put_in
is 'fopnp there already' 'hosts: files fopnp [!UNAVAIL=return] dns\n'

out "hosts: $ours files\0 $ours dns\n" "hosts: files\0 $ours dns\n"
out 'hosts: files fopnp\0\n' 'hosts: files\0\n'
out "hosts: $ours files\nhosts: $ours dns\n" 'hosts: files\nhosts: dns\n'
out 'hosts: fopnp files dns\n' 'hosts: files dns\n'
out 'hosts: files fopnp[!UNAVAIL=return]dns\n' 'hosts: files dns\n'
out 'hosts: files [NOTFOUND=continue]fopnp   [ !UNAVAIL = return ]\tdns\n' \
	'hosts: files [NOTFOUND=continue]dns\n'
out "hosts: files $ours # $ours\n" "hosts: files #\n"
out "hosts: files $ours fopnp fopnp\n" 'hosts: files\n'
out "hosts: files dns fopnp\r\n" 'hosts: files dns\r\n'
out "hosts:\tfopnp\n" 'hosts:\tfiles dns\n'
out "hosts::fopnp [NOTFOUND=return] \n" 'hosts::files dns \n'
out "hosts: $ours fopnp:hosts fopnp:mdns [NOTFOUND=return] fopnp:dns\n" 'hosts: files dns\n'
out 'hosts: fopnp fopnp:mdns\n' 'hosts: files dns\n'
out 'hosts: files [NOTFOUND=continue]fopnp\n' 'hosts: files [NOTFOUND=continue]\n'
out 'hosts: fopnp [A=b] [C=d]  files\n' 'hosts: files\n'
out "hosts: $ours files fopnp:mdns [NOTFOUND=return] dns\n" 'hosts: files dns\n'

# Mode, owner and times of a file that is not as usual stay.
lines 'hosts: files\n'
chmod 640 "$file"
[ "$(id -u)" -ne 0 ] || chown 12:34 "$file"
before=$(stat -c '%a %u %g' "$file")
put_in
[ "$(stat -c '%a %u %g' "$file")" = "$before" ] || {
	echo "FAILED: mode or owner changed"
	failed=1
}
# `fopnp enable' at the same time: its lock is waited for, its file is not touched.
lines 'hosts: files\n'
chmod 644 "$file"
: >"$file.fopnp-new"
# shellcheck disable=SC2016
flock "$work/etc" sh -c 'sleep 1; printf "# theirs\nhosts: files\n" >"$1"' sh "$file" &
sleep 0.3
hosts_lock
put_in
hosts_unlock
wait
is 'put in behind an edit that was waited for' "# theirs\nhosts: $ours files\n"
[ -e "$file.fopnp-new" ] || {
	echo "FAILED: the file that fopnp enable writes is gone"
	failed=1
}
rm -f "$file.fopnp-new"
[ "$(find "$work/etc" -type f)" = "$file" ] || {
	echo "FAILED: files left behind: $(find "$work/etc" -type f)"
	failed=1
}
echo "$count files as expected"
exit "$failed"
