"""The disk is full: on a small file system of our own, else under a limit of the size of files."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import coop as c
from coop import LOG, Coop, final_faults, fork_faults, log_faults, until
from load import Diary, Load, grows, problem
from tally import Skip
from wire import Party, Wire

MARK = "FAULTS_OWN_MOUNTS"
SIZE = "48m"  # the write-ahead log alone takes 16


def own_mounts(name):
    """Runs this test again where its mounts are its own and end with it."""
    here = Path(__file__).resolve().parent / "run"
    for flags in (["-m"], ["-r", "-m"]):
        if subprocess.run(["unshare", *flags, "true"], capture_output=True).returncode == 0:
            break
    else:
        raise Skip("unshare -m is not permitted here")
    # Private also means that nobody outside sees the mount.
    command = ["unshare", *flags, "--propagation", "private", sys.executable, str(here), name]
    done = subprocess.run(command, env={**os.environ, MARK: "1"}, capture_output=True, text=True, timeout=240)
    lines = done.stdout.strip().split("\n")
    if done.returncode == 0:
        return [], lines[0].split(") ", 1)[-1]
    skipped = [line for line in lines if line.startswith("skipped")]
    if skipped:
        raise Skip(skipped[0].split(": ", 2)[-1])
    return [*lines, done.stderr[-500:]]


def fill(folder):
    """Leaves not a byte."""
    with open(folder / "filler", "wb", buffering=0) as file:
        for step in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * step)
            except OSError:
                pass


def full_disk():
    """no space left: told to retry, nothing half done, also through a kill; with space again it goes on"""
    if MARK not in os.environ:
        return own_mounts("full.full_disk")
    disk = c.folder() / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", disk]
    mounted = subprocess.run(command, capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skip(f"mount: {mounted.stderr.strip()}")
    try:
        return on_disk(disk)
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def on_disk(disk):
    diary, faults, notes = Diary(), [], []
    with Coop("full", data=disk / "data") as coop:
        coop.open()
        with Load(coop, diary):
            time.sleep(0.5)
        for killed in (False, True):
            fill(disk)
            told, done = diary.unavailable, len(diary.acknowledged)
            with Load(coop, diary):
                until(lambda: diary.unavailable > told, 30)  # some may fit in, the log of writes is not full
                time.sleep(1)
            told, done = diary.unavailable - told, len(diary.acknowledged) - done
            if not told:
                faults.append("nobody was told to retry: the disk was not full")
            one = Party(LOG)
            body = one.command("enrol_member", {"key": one.key.text, "languages": ["en"]})
            answer = Wire(coop.url).json("POST", "/v1/commands", body)
            diary.note(body, answer)
            notes.append(f"{told} told to retry, {done} fitted in, {problem(answer)}, {coop.health()[1]}")
            if coop.node.poll() is not None:
                faults.append(f"the node ended with {coop.node.returncode}: {coop.said()[-300:]}")
            if killed:
                coop.close_node()
                started = coop.start()
                notes.append("starts on a full disk" if started else coop.said().strip()[-120:])
                if not started and not coop.said().strip():
                    faults.append("it does not start and does not say why")
            (disk / "filler").unlink()
            if coop.node.poll() is not None:
                coop.must_start()
            if not grows(coop, 15):
                faults.append(f"with space again, commands do not go on: {coop.said()[-300:]}")
                coop.kill()
                coop.must_start()
            faults += diary.faults(coop) + fork_faults(coop)
            if not coop.wait_published(10):
                faults.append(f"with space again, nothing is published: {coop.health()} {coop.said()[-300:]}")
            faults += log_faults(coop)
        return faults + final_faults(coop, diary), "; ".join(notes)


def file_limit():
    """no file may grow (RLIMIT_FSIZE): the same"""
    diary, faults = Diary(), []
    with Coop("limit") as coop:
        coop.open(restore_signals=False)  # keeps SIGXFSZ ignored, so that the write fails instead
        with Load(coop, diary):
            time.sleep(0.4)
            limit(coop.node.pid, (coop.data / "ledger.db-wal").stat().st_size)
            until(lambda: diary.unavailable, 30)
            time.sleep(0.5)
        told = diary.unavailable
        if not told and coop.node.poll() is None:
            faults.append("nobody was told to retry")
        limit(coop.node.pid, resource.RLIM_INFINITY)
        if not grows(coop, 15):
            faults.append(f"without the limit, commands do not go on: {coop.said()[-300:]}")
        return faults + final_faults(coop, diary), f"{told} told to retry"


def limit(pid, size):
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


TESTS = [full_disk, file_limit]
