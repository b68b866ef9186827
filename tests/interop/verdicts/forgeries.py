"""Lies for the forger and what the page says of each. They are of the sort that the vectors have no example of."""

from forger import Forger, key, policy

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


def sums(*rows):
    return put(sums=[row.split() for row in rows])


def more_parts(role, count=1):
    return within("parts", lambda parts: parts + [{**parts[0], "role": role}] * count)


def key_again(forger):
    command = forger.command("add_key", {"key": forger.spare.text, "role": "device"}, forger.device)
    forger.entry("add_key", [], command, [forger.device.text, forger.spare.text], name="again")


def no_such_key(forger):
    command = forger.command("revoke_key", {"key": key("nobody").text}, forger.device)
    forger.entry("revoke_key", [], command, [forger.device.text, forger.spare.text], name="again")


def second_enrolment(forger):
    """Whoever writes the log gives the member a key of their own, works with it and tidies up."""
    thief, device = key("thief"), forger.device

    def by(signer, kind, args, keys, actor="m:1"):
        keys = None if keys is None else [one.text for one in keys]
        forger.entry(kind, [], forger.command(kind, args, signer, actor), keys, name="theft")

    by(thief, "enrol_member", {"key": thief.text, "languages": ["sw"]}, [thief], "new")
    by(thief, "submit", {}, None)
    by(thief, "add_key", {"key": device.text, "role": "device"}, [thief, device])
    by(thief, "add_key", {"key": forger.spare.text, "role": "device"}, [thief, device, forger.spare])
    by(thief, "revoke_key", {"key": thief.text}, [device, forger.spare])


def note(old, new):
    return within("checkpoint", lambda text: text.replace(old, new, 1))


def strangers(count):
    return within("checkpoint", lambda text: text + "— stranger.example AAAAAAEBAQEBAQ==\n" * count)


def signatures(change):
    def extra(forger):
        envelope = forger.command("submit", {}, forger.device)
        envelope["signatures"] = change(envelope["signatures"])
        forger.entry("submit", [], envelope, name="odd")

    return extra


def hint(text):
    return signatures(lambda found: [{**found[0], "keyid": text}])


# What is changed, the changes by name, each with the verdict that the page asks for.
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
        "null for a batch": (line(batch=None), "malformed"),
        "an unknown key in a line": (line(gold=1), "malformed"),
        "an unknown key": (put(gold=1), "malformed"),
        "answers where none belong": (put(answers="x"), "good"),
        "counter 0": (within("chain", put(counter=0)), "malformed"),
        "a list for evidence": (put(evidence=[]), "malformed"),
        "an empty object for evidence": (put(evidence={}), "signature_invalid"),
    },
    "part submit": {
        "answers that are no list": (put(answers="x"), "good"),
        "answers left out": (without("answers"), "good"),
    },
    "command submit": {
        "an unknown key": (put(gold=1), "signature_invalid"),
        "no id": (without("command"), "signature_invalid"),
        "an id in capitals": (put(command="A" * 32), "signature_invalid"),
        "a short id": (put(command="ab"), "signature_invalid"),
        "args that are a list": (put(args=[]), "signature_invalid"),
        "what it has seen": (put(seen={"root": key("any").text, "size": 0}), "good"),
        "nothing seen": (put(seen=None), "signature_invalid"),
        "seen of less than nothing": (put(seen={"root": key("any").text, "size": -1}), "signature_invalid"),
        "a short root seen": (put(seen={"root": "AAAA", "size": 0}), "signature_invalid"),
    },
    "command add_key": {
        "an unknown argument": (within("args", put(gold=1)), "good"),
        "no role": (within("args", without("role")), "good"),
        "no key": (within("args", without("key")), "signature_invalid"),
    },
    "position 2": {
        "balance of another class": (within("balances", lambda rows: [["hold", "KES", "0"], *rows]), "good"),
        "another currency without money": (within("balances", lambda rows: [["payable", "EUR", "0"], *rows]), "good"),
        "period 0": (put(period=0), "malformed"),
        "a key twice": (within("keys", lambda keys: keys * 2), "malformed"),
    },
    "event 2": {
        "an unknown key": (put(gold=1), "closing_not_a_close"),
        "previous -2": (put(previous=-2), "closing_not_a_close"),
        "a short promise key": (put(promise_key="AAAA"), "closing_not_a_close"),
        "a period left out": (put(period=3), "closing_position_wrong"),
    },
    "event 1": {"an unknown key": (put(gold=1), "opening_not_a_close")},
    "coop 2": {
        "a list": (lambda coop: [coop], "closing_not_a_close"),
        "an unknown key": (put(gold=1), "good"),
    },
    "file": {
        "100 signatures": (strangers(98), "good"),
        "101 signatures": (strangers(99), "checkpoint_malformed"),
        "size of 2^63": (note("\n8\n", "\n9223372036854775808\n"), "checkpoint_malformed"),
        "size below 2^63": (note("\n8\n", "\n9223372036854775807\n"), "checkpoint_signature_invalid"),
        "an empty line before the root": (note("\n8\n", "\n8\n\n"), "checkpoint_malformed"),
        "a line of extension": (note("\n\n", "\nmore\n\n"), "checkpoint_signature_invalid"),
        "a tab": (note("\n\n", "\n\t\n\n"), "checkpoint_malformed"),
        "no newline at the end": (within("checkpoint", lambda text: text[:-1]), "checkpoint_malformed"),
    },
    "extra": {
        "enrols a second time": ([second_enrolment], "chain_gap"),
        "adds a key that is there": ([key_again], "good"),
        "revokes a key that is not": ([no_such_key], "good"),
        "two signatures": ([signatures(lambda found: found * 2)], "signature_invalid"),
        "an odd hint": ([hint("zz")], "good"),
        "an empty hint": ([hint("")], "good"),
    },
}

MEMBER = b'"member": 1,'
BYTES = {
    "space around": (b"", b"", "good"),
    "a byte order mark": (b"{", b"\xef\xbb\xbf{", "malformed"),
    "member 1.0": (MEMBER, b'"member": 1.0,', "malformed"),
    "member 1e0": (MEMBER, b'"member": 1e0,', "malformed"),
    "member -0": (MEMBER, b'"member": -0,', "malformed"),
    "member 2^53": (MEMBER, b'"member": 9007199254740992,', "malformed"),
    "member 2^32 + 1": (MEMBER, b'"member": 4294967297,', "closing_position_wrong"),
    "a key twice": (MEMBER, MEMBER * 2, "malformed"),
    "no UTF-8": (b'/log",', b'/l\xffg",', "malformed"),
    "half a surrogate pair": (b'/log",', b'/\\ud800log",', "malformed"),
    "an escaped slash": (b'/log",', b'\\/log",', "good"),
}


def forgeries():
    """As mutations.mutations() gives them."""
    yield "forged: nothing", Forger().payslip(), policy(), [], "good"
    for what, lies in LIES.items():
        for name, (lie, expected) in lies.items():
            yield f"forged {what}: {name}", Forger(**{what: lie}).payslip(), policy(), [], expected
    good = Forger().payslip()
    for name, (old, new, expected) in BYTES.items():
        changed = good.replace(old, new, 1) if old else b"\n " + good + b"\n"
        assert changed != good, name
        yield f"forged bytes: {name}", changed, policy(), [], expected
