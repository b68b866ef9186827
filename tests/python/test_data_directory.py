"""A data directory has one node at a time, and others may look."""

import fcntl
import json
import os
import socket
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

import demo
from cooperative import Cooperative, run


class OneNode(unittest.TestCase):
    def setUp(self):
        self.coop = self.enterContext(Cooperative())

    def founded(self):
        code, _, complaint = self.coop.init()
        self.assertEqual(code, 0, complaint)

    def refused(self, code, complaint, pid):
        self.assertEqual(code, 1, complaint)
        self.assertIn(f"another node (pid {pid}) uses {self.coop.data}", complaint)

    def test_a_second_node_and_a_new_log_key_are_refused_with_the_pid_of_the_first(self):
        self.founded()
        self.coop.serve()
        pid = self.coop.process.pid
        code, _, complaint = run("serve", "--config", self.coop.config(port=0))
        self.refused(code, complaint, pid)
        code, _, complaint = run("rotate-log-key", "--data", self.coop.data, "--delegate-key", self.coop.delegate)
        self.refused(code, complaint, pid)
        self.coop.sign(self.coop.delegate, "close_period")

    def test_backup_audit_and_verify_work_beside_it(self):
        self.founded()
        self.coop.serve()
        copy = self.coop.home / "copy"
        for words in [
            ["backup", "--data", self.coop.data, "--to", copy],
            ["audit", "--data", self.coop.data],
            ["verify", "log", self.coop.data / "log", "--policy", self.coop.data / "policy"],
        ]:
            code, said, complaint = run(*words)
            self.assertEqual(code, 0, said + complaint)
        self.assertFalse((copy / "lock").exists())

    def test_a_killed_node_leaves_no_lock(self):
        self.founded()
        self.coop.serve()
        self.coop.process.kill()
        self.coop.stop()
        self.coop.serve()
        self.coop.sign(self.coop.delegate, "close_period")

    def test_a_demo_that_could_not_be_served_founds_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as taken, tempfile.TemporaryDirectory() as folder:
            port = str(taken.getsockname()[1])
            for listen, why in (("127.0.0.1", "in use"), ("nowhere", "not an IP address")):
                data = Path(folder) / "data"
                code, _, complaint = run("demo", "--data", data, "--listen", listen, "--port", port, "--empty")
                self.assertEqual(code, 1)
                self.assertIn(why, complaint)
                self.assertFalse(data.exists())

    def test_a_second_demo_is_refused_and_leaves_the_first_alone(self):
        with demo.Demo("--empty") as node:
            data = node.info["data"]
            again = subprocess.run(
                [str(demo.binary()), "demo", "--data", data, "--port", "0", "--empty"],
                capture_output=True,
                text=True,
                timeout=60,
            )
            self.assertEqual(again.returncode, 1)
            self.assertIn(f"another node (pid {node.process.pid}) uses {data}", again.stderr)
            self.assertIsNone(node.process.poll())

    def test_nothing_is_restored_where_another_process_writes(self):
        self.founded()
        copy = self.coop.home / "copy"
        self.assertEqual(run("backup", "--data", self.coop.data, "--to", copy)[0], 0)
        self.coop.data = self.coop.home / "other"
        self.coop.data.mkdir()
        with open(self.coop.data / "lock", "w") as lock:
            lock.write("4242\n")
            lock.flush()
            fcntl.lockf(lock, fcntl.LOCK_EX)
            code, _, complaint = run("restore", "--from", copy, "--data", self.coop.data)
            self.refused(code, complaint, 4242)
            self.assertEqual(os.listdir(self.coop.data), ["lock"])
        code, _, complaint = run("restore", "--from", copy, "--data", self.coop.data)
        self.assertEqual(code, 0, complaint)

    def test_without_a_ledger_it_says_how_to_found_one(self):
        code, _, complaint = run("serve", "--config", self.coop.config(port=0))
        self.assertEqual(code, 1)
        self.assertIn(f"no cooperative in {self.coop.data}; `handprint init` founds one", complaint)
        self.assertFalse(self.coop.data.exists())


def found_otherwise(data, change):
    """As if the program that founded the ledger had been another: `change` is given the event of entry 0."""
    with sqlite3.connect(data / "ledger.db") as tables:
        (text,) = tables.execute("SELECT coop FROM entry WHERE entry_index=0").fetchone()
        coop = json.loads(text)
        change(coop["events"][0])
        text = json.dumps(coop, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        tables.execute("UPDATE entry SET coop=? WHERE entry_index=0", [text])
    tables.close()


def before_names_were_fixed(event):
    del event["formats"], event["domains"]


def with_other_commitments(event):
    event["domains"] = [name.replace("commit/v1", "commit/v2") for name in event["domains"]]


def with_older_tables(data):
    """As the first version of the schema had them. The file as it is then."""
    with sqlite3.connect(data / "ledger.db") as tables:
        tables.executescript(
            "ALTER TABLE head DROP COLUMN epoch_mac;"
            "DELETE FROM migration WHERE version=2; PRAGMA user_version=1; PRAGMA wal_checkpoint(TRUNCATE)"
        )
    tables.close()
    return (data / "ledger.db").read_bytes()


class TablesOfAnOlderVersion(unittest.TestCase):
    def setUp(self):
        self.coop = self.enterContext(Cooperative())
        self.assertEqual(self.coop.init()[0], 0)
        self.copy = self.coop.home / "copy"

    def test_audit_and_backup_leave_them_to_the_node(self):
        before = with_older_tables(self.coop.data)
        for words, ends in ((["audit"], 2), (["backup", "--to", self.copy], 1)):
            code, said, complaint = run(*words, "--data", self.coop.data)
            self.assertEqual(code, ends, said + complaint)
            self.assertIn("ledger.db: written by an older version of Handprint", said + complaint)
        self.assertFalse(self.copy.exists())
        self.assertEqual((self.coop.data / "ledger.db").read_bytes(), before)
        self.coop.serve()
        self.coop.sign(self.coop.delegate, "close_period")
        self.coop.stop()
        code, said, complaint = run("audit", "--data", self.coop.data)
        self.assertEqual(code, 0, said + complaint)

    def test_a_copy_is_brought_up_to_date_where_it_is_restored(self):
        self.assertEqual(run("backup", "--data", self.coop.data, "--to", self.copy)[0], 0)
        before = with_older_tables(self.copy)
        other = self.coop.home / "other"
        code, _, complaint = run("restore", "--from", self.copy, "--data", other)
        self.assertEqual(code, 0, complaint)
        self.assertEqual(run("audit", "--data", other)[0], 0)
        self.assertEqual((self.copy / "ledger.db").read_bytes(), before)

    def test_they_stay_as_they_are_in_a_ledger_of_another_version(self):
        found_otherwise(self.coop.data, before_names_were_fixed)
        before = with_older_tables(self.coop.data)
        code, _, complaint = run("serve", "--config", self.coop.config(port=0))
        self.assertEqual(code, 1)
        self.assertIn("genesis: domains is missing", complaint)
        self.assertEqual((self.coop.data / "ledger.db").read_bytes(), before)


class FoundedByAnotherVersion(unittest.TestCase):
    def refused(self, data, why, *words):
        code, said, complaint = run(*words)
        self.assertEqual(code, 1, said + complaint)
        self.assertIn(f"{data}: this version of Handprint cannot go on with the ledger", complaint)
        self.assertIn(why, complaint)
        self.assertEqual(complaint.count("\n"), 0, complaint)

    def test_its_ledger_is_not_gone_on_with(self):
        for change, why in (
            (before_names_were_fixed, "genesis: domains is missing"),
            (with_other_commitments, "genesis: domains: This version does not know handprint/commit/v2."),
        ):
            with self.subTest(why), Cooperative() as coop:
                self.assertEqual(coop.init()[0], 0)
                found_otherwise(coop.data, change)
                self.refused(coop.data, why, "serve", "--config", coop.config(port=0))
                rotate = ["rotate-log-key", "--data", coop.data, "--delegate-key", coop.delegate]
                self.refused(coop.data, why, *rotate)
                code, said, _ = run("audit", "--data", coop.data)
                self.assertEqual(code, 1, said)

    def test_a_demo_of_before_is_refused_with_the_reason(self):
        with demo.Demo("--empty") as node:
            node.process.terminate()
            node.process.wait(timeout=20)
            data = Path(node.info["data"])
            found_otherwise(data, before_names_were_fixed)
            self.refused(data, "genesis: domains is missing", "demo", "--data", data, "--port", "0", "--empty")
