"""Who is let in to the page's server, and who is refused: token, cookie, host, origin, method, body."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import AsyncIterator
from typing import Any

import pytest

from psoas_nudge.core.catalogue import find
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.reports import Receipt
from psoas_nudge.guide.server import app
from psoas_nudge.guide.session import Session
from psoas_nudge.pages.guard import BODY_LIMIT
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
async def stretch() -> AsyncIterator[tuple[Site, Session]]:
    session = Session(Player(find("standing-hip-flexor")), lambda: 0.0, NoReports())
    with listen() as listener:
        guard = app(session, listener.getsockname()[1])
        server = asyncio.create_task(serve(guard, listener, session.closed))
        yield Site(guard), session
        session.close()
        await server


@pytest.fixture
def site(stretch: tuple[Site, Session]) -> Site:
    return stretch[0]


@pytest.fixture
def session(stretch: tuple[Site, Session]) -> Session:
    return stretch[1]


async def test_the_link_lets_one_browser_in_once_and_hands_it_a_cookie(site: Site) -> None:
    first = await site.ask(site.link, Cookie=None)
    assert first.status == 200
    cookie = first.getheader("set-cookie") or ""
    assert cookie.startswith(f"{site.guard.cookie}={site.guard.key};")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert (await site.ask(site.link, Cookie=None)).status == 403
    assert (await site.ask("/")).status == 200


@pytest.mark.parametrize("link", ["/", "/?token=", "/?token=wrong", "/page.js?token={token}", "//?token={token}"])
async def test_without_the_token_nobody_comes_in(site: Site, link: str) -> None:
    answer = await site.ask(link.format(token=site.guard.token), Cookie=None)
    assert answer.status == 403
    assert answer.getheader("set-cookie") is None
    assert site.guard.token


async def test_a_wrong_host_is_refused_even_with_the_token_which_stays_unused(site: Site) -> None:
    for host in (
        "localhost",
        "evil.example",
        f"127.0.0.1.evil.example:{site.guard.host.rpartition(':')[2]}",
        "127.0.0.1:1",
    ):
        assert (await site.ask(site.link, Host=host, Cookie=None)).status == 403
        assert (await site.ask("/", Host=host)).status == 403
        assert (await site.ask("/press", "POST", PRESS, Host=host)).status == 403
    assert (await site.ask(site.link, Cookie=None)).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/page.js", "/page.css", "/figure.js", "/sound.js", "/icon.png", "/routine", "/moments", "/none"]
)
@pytest.mark.parametrize("cookie", [None, "x=1", "{name}=wrong", "{name}="])
async def test_without_the_cookie_nothing_is_served(site: Site, path: str, cookie: str | None) -> None:
    answer = await site.ask(path, Cookie=cookie and cookie.format(name=site.guard.cookie))
    assert answer.status == 403
    assert b"belongs to another window" in answer.said  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/press", "/feel", "/undo", "/kneel", "/leave"])
@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://{host}", "http://{host}.evil.example"]
)
async def test_what_changes_something_must_come_from_the_page_itself(
    site: Site, session: Session, path: str, origin: str | None
) -> None:
    body = {"/press": PRESS, "/feel": '{"afterwards": "fine"}', "/kneel": '{"can": true}'}.get(path, "{}")
    answer = await site.ask(path, "POST", body, Origin=origin and origin.format(host=site.guard.host))
    assert answer.status == 403
    assert not session.begun
    assert not session.closed.is_set()


async def test_another_site_that_reads_is_refused_too(site: Site) -> None:
    assert (await site.ask("/routine", Origin="http://evil.example")).status == 403
    for came_from in ("cross-site", "same-site"):
        assert (await site.ask("/routine", Sec_Fetch_Site=came_from)).status == 403
    for came_from in ("same-origin", "none"):
        assert (await site.ask("/routine", Sec_Fetch_Site=came_from)).status == 200


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/press", "GET"),
        ("/press", "PUT"),
        ("/undo", "GET"),
        ("/kneel", "GET"),
        ("/leave", "GET"),
        ("/feel", "DELETE"),
        ("/", "POST"),
        ("/routine", "POST"),
        ("/moments", "POST"),
    ],
)
async def test_a_wrong_method_is_refused(site: Site, session: Session, path: str, method: str) -> None:
    assert (await site.ask(path, method, PRESS)).status == 405
    assert not session.begun


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", "\x00", '{"command": "jump"}', '{"command": "next", "more": 1}', '{"command": null}']
)
async def test_what_is_not_understood_changes_nothing(site: Site, session: Session, body: str) -> None:
    assert (await site.ask("/press", "POST", body)).status == 422
    assert not session.begun


async def test_a_body_without_end_is_refused(site: Site) -> None:
    assert (await site.ask("/press", "POST", " " * (BODY_LIMIT + 1) + PRESS)).status == 413


async def test_every_answer_forbids_content_from_elsewhere(site: Site) -> None:
    for path, status in (("/", 200), ("/routine", 200), ("/none", 404), ("/press", 405)):
        answer = await site.ask(path)
        assert answer.status == status
        policy = answer.getheader("content-security-policy") or ""
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert answer.getheader("x-content-type-options") == "nosniff"
        assert answer.getheader("cache-control") == "no-store"
        assert answer.getheader("access-control-allow-origin") is None


async def test_it_listens_on_loopback_only_and_ends_with_the_session(site: Site, session: Session) -> None:
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
