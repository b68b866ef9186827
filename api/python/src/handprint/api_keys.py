"""A requester's API keys, seen and revoked with the requester's own key: no API key can do that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from .signup import open_session
from .transport import Transport


def api_keys(
    base_url: str, *, key_file: str | Path = "handprint.key", http: httpx.BaseTransport | None = None
) -> list[dict[str, Any]]:
    """The API keys of the requester in `key_file`, newest first: id, label, grant, created, and used and
    revoked if they were (times in milliseconds since 1970). The keys themselves are known to their holders
    alone."""
    with signed_in(base_url, key_file, http) as wire:
        return wire.get("/v1/api-keys").json()["api_keys"]


def revoke_api_key(
    base_url: str, id: str, *, key_file: str | Path = "handprint.key", http: httpx.BaseTransport | None = None
) -> None:
    """Makes the API key with this id worthless; `NotFound` if the requester has none."""
    with signed_in(base_url, key_file, http) as wire:
        wire.send("DELETE", f"/v1/api-keys/{id}", again=False)


@contextmanager
def signed_in(base_url: str, key_file: str | Path, http: httpx.BaseTransport | None) -> Iterator[Transport]:
    from . import signing  # PyNaCl is needed for this alone

    _, key = signing.load(os.fspath(key_file))
    wire = Transport(base_url, http=http)
    try:
        open_session(wire, signing, key, wire.get("/v1/ledger").json()["log"])
        try:
            yield wire
        finally:
            wire.send("DELETE", "/v1/sessions")
    finally:
        wire.close()
