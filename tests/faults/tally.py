"""What a test says: nothing wrong, what is wrong, or why it could not be made."""

import re
import time
import traceback


COUNT = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")
MOST = 1500  # characters of a fault that are shown


class Skip(Exception):
    """The machine does not permit this test."""


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def run(self, name, test):
        """A test returns its faults, or (faults, a note of what was seen)."""
        began = time.monotonic()
        try:
            result = test()
            faults, note = result if isinstance(result, tuple) else (result, "")
        except Skip as why:
            self.skipped += 1
            print(f"skipped  {name}: {why}", flush=True)
            return
        except Exception as error:
            faults, note = [f"{error!r}", *traceback.format_exc().strip().split("\n")[-8:]], ""
        took = f"({time.monotonic() - began:.1f} s)"
        if faults:
            self.failed += 1
            print(f"FAILED   {name} {took} {note}", flush=True)
            for fault in faults:
                print(f"    {fault[:MOST]}", flush=True)
        else:
            self.passed += 1
            print(f"ok       {name} {took} {note}", flush=True)

    def add(self, line):
        """Adds the count of another; false when the line is none."""
        found = COUNT.fullmatch(line)
        if found:
            passed, failed, skipped = (int(number or 0) for number in found.groups())
            self.passed += passed
            self.failed += failed
            self.skipped += skipped
        return found is not None

    def __str__(self):
        line = f"{self.passed} passed, {self.failed} failed"
        return f"{line}, {self.skipped} skipped" if self.skipped else line
