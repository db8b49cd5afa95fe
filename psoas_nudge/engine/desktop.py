"""The World on a desktop: effects go to the timer, the idle source, the notifiers and the guides.

Prompts and notices are shown one at a time, in order, so a prompt is never withdrawn before it was shown. This module
uses no file, bus or socket itself: service.py passes the real parts, `demo` others, tests fakes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import count
from typing import Any, Protocol

from psoas_nudge.called import as_called
from psoas_nudge.core.answers import label
from psoas_nudge.core.catalogue import find, prompt_words
from psoas_nudge.core.effects import Renew, Show, StartGuide, Withdraw
from psoas_nudge.core.entries import PromptEntry
from psoas_nudge.core.events import Accept, AnyEvent, NotShown, Shown, Skip, Snooze, Started, Stopping
from psoas_nudge.core.outcomes import UNCONFIRMED
from psoas_nudge.core.sitting import sat
from psoas_nudge.core.state import State
from psoas_nudge.core.words import SECOND
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.errors import ShowFailed
from psoas_nudge.journal.records import Stored
from psoas_nudge.notify import ICON, picture
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Button, Message, OwnButton, Pressed, Showing
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


class Timer(Protocol):
    """See timers.SchedulerTimer."""

    def wake(self, after: int | None) -> None: ...

    def stop(self) -> None: ...


class IdleTime(Protocol):
    """See presence.chooser."""

    async def watch(self, threshold: int) -> None: ...


class Guides(Protocol):
    """See outside.GuideProcesses."""

    def open(self, routine: str, prompt: int | None, token: str | None) -> None: ...


class Desktop(Listener):
    """Carries out the effects of `engine` (engine.World) and feeds it what becomes of a prompt.

    `typed`: whether commands in a terminal can answer these prompts.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        idle_time: IdleTime,
        notifiers: Chooser,
        timer: Timer,
        guides: Guides,
        typed: bool = True,
    ) -> None:
        self.sound = self.insist = False
        self._engine, self._idle_time, self._notifiers = engine, idle_time, notifiers
        self._timer, self._guides, self._typed = timer, guides, typed
        self._tasks = Tasks(log, "asking for idle time")
        self._queue: asyncio.PriorityQueue[tuple[int, int, Work]] = asyncio.PriorityQueue()
        self._number = count()
        self._open = self._ending = False
        self._token: str | None = None
        self._notice: Showing | None = None
        self._waiting_notice: tuple[str, str] | None = None
        self._trouble = ""

    def start(self, started: Started) -> None:
        """Start the engine in this world. Nothing is shown before `open`."""
        self._engine.listen(self)
        self._engine.start(self, started)

    def open(self) -> None:
        """The notifiers have started: begin with the queue."""
        self._open = True
        self._tasks.start(self._work())

    async def stop(self) -> None:
        """Show nothing more, and withdraw the open prompt within LAST_SECONDS."""
        self._engine.feed(Stopping())
        self._engine.close()
        self._timer.stop()
        self._ending = True
        if self._open:
            try:
                await asyncio.wait_for(self._queue.join(), LAST_SECONDS)
            except TimeoutError:
                log.warning("the notifier did not remove the prompt within %s s", LAST_SECONDS)
        await self._tasks.cancel()

    # --- in ---------------------------------------------------------------------------------------------------

    def pressed(self, pressed: Pressed) -> None:
        """The person pressed a button of the prompt. After a refusal the prompt is shown again, without Snooze."""
        if isinstance(pressed.press, OwnButton):  # only a guide shows such buttons
            return
        self._token = pressed.token
        prompt = self._engine.state.prompt
        refusal = self._engine.feed(pressed.press)
        self._token = None
        if refusal and not refusal.no_prompt_open and prompt:  # the press has closed it on the screen
            log.info("asked again: %s", refusal.why)
            seated = sat(self._engine.state_now(), 0)
            self.renew(Renew(prompt=prompt.number, routine=prompt.routine, sat=seated, snooze=False))

    def notify(self, title: str, body: str) -> None:
        """Show a notice, which needs no answer, once no prompt is open. A later notice replaces one that waits."""
        self._waiting_notice = title, body
        self._put_notice(self._engine.state)

    def withdraw_notice(self) -> None:
        self._waiting_notice = None
        self._put(self._withdraw_notice)

    # --- out (engine.World) -----------------------------------------------------------------------------------

    def wake(self, after: int | None) -> None:
        self._timer.wake(after)

    def watch(self, threshold: int) -> None:
        self._tasks.start(self._idle_time.watch(threshold))

    def show(self, effect: Show) -> None:
        """Show the prompt, after what is already queued, if it is still open then."""
        self._put(partial(self._show, self._message(effect, sound=self.sound)))

    def renew(self, effect: Renew) -> None:
        self._put(partial(self._show, self._message(effect, sound=False)))

    def withdraw(self, effect: Withdraw) -> None:
        """Withdraw the prompt. A prompt without a notifier is not shown yet: the core withdraws it after Shown."""
        if effect.notifier is not None:
            self._put(partial(self._notifiers.withdraw, effect.notifier, effect.ref), FIRST)

    def start_guide(self, effect: StartGuide) -> None:
        """Open the guide; the activation token lets its window come to the front."""
        self._guides.open(effect.routine, effect.prompt, self._token)

    # --- what it listens for ----------------------------------------------------------------------------------

    def recorded(self, stored: Stored) -> None:
        """Log a notifier that reported neither Shown nor NotShown: that is a bug."""
        if isinstance(stored.entry, PromptEntry) and stored.entry.because == UNCONFIRMED:
            log.warning("prompt %d was not shown in time and is closed", stored.entry.number)

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        """Show a notice that waited for the prompt to close, and one when the journal cannot be written."""
        if (trouble := self._engine.trouble) != self._trouble:
            self._trouble = trouble
            if trouble:
                self.notify("No prompts for now", trouble)
        self._put_notice(state)

    # --- the queue in front of the notifiers ------------------------------------------------------------------

    def _put(self, work: Work, rank: int = IN_ORDER) -> None:
        self._queue.put_nowait((rank, next(self._number), work))

    def _put_notice(self, state: State) -> None:
        if self._waiting_notice and state.prompt is None:
            (title, body), self._waiting_notice = self._waiting_notice, None
            self._put(partial(self._show_notice, Message(prompt=NOTICE, title=title, body=as_called(body), icon=ICON)))

    async def _work(self) -> None:
        while True:
            _, _, work = await self._queue.get()
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - a bug must not stop all later prompts; the core closes this one
                log_failure(log, "a notifier", error)
            finally:
                self._queue.task_done()

    async def _show(self, message: Message) -> None:
        prompt, number = self._engine.state.prompt, message.prompt
        if prompt is None or prompt.number != number:
            return
        try:
            showing = await asyncio.wait_for(self._notifiers.show(message), SHOW_SECONDS)
        except (ShowFailed, TimeoutError) as error:
            why = str(error) or f"no notifier answered within {SHOW_SECONDS:g} s"
            log.warning("the prompt could not be shown: %s", why)
            self._engine.feed(NotShown(prompt=number, why=why))
            return
        self._notice = None
        if self._ending:
            await self._notifiers.withdraw(showing.notifier, showing.ref)
        else:
            self._engine.feed(Shown(prompt=number, notifier=showing.notifier, ref=showing.ref, fades=showing.fades))

    async def _show_notice(self, message: Message) -> None:
        try:
            self._notice = await self._notifiers.show(message)
        except ShowFailed as error:
            log.info("the message was not shown: %s", error)

    async def _withdraw_notice(self) -> None:
        if self._notice:
            await self._notifiers.withdraw(self._notice.notifier, self._notice.ref)
            self._notice = None

    def _message(self, effect: Show | Renew, *, sound: bool) -> Message:
        rules, number = self._engine.rules, effect.prompt
        routine = find(effect.routine, rules.routines)
        title, body = prompt_words(routine, effect.sat / SECOND)
        snooze = (Snooze(via="notification", prompt=number),) if effect.snooze else ()
        presses = (Accept(via="notification", prompt=number), *snooze, Skip(via="notification", prompt=number))
        return Message(
            prompt=number,
            title=title,
            body=body,
            buttons=tuple(Button(press, label(press, rules)) for press in presses),
            icon=picture(routine),
            sound=sound,
            insist=self.insist,
            typed=self._typed,
        )
