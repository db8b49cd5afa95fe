"""Serves the report, so that each suggestion can have a button that opens the settings.

The page is the same as with --output, plus one script. pages/guard.py checks access.
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
from psoas_nudge.pages.guard import Guard, policy, posted, static
from psoas_nudge.pages.serving import PageWindows

POLICY = policy(look="'unsafe-inline'", pictures="'self' data:")
"""The page embeds its style sheet and its pictures."""
OPENING_SECONDS = 2.0
"""If the settings command has not failed by then, its page counts as open."""

OpenSettings = Callable[[str, str], Awaitable[bool]]
"""Opens the settings page at a key, with a value filled in. Returns whether it worked."""


class SettingWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of /change: the key of the suggestion whose button was pressed."""

    key: str


def app(page: str, suggested: Mapping[str, str], windows: PageWindows, port: int, open_settings: OpenSettings) -> Guard:
    """The ASGI application, to be served on 127.0.0.1 at `port`. `suggested`: the settings that can be opened."""

    async def show(_request: Request) -> Response:
        return HTMLResponse(page)

    async def watch(_request: Request) -> Response:
        return StreamingResponse(windows.watch(), media_type="text/event-stream")

    async def change(wanted: SettingWanted) -> Response:
        value = suggested.get(wanted.key)
        if value is None:
            return PlainTextResponse("The report does not suggest this.", 422)
        if not await open_settings(wanted.key, value):
            return PlainTextResponse("The settings did not open.", 503)
        return Response(status_code=204)

    routes = [
        Route("/", show, methods=["GET"]),
        static("/report.js", "text/javascript", "report", "static", "report.js"),
        static("/icon.png", "image/png", "data", "icon-128.png"),
        Route("/window", watch, methods=["GET"]),
        posted("/change", SettingWanted, change),
    ]
    return Guard(Starlette(routes=routes), port, "report", POLICY)


async def started(words: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Start a program that outlives this one. Returns whether it is running or has succeeded after OPENING_SECONDS."""
    process = browser.start([*words], environ)
    try:
        return await asyncio.to_thread(process.wait, OPENING_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True
