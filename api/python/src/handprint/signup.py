"""Registers a requester from a program: once, before the first job."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import httpx

from .errors import Problem
from .money import Amount, to_minor
from .transport import Transport

GRANTED = [
    "accept",
    "close_batch",
    "create_batch",
    "create_project",
    "import_tasks",
    "publish",
    "refund",
]
DAY_MS = 86_400_000


def signup(
    base_url: str,
    name: str,
    *,
    key_file: str | Path = "handprint.key",
    recovery_file: str | Path | None = None,
    currency: str = "KES",
    cap: Amount = "100000",
    days: int = 365,
    label: str = "python",
    http: httpx.BaseTransport | None = None,
) -> str:
    """Makes a key in `key_file`, registers a requester called `name` and returns an API key.

    The API key acts through a grant that is signed here: for so many days, and for at most `cap` of
    `currency` in all. Keep `key_file`: it is the requester. The node never sees it, and only with it can
    grants be revoked. If the file is there already, its requester gets another API key.

    With `recovery_file` a second key is made there. It signs nothing but changes of keys: store it elsewhere,
    and when `key_file` is lost, `handprint sign add_key` gives the requester a new one.
    """
    from . import signing  # PyNaCl is needed for this alone

    wire = Transport(base_url, http=http)
    try:
        log = wire.get("/v1/ledger").json()["log"]
        key, party = identity(wire, signing, os.fspath(key_file), log, name)
        if recovery_file is not None:
            keep_recovery(wire, signing, os.fspath(recovery_file), log, key, party)
        agent = wire.write("/v1/agents", once=True).json()["key"]
        args = {
            "key": agent,
            "kinds": GRANTED,
            "cap": str(to_minor(cap, currency)),
            "currency": currency,
            "expires": int(time.time() * 1000) + days * DAY_MS,
        }
        grant = send(wire, key.command(log, party, "grant", args))["result"]["grant"]
        made = wire.write("/v1/api-keys", {"grant": grant, "label": label}, once=True).json()
        wire.send("DELETE", "/v1/sessions")
        return made["api_key"]
    finally:
        wire.close()


def identity(wire: Transport, signing: Any, key_file: str, log: str, name: str) -> tuple[Any, str]:
    """Key and party from the file, or a new requester, signed in. The key is on the disk before it is
    registered, so that no requester is lost to a crash."""
    if os.path.exists(key_file):
        party, key = signing.load(key_file)
    else:
        party, key = "new", signing.Key.make()
        signing.save(key_file, party, key)
    try:
        return key, open_session(wire, signing, key, log)
    except Problem as problem:
        if problem.code != "key_unknown":
            raise
    if party != "new":
        raise ValueError(f"{key_file} is {party} of another cooperative")
    command = key.command(log, "new", "register_requester", {"key": key.text})
    party = f"r:{send(wire, command, {'name': name})['result']['requester']}"
    signing.save(f"{key_file}.new", party, key)
    os.replace(f"{key_file}.new", key_file)
    open_session(wire, signing, key, log)
    return key, party


def keep_recovery(wire: Transport, signing: Any, file: str, log: str, key: Any, party: str) -> None:
    """The key in the file, or a new one, is a recovery key of the party; on the disk before it is one."""
    if os.path.exists(file):
        _, spare = signing.load(file)
    else:
        spare = signing.Key.make()
        signing.save(file, party, spare)
    if spare.text not in [one["key"] for one in wire.get("/v1/keys").json()["keys"]]:
        send(wire, key.command(log, party, "add_key", {"key": spare.text, "role": "recovery"}))


def open_session(wire: Transport, signing: Any, key: Any, log: str) -> str:
    challenge = wire.write("/v1/sessions/challenge", {"key": key.text}, once=True).json()["challenge"]
    proof = {"challenge": challenge, "log": log, "time": int(time.time() * 1000)}
    envelope = key.envelope(signing.SESSION, proof)
    return wire.write("/v1/sessions", {"envelope": envelope}, once=True).json()["party"]


def send(wire: Transport, envelope: dict[str, Any], attachments: Any = None) -> dict[str, Any]:
    body = {"envelope": envelope}
    if attachments is not None:
        body["attachments"] = attachments
    return wire.send("POST", "/v1/commands", json=body).json()
