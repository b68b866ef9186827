"""What can go wrong, as exceptions. The class says what to do, `code` says exactly what it is."""

from __future__ import annotations

from typing import Any


class HandprintError(Exception):
    """Everything that this package raises on purpose."""


class Unreachable(HandprintError):
    """The node did not answer, however often it was asked. A write may have been carried out: send it
    again with the same idempotency key, then it happens once."""


class Problem(HandprintError):
    """The node said no. The fields are those of the problem document (RFC 9457)."""

    def __init__(self, fields: dict[str, Any]):
        self.status: int = fields.get("status", 0)
        self.code: str = fields.get("code", "")
        self.title: str = fields.get("title", "")
        self.detail: str = fields.get("detail", "")
        self.field: str | None = fields.get("field")
        self.rule: str | None = fields.get("rule")
        self.retry: str = fields.get("retry", "never")
        self.existing: dict[str, int] = fields.get("existing", {})  # what is in the way, by its numbers
        self.fields = fields
        self.attempts = 1  # how often it was sent before this answer came
        said = self.detail or self.title
        where = f" [{self.field}]" if self.field else ""
        super().__init__(f"{self.status} {self.code}{where}: {said}")


class BadRequest(Problem):
    """This can never be right; change the request."""


class Denied(Problem):
    """No good credentials (401), or this party or API key may not (403)."""


class NotFound(Problem):
    """Nothing there that the caller may see, or not yet."""


class NotNow(Problem):
    """The same request may succeed when something has changed, such as the money in escrow."""


class Done(Problem):
    """It has been done before."""


class Conflict(Problem):
    """It contradicts what is there; read again, then decide."""


class Unavailable(Problem):
    """The node is overloaded or broken. After a write the outcome may be unknown, as in Unreachable."""


def problem_of(status: int, fields: dict[str, Any]) -> Problem:
    """The exception for an answer."""
    fields = {"status": status, "code": f"http_{status}", **fields}
    if status == 409:
        kind = {"later": NotNow, "fresh": Conflict}.get(fields.get("retry", ""), Done)
    elif status in (401, 403):
        kind = Denied
    elif status == 404:
        kind = NotFound
    elif status >= 500 or status in (408, 429):
        kind = Unavailable
    else:
        kind = BadRequest
    return kind(fields)
