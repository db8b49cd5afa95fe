"""Chooses the notifier for each prompt: the first one in a table, in order of preference, that works.

A notifier that failed is tried again at the next prompt, so one that works again (for example after the notification
service was started) is used without watching for it; there are few prompts a day.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Literal, cast

from msgspec import Struct

from psoas_nudge.errors import BadInput, ShowFailed, Unavailable
from psoas_nudge.notify.port import Capability, Message, Notifier, OnPressed, Showing, Surroundings
from psoas_nudge.tasks import log_failure

log = logging.getLogger(__name__)

AUTO = "auto"
LAST_RESORT = "terminal"
"""Its use is logged, because the person may expect prompts on the desktop."""


Table = Mapping[str, Callable[[], Notifier]]


def _in(module: str, name: str) -> Callable[[], Notifier]:
    """Makes the notifier; its module is imported only then."""
    return lambda: cast("Notifier", getattr(import_module(f"psoas_nudge.notify.{module}"), name)())


FIRST = ("balloon", "BalloonNotifier") if sys.platform == "win32" else ("freedesktop", "FreedesktopNotifier")
"""The notifier of this operating system."""
NOTIFIERS: Table = {
    FIRST[0]: _in(*FIRST),
    "plyer": _in("plyer_library", "PlyerNotifier"),
    "terminal": _in("terminal", "TerminalNotifier"),
}
"""In order of preference. A new notifier is a file of its own and a row here."""


class NotifierChoice(Struct, frozen=True):
    """One row of `doctor`: a notifier, and why it is used or not."""

    name: str
    verdict: Literal["chosen", "available", "unavailable"]
    why: str


class Chooser:
    """Shows each prompt through the first notifier that works.

    Calls before `start` wait for it: after a crash, the first effect is a withdrawal.
    `wanted`: "auto", or a name in the table, which then is the only one tried (BadInput for any other).
    """

    def __init__(self, wanted: str, table: Table = NOTIFIERS) -> None:
        self._table = table
        self._surroundings = Surroundings({})
        self._begun = asyncio.Event()
        self._lock = asyncio.Lock()
        self._on_pressed: OnPressed = lambda _pressed: None
        self._started: dict[str, Notifier] = {}
        self.want(wanted)

    def want(self, wanted: str) -> None:
        """Change the setting; the open prompt is not moved."""
        if wanted not in (AUTO, *self._table):
            raise BadInput(f'there is no notifier "{wanted}"; use one of: {", ".join((AUTO, *self._table))}')
        self._order = tuple(self._table) if wanted == AUTO else (wanted,)

    def begin(self, surroundings: Surroundings, on_pressed: OnPressed) -> None:
        """Allow calls; notifiers are started when they are needed."""
        self._surroundings, self._on_pressed = surroundings, on_pressed
        self._begun.set()

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None:
        """Start the first notifier that works. If none does, that is logged, not raised: one may work later."""
        self.begin(surroundings, on_pressed)
        failures: dict[str, str] = {}
        for name in self._order:
            try:
                await self._ready(name)
            except Unavailable as error:
                failures[name] = str(error)
                continue
            if name == LAST_RESORT and failures:
                log.warning(
                    "no notification service here, so prompts appear in this terminal (to see why: psoas-nudge doctor)"
                )
            return
        log.warning("prompts cannot be shown here: %s", self._reasons(failures))

    async def show(self, message: Message) -> Showing:
        """Show it through the first notifier that works. Raises ShowFailed with all reasons."""
        failures: dict[str, str] = {}
        for name in self._order:
            try:
                notifier = await self._ready(name)
                ref = await notifier.show(message)
                return Showing(name, ref, Capability.FADES in notifier.capabilities() and not message.insist)
            except Unavailable as error:
                failures[name] = str(error)
                log.info("not by %s: %s", name, error)
            except Exception as error:  # noqa: BLE001 - whatever it is, the prompt is not shown
                failures[name] = str(error) or type(error).__name__
                log_failure(log, f"not by {name}", error)
        raise ShowFailed(self._reasons(failures))

    async def withdraw(self, name: str, ref: str) -> None:
        """Withdraw what `show` has shown, also in an earlier process. Raises nothing."""
        if name not in self._table:
            log.warning('a prompt was shown by "%s", which does not exist any more', name)
            return
        try:
            notifier = await self._ready(name)
        except Unavailable as error:
            log.info("the notification stays, because %s does not work now: %s", name, error)
        else:
            try:
                await notifier.withdraw(ref)
            except Exception as error:  # noqa: BLE001 - a notification that stays must not stop later prompts
                log_failure(log, f"the notification was not removed by {name}", error)

    @property
    def in_terminal(self) -> bool:
        """Whether prompts currently appear in this terminal."""
        return next((name for name in self._order if name in self._started), None) == LAST_RESORT

    def capabilities(self) -> frozenset[Capability]:
        """The capabilities of the first notifier that runs; none when none does."""
        first = next((self._started[name] for name in self._order if name in self._started), None)
        return first.capabilities() if first else frozenset()

    async def choices(self) -> list[NotifierChoice]:
        """Every notifier of the table, probed now; the first one that works is the chosen one."""
        rows: list[NotifierChoice] = []
        for name in self._table:
            running = name in self._started
            try:
                notifier = await self._ready(name)
            except Unavailable as error:
                rows.append(NotifierChoice(name, "unavailable", str(error)))
                continue
            verdict: Literal["chosen", "available"]
            if name not in self._order:
                verdict, why = "available", "works, but the setting notifier names another one"
            elif any(row.verdict == "chosen" for row in rows):
                verdict, why = "available", "used when the ones before it fail"
            else:
                verdict, why = "chosen", "the first that works"
            can = ", ".join(sorted(notifier.capabilities())) or "showing only"
            rows.append(NotifierChoice(name, verdict, f"{why} ({can})"))
            if not running:
                await self._started.pop(name).stop()
        return rows

    async def stop(self) -> None:
        for notifier in self._started.values():
            await notifier.stop()
        self._started.clear()

    async def _ready(self, name: str) -> Notifier:
        await self._begun.wait()
        async with self._lock:  # a second caller waits for the notifier that is being started
            if name in self._started:
                return self._started[name]
            notifier = self._table[name]()
            try:
                await notifier.start(self._surroundings, self._on_pressed)
            except Unavailable:
                raise
            except Exception as error:
                log_failure(log, f"{name} did not start", error)
                raise Unavailable(str(error) or type(error).__name__) from error
            self._started[name] = notifier
            return notifier

    @staticmethod
    def _reasons(failures: dict[str, str]) -> str:
        return "; ".join(f"{name}: {why}" for name, why in failures.items())
