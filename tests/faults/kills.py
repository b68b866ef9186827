"""The node is killed at moments that it does not choose, and told to stop at moments that it does not like."""

import os
import random
import secrets
import signal
import subprocess
import time

import coop as c
from coop import Coop, final_faults, fork_faults, log_faults, until
from load import Diary, Load, grows
from wire import Wire

ROUNDS = int(os.environ.get("FAULT_ROUNDS", 8))
SEED = int(os.environ.get("FAULT_SEED", 20261))


def kill_under_load():
    """kill -9 at random moments: what was acknowledged is there, once, and no witness saw anything else"""
    chance, diary, faults = random.Random(SEED), Diary(SEED), []
    with Coop("kill") as coop:
        coop.open(members=5, tasks=1000)
        for number in range(ROUNDS):
            with Load(coop, diary):
                time.sleep(chance.uniform(0.05, 1.0))
                coop.kill()
            if number % 3 == 2:  # and once more, before it is up again
                coop.launch()
                time.sleep(chance.uniform(0.0, 0.4))
                coop.kill()
            coop.must_start()
            found = diary.faults(coop) + fork_faults(coop) + log_faults(coop, published=False)
            faults += [f"round {number}: {fault}" for fault in found]
        return faults + final_faults(coop, diary), f"{ROUNDS} rounds, seed {SEED}, {diary.summary()}"


def kill_with_witnesses():
    """the node and its witnesses killed together: no witness forgets, the log goes on"""
    chance, diary, faults = random.Random(SEED + 1), Diary(SEED), []
    with Coop("kill-all") as coop:
        coop.open()
        for number in range(max(1, ROUNDS // 3)):
            with Load(coop, diary):
                time.sleep(chance.uniform(0.3, 0.8))
                for process in chance.sample([coop.node, *(w.process for w in coop.witnesses)], 4):
                    process.kill()
                coop.kill()
            coop.close()
            coop.start_witnesses()
            coop.must_start()
            faults += [f"round {number}: {fault}" for fault in diary.faults(coop) + fork_faults(coop)]
        return faults + final_faults(coop, diary), diary.summary()


def accept_all_again():
    """{"all": true} under its Idempotency-Key gets the stored answer, also after a kill and new work"""
    with Coop("all") as coop:
        coop.open(members=1, tasks=20, batches=1)
        wire = Wire(coop.url)
        coop.work(wire, coop.members[0])
        key = {"Idempotency-Key": secrets.token_hex(16), **coop.api_key}
        first = wire.json("POST", f"/v1/batches/{coop.batches[0]}/accept", {"all": True}, key)
        coop.kill()
        coop.must_start()
        again = wire.json("POST", f"/v1/batches/{coop.batches[0]}/accept", {"all": True}, key)
        coop.work(wire, coop.members[0])
        later = wire.json("POST", f"/v1/batches/{coop.batches[0]}/accept", {"all": True}, key)
        same = {(a.status, a.body) for a in (first, again, later)}
        faults = [] if len(same) == 1 else [f"first {first!r}", f"again {again!r}", f"with new work {later!r}"]
        return faults + final_faults(coop)


def accept_listed_again():
    """a list of which one was accepted before: said so, and the same request again accepts the rest, once"""
    with Coop("listed") as coop:
        coop.open(members=1, tasks=150, batches=1)
        wire = Wire(coop.url)
        for _ in range(15):
            coop.work(wire, coop.members[0], 10)
        path = f"/v1/batches/{coop.batches[0]}"
        page = wire.json("GET", f"{path}/submissions?limit=1000", None, coop.api_key).json()["submissions"]
        items = [[one["task"], one["member"]] for one in page]
        send = lambda body, key: wire.json("POST", f"{path}/accept", body, {**key, **coop.api_key})
        wrong = [
            (send({"items": items[:1], "all": True}, {}), 422, "one_of", "items"),
            (send({"items": [items[0], [items[1][0], 999]]}, {}), 409, "not_submitted", "items[1]"),
        ]
        faults = [] if len(items) == 150 else [f"{len(items)} of 150 were submitted"]
        one = send({"items": [items[100]]}, {})
        wrong.append((send({"items": [items[0], items[100]]}, {}), 409, "already_accepted", "items[1]"))
        for got, status, code, field in wrong:
            if (got.status, got.json().get("code"), got.json().get("field")) != (status, code, field):
                faults.append(f"{code}: {got!r}")
        key = {"Idempotency-Key": secrets.token_hex(16)}
        first = send({"items": items}, key)
        coop.kill()
        coop.must_start()
        again, last = send({"items": items}, key), send({"items": items}, key)
        other = send({"items": items[:10]}, key)
        for answer, accepted in ((first, 100), (again, 149), (last, 149)):
            told = answer.json()
            refused = told.get("refused", {})
            if (told.get("accepted"), told.get("asked")) != (accepted, 150) or len(told["entries"]) != 1 + (accepted > 100):
                faults.append(f"not {accepted}: {answer!r}")
            if (refused.get("code"), refused.get("field")) != ("already_accepted", "items[100]"):
                faults.append(f"refused: {answer!r}")
        if one.status != 200 or other.json().get("code") != "id_reused":
            faults.append(f"{one!r}, {other!r}")
        return faults + final_faults(coop)


def paused():
    """a node that stood still for seconds goes on where it was"""
    diary = Diary(SEED)
    with Coop("paused") as coop:
        coop.open()
        with Load(coop, diary):
            time.sleep(0.5)
            coop.node.send_signal(signal.SIGSTOP)
            time.sleep(2)
            coop.node.send_signal(signal.SIGCONT)
            time.sleep(0.5)
        return final_faults(coop, diary), diary.summary()


def graceful_stop():
    """SIGTERM under load, with a stream and an idle connection open: exit 0 within 15 s, nothing lost"""
    chance, diary, faults, longest = random.Random(SEED + 2), Diary(SEED), [], 0.0
    with Coop("stop") as coop:
        coop.open(members=4, tasks=500)
        for number in range(3):
            idle, stream = Wire(coop.url), Wire(coop.url)
            idle.send("GET", "/metrics")
            coop.members[0].sign_in(stream, coop.now())
            stream.send("GET", "/metrics")
            stream.connection.request("GET", "/v1/events", headers=coop.members[0].headers())
            stream.connection.getresponse()
            with Load(coop, diary):
                time.sleep(chance.uniform(0.2, 0.8))
                began = time.monotonic()
                code = coop.stop()
                longest = max(longest, time.monotonic() - began)
            idle.close(), stream.close()
            if code != 0:
                faults.append(f"round {number}: ended with {code}: {coop.said()[-300:]}")
            faults += [f"round {number}: {fault}" for fault in log_faults(coop)]
            coop.must_start()
            faults += [f"round {number}: {fault}" for fault in diary.faults(coop)]
        return faults + final_faults(coop, diary), f"longest {longest:.1f} s, {diary.summary()}"


def impatient_stop():
    """a second signal ends it at once, even while the witnesses keep it waiting"""
    diary, faults = Diary(SEED), []
    with Coop("second") as coop:
        coop.open()
        with Load(coop, diary):
            time.sleep(0.4)
            for witness in coop.witnesses:
                witness.process.send_signal(signal.SIGSTOP)
            time.sleep(0.3)
            coop.node.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            waiting = coop.node.poll() is None
            began = time.monotonic()
            coop.node.send_signal(signal.SIGTERM)
            try:
                code = coop.node.wait(15)
            except subprocess.TimeoutExpired:
                code = "never"
                coop.kill()
            took = time.monotonic() - began
        for witness in coop.witnesses:
            witness.process.send_signal(signal.SIGCONT)
        if not waiting:
            faults.append("it did not wait for its witnesses, so nothing was tried")
        elif code != 130 or took > 1:
            faults.append(f"after the second signal it ended with {code} in {took:.1f} s")
        coop.must_start()
        return faults + final_faults(coop, diary), diary.summary()


def slow_witness_stop():
    """SIGTERM while no witness answers: it gives up on them and ends with 0 within 15 s"""
    with Coop("silent") as coop:
        coop.open(members=1, tasks=10, batches=1)
        coop.wait_published()
        for witness in coop.witnesses:
            witness.process.send_signal(signal.SIGSTOP)
        grew = grows(coop)
        began = time.monotonic()
        code = coop.stop(20)
        took = time.monotonic() - began
        for witness in coop.witnesses:
            witness.process.send_signal(signal.SIGCONT)
        faults = [] if grew and code == 0 and took < 15 else [f"grew: {grew}, ended with {code} after {took:.1f} s"]
        coop.must_start()
        return faults + final_faults(coop), f"{took:.1f} s"


def demo_stop():
    """the demo under SIGTERM ends with 0 and takes its witnesses along; killed, they go too, and it starts again"""
    home = c.folder() / "demo"
    home.mkdir()
    command = [c.program(), "demo", "--data", str(home / "data"), "--port", "0", "--json"]
    faults, notes = [], []
    for how in (signal.SIGKILL, signal.SIGTERM):
        out = home / f"out-{how.name}"
        demo = c.spawn(command, out)
        if not until(lambda: b'"url"' in out.read_bytes() or demo.poll() is not None, 60) or demo.poll() is not None:
            return [f"the demo did not start: {out.read_bytes()[-300:]!r}"]
        children = [int(n) for n in open(f"/proc/{demo.pid}/task/{demo.pid}/children").read().split()]
        demo.send_signal(how)
        try:
            code = demo.wait(15)
        except subprocess.TimeoutExpired:
            demo.kill()
            code = "never"
        if code != (0 if how == signal.SIGTERM else -9):
            faults.append(f"{how.name}: ended with {code}")
        alive = lambda: [n for n in children if os.path.exists(f"/proc/{n}") and is_witness(n)]
        if len(children) != 3 or not until(lambda: not alive(), 5):
            faults.append(f"{how.name}: of witnesses {children}, {alive()} are still there")
            for number in alive():
                os.kill(number, signal.SIGKILL)
        notes.append(f"{how.name} {code}")
    code, said = c.run("verify", "log", home / "data" / "log", "--policy", home / "data" / "policy")
    return faults + ([] if code == 0 else [said]), ", ".join(notes)


def demo_killed_while_founded():
    """kill -9 at each step of a demo's first start: the next one founds it anew, and touches no other file"""
    faults, notes = [], []
    steps = [None, "founding", "witness-1/key", "people/d-1.key", "keys/data.key", "ledger.db.part", "ledger.db"]
    for number, step in enumerate([*steps, "witness-3/logs", "log/checkpoint", "people/m-0.key"]):
        data = c.folder() / f"founded-{number}" / "data"
        data.mkdir(parents=True)
        (data / "notes.txt").write_text("mine")
        demo = start_demo(data)
        there = step is None or until(lambda: (data / step).exists() or demo.poll() is not None, 20, 0.001)
        time.sleep(0.02)
        demo.kill()
        demo.wait()
        whole = (data / "people" / "demo.json").exists()
        if not there or whole:
            notes.append(f"{step}: {'too late' if whole else 'never'}")
        faults += [f"killed at {step}: {fault}" for fault in founded_faults(data)]
        if (data / "notes.txt").read_text() != "mine":
            faults.append(f"killed at {step}: a file of somebody else was touched")
    return faults, ", ".join(notes)


def demo_not_founded_over():
    """a demo is not founded where keys lie without a ledger, and they stay"""
    data = c.folder() / "in-the-way"
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "data.key").write_text("a secret")
    faults = []
    for _ in range(2):
        code, said = c.run("demo", "--data", data, "--port", "0", "--json")
        if code != 1 or "nothing is in its way" not in said:
            faults.append(f"ended with {code}: {said[-300:]}")
    kept = (data / "keys" / "data.key").read_text()
    return faults + ([] if kept == "a secret" else ["the keys are gone"])


def demo_interrupted_while_founded():
    """Ctrl-C at each step of a demo's first start ends it and its witnesses in order; the next start is whole"""
    faults, notes = [], []
    steps = ["witness-1/key", "ledger.db", "witness-3/logs", "log/checkpoint", "people/m-0.key", "people/m-3.key"]
    for number, step in enumerate(steps):
        data = c.folder() / f"interrupted-{number}" / "data"
        data.mkdir(parents=True)
        # A shell lets what it starts in the background ignore the signal.
        demo = start_demo(data, start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        until(lambda: (data / step).exists() or demo.poll() is not None, 20, 0.001)
        time.sleep(0.02)
        children = [int(n) for n in open(f"/proc/{demo.pid}/task/{demo.pid}/children").read().split()]
        os.killpg(demo.pid, signal.SIGINT)
        began = time.monotonic()
        try:
            code = demo.wait(10)
        except subprocess.TimeoutExpired:
            demo.kill()
            code = demo.wait() and "never"
        notes.append(f"{time.monotonic() - began:.1f} s")
        if code not in (0, -signal.SIGINT):  # as long as nothing watches for the signal, it ends the process
            faults.append(f"interrupted at {step}: ended with {code}")
        if not until(lambda: not any(map(is_witness, children)), 5):
            faults.append(f"interrupted at {step}: witnesses are still there")
        faults += [f"interrupted at {step}: {fault}" for fault in founded_faults(data)]
    return faults, ", ".join(notes)


def demo_without_witnesses():
    """a demo whose witnesses do not answer while it is founded says so and ends"""
    data = c.folder() / "unwitnessed" / "data"
    data.mkdir(parents=True)
    demo = start_demo(data)
    until(lambda: (data / "witness-3" / "logs").exists() or demo.poll() is not None, 20, 0.001)
    children = f"/proc/{demo.pid}/task/{demo.pid}/children"
    until(lambda: len(open(children).read().split()) == 3 or demo.poll() is not None, 5, 0.001)
    for number in open(children).read().split():
        os.kill(int(number), signal.SIGKILL)
    try:
        code = demo.wait(45)
    except subprocess.TimeoutExpired:
        demo.kill()
        code = demo.wait() and "never"
    said = (data.parent / "data.out").read_text()
    faults = [] if code == 1 and "did not cosign" in said else [f"ended with {code}: {said[-300:]}"]
    return faults + founded_faults(data)


def start_demo(data, **options):
    command = [c.program(), "demo", "--data", str(data), "--port", "0", "--json"]
    return c.spawn(command, data.parent / f"{data.name}.out", **options)


def founded_faults(data):
    """It starts, is whole, and ends in order."""
    out = data.parent / f"{data.name}.out"
    out.unlink(missing_ok=True)
    demo = start_demo(data)
    try:
        ready = until(lambda: b'"url"' in out.read_bytes() or demo.poll() is not None, 60)
        if not ready or demo.poll() is not None:
            return [f"the demo did not start: {out.read_bytes()[-300:]!r}"]
        if (data / "founding").exists():
            return ["it is ready and still marked"]
        demo.send_signal(signal.SIGTERM)
        code = demo.wait(15)
    finally:
        demo.kill()
        demo.wait()
    wrong, said = c.run("audit", "--data", data, timeout=120)
    if (data / "notes.txt").exists():  # of somebody else, and named
        good = wrong == 1 and said.startswith("notes.txt: ") and "NOT clean, 1 findings" in said
    else:
        good = wrong == 0
    return [f"ended with {code}"] * (code != 0) + [f"audit ended with {wrong}: {said}"] * (not good)


def is_witness(number):
    try:
        line = open(f"/proc/{number}/cmdline").read()
        return "\0witness\0" in line and " Z " not in open(f"/proc/{number}/stat").read()
    except OSError:
        return False


TESTS = [
    *[kill_under_load, kill_with_witnesses, accept_all_again, accept_listed_again, paused],
    *[graceful_stop, impatient_stop, slow_witness_stop, demo_stop],
    *[demo_killed_while_founded, demo_not_founded_over, demo_interrupted_while_founded, demo_without_witnesses],
]
