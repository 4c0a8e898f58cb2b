# SPDX-License-Identifier: LGPL-2.1-or-later
"""Look names up in one process while journald is watched or mistreated.

Usage: journal_lookups.py same READER...      what READER reads back is what was sent
       journal_lookups.py frozen PID NAME     lookups while process PID, journald, is stopped
       journal_lookups.py gone PID JOURNALD NAME   lookups while there is none, then a new one
       journal_lookups.py often NAME COUNT
The last three print how many lookups they made of NAME.
"""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time

PATIENCE = float(os.environ.get("FOPNP_TEST_PATIENCE", "20"))
JOURNAL_SOCKET = "/run/systemd/journal/socket"
HOSTILE = [
    b"new\nline", b"FOPNP_STEP=source=forged\nFOPNP_NAME=forged", b"\nMESSAGE_ID=0\n", b"tab\tblank ",
    b"8bit-\xff\xfe", "bidi-\u202edlrow".encode(), b"\x1b[31mred", b"percent%00%41", b"=", b"a" * 1000,
]
ORDERS = ["one", "two", "three", "rotate-a", "rotate-b", "rotate-c", "twice", "a.first", "a.second",
          "nosuch.first", "nosuch.second", "many"]


def look_up(name):
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        pass


def fields_of(datagram):
    """[(key, value)...], as journald takes a datagram apart."""
    fields = []
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        key, equals, value = line.partition(b"=")
        if not equals:
            size = struct.unpack("<Q", rest[:8])[0]
            value, rest = rest[8:8 + size], rest[9 + size:]
        fields.append((key.decode(), value))
        datagram = rest
    return fields


def json_text(value):
    """As the command writes bytes to JSON: what is not UTF-8 as \\DDD."""
    text = value.decode("utf-8", "surrogateescape")
    return "".join(f"\\{ord(c) - 0xdc00:03d}" if "\udc80" <= c <= "\udcff" else c for c in text)


def step_of(line):
    words = [word.partition("=")[::2] for word in line.decode().split()]
    known = ("source", "index", "status", "errno", "h_errno", "usec", "action")
    return dict(words)["source"], " ".join("=".join(word) for word in words if word[0] not in known)


def sent_lookups(listener):
    """What the lookups since the last call have sent, by their numbers."""
    sent = {}
    while True:
        try:
            fields = fields_of(listener.recv(65536))
        except BlockingIOError:
            return sent
        single = dict(fields)
        if "FOPNP_PHASE" in single:
            continue
        sent[int(single["FOPNP_SEQUENCE"])] = {
            "name": json_text(single["FOPNP_NAME"]),
            "steps": [step_of(value) for key, value in fields if key == "FOPNP_STEP"],
            "addresses": [value.decode() for key, value in fields if key == "FOPNP_ADDRESS"],
            "truncated": "FOPNP_TRUNCATED" in single,
        }


def read_back(reader, count):
    """The same from the journal, for this process; waits until there are so many."""
    deadline = time.monotonic() + PATIENCE
    while True:
        lines = subprocess.run(reader, check=True, stdout=subprocess.PIPE).stdout.splitlines()
        lookups = [json.loads(line) for line in lines]
        lookups = [lookup for lookup in lookups if lookup["pid"] == os.getpid()]
        if len(lookups) >= count or time.monotonic() > deadline:
            return lookups
        time.sleep(0.1)


def check_process(lookup):
    expected = {"uid": os.getuid(), "comm": "python3", "comm_claimed": False, "trusted": True,
                "exe": os.readlink("/proc/self/exe"), "claimed_pid": os.getpid(), "type": "lookup"}
    return {key: lookup[key] for key, value in expected.items() if lookup[key] != value}


def same(reader):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    listener.bind(os.environ["FOPNP_LOG"])
    sent = {}
    for name in (ORDERS + HOSTILE) * 4 + ORDERS[::-1]:
        look_up(name)
        sent.update(sent_lookups(listener))
    failures = 0
    lookups = read_back(reader, len(sent))
    if [lookup["sequence"] for lookup in lookups] != sorted(sent):
        print(f"{len(sent)} lookups were sent, {len(lookups)} read, or not in their order")
        failures += 1
    for lookup in lookups:
        read = {"name": lookup["name"], "addresses": lookup["addresses"],
                "steps": [(step["source"], step["detail"]) for step in lookup["steps"]],
                "truncated": lookup["truncated"]}
        wrong = check_process(lookup)
        if read != sent.get(lookup["sequence"]) or wrong:
            print(f"sent {sent.get(lookup['sequence'])}\nread {read} {wrong}")
            failures += 1
    if not any(len(lookup["addresses"]) > 100 and lookup["truncated"] for lookup in lookups):
        print("no event was truncated")
        failures += 1
    print(f"{len(lookups)} lookups read as they were sent" if not failures else "FAILED")
    return failures


def often(name, count, pause=0):
    for _ in range(count):
        time.sleep(pause)
        look_up(name)
    return count


def frozen(journald, name):
    made = often(name, 3)
    os.kill(journald, signal.SIGSTOP)
    started = time.monotonic()
    made += often(name, 3000)
    took = time.monotonic() - started
    os.kill(journald, signal.SIGCONT)
    made += often(name, 5, 0.3)  # the last of them gets through, and tells
    if took > PATIENCE / 2:
        print(f"3000 lookups took {took:.1f} s", file=sys.stderr)
    return made


def gone(journald, program, name):
    os.kill(journald, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while os.path.exists(f"/proc/{journald}/exe") and time.monotonic() < deadline:
        time.sleep(0.05)
    made = often(name, 50)
    os.unlink(JOURNAL_SOCKET)
    made += often(name, 50)
    subprocess.Popen([program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not os.path.exists(JOURNAL_SOCKET) and time.monotonic() < deadline:
        time.sleep(0.05)
    return made + often(name, 3, 0.3)


mode, *words = sys.argv[1:]
if mode == "same":
    sys.exit(same(words) != 0)
elif mode == "frozen":
    print(frozen(int(words[0]), words[1]))
elif mode == "gone":
    print(gone(int(words[0]), words[1], words[2]))
else:
    print(often(words[0], int(words[1])))
