"""A server that draws real buttons: xfce4-notifyd on a private display, clicked with the mouse.

It takes a click from the moment its window is mapped: of 80 clicks by XTest 0 to 30 ms after that, 32 of them while it was
stopped by SIGSTOP for a second, none was lost. A click beside a button closes the notification and answers nothing, and no
second click helps. The buttons keep their place from the right edge, whatever the width that the words make.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.bus import Bus
from psoas_nudge.notify import ICON
from psoas_nudge.notify.freedesktop import FreedesktopNotifier
from psoas_nudge.notify.port import Message, Pressed, Surroundings
from tests.prompts import answers, buttons

pytestmark = pytest.mark.heavy

PROMPT = Message(
    prompt=7,
    title="You've been sitting for 45 minutes",
    body="standing hip-flexor stretch, 3 min. Tuck your pelvis, then shift forward.",
    buttons=buttons(("accept", "Start"), ("snooze", "In 5 min"), ("skip", "Skip")),
    icon=ICON,
)
BUTTONS = {"accept": 241, "snooze": 149, "skip": 57}
"""How far the middle of each is from the right edge of the window; they are 30 above its lower edge."""


async def until(what: Callable[[], Any], within: float = 30) -> Any:
    async with asyncio.timeout(within):
        while not (value := what()):  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.02)
    return value


@pytest.fixture
def server(folder: Path, xvfb: Any, session_bus: Any, desktop_need: Callable[..., None]) -> Iterator[None]:
    program = str(next(Path("/usr/lib").glob("*/xfce4/notifyd/xfce4-notifyd"), "xfce4-notifyd"))
    desktop_need(program)
    environ = {"DBUS_SESSION_BUS_ADDRESS": session_bus.address, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    with subprocess.Popen([program], env={**xvfb.environ, **environ}, stderr=subprocess.DEVNULL) as process:
        session_bus.wait_for("org.freedesktop.Notifications")
        yield
        process.kill()


def window(screen: Any) -> dict[str, int]:
    """Place and size of the notification, empty when there is none."""
    argv = ["xdotool", "search", "--onlyvisible", "--class", "xfce4-notifyd"]
    found = subprocess.run(argv, env=screen.environ, check=False, capture_output=True, text=True).stdout.split()
    for number in found:
        lines = screen.do("getwindowgeometry", "--shell", number).split()
        it = {key: int(value) for key, value in (line.split("=") for line in lines)}
        if it["HEIGHT"] > 50:
            return it
    return {}


@pytest.mark.parametrize("answer", BUTTONS)
async def test_each_button_is_drawn_once_and_a_click_on_it_is_its_answer(
    server: None, xvfb: Any, session_bus: Any, answer: Any
) -> None:
    pressed: list[Pressed] = []
    bus = Bus("session", session_bus.address)
    await bus.connect()
    notifier = FreedesktopNotifier(call_seconds=30)  # on a busy machine its first window takes a while
    await notifier.start(Surroundings({}, bus), pressed.append)
    await notifier.show(PROMPT)
    it = await until(lambda: window(xvfb))
    if answer == "skip":
        await asyncio.sleep(1)  # it fades in
        xvfb.picture("xfce")
    x = it["X"] + it["WIDTH"] - BUTTONS[answer]
    await asyncio.to_thread(xvfb.click, x, it["Y"] + it["HEIGHT"] - 30)
    await until(lambda: pressed)
    assert answers(pressed) == [(7, answer)]
    await notifier.stop()
    await bus.close()
