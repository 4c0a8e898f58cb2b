# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check what a trace printed, in all its forms, against the expectations of a scenario.

Usage: expect.py REPOSITORY DIRECTORY EXPECTATION...

DIRECTORY has the forms: json, and text.COLUMNS or text.COLUMNS.C.  Where there are several traces
(--repeat), notes are those of all, the rest is of the first.  An expectation is one of

    answered_by SOURCE|nobody           code OK|EAI_...
    addresses ADDRESS...                the result's, in this order
    note ID [SEVERITY] [FILE:LINE] [~ PATTERN]   such a note; PATTERN is for text, fix or line
    no note ID...                       none of these
    line PATTERN, no line PATTERN       a line of the text, 100 columns wide
    text PATTERN, no text PATTERN       in all of that text, breaks and runs of blanks as one blank
    evidence SOURCE FILE:LINE[: LINE OF THE FILE] [~ PATTERN]   PATTERN is for the remark
    asked SOURCE NAME...                the names of its queries in their order, a run of equal
                                        names as one
    types SOURCE TYPE...                the types of its queries
    took FROM TO                        the program's own call, in seconds
    json PATH=VALUE                     keys and indexes joined by dots, # is a list's length

All patterns are Python's.  Of every output holds: the JSON is as the schema says; no line is wider
than the terminal; there are no control bytes; each note is in a manual page and in the text.
"""

import json
import pathlib
import re
import sys
import unicodedata

import jsonschema

# Controls, what hides or reorders text, separators that are line ends to some.
FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Unmet(Exception):
    """An expectation that does not hold, and why."""


def require(condition, reason):
    if not condition:
        raise Unmet(reason)


def squeeze(text):
    return " ".join(text.split())


def columns(line):
    def width(character):
        if unicodedata.category(character) in ("Mn", "Me"):
            return 0
        return 2 if unicodedata.east_asian_width(character) in "WF" else 1

    return sum(map(width, line))


class Output:
    """All forms of one trace."""

    def __init__(self, repository, directory):
        self.repository = repository
        self.texts = {path.name: path.read_bytes() for path in sorted(directory.glob("text.*"))
                      if path.suffix not in (".errors", ".status")}
        self.text = self.texts["text.100"].decode("utf-8", "replace")
        self.json_bytes = (directory / "json").read_bytes()
        self.objects = [json.loads(line) for line in self.json_bytes.decode().splitlines()]
        require(self.objects, "no JSON at all")
        self.trace = next((o for o in self.objects if o["type"] == "trace"), self.objects[0])
        self.notes = [note for o in self.objects for note in o.get("notes", [])]

    def step(self, source):
        steps = [step for step in self.trace["steps"] if step["source"] == source]
        require(steps, f"no step {source}")
        return steps[0]

    def queries(self, source):
        return [event for event in self.step(source)["wire"] if event["direction"] == "query"]

    # ---- what holds of every output ----

    def check_schema(self):
        schema = json.loads((self.repository / "docs/schema/fopnp-1.json").read_text("utf-8"))
        for found in self.objects:
            require(found.get("type") in schema["$defs"], f"type {found.get('type')}")
            own = dict(schema, oneOf=[{"$ref": "#/$defs/" + found["type"]}])
            for error in jsonschema.Draft202012Validator(own).iter_errors(found):
                cause = (error.context or [error])[0]
                raise Unmet(f"schema: {cause.json_path} {cause.message}")

    def check_texts(self):
        for name, raw in self.texts.items():
            text = raw.decode("utf-8")
            require(text.endswith("\n"), f"{name}: the last line is not ended")
            most = int(name.split(".")[1])
            for line in text.splitlines():
                require(columns(line) <= most, f"{name}: {columns(line)} columns: {line}")
            for character in text.replace("\n", ""):
                require(unicodedata.category(character) not in FORBIDDEN,
                        f"{name}: a raw {character!r}")

    def check_json_bytes(self):
        raw = self.json_bytes.replace(b"\n", b"")
        require(all(byte >= 32 and byte != 127 for byte in raw), "a raw control byte in the JSON")

    def check_notes(self):
        manual = "".join(path.read_text("utf-8") for path in self.repository.glob("docs/man/*"))
        words = set(re.findall(r"[a-z0-9-]+", "".join(
            line for line in manual.splitlines(True) if line.startswith(".It Cm"))))
        text = shape(self.text)
        for note in self.notes:
            require(note["id"] in words, f"note {note['id']} is in no manual page")
            require(shape(note["text"]) in text, f"the text lacks the note: {note['text']}")

    # ---- what a scenario expects ----

    def expect_answered_by(self, words):
        found = self.trace["answered_by"] or "nobody"
        require(found == words, f"answered by {found}")

    def expect_code(self, words):
        found = self.trace["result"]["code"]
        require(found == words, f"the code is {found}")

    def expect_addresses(self, words):
        found = [address["address"] for address in self.trace["result"]["addresses"]]
        require(found == words.split(), f"the addresses are {' '.join(found)}")

    def expect_note(self, words):
        head, _, pattern = words.partition(" ~ ")
        ident, *rest = head.split()
        notes = [note for note in self.notes if note["id"] == ident]
        require(notes, "the notes are: " + " ".join(note["id"] for note in self.notes))
        for note in notes:
            place = note["place"] or {"file": None, "line": None, "text": None}
            known = {note["severity"], place["file"], f"{place['file']}:{place['line']}"}
            said = f"{note['text']} {note['fix'] or ''} {place['text'] or ''}"
            if set(rest) <= known and re.search(pattern, said):
                return
        raise Unmet("the note is: " + json.dumps(notes))

    def expect_no_note(self, words):
        found = {note["id"] for note in self.notes} & set(words.split())
        require(not found, "there is: " + json.dumps([n for n in self.notes if n["id"] in found]))

    def lines_like(self, words):
        return [line for line in self.text.splitlines() if re.search(words, line)]

    def expect_line(self, words):
        require(self.lines_like(words), "no such line")

    def expect_no_line(self, words):
        require(not self.lines_like(words), f"there is: {self.lines_like(words)}")

    def expect_text(self, words):
        require(re.search(words, squeeze(self.text)), "not in the text")

    def expect_no_text(self, words):
        match = re.search(words, squeeze(self.text))
        require(not match, f"there is: {match and match[0]}")

    def expect_evidence(self, words):
        head, _, pattern = words.partition(" ~ ")
        source, place, *rest = head.split(maxsplit=2)
        evidence = self.step(source)["evidence"]
        for one in evidence:
            where = f"{one['file']}:{one['line']}" if one["line"] else one["file"]
            if (where == place.rstrip(":") and
                    (not rest or squeeze(one["text"] or "") == squeeze(rest[0])) and
                    (not pattern or re.search(pattern, one["remark"] or ""))):
                return
        raise Unmet("the evidence is: " + json.dumps(evidence))

    def expect_asked(self, words):
        source, *names = words.split()
        found = []
        for query in self.queries(source):
            if found[-1:] != [query["name"]]:
                found.append(query["name"])
        require(found == names, f"asked for {' '.join(found)}")

    def expect_types(self, words):
        source, *types = words.split()
        found = {query["type"] for query in self.queries(source)}
        require(found == set(types), f"asked for {' '.join(found)}")

    def expect_took(self, words):
        low, high = map(float, words.split())
        found = self.trace["elapsed_us"] / 1e6
        require(low <= found <= high, f"the call took {found:.2f} s")

    def expect_json(self, words):
        path, _, wanted = words.partition("=")
        found = self.trace
        for key in path.split("."):
            if key == "#":
                found = len(found)
            else:
                found = found[int(key) if isinstance(found, list) else key]
        try:
            wanted = json.loads(wanted)
        except ValueError:
            pass
        require(found == wanted, f"it is {found!r}")

    def expect(self, words):
        is_negative = words.startswith("no ")
        word, _, rest = words.removeprefix("no ").partition(" ")
        method = getattr(self, f"expect_{'no_' if is_negative else ''}{word}", None)
        require(method, "no such expectation")
        method(rest)


def shape(text):
    """TEXT without what differs from one trace to the next: numbers and what follows them."""
    return re.sub(r"[0-9.]+( (s|ms|quer(y|ies))\b)?", "#", squeeze(text))


def main():
    output = Output(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    failures = 0
    checks = [(name, getattr(output, name), ()) for name in dir(output)
              if name.startswith("check_")]
    checks += [(words, output.expect, (words,)) for words in sys.argv[3:]]
    for words, check, arguments in checks:
        try:
            check(*arguments)
        except (Unmet, KeyError, IndexError, TypeError, UnicodeDecodeError) as error:
            reason = error if isinstance(error, Unmet) else repr(error)
            print(f"not so: {words}\n    {reason}")
            failures += 1
    return failures > 0


sys.exit(main())
