"""Serves the settings page until its last window is closed. pages/guard.py checks access."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from psoas_nudge.errors import BadInput, ConfigInvalid, PsoasNudgeError, Unavailable
from psoas_nudge.pages import serving
from psoas_nudge.pages.guard import Guard, posted, static
from psoas_nudge.pages.serving import PageWindows
from psoas_nudge.settings import outlook
from psoas_nudge.settings.file import ChangedElsewhere, DiffLine, Mistake, SettingsFile, diff
from psoas_nudge.settings.outlook import ComingDay, WorkDay
from psoas_nudge.settings.rows import Begin, Value
from psoas_nudge.settings.trial import trial
from psoas_nudge.simulation.people import PEOPLE

SCRIPTS = ("settings", "fields", "hours", "week", "outlook")
LIMIT = 2_000_000
"""Maximum bytes of a request's body: twice the largest configuration file."""


class Changes(Struct, frozen=True, forbid_unknown_fields=True):
    """Unsaved changes by key. `person`: who is simulated."""

    changes: dict[str, Value]
    version: str
    person: str = "office"


class Mended(Struct, frozen=True, forbid_unknown_fields=True):
    """The corrected text of a file that had mistakes."""

    text: str
    version: str


class NotifierTest(Struct, frozen=True, forbid_unknown_fields=True):
    notifier: str


class Outlook(Struct, frozen=True, kw_only=True):
    """The preview of unsaved changes."""

    mistakes: list[Mistake]
    advice: list[str] = field(default_factory=list)
    diff: list[DiffLine] = field(default_factory=list)
    days: list[ComingDay] = field(default_factory=list)
    work: WorkDay | None = None


class Refusal(Struct, frozen=True, kw_only=True):
    """The response when nothing was saved. `elsewhere`: because another program has changed the file."""

    mistakes: list[str]
    elsewhere: bool = False


def run(file: Path, environ: Mapping[str, str], begin: Begin | None = None) -> None:
    """Show the page until its last window is closed. Raises Unavailable when no browser has shown it."""
    if not serving.run(lambda windows, port: app(SettingsFile(file, environ), windows, port, begin), environ):
        raise Unavailable("No browser has opened the settings. To edit the file instead: psoas-nudge config edit")


def app(file: SettingsFile, windows: PageWindows, port: int, begin: Begin | None = None) -> Guard:
    """The ASGI application, to be served on 127.0.0.1 at `port`."""

    async def show(_request: Request | None = None) -> Response:
        return _json(replace(file.shown(), people=outlook.people(), begin=begin))

    async def watch(_request: Request) -> Response:
        return StreamingResponse(windows.watch(), media_type="text/event-stream")

    async def look(changes: Changes) -> Response:
        return _json(await _outlook(file, changes))

    async def save(changes: Changes) -> Response:
        nonlocal begin
        file.save_changes(changes.changes, changes.version)
        begin = None  # a reload must not fill in the value again
        return await show()

    async def mend(mended: Mended) -> Response:
        file.mend(mended.text, mended.version)
        return await show()

    async def test(wanted: NotifierTest) -> Response:
        return StreamingResponse(trial(wanted.notifier), media_type="text/plain")

    async def refused(_request: Request, error: Exception) -> Response:
        """409 if another program has changed the file, else 422."""
        elsewhere = isinstance(error, ChangedElsewhere)
        mistakes = file.short(error) if isinstance(error, ConfigInvalid) else str(error).splitlines()
        return _json(Refusal(mistakes=mistakes, elsewhere=elsewhere), 409 if elsewhere else 422)

    here = ("settings", "static")
    routes = [
        static("/", "text/html", *here, "settings.html"),
        static("/look.css", "text/css", "pages", "static", "look.css"),
        static("/settings.css", "text/css", *here, "settings.css"),
        *(static(f"/{name}.js", "text/javascript", *here, f"{name}.js") for name in SCRIPTS),
        static("/icon.png", "image/png", "data", "icon-128.png"),
        Route("/settings", show, methods=["GET"]),
        Route("/window", watch, methods=["GET"]),
        posted("/outlook", Changes, look, LIMIT),
        posted("/save", Changes, save, LIMIT),
        posted("/mend", Mended, mend, LIMIT),
        posted("/test", NotifierTest, test),
    ]
    return Guard(Starlette(routes=routes, exception_handlers={PsoasNudgeError: refused}), port, "settings page")


async def _outlook(file: SettingsFile, changes: Changes) -> Outlook:
    if changes.person not in PEOPLE:
        raise BadInput(f"There is no such person: {changes.person[:60]}")
    before = file.unchanged(changes.version)
    after, mistakes = file.changed(before, changes.changes)
    if mistakes:
        return Outlook(mistakes=mistakes)
    settings, now = file.settings(after), datetime.now(UTC)
    calendar = await outlook.calendar_for(settings, now)
    return Outlook(
        mistakes=[],
        advice=[*file.advice(after), *calendar.problems],
        diff=list(diff(before, after)),
        days=outlook.coming(settings, calendar, now),
        work=await asyncio.to_thread(outlook.work, settings, calendar, now, changes.person),
    )


def _json(what: Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(what), status, media_type="application/json")
