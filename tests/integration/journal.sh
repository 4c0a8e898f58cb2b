#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Events in a real journal: what `log journal` sends is stored with its fields, is found by them, and
# the command reads back what was sent.  `log-events` chooses; a journald that is frozen, or
# gone, costs lookups nothing, and what it missed is told.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need_program python3 setpriv journalctl
need_built tests/integration/journal_read
[ -x /usr/lib/systemd/systemd-journald ] || need_part systemd
enter "$@"

reader=$BUILD/tests/integration/journal_read

as_user() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# events NAME: the events about that name, one JSON object a line.
events() {
	journalctl -q -D /run/log/journal -o json --all SYSLOG_IDENTIFIER=nss_fopnp FOPNP_NAME="$1" \
		2>log/journalctl
}

has_events() {
	[ -n "$(events "$1")" ]
}

# read_journal OPTION...: what the command reads.
read_journal() {
	"$reader" --directory /run/log/journal "$@"
}

lookups() {
	python3 "$here/journal_lookups.py" "$@"
}

# is_accounted NAME COUNT: so many lookups of NAME were recorded or told as dropped.
is_accounted() {
	read_journal | python3 -c 'import json, sys
lookups = [json.loads(line) for line in sys.stdin]
lookups = [lookup for lookup in lookups if lookup["name"] == sys.argv[1]]
lost = sum(max(lookup["dropped"], 0) for lookup in lookups)
print(f"{len(lookups)} recorded, {lost} told as dropped, {sys.argv[2]} made", file=sys.stderr)
sys.exit(lost == 0 or len(lookups) + lost != int(sys.argv[2]))' "$1" "$2"
}

check_fields() {
	as_user getent ahosts hostsonly >/dev/null || fail "the lookup fails"
	wait_until 'the event of hostsonly' has_events hostsonly
	events hostsonly | python3 "$here/json_expect.py" FOPNP_EVENT='"1"' FOPNP_SOURCE=files \
		FOPNP_STATUS=SUCCESS FOPNP_COMM=getent PRIORITY='"7"' FOPNP_ADDRESS=192.0.2.201 \
		_UID='"65534"' FOPNP_UID='"65534"' FOPNP_FAMILY=unspec ||
		fail "the event is not what was looked up"
	as_user getent ahosts nosuch.example >/dev/null
	wait_until 'the event of nosuch.example' has_events nosuch.example
	events nosuch.example | python3 "$here/json_expect.py" FOPNP_STEP.#=2 FOPNP_STATUS=NOTFOUND ||
		fail "the event does not show the steps"
	echo 'the journal has the events'
}

# journald sorts the fields of an entry, and keeps equal ones once.
check_reader() {
	FOPNP_LOG=/run/sent.sock lookups same "$reader" --directory /run/log/journal ||
		fail "what is read from the journal is not what was sent"
}

# A process that is gone when journald looks: its name is what the event claims.
check_short_lived() {
	kill -STOP "$journald_pid"
	getent ahosts short-lived >/dev/null
	kill -CONT "$journald_pid"
	wait_until 'the event of short-lived' has_events short-lived
	read_journal | grep '"name":"short-lived"' | python3 "$here/json_expect.py" comm=getent \
		comm_claimed=true trusted=true exe=null uid=0 ||
		fail "the process is not as claimed"
	has_events short-lived && events short-lived | grep -q '"_COMM"' &&
		fail "journald knew it after all"
	echo 'a process that is gone is known by what it said'
}

check_choice() {
	printf 'log journal\nlog-events failures\n' | put /etc/fopnp.conf
	getent ahosts quiet >/dev/null || fail "the lookup fails"
	getent ahosts loud.example >/dev/null
	wait_until 'the event of loud.example' has_events loud.example
	has_events quiet && fail "a success is in the journal in spite of: log-events failures"
	echo 'log journal' | put /etc/fopnp.conf
	echo 'the journal has the failures only'
}

# Between two times, of this boot; the machine's own journal without --directory.
check_limits() {
	getent ahosts before >/dev/null
	wait_until 'the event of before' has_events before
	before=$(date +@%s.%6N)
	getent ahosts within >/dev/null
	wait_until 'the event of within' has_events within
	after=$(date +@%s.%6N)
	getent ahosts behind >/dev/null
	wait_until 'the event of behind' has_events behind
	read_journal --since "$before" --until "$after" >found
	python3 "$here/json_expect.py" name=within <found || fail "--since: $(cat found)"
	[ "$(wc -l <found)" -eq 1 ] || fail "--until: $(cat found)"
	"$reader" --boot --since "$before" | grep -q '"name":"behind"' || fail "--boot finds nothing"
	[ -z "$("$reader" --since now)" ] || fail "--since now finds something"
	"$reader" --since soon 2>said && fail "a time that is none is taken"
	grep -q -e '--since cannot be "soon"' said || fail "it says: $(cat said)"
	echo 'times limit what is read'
}

# What comes while it is read, through a rotation and with files that go.
check_follow() {
	before=$(date +@%s.%6N)
	"$reader" --directory /run/log/journal --since "$before" --follow 9 >followed 2>log/follow &
	follower=$!
	for round in 1 2 3; do
		for part in a b c; do
			getent ahosts "follow-$round-$part" >/dev/null
		done
		wait_until "round $round" grep -q "follow-$round-c" followed
		[ "$round" -ne 1 ] || kill -USR2 "$journald_pid" # rotate
		[ "$round" -ne 2 ] || rm -f /run/log/journal/*/system@*.journal
	done
	wait "$follower" || fail "the follower fails: $(cat log/follow; cut -c1-2000 followed)"
	[ "$(grep -c '"name":"follow-' followed)" -eq 9 ] || fail "followed: $(cat followed)"
	echo 'new lookups are seen as they come'
}

# What others put there under our name is shown as no event, and harms nobody.
check_forged() {
	python3 -c 'import socket
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ours = b"SYSLOG_IDENTIFIER=nss_fopnp\nMESSAGE=forged\n"
for fields in (b"", b"FOPNP_EVENT=x\n", b"FOPNP_EVENT=1\nFOPNP_PHASE=call\n",
               b"FOPNP_NAME=" + b"x" * 100000 + b"\n",
               b"".join(b"FOPNP_STEP=index=%d source=s\n" % (-i % 2**64) for i in range(500))):
    sender.sendto(ours + fields, "/run/systemd/journal/socket")
for fields in (b"FOPNP_NAME=forged\nFOPNP_PID=1\n" + b"FOPNP_ADDRESS=%s\n" % (b"1" * 5000),
               b"FOPNP_NAME=forged\nFOPNP_ADDRESSES=%s\n" % (b" 192.0.2.1" * 5000),
               b"FOPNP_NAME=forged\n" + b"".join(b"FOPNP_ADDRESS=%d\n" % i for i in range(900))):
    sender.sendto(ours + b"FOPNP_EVENT=1\n" + fields, "/run/systemd/journal/socket")'
	is_there() {
		[ "$(read_journal | grep -c '"name":"forged"')" -eq 3 ]
	}
	wait_until 'the forged events' is_there
	read_journal >found || fail "the reader fails"
	[ "$(grep -c '"type":"malformed"' found)" -eq 5 ] ||
		fail "malformed: $(grep '"type":"malformed"' found)"
	grep '"name":"forged"' found | grep -v '"truncated":true' && fail "it does not say: cut"
	echo 'forged entries are told apart'
}

# Any byte of a journal's file may be wrong.
check_corrupt() {
	seed=${FOPNP_SEED:-$(date +%s)}
	mkdir -p corrupt
	for round in 1 2 3 4 5 6 7 8; do
		cp /run/log/journal/*/system.journal corrupt/
		python3 -c 'import random, sys
chance = random.Random(int(sys.argv[1]))
with open("corrupt/system.journal", "r+b") as file:
    size = file.seek(0, 2)
    if chance.random() < 0.3:
        file.truncate(chance.randrange(size))
    for _ in range(chance.choice((1, 20, 2000))):
        file.seek(chance.randrange(300 if chance.random() < 0.02 else size))
        file.write(chance.randbytes(chance.choice((1, 8))))' "$seed$round"
		timeout "$patience" "$reader" --directory corrupt >found 2>said
		status=$?
		[ $status -lt 124 ] || fail "a damaged file: status $status, FOPNP_SEED=$seed"
	done
	echo "damaged files do no harm (FOPNP_SEED=$seed)"
}

check_refusals() {
	as_user "$reader" 2>said && fail "any user may read the journal"
	grep -q 'group systemd-journal or adm' said || fail "it says: $(cat said)"
	"$reader" --directory /nowhere 2>said && fail "a folder that is not there is read"
	grep -q 'in /nowhere: No such file' said || fail "it says: $(cat said)"
	unshare -m sh -c 'mount -t tmpfs tmpfs /run && [ ! -d /var/log/journal ] || exit 9; exec "$@"' sh \
		"$reader" 2>said
	case $? in
	3) grep -q 'no journal on this machine' said || fail "it says: $(cat said)" ;;
	9) ;; # this machine keeps one in /var
	*) fail "no journal at all: $(cat said)" ;;
	esac
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount --bind /dev/null "$1" && shift && exec "$@"' sh \
		"$library_dir/libsystemd.so.0" "$reader" 2>said && fail "it needs no library"
	grep -q 'install the package libsystemd0' said || fail "it says: $(cat said)"
	echo 'what cannot be read is said'
}

check_catalog() {
	mkdir -p catalog/usr/lib/systemd/catalog
	cp "$here/../../packaging/fopnp.catalog" catalog/usr/lib/systemd/catalog/
	journalctl --root="$scratch/catalog" --update-catalog 2>log/catalog ||
		fail "the catalog: $(cat log/catalog)"
	[ ! -s log/catalog ] || fail "the catalog: $(cat log/catalog)"
	mount -t tmpfs tmpfs /var/lib/systemd || fail "cannot mount a private /var/lib/systemd"
	cp -R catalog/var/lib/systemd/catalog /var/lib/systemd/
	conf=$(printf '%s/red-\033[31m.conf' "$scratch")
	printf 'order files\nlog journal\n' >"$conf"
	printf 'red-\033[31m\nforged line' | FOPNP_CONF=$conf xargs -0 getent ahosts >/dev/null
	wait_until 'the event of a hostile name' sh -c 'journalctl -q -D /run/log/journal \
		-t nss_fopnp -n 1 | grep "red-"'
	LC_ALL=C journalctl -q -D /run/log/journal -t nss_fopnp -n 1 -x >said
	for line in '-- Subject: A host name was looked up$' \
		'-- red-?.31m?forged line: NOTFOUND, no answer after' \
		'-- glibc asked nss-fopnp by gethostbyname4_r() and was told NOTFOUND$'; do
		grep -q -e "^$line" said || fail "journalctl -x says no $line: $(cat said)"
	done
	LC_ALL=C grep -q '[^ -~]' said && fail "it prints what the names of host and file hold"
	echo 'the catalog explains an event'
}

# Many more than fit into a frozen journald's socket; `timeout` is there to end a hanging test.
check_frozen() {
	made=$(timeout "$patience" python3 "$here/journal_lookups.py" frozen "$journald_pid" frozen) ||
		fail "lookups fail or hang while journald is frozen"
	wait_until "the $made lookups around a frozen journald" is_accounted frozen "$made"
	echo 'lookups do not mind a frozen journald, and its losses are told'
}

check_gone() {
	made=$(timeout "$patience" python3 "$here/journal_lookups.py" gone "$journald_pid" "$journald" \
		gone) || fail "lookups fail or hang while there is no journald"
	wait_until "the $made lookups around a journald that was gone" is_accounted gone "$made"
	echo 'nor one that is not there'
}

# docs/event-format.md and what is sent are the same.
check_documented() {
	getent ahosts many >/dev/null || fail "the lookup fails"
	wait_until 'the event of many' has_events many
	# shellcheck disable=SC2016
	journalctl -q -D /run/log/journal -o json --all MESSAGE_ID=d6b0c3b24aa84d28a6f5e1b8a3f0c9d7 |
		python3 -c '
import json, re, sys
sent = {key for line in sys.stdin for key in json.loads(line)}
sent = {key for key in sent if not key.startswith("_") and "TIMESTAMP" not in key}
table = open(sys.argv[1]).read().split("## Fields of a lookup")[1].split("\n## ")[0]
rows = re.findall(r"^\| (`[^|]*`) \|", table, re.M)
told = {key for row in rows for key in re.findall("`([A-Z_]+)`", row)} - {"FOPNP_TTL"}
print("not documented:", sent - told, "not sent:", told - sent)
sys.exit(sent != told)' "$here/../../docs/event-format.md" >said || fail "$(cat said)"
	echo 'the documented fields are there, and no others'
}

write_hosts() {
	printf '127.0.0.1 localhost\n192.0.2.201 hostsonly\n192.0.2.202 quiet\n'
	printf '192.0.2.%s\n' '1 one' '2 two' '3 three' '9 twice' '8 twice' '9 twice' '5 a.first' \
		'6 a.second' '1 rotate-a' '2 rotate-a' '3 rotate-a' '2 rotate-b' '3 rotate-b' \
		'1 rotate-b' '3 rotate-c' '1 rotate-c' '2 rotate-c'
	seq -f '198.51.100.%g many' 250 -1 1
	seq -f '203.0.113.%g many' 1 250
}

write_hosts | put /etc/hosts
hosts_line 'fopnp [!SUCCESS=return] files files'
printf 'log journal\norder .first files fopnp:hosts\norder .second fopnp:hosts files\n' |
	put /etc/fopnp.conf
# As systemd sets it; the 10 of a new namespace are soon full.
echo 512 >/proc/sys/net/unix/max_dgram_qlen || skip "cannot set the length of socket queues"
start_journald
check_fields
check_reader
check_short_lived
check_choice
check_limits
check_follow
check_forged
check_corrupt
check_catalog
check_refusals
check_frozen
check_gone
check_documented
