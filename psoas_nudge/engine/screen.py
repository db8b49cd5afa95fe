"""The screen: prompts and messages go to the notifiers one at a time, in order.

So a withdrawal never overtakes the showing that it belongs to.
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
from psoas_nudge.errors import ShowFailed
from psoas_nudge.notify.port import Message, Showing
from psoas_nudge.tasks import Tasks, log_failure

log = logging.getLogger(__name__)

NOTICE = 0
"""The number of a message that is no prompt."""
SHOW_SECONDS = 90.0
"""A notifier that takes longer has failed; each has shorter limits of its own."""
LAST_SECONDS = 1.2
"""For withdrawing the open prompt at the end."""
FIRST, IN_ORDER = range(2)
"""What is taken away goes before what waits to be shown: a notifier that shows one thing in place of another gives
both the same ref, and the later one must not be taken away for the earlier."""

Work = Callable[[], Coroutine[Any, Any, None]]


class Notifiers(Protocol):
    """See notify.chooser."""

    async def show(self, message: Message) -> Showing: ...

    async def withdraw(self, name: str, ref: str) -> None: ...


class Screen:
    """Shows through `notifiers`, once opened. What is asked for earlier waits.

    `typed`: whether commands in a terminal reach whoever shows prompts here.
    """

    def __init__(self, notifiers: Notifiers, *, typed: bool = True) -> None:
        self._notifiers, self._typed = notifiers, typed
        self._queue: asyncio.PriorityQueue[tuple[int, int, Work]] = asyncio.PriorityQueue()
        self._number = count()
        self._tasks = Tasks(log, "the screen")
        self._open = self._ending = False
        self._notice: Showing | None = None

    def open(self) -> None:
        """The notifiers are ready: begin with what waits for them."""
        self._open = True
        self._tasks.start(self._work())

    async def close(self) -> None:
        """Finish what is under way, within a moment, and show nothing more."""
        self._ending = True
        if self._open:
            try:
                await asyncio.wait_for(self._queue.join(), LAST_SECONDS)
            except TimeoutError:
                log.warning("the notifier did not take the prompt away within %s s", LAST_SECONDS)
        await self._tasks.cancel()

    def show(
        self,
        message: Message,
        *,
        wanted: Callable[[], bool],
        shown: Callable[[Showing], None],
        failed: Callable[[str], None],
    ) -> None:
        """Show a prompt if it is still `wanted` when its turn comes; then call `shown`, or `failed` with the reason."""
        self._put(partial(self._show, replace(message, typed=self._typed), wanted, shown, failed))

    def withdraw(self, notifier: str, ref: str) -> None:
        """Take a prompt away."""
        self._put(partial(self._notifiers.withdraw, notifier, ref), FIRST)

    def tell(self, title: str, body: str, icon: str) -> None:
        """Show a message that asks for no answer."""
        self._put(partial(self._tell, Message(prompt=NOTICE, title=title, body=as_called(body), icon=icon)))

    def tell_no_more(self) -> None:
        """Take the last message away."""
        self._put(self._tell_no_more)

    def _put(self, work: Work, rank: int = IN_ORDER) -> None:
        self._queue.put_nowait((rank, next(self._number), work))

    async def _show(
        self,
        message: Message,
        wanted: Callable[[], bool],
        shown: Callable[[Showing], None],
        failed: Callable[[str], None],
    ) -> None:
        if not wanted():
            return
        try:
            showing = await asyncio.wait_for(self._notifiers.show(message), SHOW_SECONDS)
        except (ShowFailed, TimeoutError) as error:
            why = str(error) or f"no notifier answered within {SHOW_SECONDS:g} s"
            log.warning("the prompt could not be shown: %s", why)
            failed(why)
        except Exception:
            failed("a notifier failed; the log has the details")
            raise
        else:
            self._notice = None
            if self._ending:
                await self._notifiers.withdraw(showing.notifier, showing.ref)
            else:
                shown(showing)

    async def _tell(self, message: Message) -> None:
        try:
            self._notice = await self._notifiers.show(message)
        except ShowFailed as error:
            log.info("the message was not shown: %s", error)

    async def _tell_no_more(self) -> None:
        if self._notice:
            await self._notifiers.withdraw(self._notice.notifier, self._notice.ref)
            self._notice = None

    async def _work(self) -> None:
        while True:
            _, _, work = await self._queue.get()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - a notifier's bug must not end the prompts for good
                log_failure(log, "a notifier", error)
            finally:
                self._queue.task_done()
