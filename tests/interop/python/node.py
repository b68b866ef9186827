"""A member's side of docs/http-api.md: signs commands, opens a session, fetches payslips and receipts."""

import json
import secrets
import time
import urllib.request

import formats
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from formats import base64_text

COMMAND = "application/vnd.handprint.command.v1+json"
SESSION = "application/vnd.handprint.session.v1+json"


def get(url, cookie=""):
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def post(url, value):
    """The answer's JSON and its cookie."""
    request = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer), answer.headers.get("Set-Cookie", "").partition(";")[0]


class Key:
    def __init__(self, seed=None):
        self.secret = Ed25519PrivateKey.from_private_bytes(seed or secrets.token_bytes(32))
        self.public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.text = base64_text(self.public)

    def envelope(self, kind, body):
        body = formats.encode(body)
        signature = {
            "keyid": formats.sha256(self.public)[:8].hex(),
            "sig": base64_text(self.secret.sign(formats.pae(kind, body))),
        }
        return {"payload": base64_text(body), "payloadType": kind, "signatures": [signature]}


class Node:
    def __init__(self, url):
        self.url = url
        self.log = self.ledger()["log"]

    def ledger(self):
        return json.loads(get(f"{self.url}/v1/ledger"))

    def enrol(self):
        """A new member: their key and the answer to the command."""
        key = Key()
        args = {"key": key.text, "languages": ["sw"]}
        body = {"actor": "new", "args": args, "command": secrets.token_hex(16), "kind": "enrol_member", "log": self.log}
        return key, post(f"{self.url}/v1/commands", {"envelope": key.envelope(COMMAND, body)})[0]

    def session(self, key):
        """The cookie of a session of the key's party."""
        challenge = post(f"{self.url}/v1/sessions/challenge", {"key": key.text})[0]["challenge"]
        body = {"challenge": challenge, "log": self.log, "time": int(time.time() * 1000)}
        return post(f"{self.url}/v1/sessions", {"envelope": key.envelope(SESSION, body)})[1]

    def payslips(self, cookie):
        """Numbers of the periods whose payslip can be had."""
        rows = json.loads(get(f"{self.url}/v1/me/payslips", cookie))["payslips"]
        return sorted(row["period"] for row in rows if row["published"])

    def payslip(self, cookie, period):
        return get(f"{self.url}/v1/me/payslips/{period}", cookie)

    def receipt(self, cookie, index):
        return get(f"{self.url}/v1/receipts/{index}", cookie)
