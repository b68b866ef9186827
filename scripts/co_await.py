"""Finds `co_await` statements that g++ 12 may compile into a double free.

The compiler frees a temporary twice when an aggregate `T{...}` or a lambda that captures something
owning is made inside a co_awaited expression. The rule: give it a name on the line before. This
looks for braces and captures in such statements and rather complains once too often; a comment
`// co-ok` on the statement says that a person has looked.
"""

import re
from pathlib import Path

NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)
CONTROL = re.compile(r"\s*(?:\}?\s*else\s+)?(?:if|for|while|switch)\b")
# What follows `}` when the brace was part of an expression and not the end of a block.
GOES_ON = re.compile(r"\s*[,).?:|&<>=+*/-]")


def blank(text):
    """The text with comments and literals replaced by as many spaces (line breaks stay)."""
    return NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def start_of_statement(code, at):
    while at > 0 and code[at - 1] not in ";{}":
        at -= 1
    return at


def is_lambda(code, at):
    """Whether the `[` at this place opens captures, and captures something."""
    before = code[:at].rstrip()
    if before.endswith(("auto", "auto&", "auto&&", "[")) or code[at + 1] == "[":
        return False  # a structured binding, an attribute
    if before and (before[-1].isalnum() or before[-1] in "_)]"):
        return bool(re.search(r"\b(?:return|co_await|co_return)$", before))
    return code[at + 1 : code.find("]", at)].strip() != ""


def suspicious(code, at):
    """Why the statement around the co_await at this place is suspect, and where it ends."""
    start = start_of_statement(code, at)
    if start > 0 and code[start - 1] == "}" and GOES_ON.match(code, start):
        return "a brace before co_await in one statement", at
    if start > 1 and code[start - 1] == "{" and code[: start - 1].rstrip()[-1:] not in ")>;{}":
        word = re.search(r"(\w+)\s*$", code[: start - 1])
        blocks = {"else", "do", "try", "const", "noexcept", "mutable"}
        if not word or word[1] not in blocks and not re.search(r"->[^;{}]*$", code[: start - 1]):
            return "co_await inside braces", at
    depth = 0
    control = CONTROL.match(code, start)
    for place in range(start, len(code)):
        letter = code[place]
        if letter in "(":
            depth += 1
        elif letter in ")":
            depth -= 1
        elif letter == "[" and is_lambda(code, place):
            return "a lambda with captures", place
        elif letter == "{":
            if control and depth == 0:
                return None, place
            return "a brace", place
        elif letter == "}":
            return None, place
        elif letter == ";" and depth == 0:
            return None, place
    return None, len(code)


def lint(path):
    """Yields (line, reason) for each suspicious statement in a file."""
    text = Path(path).read_text(encoding="utf-8")
    if "co_await" not in text:
        return
    code = blank(text)
    for found in re.finditer(r"\bco_await\b", code):
        reason, end = suspicious(code, found.start())
        if not reason:
            continue
        start = start_of_statement(code, found.start())
        statement_end = code.find(";", end)
        line_end = text.find("\n", statement_end if statement_end >= 0 else end)
        if "co-ok" in text[start : line_end if line_end >= 0 else len(text)]:
            continue
        yield text.count("\n", 0, found.start()) + 1, reason


# What the lint must and must not find: `scripts/check --only co-await` tries these first.
BAD = """
co_await send(Message{1, 2});
auto r = co_await asio::co_spawn(ex, [owner]() -> T { return run(owner); }, use);
co_await f({1, 2});
co_await Pause{5};
if (co_await f(T{1})) { g(); }
auto y{co_await f()};
use(T{1}, co_await f());
co_await f([s = std::move(s)] { g(s); });
"""
GOOD = """
auto [ec, n] = co_await stream.async_read(buffer, token);
if (co_await f(a)) { g(T{1}); }
while (true) { co_await f(a[i], b); }
auto l = [owner]() -> awaitable<void> { co_await f(owner); };
co_await f(T{1});  // co-ok: T has a constructor
for (auto& x : co_await all()) { use(x); }
co_await f("{", '{');
"""


def self_test():
    """The number of examples above that are judged wrongly."""

    def judged(line):
        code = blank(line)
        reason, _ = suspicious(code, code.index("co_await"))
        return bool(reason) and "co-ok" not in line

    wrong = [line for line in BAD.split("\n") if line and not judged(line)]
    wrong += [line for line in GOOD.split("\n") if line and judged(line)]
    for line in wrong:
        print(f"    the co_await lint judges this wrongly: {line}")
    return len(wrong)


if __name__ == "__main__":
    raise SystemExit(self_test())
