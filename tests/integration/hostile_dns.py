# SPDX-License-Identifier: LGPL-2.1-or-later
"""A DNS server that attacks its clients.

Usage: hostile_dns.py ADDRESS OTHER-ADDRESS LOG

The first label of a name says what is wrong, the second `bad` (nothing else comes) or `then`
(the right reply with 192.0.2.1 follows).  What is wrong carries 203.0.113.66.  All other names get
the right reply at once.
"""
import socket
import struct
import sys
import threading
import time

GOOD, EVIL = socket.inet_aton("192.0.2.1"), socket.inet_aton("203.0.113.66")
TYPE_A = 1


def question_of(query):
    """The labels, the whole question on the wire, the type."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]])
        at += 1 + query[at]
    return labels, query[12:at + 5], struct.unpack("!H", query[at + 1:at + 3])[0]


def record(data, kind=TYPE_A, owner=b"\xc0\x0c", length=None):
    return owner + struct.pack("!HHIH", kind, 1, 300, len(data) if length is None else length) + data


def message(query, question, answers, counts=None, flags=0x8180, ident=None):
    head = query[:2] if ident is None else ident
    counts = counts or (1, len(answers), 0, 0)
    return head + struct.pack("!5H", flags, *counts) + question + b"".join(answers)


def right(query):
    _, question, kind = question_of(query)
    return message(query, question, [record(GOOD)] if kind == TYPE_A else [])


def wrong(word, query):
    """What comes instead, as a list of packets."""
    _, question, kind = question_of(query)
    evil = [record(EVIL)] if kind == TYPE_A else [record(EVIL * 4, 28)]
    other_id = bytes([query[0] ^ 0x55, query[1]])
    other = b"\5other\7example\0" + question[-4:]
    whole = message(query, question, evil)
    return {
        "wrongid": lambda: [message(query, question, evil, ident=other_id)],
        "everyid": lambda: [message(query, question, evil, ident=struct.pack("!H", ident))
                            for ident in range(0, 65536, 16) if struct.pack("!H", ident) != query[:2]],
        "wrongq": lambda: [message(query, other, evil)],
        "wrongtype": lambda: [message(query, question[:-4] + b"\0\x0f\0\1", evil)],
        "noq": lambda: [message(query, b"", evil, (0, 1, 0, 0))],
        "twoq": lambda: [message(query, question * 2, evil, (2, 1, 0, 0))],
        "qr0": lambda: [message(query, question, evil, flags=0x0100)],
        "empty": lambda: [b""],
        "one": lambda: [b"\0"],
        "short": lambda: [whole[:11]],
        "header": lambda: [whole[:12]],
        "cut": lambda: [whole[:-3]],
        "garbage": lambda: [query[:2] + b"\xff" * 400],
        "loop": lambda: [message(query, question, [record(
            struct.pack("!H", 0xc000 | (12 + len(question) + 12)), 5)] + evil)],
        "forward": lambda: [message(query, question, [record(b"\xff\xff", 5)] + evil)],
        "qloop": lambda: [message(query, b"\xc0\x0c" + question[-4:], evil)],
        "counts": lambda: [message(query, question, evil, (1, 65535, 65535, 65535))],
        "manyq": lambda: [message(query, question, evil, (65535, 1, 0, 0))],
        "rdlength": lambda: [message(query, question, [record(EVIL, length=65535)])],
        "rdshort": lambda: [message(query, question, [record(EVIL[:3])])],
        "large": lambda: [message(query, question, evil) + b"\0" * 60000],
        "chain": lambda: [message(query, question, [record(b"\xc0\x0c", 5)] * 3000)],
        "long": lambda: [message(query, question, [record((b"\x3f" + b"x" * 63) * 5 + b"\0", 5)] + evil)],
        "aliases": lambda: [message(query, question, [record(b"\4more" + b"\xc0\x0c", 5)] * 2000)],
    }.get(word)


def tcp_wrong(word, query):
    """Bytes for the stream and how it goes on."""
    whole = right(query)
    framed = struct.pack("!H", len(whole)) + whole
    return {
        "tcplen0": (b"\0\0", "close"),
        "tcplen1": (b"\0\1x", "close"),
        "tcpmore": (struct.pack("!H", 65535) + whole, "stay"),
        "tcphalf": (framed[:7], "close"),
        "tcphalfstay": (framed[:7], "stay"),
        "tcpone": (framed[:1], "stay"),
        "tcpreset": (b"", "reset"),
        "tcpclose": (b"", "close"),
        "tcpstall": (b"", "stay"),
        "tcpdrip": (framed, "drip"),
        "tcpgarbage": (b"\x20\0" + b"\xff" * 8192, "close"),
        "tcpid": (framed[:2] + bytes([framed[2] ^ 1]) + framed[3:], "stay"),
        "tcptc": (framed[:4] + bytes([framed[4] | 2]) + framed[5:], "stay"),
    }.get(word)


class Server:
    def __init__(self, address, other_address, log):
        self.log = open(log, "w", buffering=1, encoding="ascii")
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((address, 53))
        self.elsewhere = {"wrongport": (address, 0), "wrongaddr": (other_address, 53)}
        for word, name in self.elsewhere.items():
            self.elsewhere[word] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.elsewhere[word].bind(name)
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.tcp.bind((address, 53))
        self.tcp.listen(64)
        self.log.write("ready\n")

    def answer(self, query, client):
        labels, question, _ = question_of(query)
        word = labels[0].decode("latin-1") if len(labels) > 1 else ""
        what = labels[1] if len(labels) > 1 else b""
        if what not in (b"bad", b"then"):
            self.udp.sendto(right(query), client)
            return
        if word.startswith("tcp"):
            self.udp.sendto(message(query, question, [], flags=0x8380), client)
            return
        if word in self.elsewhere:
            self.elsewhere[word].sendto(wrong("qr0", query)()[0].replace(b"\1\0", b"\x81\x80", 1), client)
        else:
            for number, packet in enumerate(wrong(word, query)()):
                if number % 64 == 63:
                    time.sleep(0.001)  # no more than the receiver's buffer holds
                self.udp.sendto(packet, client)
        if what == b"then":
            self.udp.sendto(right(query), client)

    def serve_udp(self):
        while True:
            query, client = self.udp.recvfrom(65535)
            try:
                self.answer(query, client)
            except OSError:
                pass  # the client has gone, as it may

    def serve_connection(self, connection):
        with connection:
            try:
                head = connection.recv(2, socket.MSG_WAITALL)
                query = connection.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
                labels, _, _ = question_of(query)
                found = tcp_wrong(labels[0].decode("latin-1"), query)
                whole = right(query)
                data, then = found or (struct.pack("!H", len(whole)) + whole, "stay")
                if then == "drip":
                    for byte in data:
                        connection.sendall(bytes([byte]))
                        time.sleep(0.2)
                connection.sendall(data)
                if then == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                          struct.pack("ii", 1, 0))
                if then == "stay":
                    connection.settimeout(30)
                    connection.recv(1)
            except (OSError, struct.error, IndexError):
                pass  # the client has gone, as it may

    def serve_tcp(self):
        while True:
            connection, _ = self.tcp.accept()
            threading.Thread(target=self.serve_connection, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    SERVER = Server(*sys.argv[1:4])
    threading.Thread(target=SERVER.serve_tcp, daemon=True).start()
    SERVER.serve_udp()
