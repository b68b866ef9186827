"""What failed, a few lines each, out of what the test suites print and report.

scripts/test says it once more at its end: of a long output often only the end is kept.
"""

import re

MOST_LINES = 12  # of one failure
MOST_CHARACTERS = 300  # of one line
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")

# `FAILED name`, `FAILED   name`, `name FAILED`, `FAIL: name`, `ERROR: name`, `--- FAIL: name`
LINE = re.compile(r"^\s*(?:--- )?(?:FAILED\b(?! \()|FAIL:|ERROR:)|\bFAILED$")
DOCTEST = re.compile(r"TEST CASE:|ERROR:|values:|logged:|Sanitizer:")


def cut(lines):
    lines = [line.rstrip()[:MOST_CHARACTERS] for line in lines if line.strip()]
    left = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"  ({left} lines more)"] if left > 0 else lines


def said_of(name, message):
    lines = ESCAPES.sub("", message).splitlines()
    return "\n".join([name, *(f"  {line}" for line in cut(lines))])


def of_lines(lines):
    """Of a program that names what failed in a line and says why in those below that stand further in."""
    found = []
    for at, line in enumerate(lines):
        if not LINE.search(line):
            continue
        why = []
        for below in lines[at + 1 :]:
            rule = set(below.strip()) <= set("-=")
            if not (below.startswith(" ") or rule or below.startswith("Traceback") or "Error:" in below):
                break
            if below.strip() and rule and why:
                break
            if not rule:
                why.append(below)
        # Of a traceback what was raised is of use, and that stands last.
        found.append(said_of(line.strip(), "\n".join(why[-MOST_LINES:])))
    return found


def of_doctest(name, output):
    """Of a C++ test program; how it ended where it names no check."""
    checks = [line for line in output if DOCTEST.search(line)]
    return [said_of(name, "\n".join(checks or output[-MOST_LINES:]))]


def of_vitest(report):
    found = []
    for file in report.get("testResults", []):
        for test in file["assertionResults"]:
            if test["status"] == "failed":
                found.append(said_of(test["fullName"], "\n".join(test.get("failureMessages", []))))
    return found


def of_playwright(report):
    """Those that failed, and those that passed only when they were tried again."""
    found = []

    def walk(suite):
        for inner in suite.get("suites", []):
            walk(inner)
        for spec in suite.get("specs", []):
            for test in spec["tests"]:
                if test["status"] not in ("unexpected", "flaky"):
                    continue
                again = " (passed when tried again)" if test["status"] == "flaky" else ""
                name = f"[{test['projectName']}] {spec['file']}:{spec['line']} {spec['title']}{again}"
                errors = [error.get("message", "") for one in test["results"] for error in one.get("errors", [])]
                found.append(said_of(name, "\n".join(errors)))

    for suite in report.get("suites", []):
        walk(suite)
    return found
