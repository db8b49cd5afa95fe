"""The daemon on a desktop: starts and stops lock, journal, buses, sensors, notifiers, control socket and signals.

Order: the lock before the socket, the journal before anything that could be recorded, sensors and notifiers at the same
time, so that a slow notification service delays no sensor. They stop in reverse order within two seconds. What can go
wrong at the start: starting.py (settings), waiting.py (journal), life.py (session).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psoas_nudge import places
from psoas_nudge.bus import CallFailed, buses
from psoas_nudge.config.problems import rejected, summary
from psoas_nudge.config.watch import FileWatch
from psoas_nudge.control.lock import Lock, take
from psoas_nudge.control.server import ControlServer
from psoas_nudge.control.session import LoginSession, session_of
from psoas_nudge.core.durations import duration
from psoas_nudge.core.events import NotifierAppeared, Woke
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.status import Status
from psoas_nudge.core.words import EPOCH, SECOND
from psoas_nudge.engine import greeting, ready, starting
from psoas_nudge.engine.desktop import Desktop
from psoas_nudge.engine.engine import Engine, Heartbeats, SystemClock, started
from psoas_nudge.engine.hooks import HookRunner, Hooks
from psoas_nudge.engine.life import Life, name_bus
from psoas_nudge.engine.outside import GuideProcesses, Outside
from psoas_nudge.engine.requests import Followers, Requests
from psoas_nudge.engine.schedule import Schedule
from psoas_nudge.engine.timers import SchedulerTimer
from psoas_nudge.errors import ConfigInvalid, JournalBroken, Unavailable
from psoas_nudge.journal.heartbeat import HeartbeatFile, boot_id
from psoas_nudge.journal.store import Journal
from psoas_nudge.journal.upkeep import keep_up
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Surroundings
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.system import shell, terminal
from psoas_nudge.system.signals import on_end
from psoas_nudge.tasks import LoopFailures, Tasks

if TYPE_CHECKING:
    from psoas_nudge.engine.surfaces import Surfaces
    from psoas_nudge.pictures.wire import PictureResult

log = logging.getLogger(__name__)

NOTIFICATIONS = "org.freedesktop.Notifications"
END_SECONDS = 1.8
"""Timeout for stopping everything; two seconds are promised. What hangs longer is left as it is."""
SURFACES_SECONDS = 0.3
"""The part of it for tray and bus name, so that enough is left to withdraw the prompt."""
GREETING_SECONDS = 30.0
"""How long the first greeting is shown: some services keep a notification until it is withdrawn."""


async def serve(config_file: Path | None) -> None:
    """Run until SIGTERM, SIGINT or `stop`, or until the session ends. Raises AlreadyRunning."""
    asyncio.get_running_loop().set_exception_handler(LoopFailures(log))
    session = session_of(os.environ)
    with take(places.lock_file(), places.socket_file(), session) as lock:
        while await _run(config_file, lock, session):
            log.info("restarting")


async def _run(config_file: Path | None, lock: Lock, session: LoginSession) -> bool:
    """One run of the daemon; returns True when it has to restart."""
    name_bus(session, os.environ)
    beginning = starting.begin(config_file)
    async with contextlib.AsyncExitStack() as stack:
        try:
            journal = stack.enter_context(Journal.open(places.journal_file()))
            heartbeat = stack.enter_context(HeartbeatFile(places.heartbeat_file()))
        except JournalBroken as error:
            from psoas_nudge.engine.waiting import WaitForJournal

            return await WaitForJournal(lock, beginning.settings.desktop.notifier).until_usable(error)
        return await Service(config_file, beginning, journal, heartbeat, lock, session).run(stack)


class Service:
    """One run of the daemon."""

    def __init__(
        self,
        config_file: Path | None,
        beginning: starting.Beginning,
        journal: Journal,
        heartbeat: HeartbeatFile,
        lock: Lock,
        session: LoginSession,
    ) -> None:
        self._config_file, self._beginning = config_file, beginning
        self._settings = settings = beginning.settings
        self._journal, self._heartbeat, self._lock = journal, heartbeat, lock
        self._ended = asyncio.Event()
        self._clock = SystemClock()
        self._engine = engine = Engine(journal, settings.rules, self._clock)
        self._presence = Presence()
        self._notifiers = Chooser(settings.desktop.notifier)
        self._timer = SchedulerTimer(lambda: engine.feed(Woke()))
        self._outside = Outside()
        self._guides = GuideProcesses(settings.stretch.guide, self._outside, self._notify, config_file)
        self._desktop = Desktop(
            engine, idle_time=self._presence, notifiers=self._notifiers, timer=self._timer, guides=self._guides
        )
        self._desktop.sound, self._desktop.insist = settings.desktop.sound, settings.desktop.insist
        journal.file.on_reopened = partial(self._notify, "Your journal file has been replaced")
        self._hooks = Hooks(settings.hooks)
        self._requests = Requests(engine, self.reload, self._ended.set)
        tell = partial(self._notify, "A calendar cannot be read")
        self._schedule = Schedule(engine, tell, self._configuration_changed)
        for listener in (Heartbeats(heartbeat), HookRunner(self._hooks, engine), self._schedule, ready.Watchdog()):
            engine.listen(listener)
        self._life = Life(session, self._session_over, self._restart)
        self._restarting = False
        self._surfaces: Surfaces | None = None
        self._tasks = Tasks(log, "the service")
        self._reported = ""
        self._up = self._changed = self._drawing = False
        self._from_terminal = terminal.is_there()
        self._deadline = 0.0

    async def run(self, stack: contextlib.AsyncExitStack) -> bool:
        """Start everything and wait for the end, which may come while starting; `stack` stops everything.

        Returns True when it has to restart."""
        loop = asyncio.get_running_loop()
        on_end(self._ended.set, self._on_sighup)
        ended = loop.create_task(self._ended.wait())
        begun = loop.create_task(self._start(stack))
        try:
            await asyncio.wait({ended, begun}, return_when=asyncio.FIRST_COMPLETED)
            if not self._ended.is_set():
                begun.result()
                await ended
        finally:
            self._deadline = loop.time() + END_SECONDS
        if not self._restarting:
            ready.notify("STOPPING=1")
            log.info("ending")
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        return self._restarting

    def _session_over(self, why: str) -> None:
        log.warning("ending: %s", why)
        self._ended.set()

    def _restart(self, why: str) -> None:
        log.warning("restarting: %s", why)
        self._restarting = True
        self._ended.set()

    def _notify(self, title: str, body: str) -> None:
        self._desktop.notify(title, body)

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        await self._watch_configuration(stack)
        environ = dict(os.environ)
        session_bus, system_bus = await stack.enter_async_context(buses(lambda _kind, why: log.info("%s", why)))
        server = ControlServer(places.socket_file(), self._requests, self._lock, self._requests.gone)
        await server.start()
        stack.push_async_callback(server.close)
        self._engine.listen(Followers(server, self._engine))
        for stop in (self._hooks.close, self._notifiers.stop, self._presence.stop, self._schedule.stop):
            stack.push_async_callback(self._in_time, stop)
        stack.push_async_callback(self._desktop.stop)
        stack.callback(self._desktop.withdraw_notice)
        stack.push_async_callback(self._life.stop)
        self._timer.start()
        first = self._engine.state.at == EPOCH
        self._desktop.start(started(self._engine.state, self._heartbeat.read(), self._clock.now(), boot_id()))
        surroundings = Surroundings(environ, session_bus, interactive=self._from_terminal)
        await asyncio.gather(
            self._presence.start(DesktopSession(environ, session_bus, system_bus), self._engine.feed),
            self._open_screen(surroundings),
            self._life.start(session_bus),
        )
        ready.notify("READY=1")
        log.info("ready, a prompt comes after %s of sitting", duration(self._settings.rules.nudge_after / SECOND))
        self._schedule.want(self._settings)
        stack.push_async_callback(self._in_time, self._tasks.cancel)
        self._tasks.start(keep_up(self._journal, places.journal_file()))
        self._up = True
        if self._beginning.mistake:
            self._report_mistake(self._beginning.mistake, self._beginning.instead)
        if self._changed:
            self._configuration_changed()
        greeting.greet(*self._greeted())
        if first:
            self._tasks.start(self._greet_first_start())
        if session_bus or shell.is_here():
            from psoas_nudge.engine.surfaces import Surfaces  # not loaded where there is neither bus nor shell

            file = places.config_file(self._config_file)
            self._surfaces = Surfaces(
                session_bus, self._engine, self._requests, self._desktop, self._outside, self._journal, file
            )
            stack.push_async_callback(self._in_time, self._surfaces.stop, SURFACES_SECONDS)
            self._engine.listen(self._surfaces)
            try:
                await self._surfaces.start(self._settings.desktop.tray)
            except CallFailed as error:
                log.warning("no icon in the panel and no D-Bus name, because the bus went away: %s", error)

    async def _in_time(self, stop: Callable[[], Coroutine[Any, Any, None]], most: float = END_SECONDS) -> None:
        left = max(0.05, self._deadline - asyncio.get_running_loop().time())
        try:
            await asyncio.wait_for(stop(), min(left, most))
        except TimeoutError:
            log.info("took too long to stop: %s", stop.__qualname__)

    async def _open_screen(self, surroundings: Surroundings) -> None:
        await self._notifiers.start(surroundings, self._desktop.pressed)
        self._desktop.open()
        if bus := surroundings.session_bus:
            try:
                await bus.watch_owner(NOTIFICATIONS, self._on_notifications)
            except CallFailed as error:
                log.info("cannot watch for a notification service that starts later: %s", error)

    def _on_notifications(self, owner: str | None) -> None:
        if owner:
            self._engine.feed(NotifierAppeared())

    def reload(self, pictures: tuple[dict[str, bytes], PictureResult] | None = None) -> str:
        """Rule 15: read the configuration again. One with mistakes changes nothing and is reported once.

        `pictures`: files and what was drawn from them. With others it takes effect when those are drawn.
        """

        def draw(files: dict[str, bytes]) -> PictureResult:
            if pictures and pictures[0] == files:
                return pictures[1]
            raise starting.Undrawn(files)

        try:
            settings = starting.read(self._config_file, draw)
        except starting.Undrawn as new:
            if not self._drawing:  # else what is new is seen after that
                self._drawing = True
                log.info("new pictures are being drawn")
                self._tasks.start(self._draw(new.files))
            return "New pictures are being drawn. The configuration takes effect as soon as they are done."
        except ConfigInvalid as error:
            self._report_mistake(error, starting.STAY)
            raise ConfigInvalid([rejected(error), *error.problems]) from error
        self._settings, self._reported, self._engine.mistake = settings, "", ""
        self._notifiers.want(settings.desktop.notifier)
        self._desktop.sound, self._desktop.insist = settings.desktop.sound, settings.desktop.insist
        self._guides.kind = settings.stretch.guide
        self._hooks.commands = settings.hooks
        self._desktop.withdraw_notice()
        self._engine.reload(self._schedule.want(settings))
        if self._surfaces:
            self._tasks.start(self._surfaces.show_tray(settings.desktop.tray))
        log.info("the configuration is in force")
        return "The configuration was read again and is in force."

    async def _draw(self, files: dict[str, bytes]) -> None:
        """Draw new pictures, then reload."""
        from psoas_nudge.config.pictures import drawn

        try:
            result = await drawn(files)
        finally:
            self._drawing = False
        with contextlib.suppress(ConfigInvalid):  # reported by `reload`
            self.reload((files, result))

    def _report_mistake(self, error: ConfigInvalid, instead: str) -> None:
        if self._reported != str(error):
            self._reported = str(error)
            self._engine.mistake = f"{summary(error)}. {instead} See: psoas-nudge config check"
            log.warning("%s %s", rejected(error), error)
            self._notify("Your psoas-nudge configuration has a mistake", f"{instead}\n{error}")

    def _greeted(self) -> tuple[Status, WorkingHours, Path, datetime]:
        now = self._clock.now().at
        return self._engine.status(), self._engine.rules.hours, places.config_file(self._config_file), now

    async def _greet_first_start(self) -> None:
        """Show the greeting, unless it was printed in a terminal, and name other break reminders that run."""
        from psoas_nudge.engine import others

        found = await others.running(os.environ)
        if self._reported:  # the notice about a mistake is more urgent
            return
        if not self._notifiers.in_terminal:
            title, body = greeting.first(*self._greeted())
            self._notify(title, f"{body}\n{others.advice(found)}" if found else body)
            await asyncio.sleep(GREETING_SECONDS)
            if not self._reported:  # else the notice about a mistake has replaced it
                self._desktop.withdraw_notice()
        elif found:
            self._notify("Another break reminder is running", others.advice(found))

    async def _watch_configuration(self, stack: contextlib.AsyncExitStack) -> None:
        watch = FileWatch(places.config_file(self._config_file), self._configuration_changed)
        try:
            await watch.start()
        except Unavailable as error:
            log.info("%s", error)
        else:
            stack.push_async_callback(watch.stop)

    def _on_sighup(self) -> None:
        """SIGHUP asks for a reload; when its terminal was closed, the daemon ends."""
        if self._from_terminal and not terminal.is_there():
            self._ended.set()
        else:
            self._configuration_changed()

    def _configuration_changed(self) -> None:
        """Reload. A change during the start is read at its end: Started has to be the first event."""
        if not self._up:
            self._changed = True
            return
        with contextlib.suppress(ConfigInvalid):  # reported by `reload`
            self.reload()
