"""The client alone: a made-up node answers."""

import base64
import json
import tempfile
import unittest
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx
import yaml

import demo
import handprint
from handprint import money, signing, table
from handprint.transport import Transport


class Node:
    """Answers from a list: a response, an exception to raise, or a function of the request."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.waits = []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def client(self, attempts=5):
        http = httpx.MockTransport(self)
        return handprint.Client("http://node", "hp_test", http=http, sleep=self.waits.append, attempts=attempts)

    def header(self, name):
        return [request.headers.get(name) for request in self.requests]


def ok(body, **headers):
    return httpx.Response(200, json=body, headers=headers)


def problem(status, code, retry="never", **headers):
    body = {
        "type": f"https://handprint.example/problems/{code}",
        "status": status,
        "code": code,
        "retry": retry,
        "title": code,
        "detail": "Because.",
        "field": "batch",
    }
    return httpx.Response(status, json=body, headers=headers)


class Sending(unittest.TestCase):
    def test_a_write_is_repeated_under_the_same_key_after_503_and_time_outs(self):
        node = Node(problem(503, "busy", "same_id"), httpx.ReadTimeout("late"), ok({"project": 4, "index": 9}))
        self.assertEqual(node.client().create_project("a", title="A").number, 4)
        keys = node.header("Idempotency-Key")
        self.assertEqual(len(set(keys)), 1)
        self.assertRegex(keys[0], "^[0-9a-f]{32}$")
        self.assertEqual(len({request.content for request in node.requests}), 1)

    def test_two_writes_have_two_keys(self):
        node = Node(ok({"project": 4}), ok({"project": 5}))
        client = node.client()
        client.create_project("a", title="A")
        client.create_project("b", title="B")
        self.assertEqual(len(set(node.header("Idempotency-Key"))), 2)

    def test_the_callers_own_key_is_sent(self):
        node = Node(ok({"project": 4}))
        node.client().create_project("a", title="A", key="0" * 32)
        self.assertEqual(node.header("Idempotency-Key"), ["0" * 32])

    def test_the_node_says_how_long_to_wait(self):
        node = Node(problem(503, "busy", **{"Retry-After": "7"}), problem(429, "rate_limited"), ok({"balances": []}))
        self.assertEqual(node.client().money(), [])
        self.assertEqual(node.waits, [7.0, 1.0])

    def test_when_nobody_answers_the_outcome_is_not_known(self):
        node = Node(*[httpx.ConnectError("refused")] * 3)
        with self.assertRaises(handprint.Unreachable):
            node.client(attempts=3).money()

    def test_a_refusal_is_not_repeated(self):
        node = Node(problem(409, "not_covered", "later", **{"Retry-After": "1"}))
        with self.assertRaises(handprint.NotNow) as raised:
            node.client().batch(7).publish()
        self.assertEqual((raised.exception.code, raised.exception.field), ("not_covered", "batch"))
        self.assertEqual(len(node.requests), 1)

    def test_what_has_no_key_is_sent_once(self):
        node = Node(problem(503, "busy"))
        with self.assertRaises(handprint.Unavailable):
            node.client().demo_fund("1.00", "KES")
        self.assertEqual(node.header("Idempotency-Key"), [None])

    def test_reads_ask_for_what_was_written_before(self):
        node = Node(ok({"balances": []}), ok({"project": 4}, **{"Handprint-Seq": "17"}), ok({"balances": []}))
        client = node.client()
        client.money()
        client.create_project("a", title="A")
        client.money()
        self.assertEqual(node.header("Handprint-Min-Seq"), [None, None, "17"])

    def test_each_kind_of_problem_is_a_class(self):
        for status, retry, kind in [
            (400, "never", handprint.BadRequest),
            (422, "never", handprint.BadRequest),
            (401, "fresh", handprint.Denied),
            (403, "never", handprint.Denied),
            (404, "never", handprint.NotFound),
            (409, "later", handprint.NotNow),
            (409, "fresh", handprint.Conflict),
            (409, "never", handprint.Done),
            (500, "later", handprint.Unavailable),
        ]:
            with self.subTest(status=status, retry=retry), self.assertRaises(kind):
                Node(problem(status, "x", retry)).client().money()

    def test_an_answer_that_is_no_problem_document_is_an_error_all_the_same(self):
        with self.assertRaises(handprint.Unavailable) as raised:
            Node(httpx.Response(500, text="<html>")).client().money()
        self.assertEqual(raised.exception.code, "http_500")


class Names(unittest.TestCase):
    def test_what_has_a_name_is_found_by_it(self):
        node = Node(ok({"external": "a/b", "project": 4, "batch": 7, "task": 1}))
        batch, task = node.client().find_task("a/b")
        self.assertEqual((batch.number, task), (7, 1))
        self.assertEqual(str(node.requests[0].url).split("/v1/")[1], "externals?kind=task&external=a%2Fb")

    def test_a_refusal_says_what_is_in_the_way(self):
        refused = httpx.Response(409, json={"code": "external_in_use", "retry": "fresh", "existing": {"project": 4}})
        with self.assertRaises(handprint.Conflict) as raised:
            Node(refused).client().create_project("a", title="A")
        self.assertEqual(raised.exception.existing, {"project": 4})


class Batches(unittest.TestCase):
    def test_an_upload_whose_answer_was_lost_succeeds(self):
        node = Node(
            httpx.ReadTimeout("late"),
            problem(409, "already_imported", "fresh"),
            ok({"state": "importing", "tasks": 2}),
            ok({"state": "ready", "tasks": 2}),
        )
        self.assertEqual(node.client().batch(7).upload([{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]), 2)

    def test_a_second_upload_is_refused(self):
        node = Node(problem(409, "already_imported", "fresh"))
        with self.assertRaises(handprint.Conflict):
            node.client().batch(7).upload([{"id": 1, "text": "a"}])

    def test_waiting_tells_each_step_once(self):
        counts = [0, 0, 1, 4]
        node = Node(*[ok({"state": "open", "tasks": 2, "slots": 4, "submitted": n}) for n in counts])
        told = []
        node.client().batch(7).wait(progress=told.append)
        self.assertEqual(told, ["0 of 4 answers", "1 of 4 answers", "4 of 4 answers"])

    def test_submissions_come_page_by_page(self):
        node = Node(ok({"submissions": [{"task": 0}], "next": "0.12"}), ok({"submissions": [{"task": 1}]}))
        self.assertEqual([s["task"] for s in node.client().batch(7).submissions()], [0, 1])
        self.assertEqual(node.requests[1].url.params["after"], "0.12")

    def test_projects_are_read_to_the_last_page(self):
        node = Node(ok({"projects": [{"project": 9}], "next": 9}), ok({"projects": [{"project": 4}]}))
        self.assertEqual([p["project"] for p in node.client().projects()], [9, 4])
        self.assertEqual(node.requests[1].url.params["after"], "9")

    def test_results_are_flat_rows_and_keep_odd_characters(self):
        lines = [
            {"external": "a\u2028b", "task": 0, "member": "m:1", "answer": {"value": "x"}, "accepted_index": 3},
            {"external": "c", "task": 1, "member": "m:1", "answer": None, "accepted_index": 3},
        ]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        rows = Node(httpx.Response(200, text=text)).client().batch(7).results()
        self.assertEqual([(row["external"], row["value"]) for row in rows], [("a\u2028b", "x"), ("c", None)])

    def test_a_batch_is_sent_in_the_words_of_the_contract(self):
        node = Node(ok({"batch": 7}))
        node.client().project(4).create_batch(
            "b",
            title="T",
            question="Q",
            choices={"y": "Yes", "n": "No"},
            fields=["text"],
            price="0.025",
            currency="KES",
            estimate_s=5,
            domain="health",
            language="en",
        )
        sent = json.loads(node.requests[0].content)
        self.assertEqual(sent["price_micros"], 25_000)
        self.assertEqual(sent["choices"], [{"value": "y", "label": "Yes"}, {"value": "n", "label": "No"}])
        contract = yaml.safe_load((demo.ROOT / "api" / "openapi.yaml").read_text())
        known = contract["components"]["schemas"]["NewBatch"]
        self.assertEqual(set(known["required"]), set(sent))

    def test_a_quote_says_what_it_costs(self):
        numbers = dict(
            tasks=3, slots=6, labour="4200", fee="420", reserve="0", total="4620", available="0", pay_per_hour="84000"
        )
        quote = Node(ok({**numbers, "currency": "KES"})).client().batch(7).quote()
        self.assertEqual(quote.total, 4620)
        self.assertIn("46.20 KES", str(quote))
        self.assertRegex(str(replace(quote, tasks=1, slots=1)), "^1 answer to 1 task: ")
        self.assertRegex(str(replace(quote, tasks=1, slots=3)), "^3 answers to 1 task: ")


class Money(unittest.TestCase):
    def test_decimals_become_whole_units(self):
        self.assertEqual(money.to_minor("7.00", "KES"), 700)
        self.assertEqual(money.to_minor("7", "JPY"), 7)
        self.assertEqual(money.to_minor(Decimal("0.005"), "KWD"), 5)
        self.assertEqual(money.to_micros("0.000001"), 1)
        self.assertEqual(money.to_text(4620, "KES"), "46.20 KES")
        self.assertEqual(money.to_text(7, "JPY"), "7 JPY")

    def test_what_is_not_exact_is_refused(self):
        for bad, error in [(7.0, TypeError), ("7.005", ValueError), ("x", ValueError), ("NaN", ValueError)]:
            with self.subTest(bad=bad), self.assertRaises(error):
                money.to_minor(bad, "KES")


class Tables(unittest.TestCase):
    def test_another_column_can_hold_the_ids(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "data.csv"
            path.write_text('uuid,text\nu1,"a, b"\n', encoding="utf-8")
            body, kind = table.read(path, "uuid")
        self.assertEqual((json.loads(body), kind), ({"id": "u1", "text": "a, b"}, "application/jsonl"))

    def test_a_row_without_an_id_is_named(self):
        with self.assertRaisesRegex(ValueError, "row 2"):
            table.read([{"id": "a", "text": "x"}, {"text": "y"}])


class Signing(unittest.TestCase):
    def test_a_commitment_is_that_of_the_format(self):
        digest = signing.commit(b"\x11" * 32, signing.canonical({"task": "t1", "payee": "m-42"}))
        self.assertEqual(digest.hex(), "08310059765c822e0b46ae1b7dd52987463af41b2c06189b0af5c7e65349bdc0")

    def test_a_reference_is_hashed_as_in_the_format(self):
        vector = "99e778a7d19e7c1f29eee52d8d3539dcd1522232dbb997727bd4da897766a98e"
        for text in (" tt 4711-b ", "TT4711-B", "tT\t4711-\r\n\v\fB"):
            self.assertEqual(signing.reference_hash(b"\x11" * 32, text).hex(), vector)
        for bad in ("", " ", "x" * 129, "TT\u00a04711", "\u00dc17", "a\x1cb", "a\0b", "a\x7f"):
            with self.subTest(bad=bad), self.assertRaises(ValueError):
                signing.reference_hash(b"\x11" * 32, bad)

    def test_the_contracts_envelopes_come_out_byte_for_byte(self):
        contract = yaml.safe_load((demo.ROOT / "api" / "openapi.yaml").read_text())
        key = signing.Key(base64.b64decode(contract["x-example-keys"]["requester"]))
        envelope = contract["components"]["examples"]["Grant"]["value"]["envelope"]
        body = json.loads(base64.b64decode(envelope["payload"]))
        self.assertEqual(key.envelope(signing.COMMAND, body), envelope)

    def test_a_key_file_is_private_and_never_overwritten(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "handprint.key"
            key = signing.Key.make()
            signing.save(str(path), "r:3", key)
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            party, loaded = signing.load(str(path))
            self.assertEqual((party, loaded.seed), ("r:3", key.seed))
            with self.assertRaises(FileExistsError):
                signing.save(str(path), "new", signing.Key.make())


    def test_a_command_names_the_checkpoint_that_its_signer_has_seen(self):
        key = signing.Key.make()
        plain = key.command("log.example/a", "r:3", "refund", {})
        seen = key.command("log.example/a", "r:3", "refund", {}, seen=(4711, b"\x07" * 32))
        bodies = [json.loads(base64.b64decode(one["payload"])) for one in (plain, seen)]
        self.assertNotIn("seen", bodies[0])
        self.assertEqual(bodies[1]["seen"], {"root": signing.b64(b"\x07" * 32), "size": 4711})
        self.assertEqual({*bodies[1]} - {*bodies[0]}, {"seen"})


class Wire(unittest.TestCase):
    def test_an_answer_without_the_header_changes_nothing(self):
        wire = Transport("http://node", http=httpx.MockTransport(Node(ok({}))))
        wire.get("/x")
        self.assertEqual(wire.written, 0)
