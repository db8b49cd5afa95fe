"""Runs one notifier alone: shows a test prompt and prints what is pressed. Idea: aw-watcher-afk's `macos.py`."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable

from psoas_nudge.bus import buses
from psoas_nudge.core.events import Accept, Skip, Snooze
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.notify import ICON
from psoas_nudge.notify.port import Button, Message, Notifier, Pressed, Surroundings, key
from psoas_nudge.system.terminal import is_one

WAIT_SECONDS = 60.0

TEST_MESSAGE = Message(
    prompt=0,
    title="A test of psoas-nudge",
    body="a test prompt. Press any button; nothing is recorded.",
    buttons=(Button(Accept(), Accept.label), Button(Snooze(), "Later"), Button(Skip(), Skip.label)),
    icon=ICON,
    typed=False,
)
"""Also what `doctor --notify` sends."""


def main(create: Callable[[], Notifier]) -> None:
    """Run until a button is pressed, until Ctrl+C, or for a minute (then the exit status is 1)."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        pressed = asyncio.run(_try_out(create()))
    except PsoasNudgeError as error:
        sys.exit(f"not here: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    if pressed:
        sys.stdout.write(f"pressed: {key(pressed.press)}, activation token: {pressed.token}\n")
    else:
        sys.stdout.write("no answer\n")
    sys.exit(0 if pressed else 1)


async def _try_out(notifier: Notifier) -> Pressed | None:
    pressed = asyncio.get_running_loop().create_future()
    async with buses(lambda kind, why: kind == "session" and sys.stdout.write(f"{why}\n")) as (session_bus, _):
        await notifier.start(
            Surroundings(dict(os.environ), session_bus, interactive=is_one(sys.stdin)),
            lambda it: None if pressed.done() else pressed.set_result(it),
        )
        sys.stdout.write(f"{notifier.name} can do: {', '.join(sorted(notifier.capabilities())) or 'nothing more'}\n")
        sys.stdout.flush()
        ref = await notifier.show(TEST_MESSAGE)
        try:
            return await asyncio.wait_for(pressed, WAIT_SECONDS)
        except TimeoutError:
            return None
        finally:
            await notifier.withdraw(ref)
            await notifier.stop()
