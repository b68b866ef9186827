"""Every route refuses what it does not know: a parameter in the query, a member in the JSON of a body."""

import json

from examples import address, problem_faults
from world import Missing

ODD = "misspelt"
FREE = "/log/"  # files, to which anybody may link as they like


def check(contract, world, tally):
    for operation in contract.operations:
        test = operation.spec["x-test"][0]
        # The API key has been dropped by now; a session of the requester opens the same doors.
        test = {**test, "as": {"key": "requester"}.get(test["as"], test["as"])}
        bodies = list(contract.request_examples(operation))
        try:
            target, headers = address(world, operation, test)
            expect_query(contract, world, tally, operation, target, headers, bodies)
            expect_member(contract, world, tally, operation, target, headers, bodies)
        except Missing as why:
            tally.skipped(f"{operation.name} refuses what it does not know", why)
        except Exception as error:
            tally.failed(f"{operation.name} refuses what it does not know", repr(error))
    check_log(contract, world, tally)


def sent(world, operation, target, headers, kind, body):
    return world.wire.send(operation.method.upper(), target, {**headers, **({"Content-Type": kind} if kind else {})}, body)


def expect_query(contract, world, tally, operation, target, headers, bodies):
    odd = target + ("&" if "?" in target else "?") + f"{ODD}=1"
    _, kind, value, _ = bodies[0] if bodies else (None, None, None, None)
    body = value.encode() if isinstance(value, str) else json.dumps(value).encode() if bodies else None
    answer = sent(world, operation, odd, headers, kind, body)
    if operation.path.startswith(FREE):
        plain = sent(world, operation, target, headers, kind, body)
        faults = [] if answer.status == plain.status else [f"{answer.status} instead of {plain.status}"]
        tally.expect(f"{operation.name} takes any query", faults)
        return
    tally.expect(
        f"{operation.name} refuses an unknown parameter", problem_faults(contract, answer, 400, "bad_argument", ODD)
    )


def expect_member(contract, world, tally, operation, target, headers, bodies):
    for name, kind, value, schema in bodies:
        if kind != "application/json" or any_member(contract, schema):
            continue
        body = json.dumps({**value, ODD: 1}).encode()
        answer = sent(world, operation, target, headers, kind, body)
        what = f"{operation.name} refuses an unknown member, example {name}"
        tally.expect(what, problem_faults(contract, answer, 400, "bad_argument", ODD))


def any_member(contract, schema):
    """Whether the contract says that it takes what it does not name: a draft is any JSON."""
    return not contract.faults({ODD: 1}, schema)


def check_log(contract, world, tally):
    """What is not in the log is said as everywhere."""
    for path in ("nothing", "tile/0/x999/999", "distribution/999999999", "tile/64/000"):
        answer = world.wire.send("GET", FREE + path)
        tally.expect(f"{FREE}{path} is a problem", problem_faults(contract, answer, 404, "not_found"))
