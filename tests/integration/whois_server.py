#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whois servers of several manners: IANA, registries, registrars, and ones that misbehave.

Usage: whois_server.py LOG ADDRESS[/PORT]=MANNER...

"ready" is written to LOG when all of them listen, then "MANNER QUERY" for each question, with the
bytes of its line as Python prints them.  A reply is one of REPLIES, by manner, or of a function.
"""

import re
import socket
import sys
import threading
import time

# Whom IANA names for the end of a name, the beginning of an address, an AS number.
IANA = [
    (r"as64497", "refer: whois.arin.net"),
    (r"as\d+", "as-block: 64496-64511\norganisation: IANA - Documentation"),
    (r"10\.", "inetnum: 10.0.0.0 - 10.255.255.255\norganisation: Private Use"),
    (r"198\.51\.100\.", "refer: whois.arin.net\nwhois: whois.arin.net"),
    (r"2001:db8:", "refer: whois.ripe.test"),
    (r"(.*\.)?com", "refer: whois.verisign-grs.com\ndomain: COM\nnserver: A.GTLD-SERVERS.NET 192.5.6.30 "
     "2001:503:a83e::2:30\nnserver: B.GTLD-SERVERS.NET 192.33.14.30\nwhois: whois.verisign-grs.com"),
    (r".*\.de", "refer: whois.denic.de"),
    (r".*\.xn--fiqs8s", "refer: whois.cnnic.test"),
    (r".*\.noserver", "domain: NOSERVER\nnserver: ns.nic.noserver\nremarks: http://nic.noserver/"),
    (r".*\.declined", "%ERROR:201: access denied"),
    (r".*\.stall", "domain: STALL"),
    (r".*\.(\w+)", None),
]

THIN = b"""   Domain Name: EXAMPLE.COM\r
   Registrar WHOIS Server: whois.registrar.test\r
   Registrar URL: http://www.registrar.test\r
   Name Server: NS1.EXAMPLE.COM\r
   Name Server: NS2.EXAMPLE.COM.\r
   DNSSEC: unsigned\r
>>> Last update of whois database: 2026-11-22T00:00:00Z <<<\r
"""

REPLIES = {
    "registrar": b"Domain Name: example.com\r\nRegistrar WHOIS Server: whois.registrar.test\r\n"
                 b"Registrant Name: J\xc3\xbcrgen\r\nName Server: ns1.example.com\r\n"
                 b"Name Server: ns2.example.com\r\n",
    "denic": b"Domain: example.de\r\nNserver: ns1.example.de 192.0.2.53 2001:db8::53\r\n"
             b"Nserver: ns2.example.de\r\nStatus: connect\r\n",
    "arin": b"# comment\n\nNetRange: 198.51.100.0 - 198.51.100.255\n"
            b"ReferralServer:  rwhois://rwhois.hoster.test:4321\n"
            b"ReferralServer:  whois://whois.ripe.test:4343\n",
    "ripe": b"% comment\n\ninetnum: 198.51.100.0 - 198.51.100.255\nremarks: \x80\xfc\n",
    "latin1": b"Domain: latin1\nowner: J\xfcrgen \x9b1m\nnserver: ns.latin1.test\n",
    "escapes": b"Domain: x\n\x1b]0;owned\x07\x1b[2J\xc2\x9b31mred\x00 \xe2\x80\xaegnirts\n"
               b"Name Server: ns\x1b[1m.evil.test\n\ttabbed\there\n",
    "itself": b"Domain: x\nwhois: WHOIS.ITSELF.TEST.\n",
    "circle1": b"Domain: x\nrefer: whois.circle2.test\n",
    "circle2": b"Domain: x\nrefer: whois.circle1.test\n",
    "strange": b"Domain: x\nrefer: file:///etc/passwd\nrefer: $(reboot).test\nrefer: ;id\nrefer: -h\n"
               b"refer: localhost\nrefer: http://www.strange.test/whois\nrefer: whois.strange.test:0\n",
    "private": b"Domain: x\nrefer: whois.inner.test\n",
    "limit": b"%ERROR:201: access denied for 192.0.2.200\n",
    "empty": b"",
    "blank": b"\r\n\r\n",
    "cut": b"Domain: x\nrefer: whois.ripe.test",
}


def iana(query: str) -> bytes:
    head = "% IANA WHOIS server\n\n"
    for pattern, said in IANA:
        match = re.fullmatch(pattern + (".*" if pattern[-1] in ".:" else ""), query, re.I)
        if match:
            # NAME.MANNER: the server of that manner.
            return (head + (said or f"refer: whois.{match[1]}.test") + "\n").encode()
    return (head + "% This query returned 0 objects.\n").encode()


def verisign(query: str) -> bytes:
    if query == "domain example.com":
        return THIN
    if query == "domain differ.com":
        return THIN.replace(b"NS2", b"NS3")
    return f'No match for "{query.upper()}".\r\n'.encode()


def chain(query: str, manner: str) -> bytes:
    """Always one further: chain1, chain2, ..."""
    return f"Domain: x\nrefer: whois.chain{int(manner[5:]) + 1}.test\n".encode()


def reply(manner: str, query: str) -> bytes:
    if manner == "iana":
        return iana(query)
    if manner == "verisign":
        return verisign(query)
    if manner.startswith("chain"):
        return chain(query, manner)
    return REPLIES[manner]


def serve(client: socket.socket, manner: str, log) -> None:
    with client:
        try:
            line = b""
            while manner not in ("close", "reset") and not line.endswith(b"\n"):
                byte = client.recv(1)
                if not byte:
                    break
                line += byte
            log.write(f"{manner} {line!r}\n")
            log.flush()
            if manner == "mute":
                client.recv(1)
            elif manner == "drip":
                client.sendall(b"Domain: x\nName Server: ns.drip.test\n")
                while True:
                    client.sendall(b"x")
                    time.sleep(0.02)
            elif manner == "flood":
                # The byte at which it is cut stands in the middle of a character.
                client.sendall(b"Name Server: ns.flood.test\n")
                while True:
                    client.sendall((b"\xc3\xbc" * 18 + b" \n") * 1000)
            elif manner == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            elif manner != "close":
                client.sendall(reply(manner, line.decode("ascii", "replace").rstrip("\r\n")))
                if line.startswith(b"x.stall"):
                    client.recv(1)
        except OSError:
            pass


def listen(where: str, manner: str, log) -> None:
    address, port = where, 43
    if "/" in where:
        address, text = where.split("/")
        port = int(text)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.create_server((address, port), family=family)

    def accept() -> None:
        while True:
            client, _ = server.accept()
            threading.Thread(target=serve, args=(client, manner, log), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def main() -> None:
    with open(sys.argv[1], "a", encoding="ascii") as log:
        for word in sys.argv[2:]:
            where, manner = word.split("=")
            listen(where, manner, log)
        log.write("ready\n")
        log.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
