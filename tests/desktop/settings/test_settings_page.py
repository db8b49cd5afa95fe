"""A person sees and changes their settings in a real Chromium."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.settings.conftest import Served

pytestmark = pytest.mark.heavy
LOOKS = {"phone": (360, 740), "laptop": (1366, 900), "4k": (3840, 2160)}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", LOOKS)
async def test_nothing_is_wider_than_the_window(chromium: Any, served: Served, tmp_path: Path, size: str, dark: bool) -> None:
    tab = await served.opened(chromium, LOOKS[size], dark=dark)
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert await tab.js("document.documentElement.scrollWidth <= innerWidth")
    folder = Path(os.environ.get("PSOAS_NUDGE_SCREENSHOTS", tmp_path))
    await tab.js("document.querySelectorAll('details').forEach(each => each.open = false)")
    await tab.screenshot(folder / f"settings-{size}-{'dark' if dark else 'light'}.png")
