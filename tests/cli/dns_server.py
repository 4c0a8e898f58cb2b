#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An authority for "example" on 127.0.0.1 port 53, UDP and TCP, that misbehaves by name.

    dns_server.py READY        make the file READY when it answers

servfail, silent, oldserver (FORMERR to EDNS), header (the same, without a question), badvers, large
(truncated by UDP), hostile (control bytes), rotating (two of three addresses), loop, dangling, alias, other (an
address of another name), broken (an owner that points to itself), away (an alias out of the zone, of a server that
does not look further): names below example.  The TXT record of
ports.example says from how many ports questions by UDP have come.
"""
import select
import socket
import struct
import sys

A, CNAME, SOA, PTR, TXT, OPT = 1, 5, 6, 12, 16, 41


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def record(owner, kind, data, ttl=60):
    return name(owner) + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def soa():
    return record("example", SOA, name("ns.example") + name("root.example") + struct.pack("!5I", 1, 2, 3, 4, 30), 99)


ADDRESSES = {"a.example": 1, "b.example": 2, "xn--fa-hia.example": 3, "oldserver.example": 4,
             "header.example": 5, "badvers.example": 6, "a.one.example": None}
ALIASES = {"alias.example": "a.example", "dangling.example": "no.example", "loop.example": "loop.example",
           "alias.xn--fa-hia.example": "xn--fa-hia.example"}
PORTS, TURNS = set(), []
POINTERS = {"1.2.0.192.in-addr.arpa": "a.example",
            "1." + "0." * 31 + "ip6.arpa": "loopback.example"}


def answers(qname, kind):
    """rcode, answer records, whether there is a SOA."""
    if qname in ALIASES:
        target = ALIASES[qname]
        records = [record(qname, CNAME, name(target))]
        if kind == CNAME or target == qname:
            return 0, records, False
        rcode, more, has_soa = answers(target, kind)
        return rcode, records + more, has_soa
    if qname in POINTERS:
        return 0, [record(qname, PTR, name(POINTERS[qname]))] if kind == PTR else [], kind != PTR
    if qname == "large.example" and kind == TXT:
        return 0, [record(qname, TXT, b"\xc8" + b"x" * 200) for _ in range(20)], False
    if qname == "hostile.example" and kind == TXT:
        text = bytes(range(32)) + b"\x7f\x9b31m\xe2\x80\xae\"\\"
        return 0, [record(qname, TXT, bytes([len(text)]) + text)], False
    if qname == "a.example" and kind == 65280:
        return 0, [record(qname, kind, b"\1\2\3\4")], False
    if ADDRESSES.get(qname):
        if kind == A:
            return 0, [record(qname, A, bytes([192, 0, 2, ADDRESSES[qname]]))], False
        return 0, [], True
    if qname == "rotating.example" and kind == A:
        TURNS.append(0)
        return 0, [record(qname, A, bytes([192, 0, 2, 10 + (len(TURNS) + i) % 3])) for i in range(2)], False
    if qname == "ports.example" and kind == TXT:
        text = str(len(PORTS)).encode()
        return 0, [record(qname, TXT, bytes([len(text)]) + text)], False
    if qname == "other.example":
        return 0, [record("evil.example", A, bytes([192, 0, 2, 66]))], False
    if qname == "broken.example":
        at = 12 + len(name(qname)) + 4
        return 0, [struct.pack("!HHHIH", 0xc000 | at, A, 1, 60, 4) + bytes([192, 0, 2, 66])], False
    if qname == "away.example":
        return 0, [record(qname, CNAME, name("www.elsewhere.test"))], False
    if qname == "servfail.example":
        return 2, [], False
    return 3, [], not qname.endswith("nosoa.example")


def reply(query, is_tcp):
    ident, flags, _, _, _, additional = struct.unpack("!6H", query[:12])
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    kind = struct.unpack("!H", query[at + 1:at + 3])[0]
    question, qname = query[12:at + 5], ".".join(labels)
    if qname == "silent.example":
        return None
    if additional and qname == "header.example":
        return struct.pack("!6H", ident, 0x8081 | flags & 0x100, 0, 0, 0, 0)
    if additional and qname == "oldserver.example":
        return struct.pack("!6H", ident, 0x8081 | flags & 0x100, 1, 0, 0, 0) + question
    if additional and qname == "badvers.example":
        return struct.pack("!6H", ident, 0x8080, 1, 0, 0, 1) + question + b"\0" + struct.pack(
            "!HHBBHH", OPT, 1232, 1, 0, 0, 0)
    rcode, records, has_soa = answers(qname, kind)
    option = b""
    if rcode == 2:
        text = b"all of \x1b[31m them"
        option = struct.pack("!HHH", 15, 2 + len(text), 22) + text
    opt = b"\0" + struct.pack("!HHIH", OPT, 1232, 0, len(option)) + option if additional else b""
    if not is_tcp and sum(map(len, records)) > 1000:
        return struct.pack("!6H", ident, 0x8680 | flags & 0x100, 1, 0, 0, 0) + question
    flags = flags & 0x100 | (0x8400 if qname == "away.example" else 0x8480)
    head = struct.pack("!6H", ident, flags | rcode, 1, len(records), has_soa, bool(opt))
    return head + question + b"".join(records) + (soa() if has_soa else b"") + opt


def main():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 53))
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind(("127.0.0.1", 53))
    tcp.listen(16)
    open(sys.argv[1], "w", encoding="ascii").close()
    streams = {}
    while True:
        for ready in select.select([udp, tcp, *streams], [], [])[0]:
            if ready is udp:
                query, sender = udp.recvfrom(4096)
                PORTS.add(sender[1])
                answer = reply(query, False)
                if answer:
                    udp.sendto(answer, sender)
            elif ready is tcp:
                streams[tcp.accept()[0]] = b""
            else:
                more = ready.recv(65536)
                if not more:
                    ready.close()
                    del streams[ready]
                    continue
                streams[ready] += more
                while len(streams[ready]) >= 2:
                    size = struct.unpack("!H", streams[ready][:2])[0]
                    if len(streams[ready]) < 2 + size:
                        break
                    query, streams[ready] = streams[ready][2:2 + size], streams[ready][2 + size:]
                    answer = reply(query, True)
                    if answer:
                        ready.sendall(struct.pack("!H", len(answer)) + answer)


main()
