#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Greet whoever connects to port 25.

Usage: smtp_greeter.py LOG ADDRESS=MANNER...

MANNER: ready (220), lines (220 in several lines), refuse (554), busy (421), mute (nothing ever),
close (at once), drip (byte by byte), raw (escape sequences, no SMTP), flood (without end),
teaser (the first line of several, then nothing), endless (such lines without end), nul (a zero byte).
"Ready" is written to LOG when all addresses listen, then every QUIT that arrives.
"""

import socket
import sys
import threading
import time

GREETINGS = {
    "ready": b"220 mx.example ESMTP ready\r\n",
    "lines": b"220-mx.example ESMTP\r\n220-be patient\r\n220 ready\r\n",
    "refuse": b"554 mx.example takes no mail from you\r\n",
    "busy": b"421 mx.example is busy\r\n",
    "teaser": b"220-be patient\r\n",
    "nul": b"220 mx.example\0 ready\r\n",
    "raw": b"SSH-2.0-\x1b[31mred\x07\x9b\r\n",
}


def serve(client: socket.socket, manner: str, log) -> None:
    with client:
        try:
            if manner in GREETINGS:
                client.sendall(GREETINGS[manner])
            elif manner == "drip":
                for byte in GREETINGS["ready"]:
                    client.sendall(bytes([byte]))
                    time.sleep(0.01)
            elif manner == "flood":
                while True:
                    client.sendall(b"220-" + b"x" * 1000)
            elif manner == "endless":
                while True:
                    client.sendall(b"220-and\r\n" * 100)
            if manner == "close":
                return
            client.settimeout(60)
            said = client.recv(100)
            log.write(f"{manner} {said!r}\n")
            log.flush()
        except OSError:
            pass


def listen(address: str, manner: str, log) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.create_server((address, 25), family=family)

    def accept() -> None:
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client, manner, log), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def main() -> None:
    with open(sys.argv[1], "w", encoding="ascii") as log:
        for word in sys.argv[2:]:
            address, manner = word.split("=")
            listen(address, manner, log)
        log.write("ready\n")
        log.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
