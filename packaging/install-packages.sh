#!/bin/sh
# Install the Debian packages that a list beside this script names and that are missing.
# Usage: install-packages.sh build|test|bench...
# Touches nothing but packages: no server of the test list starts on its own.
set -eu
here=$(dirname "$0")
missing=
for list in "$@"; do
	while read -r package; do
		case $package in '' | '#'*) continue ;; esac
		dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' ||
			missing="$missing $package"
	done <"$here/$list-packages.txt"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "fopnp: this is not a Debian system; install what these packages hold:$missing" >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	as_root=sudo
elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then
	as_root=sudo
else
	echo "fopnp: missing packages; as root run:" >&2
	echo "    apt-get update && apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
echo "fopnp: installing$missing" >&2
# shellcheck disable=SC2086
{
	$as_root apt-get -qq update || echo "fopnp: apt-get update failed; trying the lists that are here" >&2
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null
}
