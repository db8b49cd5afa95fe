"""The page's server: loopback only, for one stretch and one person, gone afterwards.

Who may come in: the browser that was handed the one-time token, and from then on the cookie it got for it. Every
request must name this very host and port, and one that changes something must come from this very origin, so neither
another site nor a rebound DNS name gets through. Nothing on the page comes from anywhere else, and the content
security policy says so.
"""

from __future__ import annotations

from hmac import compare_digest
from importlib.resources import files
from secrets import token_urlsafe
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from psoas_nudge.core.catalogue import REVIEWED
from psoas_nudge.core.model import Afterwards, Pain
from psoas_nudge.core.routines import SIDES
from psoas_nudge.guide.figures import FIGURES, paths_between, svg
from psoas_nudge.guide.player import Command
from psoas_nudge.guide.session import Session

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
BODY_LIMIT = 1024
"""Bytes of a request's body; what a page sends is shorter than a tenth of it."""


class Pressed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page sends when a button is pressed."""

    command: Command


class Feeling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page sends when the question at the end is answered."""

    afterwards: Afterwards
    pain: Pain | None = None


class Guard:
    """Lets only the one browser in: see the module. It stands in front of every route, known or not."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.host = f"127.0.0.1:{port}"
        self.cookie = f"psoas_nudge_{port}"
        self.token: str | None = token_urlsafe(24)
        self.key = token_urlsafe(24)

    @property
    def url(self) -> str:
        """The address that lets one browser in, once."""
        return f"http://{self.host}/?token={self.token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the page's server speaks HTTP only, not {scope['type']}")
        request = Request(scope)
        fresh = self._takes_token(request)
        refusal = None if fresh else self._refusal(request)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = dict(HEADERS)
                if fresh:
                    extra["Set-Cookie"] = f"{self.cookie}={self.key}; HttpOnly; SameSite=Strict; Path=/"
                message["headers"] = [
                    *message["headers"],
                    *((name.lower().encode(), value.encode()) for name, value in extra.items()),
                ]
            await send(message)

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
            return "This is not the address of the stretch."
        if not compare_digest(request.cookies.get(self.cookie, "").encode(), self.key.encode()):
            return "This stretch belongs to another window, or its link was used already."
        origin = request.headers.get("origin")
        if origin is None and request.method not in {"GET", "HEAD"}:
            return "The request does not say where it comes from."
        if origin is not None and origin != f"http://{self.host}":
            return "Requests from other sites are refused."
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return "Requests from other sites are refused."
        return None


def app(session: Session, port: int) -> Guard:
    """The whole server for one stretch, to be served on 127.0.0.1 at `port`."""
    player = session.player
    routine = player.routine
    pictures = sorted({name for segment in player.segments for name in (segment.picture, segment.returns_to) if name})
    described = {
        "id": routine.id,
        "title": routine.title,
        "purpose": routine.purpose,
        "why": routine.why.partition(" [")[0],
        "notFor": routine.not_for,
        "feel": f"{routine.feel} {routine.feel_not}".strip(),
        "effort": routine.effort,
        "easier": routine.easier,
        "harder": routine.harder,
        "check": routine.check,
        "cautions": routine.cautions,
        "reviewed": REVIEWED,
        "segments": player.segments,
        "figures": {
            side or "both": {name: svg(routine.id, name, side) for name in pictures}
            for side in ((*SIDES,) if routine.sided else (None,))
        },
        "ways": {
            f"{start} {end}": way
            for start in pictures
            for end in pictures
            if routine.id in FIGURES and (way := paths_between(routine.id, start, end))
        },
    }

    def static(path: str, kind: str, *where: str) -> Route:
        async def serve(_request: Request) -> Response:
            return Response(files("psoas_nudge").joinpath(*where).read_bytes(), media_type=kind)

        return Route(path, serve, methods=["GET"])

    async def describe(_request: Request) -> Response:
        return Response(msgspec.json.encode(described), media_type="application/json")

    async def watch(_request: Request) -> Response:
        return StreamingResponse(session.watch(), media_type="text/event-stream")

    async def press(request: Request) -> Response:
        pressed = await _body(request, Pressed)
        if isinstance(pressed, Response):
            return pressed
        session.command(pressed.command)
        return Response(status_code=204)

    async def feel(request: Request) -> Response:
        feeling = await _body(request, Feeling)
        if isinstance(feeling, Response):
            return feeling
        session.felt(feeling.afterwards, feeling.pain)
        return Response(status_code=204)

    async def leave(_request: Request) -> Response:
        session.close()
        return Response(status_code=204)

    routes = [
        static("/", "text/html", "guide", "static", "page.html"),
        static("/page.css", "text/css", "guide", "static", "page.css"),
        static("/page.js", "text/javascript", "guide", "static", "page.js"),
        static("/figure.js", "text/javascript", "guide", "static", "figure.js"),
        static("/sound.js", "text/javascript", "guide", "static", "sound.js"),
        static("/icon.png", "image/png", "data", "icon-128.png"),
        Route("/routine", describe, methods=["GET"]),
        Route("/moments", watch, methods=["GET"]),
        Route("/press", press, methods=["POST"]),
        Route("/feel", feel, methods=["POST"]),
        Route("/leave", leave, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes), port)


async def _body(request: Request, kind: type[Any]) -> Any:
    """The body as `kind`, or the response that refuses it."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            return PlainTextResponse("Too long.", status_code=413)
    try:
        return msgspec.json.decode(bytes(body), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return PlainTextResponse(f"Not understood: {error}", status_code=422)
