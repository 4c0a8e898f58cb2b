# SPDX-License-Identifier: LGPL-2.1-or-later
"""Look names up, all at the same time, and compare each answer with what a table says.

Usage: expect_lookups.py [--threads] <TABLE

A line of TABLE is `CALL ARGUMENT = ANSWER [/ ANSWER...] [| WORD...]`; # begins a comment.

CALL      unspec inet inet6   getaddrinfo() of that family
          canon               the same for any family, with AI_CANONNAME: the name comes first
          byname              gethostbyname_r(): the name, its aliases, the addresses
          addr                getnameinfo() with NI_NAMEREQD
ANSWER    the addresses in any order, names first; or EAI_*; or ? for any
WORD      took=A..B                       seconds
          SOURCE=STATUS[,DETAIL...]       what that source's step says; SOURCE=- if not reached.
                                          DETAIL is WORD=VALUE, WORD (some value), !WORD,
                                          !WORD=VALUE (not so), WORD<NUMBER
          order=FILE:LINE                 where the order stands

Each lookup is made in a process of its own, which hears its own event.  With --threads all of them
are made by threads of one process, three times, while that process forks children that look names
up, too; words are not looked at then.  In any case descriptors must be the same before and after.
A lookup that was too slow, or that found less than it should, is made again alone, twice at most:
the machine may be busy.  Prints what differs; the exit status is 1 then.
"""
import collections
import os
import re
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

PATIENCE = 60  # seconds for one lookup; more is a hang
AT_ONCE = 24
TRIES = 3
PERHAPS = 2  # exit status of a lookup that may go well on a quieter machine
FAMILIES = {"unspec": socket.AF_UNSPEC, "inet": socket.AF_INET, "inet6": socket.AF_INET6,
            "canon": socket.AF_UNSPEC}
ERRORS = {getattr(socket, name): name for name in dir(socket) if name.startswith("EAI_")}
HOST_ERRORS = {1: "HOST_NOT_FOUND", 2: "TRY_AGAIN", 3: "NO_RECOVERY", 4: "NO_DATA"}

Lookup = collections.namedtuple("Lookup", "line call argument answers words")


def read_table(file):
    for line in file:
        line = line.partition("#")[0].strip()
        if not line:
            continue
        question, _, rest = line.partition(" = ")
        call, _, argument = question.partition(" ")
        answers, _, words = rest.partition("|")
        yield Lookup(line, call, argument.strip(),
                     [sorted(answer.split()) for answer in answers.split(" / ")], words.split())


def show_address(address):
    """With the scope id, whichever address it is."""
    scope = address[3] if len(address) == 4 else 0
    if not scope:
        return address[0]
    return address[0] + "%" + dict(socket.if_nameindex()).get(scope, str(scope))


def look_up(call, argument):
    """The answer as a list of words."""
    name = argument.encode()  # as it is; text would have to be a name that IDNA knows
    try:
        if call == "byname":
            canonical, aliases, addresses = socket.gethostbyname_ex(name)
            return [canonical, *aliases, *addresses]
        if call == "addr":
            number = socket.getaddrinfo(argument, 0, flags=socket.AI_NUMERICHOST)[0][4]
            return [socket.getnameinfo(number, socket.NI_NAMEREQD)[0]]
        flags = socket.AI_CANONNAME if call == "canon" else 0
        found = socket.getaddrinfo(name, None, FAMILIES[call], socket.SOCK_STREAM, 0, flags)
        canonical = [found[0][3]] if call == "canon" else []
        return canonical + [show_address(entry[4]) for entry in found]
    except socket.gaierror as error:
        return [ERRORS.get(error.args[0], str(error))]
    except OSError as error:
        if not isinstance(error, socket.herror):
            return ["EAI_SYSTEM"]
        return [HOST_ERRORS.get(error.args[0], str(error))]


def descriptors():
    return {number: os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")
            if os.path.exists(f"/proc/self/fd/{number}")}


def left_open(before, log_path):
    """What is open now and was not; the socket to the listener of events may be."""
    left = []
    for number, target in descriptors().items():
        if before.get(number) == target:
            continue
        try:
            with socket.socket(fileno=os.dup(int(number))) as found:
                if log_path and found.getpeername() == log_path:
                    continue
        except OSError:
            pass
        left.append(f"{number}: {target}")
    return left


def read_events(listener):
    """{source: [(word, value)...]} of the steps in all events; the order's place is a source."""
    steps = {}
    listener.setblocking(False)
    while True:
        try:
            event = listener.recv(65536)
        except BlockingIOError:
            return steps
        for field in event.decode("utf-8", "replace").split("\n"):
            if field.startswith("FOPNP_STEP="):
                words = [tuple(map(urllib.parse.unquote, word.partition("=")[::2]))
                         for word in field.partition("=")[2].split()]
                steps.setdefault(dict(words)["source"], []).extend(words)
            elif field.startswith("FOPNP_ORDER_FROM="):
                steps.setdefault("order", []).append(field.partition("=")[::2])


def check_step(expected, words):
    """What is wrong with a step, for `STATUS,DETAIL,...`."""
    status, *details = expected.split(",")
    if status == "-":
        return ["was reached"] if words else []
    if not words:
        return ["was not reached"]
    wrong = [] if ("status", status) in words else [f"is not {status}"]
    for detail in details:
        word, relation, value = re.match(r"!?([^=<]*)([=<]?)(.*)", detail).groups()
        found = [text for key, text in words if key == word]
        if relation == "<":
            is_so = all(int(text) < int(value) for text in found)
        else:
            is_so = value in found if relation else bool(found)
        if is_so == detail.startswith("!"):
            wrong.append(f"says {word}={found}, not {detail}")
    return wrong


def is_right(lookup, answer):
    return sorted(answer) in lookup.answers or ["?"] in lookup.answers


def is_less(lookup, answer):
    """Whether nothing but patience is missing: packets come late on a busy machine."""
    if is_right(lookup, answer):
        return False
    return answer[0].startswith("EAI_") or any(set(answer) < set(right) for right in lookup.answers)


def limits(lookup):
    words = [word.partition("=")[2] for word in lookup.words if word.startswith("took=")]
    return tuple(map(float, words[0].split(".."))) if words else (0, PATIENCE)


def is_perhaps(lookup, answer, took):
    return is_less(lookup, answer) or took > limits(lookup)[1]


def check(lookup, answer, took, steps):
    wrong = []
    if not is_right(lookup, answer):
        wrong.append(f"answer: {' '.join(answer)}")
    low, high = limits(lookup)
    if not low <= took <= high:
        wrong.append(f"took {took:.3f} s")
    for word in lookup.words:
        source, _, expected = word.partition("=")
        if source == "took":
            continue
        if source == "order":
            places = [place for _, place in steps.get("order", [])]
            if set(places) != {expected}:
                wrong.append(f"the order is that of {places}")
        else:
            wrong += [f"{source} {text}" for text in check_step(expected, steps.get(source, []))]
    return wrong


def run_one(lookup, is_last):
    """In a child: look up, and say what is wrong."""
    with tempfile.TemporaryDirectory() as directory:
        path = directory + "/events"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(path)
        os.environ["FOPNP_LOG"] = path
        before = descriptors()
        start = time.monotonic()
        answer = look_up(lookup.call, lookup.argument)
        took = time.monotonic() - start
        wrong = [f"open: {text}" for text in left_open(before, path)]
        steps = read_events(listener)
        wrong += check(lookup, answer, took, steps)
        if wrong and is_perhaps(lookup, answer, took) and not is_last:
            return PERHAPS
        if wrong or os.environ.get("FOPNP_TEST_SHOW"):
            told = [f"    {key}={value}" for words in steps.values() for key, value in words]
            told = told if wrong else []
            head = f"{lookup.line}\n    -> {' '.join(answer)} ({took:.3f} s)"
            print("\n".join([head] + ["    " + text for text in wrong + told]), flush=True)
        return bool(wrong)


def start_child(work, *arguments):
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    signal.alarm(PATIENCE)
    failed = 1
    try:
        failed = work(*arguments)
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc(file=sys.stdout)
    finally:
        sys.stdout.flush()
        os._exit(int(failed))


def wait_for(children):
    """{line: exit status} of {pid: line}."""
    ended = {}
    while children:
        pid, status = os.wait()
        line = children.pop(pid)
        ended[line] = os.waitstatus_to_exitcode(status)
        if ended[line] < 0:
            print(f"{line}: ended by {signal.Signals(-ended[line]).name}")
    return ended


def run_processes(table):
    ended = {}
    lookups = {f"{number}: {lookup.line}": lookup for number, lookup in enumerate(table, 1)}
    for first in range(0, len(table), AT_ONCE):
        some = list(lookups)[first:first + AT_ONCE]
        ended |= wait_for({start_child(run_one, lookups[line], False): line for line in some})
    for tries in range(2, TRIES + 1):
        for line in [line for line, status in ended.items() if status == PERHAPS]:
            ended |= wait_for({start_child(run_one, lookups[line], tries == TRIES): line})
    return sum(status != 0 for status in ended.values())


def says_otherwise(lookup):
    for _ in range(TRIES):
        answer = look_up(lookup.call, lookup.argument)
        if not is_less(lookup, answer):
            break
    if not is_right(lookup, answer):
        print(f"{lookup.line}\n    answer: {' '.join(answer)}", flush=True)
    return not is_right(lookup, answer)


def run_threads(table):
    before = descriptors()
    failed = []
    signal.alarm(PATIENCE)

    def work(lookup):
        failed.extend(filter(None, (says_otherwise(lookup) for _ in range(3))))

    threads = [threading.Thread(target=work, args=(lookup,)) for lookup in table]
    for thread in threads:
        thread.start()
    children = {}
    for lookup in table[:8]:
        children[start_child(says_otherwise, lookup)] = f"forked {len(children)}: {lookup.line}"
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    failed.extend(filter(None, wait_for(children).values()))
    left = left_open(before, None)
    for text in left:
        print(f"left open: {text}")
    return len(failed) + len(left)


def main():
    table = list(read_table(sys.stdin))
    if not table:
        sys.exit("an empty table")
    run = run_threads if "--threads" in sys.argv[1:] else run_processes
    failed = run(table)
    print(f"{len(table)} lookups, {failed} wrong")
    sys.exit(failed > 0)


main()
