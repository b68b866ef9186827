"""Backups, and what happens when an old one is brought back."""

import shutil
import time

from coop import Coop, audit_faults, final_faults, run
from load import Diary, Load, grows


def busy(coop, seconds=0.5, diary=None):
    diary = diary or Diary()
    with Load(coop, diary):
        time.sleep(seconds)
    return diary


def replace(coop, copy):
    """The data directory is lost and the copy restored in its place."""
    shutil.move(coop.data, coop.home / "lost")
    code, said = run("restore", "--from", copy, "--data", coop.data)
    return [] if code == 0 else [f"restore: {said}"]


def back_up(coop, to):
    code, said = run("backup", "--data", coop.data, "--to", to)
    return [] if code == 0 else [f"backup ended with {code}: {said}"]


def world(name):
    coop = Coop(name)
    coop.open()
    return coop


def old_copy():
    """an old copy restored: the node refuses to start, says why, and no witness was made to sign"""
    with world("old") as coop:
        busy(coop)
        faults = back_up(coop, coop.home / "copy")
        busy(coop)
        coop.wait_published()
        coop.stop()
        before = [witness.seen() for witness in coop.witnesses]
        faults += replace(coop, coop.home / "copy")
        if coop.start():
            faults.append(f"it starts from an old copy: {coop.health()}")
        if "old copy" not in coop.said():
            faults.append(f"it does not say why: {coop.said()}")
        if [witness.seen() for witness in coop.witnesses] != before:
            faults.append("a witness was made to sign")
        # The newest state is still there, and good.
        shutil.move(coop.data, coop.home / "refused")
        shutil.move(coop.home / "lost", coop.data)
        coop.must_start()
        return faults + final_faults(coop), coop.out.read_text().strip().split("\n")[0][-170:]


def old_copy_alone():
    """an old copy started while no witness can be asked: it publishes nothing, and halts when they are back"""
    faults = []
    for beyond in (False, True):  # whether it has grown past what the witnesses know
        with world("alone") as coop:
            busy(coop, 0.2)
            coop.wait_published()
            faults += back_up(coop, coop.home / "copy")
            for _ in range(3):
                grows(coop)
            coop.wait_published()
            coop.stop()
            before = [witness.seen() for witness in coop.witnesses]
            for witness in coop.witnesses:
                witness.stop()
            faults += replace(coop, coop.home / "copy")
            coop.must_start()
            published = coop.published_size()
            for _ in range(6 if beyond else 1):
                grows(coop)
            time.sleep(0.5)
            for witness in coop.witnesses:
                witness.start()
            deadline = time.monotonic() + 10
            while "publishing has stopped" not in coop.said() and time.monotonic() < deadline:
                time.sleep(0.1)
            told = coop.said().strip().split("\n")[-1]
            if "publishing has stopped" not in told:
                faults.append(f"beyond: {beyond}: it does not say that it has stopped: {coop.health()} {told[-200:]}")
            if coop.health()[0] != 503:
                faults.append(f"beyond: {beyond}: /healthz is {coop.health()}")
            if coop.published_size() != published:
                faults.append(f"beyond: {beyond}: it published {coop.published_size()}")
            if [witness.seen() for witness in coop.witnesses] != before:
                faults.append(f"beyond: {beyond}: a witness signed for it")
    return faults, told[-120:]


def old_database():
    """an old database beside the newest log/, with no witness to ask: refused, with the reason"""
    with world("beside") as coop:
        faults = back_up(coop, coop.home / "copy")
        busy(coop)
        coop.wait_published()
        coop.stop()
        before = [witness.seen() for witness in coop.witnesses]
        for witness in coop.witnesses:
            witness.stop()
        for path in coop.data.glob("ledger.db*"):
            path.unlink()
        shutil.copy(coop.home / "copy" / "ledger.db", coop.data)
        if coop.start():
            faults.append(f"it starts from an old database: {coop.health()}")
        if "old copy" not in coop.said():
            faults.append(f"it does not say why: {coop.said()[-400:]}")
        if coop.node.returncode != 1:
            faults.append(f"it ended with {coop.node.returncode}")
        if [witness.seen() for witness in coop.witnesses] != before:
            faults.append("a witness was made to sign")
        return faults, coop.said().strip()[-150:]


def newest_copy():
    """a copy of the newest state restored: it starts, everything acknowledged is there, and it goes on"""
    with world("new") as coop:
        diary = busy(coop)
        coop.wait_published()
        faults = back_up(coop, coop.home / "copy")
        coop.kill()
        faults += replace(coop, coop.home / "copy")
        coop.must_start()
        faults += diary.faults(coop)
        busy(coop, 0.3, diary)
        return faults + final_faults(coop, diary), diary.summary()


def copy_under_load():
    """a backup made while everybody works is whole: it passes the audit"""
    faults, diary = [], Diary()
    with world("hot") as coop:
        with Load(coop, diary):
            for number in range(4):
                time.sleep(0.2)
                copy = coop.home / f"copy-{number}"
                faults += back_up(coop, copy)
                faults += [f"copy {number}: {fault}" for fault in audit_faults(coop, copy)]
                code, said = run("verify", "log", copy / "log", "--policy", copy / "policy")
                if code != 0:
                    faults.append(f"copy {number}: verify log: {said}")
        if run("backup", "--data", coop.data, "--to", copy)[0] == 0:
            faults.append("a backup was written over another")
        if run("restore", "--from", copy, "--data", coop.data)[0] == 0:
            faults.append("a copy was restored over a ledger")
        return faults + final_faults(coop, diary), diary.summary()


def unpublished_copy():
    """a copy of a node that has published nothing is restored, but not from half of a copy"""
    with Coop("unborn") as coop:
        copy, half = coop.home / "copy", coop.home / "half"
        faults = back_up(coop, copy)
        shutil.copytree(copy, half)
        shutil.rmtree(half / "keys")
        shutil.move(coop.data, coop.home / "lost")
        code, said = run("restore", "--from", half, "--data", coop.data)
        if code == 0 or "it has no keys" not in said:
            faults.append(f"restored from half of a copy: {said}")
        code, said = run("restore", "--from", copy, "--data", coop.data)
        if code != 0:
            faults.append(f"restore: {said}")
        coop.open()
        busy(coop, 0.3)
        return faults + final_faults(coop), said.strip()[:170]


TESTS = [old_copy, old_copy_alone, old_database, newest_copy, copy_under_load, unpublished_copy]
