"""Members of the wrong type, for every route that takes JSON and every kind of command: each is refused with the name
of the member, and nothing of it is entered. What is wrong follows from the contract, so a new member is asked too."""

import json
import secrets
import subprocess

import demo
from bad_inputs import entries_since, size
from examples import address, encoded
from world import Missing

VALUES = (None, True, -1, "x", [], {}, [None], {"x": 1}, 1.5, 10**30, "x" * 70_000)
# A number that our JSON does not have is told with its place in the body.
NO_NUMBERS = (1.5, 10**30)


def check(contract, world, tally):
    grant_again(world)
    for operation in contract.operations:
        test = operation.spec["x-test"][0]
        for example, kind, value, schema in contract.request_examples(operation):
            if kind != "application/json" or not isinstance(value, dict):
                continue
            what = f"{operation.name} names the member that is of the wrong type, example {example}"
            before = size(world)
            try:
                faults = expect_members(contract, world, operation, test, value, schema)
                tally.expect(what, faults + entries_since(world, before))
            except Missing as why:
                tally.skipped(what, why)
            except Exception as error:
                tally.failed(what, repr(error))
    check_commands(contract, world, tally)


def expect_members(contract, world, operation, test, value, schema):
    target, headers = address(world, operation, test)
    headers = {**headers, "Content-Type": "application/json"}
    good = json.loads(encoded(value, test, world))
    faults = []
    for name in good:
        for odd in VALUES:
            fresh = {"external": secrets.token_hex(8)} if "external" in good else {}
            body = {**good, **fresh, name: odd}
            if not contract.faults(body, schema):
                continue
            headers.pop("Idempotency-Key", None)
            answer = world.wire.send(operation.method.upper(), target, headers, json.dumps(body).encode())
            faults += refused(answer, name, odd)
    return faults


def refused(answer, name, odd):
    shown = f"{name} = {json.dumps(odd)[:40]}"
    if answer is None or not 400 <= answer.status < 500:
        return [f"{shown}: {answer and answer.status} {answer and answer.text[:200]}"]
    told = answer.json()
    field = told.get("field", "")
    named = field == name or field.startswith((f"{name}.", f"{name}["))
    no_json = odd in NO_NUMBERS and (told["code"], field) == ("not_json", "body")
    either = told["code"] == "one_of"  # of two members, and it names the other
    return [] if named or no_json or either else [f"{shown}: {answer.text[:300]}"]


def grant_again(world):
    """The examples ended with the grant revoked, and nothing would be asked any more."""
    cookie = world.headers("requester")
    world.kept["agent_key"] = world.wire.json("POST", "/v1/agents", {}, cookie).json()["key"]
    grant = world.send_command(world.signed_grant())["result"]["grant"]
    made = world.wire.json("POST", "/v1/api-keys", {"grant": grant, "label": "wrong types"}, cookie).json()
    world.kept |= {"api_key": made["api_key"], "grant": grant}


def check_commands(contract, world, tally):
    listed = subprocess.run([str(demo.binary()), "sign", "--list", "--json"], capture_output=True, check=True)
    signer = world.keys["requester"]
    for kind in json.loads(listed.stdout)["kinds"]:
        names = [word.strip("[]").split("=")[0] for word in kind["fields"].split() if "=" in word]
        faults, before = [], size(world)
        for name in names:
            for odd in (None, True, {}, [[]], {"x": 1}):
                envelope = signer.command(world.log, world.value("requester_party"), kind["kind"], {name: odd})
                answer = world.wire.json("POST", "/v1/commands", {"envelope": envelope})
                told = answer.json()
                if answer.status != 422 or told["code"] != "bad_argument" or not told["field"].startswith("args."):
                    faults.append(f"{name} = {odd}: {answer.status} {answer.text[:200]}")
        if names:
            tally.expect(f"{kind['kind']} with arguments of the wrong type", faults + entries_since(world, before))
