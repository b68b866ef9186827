"""The quickstart of the README against a demo, word for word but for the address; and what goes wrong on the way."""

import contextlib
import csv
import os
import re
import subprocess
import sys
import tempfile
import unittest
import uuid
from pathlib import Path

import crew
import demo
import handprint
from handprint import signing
from handprint.signup import open_session, send
from handprint.transport import Transport

README = demo.ROOT / "api" / "python" / "README.md"
SENTENCES = {
    "s-1001": "Boil the water for one minute before you drink it.",
    "s-1002": "If the fever stays, seek care in due course.",
    "s-1003": "Wash your hands with soap for one minute.",
}
TITLE = "Clinic leaflets: is it clear what to do?"
LABELS = {"s-1001": "clear", "s-1002": "unclear", "s-1003": "clear"}


def quickstart():
    return re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[1]


def at(url):
    assert "http://127.0.0.1:8080" in quickstart()
    return quickstart().replace("http://127.0.0.1:8080", url)


def decide(content):
    return {"value": "clear" if "minute" in content["text"] else "unclear"}


class AgainstADemo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = demo.Demo()
        cls.demo.__enter__()
        cls.addClassCleanup(cls.demo.__exit__)
        folder = tempfile.TemporaryDirectory(prefix="handprint-quickstart-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.api_key = handprint.signup(cls.demo.url, "Test requester", key_file=cls.folder / "test.key")
        cls.client = handprint.Client(cls.demo.url, cls.api_key)
        cls.addClassCleanup(cls.client.close)

    def project(self):
        return self.client.create_project(uuid.uuid4().hex, title="A project")

    def batch(self, **changed):
        terms = dict(
            title=f"A batch {uuid.uuid4().hex}",
            question="Clear?",
            choices=["clear", "unclear"],
            fields=["text"],
            price="7.00",
            currency="KES",
            estimate_s=30,
            domain="health/information",
            language="en",
        )
        terms.update(changed)
        external = terms.pop("external", uuid.uuid4().hex)
        return self.project().create_batch(external, **terms), terms["title"]

    def test_the_quickstart_of_the_readme_gives_labels(self):
        with (self.folder / "sentences.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("id", "text"), *SENTENCES.items()])
        program = subprocess.Popen(
            [sys.executable, "-c", at(self.demo.url)],
            cwd=self.folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.addCleanup(program.kill)
        self.assertEqual(crew.work(self.demo.url, self.demo.members(), TITLE, decide), 3)
        said, _ = program.communicate(timeout=60)
        self.assertEqual(program.returncode, 0, said)
        self.assertIn("3 of 3 answers", said)
        self.assertEqual(dict(re.findall(r"^(s-\d+) (\w+)$", said, re.MULTILINE)), LABELS)

    def test_the_quickstart_is_short(self):
        self.assertLessEqual(len([line for line in quickstart().split("\n") if line]), 15)

    def test_results_can_be_saved_and_what_is_left_comes_home(self):
        self.client.demo_fund("100.00", "KES")
        before = self.escrow()
        batch, title = self.batch(overlap=2)
        batch.upload([{"uuid": name, "text": text} for name, text in SENTENCES.items()], id="uuid")
        self.assertEqual(batch.quote().total, 4620)
        batch.publish()
        self.assertEqual(self.escrow(), before - 4620)
        notes = {SENTENCES["s-1001"]: 'It says "one", and when.\nGood.', SENTENCES["s-1002"]: "=1+1"}

        def note(content):
            said = notes.get(content["text"])
            return {**decide(content), **({"note": said} if said else {})}

        crew.work(self.demo.url, self.demo.members(), title, note)
        first = next(batch.submissions("submitted"))
        self.assertEqual(batch.accept([(first["task"], first["member"])]), 1)
        self.assertEqual(batch.accept_all(), 5)
        batch.save_results(self.folder / "labels.csv")
        with (self.folder / "labels.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(sorted((row["external"], row["answer"]) for row in rows), sorted(2 * list(LABELS.items())))
        # A cell that a sheet would take for a formula begins with an apostrophe.
        kept = {"s-1001": notes[SENTENCES["s-1001"]], "s-1002": "'=1+1", "s-1003": ""}
        self.assertEqual([row["note"] for row in rows], [kept[row["external"]] for row in rows])
        batch.close()
        self.assertEqual(self.escrow(), before - 4620)
        self.client.refund("1.00", "KES")
        self.assertEqual(self.escrow(), before - 4720)
        index = batch.results()[0]["accepted_index"]
        receipt = demo.until(lambda: self.receipt(index))
        self.assertTrue(receipt and receipt.startswith("c2sp.org/tlog-proof@v1\n"), receipt)

    def test_members_see_the_fields_of_the_terms_and_no_other_column(self):
        self.client.demo_fund("100.00", "KES")
        batch, title = self.batch()
        table = self.folder / "columns.csv"
        with table.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("id", "internal_note", "text", "truth"))
            rows.writerows((f"{uuid.uuid4().hex}-{name}", "hard", text, LABELS[name]) for name, text in SENTENCES.items())
        batch.upload(table)
        batch.publish()
        seen = []

        def look(content):
            seen.append(content)
            return decide(content)

        crew.work(self.demo.url, self.demo.members(), title, look)
        self.assertEqual(sorted(map(str, seen)), sorted(str({"text": text}) for text in SENTENCES.values()))
        kept = [(work["content"]["internal_note"], work["content"]["truth"]) for work in batch.submissions()]
        self.assertEqual(sorted(kept), sorted(("hard", label) for label in LABELS.values()))
        self.assertEqual(batch.accept_all(), 3)
        batch.close()

    def test_a_task_has_a_price_and_a_number_of_answers_of_its_own(self):
        self.client.demo_fund("100.00", "KES")
        before = self.escrow()
        batch, title = self.batch(overlap=2)
        rows = [{"id": f"{uuid.uuid4().hex}-{name}", "text": text} for name, text in SENTENCES.items()]
        rows[0]["price_micros"] = 9_000_000
        rows[1]["overlap"] = 1
        batch.upload(rows)
        # 2 answers at 9.00, one and 2 at 7.00 are 39.00, and a tenth of it the fee.
        quote = batch.quote()
        self.assertEqual((quote.slots, quote.labour, quote.fee, quote.total), (5, 3900, 390, 4290))
        batch.publish()
        offers = [
            (offer["price_micros"], offer["own_terms"], offer["left"])
            for offer in self.offers()
            if offer["title"] == title
        ]
        self.assertEqual(offers, [(9_000_000, {"price_micros": 9_000_000}, 1), (7_000_000, {}, 2)])
        self.assertEqual(crew.work(self.demo.url, self.demo.members(), title, decide), 5)
        self.assertEqual(batch.accept_all(), 5)
        paid = sorted((row["external"].split("-", 1)[1], row["price_micros"]) for row in batch.results())
        names = list(SENTENCES)
        self.assertEqual(
            paid, sorted([(names[0], 9_000_000)] * 2 + [(names[1], 7_000_000)] + [(names[2], 7_000_000)] * 2)
        )
        self.assertNotIn("price_micros", next(batch.submissions())["content"])
        batch.close()
        self.assertEqual(self.escrow(), before - 4290)

    def offers(self):
        log = handprint.transport.Transport(self.demo.url).get("/v1/ledger").json()["log"]
        party, seed = next(iter(self.demo.members().items()))
        member = crew.Member(self.demo.url, log, party, seed)
        try:
            return member.offers()
        finally:
            member.close()

    def receipt(self, index):
        try:
            return self.client.receipt(index)
        except handprint.NotFound:
            return None

    def escrow(self):
        held = [b for b in self.client.money() if (b["class"], b["currency"]) == ("escrow", "KES")]
        return int(held[0]["amount"]) if held else 0

    def test_without_money_a_batch_is_not_published(self):
        batch, _ = self.batch(price="50000.00", bundle_max=1)
        batch.upload([{"id": "a", "text": "x"}])
        with self.assertRaises(handprint.NotNow) as raised:
            batch.publish()
        self.assertEqual(raised.exception.code, "not_covered")

    def test_a_price_below_the_floor_is_refused(self):
        with self.assertRaises(handprint.BadRequest) as raised:
            self.batch(price="0.01")
        self.assertEqual((raised.exception.code, raised.exception.field), ("below_floor", "price_micros"))
        self.assertRegex(raised.exception.detail, r"at least \d+\.\d\d \(\d+ micros\)")

    def test_an_api_key_that_is_not_ours_opens_nothing(self):
        with self.assertRaises(handprint.Denied) as raised, handprint.Client(self.demo.url, "hp_nobody") as client:
            client.money()
        self.assertEqual(raised.exception.status, 401)

    def test_an_api_key_is_kept_as_its_hash(self):
        self.client.money()  # with it, so that it has been seen
        data = Path(self.demo.folder.name) / "data"
        files = [path for path in data.rglob("*") if path.is_file()]
        self.assertTrue(any(path.name == "ledger.db" for path in files))
        for path in files:
            if path.parent.name != "people":  # the demo's own people keep theirs there
                self.assertNotIn(self.api_key.encode(), path.read_bytes(), path)

    def test_the_same_key_makes_one_project(self):
        key, external = uuid.uuid4().hex, uuid.uuid4().hex
        made = [self.client.create_project(external, title="Once", key=key).number for _ in range(2)]
        self.assertEqual(made[0], made[1])
        with self.assertRaises(handprint.Conflict) as raised:
            self.client.create_project(external, title="Twice", key=key)
        self.assertEqual(raised.exception.code, "id_reused")

    def test_a_name_is_used_once_and_finds_what_has_it(self):
        name = uuid.uuid4().hex
        project = self.client.create_project(name, title="A project")
        batch, _ = self.batch(external=name)
        batch.upload([{"id": f"{name}-1", "text": "x"}, {"id": f"{name}-2", "text": "y"}])
        self.assertEqual(self.client.find_project(name).number, project.number)
        self.assertEqual(self.client.find_batch(name).number, batch.number)
        self.assertEqual(batch.status()["external"], name)
        found, task = self.client.find_task(f"{name}-2")
        self.assertEqual((found.number, task), (batch.number, 1))
        with self.assertRaises(handprint.NotFound):
            self.client.find_task(name)
        with self.assertRaises(handprint.Conflict) as raised:
            self.client.create_project(name, title="Another")
        self.assertEqual(raised.exception.existing, {"project": project.number})
        other, _ = self.batch()
        with self.assertRaises(handprint.Conflict) as raised:
            other.upload([{"id": f"{name}-3", "text": "z"}, {"id": f"{name}-1", "text": "x"}])
        self.assertEqual((raised.exception.code, raised.exception.field), ("external_in_use", "line 2"))
        self.assertEqual(raised.exception.existing, {"batch": batch.number, "task": 0})
        self.assertEqual(other.upload([{"id": f"{name}-3", "text": "z"}]), 1)

    def test_signing_up_again_with_the_key_gives_another_api_key_of_the_same_requester(self):
        again = handprint.signup(self.demo.url, "Test requester", key_file=self.folder / "test.key")
        self.assertNotEqual(again, self.api_key)
        number = self.project().number
        with handprint.Client(self.demo.url, again) as client:
            self.assertIn(number, [project["project"] for project in client.projects()])

    def test_a_recovery_key_brings_the_requester_back_and_spends_nothing(self):
        lost, sheet = self.folder / "lost.key", self.folder / "sheet.key"
        for _ in range(2):  # the second time it is there already
            handprint.signup(self.demo.url, "Forgetful", key_file=lost, recovery_file=sheet)
        party, key = signing.load(lost)
        sheet_party, spare = signing.load(sheet)
        self.assertEqual(sheet_party, party)
        lost.unlink()
        fresh = signing.Key.make()
        with contextlib.closing(Transport(self.demo.url)) as wire:
            log = wire.get("/v1/ledger").json()["log"]
            with self.assertRaises(handprint.Denied) as raised:
                send(wire, spare.command(log, party, "refund", {"amount": "1", "currency": "KES"}))
            self.assertEqual(raised.exception.code, "recovery_key")
            send(wire, spare.command(log, party, "add_key", {"key": fresh.text, "role": "device"}))
            send(wire, fresh.command(log, party, "revoke_key", {"key": key.text}))
            open_session(wire, signing, fresh, log)
            keys = {one["key"]: one["role"] for one in wire.get("/v1/keys").json()["keys"]}
        self.assertEqual(keys, {fresh.text: "device", spare.text: "recovery"})

    def test_a_revoked_api_key_opens_nothing_and_stays_in_the_list(self):
        where = {"key_file": self.folder / "test.key"}
        secret = handprint.signup(self.demo.url, "Test requester", label="to be revoked", **where)
        with handprint.Client(self.demo.url, secret) as client:
            client.money()
            listed = next(key for key in handprint.api_keys(self.demo.url, **where) if key["label"] == "to be revoked")
            self.assertNotIn(secret, repr(listed))
            self.assertNotIn("revoked", listed)
            self.assertGreaterEqual(listed["used"], listed["created"])
            handprint.revoke_api_key(self.demo.url, listed["id"], **where)
            with self.assertRaises(handprint.Denied) as raised:
                client.money()
        self.assertEqual(raised.exception.code, "key_unknown")
        after = next(key for key in handprint.api_keys(self.demo.url, **where) if key["id"] == listed["id"])
        self.assertGreaterEqual(after["revoked"], listed["used"])
        with self.assertRaises(handprint.NotFound):
            handprint.revoke_api_key(self.demo.url, listed["id"], **where)
        self.assertIsNotNone(self.client.money())
