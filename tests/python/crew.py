"""Members of the demo who do the work of one batch, as their phones would."""

import base64
import time

from handprint import Problem, signing
from handprint.signing import Key, b64, canonical, commit
from handprint.signup import open_session, send
from handprint.transport import Transport


class Member:
    """A member with a session of their own."""

    def __init__(self, url, log, party, seed):
        self.log = log
        self.party = party
        self.number = int(party.split(":")[1])
        self.key = Key(seed)
        self.wire = Transport(url)
        assert open_session(self.wire, signing, self.key, log) == party

    def close(self):
        self.wire.close()

    def offers(self):
        return self.wire.get("/v1/tasks/open", limit=100).json()["offers"]

    def claim(self, batch, count=10):
        """The claim, or None when nothing is left for this member."""
        try:
            return self.wire.send("POST", "/v1/claims", json={"batch": batch, "count": count}).json()
        except Problem as problem:
            if problem.code in ("none_free", "not_open", "skill_missing", "language_missing"):
                return None
            raise

    def submit(self, claim, decide):
        """Signs and sends an answer to each task; decide(content) gives it."""
        args, attached = [], []
        for number, task in enumerate(sorted(claim["tasks"], key=lambda t: t["task"])):
            answer = canonical(decide(task["content"]))
            salt = bytes([number + 1]) * 16 + self.key.public[:16]
            digest = b64(commit(salt, answer))
            price = {"price_micros": task["price_micros"]} if "price_micros" in task else {}
            args.append({"hash": digest, "length": len(answer), **price, "task": task["task"], "type": "application/json"})
            attached.append({"task": task["task"], "salt": b64(salt), "content": base64.b64encode(answer).decode()})
        body = {"answers": args, "batch": claim["batch"], "terms": claim["terms"]}
        command = self.key.command(self.log, self.party, "submit", body)
        return send(self.wire, command, {"answers": attached})


def work(url, seeds, title, decide, seconds=60.0):
    """Does all tasks of the batch with this title, as soon as it is on offer. Returns the answers given."""
    log = Transport(url).get("/v1/ledger").json()["log"]
    crew = [Member(url, log, party, seed) for party, seed in seeds.items()]
    deadline = time.monotonic() + seconds
    batch, done = None, 0
    while time.monotonic() < deadline and batch is None:
        found = [offer for member in crew for offer in member.offers() if offer["title"] == title]
        batch = found[0]["batch"] if found else None
        time.sleep(0.1)
    for member in crew if batch is not None else []:
        while claim := member.claim(batch):
            member.submit(claim, decide)
            done += len(claim["tasks"])
    for member in crew:
        member.close()
    return done
