"""mako on a headless sway: it draws no buttons, so the body says what a click does, and a click does it."""

from __future__ import annotations

import asyncio
import os
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from psoas_nudge.bus import Bus
from psoas_nudge.notify.freedesktop import FreedesktopNotifier
from psoas_nudge.notify.port import Capability, Message, Pressed, Surroundings
from psoas_nudge.presence.wayland import Compositor
from tests.desktop.presence.stages import Sway
from tests.prompts import answers, buttons

WIDTH, HEIGHT, LEFT = 1280, 720, 0x110
pytestmark = pytest.mark.heavy

PROMPT = Message(
    prompt=7,
    title="You've been sitting for 45 minutes",
    body="standing hip-flexor stretch, 3 min. Tuck your pelvis, then shift forward.",
    buttons=buttons(("accept", "Start"), ("snooze", "In 5 min"), ("skip", "Skip")),
)


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.02)


@pytest.fixture
async def sway(desktop_need: Callable[..., None], folder: Path, session_bus: Any) -> AsyncIterator[Sway]:
    desktop_need("sway", "mako", "makoctl")
    made = Sway(folder, session_bus)
    try:
        await until(made.ready)
        made.spawn("mako")
        await asyncio.to_thread(session_bus.wait_for, "org.freedesktop.Notifications")
        yield made
    finally:
        made.stop()
        shutil.rmtree(made.runtime, ignore_errors=True)


def listed(sway: Sway) -> list[dict[str, Any]]:
    argv = ["makoctl", "list"]
    done = subprocess.run(argv, env=sway.environ, check=False, capture_output=True)
    return json.decode(done.stdout)["data"][0] if done.returncode == 0 else []


async def click(hand: Compositor, x: float, y: float) -> None:
    """Click with the left button of a wlr-virtual-pointer at these parts of the screen's width and height."""
    pointers, _ = hand.bind("zwlr_virtual_pointer_manager_v1", 1)
    mouse = hand.new(lambda _opcode, _data: None)
    hand.send(pointers, 0, struct.pack("=II", 0, mouse))
    await hand.round_trip()
    await asyncio.sleep(0.3)  # mako learns that there is a pointer now
    for opcode, arguments in (
        (1, struct.pack("=5I", 0, int(x * WIDTH), int(y * HEIGHT), WIDTH, HEIGHT)),
        (2, struct.pack("=3I", 10, LEFT, 1)),
        (2, struct.pack("=3I", 20, LEFT, 0)),
    ):
        hand.send(mouse, opcode, arguments)
        hand.send(mouse, 4)
        await hand.round_trip()
        await asyncio.sleep(0.2)


async def test_a_click_starts_and_the_body_says_so_and_how_to_answer_otherwise(sway: Sway, session_bus: Any) -> None:
    pressed: list[Pressed] = []
    bus = Bus("session", session_bus.address)
    await bus.connect()
    notifier = FreedesktopNotifier()
    await notifier.start(Surroundings({}, bus), pressed.append)
    assert Capability.FADES not in notifier.capabilities()
    await notifier.show(PROMPT)
    await until(lambda: listed(sway))
    body = listed(sway)[0]["body"]["data"]
    assert body.startswith("Click to start. Other answers: psoas-nudge snooze or skip.\nStanding hip-flexor stretch, ")
    await asyncio.sleep(0.5)  # it is drawn
    if keep := os.environ.get("PSOAS_NUDGE_SCREENSHOTS"):
        await sway.run("grim", str(Path(keep) / "mako.png"))
    hand = Compositor(lambda _why: None)
    await hand.connect(sway.environ)
    await click(hand, 1 - 150 / WIDTH, 40 / HEIGHT)
    await until(lambda: pressed)
    assert answers(pressed) == [(7, "accept")]
    await hand.close()
    await notifier.stop()
    await bus.close()
