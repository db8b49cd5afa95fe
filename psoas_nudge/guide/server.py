"""The routes of the stretch's page. Who may use them: pages/guard.py."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from psoas_nudge.core.catalogue import CATALOGUE, REVIEWED
from psoas_nudge.core.model import Afterwards, Pain
from psoas_nudge.core.routines import SIDES
from psoas_nudge.guide.figures import FIGURES, file, paths_between, svg
from psoas_nudge.guide.player import Command
from psoas_nudge.guide.session import Session
from psoas_nudge.pages.guard import Guard, body, static


class Pressed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page sends when a button is pressed."""

    command: Command


class Feeling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page sends when the question at the end is answered."""

    afterwards: Afterwards
    pain: Pain | None = None


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
        "reviewed": REVIEWED if routine in CATALOGUE else "",
        "segments": player.segments,
        "figures": {
            side or "both": {name: svg(routine, name, side, f"/picture/{quote(name)}") for name in pictures}
            for side in ((*SIDES,) if routine.sided else (None,))
        },
        "ways": {
            f"{start} {end}": way
            for start in pictures
            for end in pictures
            if routine.id in FIGURES and (way := paths_between(routine.id, start, end))
        },
    }

    async def describe(_request: Request) -> Response:
        return Response(msgspec.json.encode(described), media_type="application/json")

    async def picture(request: Request) -> Response:
        name = request.path_params["name"]
        if not routine.pack or name not in pictures or not file(routine, name).is_file():
            return Response(status_code=404)
        return Response(file(routine, name).read_bytes(), media_type="image/png")

    async def watch(_request: Request) -> Response:
        return StreamingResponse(session.watch(), media_type="text/event-stream")

    async def press(request: Request) -> Response:
        pressed = await body(request, Pressed)
        if isinstance(pressed, Response):
            return pressed
        session.command(pressed.command)
        return Response(status_code=204)

    async def feel(request: Request) -> Response:
        feeling = await body(request, Feeling)
        if isinstance(feeling, Response):
            return feeling
        session.felt(feeling.afterwards, feeling.pain)
        return Response(status_code=204)

    async def leave(_request: Request) -> Response:
        session.close()
        return Response(status_code=204)

    routes = [
        static("/", "text/html", "guide", "static", "page.html"),
        static("/look.css", "text/css", "pages", "static", "look.css"),
        static("/page.css", "text/css", "guide", "static", "page.css"),
        static("/page.js", "text/javascript", "guide", "static", "page.js"),
        static("/figure.js", "text/javascript", "guide", "static", "figure.js"),
        static("/sound.js", "text/javascript", "guide", "static", "sound.js"),
        static("/icon.png", "image/png", "data", "icon-128.png"),
        Route("/routine", describe, methods=["GET"]),
        Route("/picture/{name}", picture, methods=["GET"]),
        Route("/moments", watch, methods=["GET"]),
        Route("/press", press, methods=["POST"]),
        Route("/feel", feel, methods=["POST"]),
        Route("/leave", leave, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes), port, "stretch")
