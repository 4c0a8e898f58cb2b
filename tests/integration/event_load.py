# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many lookups, and somebody who listens: each is seen, or told of as lost, and none is blocked.

Usage: event_load.py EVENT_LOAD SOCKET CASE,CASE... [READER...]

EVENT_LOAD is the program of that name; a CASE is the name of a function below.  READER listens on
SOCKET and prints lookup{} objects, as `fopnp watch --json` does; without one EVENT_LOAD itself
listens.
"""

import collections
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

NAME = "loaded.example"
PATIENCE = float(os.environ.get("FOPNP_TEST_PATIENCE", "20"))  # seconds
# A watcher that is not there yet is looked for once a second.
LOOK_S = 1.2

program, socket_path, cases, *reader_command = sys.argv[1:]


def fail(what: str) -> None:
    sys.exit(f"FAILED: {what}")


Told = collections.namedtuple("Told", "sequence dropped")
Made = collections.namedtuple("Made", "pid count longest_us resident_kib heap_bytes descriptors")


class Reader:
    """Somebody who listens, and what it heard in the end."""

    def __init__(self) -> None:
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            reader_command or [program, "hear", socket_path],
            stdout=self.output,
            stderr=subprocess.DEVNULL if reader_command else None,
        )
        self.listens_by(time.monotonic() + PATIENCE)

    def listens_by(self, deadline: float) -> None:
        """Wait until the lookup of a new process is heard; a living one looks once a second."""
        while self.process.poll() is None and time.monotonic() < deadline:
            before = self.heard()
            probe = Sender()
            probe.make(1)
            probe.end()
            time.sleep(0.15)
            if os.path.exists(socket_path) and self.heard() > before:
                return
        fail("nobody listens")

    def heard(self) -> int:
        return os.fstat(self.output.fileno()).st_size

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _lines(self):
        self.output.seek(0)
        for line in self.output:
            if reader_command:
                event = json.loads(line)
                if event["type"] == "lookup":
                    yield event["process"]["pid"], "lookup", event["sequence"], event["dropped"]
            else:
                words = line.split()
                if words[0] != b"ready":
                    yield int(words[0]), words[1].decode(), int(words[2]), int(words[3])

    def end(self) -> dict[int, list[Told]]:
        """What it was told, by process."""
        self.process.send_signal(signal.SIGINT if reader_command else signal.SIGTERM)
        if self.process.wait(PATIENCE) != 0:
            fail(f"the reader ends with status {self.process.returncode}")
        told = collections.defaultdict(list)
        for pid, kind, sequence, dropped in self._lines():
            if kind == "malformed":
                fail("the reader calls an event malformed")
            told[pid].append(Told(sequence if kind == "lookup" else None, max(dropped or 0, 0)))
        return told


class Sender:
    """A process that makes lookups when it is told to."""

    def __init__(self, threads: int = 0) -> None:
        self.process = subprocess.Popen(
            [program, "send", NAME, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.pid = self.process.pid
        self.made = 0
        self.longest_us = 0

    def order(self, what: str) -> None:
        self.process.stdin.write(f"{what}\n".encode())
        self.process.stdin.flush()

    def result(self) -> Made:
        line = self.process.stdout.readline()
        if not line:
            fail("a sender died")
        made = Made(*map(int, line.split()))
        if made.pid == self.pid:
            self.made += made.count
            self.longest_us = made.longest_us
        return made

    def make(self, count: int) -> Made:
        self.order(str(count))
        return self.result()

    def end(self) -> None:
        self.process.stdin.close()
        if self.process.wait(PATIENCE) != 0:
            fail(f"a sender ends with status {self.process.returncode}")


def make_all(senders: list[Sender], count: int) -> float:
    """All at once; returns how many lookups a second they made together."""
    start = time.monotonic()
    for sender in senders:
        sender.order(str(count))
    for sender in senders:
        sender.result()
    return len(senders) * count / (time.monotonic() - start)


def settle(reader: Reader) -> None:
    """Wait until all that was sent has been read."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        before = reader.heard()
        time.sleep(0.3)
        if reader.heard() == before:
            return
    fail("the reader does not come to an end")


def check_told(what: str, sender: Sender, told: list[Told]) -> tuple[int, int]:
    """Each lookup that was made is seen once or told of as lost."""
    sequences = [one.sequence for one in told if one.sequence is not None]
    lost = sum(one.dropped for one in told)
    if len(set(sequences)) != len(sequences):
        fail(f"{what}: process {sender.pid}: an event came twice")
    if len(sequences) + lost != sender.made:
        fail(
            f"{what}: process {sender.pid} made {sender.made} lookups; "
            f"{len(sequences)} were seen and {lost} told of as lost; the last were {told[-5:]}"
        )
    return len(sequences), lost


def report(what: str, senders: list[Sender], seen: int, lost: int, rate: float) -> None:
    longest = max(sender.longest_us for sender in senders)
    print(
        f"{what}: {seen} seen, {lost} told of as lost; {rate:,.0f} lookups a second, "
        f"the longest took {longest / 1000:.1f} ms"
    )


def check_all(what: str, senders: list[Sender], reader: Reader, rate: float) -> None:
    for sender in senders:
        sender.end()
    told = reader.end()
    counts = [check_told(what, sender, told[sender.pid]) for sender in senders]
    report(what, senders, sum(seen for seen, _ in counts), sum(lost for _, lost in counts), rate)


# ---- the cases ----


def full_speed() -> None:
    """Several processes, one with threads, as fast as they can."""
    reader = Reader()
    senders = [Sender(), Sender(), Sender(), Sender(threads=3)]
    rate = make_all(senders, 20000)
    settle(reader)
    make_all(senders, 1)  # which tells what was dropped last
    check_all("at full speed", senders, reader, rate)


def frozen() -> None:
    """More than a queue holds goes to a reader that is stopped, and the lookups come to an end."""
    reader = Reader()
    senders = [Sender(), Sender(threads=3)]
    make_all(senders, 10)
    reader.freeze()
    rate = make_all(senders, 10000)
    reader.thaw()
    settle(reader)
    make_all(senders, 1)
    check_all("frozen", senders, reader, rate)


def killed() -> None:
    """Where nobody listened nothing is told of as lost; where somebody did, all is."""
    first = Reader()
    sender = Sender()
    sender.make(100)
    sender.order("30000")
    time.sleep(0.1)
    first.kill()
    sender.result()
    if not reader_command:
        os.unlink(socket_path)  # fopnp watch replaces it
    second = Reader()
    time.sleep(LOOK_S)
    heard_from = sender.made + 1
    sender.make(20000)
    settle(second)
    sender.make(1)
    sender.end()
    told = second.end()[sender.pid]
    lost = sum(one.dropped for one in told)
    if len(told) + lost != sender.made + 1 - heard_from:
        fail(
            f"killed: {sender.made + 1 - heard_from} lookups since the second reader came; "
            f"{len(told)} were seen and {lost} told of as lost"
        )
    report("killed and replaced", [sender], len(told), lost, 0)


def forked() -> None:
    """What a process dropped is not told of by its children a second time."""
    reader = Reader()
    sender = Sender()
    sender.make(10)
    reader.freeze()
    sender.make(12000)
    reader.thaw()
    settle(reader)
    sender.order("fork 5")
    child = sender.result()
    sender.make(1)
    settle(reader)
    sender.end()
    told = reader.end()
    check_told("forked", sender, told[sender.pid])
    lost = sum(one.dropped for one in told[child.pid])
    if len(told[child.pid]) != 5 or lost != 0:
        fail(f"forked: of the child's 5 lookups {len(told[child.pid])} were seen, {lost} told lost")
    print("forked: the child tells of its own lookups only")


def short_lived() -> None:
    """Processes that end right after a lookup or two."""
    reader = Reader()
    senders = []
    for _ in range(30):
        batch = [Sender() for _ in range(5)]
        for sender in batch:
            sender.order("2")
        for sender in batch:
            sender.result()
            sender.end()
        senders += batch
    settle(reader)
    told = reader.end()
    for sender in senders:
        check_told("short-lived", sender, told[sender.pid])
    print(f"short-lived: {len(senders)} processes, all events seen")


for case in cases.split(","):
    globals()[case]()
