#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The same lookups in the journal and in a recording of `fopnp watch -o` give the same report.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 setpriv
need_built bin/fopnp
[ -x /usr/lib/systemd/systemd-journald ] || need_part systemd
enter "$@"
fopnp=$BUILD/bin/fopnp

# One process that asks again and again, and one a lookup; by name, family and address.
make_lookups() {
	python3 - <<-'END' || fail "python's lookups"
		import socket, time
		for i in range(60):
		    time.sleep(0.01) # nothing is to be lost on the way: journald is slower than lookups
		    for name in ("hostsonly", "Twice.", "nosuch.example", f"host{i % 7}"):
		        try:
		            socket.getaddrinfo(name, None, (0, socket.AF_INET, socket.AF_INET6)[i % 3])
		        except socket.gaierror:
		            pass
		    try:
		        socket.gethostbyaddr("192.0.2.201")
		    except socket.herror:
		        pass
	END
	for name in hostsonly twice hostsonly nosuch.example; do
		setpriv --reuid 65534 --regid 65534 --clear-groups getent ahosts "$name" >/dev/null
	done
}

journal_report() {
	"$fopnp" report --json --directory /run/log/journal "$@" >from_journal 2>log/report
}

# Both have all that was looked up: as many, in two looks at them.
are_complete() {
	before=${lookups:-0}
	lookups=$(grep -c '"type":"lookup"' recording)
	journal_report
	[ "$lookups" -ge 600 ] && [ "$lookups" = "$before" ] && python3 -c 'import json, sys
sys.exit(json.load(open("from_journal"))["lookups"] != int(sys.argv[1]))' "$lookups"
}

# agree OPTION...: both reports are the same, but for what they were made from.
agree() {
	journal_report "$@" || fail "the report over the journal $*: $(cat log/report)"
	"$fopnp" report --json "$@" recording >from_file || fail "the report over the recording $*"
	python3 - "$*" <<-'END' || fail "the reports differ"
		import json
		import sys
		journal, file = (json.load(open(name)) for name in ("from_journal", "from_file"))
		for report in (journal, file):
		    del report["time"]
		inputs = journal.pop("input"), file.pop("input")
		if any(own["bad"] or own["lost"] for own in inputs) or not file["lookups"]:
		    sys.exit(f"lost or empty: {inputs}")
		for key in journal:
		    if journal[key] != file[key]:
		        print(f"{sys.argv[1]}: {key}:\n journal {journal[key]}\n file {file[key]}")
		sys.exit(journal != file)
	END
}

printf '192.0.2.201 hostsonly\n192.0.2.9 twice\n192.0.2.8 twice\n2001:db8::9 twice\n' >hosts
for i in 0 1 2 3 4 5 6; do
	echo "198.51.100.$i host$i"
done >>hosts
put /etc/hosts <hosts
fopnp_line files
echo 'log journal' | put /etc/fopnp.conf
# As systemd sets it; the 10 of a new namespace are soon full.
echo 512 >/proc/sys/net/unix/max_dgram_qlen || skip "cannot set the length of socket queues"
start_journald
start_server watch "$fopnp" watch -o recording
wait_until "the watch socket" test -S /run/fopnp/events.sock
# The module looks for it once a second.
make_lookups
sed 's/192.0.2.201/192.0.2.77/' hosts | put /etc/hosts
make_lookups
wait_until "the same lookups in the journal and in the recording" are_complete
kill -TERM "$server_pid" # a shell's children in the background ignore SIGINT
wait "$server_pid" || fail "watch: $(cat log/watch)"
agree
agree --top 2 --cache-seconds 1
agree --program getent
agree --status NOTFOUND --redact
agree --name hostsonly
python3 - <<-'END' || fail "not what was looked up"
	import json
	report = json.load(open("from_journal"))
	assert report["names"]["top"][0]["name"] == "hostsonly", report
	assert report["changes"]["top"], report
	assert all(c["from"]["answers"] == ["192.0.2.201"] for c in report["changes"]["top"]), report
	assert all(c["to"]["answers"] == ["192.0.2.77"] for c in report["changes"]["top"]), report
END
echo "the journal and a recording give the same report of $lookups lookups"
