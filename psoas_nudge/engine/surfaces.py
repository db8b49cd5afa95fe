"""The tray icon, and the D-Bus name for bars and scripts.

Clicks and calls become the same requests as on the control socket.
"""

from __future__ import annotations

import logging
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.control import messages as c
from psoas_nudge.core.advice import LOOKS_BACK, advice
from psoas_nudge.core.entries import StretchEntry
from psoas_nudge.core.events import Advised, AnyEvent, Asked, Feel
from psoas_nudge.core.state import State
from psoas_nudge.engine.desktop import Desktop
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.engine.outside import OnFailed, Outside
from psoas_nudge.engine.requests import Requests
from psoas_nudge.errors import JournalBroken, PsoasNudgeError
from psoas_nudge.journal.records import Stored
from psoas_nudge.journal.store import Journal
from psoas_nudge.places import CONFIG_VARIABLE
from psoas_nudge.system.processes import OPEN_TEXT
from psoas_nudge.tray.port import Action, Icon, name

if TYPE_CHECKING:  # Windows has no D-Bus, and dbus-fast is not installed there
    from psoas_nudge.tray.busname import BusName

log = logging.getLogger(__name__)


class Surfaces(Listener):
    """Tray and bus name. `configuration`: the file that "Edit settings" opens."""

    def __init__(
        self,
        bus: Bus | None,
        engine: Engine,
        requests: Requests,
        desktop: Desktop,
        outside: Outside,
        journal: Journal,
        configuration: Path,
    ) -> None:
        self._bus, self._engine, self._requests = bus, engine, requests
        self._notify, self._outside = desktop.notify, outside
        self._journal, self._configuration = journal, configuration
        self._held: tuple[date, float] | None = None
        self._tray: Icon | None = None
        self._name: BusName | None = None
        if bus:
            from psoas_nudge.tray.busname import BusName

            self._name = BusName(bus, self.command)

    async def start(self, tray: bool) -> None:
        """Take the bus name, and show the icon if `tray`."""
        if self._name:
            await self._name.start(self._engine.status(), self._engine.state_now().at)
        await self.show_tray(tray)

    async def show_tray(self, wanted: bool) -> None:
        """Show or remove the icon; an icon that is shown gets the menu of the current rules."""
        if wanted and self._tray:
            self._tray.use(self._engine.rules)
        elif wanted:
            self._tray = self._made()
            try:
                await self._tray.start()
            except CallFailed as error:
                log.warning("no tray icon: %s", error)
                self._tray = None
            else:
                self._show(self._engine.state_now())
        elif self._tray:
            tray, self._tray = self._tray, None
            await tray.stop()

    def _made(self) -> Icon:
        rules, on_open = self._engine.rules, lambda: self._show(self._engine.state_now())
        if self._bus:
            from psoas_nudge.tray.tray import Tray

            return Tray(self._bus, self.clicked, rules, on_open)
        from psoas_nudge.tray.area import AreaTray

        return AreaTray(self.clicked, rules, on_open)

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        self._show(state)

    def _show(self, state: State) -> None:
        status = self._engine.status()
        if self._name:
            self._name.update(status, state.at)
        if self._tray:
            self._tray.update(status, state.at, self._held_on(self._engine.rules.hours.local_date(state.at)))

    def recorded(self, stored: Stored) -> None:
        """A stretch changes the seconds held today."""
        if isinstance(stored.entry, StretchEntry):
            self._held = None

    def _held_on(self, today: date) -> float:
        if self._held is None or self._held[0] != today:
            since = datetime.combine(today, time(), ZoneInfo(self._engine.rules.hours.zone))
            try:
                kept = [each.entry for each in self._journal.read(since=since, kinds=["stretch"])]
            except JournalBroken as error:
                log.info("cannot read how long stretches were held today: %s", error)
                return 0.0
            self._held = today, sum(e.left_seconds + e.right_seconds for e in kept if isinstance(e, StretchEntry))
        return self._held[1]

    async def stop(self) -> None:
        """Remove the icon and give the name back."""
        await self.show_tray(False)
        try:
            if self._name:
                await self._name.stop()
        except CallFailed as error:
            log.debug("the bus name was not given back: %s", error)

    def clicked(self, command: Asked | Action) -> None:
        """Carry out a click in the tray. A menu cannot show a refusal, so it becomes a notice."""
        try:
            self.command(command)
        except PsoasNudgeError as error:
            log.info("%s from the tray: %s", name(command), error)
            self._notify("psoas-nudge could not do that", str(error))
        else:
            if isinstance(command, Feel):
                self._advise()

    def _advise(self) -> None:
        """Show the advice to see a professional, if it is due after a report of how it feels."""
        hours, now = self._engine.rules.hours, self._engine.state_now().at
        try:
            recent = list(self._journal.read(since=now - LOOKS_BACK, kinds=["feel", "advice"], taken_back=False))
        except JournalBroken as error:
            log.warning("whether advice is due is not known: %s", error)
            return
        due = advice((stored.entry for stored in recent), hours.local_date(now), hours.local_date)
        if due:
            self._engine.feed(Advised(via="tray", because=due.because))
            self._notify("Please see a professional", due.text)

    def command(self, command: Asked | Action) -> None:
        """Carry out a click or call; raises Refused and the other errors of Requests."""
        match command:
            case Action.EXPLAIN:
                status = self._engine.status()
                if status.prompt is None:
                    self._notify("Why there is no prompt now", "\n".join(status.why))
            case Action.EDIT_SETTINGS:
                self._page("settings", lambda _why: self._edit_file())
            case Action.REPORT:
                self._page(
                    "report", lambda why: self._notify("The report did not open", f"Run: psoas-nudge report ({why})")
                )
            case Action.RELOAD:
                self._requests(c.Reload())
            case Action.QUIT:
                self._requests(c.Stop())
            case _:
                self._requests.ask(command)

    def _page(self, command: str, failed: OnFailed) -> None:
        added = {CONFIG_VARIABLE: str(self._configuration.absolute())} if self._configuration.exists() else {}
        self._outside.start([sys.executable, "-m", "psoas_nudge", command], added, failed)

    def _edit_file(self) -> None:
        """Open the file in a text editor: no page can be shown."""
        from psoas_nudge.config.saving import save
        from psoas_nudge.config.writing import example

        if not self._configuration.exists():
            save(self._configuration, example(), fresh=True)
        where = f"Open this file in a text editor: {self._configuration}"
        self._outside.start(
            [OPEN_TEXT, str(self._configuration)],
            failed=lambda why: self._notify("The settings did not open", f"{OPEN_TEXT} failed ({why}). {where}"),
        )
