"""Checks a receipt as section 14 of docs/ledger-format.md says (C2SP tlog-proof). The tests need no command line."""

import re

import formats
from formats import Refused, check, unbase64
from shapes import is_count, items, shape, want
from verify_payslip import Header, Opened, Promise

FIRST = "c2sp.org/tlog-proof@v1"
MAX_FILE = 4_000_000


class Proof:
    """A .tlog-proof, read."""

    def __init__(self, text):
        want(len(text.encode()) <= MAX_FILE, "too long")
        proof, gap, self.note = text.partition("\n\n")
        first, extra, index, *hashes = [*proof.split("\n"), "", ""]
        want(gap and self.note and first == FIRST, "no proof")
        want(extra.startswith("extra ") and index.startswith("index "), "no extra, no index")
        number = index.removeprefix("index ")
        want(re.fullmatch("0|[1-9][0-9]{0,18}", number) and int(number) < 2**63 - 1, "index")
        hashes = hashes[:-2]
        want(len(hashes) <= 63, "hashes")
        self.index, self.hashes = int(number), [unbase64(line, 32) for line in hashes]
        value = shape(formats.canonical(unbase64(extra.removeprefix("extra "))), {"header", "parts"})
        self.header, self.parts = Header(value["header"]), []
        for part in items(value["parts"], "parts"):
            opened = Opened(part, "number")
            want(is_count(part["number"]), "number")
            self.parts.append((part["number"], opened))


def verify_receipt(text, policy, promises=(), promise_key=None):
    """Index and header of the entry that the receipt is about, and its opened parts."""
    proof = Proof(text)
    checkpoint = formats.Checkpoint(proof.note, policy)
    included = formats.included(proof.header.leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    check(included, "entry_not_included")
    proof.header.check()
    for number, part in proof.parts:
        opens = any(proof.header.opens(number, role, part) for role, _ in proof.header.parts)
        check(opens, "part_not_committed", f"part {number}")
    for promise in (Promise(one, checkpoint.origin) for one in promises):
        if promise.index == proof.index:
            promise.check(promise_key, [proof.header.leaf])
    return proof.index, proof.header, proof.parts


def judge(data, policy, promises=(), promise_key=None):
    """The reason for which a receipt is not good; empty if it is."""
    try:
        policy = formats.Policy(policy)
        verify_receipt(data.decode(), policy, promises, promise_key)
        return ""
    except UnicodeDecodeError:
        return "malformed"
    except Refused as refused:
        return refused.reason
