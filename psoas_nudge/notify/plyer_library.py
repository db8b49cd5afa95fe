"""Prompts through plyer: for Windows, and for sessions where the notifier on D-Bus fails.

plyer 2.1 has no buttons, no id and no result. On Linux it silently does nothing when there is no service; it runs
notify-send with the title as a bare argument, so that "-x" is an option; and it can block for a minute.
Therefore the service is probed before each use, the call runs on its own thread with a timeout, there is at most one
such thread, and after a failure there is a pause before the next try (a circuit breaker).
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Protocol, cast

from psoas_nudge.bus import LONGEST_ERROR, Bus, CallFailed
from psoas_nudge.core.words import capitalized
from psoas_nudge.errors import ShowFailed, Unavailable
from psoas_nudge.notify import DATA, words
from psoas_nudge.notify.port import Capability, Message, OnPressed, Surroundings
from psoas_nudge.system.clock import milliseconds
from psoas_nudge.system.shell import LONGEST_TEXT, LONGEST_TITLE

log = logging.getLogger(__name__)

SERVICE = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
LIMIT_SECONDS = 10.0
PAUSES_SECONDS = (60.0, 300.0, 900.0)
SHOWN_SECONDS = 60
"""plyer cannot withdraw, so the notification has to expire."""
SHOWN_SECONDS_ON_WINDOWS = 10
"""On Windows plyer sleeps that long on a thread that delays the end of the program; the prompt stays in the list."""


class Facade(Protocol):
    """The part of plyer's notification facade that is used."""

    def notify(self, title: str, message: str, app_name: str, app_icon: str, timeout: int) -> None:
        """May show it, raise anything, or do nothing."""


class Programs:
    """What plyer's way over notify-send gets in place of the module subprocess: it drops the exit status."""

    DEVNULL = subprocess.DEVNULL

    @staticmethod
    def run(argv: Sequence[str], **_: object) -> None:
        """Raises OSError with what the program wrote when it fails."""
        done = subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603 - plyer's own words
        if done.returncode:
            said = done.stderr[-LONGEST_ERROR:].decode(errors="replace").split("\n")
            why = next((each.strip() for each in reversed(said) if each.strip()), f"status {done.returncode}")
            raise OSError(f"{argv[0]}: {''.join(filter(str.isprintable, why))}")

    call = run


def load_plyer() -> Facade:
    """plyer's implementation for this platform; raises Unavailable when it has none.

    `plyer.notification` would print a traceback and do nothing from then on, so it is not used.
    """
    try:
        from plyer.facades import Notification
        from plyer.utils import platform

        with warnings.catch_warnings(record=True) as hints:
            warnings.simplefilter("always")
            module = import_module(f"plyer.platforms.{platform}.notification")
            if hasattr(module, "subprocess"):
                vars(module)["subprocess"] = Programs
            facade = module.instance()
    except Exception as error:
        raise Unavailable(f"plyer does not work here: {type(error).__name__}: {error}") from error
    if type(facade) is Notification:
        said = "; ".join(str(hint.message).splitlines()[0] for hint in hints)
        raise Unavailable(f"plyer has nothing to show notifications with ({said}); try: apt install libnotify-bin")
    return cast("Facade", facade)


class PlyerNotifier:
    """Shows prompts through plyer, without buttons. `clock`: monotonic, in seconds, for the circuit breaker."""

    name = "plyer"

    def __init__(
        self,
        clock: Callable[[], float] = lambda: milliseconds() / 1000,
        load: Callable[[], Facade] = load_plyer,
        limit: float = LIMIT_SECONDS,
        platform: str = sys.platform,
    ) -> None:
        self._clock, self._load, self._limit, self._platform = clock, load, limit, platform
        self._facade: Facade | None = None
        self._bus: Bus | None = None
        self._markup = False
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._closed_until = 0.0
        self._last_failure = ""

    async def start(self, surroundings: Surroundings, on_pressed: OnPressed) -> None:  # noqa: ARG002 - nothing can be pressed
        """Raises Unavailable when plyer or the service does not work."""
        self._bus = surroundings.session_bus
        await self._probe()
        self._facade = self._load()

    def capabilities(self) -> frozenset[Capability]:
        """No buttons, no withdrawing; through notify-send plyer loses the icon."""
        can = set() if self._runs_notify_send else {Capability.ICON}
        return frozenset(can | {Capability.MARKUP} if self._markup else can)

    async def show(self, message: Message) -> str:
        """Show `message`; the ref is empty. Raises ShowFailed."""
        if self._facade is None:
            raise ShowFailed("plyer was not started")
        wait = self._closed_until - self._clock()
        if wait > 0:
            raise ShowFailed(f"{self._last_failure}; tried again in {wait:.0f} s")
        if self._thread and self._thread.is_alive():  # it has timed out; with the breaker alone each try would add one
            raise ShowFailed("an earlier call of plyer still hangs")
        try:
            await self._probe()
            await self._on_thread(self._facade, message)
        except (Unavailable, ShowFailed) as error:
            self._last_failure = str(error)
            self._closed_until = self._clock() + PAUSES_SECONDS[min(self._failures, len(PAUSES_SECONDS) - 1)]
            self._failures += 1
            raise ShowFailed(str(error)) from error
        self._failures = 0
        return ""

    async def withdraw(self, ref: str) -> None:
        """Does nothing: plyer has no ids."""

    async def stop(self) -> None:
        """A call that hangs ends with the program."""
        self._facade = self._bus = None

    @property
    def _runs_notify_send(self) -> bool:
        return type(self._facade).__name__ == "NotifySendNotification"

    async def _probe(self) -> None:
        if self._platform == "win32":
            return
        if self._bus is None:
            raise Unavailable("plyer needs a session bus here, and there is none")
        try:
            can = (await self._bus.call(*SERVICE, "GetCapabilities", timeout=self._limit))[0]
        except CallFailed as error:
            raise Unavailable(f"plyer would show nothing: no notification service answers ({error})") from error
        self._markup = "body-markup" in can

    def _words(self, message: Message) -> tuple[str, str]:
        title, body = words.line(message.title), capitalized(words.paragraph(message.body))
        body = f"{body}\n\n{words.how_to_answer(message.keys)}".strip()
        if self._markup:
            body = words.escape(body)
        if self._runs_notify_send:
            body = body.replace("\\", "\\\\")  # it reads backslash escapes in the body
            # With a Unicode hyphen, a leading "-" is not parsed as an option.
            title, body = (f"\N{HYPHEN}{text[1:]}" if text.startswith("-") else text for text in (title, body))
        return title, body

    async def _on_thread(self, facade: Facade, message: Message) -> None:
        title, body = self._words(message)
        windows = self._platform == "win32"
        icon = str(DATA / "icon.ico" if windows else message.icon) if message.icon else ""
        if windows:  # longer texts fail on a thread that reports nothing
            title, body = words.shortened(title, LONGEST_TITLE), words.shortened(body, LONGEST_TEXT)
        seconds = SHOWN_SECONDS_ON_WINDOWS if windows else SHOWN_SECONDS
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Exception | None] = loop.create_future()

        def call() -> None:
            failure: Exception | None = None
            try:
                facade.notify(title=title, message=body, app_name="psoas-nudge", app_icon=icon, timeout=seconds)
            except Exception as error:  # noqa: BLE001 - a platform library may raise anything; it is passed on
                failure = error
            with suppress(RuntimeError):  # the loop was closed while the call hung
                loop.call_soon_threadsafe(lambda: None if done.done() else done.set_result(failure))

        # No executor: the interpreter waits for its threads at exit, and this one may hang.
        self._thread = threading.Thread(target=call, name="plyer", daemon=True)
        self._thread.start()
        try:
            failure = await asyncio.wait_for(done, self._limit)
        except TimeoutError:
            raise ShowFailed(f"plyer did not come back within {self._limit:g} s") from None
        self._thread = None
        if failure:
            raise ShowFailed(f"plyer failed: {type(failure).__name__}: {failure}") from failure


if __name__ == "__main__":
    from psoas_nudge.notify.probe import main

    main(PlyerNotifier)
