"""Looks at the source without running it. Started by scripts/check, which documents the options."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import co_await
import levels
import tidy

ROOT = Path(__file__).resolve().parent.parent
WARN_LINES, MOST_LINES = 400, 600
SIZED = (".cpp", ".hpp", ".ts", ".svelte")
GENERATED = re.compile(r"\.gen\.(d\.)?ts$")


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    return [line for line in done.stdout.split("\n") if line] if done.returncode == 0 else []


def files(*endings):
    """What is in git or about to be, without what is ignored or deleted."""
    listed = git("ls-files", "-co", "--exclude-standard")
    return sorted(f for f in set(listed) if f.endswith(endings) and (ROOT / f).is_file())


def tool(name):
    return shutil.which(f"{name}-19") or shutil.which(name)


def output_of(command, cwd=ROOT, env=None):
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stdout.strip().split("\n") if done.stdout.strip() else []


def missing(name):
    """Without its tool a check says so and passes; in CI that does not count as having looked."""
    return ["not looked at: needs " + name] if os.environ.get("CI") else None


def check_format(options):
    program = tool("clang-format")
    sources = files(".cpp", ".hpp")
    if not program:
        return missing("clang-format")
    if options.fix:
        return output_of([program, "-i", *sources])[1]
    _, lines = output_of([program, "--dry-run", *sources])
    wrong = sorted({line.split(":")[0] for line in lines if "clang-format-violations" in line})
    return [f"{name}: not formatted (scripts/check -f)" for name in wrong]


def changed_since_main():
    """Changed files, those that changed last first. On main itself: what its last 40 commits changed."""
    head = git("rev-parse", "HEAD")
    base = git("merge-base", "HEAD", "origin/main") or git("merge-base", "HEAD", "main")
    span = [f"{base[0]}..HEAD"] if base and base != head else ["-n", "40"]
    named = git("ls-files", "-mo", "--exclude-standard")
    return list(dict.fromkeys(named + git("log", "--format=", "--name-only", *span)))


def changed_units(units):
    changed = [f for f in changed_since_main() if f in units or f.endswith(".hpp")]
    order = [f for f in changed if f in units]
    for header in changed:  # a header is seen through the source file beside it
        source = header.removesuffix(".hpp") + ".cpp"
        if header.endswith(".hpp") and source in units and source not in order:
            order.append(source)
    return order


def check_tidy(options):
    program = tool("clang-tidy")
    if not program:
        return missing("clang-tidy")
    configured, lines = output_of(["cmake", "--preset", "release"])
    if configured != 0:
        return lines
    wanted = (lambda units: units) if options.all else changed_units
    return tidy.check(program, wanted, options.minutes)


def check_levels(options):
    return levels.check(write=options.fix)


def check_size(_options):
    problems = []
    for name in files(*SIZED):
        if GENERATED.search(name):
            continue
        with open(ROOT / name, encoding="utf-8") as source:
            lines = sum(1 for _ in source)
        if lines > MOST_LINES:
            problems.append(f"{name}: {lines} lines, at most {MOST_LINES}")
        elif lines > WARN_LINES:
            print(f"  {name}: {lines} lines; past {WARN_LINES} it wants to be two files")
    return problems


def check_words(_options):
    later = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
    vague = re.compile(r"(?:^|[/_.-])(?:helpers?|utils?|common|misc)(?:[/_.-]|$)")
    endings = (*SIZED, ".py", ".md", ".txt", ".cmake", ".sh", ".yaml", ".css", ".html", "run", "install")
    problems = []
    for name in files(*endings):
        if name.endswith(SIZED) and vague.search(name):
            problems.append(f"{name}: name it after what it holds")
        if name == "scripts/checks.py" or GENERATED.search(name):
            continue
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").split("\n"), 1):
            if later.search(line):
                problems.append(f"{name}:{number}: do it, or open an issue: {line.strip()[:80]}")
    return problems


def check_co_await(_options):
    problems = ["the lint's own examples fail"] if co_await.self_test() else []
    for name in files(".cpp", ".hpp"):
        for line, reason in co_await.lint(ROOT / name):
            problems.append(f"{name}:{line}: {reason} in a co_await statement; name it first")
    return problems


def check_shell(_options):
    program = shutil.which("shellcheck")
    if not program:
        return missing("shellcheck")
    scripts = []
    for name in files(""):
        if "." in Path(name).name and not name.endswith(".sh"):
            continue
        with open(ROOT / name, "rb") as source:
            first = source.readline(80)
        if re.match(rb"#!.*\b(?:ba|da)?sh\b|# shellcheck shell", first):
            scripts.append(name)
    return output_of([program, "-x", *scripts])[1]


def check_web(_options):
    code, lines = output_of(["scripts/build-web", "--modules"])
    if code != 0:
        return lines
    run = "source scripts/node-env && cd web-client && npm run --silent check"
    code, lines = output_of(["bash", "-c", run])
    return lines if code != 0 else []


def check_python(_options):
    sources = files(".py")
    for name in files("run"):
        with open(ROOT / name, "rb") as source:
            if re.match(rb"#!.*\bpython3?\b", source.readline(80)):
                sources.append(name)
    with tempfile.TemporaryDirectory() as cache:
        code, lines = output_of([sys.executable, "-m", "compileall", "-q", *sources],
                                env={"PYTHONPYCACHEPREFIX": cache})
    return lines if code != 0 else []


def check_lock(_options):
    problems = []
    for name in files("package-lock.json"):
        if '"resolved"' in (ROOT / name).read_text(encoding="utf-8"):
            problems.append(f"{name}: names a download server; npm install --omit-lockfile-registry-resolved")
    return problems


CHECKS = {
    "format": check_format,
    "levels": check_levels,
    "size": check_size,
    "words": check_words,
    "co-await": check_co_await,
    "shell": check_shell,
    "python": check_python,
    "lock": check_lock,
    "web": check_web,
    "tidy": check_tidy,
}


def main():
    parser = argparse.ArgumentParser(prog="scripts/check", description="Judges the source.")
    parser.add_argument("-f", "--fix", action="store_true", help="fix what can be fixed")
    parser.add_argument("--all", action="store_true", help="clang-tidy on every file")
    parser.add_argument("--minutes", type=float, help="at most, for clang-tidy")
    parser.add_argument("--only", action="append", choices=CHECKS, help="just this check")
    options = parser.parse_args()

    fine, wrong = [], []
    for name in options.only or CHECKS:
        started = time.monotonic()
        problems = CHECKS[name](options)
        if problems is None:
            print(f"--    {name}: its tool is not installed", flush=True)
            continue
        (wrong if problems else fine).append(name)
        verdict = "WRONG" if problems else "fine "
        print(f"{verdict} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        for line in problems[:100]:
            print(f"      {line}", flush=True)
        if len(problems) > 100:
            print(f"      and {len(problems) - 100} lines more", flush=True)
    print(f"{len(fine)} of {len(fine) + len(wrong)} checks are content"
          + (f"; not: {', '.join(wrong)}" if wrong else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
