"""Files of the published log that are damaged, torn or gone, and a damaged database."""

import os
import shutil
import sqlite3
import time

from coop import Coop, audit_faults, final_faults, fork_faults, has_audit, log_faults, run
from load import Diary, Load


def worked(name, **options):
    coop = Coop(name, **options)
    coop.open()
    diary = Diary()
    with Load(coop, diary):
        time.sleep(0.8)
    coop.wait_published()
    assert coop.stop() == 0, coop.said()
    return coop, diary


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1
    path.write_bytes(data)


def used_tiles(coop):
    """One tile that the newest checkpoint needs, of each sort."""
    size = coop.published_size()
    full = coop.data / "log" / "tile"
    hashes = full / "0" / ("000" if size >= 256 else f"000.p/{size}")
    last = full / "entries" / f"{size // 256:03d}.p" / str(size % 256) if size % 256 else None
    entries = full / "entries" / ("000" if size >= 256 else f"000.p/{size}")
    return {"hash tile": hashes, "entry bundle": entries, **({"partial bundle": last} if last else {})}


def flipped_byte():
    """one bit of a tile or bundle: the start, verify or audit names the file or the entry; put right, it starts"""
    faults, notes = [], []
    coop, diary = worked("flip")
    with coop:
        for what, path in used_tiles(coop).items():
            good = path.read_bytes()
            name = str(path.relative_to(coop.data / "log"))
            flip(path, len(good) // 2)
            code, said = run("verify", "log", coop.data / "log", "--policy", coop.data / "policy")
            if code == 0:
                faults.append(f"verify does not see a damaged {what}")
            elif name.split("/", 2)[2] not in said:  # the entries follow from both, so either may be named
                faults.append(f"verify of a damaged {what} does not say where: {said}")
            if has_audit() and not audit_faults(coop):
                faults.append(f"the audit does not see a damaged {what}")
            started = coop.start()
            if started:
                coop.stop()
            notes.append(f"{what}: {said.split(': ', 1)[-1][:70]}; node {'starts' if started else 'refuses'}")
            path.write_bytes(good)
        coop.must_start()
        return faults + final_faults(coop, diary), " | ".join(notes)


def torn_tile():
    """a tile cut short: never served as good; put right or removed with the log, it starts"""
    faults = []
    coop, diary = worked("torn")
    with coop:
        path = used_tiles(coop)["hash tile"]
        good = path.read_bytes()
        path.write_bytes(good[: len(good) // 2])
        started = coop.start()
        if started:
            if not log_faults(coop):
                faults.append("verify does not see a torn tile")
            coop.stop()
        shutil.rmtree(coop.data / "log")
        coop.must_start()
        return faults + final_faults(coop, diary), f"node {'starts' if started else 'refuses'}"


def no_checkpoint():
    """the checkpoint is gone: it is made again, over the tiles that are there"""
    coop, diary = worked("gone")
    with coop:
        (coop.data / "log" / "checkpoint").unlink()
        coop.must_start()
        return final_faults(coop, diary)


def no_log():
    """all of log/ is gone: it is made again from the database"""
    coop, diary = worked("no-log")
    with coop:
        shutil.rmtree(coop.data / "log")
        coop.must_start()
        return final_faults(coop, diary)


def bad_checkpoint():
    """a checkpoint of half its length, and one of no length: refused with the reason, or made again"""
    faults, notes = [], []
    coop, diary = worked("half")
    with coop:
        path = coop.data / "log" / "checkpoint"
        for keep in (0.5, 0):
            text = path.read_text()
            path.write_text(text[: int(len(text) * keep)])
            if coop.start():
                notes.append(f"{keep}: made again")
                coop.wait_published()
                coop.stop()
            else:
                notes.append(f"{keep}: {coop.said().strip()[-90:]}")
                if "checkpoint" not in coop.said():
                    faults.append(f"does not say what is wrong: {coop.said()}")
                path.write_text(text)
        coop.must_start()
        return faults + final_faults(coop, diary), "; ".join(notes)


def leftovers():
    """half-written files of a crash lie about: they are written over"""
    coop, diary = worked("rest")
    with coop:
        for path in list((coop.data / "log").rglob("*")):
            if path.is_file():
                path.with_name(path.name + ".new").write_bytes(b"half")
        coop.must_start()
        return final_faults(coop, diary)


def tampered_entry():
    """an entry changed in the database: the node does not publish it, and the audit names it"""
    faults = []
    coop, diary = worked("tamper")
    with coop:
        path = coop.data / "ledger.db"
        with sqlite3.connect(path) as db:
            text = db.execute("SELECT header FROM entry WHERE entry_index = 20").fetchone()[0]
            db.execute("UPDATE entry SET header = ? WHERE entry_index = 20", (text.replace('"time":1', '"time":2'),))
        db.close()
        audited = audit_faults(coop)
        if has_audit() and (not audited or "20" not in audited[0]):
            faults.append(f"the audit says {audited}")
        shutil.rmtree(coop.data / "log")
        started = coop.start()
        if started:
            if coop.wait_published(3):
                faults.append("it published the changed entry")
            coop.stop()
        elif not coop.said().strip():
            faults.append("it refuses without a reason")
        return faults, (coop.said().strip() or "starts")[-120:]


def zeroed_wal():
    """the write-ahead log is lost after a kill: whatever is missing, the node does not sign from it"""
    faults = []
    coop = Coop("wal")
    with coop:
        coop.open()
        diary = Diary()
        with Load(coop, diary):
            time.sleep(0.8)
        coop.wait_published()
        before = [w.seen() for w in coop.witnesses]
        coop.kill()
        for suffix in ("-wal", "-shm"):
            path = coop.data / f"ledger.db{suffix}"
            if path.exists():
                os.truncate(path, 0)
        started = coop.start()
        if started and coop.size() < max(seen[0] for seen in before):  # else all was in the database already
            faults.append(f"it starts: {coop.health()}, {coop.size()} entries, witnesses have {before}")
        if started:
            faults += diary.faults(coop)
        elif [w.seen() for w in coop.witnesses] != before:
            faults.append("a witness was made to sign")
        return faults + fork_faults(coop)[: 3 * started], coop.said().strip()[-200:]


TESTS = [flipped_byte, torn_tile, no_checkpoint, no_log, bad_checkpoint, leftovers, tampered_entry, zeroed_wal]
