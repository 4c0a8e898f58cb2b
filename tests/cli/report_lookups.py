#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recorded lookups made up by chance, and a report on recorded lookups worked out once more.

Usage: report_lookups.py make SEED COUNT > lookups.json
       report_lookups.py check TOP CACHE_SECONDS REPORT FILE...

`check` reads the recordings, counts by other ways than the command does (simple ones: it
has time), and compares with REPORT, the command's JSON.
"""

import collections
import datetime
import json
import random
import sys

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
CODES = {"OK": 0, "EAI_NONAME": -2, "EAI_AGAIN": -3, "EAI_NODATA": -5}


def time_text(us):
    return (EPOCH + datetime.timedelta(microseconds=us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def time_us(text):
    span = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z") - EPOCH
    return (span.days * 86400 + span.seconds) * 1000000 + span.microseconds


# ---- make ----


class Name:
    """A name whose answers behave in one of several ways."""

    def __init__(self, chance, number, count):
        self.text = f"host{number}.example"
        self.way = chance.choice(["same", "same", "turns", "overlap", "moves", "source", "gone"])
        self.pool = [f"192.0.2.{chance.randrange(1, 255)}" for _ in range(6)]
        self.other = [f"198.51.100.{chance.randrange(1, 255)}" for _ in range(4)]
        self.moves_at = chance.randrange(count)
        self.ttl = chance.choice([None, None, 0, 1, 30, 300])
        self.chance = chance

    def answer(self, at):
        """Who answers, with what; nobody: None."""
        if self.way == "turns":
            return "dns", [self.chance.choice(self.pool)]
        if self.way == "overlap":
            return "dns", self.chance.sample(self.pool, 4)
        if self.way == "moves":
            return "dns", self.chance.sample(self.pool if at < self.moves_at else self.other, 3)
        if self.way == "source":
            return self.chance.choice(["files", "dns"]), self.pool[:2]
        if self.way == "gone":
            return (None, []) if self.moves_at < at else ("myhostname", self.pool[:1])
        return "files", self.pool[:1]


def make_steps(chance, source, code):
    steps = []
    for word in ["files", "fopnp:mdns", "myhostname", "dns"]:
        step = {
            "source": word, "reached": True, "status": "NOTFOUND", "errno": None,
            "h_errno": "HOST_NOT_FOUND", "action": "continue",
            "elapsed_us": int(chance.paretovariate(0.7) * 30) % 4000000000,
            "answer": None, "evidence": [], "told": [], "wire": [],
        }
        if word == "fopnp:mdns" and chance.random() < 0.1:
            step["status"] = "UNAVAIL"
            step["told"] = [{"word": "reason", "value": "not-loaded"}]
            step["elapsed_us"] = 0
        steps.append(step)
        if word == source:
            step.update(status="SUCCESS", h_errno="NETDB_SUCCESS", action="return")
            break
        if word == "dns" and code == "EAI_AGAIN":
            step.update(status="TRYAGAIN", h_errno="TRY_AGAIN", action="return")
    return steps


def make_lookup(chance, name, at, now):
    source, addresses = name.answer(at)
    code = "OK" if source else "EAI_NONAME"
    if chance.random() < 0.05:
        source, addresses, code = None, [], "EAI_AGAIN"
    family = chance.choice(["unspec", "unspec", "inet", "inet6"])
    function = "gethostbyname4_r" if family == "unspec" else "gethostbyname3_r"
    steps = make_steps(chance, source, code)
    shown = name.text.upper() if chance.random() < 0.2 else name.text
    pid = chance.randrange(100, 112)
    chance.shuffle(addresses)
    status = {"OK": "SUCCESS", "EAI_NONAME": "NOTFOUND", "EAI_AGAIN": "TRYAGAIN"}[code]
    h_errno = {"OK": None, "EAI_NONAME": "HOST_NOT_FOUND", "EAI_AGAIN": "TRY_AGAIN"}[code]
    return {
        "version": 1, "type": "lookup", "time": time_text(now), "command": "watch",
        "process": {
            "pid": pid, "tid": pid, "uid": 0, "comm": f"program{pid % 5}", "exe": None, "trusted": True,
            "comm_claimed": False, "claim_false": False, "claimed_pid": None, "claimed_uid": None,
        },
        "request": {
            "call": function, "name": shown + chance.choice(["", "", "."]), "given": None,
            "service": None, "family": family, "socktype": None, "protocol": None, "flags": [],
        },
        "order": "/etc/nsswitch.conf:1", "status": status, "answered_by": source,
        "answer": {
            "code": code, "number": CODES[code], "errno": None, "h_errno": h_errno, "message": "",
            "canonical_name": None,
            "addresses": [
                {"family": "inet", "address": address, "scope": None, "port": None, "ttl": name.ttl,
                 "source": source, "source_address": None, "rule": None} for address in addresses
            ],
        },
        "elapsed_us": sum(step["elapsed_us"] for step in steps) + 7,
        "ttl": name.ttl if source else None, "sequence": at + 1,
        "dropped": 2 if chance.random() < 0.01 else 0, "truncated": False, "steps": steps,
    }


def make(seed, count):
    chance = random.Random(seed)
    names = [Name(chance, number, count) for number in range(25)]
    now = 1790000000000000
    lookups = []
    for at in range(count):
        now += int(chance.expovariate(1 / 700000)) + 1
        name = names[min(int(chance.expovariate(0.2)), len(names) - 1)]
        lookups.append((at + chance.randrange(8), make_lookup(chance, name, at, now)))
    # Events of different processes overtake each other.
    lookups.sort(key=lambda pair: pair[0])
    for _, lookup in lookups:
        print(json.dumps(lookup))
    print("this is no JSON")
    print(json.dumps({"version": 1, "type": "summary", "time": time_text(now)[:-4] + "Z",
                      "command": "watch", "counts": {"lookups": count, "lost": 3},
                      "elapsed_us": 1, "exit_status": 0}))


# ---- check ----


def read(files):
    for file in files:
        with open(file, encoding="utf-8") as stream:
            for line in stream:
                try:
                    found = json.loads(line)
                except ValueError:
                    continue
                if found["type"] == "lookup":
                    yield found
                elif found["type"] == "call":
                    yield from found["lookups"]


def times_of(samples):
    samples = sorted(samples)

    def rank(percent):
        # The least sample that at least so many percent are not above.
        return next(t for i, t in enumerate(samples) if (i + 1) * 100 >= percent * len(samples))

    if not samples:
        return {"count": 0, "p50_us": None, "p90_us": None, "p99_us": None, "max_us": None, "total_us": 0}
    return {"count": len(samples), "p50_us": rank(50), "p90_us": rank(90), "p99_us": rank(99),
            "max_us": samples[-1], "total_us": sum(samples)}


def folded(name):
    return name.lower().rstrip(".")


def family_of(lookup):
    if "addr" in lookup["request"]["call"]:
        return "reverse"
    return lookup["request"]["family"]


def is_found(lookup):
    return lookup["answer"]["code"] == "OK"


def answers_of(lookup):
    if family_of(lookup) == "reverse":
        return frozenset([folded(lookup["answer"]["canonical_name"])])
    return frozenset(
        address["address"] + (f"%{address['scope']}" if address["scope"] else "")
        for address in lookup["answer"]["addresses"])


def process_of(lookup):
    return lookup["process"]["pid"], lookup["process"]["comm"]


def is_passing(lookup):
    return not is_found(lookup) and lookup["answer"]["h_errno"] not in ("HOST_NOT_FOUND", "NO_DATA")


def unanswered_of(lookups):
    no = ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")
    codes = [lookup["answer"]["code"] for lookup in lookups if not is_found(lookup)]
    return {"not_found": sum(code in no for code in codes), "failed": sum(code not in no for code in codes)}


def most(counter):
    """By count, then by text."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0].encode()))


def names_of(lookups, top):
    groups = collections.defaultdict(list)
    for lookup in lookups:
        groups[folded(lookup["request"]["name"])].append(lookup)
    order = most({name: len(group) for name, group in groups.items()})
    return {
        "count": len(groups), "other_lookups": 0,
        "top": [{
            "name": name, "lookups": count,
            **unanswered_of(groups[name]),
            "programs": len({lookup["process"]["comm"] for lookup in groups[name]}),
            "times": times_of([lookup["elapsed_us"] for lookup in groups[name]]),
        } for name, count in order[:top]],
    }


def programs_of(lookups, top):
    groups = collections.defaultdict(list)
    for lookup in lookups:
        groups[lookup["process"]["comm"]].append(lookup)
    order = most({name: len(group) for name, group in groups.items()})
    return {
        "count": len(groups), "other_lookups": 0,
        "top": [{
            "comm": name, "lookups": count,
            **unanswered_of(groups[name]),
            "processes": len({lookup["process"]["pid"] for lookup in groups[name]}),
            "total_us": sum(lookup["elapsed_us"] for lookup in groups[name]),
            "max_us": max(lookup["elapsed_us"] for lookup in groups[name]),
        } for name, count in order[:top]],
    }


def sources_of(lookups):
    words = {step["source"] for lookup in lookups for step in lookup["steps"]}
    sources = []
    for word in words:
        steps = [step for lookup in lookups for step in lookup["steps"] if step["source"] == word]
        asked = [step for step in steps if not any(told["word"] == "reason" for told in step["told"])]
        before = []
        for lookup in lookups:
            if is_found(lookup):
                for step in lookup["steps"]:
                    if step["status"] == "SUCCESS":
                        break
                    if step["source"] == word:
                        before.append(step["elapsed_us"])
        statuses = collections.Counter(step["status"] for step in asked)
        sources.append({
            "source": word, "answered": sum(lookup["answered_by"] == word for lookup in lookups),
            "asked": len(asked), "found": statuses["SUCCESS"], "not_found": statuses["NOTFOUND"],
            "failed": len(asked) - statuses["SUCCESS"] - statuses["NOTFOUND"],
            "not_asked": len(steps) - len(asked), "times": times_of([step["elapsed_us"] for step in asked]),
            "before_answer": {"steps": len(before), "total_us": sum(before)},
        })
    return sorted(sources, key=lambda s: (-s["answered"], -s["asked"], s["source"]))


def failures_of(lookups, top):
    groups = collections.defaultdict(list)
    for lookup in lookups:
        if not is_found(lookup):
            groups[lookup["answer"]["code"]].append(folded(lookup["request"]["name"]))
    return [{
        "code": code, "number": CODES[code], "lookups": len(names),
        "names": [{"name": name, "lookups": count} for name, count in most(collections.Counter(names))[:top]],
    } for code, names in sorted(groups.items(), key=lambda item: (-len(item[1]), -CODES[item[0]]))]


def questions_of(lookups):
    questions = collections.defaultdict(list)
    for lookup in lookups:
        questions[folded(lookup["request"]["name"]), family_of(lookup)].append(lookup)
    for group in questions.values():
        group.sort(key=lambda lookup: (time_us(lookup["time"]), lookup["process"]["pid"], lookup["sequence"],
                                       lookup["elapsed_us"]))
    return questions


def pools_of(group):
    """Sets of addresses, joined until none shares an address or takes turns with another."""
    places = collections.defaultdict(set)
    for at, lookup in enumerate(group):
        if is_found(lookup):
            places[answers_of(lookup)].add(at)
    pools = [(set(addresses), own) for addresses, own in places.items()]
    joined = True
    while joined:
        joined = False
        for i, (addresses, own) in enumerate(pools):
            for others, their in pools[:i]:
                in_turns = min(own) < max(their) and min(their) < max(own)
                if addresses & others or in_turns:
                    others |= addresses
                    their |= own
                    del pools[i]
                    joined = True
                    break
            if joined:
                break
    return pools


def change_of(group):
    pools = pools_of(group)
    changes, rotates, last, last_pool = [], False, None, None
    for at, lookup in enumerate(group):
        if is_passing(lookup):
            continue
        pool = next((i for i, (_, places) in enumerate(pools) if at in places), None)
        if last is not None:
            if (is_found(last), last["answered_by"]) != (is_found(lookup), lookup["answered_by"]) or (
                    pool is not None and last_pool is not None and pool != last_pool):
                changes.append((last, lookup))
            elif is_found(lookup) and answers_of(lookup) != answers_of(last):
                rotates = True
        last = lookup
        last_pool = last_pool if pool is None else pool
    return changes, rotates


def outcome_of(lookup):
    if not is_found(lookup):
        return {"found": False, "source": None, "answers": []}
    return {"found": True, "source": lookup["answered_by"], "answers": sorted(answers_of(lookup))}


def changes_of(questions, top):
    found, rotating = [], 0
    for (name, family), group in questions.items():
        changes, rotates = change_of(group)
        rotating += rotates
        if changes:
            found.append({
                "name": name, "family": family, "changes": len(changes),
                "first_time": changes[0][1]["time"], "last_time": changes[-1][1]["time"],
                "from": outcome_of(changes[-1][0]), "to": outcome_of(changes[-1][1]),
            })
    order = ["unspec", "inet", "inet6", "reverse"]
    found.sort(key=lambda c: (-c["changes"], c["name"], order.index(c["family"])))
    return {"count": len(found), "rotating": rotating, "top": found[:top]}


def saved(group, cache_us):
    known = None
    lookups, time = 0, 0
    for lookup in group:
        end = time_us(lookup["time"])
        begin = end - lookup["elapsed_us"]
        if known and known[0] <= begin < known[1]:
            lookups += 1
            time += lookup["elapsed_us"]
        elif not is_passing(lookup):
            ttl = cache_us if lookup["ttl"] is None else lookup["ttl"] * 1000000
            known = end, end + ttl
    return {"lookups": lookups, "saved_us": time}


def add(savings):
    savings = list(savings)
    return {key: sum(saving[key] for saving in savings) for key in ("lookups", "saved_us")}


def repeats_of(questions, top, cache_us):
    found, process_sum = [], []
    for (name, family), group in questions.items():
        processes = collections.defaultdict(list)
        for lookup in group:
            processes[process_of(lookup)].append(lookup)
        process = add(saved(own, cache_us) for own in processes.values())
        process_sum.append(process)
        machine = saved(group, cache_us)
        if machine["lookups"]:
            found.append({"name": name, "family": family, "lookups": len(group), "machine": machine,
                          "process": process})
    order = ["unspec", "inet", "inet6", "reverse"]
    found.sort(key=lambda r: (-r["machine"]["lookups"], r["name"], order.index(r["family"])))
    return {"cache_us": cache_us, "machine": add(repeat["machine"] for repeat in found),
            "process": add(process_sum), "count": len(found), "top": found[:top]}


def expected(lookups, top, cache_us):
    questions = questions_of(lookups)
    return {
        "lookups": len(lookups), "answered": sum(map(is_found, lookups)), **unanswered_of(lookups), "left_out": 0,
        "processes": len({process_of(lookup) for lookup in lookups}),
        "first_time": min(lookup["time"] for lookup in lookups),
        "last_time": max(lookup["time"] for lookup in lookups),
        "times": times_of([lookup["elapsed_us"] for lookup in lookups]),
        "names": names_of(lookups, top), "programs": programs_of(lookups, top),
        "sources": sources_of(lookups), "failures": failures_of(lookups, top),
        "changes": changes_of(questions, top), "repeats": repeats_of(questions, top, cache_us),
    }


def check(top, cache_seconds, report, files):
    with open(report, encoding="utf-8") as stream:
        told = json.load(stream)
    wanted = expected(list(read(files)), top, cache_seconds * 1000000)
    differ = 0
    for key, value in wanted.items():
        if told[key] != value:
            differ += 1
            print(f"{key}: the report says\n{json.dumps(told[key], indent=1)}\nbut it is\n{json.dumps(value, indent=1)}")
    others = set(told) - set(wanted) - {"version", "type", "time", "command", "input"}
    if others:
        print("not checked:", others)
    return 1 if differ or others else 0


if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]))
else:
    sys.exit(check(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:]))
