"""One exchange with the node, tried again when that is safe."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from .errors import Unreachable, problem_of

TRY_AGAIN = (408, 429, 502, 503, 504)
LONGEST_WAIT_S = 30.0


class Transport:
    """Reads see what was written through the same object: the log size that an answer to a write names
    is asked for in later reads."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: dict[str, str] | None = None,
        timeout: float = 30.0,
        attempts: int = 5,
        http: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.attempts = attempts
        self.sleep = sleep
        self.written = 0
        self.http = httpx.Client(base_url=base_url.rstrip("/"), headers=headers or {}, timeout=timeout, transport=http)

    def close(self) -> None:
        self.http.close()

    def get(self, path: str, **params: Any) -> httpx.Response:
        asked = {name: value for name, value in params.items() if value is not None}
        return self.send("GET", path, params=asked)

    def write(
        self,
        path: str,
        body: Any = None,
        *,
        content: bytes | None = None,
        content_type: str = "application/json",
        key: str | None = None,
        once: bool = False,
        timeout: float | None = None,
    ) -> httpx.Response:
        """A POST under an idempotency key, so that it can be sent again. `once`: without a key, and
        therefore never sent again."""
        headers = {"Content-Type": content_type}
        if not once:
            headers["Idempotency-Key"] = key or uuid.uuid4().hex
        options: dict[str, Any] = {} if timeout is None else {"timeout": timeout}
        if content is not None:
            options["content"] = content
        else:
            options["json"] = {} if body is None else body
        return self.send("POST", path, headers=headers, again=not once, **options)

    def send(
        self, method: str, path: str, *, again: bool = True, headers: dict[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        headers = dict(headers or {})
        if method == "GET" and self.written:
            headers["Handprint-Min-Seq"] = str(self.written)
        attempts = self.attempts if again else 1
        for attempt in range(1, attempts + 1):
            try:
                response = self.http.request(method, path, headers=headers, **options)
            except httpx.TransportError as error:
                if attempt == attempts:
                    raise Unreachable(f"{method} {path}: {error or type(error).__name__}") from error
                self.sleep(pause(attempt, None))
                continue
            if response.status_code in TRY_AGAIN and attempt < attempts:
                self.sleep(pause(attempt, response.headers.get("Retry-After")))
                continue
            if response.status_code >= 400:
                problem = problem_of(response.status_code, problem_fields(response))
                problem.attempts = attempt
                raise problem
            self.written = max(self.written, int(response.headers.get("Handprint-Seq", 0)))
            return response
        raise AssertionError("the last attempt returns or raises")


def pause(attempt: int, retry_after: str | None) -> float:
    """Seconds before the next attempt: what the node asks for, else 0.5, 1, 2, 4, ..."""
    if retry_after is not None and retry_after.isdigit():
        return min(float(retry_after), LONGEST_WAIT_S)
    return min(0.25 * 2.0**attempt, LONGEST_WAIT_S)


def problem_fields(response: httpx.Response) -> dict[str, Any]:
    try:
        fields = response.json()
    except ValueError:
        fields = None
    if isinstance(fields, dict):
        return fields
    return {"title": response.reason_phrase, "detail": response.text[:200]}
