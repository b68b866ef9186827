"""What is hashed, signed and read by name, in every implementation here, is what entry 0 fixes."""

import json
import re
import unittest
from collections import Counter

from demo import ROOT

NAME = re.compile(r"handprint/[A-Za-z-]+/v\d+|application/vnd\.handprint\.[a-z]+\.v\d+\+json")
TAG = re.compile(r"""\btagged\(\s*["']([a-z-]+)["']""")
SOURCES = {".cpp", ".hpp", ".ts", ".svelte", ".py", ".go"}
# In no log: MAC and digest of the node's own tables, and the page of domains and levels.
OF_THE_NODE = {f"handprint/{name}/v1" for name in ("operational-row", "state", "taxonomy")}
VERIFIERS = ("web-client/src", "api/python/src", "tests/interop/python", "tests/interop/go")


def sources(folder):
    files = [path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in SOURCES]
    if not files:
        raise RuntimeError(f"no sources in {folder}")
    return [path.read_text() for path in files if not path.name.endswith(".gen.d.ts")]


def names_in(texts):
    return {name for text in texts for name in NAME.findall(text)}


class FixedNames(unittest.TestCase):
    def setUp(self):
        self.vector = json.loads((ROOT / "tests" / "vectors" / "names.json").read_text())
        self.fixed = self.vector["formats"] + self.vector["domains"]

    def test_the_page_of_the_format_has_these(self):
        page = (ROOT / "docs" / "ledger-format.md").read_text()
        blocks = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
        (block,) = [block for block in blocks if block.startswith('{"domains"')]
        self.assertEqual(json.loads(block), self.vector)
        self.assertEqual(names_in([page]) - set(self.fixed), set())

    def test_the_ledger_writes_each_once_and_no_other(self):
        texts = sources("ledger")
        written = Counter(name for text in texts for name in re.findall(f'"({NAME.pattern})"', text))
        self.assertEqual(written, Counter(self.fixed))
        self.assertEqual(names_in(texts), set(self.fixed))

    def test_the_node_has_others_only_for_itself(self):
        self.assertEqual(names_in(sources("node")) - OF_THE_NODE - set(self.fixed), set())

    def test_other_implementations_know_no_others(self):
        for folder in VERIFIERS:
            texts = sources(folder)
            tags = {f"handprint/{tag}/v1" for text in texts for tag in TAG.findall(text)}
            self.assertNotEqual(names_in(texts), set(), folder)
            self.assertEqual((names_in(texts) | tags) - OF_THE_NODE - set(self.fixed), set(), folder)
