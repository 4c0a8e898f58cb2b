# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check what `fopnp check` found in scenarios against what they expect.

Usage: expect.py [--catalogue RULES] REPOSITORY RESULTS NAME...

RESULTS/NAME has what check_scenarios.sh kept of the scenario: json, text, status.json, ...
REPOSITORY/tests/integration/check_scenarios/NAME/expected is a title behind "# ", and lines

    error|warning|note ID [FILE[:LINE]] [~ PATTERN]   such a finding, once; PATTERN (Python's) is
                                     for its text or its fix
    absent ID...                     none of these: what is all right here, or nearly wrong
    text KEPT ~ PATTERN              in what the command kept, blanks and line ends as one blank
    no text KEPT ~ PATTERN
    trace KEPT ID [FILE[:LINE]] [~ PATTERN]   that JSON of a trace has such a note
    status KEPT NUMBER               the exit status of that command

All errors and warnings there are have to be listed; notes, and that a server is slow, need not.  Of every output holds: the
JSON is as the schema says, the text has the same findings, fits its 80 columns and has no control
bytes, each finding has a fix unless it is a note, and no severity beyond that of its rule; the exit
status is 1 if there are errors or warnings.

RULES is `fopnp check --list --json`: with it each rule has to be found in one of the scenarios, and
to be named as absent in another.
"""

import json
import os
import pathlib
import re
import sys
import unicodedata

import jsonschema

SEVERITIES = {"error": "error", "warning": "warning", "note": "info"}
# What the load of the machine alone can bring about.
TIMED = {"server-slow"}
FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def squeeze(text):
    return " ".join(text.split())


class Scenario:
    """One of the table: what it expects, and what was found."""

    def __init__(self, table, results, name):
        self.name = name
        self.lines = (table / name / "expected").read_text("utf-8").splitlines()
        self.results = results / name
        self.wrong = []
        self.expected, self.absent = [], set()
        self.findings = []

    def complain(self, text):
        self.wrong.append(text)

    def read(self):
        objects = [json.loads(line) for line in (self.results / "json").read_bytes().splitlines()]
        self.findings = [found for found in objects if found["type"] == "finding"]
        if not objects or objects[-1]["type"] != "summary":
            self.complain("no summary at the end")
        return objects

    # ---- what holds of every output ----

    def check_output(self, objects, validators):
        for found in objects:
            for error in validators(found["type"]).iter_errors(found):
                self.complain(f"schema: {error.json_path} {error.message}")
        text = (self.results / "text").read_bytes().decode("utf-8")
        for character in text.replace("\n", ""):
            if unicodedata.category(character) in FORBIDDEN:
                self.complain(f"a raw {character!r} in the text")
        for line in text.splitlines():
            if len(line) > 80:
                self.complain(f"{len(line)} columns: {line}")
        ids = re.findall(r"^(?:error|warning|note) .*\[([a-z0-9-]+)\]$", text, re.MULTILINE)
        if ids != [found["id"] for found in self.findings]:
            self.complain(f"the text has other findings: {ids}")
        grave = any(found["severity"] != "info" for found in self.findings)
        for form in ("json", "text"):
            status = int((self.results / f"status.{form}").read_text())
            if status != int(grave):
                self.complain(f"{form}: exit status {status}")
            errors = (self.results / f"{form}.errors").read_bytes()
            if errors:
                self.complain(f"{form}: on stderr: {errors!r}")

    def check_rules(self, rules):
        order = ["info", "warning", "error"]
        for found in self.findings:
            if found["id"] not in rules:
                self.complain(f"{found['id']} is no rule")
            elif order.index(found["severity"]) > order.index(rules[found["id"]]):
                self.complain(f"{found['id']} is graver than its rule")
            if found["severity"] != "info" and not found["fix"]:
                self.complain(f"{found['id']} says nothing of what to do")

    # ---- what the scenario expects ----

    @staticmethod
    def fits(found, words, pattern):
        """Whether it is the finding that WORDS, its id and maybe its place, and PATTERN mean."""
        place = found["place"] or {"file": None, "line": None}
        where = ":".join(str(part) for part in (place["file"], place["line"]) if part)
        return (found["id"] == words[0] and (len(words) < 2 or words[1] == where)
                and re.search(pattern, found["text"] + " " + (found["fix"] or "")))

    def expect_finding(self, line):
        head, _, pattern = line.partition(" ~ ")
        words = head.split()
        self.expected.append(words[1])
        for found in self.findings:
            if (not found.get("is_expected") and found["severity"] == SEVERITIES[words[0]]
                    and self.fits(found, words[1:], pattern)):
                found["is_expected"] = True
                return
        self.complain(f"lacks: {line}")

    def expect_text(self, line, is_wanted):
        head, _, pattern = line.partition(" ~ ")
        text = (self.results / f"kept.{head.split()[-1]}").read_bytes().decode("utf-8")
        if bool(re.search(pattern, squeeze(text))) != is_wanted:
            self.complain(f"{line}: in\n{text}")

    def expect_trace(self, line):
        head, _, pattern = line.partition(" ~ ")
        words = head.split()
        notes = json.loads((self.results / f"kept.{words[1]}").read_bytes())["notes"]
        if not any(self.fits(note, words[2:], pattern) for note in notes):
            self.complain(f"lacks: {line}: has {json.dumps(notes, indent=1)}")

    def expect(self, line):
        words = line.split()
        if words[0] in SEVERITIES:
            self.expect_finding(line)
        elif words[0] == "absent":
            self.absent.update(words[1:])
        elif words[0] == "trace":
            self.expect_trace(line)
        elif words[0] == "text":
            self.expect_text(line, True)
        elif words[:2] == ["no", "text"]:
            self.expect_text(line, False)
        elif words[0] == "status":
            found = (self.results / f"kept.{words[1]}.status").read_text().strip()
            if found != words[2]:
                self.complain(f"{words[1]}: exit status {found} instead of {words[2]}")
        else:
            self.complain(f"expected: {line}?")

    def check(self, validators, rules):
        objects = self.read()
        for line in self.lines:
            if line.strip() and not line.startswith("#"):
                self.expect(line)
        for found in self.findings:
            # Ahead of the schema, which knows no such key.
            was_expected = found.pop("is_expected", False)
            if found["id"] in self.absent:
                self.complain(f"has, and must not: {found['id']}: {found['text']}")
            elif found["severity"] != "info" and not was_expected and found["id"] not in TIMED:
                self.complain(f"has, too: {found['severity']} {found['id']} {found['place']} "
                              f"{found['text']}")
        self.check_output(objects, validators)
        if rules:
            self.check_rules(rules)
        unknown = (self.absent | set(self.expected)) - set(rules or self.absent | set(self.expected))
        if unknown:
            self.complain(f"no rules: {' '.join(sorted(unknown))}")

    def tell(self):
        if self.wrong:
            print(f"scenario {self.name}, {self.lines[0].lstrip('# ')}: FAILED")
            for text in self.wrong:
                print("    " + text.replace("\n", "\n    "))
        if self.wrong or os.environ.get("FOPNP_SCENARIO_OUTPUT"):
            path = self.results / "text"
            if path.exists():
                print(path.read_bytes().decode("utf-8", "backslashreplace"))
        return not self.wrong


def make_validators(repository):
    schema = json.loads((repository / "docs/schema/fopnp-1.json").read_text("utf-8"))
    made = {}

    def validator(name):
        if name not in made:
            own = dict(schema, oneOf=[{"$ref": "#/$defs/" + name}])
            made[name] = jsonschema.Draft202012Validator(own)
        return made[name]
    return validator


def check_catalogue(rules, scenarios):
    """Whether each rule has a case that fires and one that does not."""
    fired = {wanted for scenario in scenarios for wanted in scenario.expected}
    absent = {name for scenario in scenarios for name in scenario.absent}
    never, always = sorted(set(rules) - fired), sorted(set(rules) - absent)
    if never:
        print("rules that no scenario expects:", *never)
    if always:
        print("rules that no scenario names as absent:", *always)
    return not never and not always


def main():
    arguments = sys.argv[1:]
    rules = {}
    if arguments[0] == "--catalogue":
        for line in pathlib.Path(arguments[1]).read_text("utf-8").splitlines():
            rule = json.loads(line)
            if rule["type"] == "rule":
                rules[rule["id"]] = rule["severity"]
        arguments = arguments[2:]
    repository, results = pathlib.Path(arguments[0]), pathlib.Path(arguments[1])
    table = repository / "tests/integration/check_scenarios"
    validators = make_validators(repository)
    scenarios = []
    for name in arguments[2:]:
        scenario = Scenario(table, results, name)
        scenarios.append(scenario)
        if not (results / name / "json").exists():
            # Skipped, or broken: the script says so.  It counts for the catalogue.
            scenario.expected = [line.split()[1] for line in scenario.lines
                                 if line.split()[:1] and line.split()[0] in SEVERITIES]
            scenario.absent = {word for line in scenario.lines if line.startswith("absent ")
                               for word in line.split()[1:]}
            continue
        scenario.check(validators, rules)
    failed = sum(not scenario.tell() for scenario in scenarios)
    print(f"{len(scenarios)} scenarios: {failed} failed")
    is_covered = not rules or check_catalogue(rules, scenarios)
    return int(failed > 0 or not is_covered)


sys.exit(main())
