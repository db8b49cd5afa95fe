"""The tray icon: appears when a tray does, shows each status, and passes on what was clicked.

Nothing is built, drawn or exported before a StatusNotifierWatcher is on the bus. A panel that restarts, or a bus that
comes back, is a new watcher to the bus, and the icon is registered with it as with the first one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.core.status import Status
from psoas_nudge.core.summary import Look, headline, look, progress
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.tray.commands import Explain, OnCommand, TrayCommand

if TYPE_CHECKING:
    from psoas_nudge.tray.dbusmenu import DBusMenu
    from psoas_nudge.tray.item import NotifierItem, Shown
    from psoas_nudge.tray.menu import Item

log = logging.getLogger(__name__)

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"


class Tray:
    """The icon. `routines`: (id, title) of those to choose from; `zone`: for times (None: the system's).

    `on_command` may raise a PsoasNudgeError; it is logged, for a menu has no place to show it.
    """

    def __init__(
        self, bus: Bus, on_command: OnCommand, routines: Sequence[tuple[str, str]] = (), zone: tzinfo | None = None
    ) -> None:
        self.routines, self.zone = routines, zone
        self._bus, self._on_command = bus, on_command
        self._status: Status | None = None
        self._at = datetime.now(UTC)
        self._dose = 0.0
        self._watcher: str | None = None
        self._exported: tuple[NotifierItem, DBusMenu] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Wait for a tray from now on. Raises CallFailed when the bus does not answer."""
        self._on_owner(await self._bus.watch_owner(WATCHER, self._on_owner))

    def update(self, status: Status, at: datetime, dose: float = 0.0) -> None:
        """Show this status of the instant `at`; `dose`: seconds held today. Hosts hear only of what changed."""
        first = self._status is None
        self._status, self._at, self._dose = status, at, dose
        if self._exported:
            item, menu = self._exported
            item.show(self._shown(status))
            menu.refresh()
        elif first and self._watcher:
            self._appear(self._watcher)

    async def stop(self) -> None:
        """Take the icon away."""
        self._bus.unwatch_owner(WATCHER, self._on_owner)
        self._on_owner(None)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _on_owner(self, owner: str | None) -> None:
        self._watcher = owner
        if owner is None:
            self._disappear()
        elif self._status:
            self._appear(owner)

    def _appear(self, watcher: str) -> None:
        if self._exported is None:
            self._export()
        task = asyncio.create_task(self._register(watcher))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _export(self) -> None:
        # imported only now: without a tray they would be memory for nothing
        from psoas_nudge.tray import dbusmenu, item

        assert self._status  # noqa: S101 - both callers looked
        menu = dbusmenu.DBusMenu(self._menu, self._clicked)
        icon = item.NotifierItem(self._shown(self._status), lambda: self._command(Explain()))
        self._bus.connection.export(item.PATH, icon)
        self._bus.connection.export(dbusmenu.PATH, menu)
        self._exported = icon, menu

    def _disappear(self) -> None:
        exported, self._exported = self._exported, None
        if exported and self._bus.connected:
            from psoas_nudge.tray import dbusmenu, item

            self._bus.connection.unexport(item.PATH)
            self._bus.connection.unexport(dbusmenu.PATH)

    async def _register(self, watcher: str) -> None:
        from psoas_nudge.tray.item import PATH

        try:
            await self._bus.call(watcher, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", PATH)
        except CallFailed as error:
            log.warning("the tray did not take the icon: %s", error)

    def _headline(self, status: Status) -> str:
        return headline(status, self._at, self.zone)

    def _shown(self, status: Status) -> Shown:
        from psoas_nudge.tray.item import Shown
        from psoas_nudge.tray.picture import STEPS

        what = look(status)
        step = int(progress(status) * STEPS) if what is Look.SITTING else 0
        return Shown(what, step, self._headline(status))

    def _menu(self) -> Item:
        from psoas_nudge.tray.menu import menu

        assert self._status  # noqa: S101 - exported only with a status
        return menu(self._status, self._headline(self._status), self.routines, self._dose)

    def _clicked(self, item: Item) -> None:
        if item.command is not None:
            self._command(item.command)

    def _command(self, command: TrayCommand) -> None:
        try:
            self._on_command(command)
        except PsoasNudgeError as error:
            log.info("%s from the tray: %s", type(command).__name__, error)
