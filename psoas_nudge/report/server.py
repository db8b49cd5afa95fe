"""Serves the report while somebody reads it, so that a suggestion has a button that opens it in the settings.

The page is the same file as with --output, and one script more. Who may read it: pages/guard.py.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from psoas_nudge.pages import browser
from psoas_nudge.pages.guard import Guard, body, policy, static
from psoas_nudge.pages.windows import PageWindows

POLICY = policy(look="'unsafe-inline'", pictures="'self' data:")
"""The page brings its look and its pictures inside it."""
OPENING_SECONDS = 2.0
"""A settings page that has not failed by then is taken to be open."""

OpenSettings = Callable[[str, str], Awaitable[bool]]
"""Opens the settings at a key with a value filled in; whether that worked."""


class SettingWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """The suggestion whose button was pressed, by its setting."""

    key: str


def app(page: str, suggested: Mapping[str, str], windows: PageWindows, port: int, open_settings: OpenSettings) -> Guard:
    """The whole server, to be served on 127.0.0.1 at `port`. `suggested`: key -> value, nothing else can be opened."""

    async def show(_request: Request) -> Response:
        return HTMLResponse(page)

    async def watch(_request: Request) -> Response:
        return StreamingResponse(windows.watch(), media_type="text/event-stream")

    async def change(request: Request) -> Response:
        asked = await body(request, SettingWanted)
        if isinstance(asked, Response):
            return asked
        value = suggested.get(asked.key)
        if value is None:
            return PlainTextResponse("The report does not suggest this.", 422)
        if not await open_settings(asked.key, value):
            return PlainTextResponse("The settings did not open.", 503)
        return Response(status_code=204)

    routes = [
        Route("/", show, methods=["GET"]),
        static("/report.js", "text/javascript", "report", "static", "report.js"),
        static("/icon.png", "image/png", "data", "icon-128.png"),
        Route("/window", watch, methods=["GET"]),
        Route("/change", change, methods=["POST"]),
    ]
    return Guard(Starlette(routes=routes), port, "report", POLICY)


async def started(words: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Start a program that goes on without this one; whether it has not failed a moment later."""
    process = browser.start([*words], environ)
    try:
        return await asyncio.to_thread(process.wait, OPENING_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True
