#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp check over files and servers that mean harm, or are broken: it ends in time, says what is
# wrong, leaves nothing out that it could have told, and puts no raw byte of theirs on the terminal.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

command -v setpriv >/dev/null || skip 'no setpriv here'
ip link set lo up
seed=${FOPNP_SEED:-$(date +%s)}
echo "FOPNP_SEED=$seed"
servers=
trap 'kill $servers 2>/dev/null; rm -rf "$work"' EXIT
files='nsswitch.conf fopnp.conf hosts host.conf resolv.conf gai.conf nscd.conf systemd/resolved.conf mdns.allow hostname'
mkdir -p "$etc/systemd"
hosts_line files dns
cp -a "$etc" "$work/etc.good"

# A good /etc again, under which the tests of the machine run; or that file of it.
restore() {
	for file in ${1:-$files}; do
		rm -rf "${etc:?}/$file"
		[ ! -e "$work/etc.good/$file" ] || cp -a "$work/etc.good/$file" "$etc/$file"
	done
}

# checked SECONDS ARGUMENT...: both forms end by themselves within that time with 0 or 1; all of them
# are looked at once more at the end.
count=0
mkdir "$work/kept"
checked() {
	most=$1
	shift
	count=$((count + 1))
	echo "$what" >"$work/kept/$count.what"
	one_form text "$@" &
	form_pid=$!
	one_form json --json "$@"
	wait "$form_pid" || :
	for form in json text; do
		cp "$work/kept/$count.$form" "$work/out"
		cp "$work/$form.err" "$work/err"
		status=$(cat "$work/$form.status")
		[ "$status" -le 1 ] || fail "$what: $form: exit status $status"
		silent
	done
}
one_form() {
	form=$1
	shift
	status=0
	# shellcheck disable=SC2086 # a command and its words
	timeout -s KILL "$most" ${run_as:-} "$fopnp" check "$@" \
		>"$work/kept/$count.$form" 2>"$work/$form.err" </dev/null || status=$?
	echo "$status" >"$work/$form.status"
}
finds() {
	for id; do
		has "[$id]"
	done
}
finds_at() {
	grep -qF -e "$1  [$2]" "$work/out" || fail "$what: no [$2] at $1"
}

# ---- bytes: each file in its turn, and all at the same time
# random_files DIRECTORY SIZE: one for each file, below $work.
random_files() {
	mkdir -p "$work/$1/systemd"
	# shellcheck disable=SC2086 # words
	python3 -c 'import random, sys
for name in sys.argv[4:]:
    random.seed(f"{sys.argv[1]} {name} {sys.argv[3]}")
    with open(f"{sys.argv[2]}/{name}", "wb") as file:
        file.write(random.randbytes(int(sys.argv[3])))' "$seed" "$work/$1" "$2" $files
}
random_files random.one 20000
random_files random.all 3000
for file in $files; do
	what="random bytes in $file"
	cp "$work/random.one/$file" "$etc/$file"
	checked 20 --no-probe --timeout 2s
	restore "$file"
done
what='random bytes in all files'
for file in $files; do
	cp "$work/random.all/$file" "$etc/$file"
done
checked 20 --timeout 1s
restore

# ---- what a terminal would obey, in all places that findings quote
evil=$(printf 'a\033]0;owned\007\033[31mb\302\233c\342\200\256d\377e')
what='sequences of the terminal'
printf 'hosts: files a\033cb\007\302\233d\377e dns\n' >"$etc/nsswitch.conf"
printf 'nameserver %s\nnameserver 192.0.2.1\nsearch %s.example\noptions %s timeout:%s\n' \
	"$evil" "$evil" "$evil" "$evil" >"$etc/resolv.conf"
printf '127.0.0.1 localhost\n192.0.2.1 %s *%s %s.\n192.0.2.1 %s\n192.0.2.2 %s_\n%s x\n' \
	"$evil" "$evil" "$evil" "$evil" "$evil" "$evil" >"$etc/hosts"
printf 'order %s files\nhosts-file /etc/%s\nlog /run/%s/socket\n%s\n' "$evil" "$evil" "$evil" "$evil" >"$etc/fopnp.conf"
printf '%s\nmulti %s\n' "$evil" "$evil" >"$etc/host.conf"
printf 'precedence %s 5\n' "$evil" >"$etc/gai.conf"
printf '%s\n' "$evil" >"$etc/mdns.allow"
HOSTALIASES=$evil LOCALDOMAIN=$evil RES_OPTIONS=$evil RESOLV_MULTI=$evil
export HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_MULTI
checked 20 --timeout 1s
finds host-aliases-set res-options-set nameserver-line-unused source-not-loaded
unset HOSTALIASES LOCALDOMAIN RES_OPTIONS RESOLV_MULTI
restore
ln -sf "$(printf '/run/\033[31mred')" "$etc/hosts"
checked 20 --timeout 1s
finds_at /etc/hosts file-link-dangling
restore

# ---- sizes: lines and lists without end, 100 MB of hosts
what='long lines'
for file in $files; do
	head -c 900000 /dev/zero | tr '\000' x >"$etc/$file"
done
checked 20 --no-probe
restore
what='long lists'
{
	printf 'search'
	seq -f ' d%.0f.example' 20000 | tr -d '\n'
	echo
	seq -f 'nameserver 127.1.1.%.0f' 200
	seq -f 'options o%.0f' 200
} >"$etc/resolv.conf"
seq -f 'order .d%.0f.example files' 5000 >"$etc/fopnp.conf"
hosts_line "fopnp [!UNAVAIL= return] $(seq -f 's%.0f' 300 | tr '\n' ' ')"
checked 30 --timeout 1s
finds nameserver-surplus search-list-long source-not-loaded
[ "$(grep -c resolv-option-unknown "$work/out")" -le 5 ] || fail "$what: all of them are told"
restore
what='100 MB of holes in hosts'
truncate -s 100M "$etc/hosts"
checked 20 --timeout 2s
finds_at /etc/hosts:4 nul-byte
tr -s '\n ' '  ' <"$work/out" | grep -q 'more than 3 lines, 104.9 MB.*looked at those alone' || fail "$what: not told"
what='100 MB of lines in hosts'
{
	cat "$work/etc.good/hosts"
	yes 0.0.0.0 a-name-that-is-blocked.blocked.example | head -c 100000000
	printf '\n10.1 unused\n'
} >"$etc/hosts"
# shellcheck disable=SC3045 # dash has it
(
	ulimit -v 1500000
	checked 30 --timeout 2s
) || exit 1
count=$((count + 1))
finds hosts-large hosts-duplicate hosts-line-unused
restore

# ---- what is no file
for kind in pipe loop zero directory; do
	for file in $files; do
		what="a $kind in the place of $file"
		rm -rf "${etc:?}/$file"
		case $kind in
		pipe) mkfifo "$etc/$file" ;;
		loop) ln -s "../etc/$file" "$etc/$file" ;;
		zero) ln -s /dev/zero "$etc/$file" ;;
		directory) mkdir "$etc/$file" ;;
		esac
		timeout -s KILL 10 "$fopnp" check --no-probe >"$work/out" 2>"$work/err" </dev/null ||
			[ $? -eq 1 ] || fail "$what: it does not end, or crashes"
		silent
		case $kind/$file in
		*/resolv.conf) finds "resolv-conf-$([ $kind = loop ] && echo missing || echo fatal)" ;;
		*/nsswitch.conf | */fopnp.conf | */hostname | */gai.conf) ;;
		loop/*) finds_at "/etc/$file" file-link-dangling ;;
		*) finds_at "/etc/$file" file-not-regular ;;
		esac
		restore "$file"
	done
	for file in $files; do
		rm -rf "${etc:?}/$file"
		case $kind in
		pipe) mkfifo "$etc/$file" ;;
		loop) ln -s "../etc/$file" "$etc/$file" ;;
		zero) ln -s /dev/zero "$etc/$file" ;;
		directory) mkdir "$etc/$file" ;;
		esac
	done
	what="a $kind in the place of every file"
	checked 20 --timeout 1s
	restore
done

# ---- an ordinary user, who may read nothing
what='nothing is readable'
echo 'order files' >"$etc/fopnp.conf"
for file in nsswitch.conf fopnp.conf hosts host.conf resolv.conf gai.conf; do
	[ -e "$etc/$file" ] || echo '# nothing' >"$etc/$file"
	chmod 600 "$etc/$file"
done
run_as='setpriv --reuid 65534 --regid 65534 --clear-groups'
checked 20 --timeout 1s
run_as=
for file in nsswitch.conf hosts host.conf gai.conf; do
	finds_at "/etc/$file" file-unreadable
done
finds_at /etc/resolv.conf resolv-conf-missing
finds_at /etc/fopnp.conf fopnp-conf-unreadable
# Root is told the same of it.
checked 20 --no-probe
finds_at /etc/hosts file-unreadable
rm "$etc/fopnp.conf"
chmod 644 "$etc"/*.conf "$etc/hosts"
restore
what='/etc itself is closed to the user'
chmod 700 "$etc"
run_as='setpriv --reuid 65534 --regid 65534 --clear-groups'
checked 20 --timeout 1s
run_as=
chmod 755 "$etc"

# ---- servers: three that never answer, one that talks rubbish, one that lies
serve() {
	: >"$work/ready"
	python3 "$top/tests/integration/faulty_dns.py" "$work/queries" "$@" >"$work/serve" 2>&1 &
	servers="$servers $!"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
		! grep -qsx ready "$work/queries" || return 0
		sleep 0.2
	done
	fail "the name servers did not start: $(cat "$work/serve")"
}
what='no server answers'
serve 127.0.0.2,127.0.0.3,127.0.0.4 '* ANY drop'
printf 'search corp.example\nnameserver 127.0.0.2\nnameserver 127.0.0.3\nnameserver 127.0.0.4\n' >"$etc/resolv.conf"
echo '10.1 unused' >>"$etc/hosts"
start=$(date +%s)
checked 20 --timeout 500ms
[ $(($(date +%s) - start)) -le 8 ] || fail "$what: two times 0.5 s took $(($(date +%s) - start)) s"
for line in 2 3 4; do
	finds_at "/etc/resolv.conf:$line" server-silent
done
finds hosts-line-unused
rm "$work/queries"
what='garbage for an answer'
serve 127.0.0.5 '* ANY garbage'
printf 'nameserver 127.0.0.5\n' >"$etc/resolv.conf"
checked 20 --timeout 500ms
finds server-silent
rm "$work/queries"
what='a wildcard that leads to sequences of the terminal'
serve 127.0.0.6 'evil.example A cname=\027[31mred\007.owned.example 192.0.2.66' '. ANY nodata'
printf 'search evil.example\nnameserver 127.0.0.6\n' >"$etc/resolv.conf"
checked 20 --timeout 1s
finds wildcard-search-domain
restore

# ---- a module whose name is a path
what='a path for a module'
hosts_line 'files ../../../tmp/evil /tmp/evil dns'
checked 20 --timeout 1s
finds source-not-loaded
restore

# ---- all outputs: the JSON is as its schema says; the text has no control and nothing that hides or
# turns text, and as many findings
cat "$work"/kept/*.json >"$work/out"
json 'o["type"] == "summary"'
python3 - "$work/kept" <<'END' || fail 'an output is not clean'
import json, pathlib, sys, unicodedata

for path in pathlib.Path(sys.argv[1]).glob("*.text"):
    what = path.with_suffix(".what").read_text()
    text = path.read_bytes().decode("utf-8")
    for character in text.replace("\n", ""):
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"), (what, character)
    findings = [json.loads(line) for line in path.with_suffix(".json").read_bytes().splitlines()]
    heads = [line for line in text.splitlines() if line.endswith("]") and line[0] in "ewn"]
    assert len(heads) == len(findings) - 1, (what, heads, [one.get("id") for one in findings])
END
