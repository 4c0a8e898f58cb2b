#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Check the JSON that a command printed.

Usage: check_json.py SCHEMA [EXPRESSION...] < output

Every line must be an object that the schema describes, and there must be one.
Each EXPRESSION is Python and must be true: o is the last object, objects is
the list of all, steps maps the sources of a trace to their steps and notes its
findings' ids to the findings.
"""

import json
import sys

import jsonschema


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    objects = [json.loads(line) for line in sys.stdin.buffer.read().decode().splitlines()]
    if not objects:
        print("no JSON at all")
        return 1
    for found in objects:
        # Against the one type it claims to be: a better message than "matches none of these".
        if found.get("type") not in schema["$defs"]:
            print("not a type of the schema:", found.get("type"))
            return 1
        own = dict(schema, oneOf=[{"$ref": "#/$defs/" + found["type"]}])
        errors = list(jsonschema.Draft202012Validator(own).iter_errors(found))
        for error in errors:
            for cause in error.context or [error]:
                print("schema:", cause.json_path, cause.message)
        if errors:
            print(json.dumps(found, indent=1))
            return 1
    last = objects[-1]
    names = {
        "o": last,
        "objects": objects,
        "steps": {step.get("source"): step for step in last.get("steps", [])},
        "notes": {note["id"]: note for note in last.get("notes", [])},
    }
    for expression in sys.argv[2:]:
        try:
            is_true = bool(eval(expression, names))  # pylint: disable=eval-used
        except (KeyError, IndexError, TypeError) as error:
            print("cannot evaluate:", repr(error))
            is_true = False
        if not is_true:
            print("not so:", expression)
            print(json.dumps(last, indent=1))
            return 1
    return 0


sys.exit(main())
