"""What a member signed, and the keys that follow from it: `signature_invalid` of section 13."""

import re

import formats
from formats import Envelope, canonical, check, unbase64
from shapes import is_count, shape

COMMAND = "application/vnd.handprint.command.v1+json"
CHANGES_KEYS = {"enrol_member", "add_key", "revoke_key"}
SIGNED = CHANGES_KEYS | {"submit"}


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
    actor = "new" if entry.header.kind == "enrol_member" else f"m:{entry.member}"
    found = (command["log"], command["kind"], command["actor"])
    check(found == (log, entry.header.kind, actor), "malformed", f"a command of {found}")
    return envelope, command


def keys_after(kind, args, before):
    if kind == "enrol_member":
        return {unbase64(args.get("key"), 32)} | ({unbase64(args["recovery"], 32)} if "recovery" in args else set())
    key = {unbase64(args.get("key"), 32)}
    return before | key if kind == "add_key" else before - key


def check_signature(entry, keys, log, commands):
    """The keys after the entry. `commands` are those signed so far; this one's is added."""
    kind = entry.header.kind
    check((entry.keys is not None) == (kind in CHANGES_KEYS), "malformed", "keys")
    check((entry.answers is not None) == (kind == "submit"), "malformed", "answers")
    if entry.evidence is None:
        check(kind not in SIGNED, "malformed", "no signature")
        return keys
    envelope, command = read_command(entry, log)
    args, name = command["args"], (command["actor"], command["command"])
    check(envelope.by(entry.keys if kind == "enrol_member" else keys), "malformed", "signed by another key")
    check(name not in commands, "malformed", "a command for the second time")
    commands.add(name)
    if entry.answers is not None:
        signed = "answers" in args and formats.encode(args["answers"]) == formats.encode(entry.answers)
        check(signed, "malformed", "other answers than were signed")
    if entry.keys is None:
        return keys
    check(set(entry.keys) == keys_after(kind, args, keys), "malformed", "other keys than the command asks for")
    return set(entry.keys)
