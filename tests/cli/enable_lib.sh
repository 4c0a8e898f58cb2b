# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# For the tests of enable, disable and status; read behind lib.sh: the library directory is an overlay
# with our module in it, as if it was installed.

: "${work:?is set by lib.sh}"
libraries=/usr/lib/$(gcc -print-multiarch)
mkdir -p "$work/module" /run/top/up /run/top/work
cp -R "$BUILD/lib/libnss_fopnp.so.2" "$BUILD/lib/fopnp" "$work/module/"
mount -t overlay overlay \
	-o "lowerdir=$work/module:$libraries,upperdir=/run/top/up,workdir=/run/top/work" "$libraries" ||
	skip "cannot mount an overlay over $libraries"
# A library path of the tester's own would hide where programs look.
unset LD_LIBRARY_PATH

nsswitch=/etc/nsswitch.conf
# shellcheck disable=SC2034 # for the tests
words='fopnp [!UNAVAIL= return]'

# lay LINE...: an nsswitch.conf of these lines, kept in $work/orig.
lay() {
	rm -f "$nsswitch"
	printf '%s\n' "$@" >"$nsswitch"
	chmod 644 "$nsswitch"
	cp "$nsswitch" "$work/orig"
}

# The file is again what lay made, and nothing of ours is left beside it.
is_original() {
	cmp -s "$nsswitch" "$work/orig" || fail "$1: nsswitch.conf is not what it was: $(cat "$nsswitch")"
}
is_clean() {
	for left in /etc/*fopnp*; do
		[ ! -e "$left" ] || fail "$1: left: $left"
	done
}
