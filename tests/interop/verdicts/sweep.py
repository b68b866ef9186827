"""Lies that nobody thought of: each field of what a forger can lie about, changed in ways that a seed picks.

The page's verdict on each is not written down here: the three verifiers have to agree on it. SWEEP says how many
changes each field gets (1), SWEEP_SEED which.
"""

import copy
import os
import random

import formats
from forger import Forger, policy

COUNT = int(os.environ.get("SWEEP", "1"))
SEED = int(os.environ.get("SWEEP_SEED", "1"))
NUMBERS = [0, 1, -1, 2**53 - 1]
VALUES = [None, True, False, *NUMBERS, "", "x", "0", "-1", "AAAA", "A" * 43 + "=", [], {}, [[]], "KES", "m:1"]
OF_LARGE = 40  # fields of one that has very many, as the nodes of a file


class Honest:
    """Makes an honest one of a forger, who keeps what there is to lie about."""

    def told(self, what, value):
        self.__dict__.setdefault("heard", {}).setdefault(what, copy.deepcopy(value))
        return value


class Recorder(Honest, Forger):
    pass


def places(value, at=()):
    """The way to each value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*at, name)
        yield from places(one, (*at, name))


def changes(chance, way):
    """A change of what is at the place, and its name."""
    kind = chance.choice(["replace", "replace", "replace", "remove", "double", "rename", "wrap"])
    new = chance.choice(VALUES)

    def change(value):
        value = copy.deepcopy(value)
        parent = value
        for name in way[:-1]:
            parent = parent[name]
        old = parent[way[-1]]
        if kind == "replace":
            parent[way[-1]] = new
        elif kind == "wrap":
            parent[way[-1]] = [old]
        elif kind == "remove":
            del parent[way[-1]]
        elif isinstance(parent, list):
            parent.insert(way[-1], old)
        elif kind == "rename":
            parent[f"{way[-1]}x"] = parent.pop(way[-1])
        else:
            parent[f"{way[-1]}x"] = old
        return value

    return f"{kind} {'/'.join(map(str, way))}" + (f" by {new!r}" if kind == "replace" else ""), change


def text_changes(chance, text):
    """The same for lines of text."""
    kind = chance.choice(["drop a line", "double a line", "change a letter", "insert", "cut"])
    at = chance.randrange(len(text))
    new = chance.choice([" ", "\n", "=", "+", "0", "\t", "\r", "\u00e9", "\u2028", "— "])

    def change(text):
        lines = text.split("\n")
        row = at % len(lines)
        if kind == "drop a line":
            return "\n".join(lines[:row] + lines[row + 1 :])
        if kind == "double a line":
            return "\n".join(lines[: row + 1] + lines[row:])
        if kind == "cut":
            return text[:at]
        return text[:at] + new + text[at + (kind == "change a letter") :]

    return f"{kind} at {at}" + (f", {new!r}" if kind in ("insert", "change a letter") else ""), change


def lies(what, value):
    """Names and lies, always the same for a seed."""
    chance = random.Random(f"{SEED} {what}")
    if isinstance(value, str):
        return [text_changes(chance, value) for _ in range(4 * COUNT)]
    ways = list(places(value))
    if len(ways) > OF_LARGE:
        ways = chance.sample(ways, OF_LARGE)
    return [changes(chance, way) for way in ways for _ in range(COUNT)]


def cases_of(what, lie):
    """The files that a lie shows in."""
    if what.endswith("promise"):
        forger = Forger(**{what: lie})
        return [(forger.payslip(), [forger.promise()]), (forger.receipt(), [forger.promise()])]
    if what in ("extra", "lines"):
        return [(Forger(**{what: lie}).receipt(), [])]
    forger = Forger(**{what: lie})
    if what.endswith(("enrol_member", "genesis")):
        return [(forger.first_payslip(), [])]
    made = [Forger(**{what: lie}).first_payslip()] if what.endswith(" 1") else []
    return [(data, []) for data in [*made, forger.payslip()]]


def text_of(value):
    """Whether the forger can still write it down."""
    try:
        formats.encode(value)
        return True
    except (TypeError, ValueError):
        return False


def sweep():
    """As mutations.mutations() gives them; None stands for any verdict."""
    honest, receiver = Recorder(), Recorder()
    honest.payslip()
    honest.promise()
    receiver.receipt()
    for what, value in {**receiver.heard, **honest.heard}.items():
        if what in ("seconds", "receipt"):
            continue
        for name, lie in lies(what, value):
            if not text_of(lie(value)):
                continue
            try:
                made = cases_of(what, lie)
            except (AttributeError, LookupError, TypeError, ValueError):
                continue  # the forger's own hands fail at this one
            for number, (data, held) in enumerate(made):
                yield f"swept {what}, {number}: {name}", data, policy(), held, None
    good = Forger().payslip()
    for name, lie in lies("policy", policy()):
        yield f"swept policy: {name}", good, lie(policy()), [], None
