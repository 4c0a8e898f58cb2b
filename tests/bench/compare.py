#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `fopnp compare` costs: 10,000 names against a name server, a million lines classed.

Usage: compare.py FOPNP SERVED [RUNS]

The server answers from memory on the loopback interface (SERVED, tests/bench/served.c).  Beside it
getent asks for the same names, by one process and by 16; it compares nothing.  Each is measured as
a whole process, RUNS times in turn; the medians are printed.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

NAMES = 10_000
LINES = 1_000_000


def measure(command: list[str], statuses: tuple[int, ...]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    took = time.perf_counter() - start
    if done.returncode not in statuses:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}")
    return took


def check_counts(command: list[str], wanted: str) -> None:
    """A quick answer that is wrong is worth nothing."""
    said = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout.decode()
    if said.splitlines()[-1] != wanted:
        sys.exit(f"{' '.join(command)}: it says {said.splitlines()[-1]!r}, not {wanted!r}")


def row(title: str, times: list[float], target: str) -> None:
    print(
        f"{title:<46}{statistics.median(times):>7.2f} s{min(times):>7.2f}-{max(times):<7.2f}{target}"
    )


def main() -> int:
    fopnp, served = map(os.path.abspath, sys.argv[1:3])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        names, hosts, large = (os.path.join(directory, n) for n in ("names", "hosts", "large"))
        with open(names, "w", encoding="ascii") as file:
            file.writelines(f"host-{i}.example\n" for i in range(NAMES))
        with open(hosts, "w", encoding="ascii") as file:
            for i in range(NAMES):
                # One in ten is wrong.
                last = 3 if i % 10 == 0 else 2
                file.write(f"192.0.2.{last} host-{i}.example\n2001:db8::2 host-{i}.example\n")
        with open(large, "w", encoding="ascii") as file:
            file.writelines(f"0.0.0.0 ads-{i}.example.com\n" for i in range(LINES))
        if subprocess.run([served, "true"], check=False).returncode != 0:
            print("skipped: namespaces cannot be made here")
            return 77
        own = [served, fopnp, "compare", "--all", "--no-reverse", "--file", hosts]
        loop = f"xargs getent ahosts <{names}"
        many = f"xargs -P 16 -n 100 getent ahosts <{names}"
        class_only = [served, fopnp, "compare", "--file", large]
        check_counts(own, f"{NAMES * 9 // 10} same, {NAMES // 10} differs")
        times = [
            (
                measure(own, (1,)),
                measure([served, "sh", "-c", loop], (0,)),
                measure([served, "sh", "-c", many], (0,)),
                measure(class_only, (0, 1)),
            )
            for _ in range(runs)
        ]
        print(f"\n`fopnp compare`, whole processes, medians of {runs} runs in turn\n")
        print(f"{'what':<46}{'median':>9}{'range':>12}    target")
        columns = [list(column) for column in zip(*times)]
        row(f"compare --all --no-reverse, {NAMES:,} names", columns[0], "<= 5 s")
        row(f"  {loop.split(' <')[0]}", columns[1], "a peer")
        row(f"  {many.split(' <')[0]}", columns[2], "a peer")
        row(f"compare, {LINES:,} lines that block", columns[3], "<= 5 s")
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        size = os.path.getsize(large) / 2**20
        print(f"the most memory of one process: {most:.0f} MiB, of a file of {size:.0f} MiB")
    return 0


sys.exit(main())
