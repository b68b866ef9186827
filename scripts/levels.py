"""Which folder includes what, as text to commit (scripts/levels.txt) and compare.

A new line there is a decision about the architecture and belongs in the change that makes it:
`python3 scripts/levels.py --write`. A loop between folders is refused whatever the file says.
"""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "scripts" / "levels.txt"
OURS = ("ledger/", "node/", "api/", "tests/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
# Third parties worth watching. The standard library and the system's headers are not listed.
THIRD_PARTY = re.compile(
    r"^(boost/(?:asio|beast)|boost|nlohmann|spdlog|CLI|prometheus|openssl|curl|doctest"
    r"|sodium|sqlite3|zlib)\b"
)


def sources():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", "*.cpp", "*.hpp"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout.split("\n")
    return sorted(f for f in listed if f.startswith(OURS[:3]) and (ROOT / f).exists())


def folder_of(path):
    """The folder of the library that a file belongs to."""
    parts = path.split("/")[:-1]
    return parts[0] if parts[0] in ("api", "tests") else "/".join(parts[:2])


def edges():
    found = defaultdict(set)
    problems = []
    for source in sources():
        folder = folder_of(source)
        found[folder]
        for kind, name in INCLUDE.findall((ROOT / source).read_text(encoding="utf-8")):
            if ".." in name.split("/"):
                problems.append(f"{source}: includes by a way around, {name}")
            elif name.startswith(OURS):
                if folder_of(name) != folder:
                    found[folder].add(folder_of(name))
            elif kind == "<" and (third := THIRD_PARTY.match(name)):
                found[folder].add(f"<{third[1]}>")
    return found, problems


def loops(found):
    """The folders that can reach themselves."""

    def reachable(start):
        seen, todo = set(), [start]
        while todo:
            for to in found.get(todo.pop(), ()):
                if to not in seen:
                    seen.add(to)
                    todo.append(to)
        return seen

    return sorted(folder for folder in found if folder in reachable(folder))


def text_of(found):
    lines = ["# folder: what it includes. Made by scripts/levels.py --write; reviewed by people."]
    lines += [f"{folder}: {' '.join(sorted(found[folder]))}".rstrip() for folder in sorted(found)]
    return "\n".join(lines) + "\n"


def check(write=False):
    """The problems found, as lines to print."""
    found, problems = edges()
    looped = loops(found)
    if looped:
        problems.append("folders that include each other in a loop: " + " ".join(looped))
    text = text_of(found)
    if write:
        EXPECTED.write_text(text)
        return problems
    expected = EXPECTED.read_text() if EXPECTED.exists() else ""
    for sign, ours, theirs in (("new", text, expected), ("gone", expected, text)):
        for line in sorted(set(ours.splitlines()) - set(theirs.splitlines())):
            problems.append(f"include levels, {sign}: {line}")
    if text != expected:
        problems.append("if that is meant: python3 scripts/levels.py --write")
    return problems


if __name__ == "__main__":
    trouble = check(write="--write" in sys.argv[1:])
    print("\n".join(trouble) if trouble else "include levels as expected")
    sys.exit(1 if trouble else 0)
