"""Requests to a page's server as another program of this machine would make them."""

from __future__ import annotations

import asyncio
import http.client

from psoas_nudge.pages.guard import Guard

EVENTS = "text/event-stream; charset=utf-8"


class Site:
    """The server under test, and requests to it as another program would make them."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.link = guard.url.removeprefix(f"http://{guard.host}")

    async def ask(
        self, path: str = "/", method: str = "GET", body: str | None = None, **headers: str | None
    ) -> http.client.HTTPResponse:
        """A request as the page makes it; headers given replace or (None) remove its own."""
        usual: dict[str, str | None] = {"Host": self.guard.host, "Cookie": f"{self.guard.cookie}={self.guard.key}"}
        if method != "GET":
            usual["Origin"] = f"http://{self.guard.host}"
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}

        def ask() -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(self.guard.host, timeout=5)
            try:
                connection.putrequest(method, path, skip_host=True)
                for name, value in usual.items():
                    if value is not None:
                        connection.putheader(name, value)
                content = (body or "").encode()
                connection.putheader("Content-Length", str(len(content)))
                connection.endheaders(content)
                answer = connection.getresponse()
                answer.said = answer.read() if answer.getheader("content-type", "") != EVENTS else b""  # type: ignore[attr-defined]
                return answer
            finally:
                connection.close()

        return await asyncio.to_thread(ask)
