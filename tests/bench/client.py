"""A browser reduced to what a server notices of it: one kept connection, a session, a form token."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = "a" * 32  # a cookie and a form that name the same token pass: what is measured is not the log-in


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many milliseconds."""

    status: int
    location: str
    body: bytes
    ms: float


class Client:
    """One person's connection."""

    def __init__(self, port: int, session: str, *, patience: float = 30) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "Accept": "text/html",
            "Accept-Language": "en",
            "Host": "127.0.0.1",
        }

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str] | None = None) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": TOKEN, **(fields or {})}))

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = (
            self.headers if body is None else {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        )
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # The server let an idle connection go, as a browser would notice too.
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        content = response.read()
        ms = (time.perf_counter() - began) * 1000
        return Answer(response.status, response.headers.get("Location", ""), content, ms)
