"""The same real browsers as for the guide's page, and the settings page of a file on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.pages.guard import Guard
from psoas_nudge.pages.serving import PageWindows, listen, serve
from psoas_nudge.settings.file import SettingsFile
from psoas_nudge.settings.rows import Begin
from psoas_nudge.settings.server import app
from tests.desktop.browsers import browser, chromium, firefox
from tests.desktop.guide.conftest import Tab

__all__ = ["Served", "browser", "chromium", "firefox"]

TEXT = """\
# My settings.
[hours]
timezone = "Europe/Berlin"
monday = ["09:00-12:30", "13:15-17:00"]  # the long day

[prompt]
nudge_after = "45m"   # not less
"""


class Served:
    """A settings page that is being served, and the file behind it."""

    def __init__(self, file: Path, guard: Guard, windows: PageWindows) -> None:
        self.file, self.guard, self.windows = file, guard, windows

    async def opened(self, browser: Any, size: tuple[int, int] = (1366, 900), *, dark: bool = False) -> Tab:
        """The page in a window, once the outlook is drawn. After the first window the browser has its cookie."""
        url = self.guard.url if self.guard.token else f"http://{self.guard.host}/"
        tab: Tab = await browser.open(url, size, dark=dark)
        await tab.until("document.querySelectorAll('#days li').length === 7", within=15)
        return tab


@pytest.fixture
async def served(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Served]:
    """A parameter, where a test gives one, says where the page begins."""
    begin: Begin | None = getattr(request, "param", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "config.toml"
    file.write_text(TEXT)
    windows = PageWindows()
    with listen() as listener:
        settings = SettingsFile(file, {"XDG_CONFIG_DIRS": str(tmp_path)})
        guard = app(settings, windows, listener.getsockname()[1], begin)
        server = asyncio.create_task(serve(guard, listener, windows.over))
        yield Served(file, guard, windows)
        windows.close()
        await server
