"""Projects, batches and results, for programs of a requester."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

import httpx

from . import table
from .errors import HandprintError, Problem
from .money import Amount, to_micros, to_minor, to_text
from .transport import Transport

HOUR_MS = 3_600_000
Named = Union[Sequence[Union[str, Mapping[str, str]]], Mapping[str, str]]


class Client:
    """Speaks for a requester with an API key (`handprint.signup` or the web page makes one).

    Writes carry an idempotency key and are sent again after time-outs and 503, so they happen once.
    To go on with a write after a crash of your own program, give the same `key` again: 32 lower-case
    hex digits, such as `uuid.uuid4().hex`.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 30.0,
        attempts: int = 5,
        http: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        """Without arguments: from the variables HANDPRINT_URL and HANDPRINT_API_KEY."""
        base_url = base_url or os.environ.get("HANDPRINT_URL", "")
        api_key = api_key or os.environ.get("HANDPRINT_API_KEY", "")
        if not base_url or not api_key:
            raise HandprintError("base_url and api_key are needed")
        headers = {"Authorization": f"Bearer {api_key}"}
        self.wire = Transport(base_url, headers=headers, timeout=timeout, attempts=attempts, http=http, sleep=sleep)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.wire.close()

    def create_project(self, external: str, *, title: str, description: str = "", key: str | None = None) -> Project:
        """`external` is your own name of it, unique among your projects."""
        body = {"external": external, "title": title, "description": description}
        made = self.wire.write("/v1/projects", body, key=key).json()
        return Project(self, result_of(made, "project"))

    def project(self, number: int) -> Project:
        return Project(self, number)

    def batch(self, number: int) -> Batch:
        return Batch(self, number)

    def find_project(self, external: str) -> Project:
        """The project that you gave this name; NotFound if there is none."""
        return Project(self, self._find("project", external)["project"])

    def find_batch(self, external: str) -> Batch:
        return Batch(self, self._find("batch", external)["batch"])

    def find_task(self, external: str) -> tuple[Batch, int]:
        """The batch that your task is in, and its number there."""
        found = self._find("task", external)
        return Batch(self, found["batch"]), found["task"]

    def _find(self, kind: str, external: str) -> dict[str, Any]:
        return self.wire.get("/v1/externals", kind=kind, external=external).json()

    def projects(self) -> list[dict[str, Any]]:
        """All projects with their batches and how far they are, newest first."""
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = self.wire.get("/v1/projects").json()
        while True:
            found += page["projects"]
            if "next" not in page:
                return found
            page = self.wire.get("/v1/projects", after=page["next"]).json()

    def money(self) -> list[dict[str, Any]]:
        """Escrow, and what is held per batch, in minor units."""
        return self.wire.get("/v1/money").json()["balances"]

    def refund(self, amount: Amount, currency: str, *, key: str | None = None) -> int:
        """Sends escrow back to your bank; the answer is the number of the refund."""
        body = {"amount": str(to_minor(amount, currency)), "currency": currency}
        return result_of(self.wire.write("/v1/refunds", body, key=key).json(), "refund")

    def demo_fund(self, amount: Amount, currency: str) -> None:
        """Puts play money into escrow; only a demo has this."""
        body = {"amount": str(to_minor(amount, currency)), "currency": currency}
        self.wire.write("/v1/demo/fund", body, once=True)

    def receipt(self, index: int) -> str:
        """The proof that an entry is in the log; verify it with `handprint verify`."""
        return self.wire.get(f"/v1/receipts/{index}").text


class Project:
    """A project of yours; `number` is its name in the ledger."""

    def __init__(self, client: Client, number: int):
        self.client = client
        self.number = number

    def __repr__(self) -> str:
        return f"<Project {self.number}>"

    def create_batch(
        self,
        external: str,
        *,
        title: str,
        question: str,
        choices: Named,
        fields: Named,
        price: Amount,
        currency: str,
        estimate_s: int,
        domain: str,
        language: str,
        instructions: str = "",
        overlap: int = 1,
        level: int = 1,
        hazard: int = 0,
        bundle_max: int = 10,
        lease_ms: int = HOUR_MS,
        accept_ms: int = 72 * HOUR_MS,
        qualifies: Mapping[str, int] | None = None,
        key: str | None = None,
    ) -> Batch:
        """A batch fixes price and words for all its tasks.

        `choices` are values, or value and label; `fields` are the columns that members see, or column
        and label. `price` is per answer, in the major unit. `estimate_s` is the honest time for one
        task: price and time give the pay per hour, which may not be below the floor. `overlap` is the
        number of answers wanted per task.
        """
        body: dict[str, Any] = {
            "external": external,
            "title": title,
            "instructions": instructions,
            "question": question,
            "choices": named(choices, "value"),
            "fields": named(fields, "name"),
            "price_micros": to_micros(price),
            "currency": currency,
            "overlap": overlap,
            "lease_ms": lease_ms,
            "accept_ms": accept_ms,
            "bundle_max": bundle_max,
            "domain": domain,
            "level": level,
            "language": language,
            "estimate_s": estimate_s,
            "hazard": hazard,
        }
        if qualifies is not None:
            body["qualifies"] = dict(qualifies)
        made = self.client.wire.write(f"/v1/projects/{self.number}/batches", body, key=key).json()
        return Batch(self.client, result_of(made, "batch"))


@dataclass(frozen=True)
class Quote:
    """What publishing will hold, in minor units."""

    tasks: int
    slots: int  # answers wanted in all
    labour: int
    fee: int
    reserve: int  # for rounding; what is not needed comes back
    total: int
    available: int  # in escrow now
    pay_per_hour: int
    currency: str

    def __str__(self) -> str:
        total, hourly = to_text(self.total, self.currency), to_text(self.pay_per_hour, self.currency)
        answers = f"{self.slots} answer{'' if self.slots == 1 else 's'}"
        tasks = f"{self.tasks} task{'' if self.tasks == 1 else 's'}"
        return f"{answers} to {tasks}: {total} with the fee; an hour pays {hourly}"


class Batch:
    """A batch of yours; `number` is its name in the ledger."""

    def __init__(self, client: Client, number: int):
        self.client = client
        self.number = number
        self.path = f"/v1/batches/{number}"

    def __repr__(self) -> str:
        return f"<Batch {self.number}>"

    def upload(self, source: table.Source, *, id: str = "id", timeout: float = 600.0) -> int:
        """Uploads all tasks: a .csv or .jsonl file, or rows. `id` names the column with your own ids,
        which no other task of yours may have. Columns `price_micros` (10^-6 of a unit of the currency),
        `overlap` and `expires_at` (milliseconds since 1970) are the terms of a task where they are not
        those of the batch; members do not see them as data. Returns how many tasks there are, when the
        batch is ready to be published."""
        content, kind = table.read(source, id)
        wire = self.client.wire
        try:
            wire.write(f"{self.path}/tasks", content=content, content_type=kind, timeout=timeout)
        except Problem as problem:
            if problem.code != "already_imported" or problem.attempts == 1:
                raise  # else an earlier attempt got through
        deadline = time.monotonic() + timeout
        while (status := self.status())["state"] == "importing" and time.monotonic() < deadline:
            wire.sleep(0.2)
        return status["tasks"]

    def quote(self) -> Quote:
        answer = self.client.wire.get(f"{self.path}/quote").json()
        numbers = {name: int(answer[name]) for name in Quote.__dataclass_fields__ if name != "currency"}
        return Quote(currency=answer["currency"], **numbers)

    def publish(self, *, key: str | None = None) -> None:
        """Holds the money and offers the work. NotNow `not_covered` when escrow has too little."""
        self.client.wire.write(f"{self.path}/publish", key=key)

    def close(self, *, key: str | None = None) -> None:
        """Ends the batch; what is held and not needed is in escrow again. One that was not published ends too."""
        self.client.wire.write(f"{self.path}/close", key=key)

    def status(self) -> dict[str, Any]:
        return self.client.wire.get(self.path).json()

    def wait(
        self,
        *,
        progress: Callable[[str], Any] | None = None,
        every_s: float = 2.0,
        timeout_s: float | None = None,
    ) -> dict[str, Any]:
        """Waits until all answers are in. `progress` is called with a line of text when the count has
        changed. TimeoutError after `timeout_s`."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        told = -1
        while True:
            status = self.status()
            submitted, wanted = status["submitted"], status["slots"]
            if progress is not None and submitted != told:
                progress(f"{submitted} of {wanted} answers")
                told = submitted
            if submitted >= wanted or status["state"] == "closed":
                return status
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(f"batch {self.number}: {submitted} of {wanted} answers")
            self.client.wire.sleep(every_s)

    def submissions(self, state: str | None = None) -> Iterator[dict[str, Any]]:
        """Answers with what is known of them; `state` is "submitted" or "accepted"."""
        after = None
        while True:
            page = self.client.wire.get(f"{self.path}/submissions", state=state, after=after).json()
            yield from page["submissions"]
            after = page.get("next")
            if after is None:
                return

    def accept(self, items: Iterable[tuple[int, int]], *, key: str | None = None) -> int:
        """Accepts answers by (task, member), which pays for them. Returns how many were accepted."""
        body = {"items": [[task, member] for task, member in items]}
        return self.client.wire.write(f"{self.path}/accept", body, key=key).json()["accepted"]

    def accept_all(self, *, key: str | None = None) -> int:
        """Accepts whatever has been submitted by now."""
        return self.client.wire.write(f"{self.path}/accept", {"all": True}, key=key).json()["accepted"]

    def results(self) -> list[dict[str, Any]]:
        """Accepted answers: external, task, member, value, note, accepted_index, price_micros. An answer
        that has been erased since has the value None."""
        return list(self.iter_results())

    def iter_results(self) -> Iterator[dict[str, Any]]:
        # Not splitlines(): text may hold other characters that count as ends of lines.
        for line in self.client.wire.get(f"{self.path}/results", format="jsonl").content.split(b"\n"):
            if not line:
                continue
            row = json.loads(line)
            answer = row.pop("answer")
            plain = answer if isinstance(answer, dict) else {"value": answer}
            yield {**row, "value": plain.get("value"), "note": plain.get("note")}

    def save_results(self, path: str | Path) -> None:
        """Writes accepted answers to a .csv or .jsonl file."""
        kind = Path(path).suffix.lower().lstrip(".")
        if kind not in ("csv", "jsonl"):
            raise ValueError(f"{path}: a .csv or .jsonl file is needed")
        Path(path).write_bytes(self.client.wire.get(f"{self.path}/results", format=kind).content)


def named(items: Named, name: str) -> list[dict[str, str]]:
    """["clear"], {"clear": "Clear"} or [{"value": "clear", "label": "Clear"}], in the last form."""
    if isinstance(items, Mapping):
        return [{name: item, "label": label} for item, label in items.items()]
    return [{name: item, "label": item} if isinstance(item, str) else dict(item) for item in items]


def result_of(answer: dict[str, Any], name: str) -> int:
    """A number that the ledger gave out. It stands in the answer, or in the result of its command."""
    return answer[name] if name in answer else answer["result"][name]
