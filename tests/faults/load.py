"""Clients who never pause, and a diary of what the node has acknowledged to them."""

import json
import random
import secrets
import threading
import time

from coop import LOG, until
from wire import Party, Wire, b64, leaf_hash

REFUSALS = 4  # how many kinds of refusal a report shows


class Diary:
    def __init__(self, seed=0):
        self.lock = threading.Lock()
        self.random = random.Random(seed)
        self.acknowledged = []  # (index, leaf, body)
        self.unknown = []  # bodies whose answer did not come, or said "retry with the same id"
        self.doors = []  # (target, headers, value, status and answer)
        self.refused = {}
        self.wrong = []
        self.unavailable = 0
        self.draft = None  # (party, batch, task, number) of the newest acknowledged draft

    def note(self, body, answer):
        """Files what came of a command; true when it was acknowledged."""
        with self.lock:
            if answer is None or answer.status >= 500:
                self.unavailable += answer is not None
                self.unknown.append(body)
                return False
            said = answer.json()
            if answer.status != 200:
                self.refused[said["code"]] = self.refused.get(said["code"], 0) + 1
                return False
            self.acknowledged.append((said["index"], said["leaf"], body))
            return True

    def faults(self, coop, most=60):
        """Holds a running node to all that it has acknowledged, then sends again what is open."""
        leaves = [b64(leaf_hash(header)) for header in coop.headers()]
        faults, self.wrong = self.wrong[:3], []
        for index, leaf, _ in self.acknowledged:
            if index >= len(leaves):
                faults.append(f"acknowledged entry {index} is gone; there are {len(leaves)}")
            elif leaves[index] != leaf:
                faults.append(f"entry {index} is not the one acknowledged")
        seen = {}
        for index, _, body in self.acknowledged:
            other = seen.setdefault(index, body)
            if other is not body and other != body:
                faults.append(f"two commands were acknowledged as entry {index}")
        wire = Wire(coop.url)
        again = self.acknowledged[-20:] + self.random.sample(self.acknowledged, min(most, len(self.acknowledged)))
        for index, leaf, body in again:
            answer = wire.json("POST", "/v1/commands", body)
            if answer is None or answer.status != 200:
                faults.append(f"sent again, entry {index} is answered {answer!r}")
            elif (answer.json()["index"], answer.json()["leaf"]) != (index, leaf):
                faults.append(f"sent again, entry {index} is {answer.json()['index']}")
        faults += self.settle(wire)
        faults += self.door_faults(wire)
        return faults[:10] + self.draft_faults(coop, wire)

    def settle(self, wire):
        """Nobody knows whether these were done; with the same id they are done once."""
        unknown, self.unknown = self.unknown, []
        for body in unknown:
            first = wire.json("POST", "/v1/commands", body)
            if not self.note(body, first):
                if first is None or first.status >= 500:
                    return [f"an open command is still answered {first!r}"]
                continue
            second = wire.json("POST", "/v1/commands", body)
            if second is None or second.status != 200 or second.json()["index"] != first.json()["index"]:
                return [f"sent twice: {first!r} then {second!r}"]
        return []

    def door_faults(self, wire):
        doors, self.doors = self.doors, []
        for target, headers, value, known in doors[-10:]:
            answer = wire.json("POST", target, value, headers)
            if answer is None or (answer.status, answer.body) != known:
                return [f"{target} under its Idempotency-Key: {answer!r} instead of {known}"]
        return []

    def draft_faults(self, coop, wire):
        if self.draft is None:
            return []
        member, batch, task, number = self.draft
        member.sign_in(wire, coop.now())
        answer = wire.json("GET", "/v1/claims", None, member.headers())
        if answer is None or answer.status != 200:
            return [f"claims: {answer!r}"]
        for claim in answer.json()["claims"]:
            for item in claim["tasks"] if claim["batch"] == batch else []:
                if item["task"] == task:
                    kept = (item.get("draft") or {}).get("n", -1)
                    return [] if kept >= number else [f"draft {number} was acknowledged, {kept} is kept"]
        return ["an acknowledged claim is gone"]

    def summary(self):
        open_ = f", {self.unavailable} told to retry" if self.unavailable else ""
        most = sorted(self.refused.items(), key=lambda item: -item[1])[:REFUSALS]
        refused = ", ".join(f"{count} {code}" for code, count in most)
        return f"{len(self.acknowledged)} acknowledged{open_}" + (f", refused: {refused}" if refused else "")


class Load:
    """`with Load(coop, diary):` everybody is busy inside."""

    def __init__(self, coop, diary, pause=0.0):
        self.coop, self.diary, self.pause = coop, diary, pause
        self.over = threading.Event()
        jobs = [(self.member, m) for m in coop.members[:-1]]
        jobs += [(self.newcomers, None)] * 2 + [(self.requester, None), (self.drafts, coop.members[-1])]
        self.threads = [threading.Thread(target=self.loop, args=job, daemon=True) for job in jobs]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def loop(self, step, who):
        wire = Wire(self.coop.url)
        while not self.over.is_set():
            try:
                good = step(wire, who)
            except (KeyError, ValueError, TypeError, AttributeError) as error:  # an answer out of the contract
                self.diary.wrong.append(f"{step.__name__}: {error!r}")
                good = False
            time.sleep(self.pause if good else 0.02)
        wire.close()

    def signed_in(self, wire, member, answer):
        if answer is not None and answer.status == 401:
            member.sign_in(wire, self.coop.now())
        return answer is not None and answer.status < 300

    def member(self, wire, member):
        wanted = {"batch": self.coop.batches[0], "count": 2}
        claim = wire.json("POST", "/v1/claims", wanted, member.headers())
        if not self.signed_in(wire, member, claim):
            return False
        body = member.submission(claim.json())
        return self.diary.note(body, wire.json("POST", "/v1/commands", body))

    def newcomers(self, wire, _):
        one = Party(LOG)
        body = one.command("enrol_member", {"key": one.key.text, "languages": ["en"]})
        answer = wire.json("POST", "/v1/commands", body)
        if not self.diary.note(body, answer):
            return False
        one.party = f"m:{answer.json()['result']['member']}"
        body = one.command("add_key", {"key": Party(LOG).key.text, "role": "device"})
        return self.diary.note(body, wire.json("POST", "/v1/commands", body))

    def requester(self, wire, _):
        """Accepts what is submitted, item by item as named."""
        batch = self.coop.batches[0]
        page = wire.json("GET", f"/v1/batches/{batch}/submissions?state=submitted&limit=20", None, self.coop.api_key)
        time.sleep(0.05)
        if page is None or page.status != 200 or not page.json()["submissions"]:
            return False
        value = {"items": [[one["task"], one["member"]] for one in page.json()["submissions"]]}
        headers = {"Idempotency-Key": secrets.token_hex(16), **self.coop.api_key}
        answer = wire.json("POST", f"/v1/batches/{batch}/accept", value, headers)
        if answer is None or answer.status != 200:
            return False
        with self.diary.lock:
            self.diary.doors.append((f"/v1/batches/{batch}/accept", headers, value, (answer.status, answer.body)))
        return True

    def drafts(self, wire, member):
        batch = self.coop.batches[-1]
        if self.diary.draft is None:
            answer = wire.json("POST", "/v1/claims", {"batch": batch, "count": 1}, member.headers())
            if not self.signed_in(wire, member, answer):
                return False
            self.diary.draft = (member, batch, answer.json()["tasks"][0]["task"], -1)
        _, batch, task, number = self.diary.draft
        answer = wire.json("PUT", f"/v1/drafts/{batch}/{task}", {"n": number + 1}, member.headers())
        if self.signed_in(wire, member, answer):
            self.diary.draft = (member, batch, task, number + 1)
        time.sleep(0.02)
        return True


def grows(coop, seconds=10):
    """True when a new command is acknowledged within that time."""
    wire = Wire(coop.url, 5)
    one = Party(LOG)
    body = one.command("enrol_member", {"key": one.key.text, "languages": ["en"]})

    def done():
        answer = wire.json("POST", "/v1/commands", body)
        return answer is not None and answer.status == 200

    return until(done, seconds, 0.1)


def problem(answer):
    """A refusal in one line."""
    if answer is None:
        return "no answer"
    try:
        said = json.loads(answer.body)
        return f"{answer.status} {said.get('code')}: {said.get('detail')}"
    except ValueError:
        return repr(answer)
