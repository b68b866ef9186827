"""Every call that one commit and its publication make to files fails, or is the last. Needs strace, as syscalls.py."""

import random
import re
import time
from collections import Counter, namedtuple
from pathlib import Path

from coop import LOG, Coop, audit_faults, final_faults, fork_faults, log_faults, until
from kills import SEED
from load import Diary
from syscalls import CALLS, Trace, needs_strace
from wire import Party, Wire

# Who reads and writes files for a commit and its publication. The threads that ask a witness come and go with each
# publication; what they do is open a tile, read it twice and close it.
THREADS = ["hp-sequencer", "hp-commit", "hp-publisher"]
LIMIT_S = 100  # for each of the tests; what is left then is for another seed

# When one of these fails, something was not done.
MUST_SAY = {"fsync", "fdatasync", "pwrite64", "write", "rename", "openat", "read", "pread64"}

# The `number`th call of that name which the thread makes, and what kind of file it is to.
Place = namedtuple("Place", "thread call number kind")

LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)$")


def kind_of(arguments, data):
    """None for what is not in the data directory, such as a socket."""
    found = re.search(re.escape(str(data)) + r'/([^">]*)', arguments)
    if found is None:
        return None
    name = found[1]
    if "ledger.db" in name:
        return name
    if (Path(data) / name).is_dir():
        return "directory"
    return "checkpoint" if "checkpoint" in name else name.split("/")[1]


def threads_of(pid):
    """Of the ones that are named above, name -> id."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        if name in THREADS:
            # A thread begins under the name of the one that made it.
            found[name] = min(int(task.name), found.get(name, int(task.name)))
    return found


class Trial:
    """One command in an idle cooperative, committed and published while one thread is traced."""

    def __init__(self, coop, diary):
        self.coop, self.diary = coop, diary
        self.threads = threads_of(coop.node.pid)

    def send(self):
        """The answer, or None."""
        one = Party(LOG)
        self.body = one.command("enrol_member", {"key": one.key.text, "languages": ["en"]})
        answer = Wire(self.coop.url, 5).json("POST", "/v1/commands", self.body)
        self.diary.note(self.body, answer)
        return answer

    def trace(self, thread, call, what="", number=0):
        log = self.coop.home / "trace"
        log.unlink(missing_ok=True)
        return Trace(self.coop.node.pid, call, what, number, log, self.threads[thread])

    def calls(self):
        """Every place in the commit and the publication of one command."""
        places = []
        for thread in THREADS:
            with self.trace(thread, ",".join(CALLS)) as trace:
                assert self.send().status == 200
                assert self.coop.wait_published(), "nothing is published"
                time.sleep(0.2)  # the sequencer looks at the time once more
            counts = Counter()
            for line in trace.log.read_text(errors="replace").split("\n"):
                found = LINE.match(line)
                if found is None:
                    continue
                counts[found[1]] += 1
                kind = kind_of(found[2], self.coop.data)
                if kind is not None:
                    places.append(Place(thread, found[1], counts[found[1]], kind))
        return places


def in_turn(places, chance):
    """All of them: first one of each class of call, then the rest as chance has it."""
    mixed = chance.sample(places, len(places))
    first = {}
    for place in mixed:
        first.setdefault(place._replace(number=0), place)
    return list(first.values()), [place for place in mixed if place not in first.values()]


def over_all(coop, seed, try_one):
    """Tries places until the time is over, and says how many."""
    began, faults = time.monotonic(), []
    classes, rest = in_turn(Trial(coop, Diary(seed)).calls(), random.Random(seed))
    tried, hits = 0, Counter()
    for place in [*classes, *rest]:
        if tried >= len(classes) and time.monotonic() - began > LIMIT_S:
            break
        tried += 1
        met, found = try_one(place)
        hits[place.call] += met
        faults += [f"{' '.join(map(str, place))}: {fault}" for fault in found]
        if len(faults) > 5:
            break
    every = len(classes) + len(rest)
    # Some lie at the end, after what is waited for, or are not needed when a page is in the cache.
    if sum(hits.values()) < 0.8 * tried:
        faults.append(f"only {sum(hits.values())} of {tried} injections met a call")
    met = ", ".join(f"{call} {count}" for call, count in sorted(hits.items()))
    return faults, f"{tried} of {every} calls in {len(classes)} classes, seed {seed}; met: {met}"


def public_faults(coop, seconds=10):
    if coop.wait_published(seconds):
        return log_faults(coop)
    return [f"publishing does not go on: {coop.health()} {coop.said()[-300:]}"]


def error_at(coop, diary, place):
    """Whether the call was met, and what is wrong."""
    trial, spoke = Trial(coop, diary), len(coop.said())
    with trial.trace(place.thread, place.call, "error=EIO", place.number) as trace:
        answer = trial.send()
        coop.wait_published(2)
        until(trace.injected, 0.1, 0.02)
    met, faults = trace.injected(), []
    # The sequencer says the same once in 10 seconds.
    said = coop.said()[0 if place.thread == "hp-sequencer" else spoke :]
    if answer is None or answer.status not in (200, 503):
        faults.append(f"the command is answered {answer!r}")
    if met and not said.strip() and place.call in MUST_SAY:
        faults.append("not a word about it")
    if coop.node.poll() is not None:
        faults.append(f"it ended with {coop.node.returncode}: {said[-300:]}")
        coop.must_start()
    faults += diary.faults(coop, 5) + public_faults(coop) + fork_faults(coop) + audit_faults(coop)
    return met, faults


def kill_at(coop, diary, place):
    """Whether the call was met, and what is wrong."""
    trial = Trial(coop, diary)
    with trial.trace(place.thread, place.call, "signal=KILL", place.number):
        trial.send()
        until(lambda: coop.node.poll() is not None or coop.published_size() >= coop.size(), 2, 0.02)
        met = until(lambda: coop.node.poll() is not None, 0.2, 0.02)
    if not met:
        coop.kill()
    faults = audit_faults(coop) + log_faults(coop)
    coop.must_start()
    return bool(met), faults + diary.faults(coop, 5) + public_faults(coop) + fork_faults(coop)


def in_a_thread_of_a_witness(coop, diary, call, number, what):
    """Of the publication of one command; whether the call was met there, and the answer."""
    trial = Trial(coop, diary)
    size = coop.published_size() + 1
    tile = coop.data / "log" / "tile" / "0" / f"{size // 256:03}.p" / f"{size % 256}"
    log = coop.home / "trace"
    log.unlink(missing_ok=True)
    others = set(map(str, trial.threads.values()))

    def met():
        lines = log.read_text(errors="replace").split("\n") if log.exists() else []
        return any(("INJECTED" in line or "+++ killed" in line) and line.split()[0] not in others for line in lines)

    with Trace(coop.node.pid, call, what, number, log, path=tile):
        answer = trial.send()
        # The publisher reads the tile as well, before: where that call is its own first one, too, it asks again.
        until(met, 10, 0.05)
    return met(), answer


def proofs():
    """each call to the tile of a witness's proof fails, or is the last: it is said, nothing is lost, and all goes on"""
    needs_strace()
    diary, faults = Diary(SEED), []
    with Coop("every-proof", refresh_ms=300000) as coop:
        coop.open(members=1, tasks=10)
        coop.wait_published()
        assert coop.published_size() < 200, "the tile is another one"
        for what in ("error=EIO", "signal=KILL"):
            for call, number in (("openat", 1), ("read", 1), ("read", 2), ("close", 1)):
                spoke = len(coop.said())
                met, answer = in_a_thread_of_a_witness(coop, diary, call, number, what)
                where = f"{what} {call} {number}: "
                if not met:
                    faults.append(where + "no call was met")
                if answer is None or answer.status != 200:
                    faults.append(where + f"the command is answered {answer!r}")
                if what == "error=EIO" and call != "close" and not coop.said()[spoke:].strip():
                    faults.append(where + "not a word about it")
                if what == "signal=KILL":
                    if not until(lambda: coop.node.poll() is not None, 2, 0.02):
                        faults.append(where + "it was not killed")
                        coop.kill()
                    faults += [where + fault for fault in audit_faults(coop) + log_faults(coop)]
                    coop.must_start()
                elif coop.node.poll() is not None:
                    faults.append(where + f"it ended with {coop.node.returncode}: {coop.said()[-300:]}")
                    coop.must_start()
                went_on = diary.faults(coop, 5) + public_faults(coop) + fork_faults(coop) + audit_faults(coop)
                faults += [where + fault for fault in went_on]
        return faults + final_faults(coop, diary), f"8 calls; {diary.summary()}"


def with_each_call(name, seed, try_one):
    needs_strace()
    diary = Diary(SEED)
    with Coop(name, refresh_ms=300000) as coop:
        coop.open(members=1, tasks=10)
        coop.wait_published()
        faults, note = over_all(coop, seed, lambda place: try_one(coop, diary, place))
        return faults + final_faults(coop, diary), f"{note}; {diary.summary()}"


def errors():
    """each call to a file by a commit and its publication fails once: it is said, nothing is lost, and all goes on"""
    return with_each_call("every-error", SEED + 5, error_at)


def kills():
    """each call to a file by a commit and its publication is the last: what was acknowledged is there, and it goes on"""
    return with_each_call("every-kill", SEED + 6, kill_at)


TESTS = [errors, kills, proofs]
