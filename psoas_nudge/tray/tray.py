"""The tray icon on D-Bus: appears when a tray does, shows each status, and passes clicks on.

Nothing is drawn or exported before a StatusNotifierWatcher is on the bus. After a restart of the panel or the bus there
is a new watcher, and the icon is registered again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from psoas_nudge.bus import Bus, CallFailed
from psoas_nudge.core.rules import Rules
from psoas_nudge.tasks import Tasks
from psoas_nudge.tray.port import ITEM_PATH, MENU_PATH, Action, Face, Icon, OnCommand

if TYPE_CHECKING:
    from psoas_nudge.tray.item import DBusMenu, NotifierItem

log = logging.getLogger(__name__)

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
RETRY_AFTER = (0.5, 2.0, 8.0, 30.0)
"""Seconds between tries to register. Plasma's watcher owns its name shortly before it answers, and at login the icon
may appear in between (seen with kded 6.3)."""


class Tray(Icon):
    def __init__(self, bus: Bus, on_command: OnCommand, rules: Rules, on_open: Callable[[], None]) -> None:
        super().__init__(on_command, rules, on_open)
        self._bus = bus
        self._watcher: str | None = None
        self._exported: tuple[NotifierItem, DBusMenu] | None = None
        self._tasks = Tasks(log, "the tray icon")

    async def start(self) -> None:
        """Wait for a tray. Raises CallFailed when the bus does not answer."""
        self._on_owner(await self._bus.watch_owner(WATCHER, self._on_owner))

    async def stop(self) -> None:
        self._bus.unwatch_owner(WATCHER, self._on_owner)
        self._on_owner(None)
        await self._tasks.cancel()

    def _on_owner(self, owner: str | None) -> None:
        self._watcher = owner
        if owner is None:
            self._disappear()
        elif self._face:
            self._appear(owner, self._face)

    def _draw(self, face: Face) -> None:
        """Signals are sent for changes only."""
        if self._exported:
            item, menu = self._exported
            with self._bus.emitting():
                item.show(face.state())
                menu.refresh()
        elif self._watcher:
            self._appear(self._watcher, face)

    def _appear(self, watcher: str, face: Face) -> None:
        if self._exported is None:
            from psoas_nudge.tray.item import DBusMenu, NotifierItem

            menu = DBusMenu(self._menu, self._on_open, self._clicked)
            icon = NotifierItem(face.state(), lambda: self._on_command(Action.EXPLAIN))
            self._bus.connection.export(ITEM_PATH, icon)
            self._bus.connection.export(MENU_PATH, menu)
            self._exported = icon, menu
        self._tasks.start(self._register(watcher))

    def _disappear(self) -> None:
        exported, self._exported = self._exported, None
        if exported and self._bus.connected:
            self._bus.connection.unexport(ITEM_PATH)
            self._bus.connection.unexport(MENU_PATH)

    async def _register(self, watcher: str) -> None:
        for pause in (*RETRY_AFTER, None):
            try:
                await self._bus.call(watcher, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem", "s", ITEM_PATH)
            except CallFailed as error:
                if pause is None:
                    log.warning("the panel did not accept the icon: %s", error)
                    return
                log.debug("the panel did not accept the icon, next try in %g s: %s", pause, error)
                await asyncio.sleep(pause)
            else:
                return
            if self._watcher != watcher:
                return
