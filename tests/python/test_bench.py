"""A small run of `handprint bench completions`: what must hold of it on any machine."""

import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import demo

LOAD = ["--members", "200", "--each", "4", "--connections", "20", "--verify-seconds", "0.1"]
ONE_BY_ONE = 200 * 4 - 200 * 4 // 20  # the rest is kept for the kill
BUNDLES = 200


def run(*words):
    command = [demo.binary(), "bench", *words]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)


def on_disk(*words):
    """On a real disk, as the bench itself demands: below build/, not in /tmp. It leaves nothing there."""
    place = demo.ROOT / "build" / "bench"
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as data:
        done = run(*words, "--data", data)
        assert not list(Path(data).iterdir()), list(Path(data).iterdir())
    if done.returncode == 2 and "tmpfs" in done.stdout + done.stderr:
        raise unittest.SkipTest(f"{place} is in memory")
    return done


def bench(*options):
    return on_disk("completions", *LOAD, *options)


class Completions(unittest.TestCase):
    def check_phase(self, submissions, commits, database, sizes):
        """`sizes`: commits by the least number of commands in them."""
        self.assertEqual(sum(sizes.values()), commits)
        self.assertGreaterEqual(database, commits)  # else an answer came before its sync
        self.assertLess(submissions, sum(2 * least * count for least, count in sizes.items()))

    def test_nothing_acknowledged_is_lost_and_each_commit_is_synced(self):
        done = bench("--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        said = json.loads(done.stdout)
        self.assertEqual(said["lost"], 0)
        self.assertTrue(said["audit_good"])
        self.assertGreater(said["acknowledged"], ONE_BY_ONE + BUNDLES)  # some under the kill
        for name, submissions in (("singles", ONE_BY_ONE), ("bundles", BUNDLES)):
            phase = said[name]
            self.assertEqual(phase["submissions"], submissions)
            sizes = {int(least): count for least, count in phase["commits_from_size"].items()}
            self.check_phase(submissions, phase["commits"], phase["fsyncs_of_database"], sizes)
            self.assertGreaterEqual(phase["fsyncs"], phase["fsyncs_of_database"])
            a_commit = phase["fsyncs_of_database"] / phase["commits"]
            self.assertAlmostEqual(float(phase["fsyncs_per_commit"]), a_commit, delta=0.002)
            a_thousand = phase["fsyncs"] * 1000 / submissions
            self.assertAlmostEqual(float(phase["fsyncs_per_1000_submissions"]), a_thousand, delta=0.002)

    def test_what_it_prints_for_people_is_the_same(self):
        done = bench()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"acknowledged, 0 of them lost\n")
        self.assertIn("audit: good\n", done.stdout)
        one_by_one, bundles = done.stdout.split("one by one: ")[1].split("bundles: ")
        for phase, submissions in ((one_by_one, ONE_BY_ONE), (bundles, BUNDLES)):
            self.assertEqual(int(phase.split()[0]), submissions)
            commits = int(re.search(r"^  commits (\d+), ", phase, re.M)[1])
            counted = re.search(r"^  fsyncs (\d+), (\d+) of the database: ([\d.]+) a commit, ", phase, re.M)
            fsyncs, database = int(counted[1]), int(counted[2])
            self.assertGreaterEqual(fsyncs, database)
            self.assertAlmostEqual(float(counted[3]), database / commits, delta=0.006)
            table = re.search(r"  commits by the commands in them:\n((?:    .*\n)+)", phase)[1]
            rows = re.findall(r"^ +(\d+)(?:-\d+)? +(\d+)  #+$", table, re.M)
            self.assertEqual(len(rows), len(table.splitlines()), table)
            self.check_phase(submissions, commits, database, {int(least): int(count) for least, count in rows})


class Others(unittest.TestCase):
    def told(self, done):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_the_tree_is_measured(self):
        told = self.told(run("append", "--entries", "3000", "--json"))
        self.assertEqual(told["entries"], 3000)
        self.assertGreater(told["appends_per_second"], 0)
        told = self.told(run("proof", "--entries", "3000", "--json"))
        self.assertEqual(told["entries"], 3000)
        self.assertLessEqual(told["p50_ns"], told["p99_ns"])
        self.assertGreater(told["p50_ns"], 0)

    def test_an_import_beside_others_is_measured(self):
        told = self.told(on_disk("import", "--rows", "3000", "--members", "20", "--connections", "2", "--json"))
        self.assertEqual(told["rows"], 3000)
        for when in ("before", "during"):
            self.assertGreater(told[when]["answered"], 0)
            self.assertLessEqual(told[when]["p50_us"], told[when]["longest_us"])

    def test_a_directory_is_measured(self):
        with demo.Demo() as node:
            node.process.terminate()
            node.process.wait(timeout=20)
            data = node.info["data"]
            told = self.told(run("audit", "--data", data, "--json"))
            self.assertTrue(told["good"])
            self.assertGreater(told["signatures"], 60)
            self.assertGreater(told["signatures_per_second"], 0)
            told = self.told(run("start", "--data", data, "--json"))
            self.assertGreater(told["entries"], 100)
            self.assertGreater(told["memory_bytes"], 1 << 20)
            Path(data, "policy").unlink()
            self.assertEqual(run("audit", "--data", data).returncode, 1)


if __name__ == "__main__":
    unittest.main()
