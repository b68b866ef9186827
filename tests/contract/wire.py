"""Plain HTTP: what is sent is exactly what the test says, right or wrong."""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes

    @property
    def kind(self):
        return self.headers.get("content-type", "").split(";")[0].strip()

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)


class Wire:
    answered = set()  # (method, target, status) of every answer to every wire

    def __init__(self, url):
        self.host = urlsplit(url).netloc

    def send(self, method, target, headers=None, body=None, timeout=90):
        connection = http.client.HTTPConnection(self.host, timeout=timeout)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            given = {name.lower(): value for name, value in (headers or {}).items()}
            if body is not None and "content-length" not in given:
                connection.putheader("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            if body is not None:
                try:
                    connection.send(body)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # refused before it was all there; the answer is waiting
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            self.answered.add((method, target, response.status))
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def json(self, method, target, value=None, headers=None):
        headers = {"Content-Type": "application/json", **(headers or {})}
        return self.send(method, target, headers, None if value is None else json.dumps(value).encode())

    def first_event(self, target, headers=None):
        """The first message of a stream, as (answer without body, its lines)."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request("GET", target, headers=headers or {})
            response = connection.getresponse()
            lines = []
            while response.status == 200:
                line = response.readline().decode()
                if line in ("\n", "\r\n") and lines or not line:
                    break  # the end of a message, or of the stream
                if line.strip() and not line.startswith(":"):
                    lines.append(line.rstrip("\r\n"))
            found = {name.lower(): value for name, value in response.getheaders()}
            self.answered.add(("GET", target, response.status))
            return Answer(response.status, found, b""), lines
        finally:
            connection.close()
