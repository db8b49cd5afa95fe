"""The HTTP routes of the settings page. pages/guard.py checks access."""

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
from psoas_nudge.pages.guard import Guard, posted, static
from psoas_nudge.pages.windows import PageWindows
from psoas_nudge.settings import outlook
from psoas_nudge.settings.file import ChangedElsewhere, SettingsFile, diff, version
from psoas_nudge.settings.trial import trial
from psoas_nudge.settings.wire import Begin, Changes, Mended, NotifierTest, Outlook, Refusal
from psoas_nudge.simulation.people import PEOPLE

SCRIPTS = ("settings", "fields", "hours", "week", "outlook")
LIMIT = 2_000_000
"""Maximum bytes of a request's body: twice the largest configuration file."""


class Answers:
    """The handlers of the routes."""

    def __init__(self, file: SettingsFile, windows: PageWindows, begin: Begin | None) -> None:
        self.file, self.windows, self.begin = file, windows, begin

    async def show(self, _request: Request | None = None) -> Response:
        """GET /settings."""
        return _json(replace(self.file.shown(), people=outlook.people(), begin=self.begin))

    async def watch(self, _request: Request) -> Response:
        """GET /window: a stream that is open as long as the window is."""
        return StreamingResponse(self.windows.watch(), media_type="text/event-stream")

    async def look(self, changes: Changes) -> Response:
        """POST /outlook: preview the changes."""
        try:
            return _json(await _outlook(self.file, changes))
        except PsoasNudgeError as error:
            return _refused(error)

    async def save(self, changes: Changes) -> Response:
        """POST /save: save the changes, and return the new settings."""
        try:
            self.file.save_changes(changes.changes, changes.version)
        except PsoasNudgeError as error:
            return _refused(error)
        self.begin = None  # a reload must not fill in the value again
        return await self.show()

    async def mend(self, mended: Mended) -> Response:
        """POST /mend: save the whole text of a file that had mistakes."""
        try:
            self.file.mend(mended.text, mended.version)
        except ConfigInvalid as error:
            return _json(Refusal(mistakes=self.file.short(error)), 422)
        except PsoasNudgeError as error:
            return _refused(error)
        return await self.show()

    async def test(self, wanted: NotifierTest) -> Response:
        """POST /test: show a test prompt."""
        return StreamingResponse(trial(wanted.notifier), media_type="text/plain")


def app(file: SettingsFile, windows: PageWindows, port: int, begin: Begin | None = None) -> Guard:
    """The ASGI application, to be served on 127.0.0.1 at `port`."""
    answers, here = Answers(file, windows, begin), ("settings", "static")
    routes = [
        static("/", "text/html", *here, "settings.html"),
        static("/look.css", "text/css", "pages", "static", "look.css"),
        static("/settings.css", "text/css", *here, "settings.css"),
        *(static(f"/{name}.js", "text/javascript", *here, f"{name}.js") for name in SCRIPTS),
        static("/icon.png", "image/png", "data", "icon-128.png"),
        Route("/settings", answers.show, methods=["GET"]),
        Route("/window", answers.watch, methods=["GET"]),
        posted("/outlook", Changes, answers.look, LIMIT),
        posted("/save", Changes, answers.save, LIMIT),
        posted("/mend", Mended, answers.mend, LIMIT),
        posted("/test", NotifierTest, answers.test),
    ]
    return Guard(Starlette(routes=routes), port, "settings page")


async def _outlook(file: SettingsFile, changes: Changes) -> Outlook:
    if changes.person not in PEOPLE:
        raise BadInput(f"There is no such person: {changes.person[:60]}")
    before = file.text()
    if version(before) != changes.version:
        raise ChangedElsewhere(file.path)
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


def _json(what: msgspec.Struct, status: int = 200) -> Response:
    return Response(msgspec.json.encode(what), status, media_type="application/json")


def _refused(error: PsoasNudgeError) -> Response:
    """409 if another program has changed the file, else 422."""
    elsewhere = isinstance(error, ChangedElsewhere)
    return _json(Refusal(mistakes=str(error).splitlines(), elsewhere=elsewhere), 409 if elsewhere else 422)
