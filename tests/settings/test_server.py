"""The settings page: what it shows, saves and refuses to save. Attacks: tests/pages/test_attacks.py."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from psoas_nudge.pages.serving import PageWindows, listen, serve
from psoas_nudge.settings.file import SettingsFile, version
from psoas_nudge.settings.server import app
from tests.pages.site import Site

TEXT = "[prompt]\ndaily_limit = 5\n"
POSTS = ("/save", "/outlook", "/mend", "/test")
BODIES = {
    "/save": {"changes": {"prompt.daily_limit": 1}, "version": version(TEXT)},
    "/outlook": {"changes": {"prompt.daily_limit": 1}, "version": version(TEXT)},
    "/mend": {"text": "", "version": version(TEXT)},
    "/test": {"notifier": "auto"},
}


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)
    return SettingsFile(path, {"XDG_CONFIG_DIRS": str(tmp_path)})


@pytest.fixture
async def site(file: SettingsFile) -> AsyncIterator[Site]:
    windows = PageWindows()
    with listen() as listener:
        guard = app(file, windows, listener.getsockname()[1])
        server = asyncio.create_task(serve(guard, listener, windows.over))
        yield Site(guard)
        windows.close()
        await server


def said(answer: http.client.HTTPResponse) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.said)  # type: ignore[attr-defined]
    return found


async def test_the_person_sees_saves_and_sees_what_is_saved(site: Site, file: SettingsFile) -> None:
    shown = said(await site.ask("/settings"))
    assert shown["version"] == version(TEXT)
    outlook = said(await site.ask("/outlook", "POST", json.dumps(BODIES["/outlook"])))
    assert outlook["diff"][1:] == [  # type: ignore[index]
        {"sign": "-", "text": "daily_limit = 5"},
        {"sign": "+", "text": "daily_limit = 1"},
    ]
    assert file.text() == TEXT
    assert (await site.ask("/save", "POST", json.dumps(BODIES["/save"]))).status == 200
    assert file.text() == TEXT.replace("5", "1")
    late = await site.ask("/save", "POST", json.dumps(BODIES["/save"]))
    assert late.status == 409
    assert said(late)["elsewhere"] is True


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", ["", "[]", "\x00", "{}", '{"changes": 1, "version": "", "text": 1, "notifier": 1}'])
async def test_what_is_not_understood_changes_nothing(site: Site, file: SettingsFile, path: str, body: str) -> None:
    assert (await site.ask(path, "POST", body)).status == 422
    assert (await site.ask(path, "GET")).status == 405
    assert file.text() == TEXT


@pytest.mark.parametrize(
    "changes", [{"hooks.on_anything": "rm -rf"}, {"../x": 1}, {"prompt": {"a": 1}}, {"prompt.daily_limit": [[1]]}]
)
async def test_only_settings_of_the_table_can_be_changed(
    site: Site, file: SettingsFile, changes: dict[str, object]
) -> None:
    body = json.dumps({"changes": changes, "version": version(TEXT)})
    assert (await site.ask("/save", "POST", body)).status == 422
    assert file.text() == TEXT


async def test_the_page_holds_nothing_inline_and_nothing_from_elsewhere(site: Site) -> None:
    for path in ("/", "/settings.css", "/look.css", "/settings.js", "/fields.js", "/week.js", "/outlook.js"):
        text = (await site.ask(path)).said.decode()  # type: ignore[attr-defined]
        assert "://" not in text
        assert "innerHTML" not in text
        if path == "/":
            assert "style=" not in text
            assert "onclick" not in text
            assert text.count("<script") == 1
