"""What the examples are sent with: parties that really signed up, and what the node gave them.

`value(name)` is what an `x-test` asks for by name: something kept of an earlier answer, or made here on
first use by the method of that name.
"""

import base64
import json
import secrets
import time

import demo
from handprint.signing import SESSION, Key, b64, canonical, commit, reference_hash, tagged
from handprint.signup import DAY_MS
from handprint.signup import GRANTED as BY_A_PROGRAM
from wire import Wire

GRANTED = [*BY_A_PROGRAM, "revoke_grant"]
KEYS = ("requester", "requester_sheet", "requester_device", "newcomer", "second_device", "recovery")


class Missing(Exception):
    """The demo does not give what an example needs."""


class World:
    def __init__(self, contract, node):
        self.contract = contract
        self.node = node
        self.wire = Wire(node.url)
        self.kept = {}
        self.keys = {name: Key.make() for name in KEYS}
        self.log = self.wire.json("GET", "/v1/ledger").json()["log"]

    def value(self, name):
        if name not in self.kept:
            if not hasattr(self, name):
                raise KeyError(f"no earlier answer gave {name!r}, and nothing here makes it")
            self.kept[name] = getattr(self, name)()
        return self.kept[name]

    def headers(self, who):
        if who == "nobody":
            return {}
        if who == "key":
            return {"Authorization": f"Bearer {self.value('api_key')}"}
        return {"Cookie": f"hp_session={self.value(f'{who}_session')}"}

    def example(self, name):
        return self.contract.doc["components"]["examples"][name]["value"]

    def command(self, key, actor, kind, args):
        return key.command(self.log, actor, kind, args)

    def send_command(self, envelope, attachments=None):
        body = {"envelope": envelope, **({"attachments": attachments} if attachments else {})}

        def taken():
            answer = self.wire.json("POST", "/v1/commands", body)
            return None if answer.status == 409 and answer.json()["code"] == "run_open" else answer

        answer = demo.until(taken)  # the demo pays out now and then
        assert answer and answer.status == 200, answer and answer.text
        return answer.json()

    def open_session(self, key):
        challenge = self.wire.json("POST", "/v1/sessions/challenge", {"key": key.text}).json()["challenge"]
        proof = {"challenge": challenge, "log": self.log, "time": int(time.time() * 1000)}
        return self.wire.json("POST", "/v1/sessions", {"envelope": key.envelope(SESSION, proof)})

    def sign_in(self, key):
        answer = self.open_session(key)
        assert answer.status == 200, answer.text
        return answer.headers["set-cookie"].split(";")[0].removeprefix("hp_session=")

    # The requester.

    def requester_key(self):
        return self.keys["requester"].text

    def requester_party(self):
        return f"r:{self.value('requester')}"

    def registration_of_requester(self):
        key = self.keys["requester"]
        args = {"key": key.text, "recovery": self.keys["requester_sheet"].text}
        return self.command(key, "new", "register_requester", args)

    def signed_requester_key(self):
        args = {"key": self.keys["requester_device"].text, "role": "device"}
        return self.by_requester("add_key", args, "requester_sheet")

    def signed_requester_revocation(self):
        return self.by_requester("revoke_key", {"key": self.keys["requester_device"].text})

    def signed_challenge(self):
        proof = {"challenge": self.value("challenge"), "log": self.log, "time": int(time.time() * 1000)}
        return self.keys["requester"].envelope(SESSION, proof)

    def signed_grant(self):
        args = {
            "key": self.value("agent_key"),
            "kinds": GRANTED,
            "cap": "10000000",
            "currency": "KES",
            "expires": int(time.time() * 1000) + 365 * DAY_MS,
        }
        return self.by_requester("grant", args)

    def by_requester(self, kind, args, key="requester"):
        return self.command(self.keys[key], self.requester_party(), kind, args)

    def signed_revocation(self):
        return self.by_requester("revoke_grant", {"grant": self.value("grant")})

    def second_batch(self, external=None):
        """Another draft of the example's batch."""
        return self.draft_of(self.value("project"), self.headers("key"), external)

    def draft_of(self, project, headers, external=None):
        operation = self.contract.doc["paths"]["/v1/projects/{p}/batches"]["post"]
        body = dict(operation["requestBody"]["content"]["application/json"]["example"])
        body["external"] = external or secrets.token_hex(8)
        answer = self.wire.json("POST", f"/v1/projects/{project}/batches", body, headers)
        assert answer.status == 200, answer.text
        made = answer.json()
        return made.get("batch", made.get("result", {}).get("batch"))

    # The newcomer.

    def enrolment_of_member(self):
        key = self.keys["newcomer"]
        args = {"key": key.text, "languages": ["en", "sw"], "recovery": self.keys["recovery"].text}
        return self.command(key, "new", "enrol_member", args)

    def signed_add_key(self):
        args = {"key": self.keys["second_device"].text, "role": "device"}
        return self.command(self.keys["newcomer"], f"m:{self.value('newcomer')}", "add_key", args)

    def signed_revoke_key(self):
        args = {"key": self.keys["second_device"].text}
        return self.command(self.keys["recovery"], f"m:{self.value('newcomer')}", "revoke_key", args)

    # The member who does the work: one of the demo's, for the batch asks for a skill.

    def member_key(self):
        batch = self.value("batch")
        for party, seed in self.node.members().items():
            key = Key(seed)
            cookie = self.sign_in(key)
            offers = self.wire.json("GET", "/v1/tasks/open?limit=100", headers={"Cookie": f"hp_session={cookie}"})
            if any(offer["batch"] == batch for offer in offers.json()["offers"]):
                self.kept["member_session"], self.kept["member_party"] = cookie, party
                return key
        raise Missing("no member of the demo is offered the batch")

    def member_session(self):
        self.value("member_key")
        return self.kept["member_session"]

    def member(self):
        self.value("member_key")
        return int(self.kept["member_party"].split(":")[1])

    def claimed(self):
        return sorted(task["task"] for task in self.value("claim")["tasks"])

    def claimed_task(self):
        return self.value("claimed")[0]

    def answers(self):
        return [(task, secrets.token_bytes(32), canonical({"value": "clear"})) for task in self.value("claimed")]

    def signed_submission(self):
        answers = [
            {"hash": b64(commit(salt, text)), "length": len(text), "task": task, "type": "application/json"}
            for task, salt, text in self.value("answers")
        ]
        claim = self.value("claim")
        args = {"answers": answers, "batch": claim["batch"], "terms": claim["terms"]}
        return self.command(self.value("member_key"), f"m:{self.value('member')}", "submit", args)

    def attached_answers(self):
        return {
            "answers": [
                {"task": task, "salt": b64(salt), "content": base64.b64encode(text).decode()}
                for task, salt, text in self.value("answers")
            ]
        }

    def item(self, place):
        return [self.value("claimed")[place], self.value("member")]

    def signed_acceptance(self):
        return self.by_requester("accept", {"batch": self.value("batch"), "items": [self.item(0)]})

    def second_item(self):
        return [self.item(1)]

    # A project and a batch that the requester signs without the doors.

    def attached_document(self):
        return self.example("CreateProject")["attachments"]

    def signed_project(self):
        attached = self.attached_document()
        document = b64(commit(base64.b64decode(attached["salt"]), canonical(attached["document"])))
        return self.by_requester("create_project", {"document": document, "external": b64(secrets.token_bytes(32))})

    def attached_terms(self):
        terms = dict(self.example("CreateBatch")["attachments"]["terms"])
        return {"terms": {**terms, "project": self.value("own_project")}}

    def signed_batch(self):
        terms = self.value("attached_terms")["terms"]
        envelope = self.example("CreateBatch")["envelope"]
        args = {name: terms[name] for name in payload(envelope)["args"] if name in terms}
        args["external"] = b64(secrets.token_bytes(32))
        return self.by_requester("create_batch", {**args, "terms": b64(tagged("terms", canonical(terms)))})

    # The delegate.

    def delegate(self):
        party, seed = self.node.delegate()
        return party, Key(seed)

    def delegate_session(self):
        return self.sign_in(self.value("delegate")[1])

    def by_delegate(self, kind, args):
        party, key = self.value("delegate")
        return self.command(key, party, kind, args)

    def signed_fund(self):
        return self.by_delegate("fund", self.transfer("100000"))

    def transfer(self, amount, **changed):
        """Money of the requester that came in by a transfer of its own."""
        args = {"amount": amount, "currency": "KES", "reference": self.reference(), "requester": self.value("requester")}
        return {**args, **changed}

    def reference(self):
        return b64(reference_hash(bytes(32), secrets.token_hex(16)))

    def signed_close(self):
        return self.by_delegate("close_period", {})

    def signed_proposal(self):
        args = {"key": Key.make().text, "member": self.value("newcomer")}
        return self.by_delegate("propose_reenrolment", args)

    def signed_objection(self):
        party = f"m:{self.value('newcomer')}"
        return self.command(self.keys["recovery"], party, "object_reenrolment", {"proposal": self.value("proposal")})

    def signed_requester_proposal(self):
        args = {"key": Key.make().text, "requester": self.value("requester")}
        return self.by_delegate("propose_reenrolment", args)

    def signed_requester_objection(self):
        args = {"proposal": self.value("requester_proposal")}
        return self.by_requester("object_reenrolment", args, "requester_sheet")

    def signed_release(self):
        return self.by_delegate("propose_release", {})

    def payout_number(self):
        """The first payout, which the demo made of itself when it was founded."""
        return 0

    def sealed_distribution(self):
        """The index of the seal of a licence fee shared out, with open books: few have worked on the project."""
        self.send_command(self.by_delegate("set_rule", {"from": 0, "name": "open_books", "value": 1}))
        args = {"amount": "100000", "currency": "KES", "project": self.value("project"), "reference": self.reference()}
        opened = self.send_command(self.by_delegate("income", args))["index"]

        def sealed():
            page = self.wire.send("GET", f"/v1/entries?from={opened}&limit=100").json()["entries"]
            kinds = {json.loads(entry["header"])["kind"]: entry["index"] for entry in page}
            return kinds.get("distribution_seal")

        index = demo.until(sealed)
        if index is None:
            raise Missing("no distribution was sealed")
        return index

    # The log.

    def before_all(self):
        return 0

    def first_tile(self):
        size = int(self.wire.send("GET", "/log/checkpoint").text.split("\n")[1])
        return "0/000" if size >= 256 else f"0/000.p/{size}"


def payload(envelope):
    return json.loads(base64.b64decode(envelope["payload"]))
