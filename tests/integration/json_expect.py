# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check values of the first JSON object on standard input.

Usage: json_expect.py PATH=VALUE...
PATH is keys and list indexes joined by dots, an index may be # for the length of the list; VALUE is
JSON, or a bare word for a string.
"""
import json
import sys


def value_at(value, path):
    for key in path.split("."):
        if key == "#":
            value = len(value)
        elif isinstance(value, list):
            value = value[int(key)]
        else:
            value = value[key]
    return value


def parse(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


line = sys.stdin.readline()
document = json.loads(line)
failures = 0
for expectation in sys.argv[1:]:
    path, text = expectation.split("=", 1)
    try:
        found = value_at(document, path)
    except (KeyError, IndexError, TypeError) as error:
        found = f"nothing ({error!r})"
    if found != parse(text):
        print(f"{path}: expected {text}, found {found!r}")
        failures += 1
if failures:
    print(line)
sys.exit(failures > 0)
