"""What the program says to words that it cannot take, and that it then does nothing."""

import base64
import json
import os
import tempfile
import time
import unittest
from pathlib import Path

import demo
from cooperative import LOG, Cooperative, at_terminal, run

CROWD = ["replay-crowd", "--items", "/dev/null", "--answers", "/dev/null"]


class Words(unittest.TestCase):
    def refused(self, words, *named):
        code, said, complaint = run(*words)
        self.assertNotEqual(code, 0)
        for text in named:
            self.assertIn(text, said + complaint)

    def test_shares_takes_whole_numbers_only_and_names_the_option(self):
        self.assertEqual(run("shares", "--pool", "600000", "--points", "3000000,2970000,1600000")[1], "237781,235403,126816")
        for pool in ("99999999999999999999", "-1", "1.5", ""):
            self.refused(["shares", "--pool", pool, "--points", "1"], "--pool")
        for points in ("1,2,", ",1", "1,,2", "1,x", "-1", "99999999999999999999"):
            self.refused(["shares", "--pool", "1", f"--points={points}"], "--points")
        self.refused(["shares", "--pool", "1", "--points", "0,0"], "--points: all are 0")

    def test_a_demo_has_pay_periods_of_a_year_at_most(self):
        for period in ("31622400001", "9223372036854775807", "-1"):
            self.refused(["demo", "--data", "/proc/none", "--period-ms", period], "--period-ms", "31622400000")

    def test_an_unknown_command_is_named(self):
        self.refused(["foo"], "there is no command foo")
        self.refused(["bench", "foo"], "there is no command foo")
        self.refused(["verify", "pay", "file"], "there is no command pay")
        self.assertEqual(run("--version")[0], 0)

    def test_words_that_make_no_sense_end_with_2(self):
        for words in (
            [],
            ["foo"],
            ["demo", "--bogus"],
            ["demo", "--port", "x"],
            ["verify", "payslip"],
            ["shares", "--pool", "1"],
            ["sign"],
            ["sign", "fund"],
        ):
            self.assertEqual(run(*words)[0], 2, words)

    def test_words_that_no_command_takes_are_listed_as_they_were_given(self):
        self.refused(["keygen", "a", "b", "--c", "d"], "The following arguments were not expected: b --c d")
        code, said, _ = run("shares", "--pool", "1", "--points", "1", "x", "y", "--json")
        self.assertEqual((code, json.loads(said)["error"]), (2, "The following arguments were not expected: x y"))

    def test_promises_are_checked_with_a_receipt_only_under_a_key_and_it_says_why(self):
        words = ["verify", "receipt", "x", "--policy", "x", "--promises", "x"]
        self.refused(words, "--promise-key: the base64 of a public key")
        self.refused([*words, "--promise-key", "x"], "GET /v1/ledger")

    def test_words_that_make_no_sense_are_told_to_machines_in_a_line_of_json(self):
        for words, named in (
            (["foo"], "there is no command foo"),
            (["demo", "--bogus"], "--bogus"),
            (["demo", "--port", "x"], "--port"),
            (["verify", "payslip"], "FILE"),
            (["verify", "receipt", "/none", "--policy", "/none"], "/none"),
            (["audit"], "--data"),
        ):
            code, said, complaint = run(*words, "--json")
            self.assertEqual(code, 2, words)
            self.assertEqual(complaint, "", words)
            self.assertNotIn("\n", said)
            verdict = json.loads(said)
            self.assertIs(verdict["ok"], False)
            self.assertIn(named, verdict["error"])
        code, said, _ = run("demo", "--json", "--help")
        self.assertEqual(code, 0)
        self.assertIn("Options:", said)

    def test_a_path_that_is_none_is_said_and_not_thrown(self):
        for words in (["demo", "--data", ""], ["demo", "--data", "/proc/none"], ["demo", "--data", "/dev/null"]):
            code, _, complaint = run(*words, "--port", "0")
            self.assertEqual(code, 1, words)
            self.assertRegex(complaint, "^handprint demo: ")

    def test_what_is_to_be_verified_is_not_read_without_end(self):
        with tempfile.TemporaryDirectory() as folder:
            policy = Path(folder) / "policy"
            policy.write_text("quorum none\n")
            for what in ("payslip", "receipt"):
                self.refused(["verify", what, "/dev/zero", "--policy", policy], "/dev/zero has more than 67108864 bytes")
                self.refused(["verify", what, "/dev/null", "--policy", "/dev/zero"], "/dev/zero has more than")
            self.refused(["verify", "log", folder, "--policy", policy], f"{folder}/checkpoint: not found")

    def test_sign_and_get_name_the_word_that_they_miss(self):
        self.refused(["sign"], "which kind of command?")
        with tempfile.TemporaryDirectory() as folder:
            key = Path(folder) / "key"
            run("keygen", key)
            self.refused(["get", "--key", key, "--url", "http://127.0.0.1:1", "v1/me"], "v1/me is no path")

    def test_counts_that_make_no_sense_are_refused_before_anything_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            data = ["--data", Path(folder) / "bench"]
            self.refused(["bench", "completions", *data, "--each", "60"], "--each", "60")
            self.refused(["bench", "completions", *data, "--each", "0"], "--each")
            self.refused(["bench", "completions", *data, "--members", "-1"], "--members")
            self.refused(["bench", "import", *data, "--rows", "0"], "--rows")
            self.assertFalse((Path(folder) / "bench").exists())
        self.refused(["bench", "append", "--entries", "0"], "--entries")
        self.refused(["bench", "proof", "--entries", "-5"], "--entries")
        self.refused([*CROWD, "--limit", "-1"], "--limit")
        self.refused([*CROWD, "--threads", "0"], "--threads")

    def test_a_directory_that_is_not_there_is_the_reason(self):
        for words in (["audit"], ["bench", "audit"], ["bench", "start"]):
            self.refused([*words, "--data", "/nonexist"], "--data /nonexist: no such directory")
            self.refused([*words, "--data", "/dev"], "--data /dev: there is no ledger in it")
            self.assertEqual(run(*words, "--data", "/nonexist")[0], 2)
        told = json.loads(run("audit", "--data", "/nonexist", "--json")[1])
        self.assertEqual(told, {"clean": False, "error": "--data /nonexist: no such directory"})
        self.assertFalse(Path("/nonexist").exists())

    def test_keygen_says_why_it_cannot_make_a_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "key"
            self.assertEqual(run("keygen", path)[0], 0)
            before = path.read_bytes()
            self.refused(["keygen", path], str(path), "File exists")
            self.assertEqual(path.read_bytes(), before)
            self.refused(["keygen", Path(folder) / "no" / "key"], "No such file or directory")
            self.refused(["keygen", path, "--witness", "w.example/1"], "File exists")
            self.refused(["keygen", Path(folder) / "other", "--party", "x:1"], "--party x:1")
            self.refused(["keygen", Path(folder) / "other", "--witness", ""], "not a name")
            self.assertFalse((Path(folder) / "other").exists())


class Machines(unittest.TestCase):
    def told(self, *words, code=0):
        """What a command prints with --json: one line, and nothing to people."""
        ended, said, complaint = run(*words, "--json")
        self.assertEqual((ended, complaint), (code, ""), said)
        self.assertNotIn("\n", said)
        return json.loads(said)

    def refused(self, *words, code=1, named):
        told = self.told(*words, code=code)
        self.assertEqual(sorted(told), ["error", "ok"])
        self.assertIs(told["ok"], False)
        self.assertIn(named, told["error"])

    def test_every_command_that_ends_by_itself_has_json(self):
        for words in (
            ["demo"],
            ["init"],
            ["keygen"],
            ["rotate-log-key"],
            ["backup"],
            ["restore"],
            ["verify", "payslip"],
            ["verify", "receipt"],
            ["verify", "log"],
            ["audit"],
            ["shares"],
            ["sign"],
            ["get"],
            ["replay-crowd"],
            *(["bench", what] for what in ("completions", "import", "append", "proof", "audit", "start")),
        ):
            self.assertIn("--json", run(*words, "--help")[1], words)

    def test_shares(self):
        words = ["shares", "--pool", "600000", "--points"]
        self.assertEqual(
            self.told(*words, "3000000,2970000,1600000"), {"shares": ["237781", "235403", "126816"]}
        )
        self.refused(*words, "0,0", code=2, named="--points: all are 0")

    def test_keys_copies_and_what_a_node_says(self):
        with Cooperative() as coop:
            founded = self.told("init", "--data", coop.data, "--origin", LOG, "--delegate-key", coop.delegate)
            self.assertEqual(founded, {"data": str(coop.data), "delegate_key": str(coop.delegate), "origin": LOG})
            self.refused(
                "init", "--data", coop.data, "--origin", LOG, "--delegate-key", coop.delegate, named="--data"
            )
            path = coop.home / "some.key"
            made = self.told("keygen", path, "--party", "d:1")
            self.assertEqual((made["file"], made["party"]), (str(path), "d:1"))
            self.assertEqual(len(base64.b64decode(made["public_key"])), 32)
            self.refused("keygen", path, named="File exists")
            witness = self.told("keygen", coop.home / "w.key", "--witness", "w.example/1")
            self.assertTrue(witness["vkey"].startswith("w.example/1+"))

            copy = coop.home / "copy"
            copied = self.told("backup", "--data", coop.data, "--to", copy)
            self.assertEqual(copied, {"entries": 1, "to": str(copy)})
            self.refused("backup", "--data", coop.data, "--to", copy, named="exists already")
            back = coop.home / "back"
            self.assertEqual(self.told("restore", "--from", copy, "--data", back), {"data": str(back), "entries": 1})
            self.refused("restore", "--from", copy, "--data", back, named="there is a ledger in")
            rotated = self.told("rotate-log-key", "--data", back, "--delegate-key", coop.delegate)
            self.assertTrue(rotated["log_vkey"].startswith(LOG + "+"))
            self.refused("rotate-log-key", "--data", back, "--delegate-key", back, named=str(back))

            coop.serve()
            self.refused("demo", "--data", coop.data, "--port", "0", named="another node")
            self.refused("bench", "start", "--data", coop.data, code=2, named="another node")
            door = ["get", "--key", coop.delegate, "--url", coop.url]
            self.assertEqual(self.told(*door, "/v1/proposals"), json.loads(run(*door, "/v1/proposals")[1]))
            self.assertIn("handprint_", self.told(*door, "/metrics"))
            self.refused(*door, "/v1/none", named="not_found")
            self.refused("sign", "--key", coop.delegate, "--url", coop.url, "fund", code=2, named="requester")
            self.refused("bench", "audit", "--data", coop.home, code=2, named="no ledger")
            self.refused(*CROWD, "--url", "http://127.0.0.1:1", code=2, named="no tasks")
        kinds = {kind["kind"]: kind for kind in self.told("sign", "--list")["kinds"]}
        self.assertEqual(kinds["fund"]["signed_by"], "a delegate")
        self.assertIn("amount", kinds["fund"]["fields"])

    def test_words_that_are_no_text_are_shown_in_hexadecimal(self):
        self.refused("backup", "--data", os.fsdecode(b"/none/\xff"), "--to", "/none", named="0x")


class Settings(unittest.TestCase):
    def test_a_key_given_twice_and_pages_that_are_not_there_are_errors(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            config = coop.config(port=0)
            config.write_text(config.read_text() + "publish_ms = 200\n")
            code, _, complaint = run("serve", "--config", config)
            self.assertEqual(code, 1)
            self.assertRegex(complaint, r"line \d+: publish_ms is given twice")
            code, _, complaint = run("serve", "--config", coop.config(port=0, web="/nonexist"))
            self.assertEqual(code, 1)
            self.assertIn("web = /nonexist: ", complaint)

    def test_every_setting_and_its_default_is_in_the_operations_page(self):
        page = (demo.ROOT / "docs" / "operations.md").read_text()
        table = page[page.index("### Settings") : page.index("### How much")]
        rows = [line for line in table.splitlines() if line.startswith("| `")]
        for line in run("serve", "--print-config")[1].splitlines():
            key, _, value = line.partition(" =")
            here = [row for row in rows if f"`{key}`" in row.split("|")[1]]
            self.assertEqual(len(here), 1, key)
            if value.strip():
                self.assertIn(value.strip(), here[0].split("|")[-2], key)

    def test_a_value_that_is_none_is_told_what_it_must_be(self):
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder) / "config"
            for line, rule in (
                ("port = abc", "port = abc: it must be a whole number from 0 to 65535"),
                ("threads = -1", "threads = -1: it must be a whole number from 0 to 1024"),
                ("fee_bps = 1000", "unknown key: fee_bps"),
                ("log_level = loud", "log_level = loud: it must be one of trace, debug, info, warn, error"),
            ):
                config.write_text(f"# one\n{line}\n")
                code, _, complaint = run("serve", "--config", config)
                self.assertEqual(code, 1)
                self.assertIn(f"{config}, line 2: {rule}", complaint)


class Promises(unittest.TestCase):
    def test_it_says_how_many_promises_were_compared_and_names_a_stray_file(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            coop.serve()
            member, _ = coop.key("member")
            promise = coop.sign(member, "enrol_member", "languages=en")["promises"][0]
            closed = coop.sign(coop.delegate, "close_period")
            held = coop.home / "promises"
            held.mkdir()
            (held / "enrolled.json").write_text(json.dumps(promise))
            (held / "later.json").write_text(json.dumps(closed["promises"][0]))
            file = coop.home / "payslip.json"
            file.write_text(self.payslip(coop, member))
            words = ["verify", "payslip", file, "--policy", coop.data / "policy", "--promises", held]
            code, said, complaint = run(*words)
            self.assertEqual(code, 0, said + complaint)
            self.assertIn("1 of 2 promises are of this period and kept", said)
            (held / "notes.txt").write_text("buy milk")
            code, said, _ = run(*words)
            self.assertEqual(code, 1)
            self.assertIn(f"promise_invalid: {held / 'notes.txt'}: ", said)

    def test_a_receipt_is_held_against_what_was_promised_of_its_entry(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            coop.serve()
            member, _ = coop.key("member")
            promise = coop.sign(member, "enrol_member", "languages=en")["promises"][0]
            other = coop.sign(coop.delegate, "close_period")["promises"][0]
            held = coop.home / "promises"
            held.mkdir()
            (held / "other.json").write_text(json.dumps(other))
            (held / "own.json").write_text(json.dumps(promise))
            file = coop.home / "receipt"
            path = f"/v1/receipts/{promise['index']}"
            file.write_text(demo.until(lambda: self.got(coop, member, path)) + "\n")
            ledger = json.loads(self.got(coop, member, "/v1/ledger"))
            words = ["verify", "receipt", file, "--policy", coop.data / "policy", "--promises", held, "--promise-key"]
            code, said, complaint = run(*words, ledger["promise_key"])
            self.assertEqual(code, 0, said + complaint)
            self.assertIn("1 of 2 promises are about this entry and kept", said)
            code, said, _ = run(*words, base64.b64encode(b"7" * 32).decode())
            self.assertEqual(code, 1)
            self.assertIn(f"promise_invalid: {held / 'own.json'}: promise 1: not signed by the promise key", said)

    def got(self, coop, key, path):
        code, said, _ = run("get", "--key", key, "--url", coop.url, path)
        return said if code == 0 else None

    def payslip(self, coop, member):
        def published():
            code, said, _ = run("get", "--key", member, "--url", coop.url, "/v1/me/payslips/1")
            return said if code == 0 else None

        text = demo.until(published)
        self.assertTrue(text, "the payslip is not published")
        return text


BAR = r"\[#+\.*\] \d+ of \d+"
GREEN, RED, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"


class Terminal(unittest.TestCase):
    def test_verdicts_have_colours_at_a_terminal_and_nowhere_else(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            coop.serve()
            coop.stop()
            policy = coop.data / "policy"
            junk = coop.home / "junk"
            junk.write_text("{}")
            cases = [
                (["verify", "log", coop.data / "log", "--policy", policy], 0, f"{GREEN}OK{PLAIN}  "),
                (["verify", "payslip", junk, "--policy", policy], 1, f"{RED}NOT GOOD{PLAIN}  malformed"),
                (["audit", "--data", coop.data], 0, f"audit: {GREEN}clean{PLAIN}, "),
                (["shares", "--pool", "1", "--points", "x"], 2, f"{RED}handprint:{PLAIN} --points"),
            ]
            for words, code, shown in cases:
                ended, seen = at_terminal(*words)
                self.assertEqual(ended, code, seen)
                self.assertIn(shown, seen)
                plain = shown.replace(GREEN, "").replace(RED, "").replace(PLAIN, "")
                for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
                    seen = at_terminal(*words, **variables)[1]
                    self.assertIn(plain, seen)
                    self.assertNotIn("\x1b", seen)
                self.assertNotIn("\x1b", at_terminal(*words, "--json")[1])
                self.assertNotIn("\x1b", "".join(map(str, run(*words))))
            (coop.data / "log" / "checkpoint").write_text("spoilt")
            code, seen = at_terminal("audit", "--data", coop.data)
            self.assertEqual(code, 1)
            self.assertIn(f"audit: {RED}NOT clean{PLAIN}, ", seen)
            self.assertIn(f"{RED}[", seen)

    def test_long_work_has_a_bar_at_a_terminal_and_nowhere_else(self):
        words = ["bench", "append", "--entries", "3000000"]
        self.assertRegex(at_terminal(*words)[1], BAR)
        for seen in (at_terminal(*words, "--json")[1], str(run(*words)), at_terminal(*words, TERM="dumb")[1]):
            self.assertNotRegex(seen, BAR)
        self.assertNotRegex(at_terminal("bench", "append", "--entries", "2000")[1], BAR)

    def test_checks_that_take_long_have_a_bar(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            coop.serve()
            coop.stop()
            policy = coop.data / "policy"
            verify = ["verify", "log", coop.data / "log", "--policy", policy]
            for words, slow, times, said in (
                (verify, coop.data / "log" / "checkpoint", 1, "OK"),
                (["audit", "--data", coop.data], coop.data / "keys" / "data.key", 2, "clean"),  # to open, and to judge it
            ):
                text = slow.read_text()
                slow.unlink()
                os.mkfifo(slow)

                def write(path=slow, text=text, times=times):
                    for _ in range(times):
                        time.sleep(0.7)
                        path.write_text(text)

                seen = at_terminal(*words, beside=write)[1]
                self.assertRegex(seen, BAR)
                self.assertRegex(seen, rf"(\d+) of \1\r\n.*{said}")
                self.assertNotRegex(at_terminal(*words, "--json", beside=write)[1], BAR)
                slow.unlink()
                slow.write_text(text)


class Verdicts(unittest.TestCase):
    def test_a_code_comes_with_a_sentence_and_counts_with_their_nouns(self):
        with Cooperative() as coop:
            self.assertEqual(coop.init()[0], 0)
            policy = coop.data / "policy"
            junk = coop.home / "junk"
            junk.write_text("{}")
            code, said, _ = run("verify", "payslip", junk, "--policy", policy)
            self.assertEqual(code, 1)
            self.assertRegex(said, r"^NOT GOOD  malformed: .*\n    The file is damaged, or is not what it was said to be\.$")
            coop.serve()
            verify = ["verify", "log", f"{coop.url}/log", "--policy", policy]
            self.assertRegex(run(*verify)[1], r"^OK  1 entry, 0 witnesses, 0 distributions, 0 of them listed\n")
            self.assertNotIn("held", run(*verify)[1])
            requester, _ = coop.key("requester")
            coop.sign(requester, "register_requester", "name=Acme")
            words = ["requester=0", "amount=150000", "currency=KES", "reference=x"]
            funded = coop.sign(coop.delegate, "fund", *words)["entries"][0]
            said = demo.until(lambda: run(*verify)[1] if f"{funded + 1} entries" in run(*verify)[1] else None)
            self.assertIn("\n    bank KES: 150000 minor units\n    escrow KES: -150000 minor units\n", said)
            self.assertIn("such as bank) is positive", said)
