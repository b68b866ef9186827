#!/usr/bin/env python3
"""Checks a Handprint payslip as section 13 of docs/ledger-format.md says, and nothing but that page.

verify_payslip.py FILE --policy FILE [--promises DIR]     prints {"ok","reason","detail",...}
"""

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path

import formats
import share_list
from formats import Checkpoint, Envelope, Policy, Refused, canonical, check, leaf_hash, unbase64
from shapes import CLASSES, fits, is_amount, is_count, is_currency, items, read_keys, rows_of_money, shape, want
from signatures import Walk, check_signature

FORMAT = "handprint/payslip/v1"
MAX_FILE = 64 * 2**20
MAX_HEADER = 65_535
MAX_TEXT = 65_536
PROMISE = "application/vnd.handprint.promise.v1+json"
AUTHORITIES = {"actor", "agent", "clock", "anonymous"}
ROLES = {"coop", "member", "requester", "delegate", "clock"}
WHAT = {"wage", "share", "payout", "settled", "returned", "top_up"}
LINE = {"account", "amount", "currency", "what"}
COUNTS = {"batch", "task", "distribution", "payout", "position"}

# -- what a file is made of


class Opened:
    """Something committed to: its bytes, and the salt to show it."""

    def __init__(self, value, *more):
        shape(value, {"bytes", "salt", *more})
        want(isinstance(value["bytes"], str), "bytes")
        self.bytes, self.salt = value["bytes"].encode(), unbase64(value["salt"], 32)
        want(len(self.bytes) <= MAX_TEXT, "bytes")
        self.value = canonical(self.bytes)
        self.commit = formats.commit(self.salt, self.bytes)


class Header:
    def __init__(self, text):
        want(isinstance(text, str) and len(text.encode()) <= MAX_HEADER, "header")
        value = canonical(text)
        shape(value, {"authority", "format", "kind", "parts", "rules", "sums", "time"})
        want(isinstance(value["authority"], str) and value["authority"] in AUTHORITIES, "authority")
        want(isinstance(value["format"], str) and isinstance(value["kind"], str), "header")
        want(is_count(value["rules"]) and is_count(value["time"]), "header")
        self.parts = [(part["role"], part["commit"]) for part in map(self.part, items(value["parts"], "parts"))]
        want([role == "coop" for role, _ in self.parts] == [True] + [False] * (len(self.parts) - 1), "coop comes first")
        self.sums = rows_of_money(value["sums"])
        self.format, self.kind, self.time = value["format"], value["kind"], value["time"]
        self.leaf = leaf_hash(text.encode())

    @staticmethod
    def part(value):
        shape(value, {"commit", "role"})
        want(isinstance(value["role"], str) and value["role"] in ROLES, "role")
        return {"role": value["role"], "commit": unbase64(value["commit"], 32)}

    def opens(self, number, role, opened):
        return number < len(self.parts) and self.parts[number] == (role, opened.commit)

    def check(self):
        check(self.format == "handprint/entry/v1", "header_wrong", self.format)
        names = [row[:2] for row in self.sums]
        totals = Counter()
        for _, currency, amount in self.sums:
            totals[currency] += int(amount)
        good = all(a < b for a, b in zip(names, names[1:])) and not any(totals.values())
        check(good and all(row[2] != "0" for row in self.sums), "header_wrong", "sums")


# Where a member stands whom the close does not know yet.
NOWHERE = {"balances": [], "counter": 0, "head": "A" * 43 + "=", "keys": [], "member": 0, "period": 1}


class Position:
    def __init__(self, value):
        shape(value, {"balances", "counter", "head", "keys", "member", "period"})
        want(all(is_count(value[key]) for key in ("counter", "member", "period")), "position")
        want(value["period"] > 0, "period")
        names = [row[:2] for row in rows_of_money(value["balances"])]
        want(all(a < b for a, b in zip(names, names[1:])), "balances in order")
        self.balances = {(row[0], row[1]): int(row[2]) for row in value["balances"]}
        self.counter, self.head, self.keys = value["counter"], unbase64(value["head"], 32), read_keys(value["keys"])
        self.member, self.period = value["member"], value["period"]


class Close:
    def __init__(self, value, payslip):
        shape(value, {"coop", "header", "index", "position", "proof"})
        self.header, self.coop = Header(value["header"]), Opened(value["coop"])
        want(is_count(value["index"]), "index")
        self.index, self.proof = value["index"], payslip.proof(value["proof"])
        self.opened = None
        self.position = Position(NOWHERE)
        if value["position"] is not None:
            shape(value["position"], {"bytes", "proof", "salt"})
            self.list_proof = payslip.proof(value["position"]["proof"])
            self.opened = Opened({key: value["position"][key] for key in ("bytes", "salt")})
            self.position = Position(self.opened.value)

    def is_close(self):
        coop = self.coop.value
        if self.header.kind != "close_period" or not self.header.opens(0, "coop", self.coop):
            return False
        events = coop.get("events") if isinstance(coop, dict) else None
        if not isinstance(events, list) or len(events) != 1 or not isinstance(events[0], dict):
            return False
        self.event = events[0]
        if set(self.event) != {"type", "period", "previous", "count", "root", "promise_key", "delegates"}:
            return False
        try:
            self.delegates = [unbase64(key, 32) for key in items(self.event["delegates"], "delegates")]
            self.root, self.promise_key = (unbase64(self.event[key], 32) for key in ("root", "promise_key"))
        except Refused:
            return False
        counts = is_count(self.event["period"]) and self.event["period"] > 0 and is_count(self.event["count"])
        previous = type(self.event["previous"]) is int and self.event["previous"] >= -1
        return counts and previous and self.event["type"] == "period_closed"

    def holds(self, member):
        """Whether the position is the one that the close committed to for the member."""
        leaf = leaf_hash(self.opened.commit)
        agrees = self.position.member == member and self.position.period == self.event["period"]
        return agrees and formats.included(leaf, member, self.event["count"], self.list_proof, self.root)


class Entry:
    def __init__(self, value, payslip):
        shape(value, {"header", "index", "part", "proof"})
        self.header = Header(value["header"])
        self.part = Opened(value["part"], "number")
        want(is_count(value["index"]) and is_count(value["part"]["number"]), "entry")
        self.index, self.number, self.proof = value["index"], value["part"]["number"], payslip.proof(value["proof"])
        part = shape(self.part.value, {"chain", "evidence", "lines"}, {"keys", "answers"})
        chain = shape(part["chain"], {"counter", "member", "previous"})
        want(is_count(chain["counter"]) and chain["counter"] > 0 and is_count(chain["member"]), "chain")
        self.counter, self.member, self.previous = chain["counter"], chain["member"], unbase64(chain["previous"], 32)
        self.evidence = part["evidence"]
        want(self.evidence is None or isinstance(self.evidence, dict), "evidence")
        self.keys = read_keys(part["keys"]) if "keys" in part else None
        self.answers = items(part["answers"], "answers") if "answers" in part else None
        for line in items(part["lines"], "lines"):
            shape(line, LINE, {"blind", *COUNTS})
            want(isinstance(line["account"], str) and line["account"] in CLASSES, "account")
            want(isinstance(line["what"], str) and line["what"] in WHAT, "what")
            want(is_amount(line["amount"]) and is_currency(line["currency"]), "line")
            want(all(is_count(line[key]) for key in COUNTS & line.keys()), "line")
            want("blind" not in line or unbase64(line["blind"], 32), "blind")
        self.lines = part["lines"]


class Share:
    """The seal of a distribution and where it shows the member's share."""

    def __init__(self, value, payslip):
        shape(value, {"coop", "header", "index", "list", "proof"})
        self.header, self.coop = Header(value["header"]), Opened(value["coop"])
        want(is_count(value["index"]), "index")
        self.index, self.proof = value["index"], payslip.proof(value["proof"])
        self.list_proof = payslip.proof(value["list"])

    def seal(self):
        self.header.check()
        opened = self.header.kind == "distribution_seal" and self.header.opens(0, "coop", self.coop)
        return share_list.Seal(self.coop.value) if opened else None


# -- the payslip


class Promise:
    """Of one entry of a log: a file, or what is in it."""

    def __init__(self, held, log):
        try:
            held = formats.parse(held) if isinstance(held, bytes) else held
            shape(held, {"envelope", "index", "leaf", "path"})
            self.envelope, self.index = Envelope(held["envelope"]), held["index"]
            body = canonical(self.envelope.body)
            shape(body, {"count", "first", "format", "log", "publish_by", "root"})
            want(self.envelope.type == PROMISE and body["format"] == "handprint/promise/v1", "format")
            want(body["log"] == log and isinstance(held["path"], list), "promise")
            counts = (self.index, body["count"], body["first"], body["publish_by"])
            want(all(is_count(one) for one in counts), "promise")
            self.leaf, root = unbase64(held["leaf"], 32), unbase64(body["root"], 32)
            path = [unbase64(one, 32) for one in held["path"]]
            want(formats.included(self.leaf, self.index - body["first"], body["count"], path, root), "path")
        except Refused as problem:
            raise Refused("promise_invalid", problem.detail) from None

    def check(self, key, leaves):
        """Held against what stands at its index."""
        check(self.envelope.by([key]), "promise_invalid", "signed by another key")
        check(leaves, "promise_missing", f"entry {self.index}")
        check(leaves == [self.leaf], "promise_broken", f"entry {self.index}")


class Payslip:
    def __init__(self, data):
        want(len(data) <= MAX_FILE, "too long")
        value = formats.parse(data)
        shape(value, {"checkpoint", "closing", "entries", "format", "log", "member", "nodes", "opening", "shares"})
        want(value["format"] == FORMAT, "format")
        want(isinstance(value["checkpoint"], str) and isinstance(value["log"], str), "payslip")
        want(is_count(value["member"]), "member")
        self.nodes = [unbase64(node, 32) for node in items(value["nodes"], "nodes")]
        self.note, self.log, self.member = value["checkpoint"], value["log"], value["member"]
        self.closing = Close(value["closing"], self)
        self.opening = None if value["opening"] is None else Close(value["opening"], self)
        self.entries = [Entry(entry, self) for entry in items(value["entries"], "entries")]
        self.shares = [Share(share, self) for share in items(value["shares"], "shares")]

    def proof(self, refs):
        want(isinstance(refs, list) and all(is_count(ref) and ref < len(self.nodes) for ref in refs), "proof")
        return [self.nodes[ref] for ref in refs]

    def included(self, one):
        return formats.included(one.header.leaf, one.index, self.checkpoint.size, one.proof, self.checkpoint.root)

    def verify(self, policy, promises=()):
        self.checkpoint = Checkpoint(self.note, policy)
        check(self.checkpoint.origin == self.log, "wrong_log", self.checkpoint.origin)
        self.check_closes()
        start = self.opening.position if self.opening else Position(NOWHERE)
        self.check_entries(-1 if self.opening is None else self.opening.index)
        self.check_chain(start)
        self.check_keys(set(start.keys))
        self.check_balances(start)
        self.check_shares()
        return self.verdict([self.kept(promise) for promise in promises].count(True))

    def check_closes(self):
        closing, opening = self.closing, self.opening
        check(self.included(closing), "closing_not_included")
        check(closing.is_close(), "closing_not_a_close")
        check(closing.opened and closing.holds(self.member), "closing_position_wrong")
        previous = closing.event["previous"]
        check((opening.index if opening else -1) == previous, "opening_missing", f"previous is {previous}")
        if opening:
            check(self.included(opening), "opening_not_included")
            check(opening.is_close(), "opening_not_a_close")
            absent = opening.event["count"] <= self.member
            right = opening.opened is None if absent else opening.opened and opening.holds(self.member)
            follows = opening.event["period"] + 1 == closing.event["period"]
            check(right and follows, "opening_position_wrong")

    def check_entries(self, last):
        for entry in self.entries:
            check(self.included(entry), "entry_not_included", f"entry {entry.index}")
        for entry in self.entries:
            check(last < entry.index < self.closing.index, "entry_out_of_range", f"entry {entry.index}")
            last = entry.index
        for one in [self.closing, *([self.opening] if self.opening else []), *self.entries]:
            one.header.check()
        for entry in self.entries:
            check(entry.header.opens(entry.number, "member", entry.part), "part_not_committed", f"entry {entry.index}")

    def check_chain(self, start):
        end = self.closing.position
        counter, head = start.counter, start.head
        for entry in self.entries:
            counter += 1
            check((entry.member, entry.counter) == (self.member, counter), "chain_gap", f"entry {entry.index}")
            first = entry.header.kind == "enrol_member"
            check(first == (counter == 1), "chain_gap", "the first, and no other, is the enrolment")
        check(counter == end.counter, "chain_gap", f"{counter}, not {end.counter}")
        for entry in self.entries:
            check(entry.previous == head, "chain_broken", f"entry {entry.index}")
            head = formats.chain_head(self.member, entry.counter, head, entry.header.leaf)
        check(head == end.head, "chain_broken", "the last head")

    def check_keys(self, keys):
        walk = Walk(keys, self.log, self.closing.event["previous"], self.closing.delegates)
        for entry in self.entries:
            try:
                check_signature(entry, walk)
            except Refused as problem:
                raise Refused("signature_invalid", f"entry {entry.index}: {problem.detail}") from None
        check(walk.keys == set(self.closing.position.keys), "keys_differ")

    def check_balances(self, start):
        self.moved = Counter()
        for line in (line for entry in self.entries for line in entry.lines):
            self.moved[line["account"], line["currency"]] += int(line["amount"])
        self.totals = []
        for name in sorted({*start.balances, *self.moved, *self.closing.position.balances}):
            opening, closing = start.balances.get(name, 0), self.closing.position.balances.get(name, 0)
            lines = self.moved[name]
            good = fits(lines) and opening + lines == closing
            check(good, "balance_mismatch", f"{name}: {opening} + {lines} is not {closing}")
            row = {"opening": opening, "lines": lines, "closing": closing}
            self.totals.append({"class": name[0], "currency": name[1], **{key: str(row[key]) for key in row}})

    def check_shares(self):
        lines = [(entry, line) for entry in self.entries for line in entry.lines if line["what"] == "share"]
        check(len(lines) == len(self.shares), "shares_differ", f"{len(lines)} and {len(self.shares)}")
        for entry, line in lines:
            whole = {"distribution", "position", "blind"} <= line.keys() and int(line["amount"]) >= 0
            check(whole, "shares_differ", f"entry {entry.index}")
        names = {line["distribution"] for _, line in lines}
        check(len(names) == len(lines), "shares_differ", "a distribution twice")
        for (entry, line), share in zip(lines, self.shares):
            check(self.included(share), "seal_not_included", f"entry {share.index}")
            try:
                seal = share.seal()
            except Refused as problem:
                raise Refused("seal_not_a_seal", problem.detail) from None
            same = seal and (seal.distribution, seal.currency) == (line["distribution"], line["currency"])
            between = entry.index < share.index < self.closing.index
            check(same and between, "seal_not_a_seal", f"entry {share.index}")
            place = (line["position"], int(line["amount"]), unbase64(line["blind"]))
            check(seal.holds(self.member, *place, share.list_proof), "share_not_committed", f"entry {entry.index}")

    def kept(self, promise):
        """False when it is of another period."""
        promise = Promise(promise, self.log)
        start = self.opening.index if self.opening else -1
        if not start < promise.index < self.closing.index:
            return False
        found = [entry.header.leaf for entry in self.entries if entry.index == promise.index]
        promise.check(self.closing.promise_key, found)
        return True

    def verdict(self, promises):
        return {
            "member": self.member,
            "period": self.closing.event["period"],
            "size": self.checkpoint.size,
            "entries": len(self.entries),
            "lines": sum(len(entry.lines) for entry in self.entries),
            "signatures": sum(entry.evidence is not None for entry in self.entries),
            "promises": promises,
            "totals": self.totals,
            "witnesses": [{"name": name, "time": time} for name, time in self.checkpoint.witnesses.items()],
        }


def judge(data, policy, promises=()):
    """The verdict on the bytes of a payslip file; promises are files too, or what is in them."""
    try:
        policy = Policy(policy)
        verdict = Payslip(data).verify(policy, promises)
        return {"ok": True, "reason": "", "detail": "", **verdict}
    except Refused as refused:
        return {"ok": False, "reason": refused.reason, "detail": refused.detail}


def main():
    parser = argparse.ArgumentParser(description="Checks a payslip.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--promises", type=Path, help="a folder of promises, one in a file")
    options = parser.parse_args()
    files = sorted(options.promises.iterdir()) if options.promises else []
    verdict = judge(options.file.read_bytes(), options.policy.read_bytes(), [file.read_bytes() for file in files])
    print(json.dumps(verdict))
    return 0 if verdict["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
