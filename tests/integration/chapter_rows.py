# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run what docs/chapter.md shows and compare.

Usage: chapter_rows.py FILE [--update]

Examples are ```console blocks: "$ COMMAND", then its output, stderr behind stdout, and "[exit N]"
where the exit status is not 0.  Compared word by word, so that columns and line breaks may move, with
    times ("0.20 ms", "1.3 s", "0.20 to 3.19 ms") as TIME
    TTLs (in rows of `fopnp dns` and behind "ttl") as TTL
    lines of /etc/services and /etc/protocols as LINE, the origin of root hints as HINTS
Rows are lines of a table with a call of Python's socket module in the first cell, a command in the
second and the answer in the third.  Python makes the call.  Of getaddrinfo the addresses, ports,
their order, the canonical name or the error must be those that fopnp has in its JSON, and the
answer is "ADDRESS PORT, ..." with "(NAME)" for the canonical name, or the error.  Where the row
names no socket type, the command is run again with each, and must have what Python has of that one.
Of the other calls every string and number that comes back must be a word of what the command
prints, and they are the answer.
--update writes into FILE what came.
"""
import json
import re
import shlex
import socket
import subprocess
import sys

DURATION = r"\d+(?:\.\d+)? ?(?:µs|us|ms|s|min)\b"
NORMALISED = [
    (re.compile(rf"{DURATION}(?: to {DURATION})?|\d+(?:\.\d+)? to {DURATION}"), "TIME"),
    (re.compile(r"(?m)^(\s*\S+\.\s+)\d+(\s+[A-Z][A-Z0-9]*\s)"), r"\1TTL\2"),
    (re.compile(r"\bttl \d+"), "ttl TTL"),
    (re.compile(r"(/etc/(?:services|protocols)):\d+"), r"\1:LINE"),
    (re.compile(r"\(hints: [^)]*\)"), "(hints: HINTS)"),
]


def normalise(text):
    for pattern, word in NORMALISED:
        text = pattern.sub(word, text)
    return text.split()


def run(command):
    """What an example shows of a command."""
    done = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, encoding="utf-8", timeout=60, check=False)
    shown = done.stdout + done.stderr
    if done.returncode:
        shown += f"[exit {done.returncode}]\n"
    return shown


def examples(text):
    """Of each example: its command, its output, where that output is in the text."""
    for block in re.finditer(r"(?ms)^```console\n(.*?)^```$", text):
        for found in re.finditer(r"(?ms)^\$ (.*?)\n(.*?)(?=^\$ |\Z)", block[1]):
            start = block.start(1)
            yield found[1], found[2], start + found.start(2), start + found.end(2)


def rows(text):
    """Of each row: Python's call, fopnp's, the answer, where that answer is in the text."""
    row = re.compile(r"(?m)^\| `(\w+\(.*\))` \| `(fopnp .*?)` \| (.*?) \|$")
    for found in row.finditer(text):
        yield found[1].replace("\\|", "|"), found[2], found[3], found.start(3), found.end(3)


def call_getaddrinfo(call):
    """(error, what Python's call gives)"""
    try:
        return "OK", eval(call, vars(socket))  # pylint: disable=eval-used # text of our own
    except socket.gaierror as error:
        names = {value: name for name, value in vars(socket).items() if name.startswith("EAI_")}
        return names[error.errno], []


def result_of(code, found):
    """(error, canonical name, [(address, port)]), each address once, however many socket types."""
    addresses = []
    for *_, address in found:
        if address[:2] not in addresses:
            addresses.append(address[:2])
    return code, found and found[0][3] or None, addresses


def check_socket_types(found, command):
    """What fopnp has otherwise for a single socket type."""
    # glibc gives raw sockets the port of a service, but refuses those who ask for them alone.
    for word in ("stream", "dgram") if " -s " in command else ("stream", "dgram", "raw"):
        kind = getattr(socket, f"SOCK_{word.upper()}")
        python = result_of("OK", [entry for entry in found if entry[1] == kind])
        # An unknown service, or none for this socket type: the type is not in Python's list.
        if not python[2]:
            python = "EAI_SERVICE", None, []
        fopnp = call_trace(f"{command} -t {word}")
        if fopnp != python:
            return f"{fopnp}\nis not, of {word}, {python}"
    return ""


def call_trace(command):
    words = shlex.split(command)
    done = subprocess.run([*words[:2], "--json", *words[2:]], stdout=subprocess.PIPE,
                          encoding="utf-8", timeout=60, check=False)
    result = json.loads(done.stdout)["result"]
    addresses = [(entry["address"], entry["port"] or 0) for entry in result["addresses"]]
    return result["code"], result["canonical_name"], addresses


def words_of(code, name, addresses):
    if code != "OK":
        return code
    shown = ", ".join(f"{address} {port}" for address, port in addresses)
    return shown + (f" ({name})" if name else "")


def strings_in(value):
    if isinstance(value, (list, tuple)):
        return [text for part in value for text in strings_in(part)]
    return [str(value)]


def check_row(call, command):
    """The answer of Python, and what fopnp has against it."""
    if call.startswith("getaddrinfo("):
        code, found = call_getaddrinfo(call)
        python, fopnp = result_of(code, found), call_trace(command)
        if python != fopnp:
            return words_of(*python), f"{fopnp}\nis not {python}"
        is_open = found and " -t " not in command and " -p " not in command
        return words_of(*python), check_socket_types(found, command) if is_open else ""
    answer = strings_in(eval(call, vars(socket)))  # pylint: disable=eval-used # text of our own
    shown = run(command)
    missing = set(answer) - set(re.split(r"[\s,]+", shown))
    return ", ".join(answer), f"{shown}does not have {sorted(missing)}" if missing else ""


def main():
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    failures, changes, counts = 0, [], [0, 0]
    for command, expected, start, end in examples(text):
        counts[0] += 1
        shown = run(command)
        if normalise(shown) != normalise(expected):
            failures += 1
            changes.append((start, end, shown))
            print(f"FAILED: {command}\n-- the chapter has\n{expected}-- now it is\n{shown}")
    for call, command, expected, start, end in rows(text):
        counts[1] += 1
        answer, difference = check_row(call, command)
        if difference or answer != expected:
            failures += 1
            print(f"FAILED: {call} is {answer}, the chapter has {expected}")
            print(f"{command}: {difference}")
            changes.append((start, end, answer))
    if sys.argv[2:] == ["--update"]:
        for start, end, new in sorted(changes, reverse=True):
            text = text[:start] + new + text[end:]
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    if not all(counts):
        print("FAILED: no examples, or no rows")
    print(f"{counts[0]} examples, {counts[1]} rows of calls, {failures} failures")
    sys.exit(failures > 0 or not all(counts))


main()
