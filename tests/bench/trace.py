#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `fopnp trace` costs as a whole process, beside what people use for it today.

Usage: trace.py FOPNP [RUNS]

The peer is `strace -e trace=openat,connect getent ahosts NAME`.  Both in turn, RUNS times; the
medians and the 10th to 90th percentile of the ratios are printed.  The name is answered by
/etc/hosts, so that no server's time is in it.
"""

import os
import statistics
import subprocess
import sys
import time

NAME = "localhost"
PEER = ["strace", "-o", "/dev/null", "-e", "trace=openat,connect", "getent", "ahosts", NAME]


def measure(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1e3


def main() -> int:
    fopnp = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 101
    rows = {
        "fopnp trace --passive": ([fopnp, "trace", "--passive", NAME], "<= 0.50x"),
        "fopnp trace --short": ([fopnp, "trace", "--short", NAME], "none set"),
        "fopnp trace": ([fopnp, "trace", NAME], "none set"),
    }
    try:
        measure(PEER)
    except (OSError, subprocess.CalledProcessError) as error:
        print("skipped: the peer, strace and getent, does not run here:", error)
        return 77
    print(f"\nA whole process, medians of {runs} runs in turn; the peer is: {' '.join(PEER)}\n")
    print(f"{'what':<24}{'peer':>12}{'fopnp':>12}{'ratio':>8}{'range':>13}  target")
    for title, (command, target) in rows.items():
        pairs = [(measure(PEER), measure(command)) for _ in range(runs)]
        ratios = sorted(own / peer for peer, own in pairs)
        peer = statistics.median(pair[0] for pair in pairs)
        own = statistics.median(pair[1] for pair in pairs)
        tenth = ratios[len(ratios) // 10]
        ninth = ratios[len(ratios) * 9 // 10]
        print(
            f"{title:<24}{peer:>9.2f} ms{own:>9.2f} ms{statistics.median(ratios):>7.2f}x"
            f"{tenth:>8.2f}-{ninth:.2f}  {target}"
        )
    return 0


sys.exit(main())
