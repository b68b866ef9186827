"""Counts what held and what did not, and says what did not."""


class Tally:
    def __init__(self):
        self.passed = 0
        self.faults = []
        self.left_out = []

    def held(self, _what):
        self.passed += 1

    def failed(self, what, why):
        self.faults.append(what)
        print(f"FAILED {what}\n    {why}", flush=True)

    def skipped(self, what, why):
        self.left_out.append(what)
        print(f"skipped {what}: {why}", flush=True)

    def expect(self, what, faults):
        """`faults` is a list of what is wrong; empty is good."""
        if faults:
            self.failed(what, "\n    ".join(str(fault) for fault in faults))
        else:
            self.held(what)

    def good(self):
        return self.passed > 0 and not self.faults

    def __str__(self):
        line = f"{self.passed} passed, {len(self.faults)} failed"
        return f"{line}, {len(self.left_out)} skipped" if self.left_out else line
