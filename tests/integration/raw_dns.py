# SPDX-License-Identifier: LGPL-2.1-or-later
"""A DNS server that writes down each query byte by byte, but for its id.

Usage: raw_dns.py ADDRESS FILE [no-tcp]

Over UDP and TCP it answers A with 192.0.2.1 and all else with no data.  A name that begins with
"flood" is answered twelve hundred times with other ids first, one that begins with "foreign" with
the address of another name.  With no-tcp nothing listens there, and UDP replies are truncated.
ADDRESS may be a link-local one with its interface.
"""
import socket
import struct
import sys
import threading
import time

has_tcp = sys.argv[3:] != ["no-tcp"]
log = open(sys.argv[2], "a", buffering=1, encoding="ascii")
lock = threading.Lock()


def question_end(query):
    at = 12
    while query[at]:
        at += 1 + query[at]
    return at + 5


def answer(query, transport):
    with lock:
        log.write(f"{transport} {query[2:].hex()}\n")
    end = question_end(query)
    is_a = query[end - 4:end - 2] == b"\0\1"
    owner = b"\x05other\0" if query[13:20] == b"foreign" else b"\xc0\x0c"
    record = owner + struct.pack(">HHIH4s", 1, 1, 300, 4, socket.inet_aton("192.0.2.1"))
    if not has_tcp:
        return query[:2] + struct.pack(">5H", 0x8380, 1, 0, 0, 0) + query[12:end]
    header = query[:2] + struct.pack(">5H", 0x8180, 1, is_a, 0, 0)
    return header + query[12:end] + (record if is_a else b"")


def serve_tcp(listener):
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as queries:
            while length := queries.read(2):
                reply = answer(queries.read(int.from_bytes(length, "big")), "tcp")
                connection.sendall(len(reply).to_bytes(2, "big") + reply)


family, _, _, _, address = socket.getaddrinfo(sys.argv[1], 53, flags=socket.AI_NUMERICHOST)[0]
udp = socket.socket(family, socket.SOCK_DGRAM)
udp.bind(address)
if has_tcp:
    tcp = socket.socket(family, socket.SOCK_STREAM)
    tcp.bind(address)
    tcp.listen()
    threading.Thread(target=serve_tcp, args=(tcp,), daemon=True).start()
log.write("ready\n")
while True:
    packet, client = udp.recvfrom(4096)
    answered = answer(packet, "udp")
    if packet[13:18] == b"flood":
        other_id = bytes([packet[0] ^ 255, packet[1]])
        for sent in range(1200):
            if sent % 100 == 0:
                time.sleep(0.02)  # no more than the receiver's buffer holds
            udp.sendto(other_id + answered[2:], client)
    udp.sendto(answered, client)
