# SPDX-License-Identifier: LGPL-2.1-or-later
"""A DNS server that misbehaves by rule, over UDP and TCP.

Usage: faulty_dns.py LOG ADDRESS[#PORT][,ADDRESS[#PORT]...] RULE...

ADDRESS is IPv4 or IPv6; the port is 53 if none is given.  RULE is one argument,
`NAME TYPE WORD...`, or @FILE: a file with one rule a line, `#` begins a comment.

NAME    name        that name and every name below it
        =name       that name alone
        *.name      the names below it alone
        *           every name
TYPE    A, AAAA, CNAME, PTR, SOA, ..., TYPE65, or ANY for all types
A byte of a name can be \\DDD, as in master files.
The first rule that fits name and type holds.  A name that only rules of other types fit has
no data of this type; a name that no rule fits does not exist (NXDOMAIN).

WORD, what the answer is
        192.0.2.1, 2001:db8::1   an address; a query for the other family gets no data
        cname=name  an alias; addresses beside it are its target's.  Several make a chain
        ptr=name    a name for an address
        soa         a SOA record (with local SOA: the unicast zone that nss-mdns looks for)
        nodata nxdomain          nothing of this type, no such name, with a SOA record
        servfail refused formerr notimp
        refer=ZONE:SERVER        a referral: these servers (several: several words) have ZONE
        drop        no answer at all
        garbage     bytes that are no DNS message
WORD, how it comes
        delay=MS    so much later
        wrongid     with another id
        wrongq      to another question
        wrongport   from another port (UDP)
        noq         without the question
        truncate    over UDP cut to nothing, with TC; over TCP whole
        tcp-close tcp-reset tcp-stall   so over TCP: the connection ends, or nothing comes
        twice       two times
        rotate      its addresses begin with the next one each time
        ttl=N       with that TTL instead of 300
        nosoa       nothing and no such name without a SOA record: no negative TTL
        ad aa       with AD, with AA
        first=N     these words count for the first N queries only that the rule fits (each
                    of its types alone); after that the rules behind it hold
        for=MS      they count that long, from the first query that the rule fits
        once        they count for the first sending of a query: when it comes again, with the
                    same id, the rules behind it hold
        udp tcp     they count for queries that come so

LOG gets `ready`, then one line a query, written before the answer:
        SECONDS udp|tcp CLIENT-ADDRESS PORT ID NAME TYPE edns=SIZE|- WORDS-OF-THE-RULE
with the bytes of NAME outside of printable ASCII as \\DDD.
"""

import collections
import ipaddress
import itertools
import re
import socket
import struct
import sys
import threading
import time

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28,
         "SRV": 33, "OPT": 41, "ANY": 255}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
RCODES = {"formerr": 1, "servfail": 2, "nxdomain": 3, "notimp": 4, "refused": 5}
PLAIN_WORDS = {"soa", "nodata", "drop", "garbage", "wrongid", "wrongq", "wrongport", "noq",
               "truncate", "tcp-close", "tcp-reset", "tcp-stall", "twice", "rotate", "nosoa",
               "ad", "aa", "once", "udp", "tcp"} | set(RCODES)
VALUE_WORDS = {"cname", "ptr", "delay", "ttl", "first", "for"}

Query = collections.namedtuple("Query", "id flags name wire_question type edns transport")


class Rule:
    """One line of the script."""

    def __init__(self, text):
        name, type_name, *words = text.split()
        self.text = " ".join(words)
        self.is_exact = name.startswith("=")
        self.is_below = name.startswith("*.")
        self.name = name.lstrip("=").removeprefix("*").strip(".").lower()
        self.type = type_number(type_name)
        self.addresses = []
        self.aliases = []
        self.referrals = []
        self.values = {}
        self.words = set()
        self.asked = collections.Counter()
        self.seen = set()
        self.first_at = None
        for word in words:
            self.take(word)

    def take(self, word):
        key, _, value = word.partition("=")
        if word in PLAIN_WORDS:
            self.words.add(word)
        elif key == "cname" and value:
            self.aliases.append(value)
        elif key == "refer" and value:
            self.referrals.append(value.split(":"))
        elif key in VALUE_WORDS and value:
            self.values[key] = value
        else:
            self.addresses.append(ipaddress.ip_address(word))

    def fits_name(self, name):
        is_below = not self.name or name.endswith("." + self.name)
        if self.is_exact:
            return name == self.name
        if self.is_below:
            return is_below
        return is_below or name == self.name

    def fits(self, query):
        if self.type not in (TYPES["ANY"], query.type) or not self.fits_name(query.name):
            return False
        if self.words & {"udp", "tcp"} and query.transport not in self.words:
            return False
        now = time.monotonic()
        self.first_at = self.first_at or now
        if now - self.first_at > float(self.values.get("for", sys.maxsize)) / 1000:
            return False
        if "once" in self.words:
            if (query.id, query.name, query.type) in self.seen:
                return False
            self.seen.add((query.id, query.name, query.type))
        self.asked[query.type] += 1
        return self.asked[query.type] <= int(self.values.get("first", sys.maxsize))


def type_number(name):
    return TYPES[name] if name in TYPES else int(name.removeprefix("TYPE"))


def encode_name(name):
    wire = b""
    for label in filter(None, name.split(".")):
        raw = re.sub(rb"\\(\d{3})", lambda match: bytes([int(match[1])]), label.encode("utf-8"))
        wire += bytes([len(raw)]) + raw
    return wire + b"\0"


def show(raw):
    return "".join(chr(c) if 33 <= c < 127 and c != 92 else f"\\{c:03}" for c in raw)


def parse(packet, transport):
    """A Query, or None for what is none."""
    if len(packet) < 12:
        return None
    ident, flags, questions, _, _, additional = struct.unpack("!6H", packet[:12])
    labels, at = [], 12
    while at < len(packet) and packet[at]:
        labels.append(show(packet[at + 1:at + 1 + packet[at]]))
        at += 1 + packet[at]
    end = at + 5
    if flags & 0x8000 or questions != 1 or end > len(packet):
        return None
    qtype = struct.unpack("!H", packet[at + 1:at + 3])[0]
    edns = None
    if additional and len(packet) >= end + 11 and packet[end:end + 3] == b"\0\0\x29":
        edns = struct.unpack("!H", packet[end + 3:end + 5])[0]
    return Query(ident, flags, ".".join(labels).lower(), packet[12:end], qtype, edns, transport)


def record(name, type_name, ttl, value):
    return name + struct.pack("!HHIH", TYPES[type_name], 1, ttl, len(value)) + value


def soa_record(zone, ttl):
    numbers = struct.pack("!5I", 1, 3600, 600, 86400, 60)
    return record(encode_name(zone), "SOA", ttl, encode_name("ns." + zone) +
                  encode_name("hostmaster." + zone) + numbers)


def answer_records(rule, query, turn):
    """The answer section: aliases first, then what the query asked for."""
    ttl = int(rule.values.get("ttl", 300))
    owner, records = b"\xc0\x0c", []
    for alias in rule.aliases:
        records.append(record(owner, "CNAME", ttl, encode_name(alias)))
        owner = encode_name(alias)
    wanted = {"A": 4, "AAAA": 6}.get(TYPE_NAMES.get(query.type))
    found = [address for address in rule.addresses if address.version == wanted]
    if "rotate" in rule.words and found:
        found = found[turn % len(found):] + found[:turn % len(found)]
    for address in found:
        records.append(record(owner, "A" if wanted == 4 else "AAAA", ttl, address.packed))
    if query.type == TYPES["PTR"] and "ptr" in rule.values:
        records.append(record(owner, "PTR", ttl, encode_name(rule.values["ptr"])))
    if query.type == TYPES["SOA"] and "soa" in rule.words:
        records.append(record(owner, "SOA", ttl, soa_record(query.name, ttl)[len(
            encode_name(query.name)) + 10:]))
    return records


def build_reply(rule, query, turn):
    rcode = next((RCODES[word] for word in rule.words if word in RCODES), 0)
    # An error has no records, but NXDOMAIN can be what an alias leads to.
    answers = answer_records(rule, query, turn) if rcode in (0, RCODES["nxdomain"]) else []
    authority = [record(encode_name(zone), "NS", 300, encode_name(server))
                 for zone, server in rule.referrals]
    is_negative = len(answers) == len(rule.aliases) and rcode in (0, RCODES["nxdomain"])
    if is_negative and not authority and "nosoa" not in rule.words:
        zone = ".".join((query.name.split(".") + [""])[1:]).strip(".") or query.name
        authority = [soa_record(rule.name or zone, 60)]
    extra = b"\0" + struct.pack("!HHIH", TYPES["OPT"], 1232, 0, 0) if query.edns else b""
    flags = 0x8080 | (query.flags & 0x0100) | rcode | (0x0020 if "ad" in rule.words else 0)
    flags |= 0x0400 if "aa" in rule.words else 0
    question = query.wire_question
    if "wrongq" in rule.words:
        question = encode_name("other." + query.name) + question[-4:]
    if "noq" in rule.words:
        question = b""
    ident = query.id ^ 0x5555 if "wrongid" in rule.words else query.id

    def whole(answers, authority, flags):
        return (struct.pack("!6H", ident, flags, bool(question), len(answers), len(authority),
                            bool(extra)) +
                question + b"".join(answers) + b"".join(authority) + extra)

    reply = whole(answers, authority, flags)
    if query.transport == "udp" and ("truncate" in rule.words or
                                     len(reply) > max(512, query.edns or 0)):
        reply = whole([], [], flags | 0x0200)
    return reply


class Server:
    """The script and its log, on any number of sockets."""

    def __init__(self, log, rules):
        self.log = log
        self.rules = rules
        self.nodata, self.nxdomain = Rule("* ANY nodata"), Rule("* ANY nxdomain")
        self.lock = threading.Lock()
        self.turns = collections.Counter()
        self.started = time.monotonic()

    def find(self, query, client):
        """The rule for this query, and how often it was used for that type."""
        with self.lock:
            rule = next((rule for rule in self.rules if rule.fits(query)), None)
            if not rule:
                is_known = any(rule.fits_name(query.name) for rule in self.rules)
                rule = self.nodata if is_known else self.nxdomain
            turn = self.turns[rule, query.type]
            self.turns[rule, query.type] += 1
            edns = f"edns={query.edns}" if query.edns else "-"
            type_name = TYPE_NAMES.get(query.type, f"TYPE{query.type}")
            self.log.write(f"{time.monotonic() - self.started:.3f} {query.transport} {client[0]} "
                           f"{client[1]} {query.id} {query.name or '.'} {type_name} {edns} "
                           f"{rule.text}\n")
        return rule, turn

    def reply(self, packet, transport, client):
        """What to send, as (rule, list of packets); rule is None where the query is none."""
        query = parse(packet, transport)
        if not query:
            return None, []
        rule, turn = self.find(query, client)
        if "drop" in rule.words:
            return rule, []
        if "garbage" in rule.words:
            return rule, [b"\x00\x01garbage"]
        return rule, [build_reply(rule, query, turn)] * (2 if "twice" in rule.words else 1)

    def serve_udp(self, bound):
        other_port = socket.socket(bound.family, socket.SOCK_DGRAM)
        address, _, *scope = bound.getsockname()
        other_port.bind((address, 0, *scope))

        def send(rule, packets, client):
            for packet in packets:
                (other_port if "wrongport" in rule.words else bound).sendto(packet, client)

        while True:
            packet, client = bound.recvfrom(65535)
            rule, packets = self.reply(packet, "udp", client)
            delay = int(rule.values.get("delay", 0)) / 1000 if rule else 0
            if delay:
                threading.Timer(delay, send, (rule, packets, client)).start()
            elif packets:
                send(rule, packets, client)

    def serve_tcp(self, listening):
        while True:
            connection, client = listening.accept()
            threading.Thread(target=self.serve_connection, args=(connection, client),
                             daemon=True).start()

    def serve_connection(self, connection, client):
        with connection:
            try:
                while self.talk(connection, client):
                    pass
            except OSError:
                pass  # the client has gone

    def talk(self, connection, client):
        """One query and its answer; false once the connection is to end."""
        head = receive(connection, 2)
        if len(head) < 2:
            return False
        packet = receive(connection, struct.unpack("!H", head)[0])
        rule, packets = self.reply(packet, "tcp", client)
        if not rule or "tcp-close" in rule.words:
            return False
        if "tcp-reset" in rule.words:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        time.sleep(int(rule.values.get("delay", 0)) / 1000)
        for packet in packets if "tcp-stall" not in rule.words else []:
            connection.sendall(struct.pack("!H", len(packet)) + packet)
        return True


def receive(connection, size):
    """SIZE bytes, fewer at the end."""
    found = b""
    while len(found) < size:
        more = connection.recv(size - len(found))
        if not more:
            break
        found += more
    return found


def read_rules(arguments):
    for argument in arguments:
        lines = [argument]
        if argument.startswith("@"):
            with open(argument[1:], encoding="utf-8") as file:
                lines = [line.partition("#")[0].strip() for line in file]
        yield from (Rule(line) for line in lines if line)


def bind(text, socktype):
    address, _, port = text.partition("#")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    bound = socket.socket(family, socktype)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    # With the scope of a link-local address.
    bound.bind(socket.getaddrinfo(address, int(port or 53), family, socktype)[0][4])
    if socktype == socket.SOCK_STREAM:
        bound.listen(64)
    return bound


def main():
    with open(sys.argv[1], "w", buffering=1, encoding="ascii") as log:
        server = Server(log, list(read_rules(sys.argv[3:])))
        jobs = []
        for text in sys.argv[2].split(","):
            jobs.append((server.serve_udp, bind(text, socket.SOCK_DGRAM)))
            jobs.append((server.serve_tcp, bind(text, socket.SOCK_STREAM)))
        threads = [threading.Thread(target=job, args=(bound,)) for job, bound in jobs]
        for thread in threads:
            thread.start()
        log.write("ready\n")
        for thread in itertools.cycle(threads):
            thread.join(3600)


main()
