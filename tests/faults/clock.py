"""Clocks that go back or leap ahead while everything runs."""

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import coop as c
from coop import Coop, final_faults, until
from load import Diary, Load, grows, problem
from tally import Skip
from wire import Wire

HOUR = 3_600_000
YEAR = 365 * 24 * HOUR


def shim():
    """The library that shifts the clock, made once."""
    library = c.folder() / "clock_shim.so"
    if not library.exists():
        source = c.ROOT / "tests" / "faults" / "clock_shim.c"
        command = ["cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"]
        try:
            made = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            raise Skip("there is no cc") from None
        if made.returncode != 0:
            raise Skip(f"cc: {made.stderr[-300:]}")
    return library


class Clock:
    """What the node, and the witnesses if they share it, take for the time."""

    def __init__(self, coop):
        self.coop, self.path = coop, coop.home / "clock"
        self.path.write_text("0")
        self.env = {"LD_PRELOAD": str(shim()), "FAULTS_CLOCK": str(self.path)}
        coop.env = self.env

    def set(self, ms):
        new = self.path.with_name("clock.new")
        new.write_text(str(ms))
        new.rename(self.path)
        self.coop.offset_ms = ms


def times(coop):
    return [json.loads(header)["time"] for header in coop.headers()]


def kinds(coop):
    return [json.loads(header)["kind"] for header in coop.headers()]


def confirm_faults(coop):
    body = coop.delegate.command("confirm_clock", {"time": coop.now()})
    answer = Wire(coop.url).json("POST", "/v1/commands", body)
    return [] if answer is not None and answer.status == 200 else [f"confirm_clock: {problem(answer)}"]


def order_faults(coop):
    seen = times(coop)
    late = [i for i in range(1, len(seen)) if seen[i] < seen[i - 1]]
    return [f"the time of entry {i} is before that of entry {i - 1}" for i in late[:3]]


def back_an_hour():
    """set back an hour: commands and publishing go on, no entry is older than the one before"""
    diary, faults = Diary(), []
    with Coop("back") as coop:
        clock = Clock(coop)
        coop.open()
        with Load(coop, diary):
            time.sleep(0.5)
            clock.set(-HOUR)
            time.sleep(0.8)
        after = len(diary.acknowledged)
        if not grows(coop, 5):
            faults.append("commands do not go on")
        faults += order_faults(coop)
        if not coop.wait_published(10):
            faults.append(f"publishing does not go on: {coop.health()}")
        coop.kill()
        coop.must_start()  # and from the start, with a clock behind the ledger
        if not grows(coop, 5):
            faults.append("started again, commands do not go on")
        faults += order_faults(coop)
        return faults + final_faults(coop, diary), f"{after} acknowledged, {diary.summary()}"


def back_and_idle():
    """set back an hour while nothing happens: the log is cosigned again, or /healthz is not green"""
    with Coop("idle") as coop:
        clock = Clock(coop)
        coop.open(members=1, tasks=10, batches=1)
        coop.wait_published()
        time.sleep(1.5)
        clock.set(-HOUR)
        time.sleep(1)
        before = (coop.data / "log" / "checkpoint").read_text()
        refreshed = until(lambda: (coop.data / "log" / "checkpoint").read_text() != before, 5)
        faults = []
        if not refreshed and coop.health()[0] == 200:
            faults.append("not cosigned for 5 s, where refresh_ms is 1000, and /healthz is green")
        return faults + final_faults(coop)


def submitted(coop):
    """Work that falls due in 4 s of the ledger's time."""
    answer = coop.work(Wire(coop.url), coop.members[0])
    assert answer.status == 200, answer


def not_cosigned():
    """six minutes past the newest time of the quorum: timers stop, and go on by themselves when that is over"""
    faults = []
    with Coop("stale", accept_ms=3000) as coop:
        clock = Clock(coop)
        coop.open(members=2, tasks=50, batches=1)
        coop.wait_published()
        submitted(coop)
        clock.set(HOUR // 10)
        if not until(lambda: coop.metric("handprint_timers_stopped") == 1, 5):
            faults.append("handprint_timers_stopped is not 1")
        time.sleep(3)
        if "auto_accept" in kinds(coop):
            faults.append("work was accepted by itself")
        clock.set(0)
        if not until(lambda: "auto_accept" in kinds(coop), 10):
            faults.append("cosigned in time again, nothing is accepted by itself")
        return faults + order_faults(coop) + final_faults(coop)


def year_ahead():
    """a year ahead, witnesses too: timers stop and nothing is accepted by itself until a delegate confirms"""
    faults = []
    with Coop("ahead", accept_ms=4000) as coop:
        clock = Clock(coop)
        coop.open(members=2, tasks=50, batches=1, witness_env=clock.env)
        coop.wait_published()
        if not until(lambda: coop.metric("handprint_timers_stopped") == 0, 5):
            faults.append("timers are stopped before anything happened")
        submitted(coop)
        clock.set(YEAR)
        if not until(lambda: coop.metric("handprint_timers_stopped") == 1, 5):
            faults.append("handprint_timers_stopped is not 1")
        if not grows(coop, 5):
            faults.append("commands do not go on")
        time.sleep(3)
        if "auto_accept" in kinds(coop):
            faults.append("work was accepted by itself after the jump")
        if coop.metric("handprint_timers_stopped") != 1:
            faults.append("timers run again by themselves")
        faults += confirm_faults(coop)
        if not until(lambda: coop.metric("handprint_timers_stopped") == 0, 10):
            faults.append("confirmed, the timers are still stopped")
        if not until(lambda: "auto_accept" in kinds(coop), 10):
            faults.append("confirmed, nothing is accepted by itself")
        return faults + order_faults(coop) + final_faults(coop)


def restart_ahead():
    """restarted with a clock a year ahead: timers stay stopped until a delegate confirms"""
    faults = []
    with Coop("restart", accept_ms=3000) as coop:
        clock = Clock(coop)
        coop.open(members=2, tasks=50, batches=1, witness_env=clock.env)
        coop.wait_published()
        submitted(coop)
        coop.stop()
        clock.set(YEAR)
        coop.must_start()
        time.sleep(2)
        if coop.metric("handprint_timers_stopped") != 1 or "auto_accept" in kinds(coop):
            faults.append(f"stopped: {coop.metric('handprint_timers_stopped')}, {kinds(coop)[-2:]}")
        faults += confirm_faults(coop)
        if not until(lambda: "auto_accept" in kinds(coop), 10):
            faults.append("confirmed, nothing is accepted by itself")
        return faults + order_faults(coop) + final_faults(coop)


def wrong_and_right(worked):
    """Only the node's clock leaps, and is put right again."""
    faults = []
    with Coop("wrong", accept_ms=4000) as coop:
        clock = Clock(coop)
        coop.open(members=2, tasks=50, batches=1)
        coop.wait_published()
        submitted(coop)
        clock.set(YEAR)
        if not until(lambda: coop.metric("handprint_timers_stopped") == 1, 5):
            faults.append("handprint_timers_stopped is not 1")
        if worked:
            if not grows(coop, 5):
                faults.append("commands do not go on")
            if times(coop)[-1] > time.time() * 1000 + HOUR:
                faults.append("a leap that no witness bears out stands in the log for good")
        else:
            time.sleep(1)
        if "auto_accept" in kinds(coop):
            faults.append("work was accepted by itself")
        clock.set(0)
        time.sleep(0.5)
        faults += [f"with the right time, {fault}" for fault in confirm_faults(coop)]
        if not until(lambda: coop.metric("handprint_timers_stopped") == 0, 10):
            faults.append("the clock is right again and confirmed, the timers are still stopped")
            coop.stop()
            coop.must_start()
            confirm_faults(coop)
            healed = until(lambda: "auto_accept" in kinds(coop), 10)
            faults.append(f"started again and confirmed, they {'run' if healed else 'are still stopped'}")
        elif not until(lambda: "auto_accept" in kinds(coop), 10):
            faults.append("nothing is accepted by itself")
        return faults + order_faults(coop) + final_faults(coop)


def wrong_and_idle():
    """the node alone a year ahead with no command meanwhile, then right again: a delegate gets the timers going"""
    return wrong_and_right(worked=False)


def wrong_and_busy():
    """the node alone a year ahead while a command is taken, then right again: a delegate gets the timers going"""
    return wrong_and_right(worked=True)


def two_days_later(off):
    """A demo for whose delegate two days pass at once, while it runs or while it is stopped."""
    with tempfile.TemporaryDirectory(dir=c.folder()) as home:
        home = Path(home)
        clock, out = home / "clock", home / "out"
        clock.write_text("0")
        command = [c.program(), "demo", "--data", "data", "--port", "0", "--json", "--period-ms", "1000"]
        env = {**os.environ, "LD_PRELOAD": str(shim()), "FAULTS_CLOCK": str(clock)}

        def start():
            out.write_bytes(b"")
            child = c.spawn(command, out, cwd=home, env=env)
            assert until(lambda: "\n{" in "\n" + out.read_text(), 60), f"the demo did not start: {out.read_text()[-300:]}"
            return child

        def stop(child):
            child.send_signal(signal.SIGTERM)
            code = child.wait(20)
            return [] if code == 0 else [f"the demo ended with {code}: {out.read_text()[-300:]}"]

        kinds_now = lambda: [json.loads(header)["kind"] for header in c.headers_of(home / "data")]
        faults, demo = [], start()
        try:
            if off:
                faults += stop(demo)
            before = len(kinds_now())
            clock.write_text(str(2 * 24 * HOUR))
            if off:
                demo = start()
            for kind in ("confirm_clock", "auto_accept", "close_period"):
                if not until(lambda: kind in kinds_now()[before:], 15):
                    faults.append(f"no {kind} in {kinds_now()[before:]}")
            if kinds_now()[before:].count("confirm_clock") > 2:
                faults.append(f"vouched for again and again: {kinds_now()[before:]}")
            faults += stop(demo)
        finally:
            if demo.poll() is None:
                demo.kill()
                demo.wait()
        return faults + c.audit_faults(None, home / "data")


def demo_asleep():
    """a demo whose machine slept for two days: its delegate vouches for the clock, and all that fell due is done"""
    return two_days_later(off=False)


def demo_off():
    """a demo that was stopped for two days: the same"""
    return two_days_later(off=True)


TESTS = [
    back_an_hour,
    back_and_idle,
    not_cosigned,
    year_ahead,
    restart_ahead,
    wrong_and_idle,
    wrong_and_busy,
    demo_asleep,
    demo_off,
]
