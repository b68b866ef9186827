"""What scripts/test repeats at its end of what each kind of suite says when something fails."""

import sys
import unittest

import demo

sys.path.insert(0, str(demo.ROOT / "scripts"))
import failures  # noqa: E402


class OfEachSuite(unittest.TestCase):
    def test_the_tallies_of_our_own_programs(self):
        said = [
            "ok       a disk that is full (0.3 s) ",
            "FAILED   a killed node (1.2 s) ",
            "    head 4, not 5",
            "    and no checkpoint",
            "ok       a busy port (0.1 s) ",
            "snapshot FAILED",
            "1 passed, 2 failed",
        ]
        wanted = ["FAILED   a killed node (1.2 s)\n      head 4, not 5\n      and no checkpoint", "snapshot FAILED"]
        self.assertEqual(failures.of_lines(said), wanted)

    def test_unittest(self):
        said = [
            "test_a (test_x.X.test_a) ... FAIL",
            "test_b (test_x.X.test_b) ... ok",
            "=" * 70,
            "FAIL: test_a (test_x.X.test_a)",
            "-" * 70,
            "Traceback (most recent call last):",
            '  File "test_x.py", line 9, in test_a',
            "    self.assertEqual(1, 2)",
            "AssertionError: 1 != 2",
            "",
            "-" * 70,
            "Ran 2 tests in 0.1s",
            "FAILED (failures=1)",
            "1 passed, 1 failed",
        ]
        (only,) = failures.of_lines(said)
        self.assertTrue(only.startswith("FAIL: test_a (test_x.X.test_a)\n"), only)
        self.assertTrue(only.endswith("AssertionError: 1 != 2"), only)

    def test_doctest(self):
        said = [
            "[doctest] run with --help",
            "tests/ledger/money.cpp:12:",
            "TEST CASE:  sums do not wrap",
            "tests/ledger/money.cpp:15: ERROR: CHECK( a == b ) is NOT correct!",
            "  values: CHECK( 1 == 2 )",
        ]
        (only,) = failures.of_doctest("tests_ledger", said)
        self.assertEqual(only.splitlines()[0], "tests_ledger")
        self.assertIn("TEST CASE:  sums do not wrap", only)
        self.assertIn("values: CHECK( 1 == 2 )", only)
        # A crash names no check: then the end of what it said.
        self.assertEqual(failures.of_doctest("tests_ledger", ["Segmentation fault"]), ["tests_ledger\n  Segmentation fault"])

    def test_vitest(self):
        good = {"status": "passed", "fullName": "a", "failureMessages": []}
        bad = {"status": "failed", "fullName": "money is written", "failureMessages": ["Error: \x1b[31m1\x1b[0m\n  at x"]}
        self.assertEqual(
            failures.of_vitest({"testResults": [{"assertionResults": [good, bad]}]}),
            ["money is written\n  Error: 1\n    at x"],
        )

    def test_playwright(self):
        def spec(title, status, *messages):
            results = [{"errors": [{"message": one}] if one else []} for one in messages]
            test = {"projectName": "phone", "status": status, "results": results}
            return {"title": title, "file": "member.spec.ts", "line": 7, "tests": [test]}

        inner = {"specs": [spec("works", "expected", ""), spec("breaks", "unexpected", "Timed out")]}
        report = {"suites": [{"suites": [inner], "specs": [spec("wavers", "flaky", "Too soon", "")]}]}
        self.assertEqual(
            failures.of_playwright(report),
            [
                "[phone] member.spec.ts:7 breaks\n  Timed out",
                "[phone] member.spec.ts:7 wavers (passed when tried again)\n  Too soon",
            ],
        )

    def test_what_is_long_is_cut(self):
        (only,) = failures.of_doctest("tests_ledger", [f"x: ERROR: {at}" for at in range(50)])
        self.assertEqual(len(only.splitlines()), 2 + failures.MOST_LINES)
        self.assertIn("(38 lines more)", only)


if __name__ == "__main__":
    unittest.main()
