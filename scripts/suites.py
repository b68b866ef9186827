"""Builds and runs the test suites, adds up what they report, and ends with `N passed, N failed`.

Started by scripts/test, which documents the options. A suite that cannot be built, crashes, runs out
of time or reports no count is a failure: nothing is green because it did not run.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import failures

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web-client"
REPORTS = ROOT / "build" / "test-results"
SUITES = ["unit", "web", "e2e", "python", "contract", "interop", "faults"]
# The last mostly waits, so the ones before it run meanwhile; what they print is kept until they end.
BESIDE = {"faults": ["python", "contract", "interop"]}
# Only when asked for, as CI does: it compiles the ledger once more, with clang.
BY_NAME = ["fuzz"]

COUNTS = re.compile(r"(\d+) passed(?:, (\d+) failed)?(?:, (\d+) skipped)?")
DOCTEST = re.compile(
    r"\[doctest\] test cases: *(\d+) *\| *(\d+) passed *\| *(\d+) failed *(?:\| *(\d+) skipped)?"
)
CTEST_LINE = re.compile(r"^ *(\d+)/(\d+) Test +#(\d+): (\S+) \.*(.*)$")
CTEST_OUTPUT = re.compile(r"^(\d+): (.*)$")
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    why: list[str] = field(default_factory=list)  # a few lines for each that failed, or nearly

    def __iadd__(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.why += other.why
        return self

    def __str__(self):
        line = f"{self.passed} passed, {self.failed} failed"
        return f"{line}, {self.skipped} skipped" if self.skipped else line


def say(text):
    print(text, flush=True)


def failure(why, say=say):
    say(f"  FAILED: {why}")
    return Count(failed=1, why=[why])


def run(command, log_name, minutes, cwd=ROOT, env=None, say=say):
    """Runs the command, its output line by line to `say` and to a log. Returns (code, lines)."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    lines = []
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )

    def read():
        with open(REPORTS / f"{log_name}.log", "w", encoding="utf-8") as log:
            for line in process.stdout:
                line = ESCAPES.sub("", line.rstrip("\n"))
                lines.append(line)
                log.write(line + "\n")
                say(line)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        process.wait(timeout=minutes * 60)
    except subprocess.TimeoutExpired:
        say(f"  stopped after {minutes} minutes")
    finally:
        reader.join(timeout=1)
        kill(process)  # and whatever it started and left behind
        reader.join()
    return process.wait(), lines


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def build(command, log_name):
    """None when built, else the failure to count."""
    started = time.monotonic()
    code, _ = run(command, log_name, minutes=30)
    if code != 0:
        return failure(f"{' '.join(command)} (exit {code})")
    say(f"  built in {time.monotonic() - started:.0f} s")
    return None


def unit(options, say):
    count = Count()
    seen = {}  # CTest's number of the test -> its output

    def show(line):
        output = CTEST_OUTPUT.match(line)
        if output:
            seen.setdefault(output[1], []).append(output[2])
            return
        result = CTEST_LINE.match(line)
        if not result:
            return
        number, name, verdict = result[3], result[4], result[5].strip()
        one = count_ctest(seen.get(number, []), verdict)
        if one.failed:
            one.why = failures.of_doctest(name, seen.get(number, []))
        count.__iadd__(one)
        say(f"  {name}: {one}")
        if one.failed:
            for said in seen.get(number, [])[-80:]:
                say(f"    {said}")

    command = ["ctest", "--preset", options.preset, "-V", "-j", str(os.cpu_count() or 1)]
    code, lines = run(command, "unit", minutes=12, say=show)
    if count.passed + count.failed == 0:
        say("\n".join(lines[-5:]))
        return failure("no C++ test ran", say)
    if code != 0 and count.failed == 0:
        count += failure(f"ctest ended with {code}", say)
    return count


def count_ctest(output, verdict):
    passed = verdict.startswith("Passed")
    if verdict.startswith("***Skipped"):
        return Count(skipped=1)
    summary = next((m for m in map(DOCTEST.search, reversed(output)) if m), None)
    if not summary:
        return Count(passed=1) if passed else Count(failed=1)
    one = Count(int(summary[2]), int(summary[3]), int(summary[4] or 0))
    if not passed and one.failed == 0:
        one.failed = 1  # for example a leak found after the last test case
    return one


def web(_options, say):
    report = REPORTS / "web.json"
    report.unlink(missing_ok=True)
    command = ["npm", "run", "--silent", "test:unit", "--", "--reporter=default", "--reporter=json"]
    code, _ = run([*command, f"--outputFile.json={report}"], "web", minutes=5, cwd=WEB, say=say)
    if not report.exists():
        return failure(f"the web unit tests wrote no report (exit {code})", say)
    data = json.loads(report.read_text())
    count = Count(
        data["numPassedTests"],
        data["numFailedTests"],
        data.get("numPendingTests", 0) + data.get("numTodoTests", 0),
        failures.of_vitest(data),
    )
    for file in data.get("testResults", []):
        if file["status"] == "failed" and not any(
            test["status"] == "failed" for test in file["assertionResults"]
        ):
            count += failure(f"{file['name']} did not load", say)
    if code != 0 and count.failed == 0:
        count += failure(f"vitest ended with {code}", say)
    return count


def e2e(_options, say):
    report = REPORTS / "e2e.json"
    report.unlink(missing_ok=True)
    command = ["npm", "run", "--silent", "test:e2e", "--", "--reporter=list,json"]
    env = {"PLAYWRIGHT_JSON_OUTPUT_NAME": str(report), "PLAYWRIGHT_JSON_OUTPUT_FILE": str(report)}
    code, _ = run(command, "e2e", minutes=20, cwd=WEB, env=env, say=say)
    if not report.exists():
        return failure(f"the browser tests wrote no report (exit {code})", say)
    data = json.loads(report.read_text())
    stats = data["stats"]
    if stats["flaky"]:
        say(f"  {stats['flaky']} passed only when tried again")
    passed = stats["expected"] + stats["flaky"]
    count = Count(passed, stats["unexpected"], stats["skipped"], failures.of_playwright(data))
    if code != 0 and count.failed == 0:
        count += failure(f"playwright ended with {code}", say)
    return count


def program(path, log_name, minutes, say):
    """A test program whose last line of that shape is its count."""
    code, lines = run([str(path)], log_name, minutes, say=say)
    found = next((m for m in map(COUNTS.search, reversed(lines[-10:])) if m), None)
    if not found:
        return failure(f"{path.relative_to(ROOT)} gave no count (exit {code})", say)
    count = Count(*(int(number or 0) for number in found.groups()))
    if count.failed or code != 0:
        count.why = failures.of_lines(lines)
    if code != 0 and count.failed == 0:
        count += failure(f"{path.relative_to(ROOT)} ended with {code}", say)
    return count


def python(_options, say):
    return program(ROOT / "tests" / "python" / "run", "python", 5, say)


def interop(_options, say):
    """Beside each other: some mostly compute, others mostly wait for a node to close its books."""

    def one(path):
        def show(line):
            say(f"  {path.parent.name}: {line}")

        return program(path, f"interop-{path.parent.name}", 10, show)

    count = Count()
    with ThreadPoolExecutor() as pool:
        for part in pool.map(one, sorted((ROOT / "tests" / "interop").glob("*/run"))):
            count += part
    return count


def faults(_options, say):
    return program(ROOT / "tests" / "faults" / "run", "faults", 15, say)


def fuzz(_options, say):
    """Builds by itself, with clang; says so and skips where there is none."""
    return program(ROOT / "tests" / "fuzz" / "run", "fuzz", 25, say)


def contract(_options, say):
    return program(ROOT / "tests" / "contract" / "run", "contract", 3, say)


def use_node():
    """PATH as scripts/node-env makes it, for npm and for tests that start node."""
    code = 'source scripts/node-env >&2 && printf %s "$PATH"'
    found = subprocess.run(["bash", "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if found.returncode == 0:
        os.environ["PATH"] = found.stdout
    return found.returncode == 0


def headline(text):
    say(f"\n== {text}")


def run_suite(name, options, say):
    say(f"\n== {name}")
    begun = time.monotonic()
    count = globals()[name](options, say)
    say(f"  {name}: {count} ({time.monotonic() - begun:.0f} s)")
    return count


def run_later(name, options):
    """As run_suite, but all that it says is said at the end."""
    lines = []
    count = run_suite(name, options, lines.append)
    say("\n".join(lines))
    return count


def run_suites(names, options):
    """Returns suite -> count, in the order of `names`."""
    counts = dict.fromkeys(names)
    aside = {one for name in names for one in BESIDE.get(name, [])}
    for name in names:
        if name in aside:
            continue
        with ThreadPoolExecutor(1) as pool:
            beside = [one for one in BESIDE.get(name, []) if one in names]
            meanwhile = {one: pool.submit(run_later, one, options) for one in beside}
            counts[name] = (run_later if beside else partial(run_suite, say=say))(name, options)
            for one, count in meanwhile.items():
                counts[one] = count.result()
    return counts


def main():
    parser = argparse.ArgumentParser(prog="scripts/test", description="Runs every test.")
    parser.add_argument("--only", action="append", choices=SUITES + BY_NAME, help="just this suite")
    parser.add_argument("--preset", default="release", help="of the C++ build (default: release)")
    options = parser.parse_args()
    os.chdir(ROOT)
    shutil.rmtree(REPORTS, ignore_errors=True)

    started = time.monotonic()
    chosen = options.only or SUITES
    every = SUITES + BY_NAME
    wanted = [suite for suite in every if suite in chosen]
    table = {}
    broken = set()

    headline("build")
    if any(suite not in ("web", "fuzz") for suite in wanted):
        target = [] if "unit" in wanted else ["handprint"]
        problem = build(["scripts/build-node", options.preset, *target], "build-node")
        if problem:
            table["build (C++)"] = problem
            broken |= set(SUITES) - {"web", "fuzz"}
    if {"web", "e2e", "interop"} & set(wanted):
        problem = failure("no usable Node.js") if not use_node() else None
        dist = [] if {"e2e", "interop"} & set(wanted) else ["--modules"]
        problem = problem or build(["scripts/build-web", *dist], "build-web")
        if problem:
            table["build (web)"] = problem
            broken |= {"web", "e2e"}

    os.environ["HANDPRINT_BINARY"] = str(ROOT / "build" / options.preset / "handprint")
    table |= run_suites([suite for suite in wanted if suite not in broken], options)
    table |= {suite: None for suite in wanted if suite in broken}

    total = Count()
    for count in filter(None, table.values()):
        total += count
    if total.why:
        headline("what failed")
        say("\n".join(total.why))
    headline(f"all in {time.monotonic() - started:.0f} s")
    for name, count in table.items():
        say(f"  {name:<12} {'not run' if count is None else count}")
    if total.skipped:
        say(f"  {total.skipped} skipped")
    say(f"{total.passed} passed, {total.failed} failed")
    return 0 if total.failed == 0 and total.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
