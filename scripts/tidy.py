"""clang-tidy over what people run.

The files of a folder mostly read the same headers, and reading those is most of the work. So files with
the same command are looked at together, as one source that includes them all. Where two of them do not
go together (each has a `narrow` of its own), each half of them is looked at by itself.

What was found clean is not looked at again while nothing that was read for it has changed: build/tidy/
has for each file the digests of that."""

import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/release"
CACHE = ROOT / "build/tidy"
FOLDERS = ("api/", "ledger/", "node/")
TOGETHER = 16
CORES = len(os.sched_getaffinity(0))
READ = re.compile(r"\.+ (/.*)")
SAID = re.compile(r".*: (?:error|warning|note): ")
VIEW = re.compile(r"\S*/build/release/include-views/\w+/|" + re.escape(f"{ROOT}/"))


@functools.cache
def digest(path):
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""


class Tidy:
    def __init__(self, program):
        self.program = program
        self.commands = {}
        for entry in json.loads((BUILD / "compile_commands.json").read_text()):
            unit = os.path.relpath(entry["file"], ROOT)
            if unit.startswith(FOLDERS):
                self.commands[unit] = entry["command"].split(" -o ")[0]
        version = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=True)
        config = (ROOT / ".clang-tidy").read_text()
        self.judge = version.stdout + re.sub(r"(?m)^ *#.*\n", "", config)

    def asked(self, unit):
        """What the verdict depends on besides the files that are read."""
        return hashlib.sha256((self.judge + self.commands[unit]).encode()).hexdigest()

    def record(self, unit):
        return CACHE / (unit.replace("/", "+") + ".json")

    def is_known_clean(self, unit):
        try:
            known = json.loads(self.record(unit).read_text())
        except (OSError, ValueError):
            return False
        return known["asked"] == self.asked(unit) and all(
            digest(path) == then for path, then in known["read"].items())

    def groups(self, units):
        """Those with one command together, the largest groups first."""
        of_command = {}
        for unit in units:
            of_command.setdefault(self.commands[unit], []).append(unit)
        parts = []
        for same in of_command.values():
            count = -(-len(same) // TOGETHER)
            parts += [same[i::count] for i in range(count)]
        return sorted(parts, key=len, reverse=True)

    def run(self, units):
        """Whether clang-tidy was content, what it said, and the files that it read."""
        name = hashlib.sha256(" ".join(units).encode()).hexdigest()[:16]
        source = CACHE / f"{name}.cpp"
        source.write_text("".join(f'#include "{ROOT / unit}"\n' for unit in units))
        arguments = shlex.split(self.commands[units[0]])[1:]
        command = [self.program, "--quiet", f"--config-file={ROOT / '.clang-tidy'}", str(source),
                   "--", *arguments, "-H"]
        done = subprocess.run(command, cwd=BUILD, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, errors="replace")
        source.unlink()
        lines = done.stderr.splitlines()
        read = {match[1] for match in map(READ.match, lines) if match}
        said = done.stdout.splitlines() + [line for line in lines if not READ.match(line)]
        return done.returncode == 0, said, read

    def look(self, units):
        """Lines of complaint; none is a clean bill for all of them, which is then kept."""
        started = time.time()
        content, said, read = self.run(units)
        if content:
            self.keep(units, read, started)
            return []
        if len(units) > 1 and any("clang-diagnostic-error" in line for line in said):
            half = len(units) // 2
            return self.look(units[:half]) + self.look(units[half:])
        told = [VIEW.sub("", line).replace(",-warnings-as-errors", "") for line in said if SAID.match(line)]
        return told or [f"{unit}: no verdict" for unit in units] + said

    def keep(self, units, read, started):
        if max(os.stat(path).st_mtime for path in read) >= started:
            return  # changed while it was read: clean, but who knows as of which bytes
        own = {str(ROOT / unit) for unit in units}
        for unit in units:
            seen = sorted(read - own | {str(ROOT / unit)})
            record = {"asked": self.asked(unit), "read": {path: digest(path) for path in seen}}
            written = self.record(unit).with_suffix(f".{os.getpid()}")
            written.write_text(json.dumps(record))
            written.replace(self.record(unit))


def check(program, wanted, minutes):
    """Looks at the files that `wanted` picks from the list of them; None for minutes is no limit."""
    tidy = Tidy(program)
    CACHE.mkdir(parents=True, exist_ok=True)
    order = wanted(list(tidy.commands))
    unknown = [unit for unit in order if not tidy.is_known_clean(unit)]
    deadline = time.monotonic() + minutes * 60 if minutes is not None else None

    def one(units):
        if deadline is not None and time.monotonic() > deadline:
            return [f"{unit}: not looked at, time was up" for unit in units]
        began = time.monotonic()
        lines = tidy.look(units)
        count = sum(": error: " in line for line in lines)
        print(f"  {len(units)} files of {os.path.dirname(units[0])}: {count} findings "
              f"({time.monotonic() - began:.0f} s)", flush=True)
        return lines

    with ThreadPoolExecutor(CORES) as pool:
        found = [line for lines in pool.map(one, tidy.groups(unknown)) for line in lines]
    print(f"  clang-tidy: {len(order)} of {len(tidy.commands)} files, {len(order) - len(unknown)} of "
          "them known to be clean", flush=True)
    return list(dict.fromkeys(found))
