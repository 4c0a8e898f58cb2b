# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# What the tests of the command share.  A test sources this first:
#
#	. "$(dirname "$0")/lib.sh"
#
# After that $fopnp is the command, $work an empty directory that goes away at
# the end, and /etc is private: $etc holds what the command sees there.

set -eu
: "${BUILD:=build}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck disable=SC2034 # used by the tests
fopnp=$BUILD/bin/fopnp
test_name=$(basename "$0")

skip() {
	echo "$test_name: $*"
	exit 77
}

[ -x "$fopnp" ] || {
	echo "$fopnp is not built"
	exit 1
}

# In a mount and a network namespace of our own: the whole test runs once more in there.
if [ "${FOPNP_TEST_INSIDE:-}" != "$test_name" ]; then
	[ "$(id -u)" -eq 0 ] || skip "needs root for a private /etc"
	unshare -m -n true 2>/dev/null || skip "cannot make namespaces here"
	FOPNP_TEST_INSIDE=$test_name BUILD=$BUILD exec unshare -m -n --propagation private "$0" "$@"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/fopnp-cli.XXXXXX")
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

# The command must see nothing of the tester's own settings.
unset FOPNP_ORDER FOPNP_LOG FOPNP_CONF FOPNP_BYPASS FOPNP_MODULE NO_COLOR COLUMNS HOSTALIASES LOCALDOMAIN RES_OPTIONS
LC_ALL=C.UTF-8
export LC_ALL

etc=$work/etc
mkdir "$etc"
# The compiler and python are found through /etc/alternatives.
for file in passwd group services protocols ld.so.cache host.conf gai.conf alternatives; do
	[ ! -e "/etc/$file" ] || cp -a "/etc/$file" "$etc/"
done
printf '127.0.0.1 localhost\n192.0.2.7 printer.example printer\n2001:db8::7 printer.example\n' >"$etc/hosts"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$etc/resolv.conf"
printf '# a comment\nhosts: files dns\n' >"$etc/nsswitch.conf"
mount --bind "$etc" /etc
# nscd of the machine, if any, answers for its own /etc; a listener of events sees its own programs.
mount -t tmpfs tmpfs /run

# source_module NAME BEHAVIOUR...: build libnss_NAME.so.2 where the loader looks.
source_module() {
	module=$1
	shift
	mkdir -p "$work/lib"
	cc -shared -fPIC -O1 -Wl,-soname,"libnss_$module.so.2" -D_GNU_SOURCE -DSOURCE="$module" "$@" \
		-o "$work/lib/libnss_$module.so.2" "$here/source.c" ||
		fail "cannot build the source $module"
	LD_LIBRARY_PATH=$work/lib
	export LD_LIBRARY_PATH
}

hosts_line() {
	printf 'hosts: %s\n' "$*" >"$etc/nsswitch.conf"
}

fail() {
	echo "FAILED: $*"
	if [ -s "$work/out" ]; then
		echo "--- output:"
		cat -v "$work/out"
	fi
	if [ -s "$work/err" ]; then
		echo "--- errors:"
		cat -v "$work/err"
	fi
	exit 1
}

# run STATUS ARGUMENT...: the command must end with STATUS; its output is in $work/out and err.
run() {
	expected=$1
	shift
	status=0
	"$fopnp" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	[ "$status" -eq "$expected" ] || fail "fopnp $*: exit status $status, not $expected"
}

# Fixed text in the output, in the errors, or nowhere in the output.
has() {
	grep -qF -e "$1" "$work/out" || fail "no \"$1\" in the output"
}
has_error() {
	grep -qF -e "$1" "$work/err" || fail "no \"$1\" among the errors"
}
has_not() {
	! grep -qF -e "$1" "$work/out" || fail "\"$1\" in the output"
}
# A basic regular expression in the output.
matches() {
	grep -q -e "$1" "$work/out" || fail "no line like \"$1\" in the output"
}
silent() {
	[ ! -s "$work/err" ] || fail "there are errors"
}

# json EXPRESSION...: the output is valid, and each expression true (check_json.py).
json() {
	python3 "$here/check_json.py" "$top/docs/schema/fopnp-1.json" "$@" <"$work/out" >"$work/json" 2>&1 || {
		cat "$work/json"
		exit 1
	}
}

# No line wider than that.
fits() {
	widest=$(awk '{ if (length($0) > most) most = length($0) } END { print most + 0 }' "$work/out")
	[ "$widest" -le "$1" ] || fail "a line has $widest columns, more than $1"
}
