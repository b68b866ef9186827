"""A member who has nothing to do with any entry opens the coop parts of them all, and holds them against the
public log with nothing but hashes and sums."""

import base64
import hashlib
import json
import unittest
import urllib.error
import urllib.request
from collections import Counter

import crew
import demo
import handprint
from cooperative import Cooperative, run

PATH = "/v1/entries/coop"


def commitment(salt, part):
    """Section 2 of docs/ledger-format.md, by hand."""
    return hashlib.sha256(b"handprint/commit/v1" + b"\0" + salt + part).digest()


def sums(postings):
    """As a header has them: by class and currency, without those that are zero."""
    added = Counter()
    for account, currency, amount in postings:
        added[account.split("/")[0], currency] += int(amount)
    return [[name, currency, str(amount)] for (name, currency), amount in sorted(added.items()) if amount]


class CoopParts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        coop = cls.coop = cls.enterClassContext(Cooperative())
        assert coop.init()[0] == 0
        coop.serve()
        workers = dict(demo.read_key(coop.member(f"worker-{n}")[0]) for n in range(2))
        account = handprint.signup(coop.url, "Acme", key_file=coop.home / "acme.key")
        with handprint.Client(coop.url, account) as client:
            number = demo.read_key(coop.home / "acme.key")[0].removeprefix("r:")
            coop.sign(coop.delegate, "fund", f"requester={number}", "amount=900000", "currency=KES", "reference=TT 1")
            terms = dict(title="Clear?", question="Clear?", choices=["clear", "unclear"], fields=["text"], level=0)
            terms |= dict(price="7.00", currency="KES", estimate_s=30, domain="health/information", language="en")
            project = client.create_project("p", title="P")
            batch = project.create_batch("b", overlap=2, bundle_max=1, **terms)
            batch.upload([{"id": str(n), "text": f"x {n}"} for n in range(3)])
            batch.publish()
            assert crew.work(coop.url, workers, "Clear?", lambda _: {"value": "clear"}) == 6
            batch.accept_all()
        coop.sign(coop.delegate, "close_period")
        coop.sign(coop.delegate, "payout", "currency=KES")
        coop.sign(coop.delegate, "income", f"project={project.number}", "amount=100000", "currency=KES", "reference=TT 2")
        cls.looker, _ = coop.member("looker")
        cls.headers = demo.until(cls.published)
        assert cls.headers, "not all was published"

    @classmethod
    def published(cls):
        """The headers that the log has, once all is done and under its checkpoint."""
        ledger = cls.coop.get(cls.looker, "/v1/ledger")
        size = ledger["size"]
        if size != ledger["committed"] or size >= 256:
            return None
        bundle, leaves = cls.tile(f"entries/000.p/{size}"), cls.tile(f"0/000.p/{size}")
        headers = []
        while bundle:
            end = 2 + int.from_bytes(bundle[:2], "big")
            headers.append(bundle[2:end])
            bundle = bundle[end:]
        assert b"".join(hashlib.sha256(b"\0" + header).digest() for header in headers) == leaves
        headers = [json.loads(header) for header in headers]
        done = {"payout_seal", "distribution_seal"} <= {header["kind"] for header in headers}
        return headers if done else None  # both runs go on by themselves

    @classmethod
    def tile(cls, name):
        with urllib.request.urlopen(f"{cls.coop.url}/log/tile/{name}", timeout=20) as answer:
            return answer.read()

    def pages(self, key, limit):
        target = f"{PATH}?limit={limit}"
        while target:
            page = self.coop.get(key, target)
            self.assertLessEqual(len(page["entries"]), limit)
            yield from page["entries"]
            target = f"{PATH}?limit={limit}&from={page['next']}" if "next" in page else None

    def opened(self, key, limit=1000):
        """The coop parts of what was published, each held against its commitment."""
        found = list(self.pages(key, limit))
        self.assertEqual([one["index"] for one in found], list(range(len(found))))
        self.assertGreaterEqual(len(found), len(self.headers))
        parts = []
        for header, one in zip(self.headers, found, strict=False):
            salt, part = base64.b64decode(one["salt"]), base64.b64decode(one["coop"])
            said = header["parts"][0]
            self.assertEqual(said["role"], "coop")
            self.assertEqual(commitment(salt, part), base64.b64decode(said["commit"]), one["index"])
            parts.append(json.loads(part))
        return parts

    def test_whoever_is_a_member_opens_what_the_log_commits_to(self):
        parts = self.opened(self.looker)
        kinds = {header["kind"] for header in self.headers}
        self.assertLessEqual({"fund", "submit", "accept", "payout_chunk", "distribution_chunk"}, kinds)
        for header, part in zip(self.headers, parts, strict=True):
            self.assertEqual(sums(part["postings"]), header["sums"], header["kind"])

    def test_the_accounts_add_up_to_what_the_ledger_says(self):
        postings = [posting for part in self.opened(self.looker) for posting in part["postings"]]
        said = self.coop.get(self.looker, "/v1/ledger")["sums"]
        said = sorted([row["class"], row["currency"], row["amount"]] for row in said if row["amount"] != "0")
        self.assertEqual(sums(postings), said)
        wages = Counter()
        for header, part in zip(self.headers, self.opened(self.looker), strict=True):
            for account, _, amount in part["postings"] if header["kind"] == "accept" else []:
                wages[account] -= int(amount) if account.startswith("payable/") else 0
        self.assertEqual(+wages, {"payable/m:0": 2100, "payable/m:1": 2100})

    def test_short_pages_and_delegates_see_the_same(self):
        parts = self.opened(self.looker)
        self.assertEqual(self.opened(self.looker, 7), parts)
        self.assertEqual(self.opened(self.coop.delegate), parts)

    def test_beyond_the_end_there_is_nothing(self):
        for start in (len(self.headers) + 1000, 2**53 - 1):
            page = self.coop.get(self.looker, f"{PATH}?from={start}")
            self.assertEqual((page["entries"], page.get("next")), ([], None))

    def test_nobody_else_opens_them(self):
        requester = self.coop.home / "acme.key"
        code, said, complaint = run("get", "--key", requester, "--url", self.coop.url, PATH)
        self.assertEqual((code, said), (1, ""))
        self.assertIn("403 not_a_member", complaint)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(self.coop.url + PATH, timeout=20)
        with refused.exception as answer:
            self.assertEqual((answer.code, json.load(answer)["code"]), (401, "unauthenticated"))
