"""A cooperative without programs of its own: every task of a delegate is a command."""

import base64
import json
import re
import socket
import socketserver
import threading
import unittest
import urllib.parse

import crew
import demo
import handprint
from cooperative import Cooperative, run
from handprint.signing import commit, reference_hash


def sums(coop):
    found = crew.Transport(coop.url).get("/v1/ledger").json()["sums"]
    return {row["class"]: int(row["amount"]) for row in found if row["currency"] == "KES"}


def whole(peer):
    """A request or an answer; empty at the end."""
    text = b""
    while b"\r\n\r\n" not in text or len(text) < expected(text):
        more = peer.recv(1 << 16)
        if not more:
            return b""
        text += more
    return text


def expected(text):
    head, _, _ = text.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return len(head) + 4 + (int(length[1]) if length else 0)


class Deaf:
    """A way to a node on which the answers to commands get lost."""

    def __init__(self, url):
        address = urllib.parse.urlsplit(url)

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                with socket.create_connection((address.hostname, address.port)) as node:
                    while asked := whole(self.request):
                        node.sendall(asked)
                        answer = whole(node)
                        if asked.startswith(b"POST /v1/commands"):
                            return
                        self.request.sendall(answer)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Delegates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.coop = cls.enterClassContext(Cooperative())
        cls.second, public = cls.coop.key("d-1", "--party", "d:1")
        code, _, complaint = cls.coop.init("--delegate", public)
        assert code == 0, complaint
        cls.coop.serve()
        cls.requester, _ = cls.coop.key("requester")
        cls.registered = cls.coop.sign(cls.requester, "register_requester", "name=Acme")

    def by_delegate(self, kind, *words):
        return self.coop.sign(self.coop.delegate, kind, *words)

    def complaint(self, kind, *words, key=None, ended=1):
        code, said, complaint = self.coop.try_sign(key or self.coop.delegate, kind, *words)
        self.assertEqual((code, said), (ended, ""), complaint)
        return complaint

    def member(self, name):
        return self.coop.member(name)

    def test_money_goes_from_the_bank_to_escrow_and_back(self):
        self.assertEqual(self.registered["result"], {"requester": 0})
        self.assertEqual(self.requester.read_text().split()[1], "r:0")
        before = sums(self.coop).get("escrow", 0)
        funded = self.by_delegate("fund", "requester=0", "amount=150000", "currency=KES", "reference=TT 4711")
        self.assertEqual(sums(self.coop)["escrow"], before - 150000)
        kept = funded["kept"][0]
        salt, digest = base64.b64decode(kept["salt"]), base64.b64decode(kept["hash"])
        self.assertEqual((kept["field"], commit(salt, b"TT4711")), ("reference", digest))
        self.assertEqual([promise["index"] for promise in funded["promises"]], funded["entries"])
        refund = self.coop.sign(self.requester, "refund", "amount=50000", "currency=KES")["entries"]
        self.assertEqual(sums(self.coop)["in_transit"], -50000)
        settled = self.by_delegate("settle", "refund=0", "reference=TT 4712")["entries"]
        self.assertLess(refund[0], settled[0])
        self.assertEqual(sums(self.coop)["in_transit"], 0)

    def test_what_got_no_answer_is_sent_again_as_it_was_and_entered_once(self):
        coop = self.coop
        with Deaf(coop.url) as url:
            code, said, complaint = run("sign", "--key", coop.delegate, "--url", url, "set_rule", "name=fee_bps", "value=850")
        self.assertEqual((code, said), (1, ""))
        hint = complaint.splitlines()
        self.assertIn("No answer came, and it may have been entered. The same again, which does it once:", hint)
        kept = next(coop.home.glob("d-0.key.unanswered-*"))
        self.assertIn(f"--again {kept}", complaint)
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        entered = coop.get(coop.delegate, "/v1/ledger")["committed"]
        again = ["sign", "--key", coop.delegate, "--url", coop.url, "--json", "--again", kept]
        code, said, complaint = run(*again)
        self.assertEqual((code, complaint), (0, ""))
        self.assertEqual(json.loads(said)["entries"], [entered - 1])
        self.assertEqual(coop.get(coop.delegate, "/v1/ledger")["committed"], entered)
        self.assertFalse(kept.exists())
        self.assertEqual(run(*again)[0], 1)
        # A refusal is an answer, and nothing is kept.
        self.assertIn("not_covered", self.complaint("surplus", "project=99", "amount=1", "currency=KES"))
        self.assertEqual(list(coop.home.glob("*.unanswered-*")), [])

    def test_a_transfer_is_entered_once_by_whichever_delegate(self):
        coop = self.coop
        fund = ["requester=0", "amount=70000", "currency=KES"]
        entered = self.by_delegate("fund", *fund, "reference=TT 5000-a")["entries"][0]
        before = sums(coop)
        income = ["project=0", "amount=70000", "currency=KES"]
        for kind, words, key in [
            ("fund", [*fund, "reference=TT 5000-a"], coop.delegate),
            ("fund", [*fund, "reference=TT 5000-a"], self.second),
            ("fund", [*fund, "reference=tt5000-A "], self.second),
            ("income", [*income, "reference=TT 5000-A"], self.second),
        ]:
            with self.subTest(words=words, key=key.name):
                said = self.complaint(kind, *words, key=key)
                self.assertIn("409 reference_used", said)
                self.assertIn(f"A transfer is entered once; entry {entered} has this reference.", said)
                self.assertIn("at reference", said)
        self.assertEqual(sums(coop), before)
        other = coop.sign(self.second, "fund", *fund, "reference=TT 5000-b")["kept"][0]
        salts = {coop.get(key, "/v1/reference-salt")["salt"] for key in (coop.delegate, self.second)}
        self.assertEqual(salts, {other["salt"]})
        digest = reference_hash(base64.b64decode(other["salt"]), "tt 5000-B")
        self.assertEqual((base64.b64decode(other["hash"]), other["text"]), (digest, "TT5000-B"))

    def test_one_file_of_the_bank_carries_out_one_refund(self):
        coop = self.coop
        self.by_delegate("fund", "requester=0", "amount=1000", "currency=KES", "reference=TT 6000")
        numbers = [coop.sign(self.requester, "refund", "amount=400", "currency=KES")["result"]["refund"] for _ in range(2)]
        self.assertIn("reference_used", self.complaint("settle", f"refund={numbers[0]}", "reference=TT 6000"))
        self.by_delegate("settle", f"refund={numbers[0]}", "reference=TT 6001")
        self.assertIn("reference_used", self.complaint("return", f"refund={numbers[1]}", "reference=TT 6001"))
        coop.sign(self.second, "return", f"refund={numbers[1]}", "reference=TT 6002")

    def test_the_salt_of_references_is_for_delegates(self):
        code, said, complaint = run("get", "--key", self.requester, "--url", self.coop.url, "/v1/reference-salt")
        self.assertEqual((code, said), (1, ""))
        self.assertIn("403 not_a_delegate", complaint)

    def test_work_is_paid_out_settled_and_returned(self):
        coop = self.coop
        members = dict(demo.read_key(self.member(f"worker-{n}")[0]) for n in range(2))
        name = "Clear?"
        with handprint.Client(coop.url, handprint.signup(coop.url, "B", key_file=coop.home / "b.key")) as client:
            paying = demo.read_key(coop.home / "b.key")[0].removeprefix("r:")
            funding = ["amount=900000", "currency=KES", "reference=b"]
            self.by_delegate("fund", f"requester={paying}", *funding)
            terms = dict(title=name, question="Clear?", choices=["clear", "unclear"], fields=["text"], level=0)
            terms |= dict(price="7.00", currency="KES", estimate_s=30, domain="health/information", language="en")
            project = client.create_project("p", title="P")
            batch = project.create_batch("b", overlap=2, bundle_max=1, **terms)
            batch.upload([{"id": str(n), "text": f"x {n}"} for n in range(3)])
            batch.publish()
            self.assertEqual(crew.work(coop.url, members, name, lambda _: {"value": "clear"}), 6)
            batch.accept_all()
        self.by_delegate("close_period")
        payout = self.by_delegate("payout", "currency=KES")["result"]
        self.assertEqual((payout["total"], payout["count"]), ("4200", 2))
        self.by_delegate("settle", f"payout={payout['payout']}", "reference=transfers of May")
        rows = coop.get(coop.delegate, f"/v1/payouts/{payout['payout']}")["rows"]
        self.assertEqual([row["state"] for row in rows], ["settled", "settled"])
        self.assertEqual((sums(coop)["payable"], sums(coop)["in_transit"]), (0, 0))
        said = self.complaint("settle", f"payout={payout['payout']}", "reference=again")
        self.assertIn("nothing of payout", said)

        income = ["amount=100000", "currency=KES", f"project={project.number}", "reference=licence"]
        self.by_delegate("income", *income)
        self.by_delegate("close_period")
        second = self.by_delegate("payout", "currency=KES")["result"]["payout"]
        one, other = (int(party.removeprefix("m:")) for party in members)
        self.by_delegate("settle", f"payout={second}", f"items={one}", "reference=c")
        self.by_delegate("return", f"payout={second}", f"items={other}", "reference=no such account")
        rows = coop.get(coop.delegate, f"/v1/payouts/{second}")["rows"]
        self.assertEqual([row["state"] for row in rows], ["settled", "returned"])

    def test_rules_and_the_clock(self):
        self.by_delegate("set_rule", "name=payout_minimum_minor", "value=1")
        self.by_delegate("set_rule", "name=payout_minimum_minor", "value=1", "from=2100-01-01T00:00:00Z")
        self.by_delegate("confirm_clock")
        said = self.complaint("set_rule", "name=no_such", "value=1")
        self.assertIn("unknown_rule", said)
        self.assertIn("at name", said)

    def test_what_takes_two_delegates(self):
        released = self.by_delegate("propose_release")["result"]
        words = ["currency=KES", "period=1", f"proposal={released['proposal']}"]
        self.assertIn("same_delegate", self.complaint("release_without_quorum", *words))
        said = self.complaint("release_without_quorum", *words, key=self.second)
        self.assertRegex(said, "wait_not_over|proposal_over")
        member, _ = self.member("forgetful")
        number = member.read_text().split()[1].removeprefix("m:")
        _, public = self.coop.key("new device")
        proposed = self.by_delegate("propose_reenrolment", f"member={number}", f"key={public}")["result"]["proposal"]
        waiting = self.coop.get(self.second, "/v1/proposals")["proposals"]
        self.assertIn((proposed, public), [(one["proposal"], one.get("key")) for one in waiting])
        words = [f"member={number}", f"key={public}", f"proposal={proposed}"]
        self.assertIn("wait_not_over", self.complaint("reenrol_member", *words, key=self.second))
        self.coop.sign(member, "object_reenrolment", f"proposal={proposed}")

    def test_a_requester_comes_back_with_another_key_or_with_two_delegates(self):
        requester, lost = self.coop.key("forgetful requester")
        number = self.coop.sign(requester, "register_requester", "name=Forgetful")["result"]["requester"]
        sheet, public = self.coop.key("sheet", "--party", f"r:{number}")
        self.coop.sign(requester, "add_key", f"key={public}", "role=recovery")
        refund = ["amount=5", "currency=KES"]
        self.assertIn("recovery_key", self.complaint("refund", *refund, key=sheet))
        device, device_key = self.coop.key("new desk", "--party", f"r:{number}")
        self.coop.sign(sheet, "add_key", f"key={device_key}", "role=device")
        self.coop.sign(device, "revoke_key", f"key={lost}")
        valid = {one["key"]: one["role"] for one in self.coop.get(device, "/v1/keys")["keys"]}
        self.assertEqual(valid, {public: "recovery", device_key: "device"})
        self.assertIn("key_revoked", self.complaint("refund", *refund, key=requester))

        _, public = self.coop.key("newer desk")
        words = [f"requester={number}", f"key={public}"]
        self.assertIn("bad_argument", self.complaint("propose_reenrolment", *words, "member=0"))
        proposed = self.by_delegate("propose_reenrolment", *words)["result"]["proposal"]
        mine = self.coop.get(device, "/v1/proposals")["proposals"]
        self.assertIn((proposed, f"r:{number}"), [(one["proposal"], one.get("party")) for one in mine])
        other = self.coop.get(self.requester, "/v1/proposals")["proposals"]
        self.assertNotIn(proposed, [one["proposal"] for one in other])
        words.append(f"proposal={proposed}")
        self.assertIn("wait_not_over", self.complaint("reenrol_requester", *words, key=self.second))
        self.coop.sign(device, "object_reenrolment", f"proposal={proposed}")

    def test_what_is_wrong_is_named_before_anything_is_sent(self):
        fund = ["requester=0", "amount=5", "currency=KES", "reference=x"]
        for words, named in [
            (["requester=x", *fund[1:]], "requester must be a whole number"),
            (["requester=99999999999999999999", *fund[1:]], "requester must be a whole number"),
            (["amount=1.50", fund[0], *fund[2:]], "amount must be a whole number of minor units"),
            (["amount=-5", fund[0], *fund[2:]], "amount must be a whole number of minor units"),
            (fund[:3], "reference is missing"),
            ([*fund[:3], "reference= "], "reference must have 1 to 128"),
            ([*fund[:3], "reference=Überweisung"], "reference must be of ASCII"),
            ([*fund, "colour=red"], "there is no field colour"),
            ([*fund, "amount=6"], "amount is given twice"),
            ([*fund, "loose"], "expected name=value: loose"),
        ]:
            with self.subTest(words=words):
                said = self.complaint("fund", *words, ended=2)
                self.assertTrue(said.startswith("handprint sign fund: "), said)
                self.assertIn(named, said)
        self.assertIn("must be a time", self.complaint("set_rule", "name=fee_bps", "value=1", "from=later", ended=2))
        self.assertIn("no kind of command", self.complaint("fond", *fund, ended=2))
        self.assertIn("not signed by hand", self.complaint("auto_accept", "batch=0", ended=2))
        self.assertIn("is the key of r:0", self.complaint("fund", *fund, key=self.requester))
        self.assertIn("No such file", self.complaint("fund", *fund, key=self.coop.home / "none"))

    def test_what_the_node_refuses_is_its_problem(self):
        said = self.complaint("fund", "requester=77", "amount=5", "currency=KES", "reference=x")
        self.assertIn("409 no_such_requester (No such requester.) at requester", said)
        self.assertTrue(said.startswith("handprint sign fund: POST /v1/commands: 409"), said)

    def test_every_kind_is_listed_with_its_fields(self):
        code, said, _ = run("sign", "--list")
        self.assertEqual(code, 0)
        self.assertIn("fund  (a delegate)", said)
        self.assertIn("add_key  (a member or a requester)", said)
        self.assertIn("amount=MINOR_UNITS currency=TEXT reference=TEXT requester=NUMBER", said)
        self.assertIn("[checkpoint=TEXT] currency=TEXT", said)


class WithTheWrongKey(unittest.TestCase):
    def test_a_key_that_nobody_knows_signs_nothing(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            coop.serve()
            stranger, _ = coop.key("stranger", "--party", "d:0")
            code, said, complaint = coop.try_sign(stranger, "close_period")
            self.assertEqual((code, said), (1, ""))
            self.assertIn("key_unknown", complaint)


class Sums(unittest.TestCase):
    def test_a_batch_says_what_is_paid_and_what_accepting_the_rest_would_pay(self):
        coop = self.enterContext(Cooperative())
        self.assertEqual(coop.init()[0], 0)
        coop.serve()
        members = dict(demo.read_key(coop.member(f"member-{n}")[0]) for n in range(3))
        account = handprint.signup(coop.url, "S", key_file=coop.home / "s.key")
        with handprint.Client(coop.url, account) as client:
            paying = demo.read_key(coop.home / "s.key")[0].removeprefix("r:")
            coop.sign(coop.delegate, "fund", f"requester={paying}", "amount=900000", "currency=KES", "reference=s")
            terms = dict(title="Sums", question="Clear?", choices=["clear", "unclear"], fields=["text"], level=0)
            # Of 7.005 each the half units add up by member, so where they are rounded matters.
            terms |= dict(price="7.005", currency="KES", estimate_s=30, domain="health/information", language="en")
            batch = client.create_project("s", title="Sums").create_batch("s", overlap=3, bundle_max=5, **terms)
            batch.upload([{"id": str(n), "text": f"x {n}"} for n in range(5)])
            batch.publish()
            self.assertEqual(crew.work(coop.url, members, "Sums", lambda _: {"value": "clear"}), 15)
            said = batch.status()
            self.assertEqual((said["paid"], said["submitted"], said["accepted"]), ("0", 15, 0))
            waiting = int(said["waiting_pay"])
            items = [(one["task"], one["member"]) for one in batch.submissions()]
            first = min(member for _, member in items)
            batch.accept([item for item in items if item[1] == first or item[0] < 2])
            said = batch.status()
            wages = sum(int(one["wage"]) for one in batch.submissions(state="accepted"))
            self.assertEqual((int(said["paid"]), said["accepted"]), (wages, 9))
            self.assertEqual(wages + int(said["waiting_pay"]), waiting)
            self.assertGreater(int(said["waiting_pay"]), 0)
            batch.accept_all()
            said = batch.status()
            wages = sum(int(one["wage"]) for one in batch.submissions(state="accepted"))
            self.assertEqual((int(said["paid"]), said["waiting_pay"]), (waiting, "0"))
            self.assertEqual(wages, waiting)
