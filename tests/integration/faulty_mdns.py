# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hear the queries of multicast DNS on a link, and answer some of them wrongly.

Usage: faulty_mdns.py INTERFACE LOG RULE...

Everything goes by raw frames: INTERFACE needs no address, and any source can be forged.

RULE is one argument, `NAME WORD...`.  All rules with the name that was asked for answer, in their
order.  A byte of a name can be \\DDD, as in master files.
WORD, what the answer holds
        192.0.2.1, fe80::1   an address, for a question of its type
        ptr=name    a name for an address
        owner=name  the records' owner, instead of the name that was asked for
        records=N   N empty TXT records before the rest
        flush       the cache-flush bit
        class=N rcode=N ttl=N qr=0 tc
        nsec        and an NSEC record: there are only the types of this rule's addresses
        loop        its name is a compression loop
        forward     a name that points behind itself
        size=N      N zero bytes behind the id instead of a message; cut=N  only its first N bytes
WORD, how it comes
        id=N port=N hops=N src=ADDRESS (of the query's family)   instead of the right ones
        group       to the group, port 5353, instead of to who asked
        delay=MS    so much later
        flood=MS    for so long, as fast as it can up to 20,000 a second
        only4 only6 to queries over IPv4, over IPv6 alone

LOG gets `ready`, then one line a question:  4|6 SOURCE PORT HOPS NAME TYPE QM|QU
"""
import ipaddress
import re
import socket
import struct
import sys
import threading
import time

MDNS_PORT = 5353
TYPES = {1: "A", 12: "PTR", 28: "AAAA", 255: "ANY"}
GROUPS = {4: ("224.0.0.251", bytes.fromhex("01005e0000fb")),
          6: ("ff02::fb", bytes.fromhex("3333000000fb"))}
SOURCES = {4: "192.0.2.66", 6: "fe80::66"}
PLAIN_WORDS = {"flush", "tc", "nsec", "loop", "forward", "group", "only4", "only6"}


def encode_name(name):
    wire = b""
    for label in filter(None, name.split(".")):
        raw = re.sub(rb"\\(\d{3})", lambda match: bytes([int(match[1])]), label.encode("utf-8"))
        wire += bytes([len(raw)]) + raw
    return wire + b"\0"


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Query:
    """One question as it came."""

    def __init__(self, frame):
        kind = frame[12:14]
        if kind == b"\x08\x00":
            self.version, at = 4, 14 + (frame[14] & 15) * 4
            protocol, self.hops = frame[23], frame[22]
            source = frame[26:30]
        elif kind == b"\x86\xdd":
            self.version, at = 6, 54
            protocol, self.hops = frame[20], frame[21]
            source = frame[22:38]
        else:
            raise ValueError("no IP")
        if protocol != socket.IPPROTO_UDP:
            raise ValueError("no UDP")
        self.source = ipaddress.ip_address(source)
        self.mac = frame[6:12]
        self.port, target = struct.unpack("!HH", frame[at:at + 4])
        message = frame[at + 8:]
        self.id, flags, self.count = struct.unpack("!3H", message[:6])
        if target != MDNS_PORT or flags & 0x8000:
            raise ValueError("no query")
        self.message = message

    def questions(self):
        """(name, type, class, bytes) of each; avahi's may point back into the message."""
        at = 12
        for _ in range(self.count):
            start = at
            name, at = self.read_name(at)
            kind, klass = struct.unpack("!HH", self.message[at:at + 4])
            at += 4
            yield name, kind, klass, self.message[start:at]

    def read_name(self, at):
        labels, end = [], None
        while self.message[at]:
            size = self.message[at]
            if size >= 192:
                end = end or at + 2
                at = struct.unpack("!H", self.message[at:at + 2])[0] & 0x3fff
                continue
            raw = self.message[at + 1:at + 1 + size]
            labels.append("".join(chr(c) if 33 <= c < 127 and c not in b".\\" else f"\\{c:03}"
                                  for c in raw))
            at += 1 + size
        return ".".join(labels), end or at + 1


class Rule:
    """One line of the script."""

    def __init__(self, text):
        self.name, *words = text.split()
        self.name = self.name.lower()
        self.addresses, self.words, self.values = [], set(), {}
        for word in words:
            key, is_value, value = word.partition("=")
            if is_value:
                self.values[key] = value
            elif word in PLAIN_WORDS:
                self.words.add(word)
            else:
                self.addresses.append(ipaddress.ip_address(word))

    def number(self, key, otherwise):
        return int(self.values.get(key, otherwise))

    def record(self, kind, data):
        if "owner" in self.values:
            owner = encode_name(self.values["owner"])
        elif "loop" in self.words:
            owner = b"\xc0\xff"  # replaced once its place is known
        elif "forward" in self.words:
            owner = b"\xff\xff"
        else:
            owner = b"\xc0\x0c"
        klass = self.number("class", 1) | (0x8000 if "flush" in self.words else 0)
        return owner + struct.pack("!HHIH", kind, klass, self.number("ttl", 10), len(data)) + data

    def answers(self, kind):
        records = [self.record(16, b"") for _ in range(self.number("records", 0))]
        for address in self.addresses:
            if kind == {4: 1, 6: 28}[address.version]:
                records.append(self.record(kind, address.packed))
        if kind == 12 and "ptr" in self.values:
            records.append(self.record(12, encode_name(self.values["ptr"])))
        if "nsec" in self.words:
            bits = bytearray(4)
            for address in self.addresses:
                bits[{4: 0, 6: 3}[address.version]] |= {4: 0x40, 6: 0x08}[address.version]
            records.append(self.record(47, b"\xc0\x0c\0\x04" + bytes(bits)))
        return records

    def reply(self, query, question, kind):
        """The message, or None if the rule has nothing to say to this type."""
        ident = struct.pack("!H", self.number("id", query.id))
        if "size" in self.values:
            size = self.number("size", 0)
            return (ident + bytes(size))[:size]
        records = self.answers(kind)
        if not records:
            return None
        flags = (0x8400 if self.number("qr", 1) else 0) | (0x0200 if "tc" in self.words else 0)
        head = ident + struct.pack("!5H", flags | self.number("rcode", 0), 1, len(records), 0, 0)
        message = head + question
        for record in records:
            if "loop" in self.words:
                record = struct.pack("!H", 0xc000 | len(message)) + record[2:]
            message += record
        return message[:self.number("cut", len(message))]


class Link:
    """The interface, and frames onto it."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.bind((interface, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.mac = self.socket.getsockname()[4]

    def frame(self, rule, query, message):
        version = query.version
        source = ipaddress.ip_address(rule.values.get("src", SOURCES[version]))
        target, mac, port = query.source, query.mac, query.port
        if "group" in rule.words:
            target, mac = ipaddress.ip_address(GROUPS[version][0]), GROUPS[version][1]
            port = MDNS_PORT
        hops = rule.number("hops", 255)
        length = 8 + len(message)
        udp = struct.pack("!4H", rule.number("port", MDNS_PORT), port, length, 0) + message
        pseudo = source.packed + target.packed + struct.pack("!II", length, socket.IPPROTO_UDP)
        udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp) or 0xffff) + udp[8:]
        if version == 4:
            head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, hops, 17, 0)
            head += source.packed + target.packed
            head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        else:
            head = struct.pack("!IHBB", 6 << 28, length, 17, hops) + source.packed + target.packed
        return mac + self.mac + (b"\x08\0" if version == 4 else b"\x86\xdd") + head + udp

    def send(self, rule, frame):
        time.sleep(rule.number("delay", 0) / 1000)
        start = now = time.monotonic()
        end = start + rule.number("flood", 0) / 1000
        sent = 0
        while sent == 0 or now < end:
            if sent <= (now - start) * 20000:
                self.socket.send(frame)
                sent += 1
            else:
                time.sleep(0.001)
            now = time.monotonic()


def main():
    link = Link(sys.argv[1])
    rules = [Rule(text) for text in sys.argv[3:]]
    with open(sys.argv[2], "a", buffering=1, encoding="ascii") as log:
        log.write("ready\n")
        while True:
            frame, (_, _, direction, _, _) = link.socket.recvfrom(65535)
            if direction == socket.PACKET_OUTGOING:
                continue
            try:
                query = Query(frame)
                questions = list(query.questions())
            except (ValueError, IndexError, struct.error):
                continue
            for name, kind, klass, question in questions:
                log.write(f"{query.version} {query.source} {query.port} {query.hops} {name or '.'} "
                          f"{TYPES.get(kind, kind)} {'QU' if klass & 0x8000 else 'QM'}\n")
                for rule in rules:
                    answer(link, rule, query, (name, kind, question))


def answer(link, rule, query, asked):
    name, kind, question = asked
    other_family = {"only4": 6, "only6": 4}
    if rule.name != name.lower() or any(other_family.get(word) == query.version
                                        for word in rule.words):
        return
    message = rule.reply(query, question, kind)
    if message is not None:
        threading.Thread(target=link.send, args=(rule, link.frame(rule, query, message)),
                         daemon=True).start()


main()
