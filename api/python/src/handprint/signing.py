"""Keys, envelopes and commands, as docs/ledger-format.md has them. Needs PyNaCl."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
import time
from typing import Any

try:
    from nacl.signing import SigningKey
except ImportError as missing:  # pragma: no cover
    raise ImportError("signing needs PyNaCl: pip install 'handprint[signing]'") from missing

COMMAND = "application/vnd.handprint.command.v1+json"
SESSION = "application/vnd.handprint.session.v1+json"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def canonical(value: Any) -> bytes:
    """The one encoding that is signed. Only integers, text, lists, dicts with ASCII keys, bools, None."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def new_id() -> str:
    """The id of a new command: 48 bits of time in milliseconds, then random, as UUID version 7 begins."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def commit(salt: bytes, data: bytes) -> bytes:
    return hashlib.sha256(b"handprint/commit/v1\0" + salt + data).digest()


def reference_hash(salt: bytes, text: str) -> bytes:
    """How the ledger knows a transfer at the bank: `text` as it stands on paper, `salt` of `/v1/reference-salt`."""
    plain = re.sub("[ \t-\r]", "", text)
    if not 1 <= len(plain) <= 128 or not plain.isascii() or not plain.isprintable():
        raise ValueError("a reference has 1 to 128 ASCII letters, digits and signs, white space not counted")
    return commit(salt, plain.upper().encode())


def tagged(name: str, data: bytes) -> bytes:
    return hashlib.sha256(b"handprint/" + name.encode() + b"/v1\0" + data).digest()


class Key:
    """An Ed25519 key that never leaves this machine unless you copy its file."""

    def __init__(self, seed: bytes):
        self.seed = seed
        self.signer = SigningKey(seed)
        self.public = bytes(self.signer.verify_key)

    @classmethod
    def make(cls) -> Key:
        return cls(secrets.token_bytes(32))

    @property
    def text(self) -> str:
        return b64(self.public)

    def envelope(self, payload_type: str, body: Any) -> dict[str, Any]:
        """A DSSE envelope around the canonical JSON of `body`."""
        payload, kind = canonical(body), payload_type.encode()
        signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        keyid = hashlib.sha256(self.public).hexdigest()[:16]
        signature = {"keyid": keyid, "sig": b64(self.signer.sign(signed).signature)}
        return {"payload": b64(payload), "payloadType": payload_type, "signatures": [signature]}

    def command(
        self,
        log: str,
        actor: str,
        kind: str,
        args: dict[str, Any],
        seen: tuple[int, bytes] | None = None,
    ) -> dict[str, Any]:
        """A signed command under a new id. Keep it until the node has answered: the same bytes can be
        sent again, another command for the same purpose would be a second one.

        `seen` is size and root of a checkpoint that you have verified, any earlier one too: a ledger with
        another history then cannot take the command (`wrong_log`)."""
        body = {"actor": actor, "args": args, "command": new_id(), "kind": kind, "log": log}
        if seen is not None:
            size, root = seen
            body["seen"] = {"root": b64(root), "size": size}
        return self.envelope(COMMAND, body)


FILE_FORMAT = "handprint-key-v1"


def save(path: str, party: str, key: Key) -> None:
    """A new key file, as the program `handprint` has them: one line, which only its owner may read.
    FileExistsError rather than losing an older key."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{FILE_FORMAT} {party} {b64(key.seed)}\n")
        file.flush()
        os.fsync(file.fileno())


def load(path: str) -> tuple[str, Key]:
    """Party and key; the party is "new" before the node gave a number."""
    with open(path, encoding="ascii") as file:
        words = file.read().split()
    if len(words) != 3 or words[0] != FILE_FORMAT:
        raise ValueError(f"{path} is not one line of {FILE_FORMAT} <party> <seed>")
    return words[1], Key(base64.b64decode(words[2]))
