"""A page in a real browser, as a person sees it: what the tabs of every browser have in common."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Protocol

import pytest

LAPTOP = (1366, 768)
BETWEEN_PAGES = (
    "navigated or closed",
    "Cannot find default execution context",
    "JavaScriptError",
    "NoSuchWindow",
    "evalInSandbox",
)
"""What a browser answers about a window that is on its way to another page."""


class Tab(Protocol):
    """One tab: each browser adds how it evaluates, presses, clicks and takes pictures."""

    async def js(self, expression: str) -> Any:
        """The value of an expression on the page."""

    async def press(self, key: str) -> None:
        """Press and release a key."""

    async def click(self, text: str) -> None:
        """Click the button whose label begins with the text."""

    async def screenshot(self, path: Path) -> None:
        """Keep what the window shows as a PNG file."""

    async def printed(self) -> bytes:
        """The PDF that printing the page gives, on A4 and without the grounds that a browser leaves out."""

    async def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at a place of the page, move it to another, and let go."""

    async def accessible(self) -> set[tuple[str, str]]:
        """(role, name) of everything on the page, as the browser hands it to a screen reader."""

    async def until(self, condition: str, within: float = 5.0) -> None:
        """Wait until a condition holds on the page; fails the test when it does not."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not await self._holds(condition):
            if loop.time() > end:
                pytest.fail(f"not on the page within {within:g} s: {condition}\n{await self.text()}")
            await asyncio.sleep(0.01)

    async def _holds(self, condition: str) -> bool:
        try:
            return bool(
                await self.js(f"(() => {{ try {{ return Boolean({condition}) }} catch {{ return false }} }})()")
            )
        except RuntimeError as error:
            if not any(words in str(error) for words in BETWEEN_PAGES):
                raise
            return False

    async def shows(self, text: str) -> None:
        """Wait until the page shows the text."""
        await self.until(f"document.body.innerText.includes({json.dumps(text)})")

    async def ready(self) -> None:
        """Wait until the stretch can be begun."""
        await self.until("document.getElementById('stage').dataset.state === 'ready'")

    async def plays(self) -> None:
        """Wait until the stretch is under way."""
        await self.until("document.getElementById('stage').dataset.state === 'playing'")

    async def text(self) -> str:
        """All that the page shows."""
        return str(await self.js("document.body.innerText"))

    async def middle(self, button: str) -> tuple[float, float]:
        """Where to click on the button whose label begins so, scrolled into sight; fails the test without one."""
        found = await self.js(
            f"(b => b && (b.scrollIntoView({{block: 'nearest'}}), ({{x, y, width, height}}) => [x + width / 2, y + height / 2])(b.getBoundingClientRect()))"
            f"([...document.querySelectorAll('button')].find(b => b.checkVisibility() && b.innerText.startsWith({json.dumps(button)})))"
        )
        if not found:
            pytest.fail(f"there is no button {button!r}\n{await self.text()}")
        return found[0], found[1]
