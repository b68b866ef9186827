"""Promises that a reader holds against a payslip or a receipt, and what the page says of each."""

import formats
from forger import PROMISE, Forger, base64_text, key, policy
from formats import unbase64
from lies import put, without

# By what is changed of one about the submission.
PROMISES = {
    "kept": (put(), "good"),
    "published before 1970": (put(publish_by=-1), "promise_invalid"),
    "an unknown key": (put(gold=1), "promise_invalid"),
    "no root": (without("root"), "promise_invalid"),
    "first below nothing": (put(first=-1), "promise_invalid"),
    "about one entry": (put(count=1), "promise_invalid"),
    "about nothing": (put(count=0), "promise_invalid"),
    "about later ones": (put(first=4), "promise_invalid"),
    "of more entries": (put(count=3), "promise_invalid"),
    "another format": (put(format="handprint/promise/v2"), "promise_invalid"),
    "of another log": (put(log="other.example/log"), "promise_invalid"),
}
HELD = {
    "no leaf": (without("leaf"), "promise_invalid"),
    "an unknown key beside it": (put(gold=1), "promise_invalid"),
    "index below nothing": (put(index=-1), "promise_invalid"),
    "of the entry before": (put(index=2), "promise_invalid"),
    "no path": (put(path=[]), "promise_invalid"),
    "a path that is no list": (put(path=1), "promise_invalid"),
    "a longer path": (put(path=[base64_text(bytes(32))] * 2), "promise_invalid"),
    "no envelope": (put(envelope=None), "promise_invalid"),
}
PROMISE_BYTES = {
    "nothing": (b"", "promise_invalid"),
    "no JSON": (b"{", "promise_invalid"),
    "null": (b"null", "promise_invalid"),
    "a key twice": (b'{"payload":"","payload":"","payloadType":"","signatures":[]}', "promise_invalid"),
}


def another():
    """A forger whose log is the same but for the entry of the submission."""
    return Forger(**{"header submit": put(rules=1)})


def promise(forger, index=3):
    forger.payslip()
    return forger.promise(index)


def by_another(held):
    """The same promise, signed by one who is not the node."""
    body = formats.canonical(unbase64(held["envelope"]["payload"]))
    return {**held, "envelope": key("member").envelope(PROMISE, body)}


def promised():
    """Held against a payslip, and against a receipt of the submission that they are about."""
    for of, file in (("promise", Forger.payslip), ("promise beside a receipt", Forger.receipt)):
        for what, lies in (("promise", PROMISES), ("held promise", HELD)):
            for name, (lie, expected) in lies.items():
                forger = Forger(**{what: lie})
                yield f"forged {of}: {name}", file(forger), policy(), [forger.promise()], expected
        for name, (data, expected) in PROMISE_BYTES.items():
            yield f"forged {of}: {name}", file(Forger()), policy(), [data], expected
        yield f"forged {of}: by another", file(Forger()), policy(), [by_another(promise(Forger()))], "promise_invalid"
        there = [promise(another()), promise(Forger())]
        yield f"forged {of}: of another entry there", file(another()), policy(), there[1:], "promise_broken"
        yield f"forged {of}: the second of two", file(another()), policy(), there, "promise_broken"
        for index in (2, 7):  # the closes, which are no lines of a payslip
            yield f"{of}, of entry {index}", file(Forger()), policy(), [promise(Forger(), index)], "good"
    # A receipt says nothing about other entries, so that their signers, perhaps of before, are not asked for.
    elsewhere = by_another(promise(Forger(), 4))
    yield "promise beside a receipt, of entry 4, by another", Forger().receipt(), policy(), [elsewhere], "good"
