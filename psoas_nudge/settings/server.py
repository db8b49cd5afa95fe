"""The routes of the settings page. Who may use them: pages/guard.py."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from psoas_nudge.errors import BadInput, ConfigInvalid, PsoasNudgeError
from psoas_nudge.pages.guard import Guard, body, static
from psoas_nudge.pages.windows import PageWindows
from psoas_nudge.settings import outlook
from psoas_nudge.settings.file import ChangedElsewhere, SettingsFile, diff, version
from psoas_nudge.settings.trial import trial
from psoas_nudge.settings.wire import Begin, Changes, Mended, NotifierTest, Outlook, Refusal
from psoas_nudge.simulation.people import PEOPLE

SCRIPTS = ("settings", "fields", "hours", "week", "outlook")
LIMIT = 2_000_000
"""Bytes of a request's body: twice the largest file that is read."""


class Answers:
    """What each request gets."""

    def __init__(self, file: SettingsFile, windows: PageWindows, begin: Begin | None) -> None:
        self.file, self.windows, self.begin = file, windows, begin

    async def show(self, _request: Request) -> Response:
        """All settings."""
        return _json(replace(self.file.shown(), people=outlook.people(), begin=self.begin))

    async def watch(self, _request: Request) -> Response:
        """The stream that says that a window is open."""
        return StreamingResponse(self.windows.watch(), media_type="text/event-stream")

    async def look(self, request: Request) -> Response:
        """What the changes would do."""
        asked = await body(request, Changes, LIMIT)
        if isinstance(asked, Response):
            return asked
        try:
            return _json(await _outlook(self.file, asked))
        except PsoasNudgeError as error:
            return _refused(error)

    async def save(self, request: Request) -> Response:
        """Save the changes; the answer is what is then in force."""
        asked = await body(request, Changes, LIMIT)
        if isinstance(asked, Response):
            return asked
        try:
            self.file.save_changes(asked.changes, asked.version)
        except PsoasNudgeError as error:
            return _refused(error)
        self.begin = None  # done, also for a window that is loaded again
        return await self.show(request)

    async def mend(self, request: Request) -> Response:
        """Save the whole text of a file that had mistakes."""
        asked = await body(request, Mended, LIMIT)
        if isinstance(asked, Response):
            return asked
        try:
            self.file.mend(asked.text, asked.version)
        except ConfigInvalid as error:
            return _json(Refusal(mistakes=self.file.short(error)), 422)
        except PsoasNudgeError as error:
            return _refused(error)
        return await self.show(request)

    async def test(self, request: Request) -> Response:
        """Send a test prompt."""
        asked = await body(request, NotifierTest)
        return (
            asked if isinstance(asked, Response) else StreamingResponse(trial(asked.notifier), media_type="text/plain")
        )


def app(file: SettingsFile, windows: PageWindows, port: int, begin: Begin | None = None) -> Guard:
    """The whole server, to be served on 127.0.0.1 at `port`."""
    answers, here = Answers(file, windows, begin), ("settings", "static")
    routes = [
        static("/", "text/html", *here, "settings.html"),
        static("/look.css", "text/css", "pages", "static", "look.css"),
        static("/settings.css", "text/css", *here, "settings.css"),
        *(static(f"/{name}.js", "text/javascript", *here, f"{name}.js") for name in SCRIPTS),
        static("/icon.png", "image/png", "data", "icon-128.png"),
        Route("/settings", answers.show, methods=["GET"]),
        Route("/window", answers.watch, methods=["GET"]),
        Route("/outlook", answers.look, methods=["POST"]),
        Route("/save", answers.save, methods=["POST"]),
        Route("/mend", answers.mend, methods=["POST"]),
        Route("/test", answers.test, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes), port, "settings page")


async def _outlook(file: SettingsFile, asked: Changes) -> Outlook:
    if asked.person not in PEOPLE:
        raise BadInput(f"There is no such person: {asked.person[:60]}")
    before = file.text()
    if version(before) != asked.version:
        raise ChangedElsewhere(file.path)
    after, mistakes = file.changed(before, asked.changes)
    if mistakes:
        return Outlook(mistakes=mistakes)
    settings, now = file.settings(after), datetime.now(UTC)
    calendar = await outlook.calendar_for(settings, now)
    return Outlook(
        mistakes=[],
        advice=[*file.advice(after), *calendar.problems],
        diff=list(diff(before, after)),
        days=outlook.coming(settings, calendar, now),
        work=await asyncio.to_thread(outlook.work, settings, calendar, now, asked.person),
    )


def _json(what: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(what), status, media_type="application/json")


def _refused(error: PsoasNudgeError) -> Response:
    """409: another program was faster; 422: it cannot be saved."""
    elsewhere = isinstance(error, ChangedElsewhere)
    return _json(Refusal(mistakes=str(error).splitlines(), elsewhere=elsewhere), 409 if elsewhere else 422)
