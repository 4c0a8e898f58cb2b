# SPDX-License-Identifier: LGPL-2.1-or-later
"""Listen on a datagram socket and append each datagram to a file.

Usage: event_socket.py SOCKET FILE
"""
import os
import socket
import sys

listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
with open(sys.argv[2], "ab", buffering=0) as log:
    while True:
        log.write(listener.recv(65536) + b"\n")
