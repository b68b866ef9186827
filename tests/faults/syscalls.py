"""Single file operations fail, or are the last thing that the node does. Needs strace and the right to trace."""

import os
import random
import shutil
import signal
import subprocess
import time

from coop import Coop, final_faults, fork_faults, log_faults, until
from kills import ROUNDS, SEED
from load import Diary, Load, grows
from tally import Skip

# Every call that a commit or a publication makes to files, but for fcntl: a lock that fails stays in doubt until the
# process ends (locks(), below).
CALLS = ["fsync", "fdatasync", "pwrite64", "write", "rename", "openat", "mkdir", "ftruncate", "pread64", "read", "newfstatat", "close"]
EACH = max(2, ROUNDS // 3)  # injections for each of them; every_call.py goes over all of one commit


class Trace:
    """An injection into a running process, or one thread of it, for as long as the `with` lasts. Each thread has its
    own count of calls. Nothing is injected where `what` is empty, nor in calls to other files than the `path`."""

    def __init__(self, pid, call, what, when, log, thread=None, path=None):
        self.log, self.thread = log, thread
        which = ["-f", "-p", str(pid)] if thread is None else ["-p", str(thread)]
        which += ["-P", str(path)] if path else []
        inject = ["-e", f"inject={call}:{what}:when={when}"] if what else []
        self.process = subprocess.Popen(
            ["strace", "-y", *which, "-o", str(log), "-e", f"trace={call}", *inject],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self.pid = pid

    def __enter__(self):
        if not until(self.attached, 5, 0.01) or self.process.poll() is not None and os.path.exists(f"/proc/{self.pid}/fd/0"):
            self.__exit__()
            raise Skip(f"strace cannot attach: {self.process.stderr.read().decode().strip()[:200]}")
        return self

    def attached(self):
        if self.process.poll() is not None:
            return True
        try:
            threads = os.listdir(f"/proc/{self.pid}/task") if self.thread is None else [self.thread]
            return all(tracer(f"/proc/{self.pid}/task/{t}/status") for t in threads)
        except OSError:
            return True

    def injected(self):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "(INJECTED)" in text or "+++ killed" in text

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)  # lets the process go on without it
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def tracer(status):
    for line in open(status):
        if line.startswith("TracerPid:"):
            return int(line.split()[1]) != 0
    return False


def needs_strace():
    if shutil.which("strace") is None:
        raise Skip("strace is not installed")
    command = ["strace", "-f", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=1", "true"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Skip(f"strace is not permitted here: {done.stderr.strip()[:200]}")


def places(chance):
    """1, 2 and some that lie further on."""
    return sorted({1, 2, *(chance.randint(3, 40) for _ in range(EACH - 2))})


def too_few(hits):
    """A test that met next to none of the calls says nothing."""
    return [] if hits >= len(CALLS) else [f"only {hits} of {EACH * len(CALLS)} injections met a call"]


def faults_after(coop, diary):
    """whether all goes on when calls succeed again, and what was lost; if not, starts the node anew"""
    faults = []
    if not grows(coop, 15):
        faults.append(f"commands do not go on: {coop.said()[-300:]}")
        coop.kill()
        coop.must_start()
    faults += diary.faults(coop, 20) + fork_faults(coop)
    if not coop.wait_published(5):
        faults.append(f"publishing does not go on: {coop.health()}")
        coop.stop()
        coop.must_start()
    return faults


def errors():
    """each file operation fails once under load: told to retry or refused with the reason, and nothing is lost"""
    needs_strace()
    chance, diary, faults, notes = random.Random(SEED + 3), Diary(SEED), [], []
    hits = 0
    with Coop("eio") as coop:
        coop.open(members=4, tasks=1000)
        for call in CALLS:
            hit = 0
            for when in places(chance):
                where = f"{call} {when}"
                if coop.node.poll() is not None:
                    coop.must_start()
                spoke = len(coop.said())
                with Trace(coop.node.pid, call, "error=EIO", when, coop.home / "trace") as trace:
                    with Load(coop, diary):
                        until(trace.injected, 1.5)
                        time.sleep(0.15)
                    hit += trace.injected()
                (coop.home / "trace").unlink(missing_ok=True)
                if coop.node.poll() is not None:
                    notes.append(f"{where}: ended with {coop.node.returncode}")
                    if not coop.said()[spoke:].strip():
                        faults.append(f"{where}: it ended with {coop.node.returncode} without a word")
                    coop.must_start()
                faults += [f"{where}: {fault}" for fault in faults_after(coop, diary)]
            notes.append(f"{call} {hit} hit")
            hits += hit
        faults += too_few(hits)
        return faults + final_faults(coop, diary), f"{', '.join(notes)}; {diary.summary()}"


def lasting_error():
    """no sync succeeds any more: commands are told to retry, nothing is published; healed, it goes on by itself"""
    needs_strace()
    diary, faults, notes = Diary(SEED), [], []
    with Coop("dead-disk") as coop:
        coop.open()
        for call in ("fdatasync", "fsync", "pwrite64"):
            coop.wait_published()
            acknowledged, unavailable = len(diary.acknowledged), diary.unavailable
            with Trace(coop.node.pid, call, "error=EIO", "1+", coop.home / "trace") as trace:
                with Load(coop, diary):
                    time.sleep(1.5)
                hit = trace.injected()
            (coop.home / "trace").unlink(missing_ok=True)
            told = diary.unavailable - unavailable
            notes.append(f"{call}: {'hit' if hit else 'not used'}, {told} told to retry")
            done = len(diary.acknowledged) - acknowledged
            if hit and call != "fsync" and done > 20:
                faults.append(f"{call}: {done} were acknowledged while it failed")
            if hit and not told and '"what":' not in coop.said() and "handprint:" not in coop.said():
                faults.append(f"{call}: not a word about it")
            faults += [f"{call}: {fault}" for fault in faults_after(coop, diary)]
        return faults + final_faults(coop, diary), "; ".join(notes)


def locks():
    """a lock of the database fails: refused with the reason, nothing is lost, and started anew it goes on"""
    needs_strace()
    diary, faults, stuck = Diary(SEED), [], 0
    with Coop("locks") as coop:
        coop.open(members=4, tasks=1000)
        for when in (1, 2, 3, 7):
            spoke = len(coop.said())
            with Trace(coop.node.pid, "fcntl", "error=EIO", when, coop.home / "trace") as trace:
                with Load(coop, diary):
                    until(trace.injected, 1.5)
                    time.sleep(0.15)
            (coop.home / "trace").unlink(missing_ok=True)
            if not grows(coop, 3):
                stuck += 1
                if coop.health()[0] != 503:
                    faults.append(f"fcntl {when}: it takes no commands, and /healthz is {coop.health()}")
                if "lock" not in coop.said()[spoke:]:
                    faults.append(f"fcntl {when}: it takes no commands and does not say why: {coop.said()[-200:]}")
                coop.kill()
                coop.must_start()
            faults += [f"fcntl {when}: {fault}" for fault in diary.faults(coop, 20) + fork_faults(coop)]
        return faults + final_faults(coop, diary), f"{stuck} times it had to be started anew; {diary.summary()}"


def last_words():
    """killed at a file operation: what was acknowledged is there and the log goes on"""
    needs_strace()
    chance, diary, faults, notes = random.Random(SEED + 4), Diary(SEED), [], []
    hits = 0
    with Coop("killed-at") as coop:
        coop.open(members=4, tasks=1000)
        for call in CALLS:
            hit = 0
            for when in places(chance):
                with Trace(coop.node.pid, call, "signal=KILL", when, coop.home / "trace"):
                    with Load(coop, diary):
                        until(lambda: coop.node.poll() is not None, 1.5)
                hit += coop.node.poll() is not None
                if coop.node.poll() is None:
                    coop.kill()
                (coop.home / "trace").unlink(missing_ok=True)
                coop.must_start()
                found = diary.faults(coop, 20) + fork_faults(coop) + log_faults(coop, published=False)
                faults += [f"{call} {when}: {fault}" for fault in found]
            notes.append(f"{call} {hit} hit")
            hits += hit
        faults += too_few(hits)
        return faults + final_faults(coop, diary), f"{', '.join(notes)}; {diary.summary()}"


def start():
    """file operations of the start fail or are the last: it says why, and the next start is good"""
    needs_strace()
    faults, notes = [], []
    with Coop("start") as coop:
        coop.open(members=2, tasks=100)
        diary = Diary(SEED)
        with Load(coop, diary):
            time.sleep(0.4)
        for call in ("fsync", "fdatasync", "pwrite64", "ftruncate", "rename"):
            for what in ("error=EIO", "signal=KILL"):
                for when in (1, 2, 4):
                    if coop.node.poll() is None:
                        coop.kill()  # not stopped in order, so that the start has something to put right
                    trace = ["strace", "-D", "-f", "-o", str(coop.home / "trace"), "-e", f"trace={call}"]
                    coop.launch(before=[*trace, "-e", f"inject={call}:{what}:when={when}"])
                    up = until(coop.answers_or_ended, 15)
                    where = f"{call} {what} {when}"
                    if up is None:
                        faults.append(f"{where}: it neither starts nor ends: {coop.said()[-200:]}")
                    if up == "ended" and "EIO" in what:
                        notes.append(f"{call} {when}: {coop.said().strip()[-60:]}")
                        if coop.node.returncode < 0 or not coop.said().strip():
                            faults.append(f"{where}: ended with {coop.node.returncode}: {coop.said()[-200:]}")
                    if up == "answers" and not grows(coop, 5) and coop.node.poll() is None:
                        faults.append(f"{where}: it answers but takes no command: {coop.said()[-200:]}")
            coop.close_node()
            coop.must_start()
            faults += [f"{call}: {fault}" for fault in diary.faults(coop, 20) + fork_faults(coop)]
        return faults + final_faults(coop, diary), "; ".join(notes)


TESTS = [errors, lasting_error, locks, last_words, start]
