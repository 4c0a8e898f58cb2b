# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run a command with the library that `fopnp run` preloads, and print the marks that it sends.

Usage: run_shim.py SHIM MODULE WORD... -- COMMAND...

The command's output goes to the files "out" and "said".  Each datagram is a line: "PHASE KEY=VALUE ...", with
the keys in the order that they came without FOPNP_, a lookup's event as "lookup".
WORDs: NAME=VALUE for the environment; "pause" does not read until the command says "pause".
"""
import os
import socket
import subprocess
import sys
import threading
import time

LEFT_OUT = {"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "MESSAGE_ID", "EVENT", "STEP", "UID"}


def read_fields(datagram):
    """[(key, value)] of journald's native format."""
    fields = []
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        key, equals, value = line.partition(b"=")
        if not equals:
            length = int.from_bytes(rest[:8], "little")
            value, rest = rest[8:8 + length], rest[8 + length + 1:]
        fields.append((key.decode().removeprefix("FOPNP_"), repr(value.decode("utf-8", "replace"))[1:-1]))
        datagram = rest
    return fields


def show(datagram):
    fields = read_fields(datagram)
    phase = dict(fields).get("PHASE", "lookup")
    words = [f"{key}={value}" for key, value in fields if key not in LEFT_OUT and key != "PHASE"]
    return " ".join([phase] + words)


def run(words, command, path):
    shim, module, *words = words
    environment = dict(os.environ, FOPNP_LOG=path, FOPNP_MODULE=module, LD_PRELOAD=shim)
    environment.update(word.split("=", 1) for word in words if "=" in word)
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE,
                            stderr=open("said", "wb"),
                            stdout=subprocess.PIPE if "pause" in words else open("out", "wb"))


def main():
    split = sys.argv.index("--")
    words, command = sys.argv[1:split], sys.argv[split + 1:]
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind("/run/marks")
    os.chmod("/run/marks", 0o666)
    heard = []

    def listen():
        while datagram := listener.recv(65536):
            heard.append(datagram)

    reader = threading.Thread(target=listen)
    process = run(words, command, "/run/marks")
    if "pause" in words:
        while process.stdout.readline() != b"pause\n":
            pass
    reader.start()
    if "pause" in words:
        time.sleep(0.5)  # until what was in the queue is read
    process.communicate(b"\n" if "pause" in words else None)
    # What was sent before its end is in the queue already: this is read behind all of it.
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"", "/run/marks")
    reader.join()
    os.unlink("/run/marks")
    for datagram in heard:
        print(show(datagram))
    sys.exit(process.returncode if process.returncode >= 0 else 128 - process.returncode)


main()
