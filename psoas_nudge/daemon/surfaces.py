"""Where the daemon shows itself on the session bus: the tray icon, and the name that bars and scripts talk to.

What is clicked or called there becomes the same requests as on the control socket.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.control import messages as c
from psoas_nudge.core import model as m
from psoas_nudge.core.catalogue import rotation, suggestion
from psoas_nudge.daemon.commands import Commands
from psoas_nudge.daemon.daemon import Daemon
from psoas_nudge.daemon.guiding import Guiding
from psoas_nudge.daemon.outside import Outside
from psoas_nudge.journal.records import Stored
from psoas_nudge.journal.store import Journal
from psoas_nudge.tray import commands as t
from psoas_nudge.tray.service import Service
from psoas_nudge.tray.tray import Tray

log = logging.getLogger(__name__)

VIA = "tray"


class Surfaces:
    """Tray and bus name. `configuration`: the file that "edit schedule" opens."""

    def __init__(
        self,
        bus: Bus,
        daemon: Daemon,
        commands: Commands,
        guiding: Guiding,
        outside: Outside,
        journal: Journal,
        configuration: Path,
    ) -> None:
        self._bus, self._daemon, self._commands = bus, daemon, commands
        self._guiding, self._outside = guiding, outside
        self._journal, self._configuration = journal, configuration
        self._held: tuple[date, float] | None = None
        self._tray: Tray | None = None
        self._name = Service(bus, self.command)

    async def start(self, tray: bool) -> None:
        """Answer to the bus name, and wait for a tray if one is wanted."""
        await self._name.start(self._daemon.status())
        await self.show_tray(tray)

    async def show_tray(self, wanted: bool) -> None:
        """Have the icon, or have it no longer; its choice of routines is that of the settings in force."""
        if wanted and self._tray:
            self._tray.routines = self._routines()
        elif wanted:
            self._tray = Tray(self._bus, self.command, self._routines(), None)
            try:
                await self._tray.start()
            except CallFailed as error:
                log.warning("no tray icon: %s", error)
                self._tray = None
            else:
                self.stepped(self._daemon.state_now())
        elif self._tray:
            tray, self._tray = self._tray, None
            await tray.stop()

    def stepped(self, state: m.State) -> None:
        """Show the new state."""
        status = self._daemon.status()
        self._name.update(status)
        if self._tray:
            self._tray.update(status, state.at, self._held_on(self._daemon.rules.hours.local_date(state.at)))

    def recorded(self, stored: Stored) -> None:
        """A stretch changes the dose."""
        if isinstance(stored.entry, m.StretchEntry):
            self._held = None

    def _held_on(self, today: date) -> float:
        if self._held is None or self._held[0] != today:
            since = datetime.combine(today, time(), ZoneInfo(self._daemon.rules.hours.zone))
            kept = (each.entry for each in self._journal.read(since=since, kinds=["stretch"]))
            self._held = today, sum(e.left_seconds + e.right_seconds for e in kept if isinstance(e, m.StretchEntry))
        return self._held[1]

    async def stop(self) -> None:
        """Take everything away."""
        await self.show_tray(False)
        try:
            await self._name.stop()
        except CallFailed as error:
            log.debug("the bus name was not given back: %s", error)

    def command(self, command: t.TrayCommand) -> None:
        """Do what was clicked or called; raises what the rules refuse."""
        match command:
            case t.Stretch(routine=routine):
                self._guiding.open(routine or self._turn(), None, None)
            case t.Explain():
                status = self._daemon.status()
                if status.prompt is None:
                    self._daemon.tell("Why there is no prompt now", "\n".join(status.why))
            case t.EditSchedule():
                self._edit()
            case _:
                self._commands(self._request(command))

    def _request(self, command: t.TrayCommand) -> c.AnyRequest:
        match command:
            case t.Snooze(delay=delay):
                return c.Snooze(via=VIA, delay=delay)
            case t.Skip(because=because):
                return c.Skip(via=VIA, because=because)
            case t.Pause(length=length, until=until):
                return c.Pause(via=VIA, length=length, until=until)
            case t.PauseUntilTomorrow():
                return c.Pause(via=VIA, until=self._tomorrow())
            case _:
                return SIMPLE[type(command)](via=VIA)

    def _tomorrow(self) -> datetime:
        return self._daemon.rules.hours.next_day(self._daemon.state_now().at)

    def _turn(self) -> str:
        rules = self._daemon.rules
        return suggestion(self._daemon.runner.state.turns, rules.rotation, rules.routines, floor=rules.floor).id

    def _routines(self) -> tuple[tuple[str, str], ...]:
        rules = self._daemon.rules
        return tuple((routine.id, routine.title) for routine in rotation(rules.rotation, rules.routines))

    def _edit(self) -> None:
        from psoas_nudge.config import example
        from psoas_nudge.config.saving import save

        if not self._configuration.exists():
            save(self._configuration, example(), fresh=True)
        try:
            self._outside.start(["xdg-open", str(self._configuration)])
        except OSError as error:
            self._daemon.tell(
                "The schedule cannot be opened from here", f"Edit {self._configuration} ({error.strerror})"
            )


SIMPLE: dict[type, Callable[..., c.AnyRequest]] = {
    t.Accept: c.Accept,
    t.Stand: c.Stand,
    t.Sit: c.Sit,
    t.Resume: c.Resume,
    t.Reload: c.Reload,
    t.Quit: c.Stop,
}
