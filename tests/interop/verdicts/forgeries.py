"""The forgeries and what the page says of each: a forger's entries, bytes, policies, promises and receipts."""

import promises
from forger import ORIGIN, Forger, base64_text, key, policy, vkey
from lies import FIRST_LIES, LIES, RECEIPT_LIES, put, without

# -- entries that are added to the forger's chain


def by(forger, signer, kind, args, keys=None, actor="m:1", name="theft"):
    keys = None if keys is None else [one.text for one in keys]
    forger.entry(kind, [], forger.command(kind, args, signer, actor), keys, name=name)


def key_again(forger):
    by(forger, forger.device, "add_key", {"key": forger.spare.text, "role": "device"}, [forger.device, forger.spare])


def no_such_key(forger):
    by(forger, forger.device, "revoke_key", {"key": key("nobody").text}, [forger.device, forger.spare])


def second_enrolment(forger):
    """Whoever writes the log gives the member a key of their own, works with it and tidies up."""
    thief, device, spare = key("thief"), forger.device, forger.spare
    by(forger, thief, "enrol_member", {"key": thief.text, "languages": ["sw"]}, [thief], "new")
    args, answers = forger.submission()
    forger.entry("submit", [], forger.command("submit", args, thief), more=[("answers", answers)], name="theft")
    by(forger, thief, "add_key", {"key": device.text, "role": "device"}, [thief, device])
    by(forger, thief, "add_key", {"key": spare.text, "role": "device"}, [thief, device, spare])
    by(forger, thief, "revoke_key", {"key": thief.text}, [device, spare])


def same_enrolment(forger):
    device = forger.device
    by(forger, device, "enrol_member", {"key": device.text, "languages": ["sw"]}, [device], "new")
    key_again(forger)


def own_voucher(forger):
    thief, args = key("thief"), {"key": key("thief").text, "role": "device"}
    by(forger, thief, "add_key", args, [thief, forger.device, forger.spare])
    by(forger, forger.device, "revoke_key", {"key": thief.text}, [forger.device, forger.spare])


def unsigned_key(forger):
    forger.entry("add_key", [], None, [key("thief").text, forger.device.text, forger.spare.text], name="theft")
    by(forger, forger.device, "revoke_key", {"key": key("thief").text}, [forger.device, forger.spare])


def keys_of_kind(kind):
    def extra(forger):
        forger.entry(kind, [], None, [forger.device.text, forger.spare.text], name="theft")

    return extra


def revoked_key_returns(forger):
    """The command that once added the spare key is set into the log again after the key was revoked."""
    device, spare = forger.device, forger.spare
    by(forger, device, "revoke_key", {"key": spare.text}, [device])
    forger.entry("add_key", [], forger.addition, [device.text, spare.text], name="theft")


def delegate(number):
    return key(f"delegate {number}")


def proposed(forger, member=1, by_delegate=0, signer=None):
    """A proposal to enrol the member anew; its index."""
    args = {"key": key("anew").text, "member": member}
    by(forger, signer or delegate(by_delegate), "propose_reenrolment", args, None, f"d:{by_delegate}")
    return len(forger.headers) - 1


def confirmed(forger, proposal, by_delegate=1, signer=None, new="anew", keys=None, member=1):
    args = {"key": key(new).text, "member": member, "proposal": proposal}
    by(forger, signer or delegate(by_delegate), "reenrol_member", args, keys or [key(new)], f"d:{by_delegate}")


def reenrolled(then=None, proposal=None, works=None, **how):
    """Two delegates enrol the member anew, who adds the spare key again. `proposal` stands for the true one, `then`
    comes between, and the member works with the key `works`."""

    def extra(forger):
        made = proposed(forger)
        if then:
            then(forger, made)
        confirmed(forger, made if proposal is None else proposal, **how)
        if works:
            args, answers = forger.submission()
            forger.entry("submit", [], forger.command("submit", args, key(works)), more=[("answers", answers)], name="odd")
        anew, spare = key("anew"), forger.spare
        by(forger, anew, "add_key", {"key": spare.text, "role": "device"}, [anew, spare])
        by(forger, spare, "revoke_key", {"key": anew.text}, [spare])

    return extra


def objects(forger, proposal):
    by(forger, forger.spare, "object_reenrolment", {"proposal": proposal})


def objection_unsigned(forger):
    proposed(forger)
    forger.entry("object_reenrolment", [], None, name="theft")


def proposal_with(**how):
    return lambda forger: proposed(forger, **how)


def reenrolled_unsigned(forger):
    forger.entry("reenrol_member", [], None, [key("anew").text], name="theft")


def objected(forger):
    objects(forger, proposed(forger))


def signatures(change):
    def extra(forger):
        args, answers = forger.submission()
        envelope = forger.command("submit", args, forger.device)
        envelope["signatures"] = change(envelope["signatures"])
        forger.entry("submit", [], envelope, more=[("answers", answers)], name="odd")

    return extra


def hint(text):
    return signatures(lambda found: [{**found[0], "keyid": text}])


EXTRA = {
    "enrols a second time": (second_enrolment, "chain_gap"),
    "enrols again with the same key": (same_enrolment, "chain_gap"),
    "adds a key by that key": (own_voucher, "signature_invalid"),
    "adds a key unsigned": (unsigned_key, "signature_invalid"),
    "genesis with keys": (keys_of_kind("genesis"), "signature_invalid"),
    "a wage with keys": (keys_of_kind("accept"), "signature_invalid"),
    "a revoked key returns": (revoked_key_returns, "signature_invalid"),
    "adds a key that is there": (key_again, "good"),
    "revokes a key that is not": (no_such_key, "good"),
    "is enrolled anew": (reenrolled(), "good"),
    "is enrolled anew on a proposal of the period before": (reenrolled(proposal=1), "good"),
    "is enrolled anew and works with the new key": (reenrolled(works="anew"), "good"),
    "is enrolled anew and works with the old key": (reenrolled(works="device"), "signature_invalid"),
    "is enrolled anew by one delegate": (reenrolled(by_delegate=0), "signature_invalid"),
    "is enrolled anew by no delegate": (reenrolled(by_delegate=2, signer=delegate(2)), "signature_invalid"),
    "is enrolled anew by the member's key": (reenrolled(signer=key("device")), "signature_invalid"),
    "is enrolled anew with another key": (reenrolled(new="thief"), "signature_invalid"),
    "is enrolled anew and keeps a key": (reenrolled(keys=[key("anew"), key("device")]), "signature_invalid"),
    "is enrolled anew for another": (reenrolled(member=0), "signature_invalid"),
    "is enrolled anew on no proposal": (reenrolled(proposal=5), "signature_invalid"),
    "is enrolled anew on a number that is none": (reenrolled(proposal="5"), "signature_invalid"),
    "is enrolled anew after an objection": (reenrolled(then=objects), "signature_invalid"),
    "is enrolled anew twice": (reenrolled(then=confirmed), "signature_invalid"),
    "is enrolled anew unsigned": (reenrolled_unsigned, "signature_invalid"),
    "a proposal that stays one": (proposal_with(), "good"),
    "a proposal for another": (proposal_with(member=0), "signature_invalid"),
    "a proposal by nobody": (proposal_with(signer=key("thief")), "signature_invalid"),
    "a proposal in the name of another": (proposal_with(by_delegate=1, signer=delegate(0)), "signature_invalid"),
    "a proposal that is objected to": (objected, "good"),
    "an objection unsigned": (objection_unsigned, "signature_invalid"),
    "two signatures": (signatures(lambda found: found * 2), "signature_invalid"),
    "no signature": (signatures(lambda found: []), "signature_invalid"),
    "an odd hint": (hint("zz"), "good"),
    "an empty hint": (hint(""), "good"),
}

# -- the bytes of the file

MEMBER = b'"member": 1,'
BYTES = {
    "space around": (b"", b"", "good"),
    "a byte order mark": (b"{", b"\xef\xbb\xbf{", "malformed"),
    "a second value": (b"", b"x", "malformed"),
    "member 1.0": (MEMBER, b'"member": 1.0,', "malformed"),
    "member 1e0": (MEMBER, b'"member": 1e0,', "malformed"),
    "member -0": (MEMBER, b'"member": -0,', "malformed"),
    "member 01": (MEMBER, b'"member": 01,', "malformed"),
    "member +1": (MEMBER, b'"member": +1,', "malformed"),
    "member NaN": (MEMBER, b'"member": NaN,', "malformed"),
    "member true": (MEMBER, b'"member": true,', "malformed"),
    "member 2^53": (MEMBER, b'"member": 9007199254740992,', "malformed"),
    "member 2^53 - 1": (MEMBER, b'"member": 9007199254740991,', "closing_position_wrong"),
    "member 2^32 + 1": (MEMBER, b'"member": 4294967297,', "closing_position_wrong"),
    "a comma too many": (MEMBER, MEMBER + b",", "malformed"),
    "a comment": (MEMBER, MEMBER + b"/**/", "malformed"),
    "other spaces": (MEMBER, b'\t"member"\r\n:1 ,', "good"),
    "a space of another alphabet": (MEMBER, MEMBER + "\u00a0".encode(), "malformed"),
    "a key twice": (MEMBER, MEMBER * 2, "malformed"),
    "a key twice, once escaped": (MEMBER, MEMBER + b'"m\\u0065mber": 1,', "malformed"),
    "a key that is escaped": (MEMBER, b'"m\\u0065mber": 1,', "good"),
    "no UTF-8": (b'/log",', b'/l\xffg",', "malformed"),
    "too long for UTF-8": (b'/log",', b'/l\xc1\xafg",', "malformed"),
    "half a surrogate pair": (b'/log",', b'/\\ud800log",', "malformed"),
    "a surrogate pair the wrong way round": (b'/log",', b'/\\ude00\\ud83dlog",', "malformed"),
    "a surrogate pair": (b'/log",', b'/\\ud83d\\ude00log",', "wrong_log"),
    "a null character": (b'/log",', b'/\\u0000log",', "wrong_log"),
    "a bare control character": (b'/log",', b'/\x01log",', "malformed"),
    "an unknown escape": (b'/log",', b'/\\log",', "malformed"),
    "an escaped slash": (b'/log",', b'\\/log",', "good"),
    "escapes of any case": (b'/log",', b'/l\\u006F\\u0067",', "good"),
}

# -- the policy of the reader

LOG, W = policy().splitlines()[0], policy().splitlines()[1]
OTHER = vkey("forger.example/witness-2", 4, key("other").public)
GROUP = f"{LOG}\n{W}\ngroup g %s w\nquorum g\n"


def witnesses(count):
    rows = [f"witness v{i} {vkey('v.example', 4, key(f'v{i}').public)}\n" for i in range(count)]
    return policy() + "".join(rows)


def named(name):
    """With one more witness."""
    return policy() + f"witness v {vkey(name, 4, key('v').public)}\n"


def doubled(first, second):
    rows = policy().encode().splitlines(True)
    rows[1] = rows[1].replace(b" w ", b" %s " % first)
    return rows[0] + rows[1] + b"witness %s %s\nquorum %s\n" % (second, OTHER.encode(), first)


POLICIES = {
    "nothing": ("", "policy_malformed"),
    "carriage returns": (policy().replace("\n", "\r\n"), "policy_malformed"),
    "no newline at the end": (policy()[:-1], "policy_malformed"),
    "tabs and spaces": (policy().replace(" ", " \t "), "good"),
    "spaces before and behind": (" " + policy().replace("\n", " \t\n ").rstrip(" "), "good"),
    "a comment and an empty line": ("# of the forger\n\n" + policy(), "good"),
    "a space of another alphabet": (policy().replace("quorum ", "quorum\u00a0"), "policy_malformed"),
    "a line separator for a newline": (policy().replace("\n", "\u2028"), "policy_malformed"),
    "a line separator in a comment": ("# a\u2028b\n" + policy(), "good"),
    "a form feed": ("# a\fb\n" + policy(), "policy_malformed"),
    "a character 7F": ("# a\x7fb\n" + policy(), "policy_malformed"),
    "a comment that is no UTF-8": (b"# a\xff\n" + policy().encode(), "good"),
    "a name that is no UTF-8": (policy().encode().replace(b" w\n", b" \xff\n").replace(b" w ", b" \xff "), "good"),
    "a name twice that is no UTF-8": (doubled(b"\xff", b"\xff"), "policy_malformed"),
    "names that differ in what is no UTF-8": (doubled(b"\xff", b"\xfe"), "good"),
    "a key's name that is no UTF-8": (policy().encode().replace(b"witness+", b"witness\xff+"), "policy_malformed"),
    "a byte order mark": ("\ufeff" + policy(), "policy_malformed"),
    "an unknown line": (policy() + "more 1\n", "policy_malformed"),
    "two quorums": (policy() + "quorum w\n", "policy_malformed"),
    "no quorum": (f"{LOG}\n{W}\n", "policy_malformed"),
    "quorum none": (f"{LOG}\nquorum none\n", "good"),
    "quorum of nobody": (f"{LOG}\nquorum w\n", "policy_malformed"),
    "another log": (f"log {vkey('other.example/log', 1, key('o').public)}\n{W}\nquorum w\n", "checkpoint_unknown_log"),
    "a key of another origin": (f"log {vkey(ORIGIN, 1, key('o').public)}\n{W}\nquorum w\n", "checkpoint_unknown_log"),
    "a log's key for a witness": (f"{LOG}\nwitness w {LOG.split()[1]}\nquorum w\n", "policy_malformed"),
    "a witness's key for a log": (f"log {W.split()[2]}\nquorum none\n", "policy_malformed"),
    "a key twice": (policy() + f"witness w2 {W.split()[2]}\n", "policy_malformed"),
    "a name twice": (policy() + f"witness w {OTHER}\n", "policy_malformed"),
    "a witness that is none": (policy() + f"witness none {OTHER}\n", "policy_malformed"),
    "another witness with an address": (policy() + f"witness w2 {OTHER} https://w.example\n", "good"),
    "a word too many": (policy() + f"witness w2 {OTHER} https://w.example 1\n", "policy_malformed"),
    "a log with an address": (policy().replace("\n", " https://log.example\n", 1), "good"),
    "a key that lacks a letter": (policy().replace(LOG, LOG[:-1], 1), "policy_malformed"),
    "another key id": (policy().replace(f"{ORIGIN}+", f"{ORIGIN}+0", 1), "policy_malformed"),
    "a name with a byte order mark": (named("a\ufeffb"), "good"),
    "a name with a control of C1": (named("a\u0085b"), "policy_malformed"),
    "the most witnesses": (witnesses(255), "good"),
    "too many witnesses": (witnesses(256), "policy_malformed"),
    "the longest": ("#" * (262_143 - len(policy())) + "\n" + policy(), "good"),
    "too long": ("#" * (262_144 - len(policy())) + "\n" + policy(), "policy_malformed"),
    "a group of any": (GROUP % "any", "good"),
    "a group of all": (GROUP % "all", "good"),
    "a group of 1": (GROUP % "1", "good"),
    "a group of 2 of 1": (GROUP % "2", "policy_malformed"),
    "a group of 0": (GROUP % "0", "policy_malformed"),
    "a group of 01": (GROUP % "01", "policy_malformed"),
    "a group of +1": (GROUP % "+1", "policy_malformed"),
    "a group of 1_0": (GROUP % "1_0", "policy_malformed"),
    "a group of 2^64 + 1": (GROUP % str(2**64 + 1), "policy_malformed"),
    "a group of constructor": (GROUP % "constructor", "policy_malformed"),
    "a group with a member twice": ((GROUP % "any").replace("any w", "any w w"), "policy_malformed"),
    "a group without members": ((GROUP % "any").replace("any w", "any"), "policy_malformed"),
    "a group in itself": ((GROUP % "any").replace("any w", "any g"), "policy_malformed"),
    "a witness in two groups": (GROUP % "any" + "group h any w\n", "policy_malformed"),
    "a group in a group": ((GROUP % "any").replace("quorum g", "group h all g\nquorum h"), "good"),
    "a group of another": (
        f"{LOG}\n{W}\nwitness w2 {OTHER}\ngroup g all w w2\nquorum g\n",
        "quorum_not_met",
    ),
}

def forger_with(what, lie):
    return Forger(**(lie if what == "several" else {what: lie}))


def receipts():
    yield "forged receipt: nothing", Forger().receipt(), policy(), [], "good"
    for what, lies in RECEIPT_LIES.items():
        for name, (lie, expected) in lies.items():
            yield f"forged receipt, {what}: {name}", forger_with(what, lie).receipt(), policy(), [], expected


def forgeries():
    """As mutations.mutations() gives them."""
    good = Forger().payslip()
    yield "forged: nothing", good, policy(), [], "good"
    yield "forged: nothing in the first period", Forger().first_payslip(), policy(), [], "good"
    for what, lies in LIES.items():
        for name, (lie, expected) in lies.items():
            yield f"forged {what}: {name}", forger_with(what, lie).payslip(), policy(), [], expected
    for what, lies in FIRST_LIES.items():
        for name, (lie, expected) in lies.items():
            yield f"forged first {what}: {name}", forger_with(what, lie).first_payslip(), policy(), [], expected
    for name, (extra, expected) in EXTRA.items():
        yield f"forged extra: {name}", Forger(more=[extra]).payslip(), policy(), [], expected
    for name, (old, new, expected) in BYTES.items():
        changed = good.replace(old, new, 1) if old else b"\n " + good + b"\n" + new
        assert changed != good, name
        yield f"forged bytes: {name}", changed, policy(), [], expected
    for name, (text, expected) in POLICIES.items():
        yield f"forged policy: {name}", good, text, [], expected
    yield from promises.promised()
    yield from receipts()
