"""Real browsers, Chromium driven over its debugging pipe, and a served stretch whose clock stands until a test moves it."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.core.catalogue import find
from psoas_nudge.core.model import Afterwards, Pain
from psoas_nudge.core.routines import Routine
from psoas_nudge.guide.player import Held, Player
from psoas_nudge.guide.reports import Receipt
from psoas_nudge.guide.server import Sound, app
from psoas_nudge.guide.session import Asks, StretchSession
from psoas_nudge.pages.guard import Guard
from psoas_nudge.pages.serving import listen, serve
from tests.desktop.firefox import firefox
from tests.desktop.tab import LAPTOP
from tests.desktop.tab import Tab as AnyTab

__all__ = ["firefox"]

LAUNCH = """
import fcntl, os, sys
r, w = (fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3])
os.dup2(r, 3), os.dup2(w, 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
GONE = "ERR_CONNECTION_REFUSED"
"""What may be complained about after a test: its server has ended with it."""
KEYS = {
    " ": ("Space", 32),
    "ArrowLeft": ("ArrowLeft", 37),
    "ArrowRight": ("ArrowRight", 39),
    "Escape": ("Escape", 27),
    "Tab": ("Tab", 9),
    "Enter": ("Enter", 13),
    "ArrowUp": ("ArrowUp", 38),
}


class Chromium:
    """The browser's end of the pipe: commands out, answers and events in."""

    def __init__(self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: int) -> None:
        self.process, self.reader, self.writer = process, reader, writer
        self.numbers = itertools.count(1)
        self.waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.tabs: dict[str, Tab] = {}
        self.listening = asyncio.create_task(self.listen())

    async def listen(self) -> None:
        while True:
            message = json.loads((await self.reader.readuntil(b"\0"))[:-1])
            if message.get("id") in self.waiting:
                self.waiting.pop(message["id"]).set_result(message)
            elif message.get("sessionId") in self.tabs:
                self.tabs[message["sessionId"]].heard(message)

    async def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        number = next(self.numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        answer = await asyncio.wait_for(self.waiting[number], 20)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    async def open(
        self, url: str, size: tuple[int, int] = LAPTOP, dark: bool = False, reduced_motion: bool = True
    ) -> Tab:
        """A tab with the page, of this size and theme."""
        target = (await self.send("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.send("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        tab = self.tabs[session] = Tab(self, target, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            await tab.send(f"{domain}.enable")
        await tab.look(size, dark=dark, reduced_motion=reduced_motion)
        await tab.send("Page.navigate", url=url)
        return tab


class Tab(AnyTab):
    """One tab, as a person sees and uses it."""

    def __init__(self, browser: Chromium, target: str, session: str) -> None:
        self.browser, self.target, self.session = browser, target, session
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def heard(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message["method"] == "Log.entryAdded" and params["entry"]["level"] in {"warning", "error"}:
            self.complaints.append(params["entry"]["text"])
        elif message["method"] == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        elif message["method"] == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        return await self.browser.send(method, self.session, **params)

    async def look(self, size: tuple[int, int], *, dark: bool = False, reduced_motion: bool = True) -> None:
        """Set the window's size, the theme and the wish for less motion."""
        width, height = size
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        wishes = {
            "prefers-color-scheme": "dark" if dark else "light",
            "prefers-reduced-motion": "reduce" if reduced_motion else "no-preference",
        }
        await self.send("Emulation.setEmulatedMedia", features=[{"name": k, "value": v} for k, v in wishes.items()])

    async def js(self, expression: str) -> Any:
        """The value of an expression on the page."""
        answer = await self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    async def press(self, key: str) -> None:
        """Press and release a key."""
        code, number = KEYS.get(key, (f"Key{key.upper()}", ord(key.upper()[0])))
        same = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        letter = {"text": "\r" if key == "Enter" else key} if len(key) == 1 or key == "Enter" else {}
        await self.send("Input.dispatchKeyEvent", type="keyDown", **same, **letter)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **same)

    async def click(self, text: str) -> None:
        """Click the button whose label begins with the text."""
        x, y = await self.middle(text)
        at = {"x": x, "y": y, "button": "left", "clickCount": 1}
        await self.send("Input.dispatchMouseEvent", type="mousePressed", **at)
        await self.send("Input.dispatchMouseEvent", type="mouseReleased", **at)

    async def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """See Tab."""
        between = ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2)
        for kind, (x, y) in (
            ("mousePressed", begin), ("mouseMoved", between), ("mouseMoved", end), ("mouseReleased", end),
        ):  # fmt: skip
            await self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    async def accessible(self) -> set[tuple[str, str]]:
        """See Tab."""
        nodes = (await self.send("Accessibility.getFullAXTree"))["nodes"]
        seen = [
            (node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")
        ]
        return {(role, name.replace("\xa0", " ")) for role, name in seen}

    async def screenshot(self, path: Path) -> None:
        """Keep what the window shows as a PNG file."""
        picture = (await self.send("Page.captureScreenshot", format="png"))["data"]
        await asyncio.to_thread(path.write_bytes, base64.b64decode(picture))

    async def printed(self) -> bytes:
        """See Tab."""
        made = (await self.send("Page.printToPDF", paperWidth=8.27, paperHeight=11.69))["data"]
        return base64.b64decode(made)

    async def close(self) -> None:
        """Close the tab, as its cross does."""
        self.browser.tabs.pop(self.session)
        await self.browser.send("Target.closeTarget", targetId=self.target)


@pytest.fixture
async def chromium(tmp_path: Path, desktop_need: Callable[..., None]) -> AsyncIterator[Chromium]:
    """A real Chromium without a window. It must not complain about a page: errors, refused content, exceptions."""
    desktop_need("chromium")
    (their_in, our_out), (our_in, their_out) = os.pipe(), os.pipe()
    process = subprocess.Popen(  # noqa: ASYNC220 - starting takes a moment, nothing else runs yet
        [sys.executable, "-c", LAUNCH, str(their_in), str(their_out), "chromium", "--headless=new", "--no-sandbox",
         "--remote-debugging-pipe", f"--user-data-dir={tmp_path / 'profile'}", "--no-first-run", "--disable-gpu",
         "--disable-dev-shm-usage", "--mute-audio", "--force-color-profile=srgb", "about:blank"],
        pass_fds=(their_in, their_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    os.close(their_in)
    os.close(their_out)
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    with os.fdopen(our_in, "rb") as pipe:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        browser = Chromium(process, reader, our_out)
        try:
            yield browser
            complaints = [
                complaint for tab in browser.tabs.values() for complaint in tab.complaints if GONE not in complaint
            ]
        finally:
            browser.listening.cancel()
            await asyncio.gather(browser.listening, return_exceptions=True)
            transport.close()
            os.close(our_out)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert complaints == []


class Served:
    """A stretch under way on a real server, and its clock."""

    def __init__(self, routine: Routine, asks: Asks | None = None) -> None:
        self.now = 1000.0
        self.reports: list[object] = []
        self.trouble: str | None = None
        self.player = Player(routine)
        self.session = StretchSession(self.player, lambda: self.now, self, asks)
        self.guard: Guard
        self.server: asyncio.Task[None]

    def begun(self) -> Receipt:
        self.reports.append("begun")
        return Receipt(self.trouble)

    def holding(self, held: Held) -> Receipt:
        return Receipt(self.trouble)

    def ended(self, held: Held) -> Receipt:
        self.reports.append(held)
        return Receipt(self.trouble)

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        self.reports.append((afterwards, pain))
        return Receipt(self.trouble, "Please let a physiotherapist or doctor have a look." if pain else None)

    def taken_back(self) -> Receipt:
        self.reports.append("taken back")
        return Receipt()

    def warned(self) -> Receipt:
        self.reports.append("warned")
        return Receipt()

    def kneels(self, can: bool) -> Receipt:
        self.reports.append(("kneels", can))
        return Receipt()

    @property
    def url(self) -> str:
        return self.guard.url

    @property
    def origin(self) -> str:
        return f"http://{self.guard.host}"

    def passes(self, seconds: float) -> None:
        """Let time pass, second by second."""
        while seconds > 0:
            step = min(1.0, seconds)
            seconds -= step
            self.now += step
            self.session.tick()

    @property
    def held(self) -> Held:
        return self.player.held

    async def over(self) -> None:
        """Wait for the server to have ended by itself."""
        await asyncio.wait_for(asyncio.shield(self.server), 5)


Serve = Callable[..., AbstractAsyncContextManager[Served]]


@pytest.fixture
def serving() -> Serve:
    """`async with serving("standing-hip-flexor") as served:`: a stretch on a real server on a free port."""

    @asynccontextmanager
    async def start(
        routine: str | Routine, *, chime: bool = True, voice: bool = False, **asks: bool
    ) -> AsyncIterator[Served]:
        served = Served(find(routine) if isinstance(routine, str) else routine, Asks(**asks))
        with listen() as listener:
            served.guard = app(served.session, listener.getsockname()[1], Sound(chime=chime, voice=voice))
            served.server = asyncio.create_task(serve(served.guard, listener, served.session.closed))
            try:
                yield served
            finally:
                served.session.close()
                await served.server

    return start
