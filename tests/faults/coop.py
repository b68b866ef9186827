"""A cooperative of one's own: witnesses and a node as processes of their own, so that each can fail alone."""

import base64
import json
import os
import re
import secrets
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

from ports import held_port
from wire import ROOT, Key, Party, Wire, b64, leaf_hash, reference_hash, tree_root

LOG = "faults.example/log"
GRANTED = ["accept", "close_batch", "create_batch", "create_project", "import_tasks", "publish", "refund"]
BATCH = {
    "title": "Is it clear?",
    "instructions": "Read the sentence once.",
    "question": "Is it clear what to do?",
    "choices": [{"value": "clear", "label": "Clear"}, {"value": "unclear", "label": "Not clear"}],
    "fields": [{"name": "text", "label": "Sentence"}],
    "price_micros": 7000000,
    "currency": "KES",
    "overlap": 20,
    "lease_ms": 3600000,
    "accept_ms": 259200000,
    "bundle_max": 10,
    "domain": "health/information",
    "level": 0,
    "language": "en",
    "estimate_s": 30,
    "hazard": 0,
}

_folder = None
_program = None
_children = set()


def folder():
    """For everything a run leaves on the disk."""
    global _folder
    if _folder is None:
        _folder = Path(tempfile.mkdtemp(prefix="handprint-faults-"))
    return _folder


def program():
    """A copy, so that a build under way does not change what is tested."""
    global _program
    if _program is None:
        named = os.environ.get("HANDPRINT_BIN") or os.environ.get("HANDPRINT_BINARY")
        given = Path(named or ROOT / "build" / "release" / "handprint")
        if not given.exists():
            raise RuntimeError(f"{given} is not built")
        _program = folder() / "handprint"
        shutil.copy(given, _program)
    return str(_program)


def clean_up():
    for child in list(_children):
        if child.poll() is None:
            child.kill()
        child.wait()
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)


def spawn(command, out, **options):
    with open(out, "ab") as file:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, **options)
    _children.add(child)
    return child


def run(*arguments, timeout=60):
    done = subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True, timeout=timeout)
    return done.returncode, (done.stdout + done.stderr).strip()


def until(true, seconds=20.0, every=0.05):
    """The first true answer, or the last one when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        answer = true()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(every)


class Witness:
    def __init__(self, home, name):
        self.name, self.home, self.port, self.process = name, home / name, held_port(), None
        self.url = f"http://127.0.0.1:{self.port}"
        self.home.mkdir(parents=True)
        code, self.key = run("keygen", self.home / "key", "--witness", f"witness.example/{name}")
        assert code == 0, self.key

    def start(self, env=None):
        self.process = spawn(
            [program(), "witness", "--key", self.home / "key", "--state", self.home / "state.db"]
            + ["--logs", self.home / "logs", "--publish", self.home / "published", "--port", str(self.port)],
            self.home / "out",
            env={**os.environ, **(env or {})},
        )

    def wait(self):
        assert until(lambda: (Wire(self.url, 5).send("GET", "/") or None)), f"{self.name} does not listen"

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def seen(self):
        """Size and root that it has cosigned last."""
        with closing(sqlite3.connect(f"file:{self.home}/state.db?mode=ro", uri=True)) as db:
            return db.execute("SELECT size, root FROM log WHERE origin = ?", (LOG,)).fetchone()


class Coop:
    def __init__(self, name, data=None, publish_ms=100, refresh_ms=1000, accept_ms=None):
        self.home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder()))
        self.data = Path(data) if data else self.home / "data"
        self.port, self.node, self.env = held_port(), None, {}
        self.url = f"http://127.0.0.1:{self.port}"
        self.accept_ms, self.offset_ms = accept_ms, 0
        self.witnesses = [Witness(self.home, f"witness-{i}") for i in (1, 2, 3)]
        names = " ".join(w.name for w in self.witnesses)
        lines = [f"witness {w.name} {w.key} {w.url}" for w in self.witnesses]
        policy = self.home / "witnesses"
        policy.write_text("\n".join([*lines, f"group coop 2 {names}", "quorum coop", ""]))
        code, said = run(
            *["init", "--data", self.data, "--origin", LOG, "--currency", "KES"],
            *["--witnesses", policy, "--delegate-key", self.home / "d-0.key"],
        )
        assert code == 0, said
        self.settings = {"publish_ms": publish_ms, "refresh_ms": refresh_ms, "rate_per_second": 0, "log_level": "warn"}
        log_key = (self.data / "policy").read_text().split("\n")[0]
        for witness in self.witnesses:
            (witness.home / "logs").write_text(log_key + "\n")
        self.delegate = Party(LOG, key_of(self.home / "d-0.key"), "d:0")

    def now(self):
        """The time that the node's clock shows."""
        return int(time.time() * 1000) + self.offset_ms

    # Processes.

    def config(self):
        settings = {"data": self.data, "port": self.port, **self.settings}
        path = self.home / "config"
        path.write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        return path

    def start_witnesses(self, env=None):
        for witness in self.witnesses:
            witness.start(env)
        for witness in self.witnesses:
            witness.wait()

    def launch(self, before=(), **options):
        """Starts the node and does not wait for it."""
        command = [*before, program(), "serve", "--config", str(self.config())]
        self.began = self.out.stat().st_size if self.out.exists() else 0
        self.node = spawn(command, self.out, env={**os.environ, **self.env}, **options)

    def start(self, seconds=20, **options):
        """True when it answers; False when it ended."""
        self.launch(**options)
        return until(self.answers_or_ended, seconds) == "answers"

    def answers_or_ended(self):
        if self.node.poll() is not None:
            return "ended"
        return "answers" if Wire(self.url, 5).send("GET", "/metrics") else None

    def must_start(self, **options):
        assert self.start(**options), f"the node did not start: {self.said()[-600:]}"

    @property
    def out(self):
        return self.home / "out"

    def said(self):
        """What the node has said since its last start."""
        return self.out.read_bytes()[self.began :].decode("utf-8", "replace")

    def kill(self):
        self.node.kill()
        self.node.wait()

    def stop(self, seconds=15):
        """Exit code of a graceful stop, None when it took too long."""
        self.node.send_signal(signal.SIGTERM)
        try:
            return self.node.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def close_node(self):
        if self.node.poll() is None:
            self.kill()

    def close(self):
        for process in [self.node, *(w.process for w in self.witnesses)]:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()

    def open(self, members=3, tasks=300, batches=2, witness_env=None, **options):
        """Everything runs, and there are people and work."""
        self.start_witnesses(witness_env)
        self.must_start(**options)
        return self.populate(members, tasks, batches)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # People and work.

    def send(self, body, wire=None):
        answer = (wire or Wire(self.url)).json("POST", "/v1/commands", body)
        assert answer is not None and answer.status == 200, answer
        return answer.json()

    def populate(self, members=3, tasks=200, batches=1):
        """A requester with money, open batches, and members who may do them."""
        wire = Wire(self.url)
        self.requester = Party(LOG)
        made = self.send(
            self.requester.command("register_requester", {"key": self.requester.key.text}, {"name": "Test"}), wire
        )
        number = made["result"]["requester"]
        self.requester.party = f"r:{number}"
        fund = {"amount": "900000000", "currency": "KES", "requester": number}
        transfer = b64(reference_hash(bytes(32), f"transfer to {number}"))
        self.send(self.delegate.command("fund", {**fund, "reference": transfer}), wire)
        self.requester.sign_in(wire, self.now())
        agent = wire.json("POST", "/v1/agents", {}, self.requester.headers()).json()["key"]
        grant = {"key": agent, "kinds": GRANTED, "cap": "900000000", "currency": "KES"}
        grant["expires"] = self.now() + 10 * 365 * 86_400_000
        index = self.send(self.requester.command("grant", grant), wire)["result"]["grant"]
        made = wire.json("POST", "/v1/api-keys", {"grant": index, "label": "test"}, self.requester.headers())
        self.api_key = {"Authorization": f"Bearer {made.json()['api_key']}"}
        project = self.door(wire, "/v1/projects", {"external": "p", "title": "P", "description": "P"})["project"]
        self.batches = [self.open_batch(wire, project, tasks) for _ in range(batches)]
        self.members = [self.enrol(wire) for _ in range(members)]
        return self

    def open_batch(self, wire, project, tasks, **other):
        terms = {**BATCH, "external": secrets.token_hex(8), **other}
        if self.accept_ms:
            terms["accept_ms"] = self.accept_ms
        batch = self.door(wire, f"/v1/projects/{project}/batches", terms)["batch"]
        lines = "".join(json.dumps({"id": f"{terms['external']}-{i}", "text": f"Sentence {i}."}) + "\n" for i in range(tasks))
        headers = {"Content-Type": "application/jsonl", "Idempotency-Key": secrets.token_hex(16), **self.api_key}
        answer = wire.send("POST", f"/v1/batches/{batch}/tasks", lines.encode(), headers)
        assert answer.status in (200, 202), answer
        ready = lambda: wire.json("GET", f"/v1/batches/{batch}", None, self.api_key).json()["state"] == "ready"
        assert until(ready), "the batch is not ready"
        self.door(wire, f"/v1/batches/{batch}/publish", {})
        return batch

    def door(self, wire, target, value):
        headers = {"Idempotency-Key": secrets.token_hex(16), **self.api_key}
        answer = wire.json("POST", target, value, headers)
        assert answer is not None and answer.status == 200, answer
        made = answer.json()
        return {**made, **made.get("result", {})}

    def enrol(self, wire):
        member = Party(LOG)
        args = {"key": member.key.text, "languages": ["en"]}
        member.party = f"m:{self.send(member.command('enrol_member', args), wire)['result']['member']}"
        signed = member.sign_in(wire, self.now())
        assert signed is not None and signed.status == 200, signed
        return member

    def work(self, wire, member, count=5, batch=None):
        """Claims and hands in; the answer, or whatever was not 200 on the way."""
        wanted = {"batch": self.batches[0] if batch is None else batch, "count": count}
        claim = wire.json("POST", "/v1/claims", wanted, member.headers())
        if claim is None or claim.status != 200:
            return claim
        return wire.json("POST", "/v1/commands", member.submission(claim.json()))

    # What can be seen.

    def metric(self, name):
        answer = Wire(self.url).send("GET", "/metrics")
        if answer is None:
            return None
        for line in answer.text.split("\n"):
            if line.startswith(name + " "):
                return int(float(line.split()[1]))
        return None

    def health(self):
        answer = Wire(self.url).send("GET", "/healthz")
        return (None, None) if answer is None else (answer.status, answer.json()["status"])

    def published_size(self):
        path = self.data / "log" / "checkpoint"
        lines = path.read_text().split("\n") if path.exists() else []
        return int(lines[1]) if len(lines) > 1 else 0

    def size(self):
        return len(self.headers())

    def wait_published(self, seconds=20):
        """True when everything that is committed now is public."""
        size = self.size()
        return until(lambda: self.published_size() >= size, seconds)

    def headers(self):
        return headers_of(self.data)


def headers_of(data):
    """Every entry's header, out of the database."""
    with closing(sqlite3.connect(f"file:{data}/ledger.db?mode=ro", uri=True, timeout=10)) as db:
        rows = db.execute("SELECT entry_index, header FROM entry ORDER BY entry_index").fetchall()
    assert [row[0] for row in rows] == list(range(len(rows))), "indexes have gaps"
    return [row[1].encode() if isinstance(row[1], str) else row[1] for row in rows]


def key_of(path):
    return Key(base64.b64decode(Path(path).read_text().split()[2]))


# Faults found, as a list of sentences; empty is good.


def fork_faults(coop):
    """What witnesses have cosigned must be a prefix of what is in the database."""
    leaves = [leaf_hash(header) for header in coop.headers()]
    faults = []
    for witness in coop.witnesses:
        size, root = witness.seen() or (0, b"")
        if size > len(leaves):
            faults.append(f"{witness.name} has seen {size} entries, the database has {len(leaves)}")
        elif size and tree_root(leaves[:size]) != root:
            faults.append(f"{witness.name} has seen another log of {size} entries")
    return faults


def log_faults(coop, published=True):
    if not (coop.data / "log" / "checkpoint").exists():
        return ["there is no checkpoint"] if published else []
    code, said = run("verify", "log", coop.data / "log", "--policy", coop.data / "policy")
    return [] if code == 0 else [f"verify log: {said}"]


def has_audit():
    return re.search(r"^  audit ", run("--help")[1], re.M) is not None


def audit_faults(coop, data=None):
    data = data or coop.data
    if has_audit():
        code, said = run("audit", "--data", data, timeout=120)
        return [] if code == 0 else [f"audit ended with {code}: {said}"]
    with closing(sqlite3.connect(f"file:{data}/ledger.db?mode=ro", uri=True)) as db:
        said = db.execute("PRAGMA integrity_check").fetchone()[0]
    return [] if said == "ok" else [f"integrity_check: {said}"]


def final_faults(coop, diary=None):
    """After everything: stop in order, then all that can be checked from outside and inside."""
    faults = [] if diary is None else diary.faults(coop)
    if not coop.wait_published():
        faults.append(f"not all is published: {coop.health()} {coop.said()[-400:]}")
    code = coop.stop()
    if code != 0:
        faults.append(f"the node ended with {code}: {coop.said()[-400:]}")
    return faults + log_faults(coop) + fork_faults(coop) + audit_faults(coop)
