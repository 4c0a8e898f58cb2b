#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `fopnp watch --journal`: what `log journal` recorded in a real journald, what comes while one
# follows, and who may read it.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 setpriv
need_built bin/fopnp
[ -x /usr/lib/systemd/systemd-journald ] || need_part systemd
enter "$@"

watch() {
	"$BUILD/bin/fopnp" watch --directory /run/log/journal "$@"
}

shows() {
	watch >rows 2>errors && grep -q "$1" rows
}

check_past() {
	setpriv --reuid 65534 --regid 65534 --clear-groups getent ahosts hostsonly >/dev/null ||
		fail "the lookup fails"
	getent ahosts nosuch.example >/dev/null
	wait_until 'the lookup of nosuch.example' shows nosuch.example
	grep -Eq "^$(date +%Y)-[-0-9]+ [0-9:.]+ +getent\??\[[0-9]+\] +nobody +hostsonly +[0-9.]+ [mu]s +files +192\.0\.2\.201$" rows ||
		fail "not the row of hostsonly: $(cat rows)"
	grep -q 'not found$' rows || fail "not the row of nosuch.example: $(cat rows)"
	grep -q '^fopnp: 2 lookups$' errors || fail "the summary: $(cat errors)"
	watch --since -1h --status NOTFOUND >rows 2>errors || fail "a filter: $(cat errors)"
	grep -q nosuch.example rows || fail "the failure is not shown: $(cat rows)"
	! grep -q hostsonly rows || fail "the filter lets everything through"
	watch --until yesterday >rows 2>errors || fail "--until: $(cat errors)"
	[ "$(grep -c . rows)" -eq 1 ] || fail "--until yesterday shows today: $(cat rows)"
	grep -q 'no lookups in the journal from that time: "log journal" in fopnp.conf(5)' errors ||
		fail "no hint at what records lookups: $(cat errors)"
	watch --status failed >rows 2>errors || fail "--status failed: $(cat errors)"
	! grep -q 'nosuch\|log journal' rows errors || fail "what was not found has not failed: $(cat rows errors)"
	watch --json -o recorded.json >rows || fail "--json"
	head -n 1 rows | python3 "$here/json_expect.py" type=lookup process.uid=65534 process.trusted=true \
		request.name=hostsonly answered_by=files answer.code=OK || fail "the object is another"
	"$BUILD/bin/fopnp" watch --file recorded.json >again 2>errors || fail "the recording: $(cat errors)"
	watch >rows 2>errors
	cmp -s rows again || fail "a recording of the journal shows something else"
	echo 'the journal is shown'
}

check_follow() {
	python3 - "$BUILD/bin/fopnp" <<-'END' || fail "see above"
		import os, select, signal, subprocess, sys

		signal.signal(signal.SIGINT, signal.default_int_handler)
		patience = float(os.environ.get("FOPNP_TEST_PATIENCE", "20"))
		watch = subprocess.Popen([sys.argv[1], "watch", "--directory", "/run/log/journal", "-f"],
		                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
		seen = b""

		def wait_for(text):
		    global seen
		    while text not in seen:
		        assert select.select([watch.stdout], [], [], patience)[0], seen
		        data = os.read(watch.stdout.fileno(), 65536)
		        assert data, (seen, watch.stderr.read())
		        seen += data

		wait_for(b"nosuch.example")
		subprocess.run(["getent", "ahosts", "quiet"], stdout=subprocess.DEVNULL)
		wait_for(b"192.0.2.202")
		watch.send_signal(signal.SIGINT)
		_, errors = watch.communicate(timeout=patience)
		assert watch.returncode == 0, (watch.returncode, errors)
		assert b"fopnp: 3 lookups" in errors, errors
	END
	echo 'what comes is shown'
}

check_denied() {
	chmod -R go= /run/log/journal
	status=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$BUILD/bin/fopnp" watch \
		--directory /run/log/journal >rows 2>errors || status=$?
	[ "$status" -eq 3 ] || fail "a journal that is not to be read: exit status $status"
	[ -s errors ] || fail "no word on it"
	echo 'a journal that is not to be read is told'
}

printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n192.0.2.202 quiet\n' | put /etc/hosts
fopnp_line files
echo 'log journal' | put /etc/fopnp.conf
start_journald
check_past
check_follow
check_denied
