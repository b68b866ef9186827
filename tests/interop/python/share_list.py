"""Distributions as section 18 of docs/ledger-format.md has them: a place in a list, and the list as a whole."""

import formats
import ristretto
from formats import Refused, canonical, check, leaf_hash, unbase64
from shapes import is_amount, is_count, is_currency, items, shape, want

SEAL = {"blinds", "count", "currency", "distribution", "listed", "opened", "pool", "root", "type"}
LEAST_LISTED = 10
MAX_FILE = 32 * 2**20
MAX_TEXT = 65_536


def leaf(distribution, member, amount, blind):
    """64 bytes, or None when the blind is no number below L."""
    number = ristretto.scalar(blind)
    if number is None:
        return None
    name = formats.tagged("share", blind + distribution.to_bytes(8, "big") + member.to_bytes(8, "big"))
    return name + ristretto.commit(amount, number).encode()


class Seal:
    """The event of a seal, from its coop part."""

    def __init__(self, coop):
        events = coop.get("events") if isinstance(coop, dict) else None
        want(isinstance(events, list) and len(events) == 1, "one event")
        event = shape(events[0], SEAL)
        want(event["type"] == "distribution_sealed" and is_currency(event["currency"]), "event")
        want(all(is_count(event[key]) for key in ("count", "distribution", "listed", "opened")), "event")
        want(event["listed"] < 2 and is_amount(event["pool"]), "event")
        self.count, self.distribution, self.opened = event["count"], event["distribution"], event["opened"]
        self.currency, self.pool, self.listed = event["currency"], int(event["pool"]), event["listed"] == 1
        self.root, self.blinds = unbase64(event["root"], 32), unbase64(event["blinds"], 32)

    def holds(self, member, position, amount, blind, proof):
        """Whether a share of the member stands at the position."""
        data = leaf(self.distribution, member, amount, blind) if 0 <= amount <= self.pool else None
        return data is not None and formats.included(leaf_hash(data), position, self.count, proof, self.root)


def check_list(data, index, header, opened):
    """Judges the file of the distribution that is sealed by the header at the index.

    `opened` tells what the headers before say: index of the opening, currency, pool, count.
    """
    want(len(data) <= MAX_FILE, "too long")
    value = shape(canonical(data), {"coop", "format", "index", "shares"})
    want(value["format"] == "handprint/distribution/v1" and value["index"] == index, "of another entry")
    coop = shape(value["coop"], {"bytes", "salt"})
    want(isinstance(coop["bytes"], str) and len(coop["bytes"].encode()) <= MAX_TEXT, "coop")
    commit = formats.commit(unbase64(coop["salt"], 32), coop["bytes"].encode())
    want(header["parts"][0] == {"commit": formats.base64_text(commit), "role": "coop"}, "the coop part opens nothing")
    seal = Seal(canonical(coop["bytes"]))
    want((seal.opened, seal.currency, seal.pool, seal.count) == opened, "the headers tell of another distribution")
    leaves = [unbase64(share, 64) for share in items(value["shares"], "shares")]
    want(len(leaves) == seal.count, "count")
    want(formats.tree_hash(list(map(leaf_hash, leaves))) == seal.root, "root")
    want(len({data[:32] for data in leaves}) == len(leaves), "a share twice")
    points = [ristretto.decode(data[32:]) for data in leaves]
    want(all(point is not None for point in points), "a commitment is no point")
    total = sum(points, ristretto.NEUTRAL)
    blinds = ristretto.scalar(seal.blinds)
    want(blinds is not None and total == ristretto.commit(seal.pool, blinds), "the shares do not add up")
    return seal


class Watch:
    """Follows the headers of a log, in order."""

    def __init__(self, fetch):
        self.fetch, self.run, self.lists = fetch, None, 0

    def add(self, index, header):
        moved = [(row[1], int(row[2])) for row in header["sums"] if row[0] == "suspense"]
        if header["kind"] in ("income", "surplus"):
            currency, amount = moved[0] if len(moved) == 1 else ("", 0)
            pool = -amount if 0 < -amount < 2**63 else 0
            self.run = [index, currency, pool, 0, pool]
        elif header["kind"] == "distribution_chunk" and self.run:
            self.run[3] += sum(part["role"] == "member" for part in header["parts"])
            currency, paid = moved[0] if moved else (self.run[1], 0)
            paid = paid if len(moved) < 2 and currency == self.run[1] else -1
            self.run[4] = self.run[4] - paid if 0 <= paid <= self.run[4] else -1
        elif header["kind"] == "distribution_seal":
            run, self.run = self.run, None
            check(run and run[2] > 0 and run[4] == 0, "distribution_wrong", f"entry {index}: not paid out")
            self.check(index, header, tuple(run[:4]))

    def check(self, index, header, opened):
        try:
            data = self.fetch(f"distribution/{index}")
        except OSError:  # no such file, or status 404
            data = None
        if data is None:
            return check(opened[3] < LEAST_LISTED, "distribution_missing", f"entry {index}")
        try:
            check_list(data, index, header, opened)
        except Refused as problem:
            raise Refused("distribution_wrong", f"entry {index}: {problem.detail}") from None
        self.lists += 1
        return None
