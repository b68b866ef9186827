"""What a newcomer finds in a demo: money that has arrived, and goes on arriving."""

import json
import secrets
import subprocess
import tempfile
import unittest
from pathlib import Path

import crew
import demo
from handprint.signing import Key, b64, reference_hash
from handprint.signup import send
from handprint.transport import Transport


def kinds(url):
    """Kinds of all entries, in order."""
    page = Transport(url).get("/v1/entries", limit="1000").json()["entries"]
    return [json.loads(entry["header"])["kind"] for entry in page]


def transits(url):
    """What each close, payout and settlement left in transit, in order."""
    page = Transport(url).get("/v1/entries", limit="1000").json()["entries"]
    on_the_way, out = 0, []
    for entry in page:
        sums = json.loads(entry["header"])["sums"]
        on_the_way -= sum(int(amount) for kind, _, amount in sums if kind == "in_transit")
        out.append(on_the_way)
    return out


def share_out(node, project=0):
    """A delegate's licence income, which makes everybody who worked on the project owed something."""
    wire = Transport(node.url)
    log = wire.get("/v1/ledger").json()["log"]
    party, seed = node.delegate()
    args = {"amount": "100000", "currency": "KES", "project": project, "reference": b64(reference_hash(bytes(32), secrets.token_hex(16)))}
    send(wire, Key(seed).command(log, party, "income", args), {})


def lines_of(payslip):
    """What the lines of the member's own parts say, in order."""
    entries = json.loads(payslip)["entries"]
    return [line["what"] for entry in entries for line in json.loads(entry["part"]["bytes"])["lines"]]


class Paid(unittest.TestCase):
    def test_a_newcomer_finds_shares_and_pay_that_has_arrived_on_payslips_that_verify(self):
        with demo.Demo("--period-ms", "0") as node, tempfile.TemporaryDirectory() as folder:
            seen = kinds(node.url)
            paying = [kind for kind in seen if kind in ("income", "distribution_seal", "close_period", "payout", "settle")]
            self.assertEqual(paying, ["income", "distribution_seal", "close_period", "payout", "settle", "close_period"])
            self.assertGreater(max(transits(node.url)), 0)
            self.assertEqual(transits(node.url)[-1], 0)
            told = {1: set(), 2: set()}
            for party, seed in node.members().items():
                log = Transport(node.url).get("/v1/ledger").json()["log"]
                member = crew.Member(node.url, log, party, seed)
                for period, what in told.items():
                    text = self.payslip(member, period)
                    what.update(lines_of(text))
                    file = Path(folder) / f"{party.replace(':', '-')}-{period}.json"
                    file.write_text(text)
                    self.verify(file, node.info["policy"])
                member.close()
            self.assertEqual(told, {1: {"wage", "share"}, 2: {"payout", "settled"}})

    def payslip(self, member, period):
        def published():
            rows = member.wire.get("/v1/me/payslips").json()["payslips"]
            return any(row["period"] == period and row["published"] for row in rows)

        self.assertTrue(demo.until(published), f"the payslip of period {period} is not published")
        return member.wire.get(f"/v1/me/payslips/{period}").text

    def verify(self, file, policy):
        command = [str(demo.binary()), "verify", "payslip", str(file), "--policy", policy]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_a_period_brings_is_paid_out_and_settled_without_anybody_asking(self):
        with demo.Demo("--period-ms", "2000") as node:
            before = kinds(node.url).count("settle")
            share_out(node)
            self.assertTrue(demo.until(lambda: kinds(node.url).count("settle") > before, seconds=40))
            self.assertTrue(demo.until(lambda: transits(node.url)[-1] == 0))

    def test_what_was_in_transit_when_it_was_killed_is_settled_after_the_next_start(self):
        with demo.Demo("--period-ms", "12000") as node:
            payouts, settled = kinds(node.url).count("payout_seal"), kinds(node.url).count("settle")
            share_out(node)
            sealed = demo.until(lambda: kinds(node.url).count("payout_seal") > payouts, seconds=60, every=0.02)
            self.assertTrue(sealed, "nothing was paid out")
            node.kill()
            node.start()
            self.assertEqual(kinds(node.url).count("settle"), settled, "it was settled before the kill")
            self.assertTrue(demo.until(lambda: kinds(node.url).count("settle") > settled, seconds=40))
            share_out(node)
            again = demo.until(lambda: kinds(node.url).count("payout_seal") > payouts + 1, seconds=60)
            self.assertTrue(again, "it does not go on paying")
