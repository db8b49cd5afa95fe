"""What other programs, other sites and other people of the machine try on a page is refused by every page alike."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from psoas_nudge.core.catalogue import find
from psoas_nudge.guide import server as stretch
from psoas_nudge.guide.player import Player
from psoas_nudge.guide.reports import Receipt
from psoas_nudge.guide.session import StretchSession
from psoas_nudge.pages.guard import BODY_LIMIT, Guard
from psoas_nudge.pages.serving import PageWindows, listen, serve
from psoas_nudge.report import server as report
from psoas_nudge.report.page import served
from psoas_nudge.settings import server as settings
from psoas_nudge.settings.file import SettingsFile, version
from tests.pages.site import Site
from tests.report.a_year import a_while, recorded


class Page(NamedTuple):
    """A page under attack: what it serves, what it takes, and whether anything has happened."""

    site: Site
    takes: dict[str, str]
    limit: int
    touched: Callable[[], bool]

    @property
    def reads(self) -> tuple[str, ...]:
        """Everything that it serves. A part of a path that varies names nothing here."""
        return tuple(re.sub(r"\{\w+(:\w+)?\}", "nothing", route.path) for route in routes(self.site.guard, "GET"))


def routes(guard: Guard, method: str) -> list[Route]:
    found = guard.app.routes if isinstance(guard.app, Starlette) else []
    return [each for each in found if isinstance(each, Route) and method in (each.methods or ())]


class NoReports:
    def begun(self) -> Receipt:
        return Receipt()

    def holding(self, _held: object) -> Receipt:
        return Receipt()

    def ended(self, _held: object) -> Receipt:
        return Receipt()

    def felt(self, _afterwards: object, _pain: object) -> Receipt:
        return Receipt()


Made = tuple[Guard, asyncio.Event, dict[str, str], int, Callable[[], bool]]


def a_stretch(_folder: Path, port: int) -> Made:
    session = StretchSession(Player(find("standing-hip-flexor")), lambda: 0.0, NoReports())
    takes = {"/press": '{"command": "next"}', "/feel": '{"afterwards": "fine"}', "/leave": "{}"}
    touched = lambda: session.begun or session.answered or session.closed.is_set()  # noqa: E731
    return (
        stretch.app(session, port, stretch.Sound(chime=True, voice=False)),
        session.closed,
        takes,
        BODY_LIMIT,
        touched,
    )


def the_settings(folder: Path, port: int) -> Made:
    text, windows = "[prompt]\ndaily_limit = 5\n", PageWindows()
    file = SettingsFile(folder / "config.toml", {"XDG_CONFIG_DIRS": str(folder)})
    file.path.write_text(text)
    changes = json.dumps({"changes": {"prompt.daily_limit": 1}, "version": version(text)})
    takes = {
        "/save": changes,
        "/outlook": changes,
        "/mend": json.dumps({"text": "", "version": version(text)}),
        "/test": '{"notifier": "auto"}',
    }
    return settings.app(file, windows, port), windows.over, takes, settings.LIMIT, lambda: file.text() != text


def the_report(_folder: Path, port: int) -> Made:
    windows, opened = PageWindows(), list[str]()

    async def open_settings(key: str, value: str) -> bool:
        opened.append(f"{key} {value}")
        return True

    from psoas_nudge.report.page import report as page

    guard = report.app(served(page(recorded(a_while(20)))), {"prompt.wind_down": "1h"}, windows, port, open_settings)
    takes = {"/change": '{"key": "prompt.wind_down"}'}
    return guard, windows.over, takes, BODY_LIMIT, lambda: bool(opened)


@pytest.fixture(params=[a_stretch, the_settings, the_report], ids=["stretch", "settings", "report"])
async def page(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Page]:
    with listen() as listener:
        guard, over, takes, *about = request.param(tmp_path, listener.getsockname()[1])
        takes = {route.path: "{}" for route in routes(guard, "POST")} | takes
        server = asyncio.create_task(serve(guard, listener, over))
        yield Page(Site(guard), takes, *about)
        over.set()
        await server


def policy(answer: http.client.HTTPResponse) -> str:
    return answer.getheader("content-security-policy") or ""


async def test_the_link_lets_one_browser_in_once_and_hands_it_a_cookie(page: Page) -> None:
    site = page.site
    first = await site.ask(site.link, Cookie=None)
    assert first.status == 200
    cookie = first.getheader("set-cookie") or ""
    assert cookie.startswith(f"{site.guard.cookie}={site.guard.key};")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    second = await site.ask(site.link, Cookie=None)
    assert (second.status, second.getheader("set-cookie")) == (403, None)
    assert (await site.ask("/")).status == 200


async def test_without_the_token_nobody_comes_in(page: Page) -> None:
    for link in ("/", "/?token=", "/?token=wrong", "/icon.png?token={token}", "//?token={token}"):
        answer = await page.site.ask(link.format(token=page.site.guard.token), Cookie=None)
        assert (answer.status, answer.getheader("set-cookie")) == (403, None), link
    assert page.site.guard.token, "the secret is still unused"


async def test_a_wrong_host_is_refused_even_with_the_token_which_stays_unused(page: Page) -> None:
    site = page.site
    port = site.guard.host.rpartition(":")[2]
    for host in ("localhost", f"localhost:{port}", "evil.example", f"127.0.0.1.evil.example:{port}", "127.0.0.1:1", ""):
        assert (await site.ask(site.link, Host=host, Cookie=None)).status == 403
        for path in page.reads:
            assert (await site.ask(path, Host=host)).status == 403
        for path, body in page.takes.items():
            assert (await site.ask(path, "POST", body, Host=host)).status == 403
    assert not page.touched()
    assert (await site.ask(site.link, Cookie=None)).status == 200


async def test_without_the_cookie_nothing_is_served_and_nothing_is_taken(page: Page) -> None:
    for cookie in (None, "x=1", "{name}=wrong", "{name}=", "{name}=ü"):
        given = cookie and cookie.format(name=page.site.guard.cookie)
        for path in (*page.reads, "/none"):
            answer = await page.site.ask(path, Cookie=given)
            assert answer.status == 403
            assert b"belongs to another window" in answer.said  # type: ignore[attr-defined]
        for path, body in page.takes.items():
            assert (await page.site.ask(path, "POST", body, Cookie=given)).status == 403
    assert not page.touched()


FORGED: tuple[dict[str, str | None], ...] = (
    {"Origin": None},
    {"Origin": "null"},
    {"Origin": "http://evil.example"},
    {"Origin": "https://{host}"},
    {"Origin": "http://{host}.evil.example"},
    {"Origin": "http://localhost:{port}"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
)


async def test_what_changes_something_must_come_from_the_page_itself(page: Page) -> None:
    host = page.site.guard.host
    for forged in FORGED:
        headers = {k: v and v.format(host=host, port=host.rpartition(":")[2]) for k, v in forged.items()}
        for path, body in page.takes.items():
            assert (await page.site.ask(path, "POST", body, **headers)).status == 403, (path, headers)
    assert not page.touched()


async def test_another_site_that_reads_is_refused_too(page: Page) -> None:
    for path in page.reads:
        assert (await page.site.ask(path, Origin="http://evil.example")).status == 403
        for came_from in ("cross-site", "same-site"):
            assert (await page.site.ask(path, Sec_Fetch_Site=came_from)).status == 403
        for came_from in ("same-origin", "none"):
            assert (await page.site.ask(path, Sec_Fetch_Site=came_from)).status == (404 if "nothing" in path else 200)


async def test_a_wrong_method_is_refused(page: Page) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        for path in (*page.reads, *page.takes):
            assert (await page.site.ask(path, method, page.takes.get(path))).status == 405
    for path in page.takes:
        assert (await page.site.ask(path)).status == 405
    assert not page.touched()


async def test_what_is_not_understood_changes_nothing(page: Page) -> None:
    for body in ("", "[]", "\x00", '"', "null", '{"more": 1}', '{"command": null}', '{"key": 1}'):
        for path in page.takes.keys() - {"/leave"}:  # which reads no body
            assert (await page.site.ask(path, "POST", body)).status == 422, (path, body)
    assert not page.touched()


async def test_a_body_without_end_is_refused(page: Page) -> None:
    for path, body in page.takes.items():
        if path != "/leave":
            assert (await page.site.ask(path, "POST", " " * (page.limit + 1) + body)).status == 413
    assert not page.touched()


async def test_every_answer_forbids_content_and_frames_from_elsewhere(page: Page) -> None:
    for path in (*page.reads, "/none", *page.takes):
        answer = await page.site.ask(path)
        missing = path == "/none" or "nothing" in path
        assert answer.status == (404 if missing else 405 if path in page.takes else 200), path
        assert policy(answer).startswith("default-src 'none'; script-src 'self'; style-src ")
        assert policy(answer).endswith("base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        assert "http" not in policy(answer)
        assert answer.getheader("x-content-type-options") == "nosniff"
        assert answer.getheader("cache-control") == "no-store"
        assert answer.getheader("referrer-policy") == "no-referrer"
        assert answer.getheader("access-control-allow-origin") is None


async def test_no_script_is_inline_and_nothing_comes_from_elsewhere(page: Page) -> None:
    for path in (path for path in page.reads if path == "/" or path.endswith((".js", ".css"))):
        text = (await page.site.ask(path)).said.decode()  # type: ignore[attr-defined]
        assert "://" not in text.replace("http://www.w3.org/", ""), path
        assert "onclick" not in text or path.endswith(".js")
        assert text.count("<script") == text.count('<script type="module" src="/') == (path == "/")


async def test_it_listens_on_loopback_only(page: Page) -> None:
    assert page.site.guard.host.startswith("127.0.0.1:")
    port = int(page.site.guard.host.rpartition(":")[2])
    with pytest.raises(OSError, match=r".*"):
        await asyncio.open_connection("127.0.0.2", port)


# --- and it does not stay


async def test_a_page_ends_a_while_after_its_last_window() -> None:
    windows = PageWindows(wait=0.05)
    first, second = windows.watch(), windows.watch()
    await anext(first)
    await anext(second)
    await first.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0.1)
    assert not windows.over.is_set()
    await second.aclose()  # type: ignore[attr-defined]
    await asyncio.wait_for(windows.over.wait(), 2)


async def test_a_page_that_no_browser_opens_ends_too() -> None:
    windows = PageWindows(wait=0.01)
    await asyncio.wait_for(windows.over.wait(), 2)
    assert not windows.seen


async def test_a_window_that_comes_back_within_the_minute_keeps_the_page() -> None:
    windows = PageWindows(wait=0.2)
    first = windows.watch()
    await anext(first)
    await first.aclose()  # type: ignore[attr-defined]
    again = windows.watch()
    await anext(again)
    await asyncio.sleep(0.3)
    assert not windows.over.is_set()
    await again.aclose()  # type: ignore[attr-defined]
