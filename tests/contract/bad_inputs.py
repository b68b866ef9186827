"""Requests that are wrong, each with the problem it must get, and nothing done by halves: the ledger
has no entry more than before."""

import base64
import dataclasses
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from examples import problem_faults
from handprint.signing import COMMAND, SESSION, Key, b64, canonical, commit
from static import differ
from world import World

MIB = 1 << 20


@dataclasses.dataclass
class Bad:
    what: str
    method: str
    target: str
    status: int
    code: str
    field: str = None
    body: object = None  # bytes as they are, else JSON
    by: str = "nobody"
    headers: dict = dataclasses.field(default_factory=dict)


def check(contract, node, tally):
    world = World(contract, node)
    prepare(world)
    for make in (transport, envelopes, replays, transfers, sessions, doors, grants, uploads, member_doors):
        for bad in make(world):
            before = size(world)
            try:
                answer = send(world, bad)
                faults = problem_faults(contract, answer, bad.status, bad.code, bad.field)
            except Exception as error:
                faults = [repr(error)]
            tally.expect(f"bad input: {bad.what}", faults + entries_since(world, before))
    check_replay(contract, world, tally)
    check_uploads_at_once(world, tally)
    check_existing(world, tally)


def prepare(world):
    """Two requesters, one with an API key, a project and a batch; a newcomer who is a member."""
    world.kept["requester"] = world.send_command(world.registration_of_requester(), {"name": "Bad inputs"})["result"][
        "requester"
    ]
    world.kept["requester_session"] = world.sign_in(world.keys["requester"])
    cookie = world.headers("requester")
    world.kept["agent_key"] = world.wire.json("POST", "/v1/agents", {}, cookie).json()["key"]
    grant = world.send_command(world.signed_grant())["result"]["grant"]
    made = world.wire.json("POST", "/v1/api-keys", {"grant": grant, "label": "bad"}, cookie).json()
    world.kept["api_key"] = made["api_key"]
    world.kept["newcomer"] = world.send_command(world.enrolment_of_member())["result"]["member"]
    world.kept["member_session"] = world.sign_in(world.keys["newcomer"])
    key = world.headers("key")
    named = {"external": "bad", "title": "Bad", "description": ""}
    project = world.wire.json("POST", "/v1/projects", named, key).json()
    world.kept["project"] = project.get("project", project.get("result", {}).get("project"))
    world.kept["draft"] = world.second_batch()
    world.kept["closed"] = world.second_batch()
    closed = world.wire.json("POST", f"/v1/batches/{world.kept['closed']}/close", {}, key)
    assert (closed.status, closed.json()["released"]) == (200, "0"), closed.text
    named = world.second_batch("named")
    upload = {"Content-Type": "application/jsonl", **key}
    world.kept["taken"] = {"batch": named, "task": 1}
    assert world.wire.send("POST", f"/v1/batches/{named}/tasks", upload, b'{"id":"first","text":"1"}\n{"id":"taken","text":"1"}').status == 200
    other = Key.make()
    registered = world.send_command(
        world.command(other, "new", "register_requester", {"key": other.text}), {"name": "Another"}
    )
    world.kept["other"], world.kept["other_party"] = other, f"r:{registered['result']['requester']}"
    world.kept["other_session"] = world.sign_in(other)


def send(world, bad):
    body = bad.body if bad.body is None or isinstance(bad.body, bytes) else json.dumps(bad.body).encode()
    headers = {"Content-Type": "application/json", **world.headers(bad.by), **bad.headers}
    return world.wire.send(bad.method, bad.target, headers, body)


def size(world):
    return world.wire.json("GET", "/v1/entries?from=0&limit=1").json()["size"]


def entries_since(world, before):
    """Entries that a person or an agent made meanwhile; the node's own clock goes on."""
    found = world.wire.json("GET", f"/v1/entries?from={before}&limit=100").json()["entries"]
    kinds = [h["kind"] for h in (json.loads(e["header"]) for e in found) if h["authority"] != "clock"]
    return [f"the ledger has grown by {kinds}"] if kinds else []


def transport(world):
    def command(what, body, status=400, code="not_json", field=None):
        return Bad(what, "POST", "/v1/commands", status, code, field, body)

    yield command("an empty body", b"")
    yield command("a body cut short", b'{"envelope":{"payload":"aGk')
    yield command("text that is not UTF-8", b'{"envelope":"\xff"}')
    yield command("a key that stands twice", b'{"envelope":{},"envelope":{}}')
    yield command("a fraction", b'{"envelope":1.5}')
    yield command("a number beyond 2^53", b'{"envelope":9007199254740993}')
    yield command("half a surrogate pair", b'{"envelope":"\\ud800"}')
    yield command("JSON deeper than 16", b'{"envelope":' + b"[" * 16 + b"]" * 16 + b"}")
    yield command("a million brackets", b"[" * MIB)
    yield command("a list instead of an object", b"[]")
    yield command("two values", b"{} {}")
    yield command("more than the route takes", b" " * (5 * MIB), 413, "body_too_large")
    yield Bad("a header of 20 KiB", "GET", "/v1/ledger", 431, "header_too_large", headers={"X-Long": "x" * 20_000})
    yield Bad("a route that is not there", "GET", "/v1/nothing", 404, "not_found")
    yield Bad("a method that is not there", "DELETE", "/v1/ledger", 405, "method_not_allowed")
    yield Bad("a path that cannot be decoded", "GET", "/v1/batches/%zz/terms", 400, "bad_request")
    yield Bad("an event that is none", "GET", "/v1/events", 400, "bad_number", "Last-Event-ID",
              headers={"Last-Event-ID": "last"})
    yield Bad(
        "a log size that is no number", "GET", "/v1/money", 400, "bad_number", "Handprint-Min-Seq", by="requester",
        headers={"Handprint-Min-Seq": "all"},
    )


def envelopes(world):
    key, party = world.keys["requester"], world.requester_party()

    def command(what, envelope, status, code, field=None, attachments=None):
        body = {"envelope": envelope, **({"attachments": attachments} if attachments else {})}
        return Bad(what, "POST", "/v1/commands", status, code, field, body)

    def by(actor, kind, args, signer=key, **changed):
        body = {"actor": actor, "args": args, "command": secrets.token_hex(16), "kind": kind, "log": world.log}
        return signer.envelope(COMMAND, {**body, **changed})

    good = by(party, "refund", {"amount": "1", "currency": "KES"})
    signature = good["signatures"][0]
    yield Bad("no envelope", "POST", "/v1/commands", 400, "missing", "envelope", {"attachments": {}})
    yield command("an envelope that is text", "x", 400, "malformed", "envelope")
    yield command("an envelope with more in it", {**good, "extra": 1}, 400, "malformed", "envelope")
    yield command("two signatures", {**good, "signatures": [signature] * 2}, 400, "malformed", "envelope")
    yield command("no signature", {**good, "signatures": []}, 400, "malformed", "envelope")
    yield command("a payload that is not base64", {**good, "payload": "%%%"}, 400, "malformed", "envelope")
    session = key.envelope(SESSION, {"challenge": "x", "log": world.log, "time": 0})
    yield command("an envelope of another type", session, 422, "wrong_type", "envelope.payloadType")
    loose = json.dumps({"actor": party}, indent=1).encode()
    yield command("signed bytes that are not canonical", raw(key, loose), 422, "not_canonical", "envelope.payload")
    other_id = Bad("a header that says another id", "POST", "/v1/commands", 400, "bad_id", "Idempotency-Key", {"envelope": good})
    yield dataclasses.replace(other_id, headers={"Idempotency-Key": secrets.token_hex(16)})
    yield command("a command without its members", raw(key, b"{}"), 422, "malformed", "envelope.payload")
    odd = by(party, "refund", {}, command="x")
    yield command("a command id that is no id", odd, 422, "malformed", "envelope.payload")
    yield command("a kind that is not there", by(party, "steal", {}), 422, "unknown_kind", "kind")
    yield command("another log", by(party, "refund", {}, log="elsewhere.example"), 422, "wrong_log", "log")
    for args, at in [
        ({"currency": "KES"}, "args.amount"),
        ({"amount": 5, "currency": "KES"}, "args.amount"),
        ({"amount": "5.0", "currency": "KES"}, "args.amount"),
        ({"amount": "5", "currency": ["KES"]}, "args.currency"),
        ({"amount": "5", "currency": "KES", "to": "me"}, "args.to"),
    ]:
        yield command(f"args {args}", by(party, "refund", args), 422, "bad_argument", at)
    flipped = bytearray(base64.b64decode(signature["sig"]))
    flipped[5] ^= 1
    forged = {**good, "signatures": [{**signature, "sig": b64(bytes(flipped))}]}
    yield command("a signature with a bit turned", forged, 422, "signature_invalid", "envelope.signatures")
    other = world.kept["other"].envelope(COMMAND, json.loads(base64.b64decode(good["payload"])))
    other["signatures"][0]["keyid"] = signature["keyid"]
    yield command("the signature of another key", other, 422, "signature_invalid", "envelope.signatures")
    stranger = by(party, "refund", {"amount": "1", "currency": "KES"}, signer=Key.make())
    yield command("a key that nobody has", stranger, 403, "key_unknown", "envelope.signatures")
    yield command("in the name of another", by(world.kept["other_party"], "refund", {"amount": "1", "currency": "KES"}),
                  403, "key_unknown")
    yield command("in the name of the clock", by("clock", "import_seal", {"batch": 0}), 403, "key_unknown")
    yield command("a delegate's command by a requester", by(party, "close_period", {}), 403, "not_a_delegate")
    yield command("money in a currency that is not there", by(party, "refund", {"amount": "1", "currency": "QQQ"}),
                  422, "unknown_currency", "currency")
    yield command("money that is not there", by(party, "refund", {"amount": "1", "currency": "KES"}),
                  409, "not_covered", "amount")
    yield command("a grant of what cannot be granted",
                  by(party, "grant", grant_args(kinds=["grant"])), 422, "bad_kind", "kinds")
    yield command("a grant that has ended", by(party, "grant", grant_args(expires=1)), 422, "expired", "expires")
    yield command("a second registration", by("new", "register_requester", {"key": key.text}), 409, "key_in_use", "key",
                  {"name": "Again"})
    fresh = Key.make()
    yield command("a requester without a name",
                  by("new", "register_requester", {"key": fresh.text}, signer=fresh), 422, "bad_text",
                  "attachments.name")
    yield command("an attachment that the kind does not have",
                  by("new", "register_requester", {"key": fresh.text}, signer=fresh), 422, "bad_argument",
                  "attachments.nick", {"name": "A", "nick": "B"})
    yield Bad("a term of an offer that is not there", "POST", "/v1/claims", 400, "bad_argument", "own_terms.price",
              {"batch": 0, "count": 1, "own_terms": {"price": 1}}, by="member")
    document = {"document": {"title": "A", "description": ""}, "salt": b64(bytes(32))}
    digest = b64(commit(bytes(32), canonical({"title": "B", "description": ""})))
    yield command("a document that was not signed", by(party, "create_project", {"document": digest, "external": digest}),
                  422, "document_differs", "attachments.document", document)
    answer = {"hash": b64(bytes(32)), "length": 2, "task": 0, "type": "application/json"}
    newcomer = f"m:{world.kept['newcomer']}"
    submit = by(newcomer, "submit", {"answers": [answer], "batch": 0, "terms": b64(bytes(32))},
                signer=world.keys["newcomer"])
    yield command("an answer without its bytes", submit, 422, "answers_missing", "attachments.answers")
    yield command("an answer that was not signed", submit, 422, "answer_differs", "attachments.answers[0]",
                  {"answers": [{"task": 0, "salt": b64(bytes(32)), "content": b64(b"{}")}]})
    for what, content, code in [
        ("bytes that are no text", b"\x00\xff\xfe", "bad_answer"),
        ("nothing", b"", "bad_answer"),
        ("a number for an answer", b'{"value":5}', "bad_answer"),
        ("an answer in a list", b'[{"value":"clear"}]', "bad_answer"),
        ("an answer 60,000 deep", b'{"value":' + b"[" * 60_000 + b"]" * 60_000 + b"}", "bad_answer"),
        ("an answer of 2 MB", canonical({"value": "clear", "note": "x" * 2_000_000}), "bad_answer"),
        ("a note that is no text", canonical({"value": "clear", "note": 7}), "bad_answer"),
        ("an answer with something else in it", canonical({"more": 1, "value": "clear"}), "bad_answer"),
        ("what was not to choose", canonical({"value": "nonsense"}), "not_a_choice"),
    ]:
        ref = {"hash": b64(commit(bytes(32), content)), "length": len(content), "task": 0, "type": "application/json"}
        args = {"answers": [ref], "batch": world.kept["draft"], "terms": b64(bytes(32))}
        attached = {"answers": [{"task": 0, "salt": b64(bytes(32)), "content": b64(content)}]}
        yield command(what, by(newcomer, "submit", args, signer=world.keys["newcomer"]), 422, code,
                      "attachments.answers[0]", attached)
    picture = canonical({"value": "clear"})
    ref = {"hash": b64(commit(bytes(32), picture)), "length": len(picture), "task": 0, "type": "image/png"}
    yield command("an answer of another type", by(newcomer, "submit", {"answers": [ref], "batch": world.kept["draft"],
                  "terms": b64(bytes(32))}, signer=world.keys["newcomer"]), 422, "bad_answer", "attachments.answers[0]",
                  {"answers": [{"task": 0, "salt": b64(bytes(32)), "content": b64(picture)}]})


def grant_args(**changed):
    expires = int(time.time() * 1000) + 60_000
    args = {"cap": "0", "currency": "KES", "expires": expires, "key": Key.make().text, "kinds": ["publish"]}
    return {**args, **changed}


def raw(key, payload):
    """An envelope around bytes as they are."""
    envelope = key.envelope(COMMAND, {})
    kind = COMMAND.encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    envelope["payload"] = b64(payload)
    envelope["signatures"][0]["sig"] = b64(key.signer.sign(signed).signature)
    return envelope


def replays(world):
    """An id that was used, with other bytes."""
    key, party = world.keys["requester"], world.requester_party()
    body = {"actor": party, "args": grant_args(), "command": secrets.token_hex(16), "kind": "grant", "log": world.log}
    world.kept["replayed"] = key.envelope(COMMAND, body)
    world.kept["first_answer"] = world.send_command(world.kept["replayed"])
    again = key.envelope(COMMAND, {**body, "args": grant_args(cap="1")})
    yield Bad("an id that was used for something else", "POST", "/v1/commands", 409, "id_reused", "command",
              {"envelope": again})
    reused = {"external": "other", "title": "Other", "description": ""}
    idempotency = {"Idempotency-Key": secrets.token_hex(16)}
    headers = {**world.headers("key"), **idempotency}
    first = world.wire.json("POST", "/v1/projects", {**reused, "external": "first"}, headers)
    assert first.status == 200, first.text
    yield Bad("an Idempotency-Key that was used before", "POST", "/v1/projects", 409, "id_reused", "command",
              reused, "key", idempotency)


def transfers(world):
    """A transfer at the bank that was entered before."""
    fund = world.transfer("500")
    world.kept["entered"] = world.send_command(world.by_delegate("fund", fund))["index"]
    refund = world.send_command(world.by_requester("refund", {"amount": "5", "currency": "KES"}))["result"]["refund"]
    income = {name: fund[name] for name in ("amount", "currency", "reference")}
    world.kept["again"] = world.by_delegate("fund", world.transfer("600", reference=fund["reference"]))
    for what, envelope, status, code in [
        ("funding that was entered before", world.kept["again"], 409, "reference_used"),
        ("a fee that was entered as funding", world.by_delegate("income", {**income, "project": 0}), 409, "reference_used"),
        ("a refund carried out by what came in",
         world.by_delegate("settle", {"refund": refund, "reference": fund["reference"]}), 409, "reference_used"),
        ("funding without a reference", world.by_delegate("fund", {**fund, "reference": b64(bytes(32))}), 422,
         "bad_reference"),
    ]:
        yield Bad(what, "POST", "/v1/commands", status, code, "reference", {"envelope": envelope})


def check_replay(contract, world, tally):
    before = size(world)
    again = world.send_command(world.kept["replayed"])
    first = world.kept["first_answer"]
    same = [(name, again[name], first[name]) for name in ("index", "leaf", "result") if again[name] != first[name]]
    tally.expect("the same bytes again get the stored answer", same + entries_since(world, before))


def check_uploads_at_once(world, tally):
    """One of them wins, and its batch gets ready: the chunks of the others are not mixed in."""
    batch = world.second_batch()
    headers = {"Content-Type": "application/jsonl", **world.headers("key")}

    def upload(letter):
        rows = [json.dumps({"id": f"{letter}{n}", "text": letter * 100}) for n in range(1000)]
        return world.wire.send("POST", f"/v1/batches/{batch}/tasks", headers, "\n".join(rows).encode())

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(answer.status for answer in pool.map(upload, "abcd"))
    state = world.wire.json("GET", f"/v1/batches/{batch}", headers=world.headers("key")).json()["state"]
    good = statuses == [200, 409, 409, 409] and state == "ready"
    tally.expect("uploads at the same time", [] if good else [f"answers {statuses}, the batch is {state}"])


def check_existing(world, tally):
    """A refusal for a name says what has it, and so does the look-up."""
    key, taken = world.headers("key"), world.kept["taken"]
    again = world.wire.json("POST", "/v1/projects", {"external": "bad", "title": "Bad", "description": ""}, key)
    tally.expect("a project in the way", differ(again.json()["existing"], {"project": world.kept["project"]}))
    upload = {"Content-Type": "application/jsonl", **key}
    again = world.wire.send("POST", f"/v1/batches/{world.kept['draft']}/tasks", upload, b'{"id":"taken","text":"1"}')
    tally.expect("a task in the way", differ(again.json()["existing"], taken))
    again = world.wire.json("POST", "/v1/commands", {"envelope": world.kept["again"]})
    tally.expect("an entry in the way", differ(again.json()["existing"], {"entry": world.kept["entered"]}))
    found = world.wire.json("GET", "/v1/externals?kind=task&external=taken", headers=key).json()
    wanted = {"external": "taken", "project": world.kept["project"], **taken}
    tally.expect("a task by its name", differ(found, wanted))


def sessions(world):
    key = world.keys["requester"]

    def opened(challenge, log, signer=key):
        proof = {"challenge": challenge, "log": log, "time": int(time.time() * 1000)}
        return {"envelope": signer.envelope(SESSION, proof)}

    def fresh():
        return world.wire.json("POST", "/v1/sessions/challenge", {"key": key.text}).json()["challenge"]

    used = fresh()
    assert world.wire.json("POST", "/v1/sessions", opened(used, world.log)).status == 200
    for what, body, status, code, at in [
        ("a challenge that was used", opened(used, world.log), 403, "challenge_unknown", None),
        ("a challenge of one's own", opened(b64(bytes(32)), world.log), 403, "challenge_unknown", None),
        ("a challenge signed for another log", opened(fresh(), "elsewhere"), 422, "wrong_log", "log"),
        ("a challenge for another key", opened(fresh(), world.log, world.keys["newcomer"]), 403, "challenge_unknown", None),
        ("a challenge signed by nobody", opened(fresh(), world.log, Key.make()), 403, "key_unknown", None),
        ("a command as a challenge", {"envelope": key.envelope(COMMAND, {})}, 422, "wrong_type", "envelope"),
        ("no envelope at sign-in", {}, 400, "missing", "envelope"),
    ]:
        yield Bad(what, "POST", "/v1/sessions", status, code, at, body)
    for what, body, status, code, at in [
        ("a challenge for no key", {}, 422, "bad_key", "key"),
        ("a challenge for a number", {"key": 7}, 422, "bad_key", "key"),
        ("a challenge for a key that is too short", {"key": "abc="}, 422, "bad_key", "key"),
        ("a challenge without a body", b"", 400, "not_json", "body"),
    ]:
        yield Bad(what, "POST", "/v1/sessions/challenge", status, code, at, body)
    yield Bad("a cookie that is none of ours", "GET", "/v1/session", 401, "session_unknown",
              headers={"Cookie": "hp_session=abc"})
    yield Bad("an API key that is none of ours", "GET", "/v1/money", 401, "key_unknown",
              headers={"Authorization": "Bearer hp_abc"})
    yield Bad("another scheme", "GET", "/v1/money", 401, "unauthenticated", headers={"Authorization": "Basic eDp5"})
    yield Bad("an API key where a session is asked for", "GET", "/v1/session", 401, "unauthenticated", by="key")
    yield Bad("a write that another site sent", "POST", "/v1/projects", 403, "cross_site", None,
              {"external": "x", "title": "X", "description": ""}, "requester", {"Sec-Fetch-Site": "cross-site"})
    yield Bad("an API key for a grant of another", "POST", "/v1/api-keys", 403, "not_granted", None,
              {"grant": world.kept["first_answer"]["index"], "label": "x"}, "other")
    yield Bad("an API key for no grant", "POST", "/v1/api-keys", 400, "missing", "grant", {"label": "x"}, "requester")


def doors(world):
    project, draft = world.kept["project"], world.kept["draft"]
    operation = world.contract.doc["paths"]["/v1/projects/{p}/batches"]["post"]
    batch = dict(operation["requestBody"]["content"]["application/json"]["example"], external="doors")

    def post(what, target, body, status, code, field=None, by="key", **headers):
        return Bad(what, "POST", target, status, code, field, body, by, headers)

    batches = f"/v1/projects/{project}/batches"
    good = {"external": "doors", "title": "T", "description": ""}
    yield post("an Idempotency-Key that is no id", "/v1/projects", good, 400, "bad_id", "Idempotency-Key",
               **{"Idempotency-Key": "ABC"})
    yield post("a project without a title", "/v1/projects", {"external": "x"}, 400, "bad_text", "title")
    yield post("a title that turns the text after it", "/v1/projects", {**good, "title": "a\u202eb"}, 400, "bad_text", "title")
    yield post("a title with a NUL", "/v1/projects", {**good, "title": "a\u0000b"}, 400, "bad_text", "title")
    yield post("a title of a space", "/v1/projects", {**good, "title": " "}, 400, "bad_text", "title")
    yield post("a project with a key that is not known", "/v1/projects", {**good, "bogus": 1}, 400, "bad_argument", "bogus")
    yield post("a project without a name of one's own", "/v1/projects", {"title": "T", "description": ""}, 422,
               "bad_external", "external")
    yield post("a project twice", "/v1/projects", {**good, "external": "bad"}, 409, "external_in_use", "external")
    yield post("a name with a tab", "/v1/projects", {**good, "external": "a\tb"}, 422, "bad_external", "external")
    yield post("a batch twice", batches, {**batch, "external": "named"}, 409, "external_in_use", "external")
    for beyond in (1 << 53, (1 << 63) - 1, 1 << 63):
        yield post(f"a batch of project {beyond}", f"/v1/projects/{beyond}/batches", batch, 404, "no_such_project")
        for act in ("publish", "close", "tasks", "accept"):
            yield post(f"to {act} batch {beyond}", f"/v1/batches/{beyond}/{act}", {}, 404, "no_such_batch")
    for what, target, status, code, at in [
        ("a name of no kind", "/v1/externals?kind=member&external=x", 400, "bad_argument", "kind"),
        ("no name", "/v1/externals?kind=task", 422, "bad_external", "external"),
        ("a name of nothing", "/v1/externals?kind=batch&external=taken", 404, "no_such_external", None),
    ]:
        yield Bad(what, "GET", target, status, code, at, by="key")
    yield Bad("a name of another's", "GET", "/v1/externals?kind=task&external=taken", 404, "no_such_external",
              by="other")
    yield post("a requester without a grant", "/v1/projects", good, 403, "not_granted", None, "other")
    for changed, status, code, at in [
        ({"price_micros": "7"}, 400, "bad_argument", "price_micros"),
        ({"price_micros": 1}, 422, "below_floor", "price_micros"),
        ({"overlap": 0}, 422, "out_of_range", "overlap"),
        ({"bundle_max": 51}, 422, "out_of_range", "bundle_max"),
        ({"hazard": 4}, 422, "out_of_range", "hazard"),
        ({"level": 6}, 422, "out_of_range", "level"),
        ({"currency": "QQQ"}, 422, "unknown_currency", "currency"),
        ({"domain": ""}, 400, "unknown_domain", "domain"),
        ({"domain": "cooking/soup"}, 400, "unknown_domain", "domain"),
        ({"language": "klingon"}, 422, "bad_language", "language"),
        ({"title": ""}, 400, "bad_text", "title"),
        ({"instructions": 5}, 400, "bad_text", "instructions"),
        ({"question": "a\u0007"}, 400, "bad_text", "question"),
        ({"choices": []}, 400, "bad_choices", "choices"),
        ({"choices": "yes"}, 400, "bad_choices", "choices"),
        ({"choices": batch["choices"][:1] * 2}, 400, "bad_choices", "choices[1].value"),
        ({"choices": [*batch["choices"], {"value": "c"}]}, 400, "bad_text", f"choices[{len(batch['choices'])}].label"),
        ({"choices": [*batch["choices"], {"value": "c", "label": "C", "x": 1}]}, 400, "bad_choices",
         f"choices[{len(batch['choices'])}]"),
        ({"fields": []}, 400, "bad_fields", "fields"),
        ({"fields": [{"name": "text", "label": ""}]}, 400, "bad_text", "fields[0].label"),
        ({"bogus": 1}, 400, "bad_argument", "bogus"),
        ({"project": 7}, 400, "bad_argument", "project"),
        ({"qualifies": {"level": 9, "pass": 1}}, 422, "out_of_range", "qualifies"),
        ({"qualifies": 1}, 400, "bad_argument", "qualifies"),
    ]:
        yield post(f"a batch with {changed}", batches, {**batch, **changed}, status, code, at)
    for absent, code in [("lease_ms", "bad_argument"), ("question", "missing")]:
        left = {name: value for name, value in batch.items() if name != absent}
        yield post(f"a batch without {absent}", batches, left, 400, code, absent)
    yield post("a batch in no project", "/v1/projects/999999/batches", batch, 409, "no_such_project", "project")
    yield post("a batch in a project that is no number", "/v1/projects/x/batches", batch, 404, "no_such_project")
    yield post("publishing without tasks", f"/v1/batches/{draft}/publish", {}, 409, "not_ready", "batch")
    closed = world.kept["closed"]
    yield post("closing what is closed", f"/v1/batches/{closed}/close", {}, 409, "not_open", "batch")
    yield post("publishing what is closed", f"/v1/batches/{closed}/publish", {}, 409, "not_ready", "batch")
    yield post("tasks for a draft that was closed", f"/v1/batches/{closed}/tasks", b'{"id":"late","text":"1"}', 409,
               "import_given_up", "batch", **{"Content-Type": "application/jsonl"})
    yield post("publishing no batch", "/v1/batches/999999/publish", {}, 409, "no_such_batch", "batch")
    yield post("accepting text", f"/v1/batches/{draft}/accept", {"items": "all"}, 400, "missing", "items")
    yield post("accepting half an item", f"/v1/batches/{draft}/accept", {"items": [[0]]}, 400, "bad_argument",
               "items[0]")
    yield post("accepting all and some", f"/v1/batches/{draft}/accept", {"items": [[0, 0]], "all": True}, 422, "one_of",
               "items")
    yield post("accepting what was not submitted", f"/v1/batches/{draft}/accept", {"items": [[0, 0]]}, 409, "not_open",
               "batch")
    yield post("a refund in words", "/v1/refunds", {"amount": "ten", "currency": "KES"}, 400, "bad_amount", "amount")
    yield post("a refund below zero", "/v1/refunds", {"amount": "-5", "currency": "KES"}, 422, "bad_amount", "amount")
    yield Bad("a batch of another requester", "GET", f"/v1/batches/{draft}", 404, "no_such_batch", by="other")
    yield Bad("a batch that is no number", "GET", "/v1/batches/x/quote", 404, "no_such_batch", by="key")
    for what, target, code, at in [
        ("a format that is not there", "results?format=xml", "bad_format", "format"),
        ("a cursor of one's own", "submissions?after=x", "bad_cursor", "after"),
        ("a state that is not there", "submissions?state=nope", "bad_choice", "state"),
        ("a limit in words", "submissions?limit=many", "bad_number", "limit"),
    ]:
        yield Bad(what, "GET", f"/v1/batches/{draft}/{target}", 400, code, at, by="key")
    for by, status, code in [("nobody", 401, "unauthenticated"), ("requester", 403, "not_a_member"),
                             ("key", 401, "unauthenticated")]:
        yield Bad(f"coop parts for {by}", "GET", "/v1/entries/coop", status, code, by=by)
    for target, at, by in [
        ("/v1/entries?from=abc", "from", "nobody"),
        ("/v1/entries?from=-1", "from", "nobody"),
        ("/v1/entries?from=99999999999999999999", "from", "nobody"),
        ("/v1/entries?limit=", "limit", "nobody"),
        ("/v1/events?after=x", "after", "nobody"),
        ("/v1/me/lines?limit=x", "limit", "member"),
        ("/v1/me/assignments?after=x", "after", "member"),
        ("/v1/tasks/open?limit=x", "limit", "member"),
        ("/v1/entries/coop?from=x", "from", "member"),
        ("/v1/entries/coop?limit=x", "limit", "delegate"),
    ]:
        yield Bad(f"a number that is none: {target}", "GET", target, 400, "bad_number", at, by=by)
    for target, by in [
        ("/v1/entries", "nobody"),
        ("/v1/entries/coop", "member"),
        ("/v1/me/assignments", "member"),
        ("/v1/me/lines", "member"),
        ("/v1/tasks/open", "member"),
        (f"/v1/batches/{draft}/submissions", "key"),
    ]:
        for limit in (-3, 0, 1001, 10**15):
            yield Bad(f"{target} with a limit of {limit}", "GET", f"{target}?limit={limit}", 400, "out_of_range", "limit", by=by)
        yield Bad(f"{target} with two limits", "GET", f"{target}?limit=5&limit=6", 400, "bad_argument", "limit", by=by)
    yield Bad("a state that is not there", "GET", "/v1/me/assignments?state=x", 400, "bad_choice", "state", by="member")
    yield Bad("a count in words", "POST", "/v1/claims", 400, "out_of_range", "count", {"batch": 0, "count": "x"}, "member")


def grants(world):
    """An API key goes no further than its grant."""
    upload = {"Content-Type": "application/jsonl", **world.headers("key")}
    cookie = world.headers("requester")
    batch = world.second_batch()
    for target, headers, body in [
        (f"/v1/batches/{batch}/tasks", upload, b'{"id":"a","text":"b"}'),
        ("/v1/demo/fund", cookie, b'{"amount":"100000","currency":"KES"}'),
        (f"/v1/batches/{batch}/publish", world.headers("key"), b"{}"),
    ]:
        answer = world.wire.send("POST", target, headers, body)
        assert answer.status == 200, answer.text
    keys = {
        "another batch": {"batches": [world.kept["draft"]], "cap": "100000"},
        "other kinds": {"kinds": ["refund"], "cap": "100000"},
        "no money": {"kinds": ["refund", "publish"], "cap": "0"},
    }
    made = {name: {"Authorization": f"Bearer {narrow_key(world, cookie, args)}"} for name, args in keys.items()}
    accept, close, refund = f"/v1/batches/{batch}/accept", f"/v1/batches/{batch}/close", "/v1/refunds"
    items, sum_ = {"items": [[0, 0]]}, {"amount": "1", "currency": "KES"}
    for what, name, target, body, code in [
        ("accepting in a batch that is not granted", "another batch", accept, items, "batch_not_granted"),
        ("closing a batch that is not granted", "another batch", close, {}, "batch_not_granted"),
        ("accepting under a grant for other kinds", "other kinds", accept, items, "kind_not_granted"),
        ("more money than the grant's cap", "no money", refund, sum_, "over_cap"),
    ]:
        yield Bad(what, "POST", target, 403, code, None, body, headers=made[name])


def narrow_key(world, cookie, args):
    agent = world.wire.json("POST", "/v1/agents", {}, cookie).json()["key"]
    kinds = {"kinds": ["accept", "close_batch", "publish"]}
    signed = world.by_requester("grant", grant_args(**{**kinds, **args, "key": agent}))
    grant = world.send_command(signed)["result"]["grant"]
    return world.wire.json("POST", "/v1/api-keys", {"grant": grant, "label": "narrow"}, cookie).json()["api_key"]


def uploads(world):
    target = f"/v1/batches/{world.kept['draft']}/tasks"

    def upload(what, body, status, code, field=None, kind="application/jsonl"):
        return Bad(what, "POST", target, status, code, field, body, "key", {"Content-Type": kind})

    csv = "text/csv"
    yield upload("an upload of another type", b"<x/>", 415, "media_type", "Content-Type", "application/xml")
    yield upload("an upload of nothing", b"", 400, "no_rows", "body")
    yield upload("a line that is no JSON", b'{"id":"a","text":"x"}\n{"id"', 400, "not_json", "line 2")
    yield upload("a line that is no object", b"[1]", 400, "not_json", "line 1")
    yield upload("a line deeper than 16", b'{"id":"a","t":' + b"[" * 16 + b"]" * 16 + b"}", 400, "too_deep", "line 1")
    yield upload("a row without an id", b'{"t":"x"}', 400, "id_missing", "line 1")
    yield upload("an id of 129 bytes", b'{"id":"' + b"x" * 129 + b'","t":1}', 400, "bad_id", "line 1")
    yield upload("an id that stands twice", b'{"id":"a","text":"x"}\n\n{"id":"a","text":"y"}', 400, "id_twice", "line 3")
    yield upload("an id with a tab", b'{"id":"a\\tb","t":1}', 400, "bad_id", "line 1")
    yield upload("an id of an earlier batch", b'{"id":"new","text":"1"}\n{"id":"taken","text":"1"}', 409, "external_in_use",
                 "line 2")
    yield upload("a row without what members are shown", b'{"id":"a","text":"x"}\n{"id":"b","t":1}', 400,
                 "field_missing", "line 2")
    yield upload("a row of nothing but its id", b'{"id":"a"}', 400, "empty_row", "line 1")
    yield upload("a row over 64 KiB", b'{"id":"a","t":"' + b"x" * 66_000 + b'"}', 400, "row_too_large", "line 1")
    keys = ",".join(f'"k{number}":1' for number in range(1000))
    yield upload("a row of 1,001 keys", b'{"id":"a",' + keys.encode() + b"}", 400, "row_too_large", "line 1")
    columns = ",".join(f"c{number}" for number in range(1000))
    yield upload("a sheet of 1,001 columns", f"id,{columns}\n".encode(), 400, "bad_header", "line 1", csv)
    yield upload("a sheet without columns", b"id\na\n", 400, "bad_header", "line 1", csv)
    yield upload("a sheet with a column twice", b"id,t,t\na,b,c\n", 400, "bad_header", "line 1", csv)
    yield upload("a sheet without ids", b"name,t\na,b\n", 400, "bad_header", "line 1", csv)
    yield upload("a sheet without what members are shown", b"id,t\na,b\n", 400, "field_missing", "line 1", csv)
    yield upload("a sheet with semicolons", b"id;text\na;b\n", 400, "bad_header", "line 1", csv)
    yield upload("a sheet in UTF-16", "id,text\na,b\n".encode("utf-16"), 400, "not_utf8", "line 1", csv)
    yield upload("a line with a cell too many", b"id,text\na,b\nc,d,e\n", 400, "cell_count", "line 3", csv)
    yield upload("a quote that is not closed", b'id,text\na,"b\n', 400, "open_quote", "line 2", csv)
    own = [
        ('"price_micros":0', 400, "bad_override", "price_micros"),
        ('"price_micros":7.5', 400, "bad_override", "price_micros"),
        ('"price_micros":"seven"', 400, "bad_override", "price_micros"),
        ('"price_micros":18446744073709551615', 400, "bad_override", "price_micros"),
        ('"overlap":-1', 400, "bad_override", "overlap"),
        ('"expires_at":[1]', 400, "bad_override", "expires_at"),
        ('"price_micros":1', 422, "below_floor", "price_micros"),
        ('"price_micros":1000000000001', 422, "out_of_range", "price_micros"),
        ('"overlap":10001', 422, "out_of_range", "overlap"),
        ('"expires_at":1000', 422, "out_of_range", "expires_at"),
        ('"expires_at":253402300800000', 422, "out_of_range", "expires_at"),
    ]
    for terms, status, code, at in own:
        body = '{"id":"a","text":"x"}\n{"id":"b","text":"x",%s}' % terms
        yield upload(f"a row with {terms}", body.encode(), status, code, f"line 2 {at}")
    yield upload("a cell that is no price", b"id,text,price_micros\na,b,\nc,d,7.0\n", 400, "bad_override",
                 "line 3 price_micros", csv)
    yield upload("a row of nothing but its terms", b'{"id":"a","overlap":1}', 400, "empty_row", "line 1")
    dear = "\n".join('{"id":"%d","text":"x","price_micros":1000000000000,"overlap":10000}' % n for n in range(1000))
    yield upload("prices that add up to too much", dear.encode(), 422, "too_large", "price_micros")
    many = "\n".join('{"id":"%d","text":"x","price_micros":%d}' % (n, 9_000_000 + n) for n in range(1001))
    yield upload("1,001 prices", many.encode(), 422, "bad_override", "line 1001")
    yield upload("a sheet that is not UTF-8", b"id,text\na,\xff\n", 400, "not_utf8", "line 2", csv)


def member_doors(world):
    def claim(what, body, status, code, field=None):
        return Bad(what, "POST", "/v1/claims", status, code, field, body, "member")

    yield claim("a claim on no batch", {"count": 1}, 400, "missing", "batch")
    # Batch 0 is a test, which is claimed as a whole; what is said of its tasks is looked at all the same.
    yield claim("a claim that names a task twice", {"batch": 0, "tasks": [1, 1]}, 400, "out_of_range", "tasks")
    yield claim("a claim that names no task", {"batch": 0, "tasks": []}, 400, "out_of_range", "tasks")
    yield claim("a claim on 51 tasks", {"batch": 0, "count": 51}, 400, "out_of_range", "count")
    yield claim("a claim on nothing", {"batch": 0, "count": 0}, 400, "out_of_range", "count")
    yield claim("a claim in a draft", {"batch": world.kept["draft"], "count": 1}, 409, "not_open", "batch")
    for what, body in [
        ("that is no JSON", b"{"),
        ("deeper than 16", b'{"value":' + b"[" * 16 + b"]" * 16 + b"}"),
        ("of 60,000 brackets", b"[" * 60_000),
        ("with a key that stands twice", b'{"value":"a","value":"b"}'),
        ("with a fraction", b'{"value":0.5}'),
        ("that is not UTF-8", b'{"value":"\xff"}'),
    ]:
        yield Bad(f"a draft {what}", "PUT", "/v1/drafts/0/0", 400, "not_json", "body", body, "member")
    yield Bad("a draft over 64 KiB", "PUT", "/v1/drafts/0/0", 413, "body_too_large", None, b'"' + b"x" * 66_000 + b'"',
              "member")
    for batch in (0, 10**15):
        yield Bad(f"a draft of a task of batch {batch} that was not claimed", "PUT", f"/v1/drafts/{batch}/0", 409, "not_claimed",
                  "task", {"value": "x"}, "member")
    yield Bad("a draft for no number", "PUT", "/v1/drafts/a/0", 400, "bad_number", "batch", {}, "member")
    yield Bad("a draft for no task's number", "PUT", "/v1/drafts/0/a", 400, "bad_number", "task", {}, "member")
    yield Bad("the terms of no batch", "GET", "/v1/batches/999999/terms", 404, "no_such_batch", by="member")
    yield Bad("a payslip of a period that was not", "GET", "/v1/me/payslips/999999", 404, "no_such_period", by="member")
    yield Bad("a payslip of no number", "GET", "/v1/me/payslips/x", 400, "bad_number", "period", by="member")
    yield Bad("a receipt of what is not one's own", "GET", "/v1/receipts/0", 404, "no_such_entry", by="member")
    yield Bad("a receipt from the future", "GET", "/v1/receipts/99999999", 404, "no_such_entry", by="member")
    yield Bad("the salt of references, to a member", "GET", "/v1/reference-salt", 403, "not_a_delegate", by="member")
    yield Bad("an agent's key, for a member", "POST", "/v1/agents", 403, "not_a_requester", by="member")
    yield Bad("a payout, to a member", "GET", "/v1/payouts/0", 403, "not_a_delegate", by="member")
    yield Bad("a payout that was not", "GET", "/v1/payouts/999999", 404, "no_such_payout", by="delegate")
