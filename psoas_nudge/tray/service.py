"""The name io.github.psoas_nudge on the session bus: the state as properties, what can be asked as methods.

For bars and scripts that speak D-Bus (`busctl --user introspect io.github.psoas_nudge /io/github/psoas_nudge`). It
mirrors the messages of the control socket. Properties change with PropertiesChanged; nothing is sent when nothing did.
Instants are seconds since 1970 (UTC), 0 for none; durations are seconds.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from dbus_fast import DBusError, PropertyAccess
from dbus_fast.annotations import DBusDouble, DBusInt64, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from psoas_nudge.bus import DBUS, Bus, CallFailed
from psoas_nudge.core.status import Status
from psoas_nudge.core.summary import look
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.tray import commands as c

log = logging.getLogger(__name__)

NAME = INTERFACE = "io.github.psoas_nudge"
PATH = "/io/github/psoas_nudge"
DO_NOT_QUEUE, OWNER = 4, (1, 4)


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
}


class Face(ServiceInterface):
    """The exported object; its properties come from the table above."""

    def __init__(self, status: Status, on_command: c.OnCommand) -> None:
        super().__init__(INTERFACE)
        self.status = status
        self._on_command = on_command

    def show(self, status: Status) -> None:
        """Take over a status and tell what differs."""
        before, self.status = self.status, status
        values = {name: value(status) for name, (_, value) in PROPERTIES.items()}
        changed = {name: new for name, new in values.items() if new != PROPERTIES[name][1](before)}
        if changed:
            self.emit_properties_changed(changed)
        was, now = (s.prompt.number if s.prompt else 0 for s in (before, status))
        if was and was != now:
            self.prompt_closed(was)
        if now and was != now:
            self.prompt_opened(now, changed.get("Routine", ""))

    def _do(self, command: c.TrayCommand) -> None:
        try:
            self._on_command(command)
        except PsoasNudgeError as error:
            raise DBusError(f"{NAME}.Error.{type(error).__name__}", str(error)) from error

    @dbus_method("GetStatus")
    def get_status(self) -> DBusStr:
        """The whole status as JSON, as `psoas-nudge status --format json` prints it."""
        return msgspec.json.encode(self.status).decode()

    @dbus_method("Accept")
    def accept(self) -> None:
        """Answer the open prompt: stretch."""
        self._do(c.Accept())

    @dbus_method("Snooze")
    def snooze(self, seconds: DBusDouble) -> None:
        """Answer the open prompt: later; 0: after the usual delay."""
        self._do(c.Snooze(seconds or None))

    @dbus_method("Skip")
    def skip(self, because: DBusStr) -> None:
        """Answer the open prompt: not this time."""
        self._do(c.Skip(because or None))

    @dbus_method("Stretch")
    def stretch(self, routine: DBusStr) -> None:
        """Stretch now; "" for the routine whose turn it is."""
        self._do(c.Stretch(routine or None))

    @dbus_method("Stand")
    def stand(self) -> None:
        """Work goes on standing."""
        self._do(c.Stand())

    @dbus_method("Sit")
    def sit(self) -> None:
        """Work goes on sitting."""
        self._do(c.Sit())

    @dbus_method("Pause")
    def pause(self, seconds: DBusDouble) -> None:
        """No prompts for so long; 0: until resumed."""
        self._do(c.Pause(seconds or None))

    @dbus_method("PauseUntil")
    def pause_until(self, instant: DBusInt64) -> None:
        """No prompts until an instant."""
        try:
            until = datetime.fromtimestamp(instant, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise DBusError("org.freedesktop.DBus.Error.InvalidArgs", f"{instant} is no instant: {error}") from error
        self._do(c.Pause(until=until))

    @dbus_method("Resume")
    def resume(self) -> None:
        """End the pause."""
        self._do(c.Resume())

    @dbus_method("Reload")
    def reload(self) -> None:
        """Read the configuration again."""
        self._do(c.Reload())

    @dbus_method("Stop")
    def stop(self) -> None:
        """End the daemon."""
        self._do(c.Quit())

    @dbus_signal("PromptOpened")
    def prompt_opened(self, number: int, routine: str) -> Annotated[tuple[int, str], DBusSignature("us")]:
        """A prompt waits for an answer: its number, and its routine."""
        return number, routine

    @dbus_signal("PromptClosed")
    def prompt_closed(self, number: int) -> DBusUInt32:
        """The prompt with this number was answered, or is no longer asked."""
        return number


def _property(name: str, kind: str, value: Callable[[Status], Any]) -> Any:
    def read(face: Face) -> Any:
        return value(face.status)

    read.__name__ = name  # the library looks it up as an attribute under this name
    read.__annotations__["return"] = kind
    return dbus_property(PropertyAccess.READ, name)(read)


for _name, (_kind, _value) in PROPERTIES.items():
    setattr(Face, _name, _property(_name, _kind, _value))


class Service:
    """Keeps the object on the bus under its name, also after the bus was restarted.

    `on_command` may raise a PsoasNudgeError: the caller gets it as a D-Bus error, named after its class.
    """

    def __init__(self, bus: Bus, on_command: c.OnCommand) -> None:
        self._bus, self._on_command = bus, on_command
        self._face: Face | None = None
        self._stopped = False
        self._task: asyncio.Task[None] | None = None

    async def start(self, status: Status) -> None:
        """Export the object and take the name; a name that somebody else holds is only noted in the log."""
        self._bus.watch_connection(self._on_connection)
        self._export(status)
        await self._take_name()

    def update(self, status: Status) -> None:
        """Show this status."""
        if self._face is None:
            return
        if self._bus.connected:
            self._face.show(status)
        else:
            self._face.status = status

    async def stop(self) -> None:
        """Give up the name and the object."""
        self._stopped = True
        if self._task:
            await self._task
        if self._face and self._bus.connected:
            self._bus.connection.unexport(PATH)
            await self._bus.call(*DBUS, "ReleaseName", "s", NAME)

    def _export(self, status: Status) -> None:
        self._face = Face(status, self._on_command)
        self._bus.connection.export(PATH, self._face)

    def _on_connection(self, there: bool) -> None:
        if there and self._face and not self._stopped:
            self._export(self._face.status)
            self._task = asyncio.create_task(self._take_name())

    async def _take_name(self) -> None:
        try:
            [answer] = await self._bus.call(*DBUS, "RequestName", "su", NAME, DO_NOT_QUEUE)
        except CallFailed as error:
            log.warning("the name %s could not be taken: %s", NAME, error)
            return
        if answer not in OWNER:
            log.warning("the name %s is somebody else's; bars and scripts cannot reach this daemon by D-Bus", NAME)
