#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What it costs to see lookups: fopnp beside the tools that people use for it today.

Usage: events.py BUILD [RUNS [LOOKUPS]]

One program makes the same lookups of a name in a 10-line hosts file: alone, and under each
observer, in turn, RUNS times.  What a lookup takes is measured by the program itself, from its
second lookup on; "whole" is the observer from its start to its end with one lookup in it.
Then LOOKUPS lookups (ten million) are made in one process with somebody who listens.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

NAME = "last.hosts.example"
OUT = "/run/observed"
CALLS = "connect,openat"  # what people look at
PLAIN = "files dns"
FOPNP = "fopnp [!UNAVAIL= return] files dns"

build = os.path.abspath(sys.argv[1])
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 11
many = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000_000
program = f"{build}/tests/bench/first_lookup"
fopnp = f"{build}/bin/fopnp"


class Observer:
    """ARGUMENTS in front of a program with LOOKUPS, for some tenths of a second."""

    def __init__(self, title, arguments, lookups, line=PLAIN, watcher=None, output=None):
        self.title, self.arguments, self.lookups, self.line = title, arguments, lookups, line
        self.watcher, self.output = watcher, output
        self.each_us, self.whole_ms, self.lines = [], [], 0

    def command(self, lookups: int) -> list[str]:
        command = [program, NAME, str(lookups), "/run/figures"]
        if self.title.startswith("bpftrace"):  # takes the command as one word
            return [*self.arguments, "-c", " ".join(command)]
        return [*self.arguments, *command]


def bpf_program() -> str:
    with open("/proc/self/maps", encoding="utf-8") as maps:
        libc = next(line.split()[-1] for line in maps if line.rstrip().endswith("/libc.so.6"))
    return (
        f"uprobe:{libc}:getaddrinfo {{ @name[tid] = str(arg0); @start[tid] = nsecs; }} "
        f"uretprobe:{libc}:getaddrinfo /@start[tid]/ {{ "
        'printf("%s %d us: %d\\n", @name[tid], (nsecs - @start[tid]) / 1000, retval); '
        "delete(@name[tid]); delete(@start[tid]); }"
    )


def tool(title: str, lookups: int, arguments: list[str] | None = None) -> Observer:
    if arguments is None:
        name, *rest = title.split()
        arguments = [name, "-o", OUT, *rest]
    return Observer(title, arguments, lookups, output=OUT)


def observers() -> list[Observer]:
    return [
        Observer("nobody", [], 20000),
        Observer("fopnp run", [fopnp, "run", "-o", OUT, "--"], 5000, output=OUT),
        Observer("fopnp run --json", [fopnp, "run", "--json", "-o", OUT, "--"], 5000, output=OUT),
        Observer("fopnp watch", [], 20000, FOPNP, [fopnp, "watch"], OUT),
        Observer("fopnp watch --json", [], 20000, FOPNP, [fopnp, "watch", "--json"], OUT),
        tool("strace -f -e trace=network,openat", 500),
        tool("ltrace -e getaddrinfo", 500),
        tool("bpftrace, uprobe and uretprobe", 5000, ["bpftrace", "-o", OUT, "-e", bpf_program()]),
        tool("perf trace -e connect,openat", 5000, ["perf", "trace", "-o", OUT, "-e", CALLS]),
    ]


def write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def make_system() -> None:
    """This process is in a mount namespace of its own by now."""
    for folder in ("/etc", "/run"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder], check=True)
    lines = "".join(f"10.0.0.{i}\thost{i}.hosts.example host{i}\n" for i in range(2, 10))
    write("/etc/hosts", f"127.0.0.1\tlocalhost\n{lines}10.255.0.1\t{NAME} last\n")
    write("/etc/host.conf", "multi on\n")
    write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
    os.mkdir("/run/fopnp")
    os.environ["LD_LIBRARY_PATH"] = f"{build}/lib"


def start_watcher(observer: Observer) -> subprocess.Popen:
    with open(observer.output, "wb") as output:
        watcher = subprocess.Popen(observer.watcher, stdout=output, stderr=subprocess.PIPE)
    for _ in range(100):
        if os.path.exists("/run/fopnp/events.sock"):
            return watcher
        if watcher.poll() is not None:
            raise OSError(watcher.stderr.read().decode(errors="replace").strip())
        time.sleep(0.05)
    watcher.kill()
    raise OSError("the watcher makes no socket")


def measure(observer: Observer, lookups: int) -> tuple[float, float]:
    """Microseconds a lookup behind the first, and milliseconds for all."""
    write("/etc/nsswitch.conf", f"hosts: {observer.line}\n")
    if os.path.exists("/run/figures"):
        os.unlink("/run/figures")
    watcher = start_watcher(observer) if observer.watcher else None
    start = time.perf_counter()
    done = subprocess.run(
        observer.command(lookups), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    whole_ms = (time.perf_counter() - start) * 1e3
    if watcher:
        time.sleep(0.2)
        watcher.terminate()
        watcher.communicate()
    if done.returncode != 0 or not os.path.exists("/run/figures"):
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OSError(f"exit status {done.returncode}: {said[-1] if said else 'it says nothing'}")
    if observer.output:
        with open(observer.output, "rb") as output:
            observer.lines = sum(line.count(b"\n") for line in output)
        os.unlink(observer.output)
    with open("/run/figures", encoding="ascii") as figures:
        took_ns = int(figures.read().split()[3])
    return took_ns / max(lookups - 1, 1) / 1e3, whole_ms


def what_is_here(wanted: list[Observer]) -> list[Observer]:
    """Those that run and have something to tell of lookups; why not is said of the others."""
    here = []
    for observer in wanted:
        try:
            if observer.arguments and not shutil.which(observer.arguments[0]):
                raise OSError("not installed")
            measure(observer, 20)
            if observer.output and observer.lines < 20:
                raise OSError(f"{observer.lines} lines of output for 20 lookups")
            here.append(observer)
        except OSError as error:
            print(f"{observer.title:<36} not here: {error}")
    return here


def compare() -> None:
    print(f"\nSeeing lookups: medians of {runs} runs in turn; each observer writes into a file\n")
    print(f"{'observer':<36}{'a lookup':>13}{'ratio':>9}{'range':>14}{'whole, one lookup':>20}")
    here = what_is_here(observers())
    for _ in range(runs):
        for observer in here:
            observer.each_us.append(measure(observer, observer.lookups)[0])
            observer.whole_ms.append(measure(observer, 1)[1])
    base = here[0].each_us
    for observer in here:
        ratios = sorted(own / plain for own, plain in zip(observer.each_us, base))
        median = statistics.median(observer.each_us)
        print(
            f"{observer.title:<36}{median:>10.2f} us{median / statistics.median(base):>8.2f}x"
            f"{ratios[len(ratios) // 10]:>8.2f}-{ratios[len(ratios) * 9 // 10]:<5.2f}"
            f"{statistics.median(observer.whole_ms):>17.1f} ms"
        )


# ---- ten million lookups ----


def send(sender: subprocess.Popen, lookups: int) -> list[int]:
    """What a process holds after so many more lookups: KiB resident, bytes of heap, descriptors."""
    sender.stdin.write(f"{lookups}\n".encode())
    sender.stdin.flush()
    return [int(word) for word in sender.stdout.readline().split()[3:]]


def make_many() -> None:
    write("/etc/nsswitch.conf", f"hosts: {FOPNP}\n")
    load = f"{build}/tests/integration/event_load"
    with subprocess.Popen(
        [load, "hear", "/run/fopnp/events.sock"], stdout=subprocess.DEVNULL
    ) as reader, subprocess.Popen(
        [load, "send", NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as sender:
        time.sleep(0.5)
        before = send(sender, many // 100)
        start = time.perf_counter()
        after = send(sender, many)
        took_s = time.perf_counter() - start
        sender.stdin.close()
        sender.wait()
        reader.terminate()
    print(
        f"\n{many:,} lookups in one process, somebody listening: {took_s:.0f} s\n"
        f"  resident {before[0]} KiB before, {after[0]} KiB behind; given out by malloc "
        f"{before[1]} and {after[1]} bytes; descriptors {before[2]} and {after[2]}"
    )


def main() -> int:
    if os.environ.get("FOPNP_BENCH_INSIDE") != "1":
        os.environ["FOPNP_BENCH_INSIDE"] = "1"
        with tempfile.TemporaryFile() as said:
            if subprocess.run(["unshare", "-m", "true"], stderr=said, check=False).returncode != 0:
                print("skipped: no mount namespace here")
                return 77
        os.execvp("unshare", ["unshare", "-m", sys.executable, *sys.argv])
    make_system()
    compare()
    make_many()
    return 0


sys.exit(main())
