"""The first command of the README, as a newcomer types it, once everything is built; and again the day after."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

import demo
from cooperative import run

SECONDS = 30  # of a start with yesterday's data, on a machine that does other things, too


class FirstCommand(unittest.TestCase):
    def start(self, data):
        command = [demo.ROOT / "scripts" / "run", "--data", data, "--port", "0", "--json"]
        # A group of its own, as at a terminal: Ctrl-C goes to all of it.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(self.stop, process)
        said = []
        for line in process.stdout:
            if line.startswith("{"):
                return process, json.loads(line)
            said.append(line)
        self.fail(f"exit code {process.wait()} without a URL:\n{''.join(said)}")

    def stop(self, process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        self.assertEqual(process.wait(timeout=30), 0)

    def test_it_serves_the_page_and_goes_on_with_its_data(self):
        with tempfile.TemporaryDirectory(prefix="handprint-") as folder:
            data = Path(folder) / "demo"
            process, first = self.start(data)
            with urllib.request.urlopen(first["url"] + "/", timeout=20) as answer:
                page = answer.read().decode()
            self.assertIn("<title>Handprint", page)
            with urllib.request.urlopen(first["log_url"] + "/checkpoint", timeout=20) as answer:
                entries = int(answer.read().decode().splitlines()[1])
            self.assertGreater(entries, 100)
            self.stop(process)

            begun = time.monotonic()
            process, second = self.start(data)
            self.assertLess(time.monotonic() - begun, SECONDS)
            for name in ("log_vkey", "members", "requester", "policy", "api_key"):
                self.assertEqual(second[name], first[name])
            checked = run("verify", "log", second["log_url"], "--policy", second["policy"], "--json")
            self.assertEqual(checked[0], 0, checked[1])
            self.assertGreaterEqual(json.loads(checked[1])["size"], entries)
            self.stop(process)
            self.assertEqual(run("audit", "--data", data)[0], 0)


if __name__ == "__main__":
    unittest.main()
