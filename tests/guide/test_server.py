"""The page of a stretch: what it takes, what it holds, and its end. Attacks: tests/pages/test_attacks.py."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import AsyncIterator
from typing import Any

import pytest

from psoas_nudge.core.catalogue import find
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.reports import Receipt
from psoas_nudge.guide.server import Sound, app
from psoas_nudge.guide.session import StretchSession
from psoas_nudge.pages.serving import listen, serve
from tests.pages.site import Site


class NoReports:
    def begun(self) -> Receipt:
        return Receipt()

    def ended(self, _held: object) -> Receipt:
        return Receipt()

    def felt(self, _afterwards: object, _pain: object) -> Receipt:
        return Receipt()


PRESS = '{"command": "next"}'


@pytest.fixture
async def stretch() -> AsyncIterator[tuple[Site, StretchSession]]:
    session = StretchSession(Player(find("standing-hip-flexor")), lambda: 0.0, NoReports())
    with listen() as listener:
        guard = app(session, listener.getsockname()[1], Sound(chime=True, voice=False))
        server = asyncio.create_task(serve(guard, listener, session.closed))
        yield Site(guard), session
        session.close()
        await server


@pytest.fixture
def site(stretch: tuple[Site, StretchSession]) -> Site:
    return stretch[0]


@pytest.fixture
def session(stretch: tuple[Site, StretchSession]) -> StretchSession:
    return stretch[1]


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "\x00", '{"command": "jump"}', '{"command": "next", "more": 1}', '{"command": null}']
)
async def test_what_is_not_understood_changes_nothing(site: Site, session: StretchSession, body: str) -> None:
    assert (await site.ask("/press", "POST", body)).status == 422
    assert not session.begun


async def test_it_listens_on_loopback_only_and_ends_with_the_session(site: Site, session: StretchSession) -> None:
    assert site.guard.host.startswith("127.0.0.1:")
    assert (await site.ask("/leave", "POST", "{}")).status == 204
    await asyncio.wait_for(session.closed.wait(), 5)
    for _ in range(100):
        try:
            await site.ask("/")
        except (ConnectionError, http.client.HTTPException):
            return
        await asyncio.sleep(0.05)
    pytest.fail("the server is still there")


async def test_the_page_holds_nothing_inline(site: Site) -> None:
    said: Any = (await site.ask("/")).said  # type: ignore[attr-defined]
    page = said.decode()
    assert "style=" not in page
    assert "onclick" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count('<script type="module" src="/page.js"></script>') == 1
