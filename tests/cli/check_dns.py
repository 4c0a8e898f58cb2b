#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Name servers of known habits, for the test of `fopnp check`.

Usage: check_dns.py LOG ADDRESS=HABIT...

HABIT is silent, slow (1.2 s, once), servfail, refused, fine, wildcard (any name below
wild.example has an address) or local (there is a zone local.).  Each query goes to
LOG as "ADDRESS NAME TYPE".  Says "ready" when all listen.
"""

import select
import socket
import struct
import sys
import time

NS, SOA, A = 2, 6, 1


def read_name(packet: bytes) -> tuple[str, int]:
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode())
        at += 1 + packet[at]
    return ".".join(labels) + ".", at + 1


def record(kind: int, data: bytes) -> bytes:
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def reply(packet: bytes, habit: str) -> bytes:
    name, end = read_name(packet)
    kind = struct.unpack("!H", packet[end : end + 2])[0]
    rcode, answers = 3, []
    if habit in ("servfail", "refused"):
        rcode = 2 if habit == "servfail" else 5
    elif kind == NS and name == ".":
        rcode, answers = 0, [record(NS, b"\x01a\x00")]
    elif kind == SOA and name == "local." and habit == "local":
        rcode, answers = 0, [record(SOA, b"\x00\x00" + bytes(20))]
    elif kind == A and name.endswith(".wild.example.") and habit == "wildcard":
        rcode, answers = 0, [record(A, bytes([192, 0, 2, 66]))]
    head = packet[:2] + struct.pack("!HHHHH", 0x8180 | rcode, 1, len(answers), 0, 0)
    return head + packet[12 : end + 4] + b"".join(answers)


def main() -> None:
    log = open(sys.argv[1], "a", encoding="utf-8", buffering=1)
    habits = {}
    for word in sys.argv[2:]:
        address, habit = word.split("=")
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((address, 53))
        habits[server] = (address, habit)
    print("ready", flush=True)
    while True:
        for server in select.select(list(habits), [], [])[0]:
            packet, peer = server.recvfrom(4096)
            address, habit = habits[server]
            name, end = read_name(packet)
            log.write(f"{address} {name} {struct.unpack('!H', packet[end:end + 2])[0]}\n")
            if habit == "slow":
                time.sleep(1.2)
                habits[server] = (address, "fine")
            if habit != "silent":
                server.sendto(reply(packet, habit), peer)


main()
