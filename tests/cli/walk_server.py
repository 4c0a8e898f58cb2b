#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A root that is every other zone's server as well, and hostile; UDP and TCP.

Usage: walk_server.py READY-FILE ADDRESS ADDRESS

The last label of a name says what comes: see REPLIES.
"""

import collections
import ipaddress
import socket
import struct
import sys
import threading

A, NS, CNAME, AAAA, OPT = 1, 2, 5, 28, 41
AA, TC = 0x0400, 0x0200

asked = collections.Counter()


def name(text: str) -> bytes:
    labels = [label.encode("latin-1") for label in text.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def record(owner: str, kind: int, data: bytes) -> bytes:
    return name(owner) + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def address(owner: str, text: str) -> bytes:
    found = ipaddress.ip_address(text)
    return record(owner, A if found.version == 4 else AAAA, found.packed)


def referral(zone: str, servers: list, glue: tuple = ()) -> tuple:
    """Glue is (server, address)..."""
    return 0, [], [record(zone, NS, name(server)) for server in servers], \
        [address(*pair) for pair in glue]


def answer(qname: str, text: str = "192.0.2.80") -> tuple:
    return AA, [address(qname, text)], [], []


def deep(labels: list, times: int) -> tuple:
    """One label further down each time."""
    zone = ".".join(labels[-times - 1:])
    if times >= len(labels):
        return answer(".".join(labels))
    return referral(zone, ["s." + zone], (("s." + zone, OWN),))


def mutual(other: str) -> tuple:
    def reply(labels: list, _times: int) -> tuple:
        return referral(labels[-1], [f"s{i}.{other}" for i in range(60)])
    return reply


def many(labels: list, times: int) -> tuple:
    if times > 2:  # cut over UDP, then by TCP
        return answer(".".join(labels))
    return referral("many", [f"n{i}.many" for i in range(2000)], (("n0.many", OWN),) +
                    tuple((f"n{i}.many", OWN) for i in range(1, 300)))


def itself(labels: list, _times: int) -> tuple:
    servers = ["127.0.0.1", "0.0.0.0", "224.0.0.251", "255.255.255.255", "::1", "ff02::fb",
               "::ffff:127.0.0.1"]
    names = [f"s{i}.self" for i in range(len(servers))]
    return referral(labels[-1], names, tuple(zip(names, servers)))


def better(labels: list, times: int) -> tuple:
    """Two servers; the second one says it with authority."""
    if times == 1:
        return referral("better", ["a.better", "b.better"],
                        (("a.better", OWN), ("b.better", OTHER)))
    qname = ".".join(labels)
    return (0, *answer(qname)[1:]) if times == 2 else answer(qname, "192.0.2.81")


def escapes(labels: list, times: int) -> tuple:
    server = "\x1b[31m\x07\n\xff.escapes"
    return referral("escapes", [server], ((server, OWN),)) if times == 1 else \
        answer(".".join(labels))


def nest(labels: list, _times: int) -> tuple:
    """Each zone's server is in the next zone, which needs the next one."""
    number = int(labels[-2][1:])
    return referral(f"n{number}.nest", [f"s.n{number + 1}.nest"])


def chain(labels: list, _times: int) -> tuple:
    number = int(labels[0][1:])
    return AA, [record(".".join(labels), CNAME, name(f"c{number + 1}.chain"))], [], []


def long_chain(labels: list, _times: int) -> tuple:
    """1,500 aliases in one reply."""
    names = [".".join(labels)] + [f"x{i}.long" for i in range(1500)]
    return AA, [record(a, CNAME, name(b)) for a, b in zip(names, names[1:])], [], []


def circle(labels: list, _times: int) -> tuple:
    other = "a.circle" if labels[0] == "b" else "b.circle"
    return AA, [record(".".join(labels), CNAME, name(other)),
                record(other, CNAME, name(".".join(labels)))], [], []


REPLIES = {
    "ok": lambda labels, times: answer(".".join(labels)),
    "unauthorized": lambda labels, times: (0, *answer(".".join(labels))[1:]),
    "deep": deep,
    "ma": mutual("mb"),
    "mb": mutual("ma"),
    "many": many,
    "self": itself,
    "better": better,
    "escapes": escapes,
    "nest": nest,
    "chain": chain,
    "long": long_chain,
    "circle": circle,
}


def reply(packet: bytes, is_tcp: bool) -> bytes:
    at, labels = 12, []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    question = packet[12:at + 5]
    key = ".".join(labels).lower()
    if not labels or labels[-1].lower() not in REPLIES:
        return b""
    asked[key] += 1
    flags, *sections = REPLIES[labels[-1].lower()](labels, asked[key])
    whole = [packet[:2], b"", question] + [b"".join(section) for section in sections]
    counts = [len(section) for section in sections]
    if not is_tcp and sum(map(len, whole)) > 1200:
        # Without any record at all, as of a server without EDNS.
        whole, counts, flags = whole[:3], [0, 0, 0], flags | TC
    else:
        whole.append(b"\0" + struct.pack("!HHIH", OPT, 1232, 0, 0))
        counts[2] += 1
    whole[1] = struct.pack("!5H", 0x8000 | flags, 1, *counts)
    return b"".join(whole)


def serve_tcp(server: socket.socket) -> None:
    while True:
        client, _ = server.accept()
        with client:
            head = client.recv(2)
            if len(head) < 2:
                continue
            data = reply(client.recv(struct.unpack("!H", head)[0]), True)
            client.sendall(struct.pack("!H", len(data)) + data)


def serve_udp(server: socket.socket) -> None:
    while True:
        packet, client = server.recvfrom(4096)
        data = reply(packet, False)
        if data:
            server.sendto(data, client)


def main() -> None:
    for own in (OWN, OTHER):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind((own, 53))
        tcp = socket.create_server((own, 53))
        threading.Thread(target=serve_udp, args=(udp,), daemon=True).start()
        threading.Thread(target=serve_tcp, args=(tcp,), daemon=True).start()
    with open(sys.argv[1], "w", encoding="ascii"):
        pass
    threading.Event().wait()


OWN, OTHER = sys.argv[2:]
main()
