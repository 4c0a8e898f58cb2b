# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stand in for avahi-daemon at its socket, and misbehave.

Usage: fake_avahi.py SOCKET BEHAVIOUR

BEHAVIOUR is one of
    silence     the question is read, nothing comes back
    deaf        nobody even accepts the connection
    close       it is closed at once
    early       it is closed in the middle of a right line
    garbage     bytes that are no answer
    zeros       a megabyte of NULs, then silence
    long        a megabyte without the end of a line, then silence
    endless     without end
    drip        a right answer, one byte each 100 ms
    TEXT        this line, after each question.  In it {name} is the name or address that was asked
                for, {interface} the index of the interface lan, {N} (a number) that byte
"""
import os
import re
import socket
import sys
import threading
import time

ANSWER = "+ {interface} 0 {name} 203.0.113.66"


def line(text, name):
    values = {"name": name, "interface": str(socket.if_nametoindex("lan"))}
    shown = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1]) or chr(int(match[1])), text)
    return shown.encode("latin-1") + b"\n"


def talk(connection, behaviour):
    if behaviour == "close":
        return
    question = connection.makefile("rb").readline()
    words = question.split()
    name = words[1].decode("latin-1") if len(words) > 1 else ""
    right = line(ANSWER, name)
    if behaviour == "early":
        connection.sendall(right[:-6])
    elif behaviour == "garbage":
        connection.sendall(bytes(range(1, 256)) + b"\n")
    elif behaviour in ("zeros", "long"):
        connection.sendall((b"\0" if behaviour == "zeros" else b"+") * (1 << 20))
        time.sleep(3600)
    elif behaviour == "endless":
        while True:
            connection.sendall(b"+ 1 0 " * 10000)
    elif behaviour == "drip":
        for byte in right:
            connection.sendall(bytes([byte]))
            time.sleep(0.1)
    elif behaviour == "silence":
        time.sleep(3600)
    else:
        connection.sendall(line(behaviour, name))
        time.sleep(3600)


def serve(connection, behaviour):
    with connection:
        try:
            talk(connection, behaviour)
        except OSError:
            pass  # the client has gone


def main():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    os.chmod(sys.argv[1], 0o666)
    listener.listen(0 if sys.argv[2] == "deaf" else 64)
    if sys.argv[2] == "deaf":
        # What the queue of waiting connections holds is taken up.
        taken = [socket.socket(socket.AF_UNIX)]
        taken[0].setblocking(False)
        taken[0].connect(sys.argv[1])
        print("ready", flush=True)
        time.sleep(3600)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, sys.argv[2]), daemon=True).start()


main()
