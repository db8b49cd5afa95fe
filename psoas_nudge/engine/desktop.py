"""The World on a desktop: effects go to the timer, the idle source, the screen and the guides.

It uses no file, bus or socket itself: service.py passes the real parts, `demo` others, tests fakes.
"""

from __future__ import annotations

import logging
from typing import Protocol

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
from psoas_nudge.engine.screen import Screen
from psoas_nudge.journal.records import Stored
from psoas_nudge.notify import ICON, picture
from psoas_nudge.notify.port import Button, Message, OwnButton, Pressed, Showing
from psoas_nudge.tasks import Tasks

log = logging.getLogger(__name__)


class Timer(Protocol):
    """See timers.SchedulerTimer."""

    def wake(self, after: int | None) -> None: ...

    def stop(self) -> None: ...


class IdleTime(Protocol):
    """See presence.chooser."""

    async def watch(self, threshold: int) -> None: ...


class Guides(Protocol):
    """See guides.GuideProcesses."""

    def open(self, routine: str, prompt: int | None, token: str | None) -> None: ...


class Desktop(Listener):
    """Carries out the effects of `engine` (engine.World) and feeds it what is pressed on a prompt."""

    def __init__(self, engine: Engine, *, idle_time: IdleTime, screen: Screen, timer: Timer, guides: Guides) -> None:
        self.sound = self.insist = False
        self._engine, self._idle_time, self._screen = engine, idle_time, screen
        self._timer, self._guides = timer, guides
        self._tasks = Tasks(log, "asking for idle time")
        self._token: str | None = None
        self._waiting_notice: tuple[str, str] | None = None
        self._trouble = ""

    def start(self, started: Started) -> None:
        """Start the engine in this world."""
        self._engine.listen(self)
        self._engine.start(self, started)

    async def stop(self) -> None:
        """Withdraw the open prompt and end."""
        self._engine.feed(Stopping())
        self._engine.close()
        self._timer.stop()
        await self._screen.close()
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
        self._show_notice(self._engine.state)

    def withdraw_notice(self) -> None:
        """Withdraw the last notice."""
        self._waiting_notice = None
        self._screen.withdraw_notice()

    # --- out (engine.World) -----------------------------------------------------------------------------------

    def wake(self, after: int | None) -> None:
        self._timer.wake(after)

    def watch(self, threshold: int) -> None:
        self._tasks.start(self._idle_time.watch(threshold))

    def show(self, effect: Show) -> None:
        """Show the prompt, after what is already queued."""
        self._put(effect, sound=self.sound)

    def renew(self, effect: Renew) -> None:
        """Show the prompt again."""
        self._put(effect, sound=False)

    def withdraw(self, effect: Withdraw) -> None:
        """Withdraw the prompt. A prompt without a notifier is not shown yet: the core withdraws it after Shown."""
        if effect.notifier is not None:
            self._screen.withdraw(effect.notifier, effect.ref)

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
        self._show_notice(state)

    def _show_notice(self, state: State) -> None:
        if self._waiting_notice and state.prompt is None:
            (title, body), self._waiting_notice = self._waiting_notice, None
            self._screen.show_notice(title, body, ICON)

    def _put(self, effect: Show | Renew, *, sound: bool) -> None:
        number = effect.prompt
        self._screen.show(
            self._message(effect, sound=sound),
            wanted=lambda: (prompt := self._engine.state.prompt) is not None and prompt.number == number,
            shown=lambda showing: self._feed(_shown(number, showing)),
            failed=lambda why: self._feed(NotShown(prompt=number, why=why)),
        )

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
        )

    def _feed(self, event: AnyEvent) -> None:
        self._engine.feed(event)


def _shown(prompt: int, showing: Showing) -> Shown:
    return Shown(prompt=prompt, notifier=showing.notifier, ref=showing.ref, fades=showing.fades)
