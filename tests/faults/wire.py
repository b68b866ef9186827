"""Requests on a kept connection, and signed commands. An answer that does not come is None."""

import base64
import hashlib
import http.client
import importlib.util
import json
import secrets
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent.parent

# Without the package around it, which needs more than this does.
_spec = importlib.util.spec_from_file_location("signing", ROOT / "api" / "python" / "src" / "handprint" / "signing.py")
signing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(signing)
Key, b64, canonical, commit = signing.Key, signing.b64, signing.canonical, signing.commit
reference_hash = signing.reference_hash


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def __repr__(self):
        return f"{self.status} {self.text[:300]}"


class Wire:
    """One connection, for one thread."""

    def __init__(self, url, timeout=15):
        self.host, self.timeout, self.connection = urlsplit(url).netloc, timeout, None

    def send(self, method, target, body=None, headers=None):
        """None: no answer came, so nobody here knows what happened."""
        kept = self.connection is not None
        try:
            return self.once(method, target, body, headers)
        except (ConnectionRefusedError, ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
            self.close()
            if not kept:
                return None
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        try:  # the kept connection may have been closed since
            return self.once(method, target, body, headers)
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def once(self, method, target, body, headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, timeout=self.timeout)
        self.connection.request(method, target, body, headers or {})
        response = self.connection.getresponse()
        return Answer(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())

    def json(self, method, target, value=None, headers=None):
        body = None if value is None else json.dumps(value).encode()
        return self.send(method, target, body, {"Content-Type": "application/json", **(headers or {})})

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def leaf_hash(header):
    return hashlib.sha256(b"\0" + header).digest()


def tree_root(leaves):
    """RFC 6962, of leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    row = list(leaves)
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\1" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        row = pairs + ([row[-1]] if len(row) % 2 else [])
    return row[0]


class Party:
    """A key with a party and, when needed, a session."""

    def __init__(self, log, key=None, party="new"):
        self.log, self.key, self.party, self.cookie = log, key or Key.make(), party, None

    def command(self, kind, args, attachments=None):
        """The body of a request, signed once; sent again it is the same command."""
        body = {"envelope": self.key.command(self.log, self.party, kind, args)}
        return {**body, "attachments": attachments} if attachments else body

    def sign_in(self, wire, now_ms):
        challenge = wire.json("POST", "/v1/sessions/challenge", {"key": self.key.text})
        if challenge is None or challenge.status != 200:
            return challenge
        proof = {"challenge": challenge.json()["challenge"], "log": self.log, "time": now_ms}
        answer = wire.json("POST", "/v1/sessions", {"envelope": self.key.envelope(signing.SESSION, proof)})
        if answer is not None and answer.status == 200:
            self.cookie = answer.headers["set-cookie"].split(";")[0]
        return answer

    def headers(self):
        return {"Cookie": self.cookie} if self.cookie else {}

    def submission(self, claim):
        args, attached = [], []
        for task in sorted(item["task"] for item in claim["tasks"]):
            text, salt = canonical({"value": secrets.choice(["clear", "unclear"])}), secrets.token_bytes(32)
            args.append(
                {"hash": b64(commit(salt, text)), "length": len(text), "task": task, "type": "application/json"}
            )
            attached.append({"task": task, "salt": b64(salt), "content": base64.b64encode(text).decode()})
        body = {"answers": args, "batch": claim["batch"], "terms": claim["terms"]}
        return self.command("submit", body, {"answers": attached})
