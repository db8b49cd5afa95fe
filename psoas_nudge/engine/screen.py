"""A queue in front of the notifiers: prompts and notices are shown one at a time, in order.

So a prompt is never withdrawn before it was shown.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import count
from typing import Any, Protocol

from msgspec.structs import replace

from psoas_nudge.called import as_called
from psoas_nudge.core.events import NotShown, Shown
from psoas_nudge.errors import ShowFailed
from psoas_nudge.notify import ICON
from psoas_nudge.notify.port import Message, Showing
from psoas_nudge.tasks import Tasks, log_failure

log = logging.getLogger(__name__)

NOTICE = 0
"""The prompt number of a message that is not a prompt."""
SHOW_SECONDS = 90.0
"""Timeout of a notifier; each has shorter timeouts of its own."""
LAST_SECONDS = 1.2
"""Timeout for withdrawing the open prompt at the end."""
FIRST, IN_ORDER = range(2)
"""Withdrawals go before what waits to be shown: a notifier that replaces one message by another gives both the same
ref, and withdrawing the earlier one must not remove the later one."""

Work = Callable[[], Coroutine[Any, Any, None]]


class Notifiers(Protocol):
    """See notify.chooser."""

    async def show(self, message: Message) -> Showing: ...

    async def withdraw(self, name: str, ref: str) -> None: ...


class Screen:
    """Shows through `notifiers` once it is open; what is queued before waits.

    `typed`: whether commands in a terminal can answer these prompts.
    """

    def __init__(self, notifiers: Notifiers, *, typed: bool = True) -> None:
        self._notifiers, self._typed = notifiers, typed
        self._queue: asyncio.PriorityQueue[tuple[int, int, Work]] = asyncio.PriorityQueue()
        self._number = count()
        self._tasks = Tasks(log, "the screen")
        self._open = self._ending = False
        self._notice: Showing | None = None

    def open(self) -> None:
        """The notifiers have started: begin with the queue."""
        self._open = True
        self._tasks.start(self._work())

    async def close(self) -> None:
        """Show nothing more, and withdraw what is shown, within LAST_SECONDS."""
        self._ending = True
        if self._open:
            try:
                await asyncio.wait_for(self._queue.join(), LAST_SECONDS)
            except TimeoutError:
                log.warning("the notifier did not remove the prompt within %s s", LAST_SECONDS)
        await self._tasks.cancel()

    def show(self, message: Message, wanted: Callable[[], bool], report: Callable[[Shown | NotShown], object]) -> None:
        """Queue a prompt; it is shown if it is still `wanted` then. `report` gets what became of it."""
        self._put(partial(self._show, replace(message, typed=self._typed), wanted, report))

    def withdraw(self, notifier: str, ref: str) -> None:
        self._put(partial(self._notifiers.withdraw, notifier, ref), FIRST)

    def show_notice(self, title: str, body: str) -> None:
        """Show a message that needs no answer."""
        self._put(partial(self._show_notice, Message(prompt=NOTICE, title=title, body=as_called(body), icon=ICON)))

    def withdraw_notice(self) -> None:
        self._put(self._withdraw_notice)

    def _put(self, work: Work, rank: int = IN_ORDER) -> None:
        self._queue.put_nowait((rank, next(self._number), work))

    async def _show(
        self, message: Message, wanted: Callable[[], bool], report: Callable[[Shown | NotShown], object]
    ) -> None:
        if not wanted():
            return
        number = message.prompt
        try:
            showing = await asyncio.wait_for(self._notifiers.show(message), SHOW_SECONDS)
        except (ShowFailed, TimeoutError) as error:
            why = str(error) or f"no notifier answered within {SHOW_SECONDS:g} s"
            log.warning("the prompt could not be shown: %s", why)
            report(NotShown(prompt=number, why=why))
            return
        self._notice = None
        if self._ending:
            await self._notifiers.withdraw(showing.notifier, showing.ref)
        else:
            report(Shown(prompt=number, notifier=showing.notifier, ref=showing.ref, fades=showing.fades))

    async def _show_notice(self, message: Message) -> None:
        try:
            self._notice = await self._notifiers.show(message)
        except ShowFailed as error:
            log.info("the message was not shown: %s", error)

    async def _withdraw_notice(self) -> None:
        if self._notice:
            await self._notifiers.withdraw(self._notice.notifier, self._notice.ref)
            self._notice = None

    async def _work(self) -> None:
        while True:
            _, _, work = await self._queue.get()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - a bug must not stop all later prompts; the core closes this one
                log_failure(log, "a notifier", error)
            finally:
                self._queue.task_done()
