"""The name io.github.psoas_nudge on the session bus: the status as properties, requests as methods.

For bars and scripts that use D-Bus (`busctl --user introspect io.github.psoas_nudge /io/github/psoas_nudge`). The
methods build the core's requests. PropertiesChanged is sent only when something has changed.
Instants are seconds since 1970 (UTC), 0 for none; durations are seconds.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite
from typing import Annotated, Any

import msgspec
from dbus_fast import DBusError
from dbus_fast.annotations import DBusDouble, DBusInt64, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from psoas_nudge.bus import DBUS, Bus, CallFailed
from psoas_nudge.core.events import (
    PLAIN,
    Asked,
    Clear,
    Feel,
    Pause,
    Plain,
    Skip,
    Snooze,
    Stretch,
    Undo,
    checked,
)
from psoas_nudge.core.ranges import EARLIEST, LATEST, mistake
from psoas_nudge.core.status import Status, explained, look
from psoas_nudge.core.words import EPOCH, milliseconds
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.tasks import Tasks
from psoas_nudge.tray.exported import add_properties
from psoas_nudge.tray.port import Action, MenuCommand, OnCommand

log = logging.getLogger(__name__)

NAME = INTERFACE = "io.github.psoas_nudge"
PATH = "/io/github/psoas_nudge"
INVALID = "org.freedesktop.DBus.Error.InvalidArgs"
VIA = "dbus"
QUEUE, OWNER = 0, (1, 4)


def _instant(at: datetime | None) -> int:
    return 0 if at is None else int(at.timestamp())


PROPERTIES: dict[str, tuple[str, Callable[[Status], Any]]] = {
    # name: (D-Bus type, its value)
    "Look": ("s", lambda s: look(s).value),
    "Presence": ("s", lambda s: s.presence),
    "SatSeconds": ("d", lambda s: s.sat_seconds),
    "TowardNext": ("d", lambda s: s.toward_next),
    "Needed": ("d", lambda s: s.needed),
    "Prompt": ("u", lambda s: s.prompt.number if s.prompt else 0),
    "Routine": ("s", lambda s: s.prompt.routine if s.prompt else ""),
    "CanSnooze": ("b", lambda s: bool(s.prompt and s.prompt.snooze)),
    "Paused": ("b", lambda s: s.paused),
    "PausedUntil": ("x", lambda s: _instant(s.paused_until)),
    "Quiet": ("as", lambda s: list(s.quiet)),
    "HoursOpen": ("b", lambda s: s.hours_open),
    "HoursChange": ("x", lambda s: _instant(s.hours_change)),
    "PromptsToday": ("u", lambda s: s.prompts_today),
    "DailyLimit": ("u", lambda s: s.daily_limit),
    "NextPrompt": ("x", lambda s: _instant(s.next_prompt)),
    "Why": ("as", lambda s: list(s.why)),
    "Trouble": ("s", lambda s: s.trouble or ""),
}


class BusObject(ServiceInterface):
    """The exported object. The two tables in this module add its properties and the methods without arguments."""

    def __init__(self, status: Status, at: datetime, on_command: OnCommand) -> None:
        super().__init__(INTERFACE)
        self.status, self.at = status, at
        self._on_command = on_command

    def show(self, status: Status, at: datetime) -> None:
        """Store a status and send signals for the differences."""
        before, self.status, self.at = self.status, status, at
        changed = {name: new for name, (_, value) in PROPERTIES.items() if (new := value(status)) != value(before)}
        if changed:
            self.emit_properties_changed(changed)
        was, now = (s.prompt.number if s.prompt else 0 for s in (before, status))
        if was and was != now:
            self.prompt_closed(was)
        if now and was != now:
            self.prompt_opened(now, changed.get("Routine", ""))

    def command(self, command: MenuCommand) -> None:
        """Carry out a command. A refusal becomes a D-Bus error that is named after the class of the exception."""
        try:
            self._on_command(command)
        except PsoasNudgeError as error:
            raise DBusError(f"{NAME}.Error.{type(error).__name__}", str(error)) from error

    def _ask(self, make: Callable[[], Asked]) -> None:
        """Carry out the request that `make` builds from a caller's arguments, after checking their ranges."""
        try:
            checked(request := make())
        except msgspec.ValidationError as error:
            raise DBusError(INVALID, mistake(error, type(request)) or str(error)) from error
        except ValueError as error:
            raise DBusError(INVALID, str(error)) from error
        self.command(request)

    @dbus_method("GetStatus")
    def get_status(self) -> DBusStr:
        """The whole status as JSON, as `psoas-nudge status --format json` prints it."""
        return msgspec.json.encode(self.status).decode()

    @dbus_method("Explain")
    def explain(self) -> DBusStr:
        """Why there is no prompt now, one sentence a line, and when the next one can come."""
        if self.status.prompt:
            return "A prompt is waiting for your answer."
        return explained(self.status.why, self.status.next_prompt, self.at, self.status.zone)

    @dbus_method("Snooze")
    def snooze(self, seconds: DBusDouble) -> None:
        """0: for the length in the settings."""
        self._ask(lambda: Snooze(delay=_length(seconds), via=VIA))

    @dbus_method("Skip")
    def skip(self, because: DBusStr) -> None:
        """ "": without a reason."""
        self._ask(lambda: Skip(because=because or None, via=VIA))

    @dbus_method("Stretch")
    def stretch(self, routine: DBusStr) -> None:
        """ "": the next routine in the rotation."""
        self._ask(lambda: Stretch(routine=routine or None, via=VIA))

    @dbus_method("Pause")
    def pause(self, seconds: DBusDouble) -> None:
        """0: until resumed."""
        self._ask(lambda: Pause(length=_length(seconds), via=VIA))

    @dbus_method("PauseUntil")
    def pause_until(self, instant: DBusInt64) -> None:
        """Seconds since 1970."""
        self._ask(lambda: Pause(until=_until(instant), via=VIA))

    @dbus_method("Feel")
    def feel(self, level: DBusUInt32, note: DBusStr) -> None:
        """`level`: 0 (no discomfort) to 10; `note`: "" for none."""
        self._ask(lambda: Feel(level=level, note=note or None, via=VIA))

    @dbus_method("Reload")
    def reload(self) -> None:
        """Read the configuration again."""
        self.command(Action.RELOAD)

    @dbus_method("Stop")
    def stop(self) -> None:
        self.command(Action.QUIT)

    @dbus_signal("PromptOpened")
    def prompt_opened(self, number: int, routine: str) -> Annotated[tuple[int, str], DBusSignature("us")]:
        """A prompt waits for an answer: its number and its routine."""
        return number, routine

    @dbus_signal("PromptClosed")
    def prompt_closed(self, number: int) -> DBusUInt32:
        """The prompt with this number was answered or cancelled."""
        return number


BEYOND = 1e15
"""Seconds: out of every range, but small enough to compute with."""


def _length(seconds: float) -> int | None:
    if not isfinite(seconds):
        raise ValueError("A length must be a number of seconds.")
    return milliseconds(max(-BEYOND, min(seconds, BEYOND))) or None


def _until(seconds: int) -> datetime:
    try:
        return EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError(
            f"until must be between {EARLIEST.year} and {LATEST.year}, in seconds since 1970; it is {seconds}."
        ) from None


WITHOUT_ARGUMENTS = (*PLAIN.values(), Clear, Undo)
"""Requests that become methods of the same name."""


def _of_status(value: Callable[[Status], Any]) -> Callable[[BusObject], Any]:
    return lambda exported: value(exported.status)


def _method(kind: type[Plain | Clear | Undo]) -> Any:
    def ask(exported: BusObject) -> None:
        exported.command(kind(via=VIA))

    ask.__name__, ask.__doc__ = kind.__name__, kind.help
    return dbus_method(kind.__name__)(ask)


add_properties(BusObject, {name: (kind, _of_status(value)) for name, (kind, value) in PROPERTIES.items()})
for _request in WITHOUT_ARGUMENTS:
    setattr(BusObject, _request.__name__, _method(_request))


class BusName:
    """Exports the object under its name, also after the bus was restarted.

    `on_command` may raise a PsoasNudgeError; the caller gets it as a D-Bus error.
    """

    def __init__(self, bus: Bus, on_command: OnCommand) -> None:
        self._bus, self._on_command = bus, on_command
        self._exported: BusObject | None = None
        self._stopped = False
        self._tasks = Tasks(log, f"the name {NAME}")

    async def start(self, status: Status, at: datetime) -> None:
        """Export the object and take the name, or wait in the bus's queue while another program owns it."""
        self._bus.watch_connection(self._on_connection)
        self._export(status, at)
        await self._take_name()

    def update(self, status: Status, at: datetime) -> None:
        if self._exported is None:
            return
        if self._bus.connected:
            with self._bus.emitting():
                self._exported.show(status, at)
        else:
            self._exported.status, self._exported.at = status, at

    async def stop(self) -> None:
        """Release the name and unexport the object."""
        self._stopped = True
        await self._tasks.cancel()
        if self._exported and self._bus.connected:
            self._bus.connection.unexport(PATH)
            await self._bus.call(*DBUS, "ReleaseName", "s", NAME)

    def _export(self, status: Status, at: datetime) -> None:
        self._exported = BusObject(status, at, self._on_command)
        self._bus.connection.export(PATH, self._exported)

    def _on_connection(self, there: bool) -> None:
        if there and self._exported and not self._stopped:
            self._export(self._exported.status, self._exported.at)
            self._tasks.start(self._take_name())

    async def _take_name(self) -> None:
        try:
            [answer] = await self._bus.call(*DBUS, "RequestName", "su", NAME, QUEUE)
        except CallFailed as error:
            log.warning("the name %s could not be taken: %s", NAME, error)
            return
        if answer not in OWNER:
            log.warning(
                "another program owns the name %s, so scripts cannot reach psoas-nudge on D-Bus until it ends", NAME
            )
