"""A real Firefox without a window, driven by Marionette: the protocol that geckodriver itself speaks to it.

Each message is its length, a colon, and JSON: `[0, id, command, parameters]` there, `[1, id, error, result]` back. Use the
fixture as in guide/conftest.py: `from tests.desktop.firefox import firefox`, then `tab = await firefox.open(url)`.
https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.desktop.tab import LAPTOP, Tab

PREFERENCES = {
    "marionette.port": 0,  # a free one, which Firefox writes into the profile
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.volume_scale": "0.0",
}
STARTS_WITHIN = 60.0
KEYS = {
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
    "ArrowUp": "\ue013",
    "Escape": "\ue00c",
    "Tab": "\ue004",
    "Enter": "\ue007",
}
"""https://www.w3.org/TR/webdriver2/#keyboard-actions"""
GONE = (
    "NS_ERROR", "was interrupted while the page was loading", "Scripts may not close windows",
    "Script terminated by timeout",
)  # fmt: skip
"""What Firefox says of a server that has ended, of a stream that a reload ends, of a page that would close its tab, and
of one that does it: its handler of pagehide is cut off."""
COMPLAINTS = """
return Services.console.getMessageArray()
  .filter(m => m instanceof Ci.nsIScriptError && m.sourceName.startsWith("http") || /Content-Security-Policy/.test(m.message))
  .map(m => m.message);
"""
SIZED = """
const [width, height] = arguments, style = gBrowser.selectedBrowser.style;
for (const [side, pixels] of [["width", width], ["height", height]])
  for (const property of [side, "min-" + side, "max-" + side]) style.setProperty(property, pixels + "px", "important");
"""
"""The page's own size, which may be smaller than a window can get. The browser's BiDi half does the same."""

ACCESSIBLE = """
const service = window.accessibility ??= Cc["@mozilla.org/accessibilityService;1"].getService(Ci.nsIAccessibilityService);
const found = [], walk = (each) => {
  found.push([service.getStringRole(each.role), each.name]);
  for (let child = each.firstChild; child; child = child.nextSibling) walk(child);
};
const page = service.getAccessibleFor(gBrowser.selectedBrowser)?.firstChild;
if (page?.childCount) walk(page);
return found;
"""
ROLES = {"pushbutton": "button", "entry": "textbox", "graphic": "image", "checkbutton": "checkbox", "grouping": "group"}
"""Firefox's names of roles, where they are not ARIA's."""


class Firefox:
    """The driver's end of the connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.numbers = itertools.count(1)
        self.turn = asyncio.Lock()
        self.tabs: list[FirefoxTab] = []
        self.front = ""

    async def send(self, command: str, **parameters: Any) -> Any:
        """Carry out one command; raises RuntimeError with what Firefox says against it."""
        async with self.turn:
            message = json.dumps([0, next(self.numbers), command, parameters]).encode()
            self.writer.write(b"%d:%b" % (len(message), message))
            _kind, _number, error, result = await asyncio.wait_for(self._message(), 30)
        if error:
            raise RuntimeError(f"{command}: {error}")
        return result.get("value", result) if isinstance(result, dict) else result

    async def _message(self) -> Any:
        length = int((await self.reader.readuntil(b":"))[:-1])
        return json.loads(await self.reader.readexactly(length))

    async def chrome(self, script: str, *arguments: object) -> Any:
        """Run a script in the browser itself, not in a page."""
        await self.send("Marionette:SetContext", value="chrome")
        try:
            return await self.send("WebDriver:ExecuteScript", script=script, args=list(arguments))
        finally:
            await self.send("Marionette:SetContext", value="content")

    async def open(
        self, url: str, size: tuple[int, int] = LAPTOP, dark: bool = False, reduced_motion: bool = True
    ) -> FirefoxTab:
        """A tab with the page, of this size and theme."""
        await self.chrome(
            "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0]);"
            "Services.prefs.setIntPref('ui.prefersReducedMotion', arguments[1]);",
            0 if dark else 1,
            int(reduced_motion),
        )
        handle = (await self.send("WebDriver:NewWindow", type="tab", focus=True))["handle"]
        tab = FirefoxTab(self, handle)
        self.tabs.append(tab)
        await tab.front()
        await self.chrome(SIZED, *size)
        await self.send("WebDriver:Navigate", url=url)
        return tab

    async def complaints(self) -> list[str]:
        """What it has complained about so far: exceptions on pages and refused content."""
        found: list[str] = await self.chrome(COMPLAINTS)
        return found


class FirefoxTab(Tab):
    """One tab, as a person sees and uses it."""

    def __init__(self, browser: Firefox, handle: str) -> None:
        self.browser, self.handle = browser, handle
        self.complaints: list[str] = []  # never more than those that Firefox itself collects

    async def front(self) -> None:
        """Bring it to the front, as a click on its tab does."""
        if self.browser.front == self.handle:
            return
        self.browser.front = self.handle
        await self.browser.send("WebDriver:SwitchToWindow", handle=self.handle, focus=True)

    async def js(self, expression: str) -> Any:
        """See Tab."""
        await self.front()
        script = (
            "const done = arguments[arguments.length - 1];"
            f"Promise.resolve(({expression})).then(v => done([v ?? null]), e => done([null, String(e)]));"
        )
        found = await self.browser.send("WebDriver:ExecuteAsyncScript", script=script, args=[])
        if found is None:
            raise RuntimeError("the page navigated or closed")
        value, *failed = found
        if failed:
            raise RuntimeError(failed[0])
        return value

    async def press(self, key: str) -> None:
        """See Tab."""
        await self.front()
        key = KEYS.get(key, key)
        strokes = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        await self.browser.send(
            "WebDriver:PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": strokes}]
        )

    async def click(self, text: str) -> None:
        """See Tab."""
        x, y = await self.middle(text)
        strokes = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self.browser.send(
            "WebDriver:PerformActions", actions=[{"type": "pointer", "id": "mouse", "actions": strokes}]
        )

    async def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """See Tab."""
        await self.front()
        between = ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2)
        places = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 20} for x, y in (begin, between, end)
        ]
        strokes = [places[0], {"type": "pointerDown", "button": 0}, *places[1:], {"type": "pointerUp", "button": 0}]
        await self.browser.send(
            "WebDriver:PerformActions", actions=[{"type": "pointer", "id": "mouse", "actions": strokes}]
        )

    async def accessible(self) -> set[tuple[str, str]]:
        """See Tab."""
        await self.front()
        end = asyncio.get_running_loop().time() + 10
        while not (found := await self.browser.chrome(ACCESSIBLE)):  # the service has to start
            if asyncio.get_running_loop().time() > end:
                pytest.fail("Firefox has no accessibility tree")
            await asyncio.sleep(0.1)
        return {(ROLES.get(role, role), (name or "").replace("\xa0", " ")) for role, name in found}

    async def screenshot(self, path: Path) -> None:
        """See Tab."""
        await self.front()
        picture = await self.browser.send("WebDriver:TakeScreenshot", full=False)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(picture))

    async def printed(self) -> bytes:
        """See Tab."""
        await self.front()
        return base64.b64decode(await self.browser.send("WebDriver:Print", page={"width": 21.0, "height": 29.7}))

    async def close(self) -> None:
        """Close the tab, as its cross does."""
        await self.front()
        left = await self.browser.send("WebDriver:CloseWindow")
        self.browser.tabs.remove(self)
        await self.browser.send("WebDriver:SwitchToWindow", handle=left[0], focus=True)
        self.browser.front = left[0]


async def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    """The port that Firefox has written into its profile."""
    end = asyncio.get_running_loop().time() + STARTS_WITHIN
    written = profile / "MarionetteActivePort"
    while not (written.exists() and written.read_text()):
        if process.poll() is not None or asyncio.get_running_loop().time() > end:
            pytest.fail(f"Firefox did not start within {STARTS_WITHIN:g} s (exit status {process.poll()})")
        await asyncio.sleep(0.05)
    return int(written.read_text())


@pytest.fixture
async def firefox(tmp_path: Path, desktop_need: Callable[..., None]) -> AsyncIterator[Firefox]:
    """A real Firefox without a window. It must not complain about a page: errors, refused content, exceptions."""
    desktop_need("firefox-esr")
    profile = tmp_path / "firefox"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("".join(lines))
    process = subprocess.Popen(  # noqa: ASYNC220 - starting takes a moment, nothing else runs yet
        ["firefox-esr", "--headless", "--marionette", "--remote-allow-system-access", "--no-remote",
         "--profile", str(profile)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "HOME": str(tmp_path), "MOZ_CRASHREPORTER_DISABLE": "1"},
    )  # fmt: skip
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", await _port(profile, process), limit=64 * 1024 * 1024
        )
        browser = Firefox(reader, writer)
        await browser._message()  # its greeting
        await browser.send("WebDriver:NewSession", pageLoadStrategy="none", timeouts={"script": 20_000})
        yield browser
        complaints = await browser.complaints()
        writer.close()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    left = [each for each in complaints if not any(words in each for words in GONE)]
    assert left == [], left
