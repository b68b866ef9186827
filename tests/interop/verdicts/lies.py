"""What a forger's log lies about.

By what is changed: the changes by name, each with the verdict that the page asks for.
"""

from forger import key
from formats import encode

BIG = str(2**63 - 1)


def put(**values):
    return lambda value: {**value, **values}


def without(name):
    return lambda value: {key: value[key] for key in value if key != name}


def within(name, change):
    return lambda value: {**value, name: change(value[name])}


def line(**values):
    return within("lines", lambda lines: [{**lines[0], **values}])


def amounts(*wanted):
    return within("lines", lambda lines: [{**lines[0], "amount": amount} for amount in wanted])


def answer(**values):
    return within("answers", lambda answers: [{**answers[0], **values}])


def args(**values):
    return within("args", put(**values))


def seen(size, root=None):
    return put(seen={"root": root or key("any").text, "size": size})


def sums(*rows):
    return put(sums=[row.split() for row in rows])


def balances(*rows):
    return put(balances=[row.split() for row in rows])


def more_parts(role, count=1):
    return within("parts", lambda parts: parts + [{**parts[0], "role": role}] * count)


def note(old, new):
    return within("checkpoint", lambda text: text.replace(old, new, 1))


def strangers(count):
    return within("checkpoint", lambda text: text + "— stranger.example AAAAAAEBAQEBAQ==\n" * count)


def stranger(name):
    return within("checkpoint", lambda text: text + f"— {name} AAAAAAEBAQEBAQ==\n")


def padded(length):
    """A checkpoint of so many bytes, with lines of strangers."""

    def change(text):
        room = length - len(text.encode())
        name = "a" * (room - len("—  AAAAAAEBAQEBAQ==\n".encode()))
        return f"{text}— {name} AAAAAAEBAQEBAQ==\n"

    return within("checkpoint", change)


LIES = {
    "header accept": {
        "no parts": (put(parts=[]), "malformed"),
        "two coop parts": (more_parts("coop"), "malformed"),
        "another role": (more_parts("judge"), "malformed"),
        "longer than a header may be": (more_parts("clock", 1200), "malformed"),
        "time before 1970": (put(time=-1), "malformed"),
        "time that goes back": (put(time=0), "good"),
        "kind that nobody knows": (put(kind="zzz"), "good"),
        "class that nobody knows": (sums("gold KES 1", "hold KES -1"), "malformed"),
        "currency in small letters": (sums("hold kes 7", "payable kes -7"), "malformed"),
        "currency with a digit": (sums("hold K3S 7", "payable K3S -7"), "malformed"),
        "currency of four letters": (sums("hold KESX 7", "payable KESX -7"), "malformed"),
        "amount with a plus": (sums("hold KES +7", "payable KES -7"), "malformed"),
        "amount with a zero before": (sums("hold KES 07", "payable KES -7"), "malformed"),
        "largest amounts": (sums(f"hold KES {BIG}", f"payable KES -{BIG}"), "good"),
        "amounts past 64 bits": (sums("hold KES 9223372036854775808", "payable KES -9223372036854775808"), "malformed"),
        "sums that wrap to zero": (sums(f"escrow KES {BIG}", f"hold KES {BIG}", "payable KES 2"), "header_wrong"),
        "sums that leave 64 bits": (
            sums(f"escrow KES {BIG}", "fee KES 1", f"hold KES -{BIG}", "payable KES -1"),
            "good",
        ),
        "a class twice": (sums("hold KES 350", "hold KES 350", "payable KES -700"), "header_wrong"),
    },
    "part accept": {
        "account of another class": (line(account="hold"), "balance_mismatch"),
        "no account": (line(account="gold"), "malformed"),
        "currency in small letters": (line(currency="kes"), "malformed"),
        "amount of nothing": (line(amount="0"), "balance_mismatch"),
        "amount past 64 bits": (line(amount="9223372036854775808"), "malformed"),
        "lines past 64 bits": (amounts(BIG, BIG, "702"), "balance_mismatch"),
        "lines that leave 64 bits and come back": (amounts(BIG, BIG, f"-{BIG}", f"-{BIG}", "700"), "good"),
        "lines that leave 64 bits downwards": (amounts(f"-{BIG}", f"-{BIG}", BIG, BIG, "700"), "good"),
        "null for a batch": (line(batch=None), "malformed"),
        "an unknown key in a line": (line(gold=1), "malformed"),
        "an unknown key": (put(gold=1), "malformed"),
        "answers that are no list": (put(answers="x"), "malformed"),
        "answers where none belong": (put(answers=[]), "signature_invalid"),
        "counter 0": (within("chain", put(counter=0)), "malformed"),
        "a list for evidence": (put(evidence=[]), "malformed"),
        "an empty object for evidence": (put(evidence={}), "signature_invalid"),
        "more lines than an entry may hold": (within("lines", lambda lines: lines * 900), "malformed"),
    },
    "part submit": {
        "answers that are no list": (put(answers="x"), "malformed"),
        "answers left out": (without("answers"), "signature_invalid"),
        "other answers": (answer(task=1), "signature_invalid"),
        "an answer for another price": (answer(price_micros=7000001), "signature_invalid"),
        "an answer without the price that was signed": (
            within("answers", lambda answers: [without("price_micros")(answers[0])]),
            "signature_invalid",
        ),
        "false for a task": (answer(task=False), "signature_invalid"),
        "no answers": (put(answers=[]), "signature_invalid"),
    },
    "command submit": {
        "an unknown key": (put(gold=1), "signature_invalid"),
        "no id": (without("command"), "signature_invalid"),
        "an id in capitals": (put(command="A" * 32), "signature_invalid"),
        "a short id": (put(command="ab"), "signature_invalid"),
        "the id of the enrolment": (put(command=f"{1:032x}"), "good"),
        "args that are a list": (put(args=[]), "signature_invalid"),
        "null for answers": (args(answers=None), "signature_invalid"),
        "no answers": (within("args", without("answers")), "signature_invalid"),
        "all that it can have seen": (seen(3), "good"),
        "more seen than there was": (seen(4), "signature_invalid"),
        "nothing seen": (put(seen=None), "signature_invalid"),
        "seen of less than nothing": (seen(-1), "signature_invalid"),
        "a short root seen": (seen(0, "AAAA"), "signature_invalid"),
    },
    "command add_key": {
        "an unknown argument": (args(gold=1), "good"),
        "no role": (within("args", without("role")), "good"),
        "no key": (within("args", without("key")), "signature_invalid"),
        "the id of the submission": (put(command=f"{3:032x}"), "signature_invalid"),
    },
    "command revoke_key": {
        "a key that is none": (args(key="x"), "signature_invalid"),
        "null for a key": (args(key=None), "signature_invalid"),
    },
    "position 2": {
        "balance of another class": (within("balances", lambda rows: [["hold", "KES", "0"], *rows]), "good"),
        "another currency without money": (within("balances", lambda rows: [["payable", "EUR", "0"], *rows]), "good"),
        "currency in small letters": (balances("payable kes 700"), "malformed"),
        "period 0": (put(period=0), "malformed"),
        "a key twice": (within("keys", lambda keys: keys * 2), "malformed"),
        "a list": (lambda position: [position], "malformed"),
        "null": (lambda _: "null", "malformed"),
        "nothing in it": (lambda _: {}, "malformed"),
    },
    "event 2": {
        "an unknown key": (put(gold=1), "closing_not_a_close"),
        "previous -2": (put(previous=-2), "closing_not_a_close"),
        "a short promise key": (put(promise_key="AAAA"), "closing_not_a_close"),
        "a short key of a delegate": (put(delegates=["AAAA"]), "closing_not_a_close"),
        "delegates that are none": (put(delegates=None), "closing_not_a_close"),
        "no delegates": (put(delegates=[]), "good"),
        "period 0": (put(period=0), "closing_not_a_close"),
        "a count below nothing": (put(count=-1), "closing_not_a_close"),
        "a period left out": (put(period=3), "closing_position_wrong"),
    },
    "position 1": {"null": (lambda _: "null", "malformed"), "0": (lambda _: "0", "malformed")},
    "event 1": {"an unknown key": (put(gold=1), "opening_not_a_close")},
    "coop 2": {
        "a list": (lambda coop: [coop], "closing_not_a_close"),
        "a number": (lambda coop: "7", "closing_not_a_close"),
        "an unknown key": (put(gold=1), "good"),
    },
    "body": {
        "a line of extension": (lambda body: body + "more\n", "good"),
        "size of 2^63": (lambda body: body.replace("\n8\n", "\n9223372036854775808\n"), "checkpoint_malformed"),
        "size with a zero before": (lambda body: body.replace("\n8\n", "\n08\n"), "checkpoint_malformed"),
        "a size below the closing": (lambda body: body.replace("\n8\n", "\n7\n"), "closing_not_included"),
        "no size": (lambda body: body.replace("\n8\n", "\n\n"), "checkpoint_malformed"),
    },
    "seconds": {
        "the last time there is": (lambda _: 2**53 - 1, "good"),
        "a time past that": (lambda _: 2**53, "checkpoint_signature_invalid"),
    },
    "file": {
        "100 signatures": (strangers(98), "good"),
        "101 signatures": (strangers(99), "checkpoint_malformed"),
        "the longest checkpoint": (padded(1_000_000), "good"),
        "a longer checkpoint": (padded(1_000_001), "checkpoint_malformed"),
        "a signer with a byte order mark": (stranger("a\ufeffb"), "good"),
        "a signer with a wide space": (stranger("a\u2003b"), "checkpoint_malformed"),
        "a signer with a control of C1": (stranger("a\u0085b"), "checkpoint_malformed"),
        "a signer with a plus": (stranger("a+b"), "checkpoint_malformed"),
        "a line with a key id alone": (within("checkpoint", lambda note: note + "— a AAAAAA==\n"), "checkpoint_malformed"),
        "size of 2^63": (note("\n8\n", "\n9223372036854775808\n"), "checkpoint_malformed"),
        "size below 2^63": (note("\n8\n", "\n9223372036854775807\n"), "checkpoint_signature_invalid"),
        "an empty line before the root": (note("\n8\n", "\n8\n\n"), "checkpoint_malformed"),
        "a line of extension": (note("\n\n", "\nmore\n\n"), "checkpoint_signature_invalid"),
        "a tab": (note("\n\n", "\n\t\n\n"), "checkpoint_malformed"),
        "no newline at the end": (within("checkpoint", lambda text: text[:-1]), "checkpoint_malformed"),
    },
    "several": {
        "lines whose sum is past 64 bits": (
            {
                "position 1": balances(f"payable KES -{BIG}"),
                "part accept": amounts(BIG, BIG),
                "position 2": balances(f"payable KES {BIG}"),
            },
            "balance_mismatch",
        ),
        "lines from the least balance to the largest": (
            {
                "position 1": balances("payable KES -1"),
                "part accept": amounts(BIG),
                "position 2": balances("payable KES 9223372036854775806"),
            },
            "good",
        ),
    },
}

# The same for the file of the first period.
FIRST_LIES = {
    "command enrol_member": {
        "null for a recovery key": (args(recovery=None), "signature_invalid"),
        "a number for a recovery key": (args(recovery=5), "signature_invalid"),
        "the key for recovery too": (args(recovery=key("device").text), "good"),
        "another recovery key": (args(recovery=key("spare").text), "signature_invalid"),
    },
    "header enrol_member": {
        "kind genesis": (put(kind="genesis"), "chain_gap"),
        "kind add_key": (put(kind="add_key"), "chain_gap"),
    },
    "part enrol_member": {
        "a second key": (put(keys=sorted([key("device").text, key("thief").text])), "signature_invalid"),
        "unsigned": (put(evidence=None), "signature_invalid"),
    },
}

# The same for a receipt of the submission.
RECEIPT_LIES = {
    "extra": {
        "no parts": (put(parts=[]), "good"),
        "a part twice": (within("parts", lambda parts: parts * 2), "good"),
        "an unknown key": (put(gold=1), "malformed"),
        "no header": (without("header"), "malformed"),
        "a part at no place": (within("parts", lambda parts: [{**parts[0], "number": 9}]), "part_not_committed"),
        "a part that is no JSON": (within("parts", lambda parts: [{**parts[0], "bytes": "x"}]), "malformed"),
        "a part that is a number": (within("parts", lambda parts: [{**parts[0], "bytes": "7"}]), "part_not_committed"),
        "another header": (within("header", lambda text: text.replace('"rules":0', '"rules":1')), "entry_not_included"),
        "no JSON": (lambda extra: "{", "malformed"),
        "nothing": (lambda extra: "", "malformed"),
        "a space": (lambda extra: encode(extra).decode() + " ", "malformed"),
    },
    "header submit": {
        "sums out of order": (sums("payable KES -7", "hold KES 7"), "header_wrong"),
        "another format": (put(format="handprint/entry/v2"), "header_wrong"),
    },
    "lines": {
        "no extra": (lambda lines: [lines[0], *lines[2:]], "malformed"),
        "another version": (lambda lines: ["c2sp.org/tlog-proof@v2", *lines[1:]], "malformed"),
        "another index": (lambda lines: [*lines[:2], "index 4", *lines[3:]], "entry_not_included"),
        "an index with a plus": (lambda lines: [*lines[:2], "index +3", *lines[3:]], "malformed"),
        "an index past the tree": (lambda lines: [*lines[:2], "index 8", *lines[3:]], "entry_not_included"),
        "the largest index": (lambda lines: [*lines[:2], f"index {2**63 - 2}", *lines[3:]], "entry_not_included"),
        "an index past all trees": (lambda lines: [*lines[:2], f"index {2**63 - 1}", *lines[3:]], "malformed"),
        "a hash too few": (lambda lines: lines[:-1], "entry_not_included"),
        "a short hash": (lambda lines: [*lines[:-1], "AAAA"], "malformed"),
        "63 hashes": (lambda lines: lines[:3] + lines[3:4] * 63, "entry_not_included"),
        "64 hashes": (lambda lines: lines[:3] + lines[3:4] * 64, "malformed"),
    },
    "body": {"size 3": (lambda body: body.replace("\n8\n", "\n3\n"), "entry_not_included")},
    "receipt": {
        "no checkpoint": (lambda data: data[: data.index(b"\n\n") + 2], "malformed"),
        "no note": (lambda data: data[: data.index(b"\n\n") + 2] + b"x", "checkpoint_malformed"),
        "carriage returns": (lambda data: data.replace(b"\n", b"\r\n"), "malformed"),
        "no UTF-8": (lambda data: data + b"\xff", "malformed"),
    },
}
