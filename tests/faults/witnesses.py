"""Witnesses that are down, that come back, and one that has been told something else."""

import base64
import hashlib
import json
import shutil
import signal
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from coop import LOG, Coop, audit_faults, final_faults, folder, fork_faults, program, run, spawn, until
from load import Diary, Load, grows, problem
from wire import Key, Wire, b64


def payout(coop, note):
    body = coop.delegate.command("payout", {"checkpoint": note, "currency": "KES"})
    return Wire(coop.url).json("POST", "/v1/commands", body)


def two_down():
    """two of three down: commands go on, nothing is published or paid out, /healthz says so; back up: all is well"""
    diary, faults = Diary(), []
    with Coop("down", refresh_ms=100) as coop:
        coop.open(members=3, tasks=100)
        with Load(coop, diary):
            time.sleep(0.3)
        coop.wait_published()
        before = (coop.data / "log" / "checkpoint").read_text()
        for witness in coop.witnesses[1:]:
            witness.stop()
        time.sleep(0.3)
        size = coop.published_size()
        with Load(coop, diary):
            time.sleep(0.5)
        if not grows(coop, 5):
            faults.append("commands do not go on")
        closed = coop.send(coop.delegate.command("close_period", {}))["index"]
        time.sleep(1)
        if coop.published_size() != size:
            faults.append(f"published from {size} to {coop.published_size()} with one witness")
        paid = payout(coop, before)
        if paid is None or paid.status == 200:
            faults.append(f"a payout under an old checkpoint: {paid!r}")
        one = coop.witnesses[0].seen()
        if one is None or one[0] <= closed:
            faults.append(f"the witness that is left was not asked: {one}")
        red = until(lambda: coop.health()[0] == 503, 15)
        if not red:
            faults.append(f"/healthz is {coop.health()}")
        why = coop.health()[1]
        for witness in coop.witnesses[1:]:
            witness.start()
        if not until(lambda: coop.published_size() > closed, 15):
            faults.append("nothing is published when they are back")
        if not until(lambda: coop.health()[0] == 200, 5):
            faults.append(f"back up, /healthz is {coop.health()}")
        after = payout(coop, (coop.data / "log" / "checkpoint").read_text())
        if after is None or after.status != 200:
            faults.append(f"a payout under a fresh checkpoint: {after!r}")
        note = f"red: {why}; payout {problem(paid)}"
        return faults + final_faults(coop, diary), note


def start_without():
    """a node that starts before its witnesses serves, and publishes when they are there"""
    faults = []
    with Coop("early") as coop:
        coop.must_start()
        coop.populate(members=1, tasks=10)
        status, why = coop.health()
        if status != 503:
            faults.append(f"/healthz is {status} {why} with nothing published")
        coop.start_witnesses()
        return faults + final_faults(coop), f"red: {why}"


def log_signer(coop):
    words = (coop.data / "keys" / "log.key").read_text().strip().split("+")
    return Key(base64.b64decode("+".join(words[4:]))[1:]), bytes.fromhex(words[3])


def forged(coop, size, root):
    """A checkpoint that the node never made, under the node's key."""
    key, number = log_signer(coop)
    text = f"{LOG}\n{size}\n{b64(root)}\n"
    return f"{text}\n\u2014 {LOG} {b64(number + key.signer.sign(text.encode()).signature)}\n"


def fed_another_log(bigger):
    faults = []
    with Coop("fork") as coop:
        coop.open(members=1, tasks=10, batches=1)
        coop.wait_published()
        odd = coop.witnesses[2]
        odd.stop()
        for path in odd.home.glob("state.db*"):
            path.unlink()
        (odd.home / "published").rename(odd.home / "published-before")
        odd.start()
        odd.wait()
        size = coop.size() + (10 if bigger else -1)
        root = hashlib.sha256(b"another log").digest()
        answer = Wire(odd.url).send("POST", "/add-checkpoint", b"old 0\n\n" + forged(coop, size, root).encode())
        assert answer is not None and answer.status == 200, f"the fork was not cosigned: {answer!r}"
        published = coop.published_size()
        grows(coop, 5)
        status, why = until(lambda: coop.health() if coop.health()[1] not in ("ok", None) else None, 10) or (None, None)
        if status != 503:
            faults.append(f"/healthz is {coop.health()}")
        if "publishing has stopped" not in coop.said():
            faults.append(f"the node does not say that it has stopped: {coop.said()[-300:]}")
        halted = coop.published_size()
        grows(coop, 5)
        time.sleep(0.5)
        if coop.published_size() != halted:
            faults.append(f"published on, from {published} to {coop.published_size()}")
        if odd.seen() != (size, root):
            faults.append(f"the witness took another checkpoint: {odd.seen()}")
        if coop.stop() != 0:
            faults.append("it did not stop in order")
        began = coop.start()
        again = coop.said() if not began else ""
        if began:
            halted = coop.published_size()
            grows(coop, 5)
            again = until(lambda: coop.health()[1] if "witness" in (coop.health()[1] or "") else None, 10) or ""
            if not again:
                faults.append("after a restart it publishes as if nothing had been")
        told = again.strip().split("\n")[-1][-160:]
        faults += [fault for fault in fork_faults(coop) if odd.name not in fault]
        return faults, f"halted: {why}; started again: {told}"


def fork_ahead():
    """a witness has seen a larger, other log: publishing halts and says so, also after a restart"""
    return fed_another_log(bigger=True)


def fork_behind():
    """a witness has seen a smaller, other log: publishing halts and says so, also after a restart"""
    return fed_another_log(bigger=False)


def lying():
    """one witness lies that it has seen a larger log, or another: the log goes on, also after a restart"""
    faults = []

    class Lies(BaseHTTPRequestHandler):
        answer, asked = (409, b"999999999\n"), 0

        def log_message(self, *_):
            pass

        def reply(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            Lies.asked += 1
            self.reply(*Lies.answer)

        def do_GET(self):
            # Signed by nobody who may: the key is made up.
            text = f"{LOG}\n999999999\n{b64(bytes(32))}\n"
            line = f"\u2014 {LOG} {b64(bytes(4) + Key(bytes(32)).signer.sign(text.encode()).signature)}\n"
            self.reply(200, f"{text}\n{line}".encode())

    with Coop("lies") as coop:
        coop.open(members=1, tasks=10, batches=1)
        coop.wait_published()
        odd = coop.witnesses[2]
        odd.stop()
        server = ThreadingHTTPServer(("127.0.0.1", odd.port), Lies)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            forged = b'no","at":"forged\n'
            for answer in ((409, b"999999999\n"), (422, b"no\n"), (403, forged), (403, b"\xff\xfe")):
                Lies.answer, Lies.asked = answer, 0
                if not grows(coop, 5) or not coop.wait_published():
                    faults.append(f"nothing is published while one witness answers {answer[0]}: {coop.health()}")
                if not until(lambda: Lies.asked > 0, 10):
                    faults.append(f"nobody asked the witness that answers {answer[0]}")
            if coop.health()[0] != 200:
                faults.append(f"/healthz is {coop.health()}")
            metrics = Wire(coop.url).send("GET", "/metrics")
            if metrics is None or b"handprint_witness_not_believed_total{" not in metrics.body:
                faults.append("the metrics do not count it")
            if coop.stop() != 0:
                faults.append("it did not stop in order")
            faults += broken_lines(coop.said())
            coop.must_start()
            if not grows(coop, 5) or not coop.wait_published():
                faults.append(f"nothing is published after a restart: {coop.health()}")
        finally:
            server.shutdown()
            server.server_close()
        odd.start()
        odd.wait()
        return faults + final_faults(coop), f"asked {Lies.asked} times"


def broken_lines(said):
    """Lines of the node's log that are not JSON, or that a witness has written."""
    faults = []
    for line in said.splitlines():
        try:
            at = json.loads(line, object_pairs_hook=only_once)["log"]["at"]
        except (ValueError, KeyError, TypeError) as error:
            faults.append(f"a line of the log is not as it should be ({error}): {line}")
            continue
        if at == "forged":
            faults.append(f"a witness wrote into the log: {line}")
    return faults


def only_once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def receipt(coop, name):
    """Of a task that a member hands in now, as a file."""
    wire, member = Wire(coop.url), coop.members[0]
    done = coop.work(wire, member, 1)
    assert done is not None and done.status == 200, done
    fetch = lambda: wire.send("GET", f"/v1/receipts/{done.json()['index']}", headers=member.headers())
    answer = until(lambda: (got := fetch()) is not None and got.status == 200 and got)
    assert answer, "no receipt"
    path = coop.home / name
    path.write_bytes(answer.body)
    return path


def verdict(what, path, policy):
    return json.loads(run("verify", what, path, "--policy", policy, "--json")[1])["reason"] or "good"


def tell_witnesses(coop, change):
    """The operators of the witnesses change what logs they watch, and start them again."""
    for witness in coop.witnesses:
        logs = witness.home / "logs"
        logs.write_text(change(logs.read_text()))
        witness.stop()
        witness.start()
    for witness in coop.witnesses:
        witness.wait()


def new_log_key():
    """the log gets a new key: no quorum until the witnesses are told; old proofs hold under the old policy and no other"""
    faults = []
    with Coop("rotate", refresh_ms=100) as coop:
        coop.open(members=2, tasks=30, batches=1)
        before = receipt(coop, "before.tlog-proof")
        coop.wait_published()
        code, said = run("rotate-log-key", "--data", coop.data, "--delegate-key", coop.home / "d-0.key")
        if code == 0 or "another node" not in said:
            faults.append(f"the key is changed under a running node: {said}")
        assert coop.stop() == 0, coop.said()
        old_log = coop.home / "old-log"
        shutil.copytree(coop.data / "log", old_log)
        code, said = run("rotate-log-key", "--data", coop.data, "--delegate-key", coop.home / "d-0.key")
        assert code == 0, said
        line = next(row for row in said.split("\n") if row.startswith("log "))
        [archived] = (coop.data / "policies").iterdir()
        if str(archived) not in said:
            faults.append(f"it does not say where the policy of before is: {said}")

        coop.must_start()
        size = coop.published_size()
        grows(coop, 5)
        if until(lambda: coop.published_size() > size, 2):
            faults.append("published under a key that no witness knows")
        red = coop.health()
        if red[0] != 503:
            faults.append(f"/healthz is {red}")
        tell_witnesses(coop, lambda text: text + line + "\n")
        if not until(lambda: coop.published_size() > size, 15):
            faults.append(f"nothing is published though the witnesses know the key: {coop.health()}")
        after = receipt(coop, "after.tlog-proof")
        tell_witnesses(coop, lambda text: text.split("\n", 1)[1])
        if not grows(coop, 5) or not coop.wait_published():
            faults.append(f"nothing is published without the line of the old key: {coop.health()}")

        policy, unknown = coop.data / "policy", "checkpoint_unknown_log"
        for what, path, under_old, under_new in (
            ("receipt", before, "good", unknown),
            ("receipt", after, unknown, "good"),
            ("log", old_log, "good", unknown),
            ("log", coop.data / "log", unknown, "good"),
        ):
            found = verdict(what, path, archived), verdict(what, path, policy)
            if found != (under_old, under_new):
                faults.append(f"{path.name} under the old and the new policy: {found}")
        return faults + final_faults(coop), f"not told: {red[1]}"


def demo_with_new_key():
    """the demo's log gets a new key: its witnesses are told at the next start, and the log goes on"""
    faults, command = [], ["--data", "data", "--port", "0", "--json"]
    with tempfile.TemporaryDirectory(dir=folder()) as home:
        home = Path(home)
        data = home / "data"

        def demo():
            out = home / "out"
            out.write_bytes(b"")
            child = spawn([program(), "demo", *command], out, cwd=home)
            info = until(lambda: next((row for row in out.read_text().split("\n") if row.startswith("{")), None), 60)
            child.send_signal(signal.SIGTERM)
            code = child.wait(30)
            if not info or code != 0:
                faults.append(f"the demo ended with {code}: {out.read_text()[-400:]}")
            return int((data / "log" / "checkpoint").read_text().split("\n")[1])

        size = demo()
        code, said = run("rotate-log-key", "--data", data, "--delegate-key", data / "people" / "d-0.key")
        if code != 0:
            faults.append(said)
        if demo() <= size:
            faults.append("the demo did not publish the entry of its new key")
        code, said = run("verify", "log", data / "log", "--policy", data / "policy")
        if code != 0:
            faults.append(said)
        return faults + audit_faults(None, data)


TESTS = [two_down, start_without, lying, fork_ahead, fork_behind, new_log_key, demo_with_new_key]
