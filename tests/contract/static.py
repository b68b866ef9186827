"""What can be said of the contract without a node: it is a contract, its examples are true to it and to
the format of the ledger, and it is the same as the map in docs/http-api.md and the sources."""

import base64
import hashlib
import json
import re

import openapi_spec_validator
from contract import JSON_FILE, ROOT
from handprint.signing import Key, b64, canonical, commit, tagged
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from sources import codes, routes

SECURITY = {
    "none": [{}],
    "signed": [{}],
    "session": [{"session": []}],
    "requester": [{"session": []}, {"key": []}],
    "any": [{}, {"session": []}, {"key": []}],
}
FAMILIES = ("invalid", "later", "done", "denied", "conflict")
# One route of the node serves the whole log; the contract says what is in it.
FILES = ("/log/checkpoint", "/log/tile/{tile}", "/log/distribution/{index}")
LOG = {("GET", path): "/log/{path...}" for path in FILES}


def check(contract, tally):
    tally.expect("the contract is OpenAPI 3.1", spec_faults(contract.doc))
    same = JSON_FILE.exists() and json.loads(JSON_FILE.read_text()) == contract.doc
    tally.expect("openapi.json is the yaml", [] if same else ["run tests/contract/run --write"])
    for operation in contract.operations:
        what = f"{operation.name}: auth and test are given"
        tally.expect(what, operation_faults(contract, operation))
        for name, kind, value, schema in contract.request_examples(operation):
            if "json" in kind and not kind.endswith("jsonl"):
                tally.expect(f"{operation.name}: request example {name}", contract.faults(value, schema))
        for status, response in contract.answers(operation):
            for kind, media in response.get("content", {}).items():
                for name, _, value, schema in contract.media_examples(kind, media):
                    what = f"{operation.name}: {status} example {name}"
                    tally.expect(what, contract.faults(value, schema))
    check_envelopes(contract, tally)
    check_attachments(contract, tally)
    tally.expect("the example of coop parts opens that of headers", opening_faults(contract))
    tally.expect("docs/http-api.md has these routes", page_faults(contract))
    tally.expect("the node has these routes", route_faults(contract))
    check_codes(contract, tally)


def spec_faults(doc):
    try:
        openapi_spec_validator.validate(doc)
    except Exception as error:
        return [error]
    return []


def operation_faults(contract, operation):
    faults = []
    if operation.spec.get("security") != SECURITY.get(operation.auth):
        faults.append(f"security does not say {operation.auth}")
    if operation.auth in ("session", "requester") and "401" not in operation.spec["responses"]:
        faults.append("no 401")
    paged = [name for name in ("limit", "after", "from") if operation.has(name)]
    if paged and "400" not in operation.spec["responses"]:
        faults.append(f"no 400, though {' and '.join(paged)} can be refused")
    names = [name for name, *_ in contract.request_examples(operation)]
    tested = [test.get("example") for test in operation.spec.get("x-test", [])]
    if not tested:
        faults.append("no x-test")
    if len(names) > 1 and sorted(names) != sorted(tested):
        faults.append(f"examples {sorted(names)}, tested {tested}")
    return faults


def envelopes(value, where=""):
    """(where, envelope) of every envelope in the document's examples."""
    if isinstance(value, dict):
        if {"payload", "payloadType", "signatures"} == set(value) and isinstance(value["payload"], str):
            yield where, value
        for key, inner in value.items():
            yield from envelopes(inner, f"{where}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from envelopes(inner, where)


def verifies(envelope, key):
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    try:
        VerifyKey(key).verify(signed, base64.b64decode(envelope["signatures"][0]["sig"]))
    except BadSignatureError:
        return False
    return True


def payload_schema(envelope, body):
    """Names of the schemas for body and args of what was signed."""
    kind = envelope["payloadType"].split(".")[2]
    if kind != "command":
        return {"promise": "Promise", "session": "SessionProof"}[kind], None
    return "Command", "Args" + "".join(word.capitalize() for word in body["kind"].split("_"))


def check_envelopes(contract, tally):
    keys = {name: Key(base64.b64decode(seed)) for name, seed in contract.doc["x-example-keys"].items()}
    for where, envelope in envelopes(contract.doc):
        raw = base64.b64decode(envelope["payload"])
        body = json.loads(raw)
        faults = [] if canonical(body) == raw else ["the payload is not canonical"]
        signers = [key for key in keys.values() if verifies(envelope, key.public)]
        if not signers:
            faults.append("no example key signed it")
        elif envelope["signatures"][0]["keyid"] != hashlib.sha256(signers[0].public).hexdigest()[:16]:
            faults.append("keyid")
        schema, args = payload_schema(envelope, body)
        faults += contract.faults(body, contract.named(schema))
        if args is not None:
            faults += contract.faults(body["args"], contract.named(args))
        tally.expect(f"envelope in {where.replace('/components/examples/', '')}", faults)


def check_attachments(contract, tally):
    examples = contract.doc["components"]["examples"]

    def example(name):
        value = examples[name]["value"]
        return json.loads(base64.b64decode(value["envelope"]["payload"]))["args"], value["attachments"]

    args, attached = example("Submit")
    opened = [b64(commit(base64.b64decode(a["salt"]), base64.b64decode(a["content"]))) for a in attached["answers"]]
    tally.expect("attached answers open their hashes", differ(opened, [a["hash"] for a in args["answers"]]))
    args, attached = example("CreateProject")
    opened = b64(commit(base64.b64decode(attached["salt"]), canonical(attached["document"])))
    tally.expect("an attached document opens its hash", differ(opened, args["document"]))
    args, attached = example("CreateBatch")
    faults = differ(b64(tagged("terms", canonical(attached["terms"]))), args["terms"])
    numbers = {name: value for name, value in args.items() if name not in ("external", "terms")}
    faults += differ({name: attached["terms"].get(name) for name in numbers}, numbers)
    tally.expect("attached terms have the signed hash and numbers", faults)


def opening_faults(contract):
    """The coop part in the one example is what the header in the other commits to."""

    def example(path):
        answer = contract.doc["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"]
        return {entry["index"]: entry for entry in answer["entries"]}

    headers = example("/v1/entries")
    faults = []
    for index, part in example("/v1/entries/coop").items():
        digest = commit(base64.b64decode(part["salt"]), base64.b64decode(part["coop"]))
        faults += differ(b64(digest), json.loads(headers[index]["header"])["parts"][0]["commit"])
    return faults


def differ(got, wanted):
    return [] if got == wanted else [f"{got} is not {wanted}"]


def page_routes():
    """(METHOD, path) -> words on credentials, from the table of docs/http-api.md."""
    found = {}
    for line in (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split(" | ")]
        if len(cells) < 3 or not cells[0].startswith("| `"):
            continue
        method = path = None
        for token in re.findall(r"`([^`]*)`", cells[0]) + re.findall(r"`(DELETE /[^`]*)`", cells[2]):
            words = token.split("?")[0].split(" ")
            if words[0].isupper():
                method, path = words[0], (words[1] if len(words) > 1 else path)
            elif re.fullmatch(r"/\w+", token) and path.startswith("/v1/"):
                path = path.rsplit("/", 1)[0] + token  # a sibling: publish / close
            else:
                path = token
            found[method, path.replace("/...", "/{tile}")] = cells[1]
    return found


def contract_routes(contract):
    return {(o.method.upper(), o.path): o.auth for o in contract.operations}


def page_faults(contract):
    page, ours = page_routes(), contract_routes(contract)
    return [f"only in the page: {r}" for r in page.keys() - ours.keys()] + [
        f"only in the contract: {r}" for r in ours.keys() - page.keys()
    ]


def route_faults(contract):
    ours, theirs = contract_routes(contract), routes()
    served = {LOG.get(route, route[1]): route for route in ours}
    faults = []
    for (method, path), auth in ours.items():
        there = theirs.get((method, LOG.get((method, path), path)))
        if there is None:
            faults.append(f"not served: {method} {path}")
        elif there != auth:
            faults.append(f"{method} {path} asks for {there}, the contract says {auth}")
    faults += [f"not in the contract: {m} {p}" for m, p in theirs if p not in served]
    return faults


def check_codes(contract, tally):
    schema = contract.doc["components"]["schemas"]["ProblemCode"]
    told, enum, found = schema["x-codes"], schema["enum"], codes()
    tally.expect("each code of the list is explained", differ(sorted(told), sorted(enum)))
    for code in sorted(told.keys() | found.keys()):
        if code not in found:
            faults = ["no source can produce it"]
        elif code not in told:
            faults = [f"not in the contract; see {found[code]}"]
        else:
            faults = differ(sorted(map(str, told[code]["is"])), sorted(map(str, found[code])))
            faults += [
                f"{what} is no family and no status"
                for what in told[code]["is"]
                if what not in FAMILIES and what not in range(400, 600)
            ]
        tally.expect(f"code {code}", faults)
