"""Each status that the node was seen to answer with is one that the contract gives for the operation."""

import re
from urllib.parse import urlsplit

from wire import Wire

# What no operation needs to name: the server says it before it knows which one is meant, or of any.
OF_ANY = {405, 408, 414, 429, 431}


def check(contract, tally):
    met = {operation.name: set() for operation in contract.operations}
    for method, target, status in Wire.answered:
        operation = operation_of(contract, method, urlsplit(target).path)
        if operation is not None and status not in OF_ANY:
            met[operation.name].add(status)
    for operation in contract.operations:
        declared = {int(status) for status in operation.spec["responses"]}
        undeclared = sorted(met[operation.name] - declared)
        faults = [f"answers {status} too" for status in undeclared]
        tally.expect(f"{operation.name}: each status that it answered with is declared", faults)


def operation_of(contract, method, path):
    """The most literal one that has this path; none of a path that cannot be decoded or is not there."""
    fits = [one for one in contract.operations if one.method.upper() == method and pattern(one.path).fullmatch(path)]
    return min(fits, key=lambda one: one.path.count("{"), default=None)


def pattern(path):
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
