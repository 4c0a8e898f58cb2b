# SPDX-License-Identifier: LGPL-2.1-or-later
"""An nscd that knows every name, as 127.0.0.1: nscd.py FILE, made once it listens."""
import os
import socket
import struct
import sys

GETAI = 14  # of nscd/nscd-client.h in glibc
ANSWER = struct.pack("=iiiiii", 2, 1, 1, 4, 10, 0) + bytes([127, 0, 0, 1, socket.AF_INET]) + b"localhost\0"

os.makedirs("/run/nscd")
listener = socket.socket(socket.AF_UNIX)
listener.bind("/run/nscd/socket")
os.chmod("/run/nscd/socket", 0o666)
listener.listen(64)
open(sys.argv[1], "w").close()
while True:
    client = listener.accept()[0]
    header = client.recv(12, socket.MSG_WAITALL)
    if len(header) == 12:
        _, call, size = struct.unpack("=iii", header)
        client.recv(size, socket.MSG_WAITALL)
        if call == GETAI:
            try:
                client.sendall(ANSWER)
            except OSError:
                pass
    client.close()
