"""Access control for a page's server: a one-time token lets one browser in, which then authenticates with a cookie.

Against DNS rebinding and cross-site requests, every request must carry this host and port, and a request that changes
something must have this origin. The content security policy allows only resources of this origin.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from importlib.resources import files
from secrets import token_urlsafe
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Read = TypeVar("Read", bound=msgspec.Struct)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
BODY_LIMIT = 1024
"""Maximum bytes of a request's body."""
ENTER = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>psoas-nudge</title>'
    '<link rel="icon" href="/icon.png"><meta http-equiv="refresh" content="0;url=/"></html>'
)
"""The response to the token. It makes the browser request the page from this origin, so that the SameSite=Strict cookie
is sent, a reload works, and the token does not stay in the address bar."""


def policy(*, look: str = "'self'", pictures: str = "'self'") -> str:
    """The content security policy of a page. Scripts and requests are always limited to this origin."""
    return (
        f"default-src 'none'; script-src 'self'; style-src {look}; connect-src 'self'; img-src {pictures}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class Guard:
    """ASGI middleware in front of all routes. `what`: the page's name in refusals; `rules`: see `policy`."""

    def __init__(self, app: ASGIApp, port: int, what: str, rules: str = policy()) -> None:
        self.app, self.what = app, what
        self.headers = {"Content-Security-Policy": rules, **HEADERS}
        self.host = f"127.0.0.1:{port}"
        self.cookie = f"psoas_nudge_{port}"
        self.token: str | None = token_urlsafe(24)
        self.key = token_urlsafe(24)

    @property
    def url(self) -> str:
        """The address with the one-time token."""
        return f"http://{self.host}/?token={self.token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the page's server speaks HTTP only, not {scope['type']}")
        request = Request(scope)
        fresh = self._takes_token(request)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = dict(self.headers)
                if fresh:
                    extra["Set-Cookie"] = f"{self.cookie}={self.key}; HttpOnly; SameSite=Strict; Path=/"
                message["headers"] = [
                    *message["headers"],
                    *((name.lower().encode(), value.encode()) for name, value in extra.items()),
                ]
            await send(message)

        if fresh:
            answer: ASGIApp = HTMLResponse(ENTER)
        else:
            refusal = self._refusal(request)
            answer = self.app if refusal is None else PlainTextResponse(refusal, status_code=403)
        await answer(scope, receive, send_with_headers)

    def _takes_token(self, request: Request) -> bool:
        token = request.query_params.get("token")
        if token is None or self.token is None or request.method != "GET" or request.url.path != "/":
            return False
        if request.headers.get("host") != self.host or not compare_digest(token.encode(), self.token.encode()):
            return False
        self.token = None
        return True

    def _refusal(self, request: Request) -> str | None:
        if request.headers.get("host") != self.host:
            return f"This is not the address of the {self.what}."
        if not compare_digest(request.cookies.get(self.cookie, "").encode(), self.key.encode()):
            return f"The {self.what} belongs to another window, or its link was used already."
        origin = request.headers.get("origin")
        if origin is None and request.method not in {"GET", "HEAD"}:
            return "The request does not say which site it comes from."
        if origin is not None and origin != f"http://{self.host}":
            return "Requests from other sites are refused."
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return "Requests from other sites are refused."
        return None


def static(path: str, kind: str, *where: str) -> Route:
    """A route that serves the package file at `where`."""

    async def serve(_request: Request) -> Response:
        return Response(files("psoas_nudge").joinpath(*where).read_bytes(), media_type=kind)

    return Route(path, serve, methods=["GET"])


def posted(
    path: str, kind: type[Read], handle: Callable[[Read], Awaitable[Response]], limit: int = BODY_LIMIT
) -> Route:
    """A POST route that decodes the body as `kind`, of at most `limit` bytes."""

    async def receive(request: Request) -> Response:
        content = await _body(request, kind, limit)
        return content if isinstance(content, Response) else await handle(content)

    return Route(path, receive, methods=["POST"])


async def _body(request: Request, kind: type[Read], limit: int) -> Read | Response:
    """The decoded body, or the response with which to refuse it."""
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > limit:
            return PlainTextResponse("Too long.", status_code=413)
    try:
        return msgspec.json.decode(bytes(found), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return PlainTextResponse(f"Not understood: {error}", status_code=422)
