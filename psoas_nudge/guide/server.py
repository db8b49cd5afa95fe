"""The HTTP routes of the stretch's page. pages/guard.py checks access."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from psoas_nudge.core.catalogue import CATALOGUE, REVIEWED
from psoas_nudge.core.evidence import without_ids
from psoas_nudge.core.model import Afterwards, Pain
from psoas_nudge.core.routines import SIDES
from psoas_nudge.core.words import capitalized
from psoas_nudge.guide.asking import PAINS
from psoas_nudge.guide.figures import FIGURES, paths_between, svg
from psoas_nudge.guide.player import Command, Player
from psoas_nudge.guide.session import StretchSession
from psoas_nudge.pages.guard import Guard, posted, static
from psoas_nudge.pictures import kept


class PressedCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of /press."""

    command: Command


class Feeling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of /feel."""

    afterwards: Afterwards
    pain: Pain | None = None


class Room(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of /kneel."""

    can: bool


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """What is heard when the page opens; its two buttons change it for this stretch. See [stretch] in the settings."""

    chime: bool
    voice: bool


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object, body of /undo and /leave."""


Sent = TypeVar("Sent", bound=msgspec.Struct)


def app(session: StretchSession, port: int, sound: Sound) -> Guard:
    """The ASGI application for one stretch, to be served on 127.0.0.1 at `port`."""
    described = _described(session.player, sound)

    async def describe(_request: Request) -> Response:
        return Response(msgspec.json.encode(described), media_type="application/json")

    async def picture(request: Request) -> Response:
        routine, name = session.player.routine, request.path_params["name"]
        file = kept.png(routine.pictures, name)
        if not routine.pictures or name not in _pictures(session.player) or not file.is_file():
            return Response(status_code=404)
        return Response(file.read_bytes(), media_type="image/png")

    async def watch(_request: Request) -> Response:
        return StreamingResponse(session.watch(), media_type="text/event-stream")

    routes = [
        static("/", "text/html", "guide", "static", "page.html"),
        static("/look.css", "text/css", "pages", "static", "look.css"),
        static("/page.css", "text/css", "guide", "static", "page.css"),
        static("/page.js", "text/javascript", "guide", "static", "page.js"),
        static("/figure.js", "text/javascript", "guide", "static", "figure.js"),
        static("/sound.js", "text/javascript", "guide", "static", "sound.js"),
        static("/icon.png", "image/png", "data", "icon-128.png"),
        Route("/routine", describe, methods=["GET"]),
        Route("/picture/{name:path}", picture, methods=["GET"]),
        Route("/moments", watch, methods=["GET"]),
        _takes("/press", PressedCommand, lambda pressed: session.command(pressed.command)),
        _takes("/feel", Feeling, lambda feeling: session.felt(feeling.afterwards, feeling.pain)),
        _takes("/undo", Nothing, lambda _: session.take_back()),
        _takes("/kneel", Room, lambda room: session.kneels(room.can)),
        _takes("/leave", Nothing, lambda _: session.close()),
    ]
    return Guard(Starlette(routes=routes), port, "stretch")


def _takes(path: str, kind: type[Sent], do: Callable[[Sent], None]) -> Route:
    """A POST route that calls `do` and has an empty response."""

    async def handle(sent: Sent) -> Response:
        do(sent)
        return Response(status_code=204)

    return posted(path, kind, handle)


def _pictures(player: Player) -> list[str]:
    return sorted({name for segment in player.segments for name in (segment.picture, segment.returns_to) if name})


def _described(player: Player, sound: Sound) -> dict[str, object]:
    """The routine as JSON-compatible data, sent once before the play."""
    routine, pictures = player.routine, _pictures(player)
    return {
        "id": routine.id,
        "title": routine.title,
        "purpose": without_ids(routine.purpose),
        "why": without_ids(routine.why),
        "notFor": routine.not_for,
        "feel": f"{routine.feel} {routine.feel_not}".strip(),
        "effort": routine.effort,
        "easier": routine.easier,
        "harder": routine.harder,
        "check": routine.check,
        "cautions": routine.cautions,
        "reviewed": REVIEWED if routine in CATALOGUE else "",
        "sound": sound,
        "pains": [{"kind": kind, "key": key, "label": capitalized(words)} for key, (kind, words) in PAINS.items()],
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
