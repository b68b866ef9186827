"""The published formats and the small ones of ours, as docs/ledger-format.md names them.

Canonical JSON, commitments, Ed25519 as pinned, DSSE, RFC 6962 proofs, signed notes, tlog-policy.
Written from that page alone: a second opinion is worth most when it has read no other.
"""

import base64
import hashlib
import json
import re
from collections import Counter

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX_INTEGER = 2**53 - 1
ZERO = bytes(32)


class Refused(Exception):
    """The reason comes first; what else there is to say follows."""

    def __init__(self, reason, detail=""):
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def check(true, reason, detail=""):
    if not true:
        raise Refused(reason, detail)


def sha256(data):
    return hashlib.sha256(data).digest()


def base64_text(data):
    return base64.b64encode(data).decode()


def unbase64(text, length=None):
    """Standard, padded, no loose bits."""
    check(isinstance(text, str), "malformed", "base64")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused("malformed", "base64") from None
    check(base64_text(data) == text, "malformed", "base64")
    check(length is None or len(data) == length, "malformed", f"not {length} bytes")
    return data


# -- JSON


def no_number(text):
    raise ValueError(f"{text} is not an integer")


def integer(text):
    if text == "-0" or len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise ValueError(f"{text[:20]} is not an integer in range")
    return int(text)


def unique(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key twice")
    return value


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def parse(data):
    """JSON of any layout, without fractions or repeated keys."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        value = json.loads(
            text, parse_float=no_number, parse_int=integer, parse_constant=no_number, object_pairs_hook=unique
        )
        json.dumps(value, ensure_ascii=False).encode()  # fails on half a surrogate pair
        return value
    except (ValueError, RecursionError) as problem:
        raise Refused("malformed", f"JSON: {problem}") from None


def encode(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def ascii_keys(value):
    if isinstance(value, dict):
        return all(re.fullmatch(r"[ -~]*", key) and ascii_keys(value[key]) for key in value)
    return all(map(ascii_keys, value)) if isinstance(value, list) else True


def canonical(data):
    data = data.encode() if isinstance(data, str) else data
    value = parse(data)
    check(depth(value) <= 16, "malformed", "JSON: too deep")
    check(ascii_keys(value) and encode(value) == data, "malformed", "JSON: not canonical")
    return value


# -- hashes, signatures, envelopes


def commit(salt, data):
    return sha256(b"handprint/commit/v1\0" + salt + data)


def tagged(name, data):
    return sha256(b"handprint/" + name.encode() + b"/v1\0" + data)


def chain_head(member, counter, previous, leaf):
    return tagged("chain", member.to_bytes(8, "big") + counter.to_bytes(8, "big") + previous + leaf)


FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
EIGHTH = 55188659117513257062467267217118295137698188065244968500265048394206261417927
SMALL = {1, FIELD - 1, 0, EIGHTH, FIELD - EIGHTH}  # y of the points of order 1, 2, 4 and 8, whatever the sign of x


def verifies(key, message, signature):
    """The pinned rule. The package compares R as bytes, without cofactor; the rest is checked here."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = (int.from_bytes(data[:32], "little") % 2**255 for data in (key, signature))
    if a >= FIELD or a in SMALL or r in SMALL or int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def pae(kind, body):
    kind = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


class Envelope:
    def __init__(self, value):
        check(isinstance(value, dict) and set(value) == {"payload", "payloadType", "signatures"}, "malformed")
        signatures = value["signatures"]
        check(isinstance(value["payloadType"], str), "malformed")
        check(isinstance(signatures, list) and len(signatures) == 1, "malformed")
        check(isinstance(signatures[0], dict) and set(signatures[0]) == {"keyid", "sig"}, "malformed")
        check(isinstance(signatures[0]["keyid"], str), "malformed")
        self.type = value["payloadType"]
        self.body = unbase64(value["payload"])
        self.signature = unbase64(signatures[0]["sig"], 64)

    def by(self, keys):
        """Whether one of the keys signed it."""
        return any(verifies(key, pae(self.type, self.body), self.signature) for key in keys)


# -- Merkle trees (RFC 6962)


def leaf_hash(data):
    return sha256(b"\0" + data)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def tree_hash(leaves):
    """The root over leaf hashes."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_hash(leaves[:half]), tree_hash(leaves[half:]))


def included(leaf, index, size, proof, root):
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    f, s, r = index, size - 1, leaf
    for p in proof:
        if s == 0:
            return False
        if f & 1 or f == s:
            r = node_hash(p, r)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            r = node_hash(r, p)
        f, s = f >> 1, s >> 1
    return s == 0 and r == root


# -- signed notes, checkpoints and the policy


def verifier_key(text, kind):
    """Name, key id and public key of `name+hash+base64`."""
    name, _, rest = text.partition("+")
    identity, _, data = rest.partition("+")
    data = unbase64(data, 33)
    check(re.fullmatch(NAME, name), "policy_malformed", "name")
    known = sha256(name.encode() + b"\n" + data)[:4]
    check(name and data[0] == kind and identity == known.hex(), "policy_malformed", text)
    return name, known, data[1:]


NAME = r"[^\s+\x00-\x1f]+"


class Policy:
    """One quorum of witnesses; each key stands in it once, and each name in one group at most."""

    def __init__(self, text):
        self.logs, self.names, self.witnesses, self.quorum = {}, {}, {}, None
        self.keys, self.grouped = set(), set()
        text = self.decoded(text)
        self.want(text.endswith("\n") and not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), "not lines of text")
        self.items = Counter()
        for line in text.split("\n"):
            words = re.findall(r"[^ \t]+", line)
            if not words or words[0].startswith("#"):
                continue
            self.items[words[0]] += 1
            self.want(self.items[words[0]] <= 256, f"too many lines of {words[0]}")
            try:
                getattr(self, f"read_{words[0]}", self.read_other)(*words[1:])
            except (KeyError, TypeError, ValueError, Refused) as problem:
                raise Refused("policy_malformed", f"{line}: {problem}") from None
        self.want(self.quorum is not None, "no quorum")

    def decoded(self, text):
        """Names are octets, of whatever encoding; the key names in it are UTF-8."""
        data = text.encode() if isinstance(text, str) else text
        self.want(len(data) <= 262_144, "too long")
        return data.decode(errors="surrogateescape")

    @staticmethod
    def want(true, what):
        check(true, "policy_malformed", what)

    def new(self, name, public):
        self.want(public not in self.keys and name not in self.names and name != "none", f"{name} a second time")
        self.keys.add(public)

    def read_log(self, key, _url=None):
        name, identity, public = verifier_key(key, 1)
        self.new(None, public)
        self.logs[name, identity] = public

    def read_witness(self, name, key, _url=None):
        key_name, identity, public = verifier_key(key, 4)
        self.new(name, public)
        self.names[name] = lambda signed: name in signed
        self.witnesses[key_name, identity] = (name, public)

    def read_group(self, name, need, *members):
        inner = [self.names[member] for member in members]
        self.want(re.fullmatch("any|all|[1-9][0-9]*", need), "threshold")
        count = {"any": 1, "all": len(inner)}.get(need) or int(need[:9])
        self.new(name, name)
        self.want(1 <= count <= len(inner) and len(set(members)) == len(members), "members")
        self.want(self.grouped.isdisjoint(members), "in a group already")
        self.grouped |= set(members)
        self.names[name] = lambda signed: sum(one(signed) for one in inner) >= count

    def read_quorum(self, name):
        self.want(self.quorum is None, "two quorums")
        self.quorum = (lambda _signed: True) if name == "none" else self.names[name]

    def read_other(self, *_words):
        raise ValueError("an unknown line")


class Checkpoint:
    """A checkpoint that the policy accepts: origin, size, root and the times of its witnesses."""

    def __init__(self, note, policy):
        bad = "checkpoint_malformed"
        text, gap, block = note.rpartition("\n\n")
        check(len(note.encode()) <= 1_000_000 and not re.search(r"[\x00-\x09\x0b-\x1f]", note), bad)
        check(gap and block.endswith("\n"), bad)
        self.body = (text + "\n").encode()
        lines = text.split("\n")
        check(len(lines) >= 3 and all(lines) and re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]), bad)
        check(int(lines[1]) < 2**63 and block.count("\n") <= 100, bad)
        self.origin, self.size = lines[0], int(lines[1])
        try:
            self.root = unbase64(lines[2], 32)
            signatures = [self.signature(line) for line in block[:-1].split("\n")]
        except Refused:
            raise Refused(bad) from None
        self.judge(signatures, policy)

    @staticmethod
    def signature(line):
        found = re.fullmatch(rf"— ({NAME}) (.+)", line)
        check(found, "malformed", "signature line")
        data = unbase64(found[2])
        check(len(data) >= 5, "malformed", "signature line")
        return (found[1], data[:4]), data[4:]

    def judge(self, signatures, policy):
        logs = {key: public for key, public in policy.logs.items() if key[0] == self.origin}
        self.witnesses = {}
        check(any(key in logs for key, _ in signatures), "checkpoint_unknown_log", self.origin)
        for key, signature in signatures:
            if key in logs:
                good = verifies(logs[key], self.body, signature)
            elif key in policy.witnesses:
                name, public = policy.witnesses[key]
                seconds = int.from_bytes(signature[:8], "big")
                message = b"cosignature/v1\ntime %d\n" % seconds + self.body
                good = len(signature) == 72 and seconds <= MAX_INTEGER and verifies(public, message, signature[8:])
                self.witnesses[name] = max(seconds, self.witnesses.get(name, 0))
            else:
                continue
            check(good, "checkpoint_signature_invalid", key[0])
        check(self.size > 0 or self.root == sha256(b""), "checkpoint_empty_root_wrong")
        check(policy.quorum(self.witnesses), "quorum_not_met", ", ".join(self.witnesses))
        # The latest time at which a quorum had seen it, in seconds.
        times = sorted(self.witnesses.values(), reverse=True)
        signed_by = lambda time: {name for name, at in self.witnesses.items() if at >= time}
        self.seen = next((time for time in times if policy.quorum(signed_by(time))), None)
