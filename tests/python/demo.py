"""A `handprint demo` of one's own for a test: fresh data, a free port, gone afterwards."""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START_S = 90


def binary():
    return Path(os.environ.get("HANDPRINT_BINARY") or ROOT / "build" / "release" / "handprint")


def in_venv(name, requirements):
    """Runs this program again in an environment that has the requirements, if this one is not it."""
    home = ROOT / "build" / "venvs" / name
    if Path(sys.prefix) == home:
        return
    stamp = home / "installed.txt"
    wanted = "\n".join(requirements)
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(home, with_pip=True, clear=True)
        pip(home / "bin" / "python", *requirements)
        stamp.write_text(wanted)
    python = str(home / "bin" / "python")
    os.execv(python, [python, *sys.argv])


def pip(python, *what):
    quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([str(python), *quiet, *what], check=True)


class Demo:
    """Used in a `with`. `info` is what the demo says of itself, `url` where it listens."""

    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        if not binary().exists():
            raise RuntimeError(f"{binary()} is not built")
        self.folder = tempfile.TemporaryDirectory(prefix="handprint-")
        try:
            return self.start()
        except RuntimeError:
            self.__exit__()
            raise

    def start(self):
        """Also again, with the data of before."""
        self.lines = []
        self.info = None
        self.ready = threading.Event()
        command = [str(binary()), "demo", "--data", f"{self.folder.name}/data", "--port", "0", "--json"]
        command += self.options
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=self.folder.name,
        )
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.ready.wait(START_S)
        if self.info is None:
            raise RuntimeError("the demo did not start:\n" + "\n".join(self.lines[-20:]))
        self.url = self.info["url"]
        return self

    def read(self):
        """Keeps what it says, so that the pipe never fills; its first line of JSON is the news."""
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if self.info is None and line.startswith("{"):
                self.info = json.loads(line)
                self.ready.set()
        self.ready.set()

    def kill(self):
        """No chance to say goodbye; its witnesses go with it."""
        self.process.kill()
        self.process.wait()
        self.reader.join(timeout=5)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self.reader.join(timeout=5)
        self.folder.cleanup()

    def members(self):
        """Secret keys of the demo's members, by party."""
        return dict(read_key(member["key_file"]) for member in self.info["members"])

    def delegate(self):
        """Party and secret key of the first delegate."""
        return read_key(self.info["delegate"])


def read_key(path):
    """Party and seed from a key file: `handprint-key-v1 <party> <seed>`."""
    _, party, seed = Path(path).read_text().split()
    return party, base64.b64decode(seed)


def until(true, seconds=30.0, every=0.1):
    """Asks until the answer is true; returns it, or None when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = true()
        if answer:
            return answer
        time.sleep(every)
    return None
