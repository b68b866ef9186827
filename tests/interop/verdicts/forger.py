"""Makes payslips, receipts and promises of a log of its own, with whatever lies in them.

Hashes, proofs and signatures agree with the lie.
"""

import hashlib
import json

import formats
from node import COMMAND, Key, base64_text

PROMISE = "application/vnd.handprint.promise.v1+json"

ORIGIN = "forger.example/log"
SECONDS = 1795290000


def key(name):
    return Key(hashlib.sha256(name.encode()).digest())


def vkey(name, kind, public):
    data = bytes([kind]) + public
    return f"{name}+{formats.sha256(name.encode() + chr(10).encode() + data)[:4].hex()}+{base64_text(data)}"


def policy():
    log, witness = vkey(ORIGIN, 1, key("log").public), vkey("forger.example/witness", 4, key("witness").public)
    return f"log {log}\nwitness w {witness}\nquorum w\n"


def checkpoint(body, seconds=SECONDS):
    body = body.encode()
    lines = []
    for name, kind, head, stamp in (
        (ORIGIN, 1, b"", b""),
        ("forger.example/witness", 4, b"cosignature/v1\ntime %d\n" % seconds, seconds.to_bytes(8, "big")),
    ):
        signer = key("log" if kind == 1 else "witness")
        identity = formats.sha256(name.encode() + b"\n" + bytes([kind]) + signer.public)[:4]
        lines.append(f"— {name} {base64_text(identity + stamp + signer.secret.sign(head + body))}\n")
    return body.decode() + "\n" + "".join(lines)


def inclusion(leaves, index):
    """RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*inclusion(leaves[:half], index), formats.tree_hash(leaves[half:])]
    return [*inclusion(leaves[half:], index - half), formats.tree_hash(leaves[:half])]


def salt(number):
    return hashlib.sha256(b"salt %d" % number).digest()


def opened(value, number):
    data = value if isinstance(value, str) else formats.encode(value).decode()
    return {"bytes": data, "salt": base64_text(salt(number))}, formats.commit(salt(number), data.encode())


class Forger:
    """Member 1 enrols, submits and is paid. A lie is a function that changes a value before it is committed."""

    def __init__(self, **lies):
        self.lies, self.headers, self.rows = lies, [], []
        self.head, self.counter, self.keys, self.balances = formats.ZERO, 0, [], {}
        self.device, self.spare = key("device"), key("spare")

    def told(self, what, value):
        """The value with the lie about it, if there is one."""
        return self.lies[what](value) if what in self.lies else value

    def append(self, kind, parts, sums=(), name=""):
        commits = [{"commit": base64_text(commit), "role": role} for role, commit in parts]
        header = {"authority": "actor", "format": "handprint/entry/v1", "kind": kind, "parts": commits, "rules": 0}
        header |= {"sums": list(sums), "time": 1795280000000 + len(self.headers)}
        header = self.told(f"header {name or kind}", header)
        self.headers.append(header if isinstance(header, str) else formats.encode(header).decode())
        return len(self.headers) - 1

    def command(self, kind, args, by, actor="m:1"):
        body = {"actor": actor, "args": args, "command": f"{len(self.headers):032x}", "kind": kind, "log": ORIGIN}
        return by.envelope(self.told(f"type {kind}", COMMAND), self.told(f"command {kind}", body))

    def entry(self, kind, lines=(), evidence=None, keys=None, more=(), sums=(), name=""):
        name = name or kind
        number = len(self.headers) * 10
        self.counter += 1
        chain = {"counter": self.counter, "member": 1, "previous": base64_text(self.head)}
        part = {"chain": chain, "evidence": evidence, "lines": list(lines), **dict(more)}
        if keys is not None:
            part["keys"] = sorted(keys)
            self.keys = keys
        part, commit = opened(self.told(f"part {name}", part), number)
        coop, coop_commit = opened({}, number + 1)
        index = self.append(kind, [("coop", coop_commit), ("member", commit)], sums, name)
        leaf = formats.leaf_hash(self.headers[index].encode())
        self.head = formats.chain_head(1, self.counter, self.head, leaf)
        for line in lines:
            name = (line["account"], line["currency"])
            self.balances[name] = self.balances.get(name, 0) + int(line["amount"])
        self.rows.append({"index": index, "part": {**part, "number": 1}})

    def position(self, period):
        balances = [[*name, str(amount)] for name, amount in sorted(self.balances.items())]
        value = {"balances": balances, "counter": self.counter, "head": base64_text(self.head)}
        return value | {"keys": sorted(self.keys), "member": 1, "period": period}

    def close(self, period, previous):
        number = len(self.headers) * 10
        position, commit = opened(self.told(f"position {period}", self.position(period)), number + 2)
        leaves = [formats.leaf_hash(salt(0)), formats.leaf_hash(commit)]
        event = {"count": 2, "period": period, "previous": previous, "promise_key": key("promise").text}
        event |= {"delegates": [key(f"delegate {number}").text for number in range(2)]}
        event |= {"root": base64_text(formats.tree_hash(leaves)), "type": "period_closed"}
        event = self.told(f"event {period}", event)
        coop = {"by": "clock", "chain": [], "command": f"{number:032x}", "events": [event], "opens": [], "postings": []}
        coop, coop_commit = opened(self.told(f"coop {period}", coop), number + 1)
        index = self.append("close_period", [("coop", coop_commit)], name=f"close {period}")
        proof = inclusion(leaves, 1)
        return {"coop": coop, "index": index, "position": {**position, "proof": proof}}

    def submission(self):
        """Args of a submit, and its answers."""
        task = {"hash": base64_text(salt(2)), "length": 3, "price_micros": 7000000, "task": 0, "type": "application/json"}
        return {"answers": [task], "batch": 0, "terms": base64_text(salt(3))}, [task]

    def story(self):
        """Two periods: the closes, and how many entries of the member the first has."""
        device, spare = self.device, self.spare
        self.append("genesis", [("coop", salt(1))])
        enrolment = self.command("enrol_member", {"key": device.text, "languages": ["sw"]}, device, "new")
        self.entry("enrol_member", [], enrolment, [device.text])
        opening = self.close(1, -1)
        first = len(self.rows)
        args, answers = self.submission()
        self.entry("submit", [], self.command("submit", args, device), more=[("answers", answers)])
        wage = {"account": "payable", "amount": "700", "batch": 0, "currency": "KES", "task": 0, "what": "wage"}
        self.entry("accept", [wage], sums=[["hold", "KES", "700"], ["payable", "KES", "-700"]])
        self.addition = self.command("add_key", {"key": spare.text, "role": "device"}, device)
        self.entry("add_key", [], self.addition, [device.text, spare.text])
        for extra in self.lies.get("more", []):
            extra(self)
        self.entry("revoke_key", [], self.command("revoke_key", {"key": device.text}, spare), [spare.text])
        return opening, self.close(2, opening["index"]), first

    def payslip(self):
        """The file of the second period."""
        opening, closing, first = self.story()
        return self.file(opening, closing, self.rows[first:])

    def first_payslip(self):
        """The file of the first, with the enrolment."""
        closing, _, first = self.story()
        return self.file(None, closing, self.rows[:first])

    def leaves(self):
        return [formats.leaf_hash(header.encode()) for header in self.headers]

    def note(self):
        leaves = self.leaves()
        body = f"{ORIGIN}\n{len(leaves)}\n{base64_text(formats.tree_hash(leaves))}\n"
        return checkpoint(self.told("body", body), self.told("seconds", SECONDS))

    def promise(self, index=3):
        """About an entry that was committed with the one before it; the submission unless told otherwise."""
        before, leaf = self.leaves()[index - 1 : index + 1]
        body = {"count": 2, "first": index - 1, "format": "handprint/promise/v1", "log": ORIGIN}
        body |= {"publish_by": 1795280060000, "root": base64_text(formats.node_hash(before, leaf))}
        envelope = key("promise").envelope(PROMISE, self.told("promise", body))
        held = {"envelope": envelope, "index": index, "leaf": base64_text(leaf), "path": [base64_text(before)]}
        return self.told("held promise", held)

    def receipt(self):
        """Of the submission, with the part of the member."""
        self.story()
        row = self.rows[1]
        extra = self.told("extra", {"header": self.headers[row["index"]], "parts": [row["part"]]})
        extra = extra.encode() if isinstance(extra, str) else formats.encode(extra)
        lines = ["c2sp.org/tlog-proof@v1", f"extra {base64_text(extra)}", f"index {row['index']}"]
        lines += [base64_text(one) for one in inclusion(self.leaves(), row["index"])]
        text = "\n".join(self.told("lines", lines)) + "\n\n" + self.note()
        return self.told("receipt", text.encode())

    def file(self, opening, closing, rows):
        leaves, nodes = self.leaves(), []

        def refs(hashes):
            start = len(nodes)
            nodes.extend(map(base64_text, hashes))
            return list(range(start, len(nodes)))

        def placed(row):
            proof = refs(inclusion(leaves, row["index"]))
            row = {**row, "header": self.headers[row["index"]], "proof": proof}
            if "position" in row:
                row["position"] = {**row["position"], "proof": refs(row["position"]["proof"])}
            return row

        value = {"format": "handprint/payslip/v1", "log": ORIGIN, "member": 1, "nodes": nodes}
        value |= {"closing": placed(closing), "opening": opening and placed(opening)}
        value |= {"entries": [placed(row) for row in rows], "checkpoint": self.note(), "shares": []}
        return json.dumps(self.told("file", value)).encode()
