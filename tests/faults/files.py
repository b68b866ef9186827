"""Files of the published log that are damaged, torn or gone, and a damaged database."""

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing

from coop import Coop, audit_faults, final_faults, fork_faults, has_audit, log_faults, run, until
from load import Diary, Load
from wire import Wire, b64, canonical, reference_hash


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


def missed(coop):
    """The audit must say that something was published."""
    said = audit_faults(coop)
    named = said and "log/checkpoint: " in said[0] and "[file_missing]" in said[0]
    return [] if named or not has_audit() else [f"the audit does not miss the checkpoint: {said}"]


def no_checkpoint():
    """the checkpoint is gone: the audit says so; it is made again, over the tiles that are there"""
    coop, diary = worked("gone")
    with coop:
        (coop.data / "log" / "checkpoint").unlink()
        faults = missed(coop)
        coop.must_start()
        return faults + final_faults(coop, diary)


def no_log():
    """all of log/ is gone: the audit says so; it is made again from the database"""
    coop, diary = worked("no-log")
    with coop:
        shutil.rmtree(coop.data / "log")
        faults = missed(coop)
        coop.must_start()
        return faults + final_faults(coop, diary)


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


def shared_out(coop, incomes):
    """Everybody does a task; then so many licence fees are shared out. The published lists."""
    wire = Wire(coop.url)
    for member in coop.members:
        done = coop.work(wire, member, 1)
        assert done is not None and done.status == 200, done
    coop.door(wire, f"/v1/batches/{coop.batches[0]}/accept", {"all": True})
    lists = coop.data / "log" / "distribution"
    for number in range(incomes):
        reference = b64(reference_hash(bytes(32), f"fee {number}"))
        fee = {"amount": str(70_000 + number), "currency": "KES", "project": 0, "reference": reference}
        coop.send(coop.delegate.command("income", fee), wire)
        published = lambda: len(list(lists.glob("*[0-9]"))) > number
        assert until(published), f"{number} lists are published"
    assert coop.wait_published()
    return sorted(lists.iterdir(), key=lambda path: int(path.name))


def verified(coop, where):
    """What `verify log` says of the log there, as text and as a reason."""
    options = [where, "--policy", coop.data / "policy"]
    code, said = run("verify", "log", *options)
    verdict = json.loads(run("verify", "log", *options, "--json")[1])
    faults = [] if verdict["ok"] == (code == 0) and code in (0, 1) else [f"exit {code}, but {verdict}"]
    return faults, said, verdict


def damaged_lists():
    """a list of a distribution that is changed, cut short, gone or another's: verify log, over files and over HTTP, says which"""
    with Coop("lists") as coop:
        coop.open(members=11, tasks=11, batches=1)
        first, second = shared_out(coop, 2)
        good, other = second.read_bytes(), first.read_bytes()
        value, index = json.loads(good), int(second.name)
        shares = value["shares"]
        changed = ("B" if shares[3][0] == "A" else "A") + shares[3][1:]

        def listed(of, **changes):
            return canonical({**of, **changes})

        assert listed(value) == good
        damages = {
            "a changed letter": (good.replace(shares[3].encode(), changed.encode()), "_wrong", "commits to"),
            "cut short": (good[: len(good) // 2], "_wrong", "share list"),
            "nothing in it": (b"", "_wrong", "share list"),
            "gone": (None, "_missing", "11 shares is not published"),
            "of the other distribution": (other, "_wrong", "of another entry"),
            "of the other, with this index": (listed(json.loads(other), index=index), "_wrong", "opens nothing"),
            "a share left out": (listed(value, shares=shares[:-1]), "_wrong", "as many shares"),
            "two places exchanged": (listed(value, shares=[shares[1], shares[0], *shares[2:]]), "_wrong", "commits to"),
            "a space more": (good + b" ", "_wrong", "share list"),
        }
        faults, notes = [], []
        for where in (coop.data / "log", f"{coop.url}/log"):
            bad, said, verdict = verified(coop, where)
            faults += bad
            if not verdict["ok"] or (verdict["distributions"], verdict["lists"]) != (2, 2):
                faults.append(f"good lists: {said}")
            for what, (data, reason, why) in damages.items():
                second.unlink() if data is None else second.write_bytes(data)
                bad, said, verdict = verified(coop, where)
                faults += bad
                named = f"distribution{reason}: entry {index}: "
                if not f"{verdict['reason']}: {verdict['detail']}".startswith(named) or why not in said:
                    faults.append(f"{what}: {said}")
                notes.append(said.split(": ", 2)[-1])
                second.write_bytes(good)
        return faults + final_faults(coop), " | ".join(dict.fromkeys(notes))


READS = {
    "member": ("claims", "me", "me/assignments", "me/lines", "me/payslips", "me/payslips/1", "batches/{batch}/terms", "keys", "session"),
    "api_key": (
        "projects",
        "batches/{batch}",
        "batches/{batch}/quote",
        "batches/{batch}/submissions",
        "batches/{batch}/results?format=csv",
        "batches/{batch}/results?format=jsonl",
        "externals?kind=project&external=p",
        "money",
    ),
    "nobody": ("entries", "rules"),
}


def answers(coop, credentials):
    """What each of these says: status and body."""
    wire, said = Wire(coop.url), {}
    for who, paths in READS.items():
        for path in paths:
            target = "/v1/" + path.format(batch=coop.batches[0])
            answer = wire.send("GET", target, None, credentials[who])
            said[target] = (answer.status, answer.text) if answer is not None else (None, "no answer")
    return said


def hidden_table():
    """what cannot be read is not told as if it were not there: each answer is as before or 503, for every table"""
    faults, missed = [], set()
    with Coop("hidden") as coop:
        coop.open(members=2, tasks=20)
        member, wire = coop.members[0], Wire(coop.url)
        assert coop.work(wire, member, 3).status == 200
        page = wire.json("GET", f"/v1/batches/{coop.batches[0]}/submissions", None, coop.api_key).json()
        some = [[one["task"], one["member"]] for one in page["submissions"][:2]]
        coop.door(wire, f"/v1/batches/{coop.batches[0]}/accept", {"items": some})
        wanted = {"batch": coop.batches[0], "count": 2}
        assert wire.json("POST", "/v1/claims", wanted, member.headers()).status == 200
        coop.send(coop.delegate.command("close_period", {}), wire)
        credentials = {"member": member.headers(), "api_key": coop.api_key, "nobody": {}}
        until(lambda: wire.json("GET", "/v1/me/payslips/1", None, member.headers()).status == 200)
        before = answers(coop, credentials)
        faults += [f"{target}: {said}" for target, said in before.items() if said[0] != 200]
        with closing(sqlite3.connect(coop.data / "ledger.db", timeout=10, isolation_level=None)) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                db.execute(f"ALTER TABLE {table} RENAME TO away")
                now = answers(coop, credentials)
                db.execute(f"ALTER TABLE away RENAME TO {table}")
                for target, said in now.items():
                    if said[0] == 503:
                        missed.add(table)
                    elif said != before[target]:
                        faults.append(f"{table}: {target} says {said[0]} {said[1][:200]}")
        if answers(coop, credentials) != before:
            faults.append("with all tables back, the answers are others")
        if "cannot read" not in coop.said():
            faults.append(f"not a word about it: {coop.said()[-200:]}")
        for table in ("assignment", "batch", "claim", "entry", "part", "period", "secret", "blob"):
            if table not in missed:
                faults.append(f"nobody missed {table}")
    return faults, f"{len(before)} doors, {len(tables)} tables, {len(missed)} missed"


TESTS = [flipped_byte, torn_tile, no_checkpoint, no_log, bad_checkpoint, leftovers, tampered_entry, zeroed_wal, damaged_lists, hidden_table]
