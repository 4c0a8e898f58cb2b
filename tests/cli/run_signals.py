#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signals under `fopnp run`, alone and on a terminal of its own.

Usage: run_signals.py FOPNP DIRECTORY
"""

import os
import pty
import signal
import subprocess
import sys
import time

FOPNP, WORK = sys.argv[1:]
PATIENCE = 20

# Counts the signals that reach it, says so in a file, and ends with the status in its second argument.
COUNTER = """
import os, signal, sys, time
got = []
def note(number, frame):
    got.append(signal.Signals(number).name)
for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGWINCH"):
    signal.signal(getattr(signal, name), note)
open(sys.argv[1] + ".ready", "w").write(str(os.getpid()))
deadline = time.monotonic() + 20
while "SIGUSR2" not in got and time.monotonic() < deadline:
    time.sleep(0.02)
open(sys.argv[1], "w").write(" ".join(got))
sys.exit(int(sys.argv[2]))
"""


def wait_for(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{what}: not within {PATIENCE} s")
        time.sleep(0.02)


def command(report, status):
    for suffix in ("", ".ready"):
        if os.path.exists(report + suffix):
            os.remove(report + suffix)
    return [FOPNP, "run", "-q", "-o", "/dev/null", sys.executable, "-c", COUNTER, report, str(status)]


def ready_pid(report):
    path = report + ".ready"
    wait_for("the command", lambda: os.path.exists(path) and open(path).read())
    return int(open(path).read())


def state(pid):
    return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0]


def is_stopped(pid):
    return state(pid) in "Tt"


def test_passed_on():
    """What is sent to fopnp alone reaches the command, each once."""
    report = WORK + "/report"
    process = subprocess.Popen(command(report, 5))
    pid = ready_pid(report)
    names = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGALRM", "SIGWINCH"]
    for name in names:
        process.send_signal(getattr(signal, name))
        time.sleep(0.1)
    assert process.poll() is None, "fopnp died of a signal for its command"
    os.kill(pid, signal.SIGUSR2)
    assert process.wait(PATIENCE) == 5
    assert open(report).read().split() == names + ["SIGUSR2"], open(report).read()


def test_ignored():
    """What the caller ignores is ignored by both."""
    report = WORK + "/report"
    process = subprocess.Popen(command(report, 0)[:5] + ["sleep", "0.7"],
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    time.sleep(0.3)
    process.send_signal(signal.SIGHUP)
    assert process.wait(PATIENCE) == 0


def test_own_parent():
    """What the command sends to its parent is not sent back to it."""
    result = subprocess.run([FOPNP, "run", "-q", "-o", "/dev/null", "sh", "-c", "kill -TERM $PPID; sleep 0.3; exit 4"])
    assert result.returncode == 4, result.returncode


def test_killed_while_waiting():
    """--wait ends by a signal once the command has ended, without killing what goes on."""
    process = subprocess.Popen([FOPNP, "run", "--wait", "-o", "/dev/null", "sh", "-c", "sleep 15 >/dev/null & echo $!; exit 6"],
                               stdout=subprocess.PIPE)
    pid = int(process.stdout.readline())
    time.sleep(0.3)
    assert process.poll() is None, "it does not wait"
    process.terminate()
    assert process.wait(PATIENCE) == 6
    assert not is_stopped(pid)
    os.kill(pid, signal.SIGKILL)


def test_go_on_alone():
    """A command that stopped in the background goes on by a SIGCONT to fopnp alone."""
    process = subprocess.Popen([FOPNP, "run", "-q", "-o", "/dev/null", "sh", "-c", "kill -STOP $$; exit 8"],
                               start_new_session=True)
    children = f"/proc/{process.pid}/task/{process.pid}/children"
    wait_for("the stop", lambda: any(is_stopped(int(pid)) for pid in open(children).read().split()))
    time.sleep(0.3)  # fopnp has seen it
    process.send_signal(signal.SIGCONT)
    assert process.wait(PATIENCE) == 8


def test_ended_early():
    """A signal before the command runs leaves nothing behind either."""
    directory = os.environ["TMPDIR"]
    for i in range(30):
        process = subprocess.Popen([FOPNP, "run", "-q", "-o", "/dev/null", "sleep", "20"])
        time.sleep(0.0005 * i)
        process.terminate()
        assert process.wait(PATIENCE) == -signal.SIGTERM
    assert os.listdir(directory) == [], os.listdir(directory)


class Terminal:
    """A process group in the foreground of a terminal of its own, started as a shell does."""

    def __init__(self, argv):
        self.leader, self.master = pty.fork()
        if self.leader == 0:
            self.lead(argv)

    def lead(self, argv):
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        job = os.fork()
        if job == 0:
            os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            os.execv(argv[0], argv)
        try:
            os.setpgid(job, job)
        except OSError:
            pass
        while True:
            _, status = os.waitpid(job, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                # The shell has its prompt; `fg` when the test says so.
                open(WORK + "/stopped", "w").write(str(job))
                while not os.path.exists(WORK + "/fg"):
                    time.sleep(0.02)
                how = open(WORK + "/fg").read()
                os.remove(WORK + "/fg")
                os.tcsetpgrp(0, job)
                (os.kill if how == "alone" else os.killpg)(job, signal.SIGCONT)
                continue
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)

    def type(self, text):
        os.write(self.master, text)

    def stopped_job(self):
        wait_for("a stop", lambda: os.path.exists(WORK + "/stopped") and open(WORK + "/stopped").read())
        job = int(open(WORK + "/stopped").read())
        os.remove(WORK + "/stopped")
        return job

    def go_on(self, how):
        open(WORK + "/fg.new", "w").write(how)
        os.rename(WORK + "/fg.new", WORK + "/fg")

    def status(self):
        wait_for("the end", lambda: os.waitid(os.P_PID, self.leader, os.WEXITED | os.WNOHANG | os.WNOWAIT))
        return os.waitstatus_to_exitcode(os.waitpid(self.leader, 0)[1])


def test_interrupt():
    """^C reaches the command once, and what it makes of it is what counts."""
    report = WORK + "/report"
    terminal = Terminal(command(report, 9))
    pid = ready_pid(report)
    terminal.type(b"\x03")
    time.sleep(0.3)
    terminal.type(b"\x1c")
    time.sleep(0.3)
    os.kill(pid, signal.SIGUSR2)
    assert terminal.status() == 9
    assert open(report).read() == "SIGINT SIGQUIT SIGUSR2", open(report).read()
    terminal = Terminal([FOPNP, "run", "-q", "-o", "/dev/null", "sleep", "20"])
    time.sleep(0.5)
    terminal.type(b"\x03")
    assert terminal.status() == -signal.SIGINT & 0xFF


def test_suspend():
    """^Z stops both, fg goes on with both, and the command has the terminal."""
    terminal = Terminal([FOPNP, "run", "-q", "-o", "/dev/null", "sh", "-c",
                         f"echo $$ >{WORK}/pid; read line; test \"$line\" = hello && exit 3"])
    wait_for("the command", lambda: os.path.exists(WORK + "/pid") and open(WORK + "/pid").read().strip())
    pid = int(open(WORK + "/pid").read())
    for how in ("group", "alone"):
        terminal.type(b"\x1a")
        job = terminal.stopped_job()
        wait_for("both stopped", lambda: is_stopped(job) and is_stopped(pid))
        terminal.go_on(how)
        wait_for("both going on", lambda: not is_stopped(job) and not is_stopped(pid))
    terminal.type(b"hello\n")
    assert terminal.status() == 3
    os.remove(WORK + "/pid")


def test_stops_itself():
    """A command that stops alone takes fopnp with it, so that the shell has its prompt."""
    for how in ("group", "alone"):
        terminal = Terminal([FOPNP, "run", "-q", "-o", "/dev/null", "sh", "-c", "kill -STOP $$; exit 8"])
        terminal.stopped_job()
        terminal.go_on(how)
        assert terminal.status() == 8


def test_tostop():
    """Our rows are printed by a background group as well (stty tostop)."""
    terminal = Terminal([FOPNP, "run", "sh", "-c", "stty tostop; setsid sleep 0; exec " + sys.executable +
                         " -c 'import os, socket, signal; signal.signal(signal.SIGTTOU, signal.SIG_IGN); "
                         "os.setpgid(0, 0); os.tcsetpgrp(0, os.getpid()); socket.getaddrinfo(\"localhost\", 1)'"])
    output = b""
    deadline = time.monotonic() + PATIENCE
    while b"1 call in" not in output and time.monotonic() < deadline:
        try:
            output += os.read(terminal.master, 4096)
        except OSError:
            break
    assert b"localhost:1" in output and b"1 call in" in output, output


for test in (test_passed_on, test_ignored, test_own_parent, test_killed_while_waiting, test_go_on_alone,
             test_ended_early, test_interrupt, test_suspend,
             test_stops_itself, test_tostop):
    test()
    print("ok", test.__doc__)
