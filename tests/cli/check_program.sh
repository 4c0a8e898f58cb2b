#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp check --program`: how programs of different make resolve names, and whether fopnp sees them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$work/program.c" <<'EOF'
int getaddrinfo();
int main(int argc, char **argv) { return argc > 1 ? getaddrinfo(argv[0], 0, 0, 0) : 0; }
EOF
echo 'int main(void) { return 0; }' >"$work/nothing.c"

# program NAME OPTION...: compile one.
program() {
	name=$1
	shift
	cc -w -o "$work/$name" "$@" || fail "cannot build the program $name"
}
program dynamic "$work/program.c"
program static -static -Wl,--no-warnings "$work/program.c"
program pie -static-pie -Wl,--no-warnings "$work/program.c"
program bare -static "$work/nothing.c"
program musl -Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1 "$work/nothing.c"
program cares -Wl,--no-as-needed "$work/nothing.c" -lcares
program go -static "$work/nothing.c"
printf 'go' >"$work/info"
objcopy --add-section .go.buildinfo="$work/info" "$work/go"
printf '#!%s\n' "$work/dynamic" >"$work/script"
cp "$work/dynamic" "$work/privileged"
chmod 4755 "$work/privileged"
chmod 755 "$work/script"

# judged STATUS PROGRAM EXPRESSION...: as text, too, within the columns.
judged() {
	expected=$1
	file=$2
	shift 2
	run "$expected" check --program "$work/$file"
	silent
	fits 100
	run "$expected" check --json --program "$work/$file"
	json 'o["type"] == "program" and len(objects) == 1' "$@"
}

# Without fopnp on the line: what would be.
judged 1 dynamic 'o["resolver"] == "glibc" and o["module"] == "yes" and o["run"] == "yes"' \
	'not o["installed"] and o["module_text"].startswith("not now")' \
	'o["hosts_line"] == {"file": "/etc/nsswitch.conf", "line": 2, "text": "files dns"}'
judged 1 cares 'o["resolver"] == "c-ares" and o["cares_order"] == "fb"'

hosts_line 'fopnp [!UNAVAIL= return] files dns'
judged 0 dynamic 'o["installed"] and o["module"] == "yes" and o["cares_order"] is None'
judged 0 static 'o["resolver"] == "glibc-static" and o["module"] == "partly" and o["run"] == "no"' \
	'o["loader"] is None'
judged 0 pie 'o["resolver"] == "glibc-static"'
judged 1 bare 'o["resolver"] == "other" and o["module"] == "no"'
judged 1 musl 'o["resolver"] == "musl" and o["module"] == "no" and o["run"] == "no"' \
	'o["loader"] == "/lib/ld-musl-x86_64.so.1"'
judged 1 go 'o["resolver"] == "go" and o["module"] == "no" and o["run"] == "no"'
judged 0 cares 'o["cares_order"] == "fb" and o["module"] == "partly" and o["run"] == "partly"'
judged 0 script 'o["path"].endswith("/dynamic") and o["script"].endswith("/script")'
# The blank that c-ares needs.
hosts_line 'fopnp [!UNAVAIL=return] files dns'
judged 0 cares 'o["cares_order"] == "ff"'
run 0 check --program "$work/cares"
has 'it has no DNS'
hosts_line 'mdns4_minimal [NOTFOUND=return] dns files'
judged 1 cares 'o["cares_order"] == "bf"'
run 1 check --program "$work/cares"
has 'DNS first, then hosts'

# For whom LD_* and FOPNP_* do not count: seen by the module, not by `fopnp run`.
hosts_line 'fopnp [!UNAVAIL= return] files dns'
status=0
setpriv --reuid 65534 --regid 65534 --clear-groups "$fopnp" check --json \
	--program "$work/privileged" >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 0 ] || fail "the privileged program: exit status $status"
json 'o["privileged"] and o["module"] == "yes" and o["run"] == "no"'

# The hosts line of an image, and none at all.
mkdir -p "$work/image/etc"
run 1 check --json --root "$work/image" --program "$work/dynamic"
json 'o["hosts_line"]["line"] is None and o["hosts_line"]["text"] == "files dns"'
printf 'hosts: fopnp\n' >"$work/image/etc/nsswitch.conf"
run 0 check --json --root "$work/image" --program "$work/dynamic"
json 'o["installed"]'
printf 'hosts: files [\n' >"$work/image/etc/nsswitch.conf"
run 1 check --root "$work/image" --program "$work/dynamic"
has 'no lookup works'

# No programs.
run 3 check --program "$work/none"
has_error 'there is no program'
run 3 check --program /etc/hosts
run 3 check --json --program "$work/program.c"
json 'o["type"] == "error"'
echo "programs are told apart"
