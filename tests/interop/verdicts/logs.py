"""Logs of a forger who shares fees out: what the three say of them, list of commitments by list."""

import functools
import hashlib
import json

import formats
import published_log
import ristretto
import share_list
import sweep
from forger import Forger, base64_text, opened, policy, salt
from lies import put, within, without

L = ristretto.L


@functools.cache
def blind(position):
    return ristretto.blind(hashlib.sha256(b"seed").digest(), position)


@functools.cache
def leaf(distribution, member, amount, number):
    return share_list.leaf(distribution, member, amount, (number % L).to_bytes(32, "little"))


def sums(*rows):
    """(class, amount) or (class, currency, amount), without zeros and in order."""
    rows = [[row[0], row[1] if len(row) == 3 else "KES", row[-1]] for row in rows]
    return [[name, currency, str(amount)] for name, currency, amount in sorted(rows) if amount]


class Paymaster(Forger):
    """Shares one fee out among `count` members, seven to a chunk. `amounts` and `blinds` are what is committed to."""

    def __init__(self, count=12, amounts=None, blinds=None, **lies):
        super().__init__(**lies)
        self.amounts = [1000 * number for number in range(count)] if amounts is None else amounts
        self.blinds = [blind(number) for number in range(len(self.amounts))] if blinds is None else blinds
        self.files = {}

    def share_out(self, opens="income"):
        self.append("genesis", [("coop", salt(1))])
        pool = sum(self.amounts)
        index = self.append(opens, [("coop", salt(2))], sums(("bank", pool), ("suspense", -pool)), "opening")
        for start in range(0, len(self.amounts), 7):
            paid = self.amounts[start : start + 7]
            parts = [("coop", salt(3)), *(("member", salt(start + one)) for one in range(len(paid)))]
            self.append("distribution_chunk", parts, sums(("payable", -sum(paid)), ("suspense", sum(paid))), f"chunk {start}")
        for extra in self.lies.get("more", []):
            extra(self)
        self.seal(index, pool)

    def seal(self, index, pool):
        rows = enumerate(zip(self.amounts, self.blinds))
        leaves = self.told("leaves", [leaf(0, one, amount % L, number) for one, (amount, number) in rows])
        event = {"blinds": base64_text((sum(self.blinds) % L).to_bytes(32, "little")), "count": len(self.amounts)}
        event |= {"currency": "KES", "distribution": 0, "listed": 1, "opened": index, "pool": str(pool)}
        event |= {"root": base64_text(formats.tree_hash(list(map(formats.leaf_hash, leaves)))), "type": "distribution_sealed"}
        coop, commit = opened(self.told("coop", {"by": "clock", "events": [self.told("event", event)]}), 5)
        sealed = self.append("distribution_seal", [("coop", commit)], name="seal")
        value = {"coop": coop, "format": "handprint/distribution/v1", "index": sealed}
        value = self.told("list", {**value, "shares": list(map(base64_text, leaves))})
        data = self.told("bytes", formats.encode(value))
        if data is not None:
            self.files[f"distribution/{sealed}"] = data

    def log(self, opens="income"):
        """Every file, by its path."""
        self.share_out(opens)
        self.append("confirm_clock", [("coop", salt(6))])
        headers = [header.encode() for header in self.headers]
        bundle = b"".join(len(header).to_bytes(2, "big") + header for header in headers)
        self.files[published_log.tile_path("entries", 0, len(headers))] = bundle
        self.files[published_log.tile_path(0, 0, len(headers))] = b"".join(self.leaves())
        return {**self.files, "checkpoint": self.note().encode()}


def at(place, new):
    return lambda rows: [*rows[:place], new(rows[place]), *rows[place + 1 :]]


def exchanged(rows):
    return [rows[1], rows[0], *rows[2:]]


def moved(*rows):
    """A header with other sums."""
    return put(sums=sums(*rows))


def point(text):
    """A leaf with another commitment."""
    return at(3, lambda data: data[:32] + bytes.fromhex(text))


def no_coop(header):
    return {**header, "parts": [{"commit": base64_text(salt(9)), "role": "coop"}]}


def plus_order(text):
    number = int.from_bytes(formats.unbase64(text), "little") + L
    return base64_text(number.to_bytes(32, "little"))


WRONG, MISSING, AHEAD = "distribution_wrong", "distribution_missing", "time_ahead"
START, DAY = 1795280000000, 86_400_000  # when the entries of a forger begin, in ms
FIRST = sum(1000 * number for number in range(7))  # what the first chunk pays
BIG = 2**62

# By what the lie is about: a name, the lie and the verdict.
LIES = {
    "bytes": {
        "no list": (lambda _: None, MISSING),
        "a list of nothing": (lambda _: b"", WRONG),
        "a list that is no JSON": (lambda _: b"{", WRONG),
        "a list that is no object": (lambda _: b"[]", WRONG),
        "a list with a space behind": (lambda data: data + b" ", WRONG),
        "a list cut short": (lambda data: data[:-40], WRONG),
        "a list with a byte order mark": (lambda data: b"\xef\xbb\xbf" + data, WRONG),
        "a list in another order": (lambda data: json.dumps(dict(reversed(json.loads(data).items()))).encode(), WRONG),
    },
    "list": {
        "a list of another format": (put(format="handprint/distribution/v2"), WRONG),
        "a list of another entry": (put(index=3), WRONG),
        "a list with an unknown key": (put(gold=1), WRONG),
        "a list without shares": (without("shares"), WRONG),
        "shares that are none": (put(shares=[]), WRONG),
        "shares that are no list": (put(shares={}), WRONG),
        "a share left out": (within("shares", lambda rows: rows[:-1]), WRONG),
        "a share more": (within("shares", lambda rows: [*rows, rows[0]]), WRONG),
        "two places exchanged": (within("shares", exchanged), WRONG),
        "a share of 63 bytes": (within("shares", at(0, lambda text: base64_text(formats.unbase64(text)[:-1]))), WRONG),
        "a share of 65 bytes": (within("shares", at(0, lambda text: base64_text(formats.unbase64(text) + b"x"))), WRONG),
        "a share that is a number": (within("shares", at(0, lambda _: 7)), WRONG),
        "a share in another alphabet": (within("shares", at(0, lambda text: "-" + text[1:])), WRONG),
        "a coop part with another salt": (within("coop", put(salt=base64_text(salt(9)))), WRONG),
        "a coop part with a space": (within("coop", within("bytes", lambda text: text + " ")), WRONG),
        "a coop part that is too long": (within("coop", put(bytes=f'"{"x" * 65_536}"')), WRONG),
        "a coop part without a salt": (within("coop", without("salt")), WRONG),
    },
    "event": {
        "a seal with an unknown key": (put(gold=1), WRONG),
        "a seal of another type": (put(type="distribution_opened"), WRONG),
        "a seal of another number": (put(distribution=7), "good"),
        "a seal that is not for a list": (put(listed=0), "good"),
        "a seal with listed 2": (put(listed=2), WRONG),
        "a seal without blinds": (without("blinds"), WRONG),
        "a seal with other blinds": (put(blinds=base64_text(bytes(32))), WRONG),
        "blinds above the order": (within("blinds", plus_order), WRONG),
        "a seal of another opening": (put(opened=0), WRONG),
        "a seal of another pool": (put(pool="65999"), WRONG),
        "a seal in another currency": (put(currency="EUR"), WRONG),
        "a seal of fewer shares": (put(count=11), WRONG),
        "a seal with another root": (put(root=base64_text(bytes(32))), WRONG),
    },
    "coop": {
        "a seal with two events": (within("events", lambda rows: rows * 2), WRONG),
        "a seal without events": (put(events=[]), WRONG),
        "a seal whose coop part is a list": (lambda coop: [coop], WRONG),
        "a seal whose coop part is null": (lambda _: "null", WRONG),
    },
    "leaves": {
        "a share twice": (at(3, lambda _: leaf(0, 2, 2000, blind(2))), WRONG),
        "an id twice": (lambda rows: at(3, lambda data: rows[2][:32] + data[32:])(rows), WRONG),
        "a share more that is nothing": (lambda rows: [*rows, leaf(0, 12, 0, 0)], WRONG),
        "another id": (at(3, lambda data: bytes(32) + data[32:]), "good"),
        "a commitment that is no point": (point("ff" * 32), WRONG),
        "a commitment with a negative root": (point("01" + "00" * 31), WRONG),
        "a commitment at the prime": (point("ed" + "ff" * 30 + "7f"), WRONG),
        "a commitment to nothing": (point("00" * 32), WRONG),
        "a commitment to another amount": (at(3, lambda _: leaf(0, 3, 3001, blind(3))), WRONG),
        "a commitment under another blind": (at(3, lambda _: leaf(0, 3, 3000, blind(4))), WRONG),
    },
    "header opening": {
        "a pool in two currencies": (moved(("bank", 66_000), ("suspense", -66_000), ("bank", "USD", 1), ("suspense", "USD", -1)), WRONG),
        "a larger pool": (moved(("bank", 66_001), ("suspense", -66_001)), WRONG),
        "an opening by another kind": (put(kind="refund"), WRONG),
    },
    "header chunk 0": {
        "a chunk that pays less": (moved(("payable", 1 - FIRST), ("suspense", FIRST - 1)), WRONG),
        "a chunk that pays nothing": (moved(), WRONG),
        "a chunk that pays more into the pool": (moved(("bank", 1), ("suspense", -1)), WRONG),
        "a chunk in two currencies": (moved(("payable", -FIRST), ("suspense", FIRST), ("bank", "USD", 1), ("suspense", "USD", -1)), WRONG),
        "a chunk without a member": (within("parts", lambda rows: rows[:-1]), WRONG),
        "a chunk with another part": (within("parts", lambda rows: [*rows, {"commit": rows[0]["commit"], "role": "clock"}]), "good"),
        "a chunk by another kind": (put(kind="accept"), WRONG),
    },
    "header seal": {"a seal with another coop part": (no_coop, WRONG)},
}


def another_opening(forger):
    forger.append("income", [("coop", salt(7))], sums(("bank", 5), ("suspense", -5)))


def grade(forger):
    forger.append("grade", [("coop", salt(7)), ("member", salt(8))])


def seal_of_nothing(forger):
    forger.append("distribution_seal", [("coop", salt(7))])


def entered(kind, name=""):
    return lambda forger: forger.append(kind, [("coop", salt(7))], name=name)


def dated(*more, by, **lies):
    """A log whose entries are dated so many seconds after the witness saw them, and some milliseconds."""
    return Paymaster(more=list(more), seconds=lambda _: START // 1000 - by, **lies).log()


def accepted_after(ms):
    """By the clock, so long after a delegate's word on it."""
    more = [entered("confirm_clock", "word"), entered("auto_accept")]
    times = {"header auto_accept": put(time=START + 4 + ms), "header seal": put(time=START + 2 * DAY)}
    return dated(*more, by=0, **times, **{"header confirm_clock": put(time=START + 2 * DAY)})


def dates():
    """The same of logs whose clock is ahead of the witness."""
    yield "work accepted up to ten minutes ahead", dated(entered("auto_accept"), by=599), "good"
    yield "work accepted more than ten minutes ahead", dated(entered("auto_accept"), by=600), AHEAD
    yield "tasks ended more than ten minutes ahead", dated(entered("end_tasks"), by=600), AHEAD
    yield "steps of runs ahead", dated(entered("import_chunk"), entered("grade"), by=6000), "good"
    yield "work accepted ahead by its requester", dated(entered("accept"), by=6000), "good"
    word = entered("confirm_clock")
    yield "work accepted ahead on a delegate's word", dated(word, entered("auto_accept"), by=6000), "good"
    yield "work accepted ahead before a delegate's word", dated(entered("auto_accept"), word, by=6000), AHEAD
    yield "work accepted a day after a delegate's word", accepted_after(DAY), "good"
    yield "work accepted longer after a delegate's word", accepted_after(DAY + 1), AHEAD
    wrong = {"header chunk 0": moved()}
    yield "work accepted ahead and a pool that is not paid out", dated(entered("auto_accept"), by=600, **wrong), WRONG


def few(count, **lies):
    return Paymaster(count, **{"bytes": lambda _: None, **lies}).log()


def special():
    """Name, files and verdict of what is no lie about one value."""
    yield "an honest list", Paymaster().log(), "good"
    yield "an honest list of a surplus", Paymaster().log("surplus"), "good"
    yield "an honest list of a few", Paymaster(2).log(), "good"
    yield "a list of a few that is wrong", Paymaster(2, leaves=exchanged, event=put(root=base64_text(bytes(32)))).log(), WRONG
    yield "no list of 9", few(9), "good"
    yield "no list of 10", few(10), MISSING
    yield "no list of 9, nor are they paid", few(9, **{"header chunk 0": moved()}), WRONG
    yield "shares of nothing in a chunk of their own", Paymaster(amounts=[5] * 7 + [0] * 5).log(), "good"
    blinds = [blind(number) for number in range(11)]
    yield "blinds that cancel out", Paymaster(blinds=[*blinds, -sum(blinds) % L]).log(), "good"
    yield "a share that is not hidden", Paymaster(amounts=[0, *range(11)], blinds=[0, *blinds]).log(), "good"
    yield "an honest list after another entry", Paymaster(more=[grade]).log(), "good"
    yield "a second opening", Paymaster(more=[another_opening]).log(), WRONG
    yield "a seal before", Paymaster(more=[seal_of_nothing]).log(), MISSING
    nothing = {"header opening": moved(("bank", 1000), ("equity", -1000)), "header chunk 0": moved()}
    past = {"header opening": moved(("bank", BIG), ("expenses", BIG), ("suspense", -2 * BIG))}
    past["header chunk 0"] = moved(("payable", 1 - 2 * BIG), ("suspense", 2 * BIG - 1))
    past["header chunk 7"] = moved(("payable", -1), ("suspense", 1))
    yield "a pool past 64 bits", few(9, **past), WRONG
    more = {"leaves": at(3, lambda _: leaf(0, 3, 3001, blind(3))), "event": put(pool="66001")}
    yield "a seal of a larger pool that its shares add up to", Paymaster(**more).log(), WRONG
    yield "a distribution of nothing", few(2, **nothing), WRONG
    # The sum alone does not show it, and the page says so.
    taken = [leaf(0, 0, -5 % L, blind(0)), leaf(0, 1, 1005, blind(1))]
    yield "a negative share that pays for a larger one", Paymaster(leaves=lambda rows: [*taken, *rows[2:]]).log(), "good"


def judge(files, text):
    """Python's reason, "" when all is well."""

    def fetch(path):
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    try:
        published_log.verify_log(fetch, formats.Policy(text))
        return ""
    except formats.Refused as problem:
        return problem.reason


class HonestPaymaster(sweep.Honest, Paymaster):
    pass


def logs():
    """As mutations.mutations() gives them; a log is its files by their paths."""
    for name, files, verdict in [*special(), *dates()]:
        yield f"log: {name}", files, policy(), [], verdict
    for what, lies in LIES.items():
        for name, (lie, verdict) in lies.items():
            yield f"log: {name}", Paymaster(**{what: lie}).log(), policy(), [], verdict
    honest = HonestPaymaster()
    honest.log()
    for what in ("coop", "event", "list"):
        for name, lie in sweep.lies(what, honest.heard[what]):
            if sweep.text_of(lie(honest.heard[what])):
                yield f"swept log, {what}: {name}", Paymaster(**{what: lie}).log(), policy(), [], None
