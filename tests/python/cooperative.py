"""A cooperative founded and served by the command line alone, as its people would."""

import json
import os
import pty
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

import demo
from ports import held_port

LOG = "commands.example/log"


def run(*words, timeout=90):
    """Exit code, what it printed, and what it complained of."""
    command = [str(demo.binary()), *map(str, words)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def at_terminal(*words, beside=None, **variables):
    """Exit code and all that a person sees who runs it at a terminal; `beside` runs meanwhile."""
    here, there = pty.openpty()
    with os.fdopen(here, "rb", buffering=0) as screen:
        env = {**os.environ, "TERM": "xterm", "NO_COLOR": "", **variables}
        process = subprocess.Popen(
            [str(demo.binary()), *map(str, words)], stdin=subprocess.DEVNULL, stdout=there, stderr=there, env=env
        )
        os.close(there)
        too_long = threading.Timer(60, process.kill)
        too_long.start()
        if beside is not None:
            threading.Thread(target=beside, daemon=True).start()
        seen = b""
        try:
            while chunk := screen.read(65536):
                seen += chunk
        except OSError:  # that is how the end of a terminal is told
            pass
        too_long.cancel()
        return process.wait(), seen.decode()


class Cooperative:
    """Used in a `with`; `serve` starts its node."""

    def __init__(self, **settings):
        self.settings = settings
        self.process = None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="handprint-")
        self.home = Path(self.folder.name)
        self.data, self.delegate = self.home / "data", self.home / "d-0.key"
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def init(self, *more):
        words = ["--data", self.data, "--origin", LOG, "--currency", "KES", "--delegate-key", self.delegate]
        return run("init", *words, *more)

    def member(self, name):
        """The key file of a new member, and its public key."""
        path, public = self.key(name)
        self.sign(path, "enrol_member", "languages=en,sw")
        return path, public

    def config(self, **more):
        path = self.home / "config"
        known = {"data": self.data, "publish_ms": 100, "log_level": "warn", **self.settings, **more}
        path.write_text("".join(f"{key} = {value}\n" for key, value in known.items()))
        return path

    def serve(self):
        port = held_port()
        self.url = f"http://127.0.0.1:{port}"
        self.said = open(self.home / "said", "wb")
        command = [str(demo.binary()), "serve", "--config", str(self.config(port=port))]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said)
        ready = demo.until(self.answers)
        assert ready, (self.home / "said").read_text()
        return self

    def answers(self):
        code, _, _ = run("verify", "log", f"{self.url}/log", "--policy", self.data / "policy")
        return code == 0

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self.said.close()
        self.process = None

    def key(self, name, *more):
        """A new key file and its public key."""
        path = self.home / f"{name}.key"
        code, said, complaint = run("keygen", path, *more)
        assert code == 0, complaint
        return path, said.split("\n")[-1]

    def try_sign(self, key, kind, *words):
        return run("sign", "--key", key, "--url", self.url, kind, *words)

    def sign(self, key, kind, *words):
        """What the command says in JSON; it must be entered."""
        code, said, complaint = self.try_sign(key, kind, "--json", *words)
        assert code == 0, complaint
        return json.loads(said)

    def get(self, key, path):
        code, said, complaint = run("get", "--key", key, "--url", self.url, path)
        assert code == 0, complaint
        return json.loads(said)
