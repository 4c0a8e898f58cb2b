#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the live view of `fopnp watch` shows, and how it changes hands.

Usage: watch_live.py FOPNP CHECK...     (in namespaces of its own, by watch.sh)
"""

import fcntl
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

FOPNP = sys.argv[1]
SOCKET = "/run/fopnp/events.sock"
PATIENCE = float(os.environ.get("FOPNP_TEST_PATIENCE", "20"))
NOBODY = 65534


class Watch:
    """A watcher that runs."""

    def __init__(self, *options, prefix=(), status=None):
        """STATUS: it must end at once, with that; else it must begin to watch."""
        self.process = subprocess.Popen(
            [*prefix, FOPNP, "watch", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.buffers = {self.process.stdout: b"", self.process.stderr: b""}
        self.expected = status
        if status is None:
            self.wait_for(self.process.stderr, b"waiting:")

    def read(self, stream, timeout):
        """False: nothing came in time, or nothing will."""
        if not select.select([stream], [], [], timeout)[0]:
            return False
        data = os.read(stream.fileno(), 1 << 16)
        self.buffers[stream] += data
        return bool(data)

    def wait_for(self, stream, text):
        end = time.monotonic() + PATIENCE
        while text not in self.buffers[stream]:
            if not self.read(stream, max(0, end - time.monotonic())):
                raise AssertionError(f"no {text!r}, only {self.buffers}")

    def wait_out(self, text):
        self.wait_for(self.process.stdout, text.encode())

    def out(self):
        return self.buffers[self.process.stdout].decode()

    def err(self):
        return self.buffers[self.process.stderr].decode()

    def objects(self, kind):
        """The JSON objects of that type so far."""
        lines = self.out().split("\n")[:-1]
        return [o for o in map(json.loads, lines) if o["type"] == kind]

    def end(self, number=signal.SIGTERM, status=0):
        if number:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE)
        self.buffers[self.process.stdout] += out
        self.buffers[self.process.stderr] += err
        assert self.process.returncode == status, (self.process.returncode, self.err())
        return self


def refused(*options, prefix=()):
    """What a watcher says that cannot start."""
    done = subprocess.run(
        [*prefix, FOPNP, "watch", *options], capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 3, (done.returncode, done.stdout, done.stderr)
    return done.stderr.decode()


def as_nobody(*command):
    return ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", *command]


def look_up(name, *prefix):
    """The pid of a getent that has looked NAME up."""
    with subprocess.Popen([*prefix, "getent", "ahosts", name], stdout=subprocess.DEVNULL) as child:
        pass
    return child.pid


def send(data, user=None, until=None):
    """From a process of its own, which lives UNTIL that returns; its pid.  Its name is this interpreter's."""
    wait, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        if user is not None:
            os.setuid(user)
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sender.sendto(data, SOCKET)
        os.close(go)
        os.read(wait, 1)
        os._exit(0)
    os.close(wait)
    try:
        if until:
            until()
    finally:
        os.close(go)
    assert os.waitpid(pid, 0)[1] == 0, "cannot send"
    return pid


def event(name, **fields):
    lines = ["FOPNP_EVENT=1", "FOPNP_STATUS=NOTFOUND", "FOPNP_HERRNO=1", "FOPNP_NAME=" + name]
    lines += [f"FOPNP_{key}={value}" for key, value in fields.items()]
    return "".join(line + "\n" for line in lines).encode()


def no_socket():
    assert not os.path.exists(SOCKET), "the socket is still there"
    assert sorted(os.listdir("/run/fopnp")) in ([], ["events.gate"]), os.listdir("/run/fopnp")


def check_who():
    """The right pid, user and program, at once."""
    watch = Watch("--json")
    shortest = PATIENCE
    for _ in range(5):
        seen = len(watch.objects("lookup"))
        pid = look_up("hostsonly", *as_nobody())
        start = time.monotonic()
        while len(watch.objects("lookup")) == seen:
            assert watch.read(watch.process.stdout, PATIENCE), "the lookup is not shown"
        shortest = min(shortest, time.monotonic() - start)
        process = watch.objects("lookup")[-1]["process"]
        assert process["pid"] == pid and process["uid"] == NOBODY, process
        assert process["comm"] == "getent" and process["trusted"], process
        assert not process["claim_false"], process
    assert shortest < 0.1, f"shown after {shortest:.3f} s at best"
    print(f"a lookup is shown {shortest * 1000:.1f} ms after its program has ended")
    watch.end()
    summary = watch.objects("summary")[0]
    assert summary["counts"]["lookups"] == 5 == summary["counts"]["shown"], summary
    no_socket()


def check_living():
    """A program that was there before the watcher, and lives on: within a second."""
    code = "import socket,time\nwhile True: socket.getaddrinfo('quiet', 1); time.sleep(.05)"
    with subprocess.Popen([sys.executable, "-c", code]) as program:
        watch = Watch("--json", "-n", "3")
        watch.end(number=None)
        program.kill()
    found = watch.objects("lookup")
    assert len(found) == 3, found
    assert all(o["process"]["pid"] == program.pid for o in found), found
    assert all(o["process"]["exe"] == os.path.realpath(sys.executable) for o in found), found
    no_socket()


def check_gone():
    """Senders that are gone when their event is read keep their pid, and their name as claimed."""
    watch = Watch("--json")
    os.kill(watch.process.pid, signal.SIGSTOP)
    pids = [look_up("hostsonly") for _ in range(20)]
    os.kill(watch.process.pid, signal.SIGCONT)
    while len(watch.objects("lookup")) < len(pids):
        assert watch.read(watch.process.stdout, PATIENCE), "a lookup is missing"
    processes = [o["process"] for o in watch.objects("lookup")]
    assert [p["pid"] for p in processes] == pids
    assert all(p["comm"] == "getent" and p["comm_claimed"] for p in processes), processes
    assert not any(p["claim_false"] for p in processes), processes
    watch.end()


def check_container():
    """A sender in another pid namespace calls itself by another number; that is no forgery."""
    watch = Watch()
    look_up("hostsonly", "unshare", "--pid", "--fork", "--mount-proc")
    watch.wait_out("hostsonly")
    row = watch.out().splitlines()[-1]
    assert "getent" in row and "!" not in row and "[1]" not in row, row
    watch.end()


def check_forged():
    """The kernel's word counts; a claim that disagrees is marked."""
    watch = Watch("--json")
    pid = send(event("forged.example", PID=1, UID=0, COMM="systemd"), NOBODY, lambda: watch.wait_out("forged.example"))
    process = watch.objects("lookup")[0]["process"]
    assert process["pid"] == pid and process["uid"] == NOBODY, process
    assert process["claim_false"] and process["claimed_uid"] == 0, process
    watch.end()
    watch = Watch()
    pid = send(event("forged.example", PID=1, UID=0, COMM="systemd"), NOBODY, lambda: watch.wait_out("forged.example"))
    assert f"[{pid}]!" in watch.out(), watch.out()
    watch.end()


def check_malformed():
    """Whatever is sent, it is shown, escaped, with its sender; and the next event comes through."""
    datagrams = [b"", b"\0", b"\xff\xfe\x1b[2J", b"x" * 65536, b"FOPNP_EVENT\n" + b"\xff" * 8]
    datagrams += [b"FOPNP_NAME=a\n", b"=\n" * 4000]
    for options in ([], ["--json"]):
        watch = Watch(*options)
        for datagram in datagrams:
            send(datagram)
        send(b"FOPNP_EVENT=2\n")  # of a version to come: an event, of which nothing is known
        look_up("hostsonly")
        watch.wait_out("192.0.2.201")
        watch.end()
        assert "\x1b" not in watch.out()
        if options:
            assert len(watch.objects("malformed")) == len(datagrams), watch.out()
        else:
            assert watch.out().count("no event of ours") == len(datagrams), watch.out()
            assert f"{len(datagrams)} malformed" in watch.err(), watch.err()


def check_second():
    """One at a time; the second is told who is there."""
    watch = Watch()
    text = refused()
    assert f"process {watch.process.pid} (fopnp, since 20" in text, text
    assert "--takeover" in text, text
    text = refused(prefix=["unshare", "--pid", "--fork", "--mount-proc"])
    assert "another pid namespace" in text, text
    look_up("hostsonly")
    watch.wait_out("hostsonly")
    watch.end()
    no_socket()


def is_seen(watch, name="hostsonly"):
    look_up(name)
    watch.wait_out(name)


def check_takeover():
    """From one that runs, one that is frozen, and one in another pid namespace."""
    first = Watch()
    second = Watch("--takeover")
    first.end(number=None, status=1)
    assert f"process {second.process.pid} " in first.err(), first.err()
    is_seen(second)
    os.kill(second.process.pid, signal.SIGSTOP)
    third = Watch("--takeover", prefix=["unshare", "--pid", "--fork", "--mount-proc"])
    is_seen(third)
    os.kill(second.process.pid, signal.SIGCONT)
    second.end(number=None, status=1)
    assert "has taken over" in second.err(), second.err()
    is_seen(third, "quiet")
    last = Watch("--takeover")
    third.end(number=None, status=1)
    is_seen(last)
    last.end()
    no_socket()


def check_many():
    """Several at the same moment: one of them has the socket in the end, and it works."""
    watches = [
        subprocess.Popen(
            [FOPNP, "watch", "--takeover"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(6)
    ]
    end = time.monotonic() + PATIENCE
    while sum(w.poll() is None for w in watches) > 1 and time.monotonic() < end:
        time.sleep(0.05)
    left = [w for w in watches if w.poll() is None]
    assert len(left) == 1, [w.returncode for w in watches]
    for watch in watches:
        if watch is not left[0]:
            _, err = watch.communicate()
            assert watch.returncode == 1, (watch.returncode, err)
    look_up("hostsonly")
    time.sleep(0.2)
    left[0].send_signal(signal.SIGTERM)
    out, _ = left[0].communicate(timeout=PATIENCE)
    assert b"hostsonly" in out, out
    no_socket()


def check_killed():
    """The socket and the lock that a killed watcher leaves are in nobody's way."""
    watch = Watch()
    watch.end(signal.SIGKILL, status=-signal.SIGKILL)
    assert os.path.exists(SOCKET)
    watch = Watch()
    is_seen(watch)
    watch.end()
    assert "stale" not in watch.err(), watch.err()
    no_socket()


def check_ends():
    """Every way to end is clean."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        Watch().end(number)
        no_socket()
    started = time.monotonic()
    Watch("--for", "300ms").end(number=None)
    assert 0.25 < time.monotonic() - started < PATIENCE
    no_socket()
    # A reader that has gone is noticed without a new row.
    watch = Watch()
    watch.process.stdout.close()
    watch.process.stdout = None
    watch.buffers = {None: b"", watch.process.stderr: b""}
    assert watch.process.wait(PATIENCE) == -signal.SIGPIPE, watch.process.returncode
    watch.process.stderr.close()
    no_socket()


def check_gate():
    """A watcher that is frozen where the socket changes hands is told of."""
    Watch().end()
    with open("/run/fopnp/events.gate", "w", encoding="ascii") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        text = refused()
        assert "fuser -v /run/fopnp/events.gate" in text, text
    Watch().end()
    no_socket()


def check_bursts():
    """All that came is shown, without waiting for what comes next."""
    watch = Watch()
    for number in range(20):
        name = f"burst{number}."
        children = []
        for _ in range(3):
            children.append(os.fork())
            if children[-1] == 0:
                sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                for _ in range(700):
                    sender.sendto(event(name), SOCKET)
                os._exit(0)
        end = time.monotonic() + PATIENCE
        while watch.out().count(name) < 2100 and time.monotonic() < end:
            watch.read(watch.process.stdout, 0.1)
        for child in children:
            assert os.waitpid(child, 0)[1] == 0, "cannot send"
        assert watch.out().count(name) == 2100, watch.out().count(name)
    watch.end()
    no_socket()


def check_slow_reader():
    """Nobody waits for a reader that does not read; every event is shown, or told to be lost."""
    watch = Watch()
    code = "import socket\nfor i in range(30000): socket.getaddrinfo('quiet', 1)\n"
    code += "print('done', flush=True)\ninput()\nsocket.getaddrinfo('hostsonly', 1)"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert select.select([program.stdout], [], [], PATIENCE)[0], "lookups are blocked"
        # A process tells what was lost with its next event, once there is room again.
        while watch.read(watch.process.stdout, 0.5):
            pass
        program.communicate(b"\n", timeout=PATIENCE)
    watch.wait_out("hostsonly")
    watch.end()
    shown = watch.out().count("quiet")
    lost = sum(map(int, re.findall(r"(\d+) events? of python3\[\d+\] w", watch.out())))
    print(f"of 30000 lookups {shown} were shown, {lost} told to be lost")
    assert shown + lost == 30000 and lost > 0
    assert f"fopnp: {shown + 1} lookups, {lost} lost" in watch.err(), watch.err()
    no_socket()


def check_restart():
    """Watchers come and go while programs look names up all the time."""
    code = "import socket,threading\ndef run():\n while True: socket.getaddrinfo('quiet', 1)\n"
    code += "for _ in range(3): threading.Thread(target=run).start()"
    with subprocess.Popen([sys.executable, "-c", code]) as program:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
            # It ends by itself after that many, or is killed before.
            watch = Watch("-n", "100000000")
            watch.wait_out("quiet")
            expected = -number if number == signal.SIGKILL else 0
            watch.end(number, status=expected)
        no_socket()
        watch = Watch("--json", "-n", "2000").end(number=None)
        assert len(watch.objects("lookup")) == 2000
        assert program.poll() is None
        program.kill()
    no_socket()


def check_opening():
    """It says first why little, or nothing, will come."""
    with open("/etc/nsswitch.conf", encoding="ascii") as file:
        kept = file.read()

    def opening(hosts):
        with open("/etc/nsswitch.conf", "w", encoding="ascii") as file:
            file.write(f"passwd: files\nhosts: {hosts}\n")
        return Watch("--for", "1ms").end(number=None).err()

    text = opening("files dns")
    assert "nothing will come: fopnp is not on the hosts line (/etc/nsswitch.conf:2)" in text, text
    assert "make it hosts: fopnp [!UNAVAIL= return] files dns" in text, text
    text = opening("files fopnp dns")
    assert "in front of fopnp" in text and "nothing" not in text, text
    text = opening("fopnp [!UNAVAIL= return] files dns")
    assert "hosts line" not in text, text
    assert re.search(r"waiting: \d+ of \d+ processes have the module", text), text
    assert "another /run are not seen" in text, text
    code = "import socket\nsocket.getaddrinfo('quiet', 1)\nprint('', flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        program.stdout.readline()
        text = opening("fopnp [!UNAVAIL= return] files")
        assert "waiting: 1 of" in text, text
        program.communicate(b"\n")
    os.makedirs("/var/run/nscd", exist_ok=True)
    with socket.socket(socket.AF_UNIX) as nscd:
        nscd.bind("/var/run/nscd/socket")
        nscd.listen()
        for enabled, is_told in (("yes", True), ("no", False)):
            with open("/etc/nscd.conf", "w", encoding="ascii") as file:
                file.write(f"enable-cache hosts {enabled}\n")
            text = opening("fopnp [!UNAVAIL= return] files")
            assert ("nscd" in text) == is_told, text
    shutil.rmtree("/var/run/nscd")
    with open("/etc/nsswitch.conf", "w", encoding="ascii") as file:
        file.write(kept)
    no_socket()


def check_hostile():
    """A directory that the module would not trust is not used."""
    shutil.rmtree("/run/fopnp")
    os.mkdir("/run/elsewhere")

    def expect(words):
        text = refused()
        assert words in text, text
        assert os.listdir("/run/elsewhere") == []
        text = refused("--takeover")
        assert words in text, text

    os.symlink("/run/elsewhere", "/run/fopnp")
    expect("is a symbolic link")
    os.unlink("/run/fopnp")
    with open("/run/fopnp", "w", encoding="ascii"):
        pass
    expect("is no directory")
    os.unlink("/run/fopnp")
    os.mkdir("/run/fopnp", 0o755)
    os.chown("/run/fopnp", NOBODY, 0)
    expect("does not belong to root")
    os.chown("/run/fopnp", 0, 0)
    os.chmod("/run/fopnp", 0o777)
    expect("can be written to by others")
    os.chmod("/run/fopnp", 0o755)
    os.mkdir(SOCKET)
    assert "directory" in refused()
    os.rmdir(SOCKET)
    os.umask(0o077)
    shutil.rmtree("/run/fopnp")
    watch = Watch("--json")
    pid = look_up("hostsonly", *as_nobody())
    watch.wait_out("hostsonly")
    assert watch.objects("lookup")[0]["process"]["pid"] == pid
    watch.end()
    no_socket()


# The script before us runs in the background, where SIGINT is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
for check in sys.argv[2:]:
    print(f"{check}: {globals()['check_' + check].__doc__}", flush=True)
    globals()["check_" + check]()
