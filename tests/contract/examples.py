"""Sends every example of the contract, in the order of the steps in `x-test`, and holds each answer
against the contract."""

import base64
import copy
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

from formats import included
from static import verifies
from wire import Wire
from world import Missing, World

WAIT_S = 60
FAR = 10**12  # a size that no log has


def check(contract, node, tally):
    world = World(contract, node)
    served = Wire(node.url).send("GET", "/openapi.json")
    same = served.status == 200 and served.json() == contract.doc
    tally.expect("the node serves this contract", [] if same else ["GET /openapi.json is another document"])
    steps = [(test["step"], operation, test) for operation in contract.operations for test in operation.spec["x-test"]]
    for _, operation, test in sorted(steps, key=lambda step: step[0]):
        what = f"{operation.name} {test.get('example', '')} as {test['as']}".replace("  ", " ")
        try:
            tally.expect(what, send(contract, world, operation, test))
        except Missing as why:
            tally.skipped(what, why)
        except Exception as error:  # what it needs is missing because an earlier step failed
            tally.failed(what, repr(error))
    check_credentials(contract, world, tally)
    check_min_seq(contract, world, tally)
    return world


def send(contract, world, operation, test):
    """Sends one example; returns what is wrong with the answer."""
    target, headers = address(world, operation, test)
    body = None
    wanted = test.get("example")
    for name, kind, value, _ in contract.request_examples(operation):
        if wanted in (None, name):
            body, headers["Content-Type"] = encoded(value, test, world), kind
            break
    if test.get("stream"):
        return stream_faults(contract, operation, *world.wire.first_event(target, headers))
    method = operation.method.upper()
    answer = world.wire.send(method, target, headers, body)
    deadline = time.monotonic() + WAIT_S
    while test.get("wait") and answer.status == 404 and time.monotonic() < deadline:
        time.sleep(0.25)
        answer = world.wire.send(method, target, headers, body)
    faults = answer_faults(contract, operation, answer, test.get("answers"))
    if answer.status < 300:
        faults += keep(world, answer, test.get("keep", {}))
        if operation.name == "sendCommand":
            faults += promise_faults(world, answer.json())
        if "Idempotency-Key" in headers:
            faults += differs(answer, world.wire.send(method, target, headers, body))
    return faults


def differs(first, again):
    """Sent again under its Idempotency-Key, a request gets the answer that it got before. A promise covers what was
    committed together, so the one given later may be about fewer entries."""
    if again.status == first.status and without_promises(again) == without_promises(first):
        return []
    return [f"sent again: {again.status} {again.text[:200]} instead of {first.status} {first.text[:200]}"]


def without_promises(answer):
    if not answer.body:
        return None
    return {name: value for name, value in answer.json().items() if name not in ("promise", "promises")}


def address(world, operation, test):
    """Target and headers: parameters from the world where `use` says so, else those of the examples."""
    use = dict(test.get("use", {}))
    target, query, headers = operation.path, {}, world.headers(test["as"])
    for parameter in operation.parameters:
        name, place = parameter["name"], parameter["in"]
        if place == "path":
            value = world.value(use[name]) if name in use else parameter["example"]
            target = target.replace(f"{{{name}}}", quote(str(value), safe="/"))
        elif place == "query" and parameter.get("required") and name not in use:
            query[name] = parameter["example"]
        elif place == "query" and name in use:
            made = use[name] if use[name] in parameter["schema"].get("enum", []) else world.value(use[name])
            query[name] = made
        elif name == "Idempotency-Key":
            headers[name] = secrets.token_hex(16)
        elif name == "Handprint-Min-Seq":
            headers[name] = str(parameter["example"])
    return target + ("?" + urlencode(query) if query else ""), headers


def encoded(value, test, world):
    if isinstance(value, str):
        return value.encode()
    value = copy.deepcopy(value)
    for member, name in test.get("set", {}).items():
        value[member] = world.value(name)
    return json.dumps(value).encode()


def answer_faults(contract, operation, answer, kind=None):
    """What is wrong with an answer that should be a good one."""
    documented = dict(contract.answers(operation))
    if answer.status not in documented or answer.status >= 400:
        good = sorted(status for status in documented if status < 400)
        return [f"{answer.status} instead of {good}: {answer.text[:300]}"]
    response = documented[answer.status]
    faults = [
        f"header {name} is missing"
        for name in response.get("headers", {})
        if name not in ("Retry-After",) and name.lower() not in answer.headers
    ]
    content = response.get("content", {})
    if not content:
        return faults + ([f"{len(answer.body)} bytes where none are said"] if answer.body else [])
    kinds = [kind] if kind else list(content)
    if answer.kind not in kinds:
        return [*faults, f"content type {answer.kind!r} instead of {kinds}"]
    return faults + body_faults(contract, answer, content[answer.kind]["schema"])


def body_faults(contract, answer, schema):
    if answer.kind == "application/json":
        return contract.faults(answer.json(), schema)
    if answer.kind == "application/jsonl":
        lines = [json.loads(line) for line in answer.body.split(b"\n") if line]
        faults = [fault for line in lines for fault in contract.faults(line, contract.named("Result"))]
        return faults or ([] if lines else ["no rows"])
    if answer.kind == "text/csv":
        first = answer.text.splitlines()[:1]
        return [] if first == ["external,task,member,answer,accepted_index,price_micros,note"] else [f"header {first}"]
    if answer.kind == "application/octet-stream":
        return [] if answer.body and len(answer.body) % 32 == 0 else [f"{len(answer.body)} bytes"]
    return contract.faults(answer.text, schema)


def stream_faults(contract, operation, answer, lines):
    if (answer.status, answer.kind) != (200, "text/event-stream"):
        return [f"{answer.status} {answer.kind}"]
    fields = dict(line.split(": ", 1) for line in lines)
    if set(fields) != {"id", "event", "data"}:
        return [f"lines {lines}"]
    data = json.loads(fields["data"])
    faults = contract.faults(data, contract.named("EventData"))
    if not faults and (str(data["index"]), data["kind"]) != (fields["id"], fields["event"]):
        faults.append("id and event are not those of the data")
    return faults


def keep(world, answer, wanted):
    """Remembers parts of an answer; returns what is not there."""
    faults = []
    for name, place in wanted.items():
        if place == "cookie":
            world.kept[name] = answer.headers["set-cookie"].split(";")[0].removeprefix("hp_session=")
        elif place == "text":
            world.kept[name] = answer.text
        else:
            value = answer.json()
            try:
                for step in place.split(".") if place != "body" else []:
                    value = value[int(step)] if isinstance(value, list) else value[step]
                world.kept[name] = value
            except (KeyError, IndexError):
                faults.append(f"no {place} in the answer")
    return faults


def promise_faults(world, answer):
    """The promise is the node's word for this very entry."""
    key = world.wire.json("GET", "/v1/ledger").json()["promise_key"]
    held = answer["promise"]
    if not verifies(held["envelope"], base64.b64decode(key)):
        return ["the promise does not verify under the ledger's promise key"]
    if any(held[name] != answer[name] for name in ("index", "leaf")):
        return [f"the promise is about {held}, the answer about {answer['index']} {answer['leaf']}"]
    said = json.loads(base64.b64decode(held["envelope"]["payload"]))
    root, *path = (base64.b64decode(one) for one in (said["root"], *held["path"]))
    place = held["index"] - said["first"]
    leads = included(base64.b64decode(held["leaf"]), place, said["count"], path, root)
    return [] if leads else [f"the path of {held} does not lead to what was signed"]


def check_credentials(contract, world, tally):
    """Every route that asks for credentials refuses without them, and refuses the other party."""
    world.kept["requester_session"] = world.sign_in(world.keys["requester"])  # the last step signed out
    for operation in contract.operations:
        if operation.auth not in ("session", "requester"):
            continue
        method, target = operation.method.upper(), operation.path
        for parameter in operation.parameters:
            if parameter["in"] == "path":
                target = target.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        bodies = contract.request_examples(operation)
        body = next((value for _, kind, value, _ in bodies if kind == "application/json"), None)
        answer = world.wire.json(method, target, body)
        tally.expect(f"{operation.name} without credentials", problem_faults(contract, answer, 401, "unauthenticated"))
        others = {"work": "requester", "me": "requester", "jobs": "member"}
        other = others.get(operation.spec["tags"][0])
        if other and operation.name not in ("getTerms", "getReceipt"):
            answer = world.wire.json(method, target, body, world.headers(other))
            code = "not_a_member" if other == "requester" else "not_a_requester"
            tally.expect(f"{operation.name} as a {other}", problem_faults(contract, answer, 403, code))


def check_min_seq(contract, world, tally):
    """Every read that knows Handprint-Min-Seq says when the log is not that long."""
    reads = [(o, t) for o in contract.operations for t in o.spec["x-test"][:1] if o.has("Handprint-Min-Seq")]

    def ask(pair):
        operation, test = pair
        # The API key has been dropped by now; a session of the requester opens the same doors.
        by = {"key": "requester"}.get(test["as"], test["as"])
        target, headers = address(world, operation, {**test, "as": by})
        return world.wire.send("GET", target, {**headers, "Handprint-Min-Seq": str(FAR)})

    with ThreadPoolExecutor(4) as pool:
        asked = [(pair[0].name, pool.submit(ask, pair)) for pair in reads]
        for name, answer in asked:
            what = f"{name} does not answer from an older ledger than asked for"
            try:
                faults = problem_faults(contract, answer.result(), 503, "not_yet")
            except Missing as why:
                tally.skipped(what, why)
                continue
            except Exception as error:
                faults = [repr(error)]
            tally.expect(what, faults)


def problem_faults(contract, answer, status, code, field=None):
    """What is wrong with an answer that should be this problem."""
    if answer.status != status:
        return [f"{answer.status} instead of {status}: {answer.text[:300]}"]
    if answer.kind != "application/problem+json":
        return [f"content type {answer.kind!r}"]
    problem = answer.json()
    faults = contract.faults(problem, contract.named("Problem"))
    for name, wanted in (("code", code), ("status", status), ("field", field)):
        if wanted is not None and problem.get(name) != wanted:
            faults.append(f"{name} {problem.get(name)!r} instead of {wanted!r}")
    if problem.get("type") != f"https://handprint.example/problems/{problem.get('code')}":
        faults.append(f"type {problem.get('type')}")
    if (problem.get("retry") == "later" or status == 503) and "retry-after" not in answer.headers:
        faults.append("no Retry-After")
    return faults
