# SPDX-License-Identifier: LGPL-2.1-or-later
"""A DNS server that never answers: appends one line a query to a file.

Usage: silent_dns.py ADDRESS FILE
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
with open(sys.argv[2], "a", buffering=1, encoding="ascii") as log:
    log.write("ready\n")
    while True:
        query = server.recv(4096)
        labels, at = [], 12
        while at < len(query) and query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
            at += 1 + query[at]
        log.write(f"{'.'.join(labels)} {int.from_bytes(query[at + 1:at + 3], 'big')}\n")
