"""Shows a test prompt with the notifier that is selected on the page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

from psoas_nudge.bus import buses
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Capability, Pressed, Surroundings
from psoas_nudge.notify.probe import TEST_MESSAGE

PRESS_SECONDS = 20.0


async def trial(notifier: str) -> AsyncIterator[str]:
    """Show the prompt and yield status lines for the person."""
    pressed: asyncio.Queue[Pressed] = asyncio.Queue()
    async with buses(lambda _kind, _why: None) as (session_bus, _):
        try:
            chooser = Chooser(notifier)
            await chooser.start(Surroundings(dict(os.environ), session_bus), pressed.put_nowait)
            showing = await chooser.show(TEST_MESSAGE)
        except PsoasNudgeError as error:
            yield f"The test prompt was not shown. {error}\n"
            return
        try:
            if Capability.BUTTONS not in chooser.capabilities():
                yield f"Shown by {showing.notifier}. It has no buttons here.\n"
                await asyncio.sleep(PRESS_SECONDS / 2)
                return
            yield f"Shown by {showing.notifier}. Press a button on it.\n"
            try:
                answer = await asyncio.wait_for(pressed.get(), PRESS_SECONDS)
            except TimeoutError:
                yield "No button was pressed.\n"
            else:
                label = next(each.label for each in TEST_MESSAGE.buttons if type(each.press) is type(answer.press))
                yield f'It works: you pressed "{label}".\n'
        finally:
            await chooser.withdraw(showing.notifier, showing.ref)
            await chooser.stop()
