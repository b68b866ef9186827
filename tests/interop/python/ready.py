"""What the programs here need before they start: the Ed25519 package and a binary."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "python"))

if "HANDPRINT_BIN" in os.environ:
    os.environ["HANDPRINT_BINARY"] = os.environ["HANDPRINT_BIN"]

import demo  # noqa: E402

VECTORS = ROOT / "tests" / "vectors"


def has_ed25519():
    """Starts this program again in an environment with the package when this one lacks it."""
    for attempt in range(2):
        try:
            import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401

            return True
        except ImportError:
            if attempt == 0:
                try:
                    demo.in_venv("interop", ["cryptography>=41"])
                except (OSError, subprocess.CalledProcessError) as problem:
                    print(f"no package cryptography: {problem}")
    return False


def has_binary():
    return os.access(demo.binary(), os.X_OK)


class Tally:
    """Counts, says what failed, and ends with the line that scripts/test reads."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def equal(self, name, got, wanted):
        if got == wanted:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}: {got!r}, not {wanted!r}", flush=True)

    def true(self, name, value):
        self.equal(name, bool(value), True)

    def group(self, name, test, *arguments):
        """A part that ends early fails as a whole, not the rest with it."""
        before = self.passed
        try:
            test(self, *arguments)
        except Exception as problem:  # whatever it is, it is a failure of this group
            self.failed += 1
            print(f"FAILED {name}: {type(problem).__name__}: {problem}", flush=True)
        print(f"{name}: {self.passed - before} passed", flush=True)

    def skip(self, why):
        self.skipped += 1
        print(f"skipped: {why}", flush=True)

    def end(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.passed} passed, {self.failed} failed{skipped}", flush=True)
        return 1 if self.failed else 0
