#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `make run` shows: real names of this machine, traced, and a program watched. Nothing is installed or changed.
# Usage: run_demo.sh FOPNP [NAME]
# Ends well also where a name cannot be resolved: that is an answer too.
set -u
fopnp=$1
name=${2:-}
worst=0

# trace NAME WHAT
trace() {
	printf '\n== %s: fopnp trace %s\n\n' "$2" "$1"
	"$fopnp" trace --timeout 10s -- "$1"
	case $? in
	0) ;;
	1) printf '\n(Not found: no source on this machine knows %s. The rows say what each one said.)\n' "$1" ;;
	3) printf '\n(Could not be resolved here: a source failed, or there is no network. The rows say which.)\n' ;;
	*)
		printf '\n(The command itself failed.)\n'
		worst=1
		;;
	esac
}

"$fopnp" --version || exit 1
trace localhost 'the name that every machine has'
own=$(cat /proc/sys/kernel/hostname 2>/dev/null || uname -n)
trace "$own" "this machine's own name"
[ -z "$name" ] || trace "$name" 'the name you gave'
printf '\n== every lookup of a program: fopnp run -- getent ahosts %s\n\n' "${name:-localhost}"
"$fopnp" run -- getent ahosts "${name:-localhost}"
[ $? -lt 125 ] || worst=1
printf '\nMore: %s help\n' "$fopnp"
exit "$worst"
