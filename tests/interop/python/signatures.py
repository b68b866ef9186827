"""What a member signed, and the keys that follow from it: `signature_invalid` of section 13."""

import re

import formats
from formats import Envelope, canonical, check, unbase64
from shapes import is_count, shape

COMMAND = "application/vnd.handprint.command.v1+json"
CHANGES_KEYS = {"enrol_member", "add_key", "revoke_key", "reenrol_member"}
OF_DELEGATES = {"propose_reenrolment", "reenrol_member"}
SIGNED = CHANGES_KEYS | OF_DELEGATES | {"submit", "object_reenrolment"}


class Walk:
    """Where the walk along the entries has come to; `previous` is the index of the close before."""

    def __init__(self, keys, log, previous, delegates):
        self.keys, self.log, self.previous, self.delegates = keys, log, previous, delegates
        self.commands = set()
        self.proposals = {}  # of re-enrolments in this file: index -> (actor, key)
        self.answered = -1  # those of before this index are over


def read_command(entry, log):
    """The envelope and the command in it: of this log, the header's kind, the right actor, and no larger log seen."""
    envelope = Envelope(entry.evidence)
    command = canonical(envelope.body)
    shape(command, {"actor", "args", "command", "kind", "log"}, {"seen"})
    check(envelope.type == COMMAND and isinstance(command["args"], dict), "malformed", "command")
    identity = command["command"]
    check(isinstance(identity, str) and re.fullmatch("[0-9a-f]{32}", identity), "malformed", "command id")
    if "seen" in command:
        seen = shape(command["seen"], {"root", "size"})
        check(is_count(seen["size"]) and unbase64(seen["root"], 32), "malformed", "seen")
        check(seen["size"] <= entry.index, "malformed", "seen what was not there yet")
    found = (command["log"], command["kind"])
    check(found == (log, entry.header.kind), "malformed", f"a command of {found}")
    return envelope, command


def check_signer(entry, envelope, command, walk):
    """A delegate signs with the key that the closing gives it, a member with one of its own, a newcomer with its first."""
    kind, actor = entry.header.kind, command["actor"]
    if kind in OF_DELEGATES:
        known = {f"d:{number}": delegate for number, delegate in enumerate(walk.delegates)}
        check(isinstance(actor, str) and actor in known, "malformed", f"not a delegate: {actor}")
        check(envelope.by([known[actor]]), "malformed", "not signed by that delegate")
        about = command["args"].get("member")
        check(is_count(about) and about == entry.member, "malformed", "about another member")
        return
    newcomer = kind == "enrol_member"
    check(actor == ("new" if newcomer else f"m:{entry.member}"), "malformed", f"of {actor}")
    check(envelope.by(entry.keys if newcomer else walk.keys), "malformed", "signed by another key")


def follow_proposals(entry, command, walk):
    """Another delegate confirms what one has proposed, unless the member has objected since."""
    kind, args, actor = entry.header.kind, command["args"], command["actor"]
    if kind in OF_DELEGATES:
        key = unbase64(args.get("key"), 32)
        if kind == "propose_reenrolment":
            walk.proposals[entry.index] = (actor, key)
            return
        number = args.get("proposal")
        check(is_count(number) and number > walk.answered, "malformed", "no proposal that stands")
        if number > walk.previous:  # else the payslip of its own period judges it
            check(number in walk.proposals, "malformed", "nobody proposed it")
            by, proposed = walk.proposals[number]
            check(by != actor and proposed == key, "malformed", "not what another delegate proposed")
    if kind in ("reenrol_member", "object_reenrolment"):
        walk.answered = entry.index


def keys_after(kind, args, before):
    if kind == "enrol_member":
        return {unbase64(args.get("key"), 32)} | ({unbase64(args["recovery"], 32)} if "recovery" in args else set())
    key = {unbase64(args.get("key"), 32)}
    if kind == "reenrol_member":
        return key
    return before | key if kind == "add_key" else before - key


def check_signature(entry, walk):
    """Judges the entry and moves the walk past it."""
    kind = entry.header.kind
    check((entry.keys is not None) == (kind in CHANGES_KEYS), "malformed", "keys")
    check((entry.answers is not None) == (kind == "submit"), "malformed", "answers")
    if entry.evidence is None:
        check(kind not in SIGNED, "malformed", "no signature")
        return
    envelope, command = read_command(entry, walk.log)
    check_signer(entry, envelope, command, walk)
    args, name = command["args"], (command["actor"], command["command"])
    check(name not in walk.commands, "malformed", "a command for the second time")
    walk.commands.add(name)
    if entry.answers is not None:
        signed = "answers" in args and formats.encode(args["answers"]) == formats.encode(entry.answers)
        check(signed, "malformed", "other answers than were signed")
    follow_proposals(entry, command, walk)
    if entry.keys is None:
        return
    check(set(entry.keys) == keys_after(kind, args, walk.keys), "malformed", "other keys than the command asks for")
    walk.keys = set(entry.keys)
