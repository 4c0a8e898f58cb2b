#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fopnp check over a table of set-ups: what each has to find, and that it finds nothing else.
#
#	check_scenarios.sh            all of them
#	check_scenarios.sh NAME...    these, without the look at the catalogue
#	check_scenarios.sh --list     their names and titles
#
# FOPNP_SCENARIO_OUTPUT=1 shows the output of each.
#
# A scenario is a directory of check_scenarios/:
#
#	expected   its title, and the findings: check_scenarios/expect.py has the words
#	etc/       what it has in the place of, or beside, the files of check_scenarios/base/etc
#	setup      what a repository does not keep (modes, odd bytes, large files): sh -eu, in the root
#	servers    what runs: a piece of this script, with the functions below and those of lib.sh;
#	           a line "# parts: PACKAGE..." names what parts.sh has to fetch, and a line
#	           "# long" has it begin before the others
#	command    what is run instead of a bare `check`
#
# One without servers is an unpacked image and needs no namespace: `check` is `fopnp check --root`.
# One with servers runs in namespaces of its own, in which that tree is /etc.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/resolved_lib.sh
. "$(dirname "$0")/resolved_lib.sh"

at_once=4
table=$here/check_scenarios
fopnp=$BUILD/bin/fopnp

list_names() {
	for directory in "$table"/*/; do
		[ ! -e "$directory/expected" ] || basename "$directory"
	done
}

# The longest first: the others go on beside them.
list_in_order() {
	long=$(grep -lx '# long' "$table"/*/servers | xargs -n 1 dirname | xargs -n 1 basename)
	echo "$long"
	list_names | grep -vxF "$long"
}

# ---- one scenario ----

# The tree of scenario $1 in $root.
lay_root() {
	mkdir -p "$root"
	cp -R "$table/base/." "$root/"
	[ ! -d "$table/$1/etc" ] || cp -R "$table/$1/etc" "$root/"
	chmod -R u=rwX,go=rX "$root"
	[ ! -e "$table/$1/setup" ] || (cd "$root" && sh -eu "$table/$1/setup") || fail "$1: its setup"
}

# shellcheck disable=SC2120 # the commands of scenarios have some
# check ARGUMENT...: as JSON and as text, at the same time.
check() {
	rm -f "$output"/status.*
	check_form json --json "$@" &
	check_form text "$@" &
	wait_for_forms
}

check_form() {
	form=$1
	shift
	status=0
	# shellcheck disable=SC2086 # a command and its words
	COLUMNS=80 ${run_as:-} "$fopnp" check ${image:+--root} ${image:+"$image"} "$@" \
		>"$output/$form" 2>"$output/$form.errors" </dev/null || status=$?
	echo "$status" >"$output/status.$form"
}

wait_for_forms() {
	tries=300
	until [ -e "$output/status.json" ] && [ -e "$output/status.text" ]; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || fail "fopnp check does not end"
		sleep 0.05
	done
}

# keep NAME COMMAND...: the output of another command, for the lines "text NAME" of expected.
keep() {
	kept=$1
	shift
	COLUMNS=100 "$@" >"$output/kept.$kept" 2>&1 </dev/null
	echo $? >"$output/kept.$kept.status"
}

run_command() {
	if [ -e "$table/$1/command" ]; then
		# shellcheck source=/dev/null
		. "$table/$1/command"
	else
		# shellcheck disable=SC2119
		check
	fi
}

# shellcheck disable=SC2034 # for the commands of scenarios: run_as=$as_nobody
as_nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'

run_image() {
	output=$results/$1
	root=$scratch/images/$1
	image=$root
	mkdir -p "$output"
	lay_root "$1"
	run_command "$1"
	rm -rf "$root"
}

# ---- with servers ----

# An ordinary host: addresses of both families, a /run and an /etc of its own.
run_live() {
	output=$results/$1
	scratch=$scratch/live/$1
	mkdir -p "$output" "$scratch/log" "$scratch/zones" "$scratch/tmp"
	chmod 1777 "$scratch/tmp"
	TMPDIR=$scratch/tmp
	export TMPDIR
	cd "$scratch" || fail "cannot enter $scratch"
	mount -t tmpfs -o mode=755 tmpfs /run || fail "cannot mount a private /run"
	ip link set lo up
	add_addresses
	hostname debian
	root=$scratch/root
	lay_root "$1"
	for file in passwd group services protocols ld.so.cache alternatives machine-id; do
		[ -e "$root/etc/$file" ] || [ ! -e "/etc/$file" ] || cp -a "/etc/$file" "$root/etc/"
	done
	mount --bind "$root/etc" /etc || fail "cannot lay $root/etc over /etc"
	# shellcheck source=/dev/null
	. "$table/$1/servers"
	run_command "$1"
}

# start_zones ADDRESS ZONE...: nsd there, with the root zone, and each ZONE as a zone that has a
# wildcard (*.ZONE), or nothing but its head and the lines of the file ZONE.records.
start_zones() {
	zones_at=$1
	shift
	printf '. 300 SOA a. b. 1 2 3 4 5\n. 300 NS a.\n' >zones/root.zone
	{
		printf 'server:\n\tip-address: %s\n\tusername: ""\n\tchroot: ""\n' "$zones_at"
		printf '\tzonesdir: "%s"\n\tdatabase: ""\n\tpidfile: ""\n' "$scratch/zones"
		# By default it would be /tmp/nsd-xfr-PID, and other namespaces have that PID, too.
		printf '\txfrdfile: ""\n\txfrdir: "%s"\n' "$scratch"
		printf '\tserver-count: 1\n\tzonelistfile: ""\n\trrl-ratelimit: 0\n'
		printf 'remote-control:\n\tcontrol-enable: no\n'
		nsd_zone . root.zone
		for zone in "$@"; do
			printf '%s. 300 SOA a. b. 1 2 3 4 5\n%s. 300 NS a.\n' "${zone#\*.}" "${zone#\*.}" \
				>"zones/${zone#\*.}.zone"
			[ "$zone" = "${zone#\*.}" ] ||
				printf '%s. 300 A 192.0.2.66\n' "$zone" >>"zones/${zone#\*.}.zone"
			[ ! -e "$scratch/$zone.records" ] || cat "$scratch/$zone.records" >>"zones/$zone.zone"
			nsd_zone "${zone#\*.}" "${zone#\*.}.zone"
		done
	} >"nsd.$zones_at.conf"
	start_server "nsd.$zones_at" nsd -d -c "$scratch/nsd.$zones_at.conf"
	wait_until "nsd on $zones_at" grep -q 'nsd started' "log/nsd.$zones_at"
}

# start_forwarder ADDRESS TARGET: unbound there, which asks TARGET.
start_forwarder() {
	cat >unbound.conf <<-END
		server:
			interface: $1
			username: ""
			chroot: ""
			pidfile: ""
			directory: "$scratch"
			use-syslog: no
			do-daemonize: no
			verbosity: 1
			module-config: "iterator"
			do-not-query-localhost: no
			num-threads: 1
		remote-control:
			control-enable: no
		forward-zone:
			name: "."
			forward-addr: $2
	END
	start_server unbound unbound -d -c "$scratch/unbound.conf"
	wait_until "unbound on $1" grep -q 'start of service' log/unbound
}

# start_faulty_dns ADDRESS[,ADDRESS...] RULE...: faulty_dns.py there.
start_faulty_dns() {
	addresses=$1
	shift
	start_server "faulty_dns.$addresses" python3 "$here/faulty_dns.py" \
		"$scratch/log/faulty_dns.$addresses.queries" "$addresses" "$@"
	wait_until "faulty_dns.py on $addresses" grep -qx ready "log/faulty_dns.$addresses.queries"
}

# start_mute SOCKET: somebody who takes connections there and never says anything.
start_mute() {
	start_server mute python3 -c '
import os, socket, sys, time
os.makedirs(os.path.dirname(sys.argv[1]), exist_ok=True)
mute = socket.socket(socket.AF_UNIX)
mute.bind(sys.argv[1])
mute.listen(16)
time.sleep(600)' "$1"
	wait_until "the socket $1" test -S "$1"
}

# elsewhere COMMAND...: what it starts belongs to another network namespace.
elsewhere() {
	real_unshare=$(command -v unshare)
	mkdir -p elsewhere
	for program in nscd avahi-daemon; do
		real=$(command -v "$program") || continue
		printf '#!/bin/sh\nexec %s -n sh -c '\''ip link set lo up; exec %s "$@"'\'' sh "$@"\n' \
			"$real_unshare" "$real" >"elsewhere/$program"
		chmod 755 "elsewhere/$program"
	done
	PATH=$scratch/elsewhere:$PATH
	"$@"
}

# ---- all of them ----

needs() {
	sed -n 's/^# parts: *//p' "$table/$1/servers"
}

run_one() {
	if [ ! -e "$table/$1/servers" ]; then
		run_image "$1" 2>&1
	else
		for part in $(needs "$1"); do
			case " ${missing_parts:-} " in *" $part "*) skip "without $part" ;; esac
		done
		unshare -n -m -p -u -f --kill-child --mount-proc "$0" --live "$1" 2>&1
	fi
}

# Each in a process of its own, whose log and exit status are kept.
run_all() {
	# shellcheck disable=SC2016 # for the inner shell
	printf '%s\n' "$@" | xargs -P "$at_once" -n 1 sh -c '
		"$0" --one "$1" >"$logs/$1.log" 2>&1
		echo $? >"$logs/$1.status"' "$0"
	for name in "$@"; do
		case $(cat "$logs/$name.status") in
		0) ;;
		77) skipped="$skipped $name" ;;
		*) broken=1 && echo "scenario $name: FAILED" && sed 's/^/    /' "$logs/$name.log" ;;
		esac
	done
}

case ${1:-} in
--list)
	for name in $(list_names); do
		printf '%-28s %s\n' "$name" "$(sed -n '1s/^# *//p' "$table/$name/expected")"
	done
	exit
	;;
--one)
	run_one "$2"
	exit
	;;
--live)
	run_live "$2"
	exit
	;;
esac

need_program python3 setpriv xargs
need_built bin/fopnp
if [ "${fopnp_inside:-}" != 1 ]; then
	missing_parts=
	# shellcheck disable=SC2013 # one word a part
	for part in $(cat "$table"/*/servers 2>/dev/null | sed -n 's/^# parts: *//p' | tr ' ' '\n' | sort -u); do
		"$here/parts.sh" "$part" >/dev/null 2>&1 || missing_parts="$missing_parts $part"
	done
	export missing_parts
fi
enter "$@"
results=$scratch/results logs=$scratch/logs broken=0 skipped=
export results logs library_dir
chmod 755 "$scratch"
mkdir "$results" "$logs" "$scratch/images" "$scratch/live"
if [ $# -gt 0 ]; then
	run_all "$@"
	python3 "$table/expect.py" "$here/../.." "$results" "$@" || broken=1
else
	# shellcheck disable=SC2046 # one word a scenario
	run_all $(list_in_order)
	"$fopnp" check --list --json >catalogue
	# shellcheck disable=SC2046
	python3 "$table/expect.py" --catalogue catalogue "$here/../.." "$results" $(list_names) || broken=1
fi
[ "$broken" -eq 0 ] || exit 1
[ -z "$skipped" ] || skip "without packages that cannot be had:$missing_parts; skipped:$skipped"
