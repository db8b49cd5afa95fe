"""The same real Chromium as for the guide's page, and the settings page of a file on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from psoas_nudge.pages.guard import Guard
from psoas_nudge.pages.serving import listen, serve
from psoas_nudge.pages.windows import Windows
from psoas_nudge.settings.file import SettingsFile
from psoas_nudge.settings.server import app
from tests.desktop.guide.conftest import Chromium, Tab, chromium

__all__ = ["Served", "chromium"]

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

    def __init__(self, file: Path, guard: Guard, windows: Windows) -> None:
        self.file, self.guard, self.windows = file, guard, windows

    async def opened(self, chromium: Chromium, size: tuple[int, int] = (1366, 900), *, dark: bool = False) -> Tab:
        """The page in a window, once the outlook is drawn."""
        tab = await chromium.open(self.guard.url, size, dark=dark)
        await tab.until("document.querySelectorAll('#days li').length === 7", within=15)
        return tab


@pytest.fixture
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "config.toml"
    file.write_text(TEXT)
    windows = Windows()
    with listen() as listener:
        guard = app(SettingsFile(file, {"XDG_CONFIG_DIRS": str(tmp_path)}), windows, listener.getsockname()[1])
        server = asyncio.create_task(serve(guard, listener, windows.over))
        yield Served(file, guard, windows)
        windows.close()
        await server
