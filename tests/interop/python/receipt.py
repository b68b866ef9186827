"""Checks a receipt as section 14 says (C2SP tlog-proof). Only what the test needs: no command line."""

import formats
from formats import check, unbase64
from verify_payslip import Header, Opened, shape

FIRST = "c2sp.org/tlog-proof@v1"


def verify_receipt(text, policy):
    """Index and header of the entry that the receipt is about, and its opened parts."""
    proof, gap, note = text.partition("\n\n")
    lines = proof.split("\n")
    check(gap and lines[0] == FIRST and lines[1].startswith("extra ") and lines[2].startswith("index "), "malformed")
    extra = shape(formats.canonical(unbase64(lines[1].removeprefix("extra "))), {"header", "parts"})
    index, hashes = int(lines[2].removeprefix("index ")), [unbase64(line, 32) for line in lines[3:]]
    header, parts = Header(extra["header"]), [(part["number"], Opened(part, "number")) for part in extra["parts"]]
    checkpoint = formats.Checkpoint(note, policy)
    included = formats.included(header.leaf, index, checkpoint.size, hashes, checkpoint.root)
    check(included, "not_included")
    header.check()
    for number, part in parts:
        check(any(header.opens(number, role, part) for role, _ in header.parts), "part_not_committed", f"part {number}")
    return index, header, parts
