"""A recorded crowd job played through a running node, and held against a second opinion from the recording alone."""

import base64
import csv
import http.client
import io
import json
import re
import tempfile
import unittest
from collections import Counter
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil, floor
from pathlib import Path
from threading import Thread

import demo
from cooperative import Cooperative, run

RECORDED = demo.ROOT.parent / "shared" / "data" / "product-match"

# Of the job that docs/benchmarks.md describes: KES 1.333333 a judgment, 10 % fee, a licence fee of KES 10,000.03
# of which 20 % are for operations and 10 % each for transition and reserve.
PRICE = Fraction(1_333_333, 10_000)
INCOME = 1_000_003


def money(answers):
    """Wages, shares, fees and reserves in cents, of the rows of a recording."""
    work = Counter(row["worker"] for row in answers)
    fee = ceil(len(answers) * PRICE / 10)
    operations, transition, reserve = (floor(Fraction(INCOME * percent, 100)) for percent in (20, 10, 10))
    return {
        "wages": sum(ceil(count * PRICE) for count in work.values()),
        "shares": INCOME - operations - transition - reserve,
        "fees": fee + operations,
        "reserves": transition + reserve,
    }


class Recording:
    """Eight tasks, five workers, one of whom did one task only."""

    def __init__(self, folder):
        self.items, self.answers, self.truth = (Path(folder) / name for name in ("items", "answers", "truth"))
        self.items.write_text("".join(json.dumps({"id": f"t{n}", "text": f"Pen {n}"}) + "\n" for n in range(8)))
        rows = [f"t{n},w{w},{'same' if (n * w) % 3 else 'different'}" for n in range(8) for w in range(1, 5)]
        rows[3] = "t0,w5,same"
        self.answers.write_text("\n".join(["task,worker,answer", *rows]) + "\n")
        self.truth.write_text("task,truth\n" + "".join(f"t{n},same\n" for n in range(8)))

    def play(self, *options):
        files = ["--items", self.items, "--answers", self.answers, "--truth", self.truth]
        return run("replay-crowd", *files, *options, timeout=150)


class Altering(ThreadingHTTPServer):
    """Stands before a node and changes what it answers to the paths that match."""

    daemon_threads = True

    def __init__(self, url, path, change):
        super().__init__(("127.0.0.1", 0), Passing)
        self.node, self.path, self.change = url.removeprefix("http://"), re.compile(path), change
        self.url = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        node = http.client.HTTPConnection(self.server.node, timeout=60)
        node.request(self.command, self.path, body, dict(self.headers))
        answer = node.getresponse()
        text = answer.read()
        if answer.status == 200 and self.server.path.search(self.path):
            text = self.server.change(text)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() in ("set-cookie", "content-type"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        node.close()

    do_GET = do_POST = do_PUT = pass_on  # noqa: N815

    def log_message(self, *_):
        pass


class Played(unittest.TestCase):
    def setUp(self):
        self.recording = Recording(self.enterContext(tempfile.TemporaryDirectory()))

    def held(self, code, said, complaint, recording=None, limit=None):
        """What it says of a job in which all holds."""
        self.assertEqual(code, 0, said + complaint)
        told = json.loads(said)
        self.assertTrue(told["ok"])
        self.assertGreaterEqual(len(told["checks"]), 10)
        self.assertEqual({check["ok"] for check in told["checks"]}, {True})
        recording = recording or self.recording
        with open(recording.answers, newline="") as file:
            rows = list(csv.DictReader(file))
        with open(recording.items) as file:
            ids = {json.loads(line)["id"] for line in list(file)[:limit]}
        rows = [row for row in rows if row["task"] in ids]
        workers = {row["worker"] for row in rows}
        self.assertEqual((told["tasks"], told["judgments"], told["workers"]), (len(ids), len(rows), len(workers)))
        paid = {name: int(amount) for name, amount in told["money"].items()}
        for name, amount in money(rows).items():
            self.assertEqual(paid[name], amount, name)
        self.assertEqual(paid["in"], sum(paid.values()) - paid["in"])
        self.assertEqual(told["payslips_verified"], told["payslips"])
        self.assertGreaterEqual(told["payslips"], 2 * len(workers))
        self.assertEqual(told["promises_kept"], told["bundles"] + len(workers))
        return told

    def test_in_a_demo_of_its_own(self):
        told = self.held(*self.recording.play("--json"))
        self.assertEqual(told["payslips"], 10)
        self.assertEqual((told["majority_right"], told["always_right"]), (5, {"same": 8}))
        code, said, complaint = self.recording.play("--limit", "1")
        self.assertEqual(code, 0, said + complaint)
        self.assertRegex(said, r"tasks +1\nworkers +4\njudgments +4 in 4 signed bundles\n")
        self.assertNotIn("FAILED", said)

    def test_in_a_demo_where_others_work_and_are_paid_meanwhile(self):
        with demo.Demo("--period-ms", "1500") as busy:
            for _ in range(4):
                self.held(*self.recording.play("--json", "--url", busy.url))
            trusted = ["--url", busy.url, "--policy", busy.info["policy"], "--delegate", busy.info["delegate"]]
            self.held(*self.recording.play("--json", *trusted))

    def test_what_it_needs_of_a_node_that_is_no_demo(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            coop.serve()
            code, _, complaint = self.recording.play("--url", coop.url)
            self.assertEqual(code, 2)
            self.assertIn("--url needs --delegate, who funds and pays out", complaint)
            self.held(*self.recording.play("--json", "--url", coop.url, "--delegate", coop.delegate))

    def test_what_a_node_says_is_not_believed(self):
        def other_amount(page):
            page = json.loads(page)
            for entry in page["entries"]:
                part = json.loads(base64.b64decode(entry["coop"]))
                for posting in part["postings"]:
                    if posting[0] == "fee/coop":
                        posting[2] = str(int(posting[2]) + 1)
                text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                entry["coop"] = base64.b64encode(text.encode()).decode()
            return json.dumps(page).encode()

        def without_an_entry(text):
            payslip = json.loads(text)
            payslip["entries"][1:2] = []
            return json.dumps(payslip, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

        def other_answer(text):
            head, *rows = csv.reader(io.StringIO(text.decode()))
            rows[0][3] = "same" if rows[0][3] == "different" else "different"
            out = io.StringIO()
            csv.writer(out).writerows([head, *rows])
            return out.getvalue().encode()

        lies = (
            (r"/results\?", other_answer, "every judgment came back as it was given"),
            (r"/results\?", lambda text: text + text.split(b"\r\n")[1] + b"\r\n", "no task twice by one worker"),
            (r"/entries/coop", other_amount, "what the ledger moved for the job is that of the recording"),
            (r"/me/payslips/\d", without_an_entry, "every payslip verifies"),
            (r"/v1/ledger", lambda text: text.replace(b'"fee"', b'"gift"'), "running totals are those of its entries"),
        )
        with demo.Demo("--empty") as node:
            for path, change, check in lies:
                with self.subTest(check), Altering(node.url, path, change) as between:
                    code, said, complaint = self.recording.play("--url", between.url)
                    self.assertEqual(code, 1, said + complaint)
                    failed = [line for line in said.splitlines() if line.startswith("FAILED")]
                    self.assertTrue(any(check in line for line in failed), said)

    def test_a_policy_that_names_other_witnesses_trusts_no_payslip(self):
        with Cooperative() as other, demo.Demo("--empty") as node:
            self.assertEqual(other.init()[0], 0)
            code, said, complaint = self.recording.play("--url", node.url, "--policy", other.data / "policy")
            self.assertEqual(code, 1, said + complaint)
            self.assertIn("FAILED  every payslip verifies", said)

    @unittest.skipUnless(RECORDED.is_dir(), f"no recording in {RECORDED.relative_to(demo.ROOT.parent)}")
    def test_the_recorded_job_of_24945_judgments(self):
        job = Recording(self.enterContext(tempfile.TemporaryDirectory()))
        job.items, job.answers, job.truth = (
            RECORDED / name for name in ("items.jsonl", "answers.csv", "truth.csv")
        )
        told = self.held(*job.play("--json"), recording=job)
        self.assertEqual((told["tasks"], told["judgments"]), (8315, 24945))
        self.assertEqual((told["workers"], told["payslips"]), (176, 352))
        self.assertEqual(told["majority_right"], 7455)
        self.assertEqual(told["always_right"]["different"], 7304)


if __name__ == "__main__":
    unittest.main()
