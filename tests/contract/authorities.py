"""The limits of each authority: the requester's own key, an agent key under a grant for a session or for
an API key. A grant names a key, kinds of command, batches, a money cap and an end."""

import secrets
import time

from examples import problem_faults
from handprint.signing import Key
from world import GRANTED, World

WAIT_S = 20
SHORT_MS = 1_500


class Requester:
    """A new one with a session, and no grant."""

    def __init__(self, world, name):
        self.world = world
        self.key = Key.make()
        command = world.command(self.key, "new", "register_requester", {"key": self.key.text})
        self.party = f"r:{world.send_command(command, {'name': name})['result']['requester']}"
        self.cookie = {"Cookie": f"hp_session={world.sign_in(self.key)}"}

    def sign(self, kind, args):
        return self.world.send_command(self.world.command(self.key, self.party, kind, args))

    def grant(self, agent=None, **changed):
        if agent is None:
            agent = self.world.wire.json("POST", "/v1/agents", {}, self.cookie).json()["key"]
        expires = int(time.time() * 1000) + 3_600_000
        args = {"key": agent, "kinds": GRANTED, "cap": "10000000", "currency": "KES", "expires": expires}
        return self.sign("grant", {**args, **changed})["result"]["grant"]

    def api_key(self, grant, label="test"):
        """(header, id, the answer)"""
        answer = self.world.wire.json("POST", "/v1/api-keys", {"grant": grant, "label": label}, self.cookie)
        made = answer.json()
        return {"Authorization": f"Bearer {made.get('api_key')}"}, made.get("id"), answer

    def acts_under(self):
        return self.world.wire.json("GET", "/v1/session", headers=self.cookie).json().get("grant")

    def project(self, headers=None):
        body = {"external": secrets.token_hex(8), "title": "A project", "description": ""}
        return self.world.wire.json("POST", "/v1/projects", body, headers or self.cookie)

    def batch(self):
        """A draft, under a grant for all."""
        self.grant()
        project = self.project().json()
        return self.world.draft_of(project["project"], self.cookie)

    def refund(self, amount, headers=None):
        return self.world.wire.json("POST", "/v1/refunds", {"amount": amount, "currency": "KES"}, headers or self.cookie)


def check(contract, node, tally):
    world = World(contract, node)
    for test in (session_alone, choice_of_grant, limits, uploads, end_of_grants, api_keys, recovery_sheet, end_of_sessions):
        try:
            for what, faults in test(contract, world):
                tally.expect(f"authority: {what}", faults)
        except Exception as error:
            tally.failed(f"authority: {test.__name__}", repr(error))


def good(answer, status=200):
    return [] if answer.status == status else [f"{answer.status} instead of {status}: {answer.text[:300]}"]


def same(got, wanted):
    return [] if got == wanted else [f"{got!r} instead of {wanted!r}"]


def session_alone(contract, world):
    one = Requester(world, "A session alone")
    refused = problem_faults(contract, one.project(), 403, "not_granted")
    yield "a session without a grant does nothing", refused
    one.grant(agent=Key.make().text)
    yield "a grant for a key elsewhere is none for the session", problem_faults(
        contract, one.project(), 403, "not_granted"
    )
    grant = one.grant()
    answer = one.project()
    yield "a session acts under the grant from its entry on, without an API key", good(answer)
    entry = world.wire.json("GET", f"/v1/entries?from={answer.json()['index']}&limit=1").json()["entries"][0]
    yield "what a session does under a grant is an agent's entry", same('"authority":"agent"' in entry["header"], True)
    yield "the session says which grant", same(one.acts_under(), grant)
    other = Requester(world, "Another")
    yield "it is no grant for the session of another", problem_faults(contract, other.project(), 403, "not_granted")


def choice_of_grant(contract, world):
    one = Requester(world, "Two grants")
    wide = one.grant()
    one.grant(kinds=["accept"])
    yield "a newer grant for other kinds does not take the session's away", good(one.project())
    limited = one.grant(batches=[0])
    yield "nor one for certain batches", good(one.project())
    newer = one.grant()
    yield "a newer grant for as much is taken", same(one.acts_under(), newer)
    one.sign("revoke_grant", {"grant": newer})
    yield "when the newer is revoked, the older is there again", good(one.project())
    one.sign("revoke_grant", {"grant": wide})
    yield "then the one for certain batches, for what is in no batch", good(one.project())
    one.sign("revoke_grant", {"grant": limited})
    yield "when all that cover it are revoked, nothing is", problem_faults(
        contract, one.project(), 403, "kind_not_granted"
    )


def limits(contract, world):
    one = Requester(world, "Limits")
    world.wire.json("POST", "/v1/demo/fund", {"amount": "1000", "currency": "KES"}, one.cookie)
    header, _, _ = one.api_key(one.grant(cap="100", kinds=["refund", "close_batch", "accept"], batches=[10**6]))
    yield "a kind that is not named", problem_faults(contract, one.project(header), 403, "kind_not_granted")
    yield "money within the cap", good(one.refund("60", header))
    yield "money over what is left of the cap", problem_faults(contract, one.refund("41", header), 403, "over_cap")
    yield "all that is left of the cap", good(one.refund("40", header))
    yield "money when the cap is used up", problem_faults(contract, one.refund("1", header), 403, "over_cap")
    yield "the session, under the same grant", problem_faults(contract, one.refund("1"), 403, "over_cap")
    used = world.wire.json("POST", "/v1/agents", {}, one.cookie).json()["key"]
    one.grant(agent=used)
    command = world.command(one.key, one.party, "grant", {
        "key": used, "kinds": GRANTED, "cap": "1", "currency": "KES", "expires": int(time.time() * 1000) + 60_000,
    })
    answer = world.wire.json("POST", "/v1/commands", {"envelope": command})
    yield "an agent key under a second grant", problem_faults(contract, answer, 409, "key_in_use", "key")


def uploads(contract, world):
    """Refused for what the grant says, before a row is looked at."""
    one = Requester(world, "Uploads")
    draft = one.batch()
    for what, code, field, changed in [
        ("an upload under a grant that does not name it", "kind_not_granted", None, {"kinds": ["publish"]}),
        ("an upload under a grant for other batches", "batch_not_granted", "batch", {"batches": [10**6]}),
    ]:
        header, _, _ = one.api_key(one.grant(**changed))
        headers = {"Content-Type": "application/jsonl", **header}
        answer = world.wire.send("POST", f"/v1/batches/{draft}/tasks", headers, b"no rows")
        yield what, problem_faults(contract, answer, 403, code, field)


def end_of_grants(contract, world):
    one = Requester(world, "Ends")
    expires = int(time.time() * 1000) + SHORT_MS
    header, _, _ = one.api_key(one.grant(expires=expires))
    deadline = time.monotonic() + WAIT_S
    answer = one.project(header)
    while answer.status == 200 and time.monotonic() < deadline:
        answer = one.project(header)
    yield "an API key when its grant has expired", problem_faults(contract, answer, 403, "grant_expired")
    answer = one.project()
    # The ledger's time may be some milliseconds ahead of the node's, for no two commits have the same.
    while answer.status == 403 and answer.json()["code"] == "grant_expired" and time.monotonic() < deadline:
        answer = one.project()
    yield "the session then", problem_faults(contract, answer, 403, "not_granted")
    grant = one.grant()
    header, _, _ = one.api_key(grant)
    yield "an API key before its grant is revoked", good(one.project(header))
    one.sign("revoke_grant", {"grant": grant})
    yield "an API key writes nothing when its grant is revoked", problem_faults(
        contract, one.project(header), 403, "grant_revoked"
    )
    money = world.wire.json("GET", "/v1/money", headers=header)
    yield "and reads nothing", problem_faults(contract, money, 403, "grant_revoked")
    yield "the session after a revocation", problem_faults(contract, one.project(), 403, "not_granted")
    _, _, answer = one.api_key(grant)
    yield "a new API key for a revoked grant", problem_faults(contract, answer, 403, "not_granted")


def api_keys(contract, world):
    one, other = Requester(world, "Keys"), Requester(world, "Other keys")
    grant = one.grant()

    def listed(who=one):
        return world.wire.json("GET", "/v1/api-keys", headers=who.cookie)

    first, id_of_first, _ = one.api_key(grant, "first")
    _, _, _ = one.api_key(grant, "second")
    answer = listed()
    keys = answer.json()["api_keys"]
    yield "the list has the keys that were made, unused", same(
        sorted((key["label"], key["grant"], "used" in key) for key in keys),
        [("first", grant, False), ("second", grant, False)],
    )
    yield "the list has no secret", same(first["Authorization"].split("_", 1)[1] in answer.text, False)
    yield "an API key does not see it", problem_faults(
        contract, world.wire.json("GET", "/v1/api-keys", headers=first), 401, "unauthenticated"
    )
    yield "nor does another requester", same(listed(other).json()["api_keys"], [])
    world.wire.json("GET", "/v1/money", headers=first)
    yield "a use is in the list", same({k["label"]: "used" in k for k in listed().json()["api_keys"]},
                                       {"first": True, "second": False})
    target = f"/v1/api-keys/{id_of_first}"
    answer = world.wire.json("DELETE", target, headers=other.cookie)
    yield "another requester cannot revoke", problem_faults(contract, answer, 404, "key_unknown")
    yield "the key still opens", good(world.wire.json("GET", "/v1/money", headers=first))
    yield "its requester can", good(world.wire.json("DELETE", target, headers=one.cookie), 204)
    answer = world.wire.json("GET", "/v1/money", headers=first)
    yield "a revoked key opens nothing", problem_faults(contract, answer, 401, "key_unknown")
    answer = world.wire.json("DELETE", target, headers=one.cookie)
    yield "it is revoked once", problem_faults(contract, answer, 404, "key_unknown")
    yield "the list says so", same({k["label"]: "revoked" in k for k in listed().json()["api_keys"]},
                                   {"first": True, "second": False})
    yield "the session goes on", good(one.project())
    _, _, answer = one.api_key(grant, "x" * 129)
    yield "a label over 128 bytes", problem_faults(contract, answer, 400, "bad_argument", "label")
    for _ in range(99):
        _, _, answer = one.api_key(grant)
        if answer.status != 201:
            break
    yield "a hundred keys", good(answer, 201)
    _, _, answer = one.api_key(grant)
    yield "one more", problem_faults(contract, answer, 409, "too_many_keys")


def recovery_sheet(contract, world):
    """A sheet gives its requester a new device, and does nothing else."""
    one, sheet, device = Requester(world, "A sheet"), Key.make(), Key.make()
    grant = one.grant()
    one.sign("add_key", {"key": sheet.text, "role": "recovery"})
    lost = one.cookie
    one.cookie = {"Cookie": f"hp_session={world.sign_in(sheet)}"}
    session = world.wire.json("GET", "/v1/session", headers=one.cookie).json()
    yield "a session of a recovery key says whose it is", same((session["party"], session["name"]), (one.party, "A sheet"))
    yield "but names no grant", same(session.get("grant"), None)
    yield "and acts under none", problem_faults(contract, one.project(), 403, "recovery_key")
    _, _, answer = one.api_key(grant)
    yield "nor makes API keys", problem_faults(contract, answer, 403, "recovery_key")
    command = world.command(sheet, one.party, "refund", {"amount": "1", "currency": "KES"})
    answer = world.wire.json("POST", "/v1/commands", {"envelope": command})
    yield "a recovery key signs no money", problem_faults(contract, answer, 403, "recovery_key")
    world.send_command(world.command(sheet, one.party, "add_key", {"key": device.text, "role": "device"}))
    world.send_command(world.command(sheet, one.party, "revoke_key", {"key": one.key.text}))
    one.cookie = {"Cookie": f"hp_session={world.sign_in(device)}"}
    yield "the new device acts under the grant of before", good(one.project())
    answer = world.wire.json("GET", "/v1/money", headers=lost)
    yield "the session of the lost device is over", problem_faults(contract, answer, 401, "session_unknown")
    keys = world.wire.json("GET", "/v1/keys", headers=one.cookie).json()["keys"]
    wanted = {sheet.text: "recovery", device.text: "device"}
    yield "the list has the keys that are valid", same({key["key"]: key["role"] for key in keys}, wanted)


def end_of_sessions(contract, world):
    """A session is worth what the key that opened it is worth."""
    first, device, recovery = Key.make(), Key.make(), Key.make()
    args = {"key": first.text, "languages": ["en"], "recovery": recovery.text}
    party = f"m:{world.send_command(world.command(first, 'new', 'enrol_member', args))['result']['member']}"
    world.send_command(world.command(first, party, "add_key", {"key": device.text, "role": "device"}))
    lost, kept = ({"Cookie": f"hp_session={world.sign_in(key)}"} for key in (device, first))
    yield "a session of a second key", good(world.wire.json("GET", "/v1/me", headers=lost))
    world.send_command(world.command(recovery, party, "revoke_key", {"key": device.text}))
    answer = world.wire.json("GET", "/v1/me", headers=lost)
    yield "a session ends with the key that opened it", problem_faults(contract, answer, 401, "session_unknown")
    answer = world.open_session(device)
    yield "a revoked key opens no other", problem_faults(contract, answer, 403, "key_revoked")
    yield "sessions of other keys go on", good(world.wire.json("GET", "/v1/me", headers=kept))
    world.wire.json("DELETE", "/v1/sessions", headers=kept)
    answer = world.wire.json("GET", "/v1/me", headers=kept)
    yield "a session ends when it is closed", problem_faults(contract, answer, 401, "session_unknown")
