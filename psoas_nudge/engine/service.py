"""The daemon on a real desktop: lock, journal, buses, sensors, notifiers, control socket, signals; begin and end.

Start-up order: the lock before the socket, the journal before anything that could be recorded, the sensors beside the
notifiers so that a slow notification service delays no reading. The end is the same, backwards, within two seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from psoas_nudge import places
from psoas_nudge.bus import CallFailed, buses
from psoas_nudge.config import Settings, load
from psoas_nudge.config.problems import rejected
from psoas_nudge.config.watch import FileWatch
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.server import Server
from psoas_nudge.core.durations import duration
from psoas_nudge.core.events import AnyEvent, ClockSet, Woke
from psoas_nudge.core.state import Open, State
from psoas_nudge.core.words import SECOND
from psoas_nudge.engine import ready
from psoas_nudge.engine.clock import SystemClock
from psoas_nudge.engine.desktop import Desktop
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.engine.guides import Guides
from psoas_nudge.engine.heartbeat import Heartbeats, started
from psoas_nudge.engine.hooks import Hooks, event_of, refuse_writable_by_others
from psoas_nudge.engine.outside import Outside
from psoas_nudge.engine.requests import Requests
from psoas_nudge.engine.schedule import Schedule
from psoas_nudge.engine.screen import Screen
from psoas_nudge.engine.timers import Timer
from psoas_nudge.errors import ConfigInvalid, Unavailable
from psoas_nudge.journal.heartbeat import HeartbeatFile, boot_id
from psoas_nudge.journal.records import Stored, as_json
from psoas_nudge.journal.store import Journal
from psoas_nudge.journal.upkeep import keep_up
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Surroundings
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import DesktopSession
from psoas_nudge.tasks import Tasks

if TYPE_CHECKING:
    from psoas_nudge.engine.surfaces import Surfaces

log = logging.getLogger(__name__)

END_SECONDS = 1.8
"""For the whole end; two are promised. A bus or a notifier that hangs is left as it is."""
FACES_SECONDS = 0.3
"""The part of it for tray and bus name, so that enough is left to take the prompt away."""


async def serve(config_file: Path | None) -> None:
    """Run until SIGTERM, SIGINT or `stop`. Raises AlreadyRunning, ConfigInvalid or JournalBroken before it begins."""
    settings = _load(config_file)
    async with contextlib.AsyncExitStack() as stack:
        lock = stack.enter_context(Lock(places.lock_file()))
        journal = stack.enter_context(Journal.open(places.journal_file()))
        heartbeat = stack.enter_context(HeartbeatFile(places.heartbeat_file()))
        await Service(config_file, settings, journal, heartbeat, lock).run(stack)


def _load(config_file: Path | None) -> Settings:
    settings = load(config_file, os.environ)
    for file in settings.files if settings.hooks else ():
        refuse_writable_by_others(file)
    return settings


def _terminal_is_there() -> bool:
    """Whether standard input is a terminal that still has a screen; one that was closed answers nothing any more."""
    if sys.stdin is None or sys.platform == "win32":
        return False
    import termios

    try:
        termios.tcgetattr(sys.stdin)
    except (termios.error, OSError, ValueError):
        return False
    return True


class HookRunner(Listener):
    """Fires the hooks for what is recorded, and for a prompt that has come up, which has no entry yet."""

    def __init__(self, hooks: Hooks, engine: Engine) -> None:
        self._hooks, self._engine = hooks, engine
        self._shown = 0

    def recorded(self, stored: Stored) -> None:
        """The hook gets the entry."""
        if event := event_of(stored.entry):
            self._hooks.fire(event, as_json(stored))

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - whatever it was
        """The hook gets what `status` would say of the prompt."""
        if isinstance(state.stage, Open) and state.stage.number != self._shown:
            self._shown = state.stage.number
            self._hooks.fire("prompt_shown", msgspec.json.encode(self._engine.status().prompt))


class Followers(Listener):
    """Sends each new status to those who follow it."""

    def __init__(self, server: Server, engine: Engine) -> None:
        self._server, self._engine = server, engine

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - whatever it was
        """Nobody pays for a status that nobody follows."""
        if self._server.followed:
            self._server.publish(self._engine.status())


class ClockWatch(Listener):
    """A clock that was set may have passed the begin or end of a busy time."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - only the event matters
        """Check again."""
        if isinstance(event, ClockSet):
            self._schedule.check()


class Service:
    """One run of the daemon, from the first reading to the last withdrawal."""

    def __init__(
        self, config_file: Path | None, settings: Settings, journal: Journal, heartbeat: HeartbeatFile, lock: Lock
    ) -> None:
        self._config_file, self._settings = config_file, settings
        self._journal, self._heartbeat, self._lock = journal, heartbeat, lock
        self._ended = asyncio.Event()
        self._clock = clock = SystemClock()
        self._engine = engine = Engine(journal, settings.rules, clock)
        self._presence = Presence()
        self._notifiers = Chooser(settings.desktop.notifier, lambda: clock.now().tick / SECOND)
        self._screen = Screen(self._notifiers)
        self._timer = Timer(lambda: engine.feed(Woke()))
        self._outside = Outside()
        self._guides = Guides(settings.stretch.guide, self._outside, config_file)
        self._desktop = Desktop(
            engine, idle_time=self._presence, screen=self._screen, timer=self._timer, guides=self._guides
        )
        self._desktop.sound = settings.desktop.sound
        journal.tell_reopened(lambda what: self._desktop.tell("Your journal is another file now", what))
        self._hooks = Hooks(settings.hooks)
        self._requests = Requests(engine, self.reload, self._ended.set)
        self._schedule = Schedule(
            lambda: clock.now().at,
            apply=engine.reload,
            report=engine.feed,
            tell=lambda what: self._desktop.tell("A calendar cannot be read", what),
            reload=self._configuration_changed,
        )
        for listener in (Heartbeats(heartbeat), HookRunner(self._hooks, engine), ClockWatch(self._schedule)):
            engine.listen(listener)
        self._surfaces: Surfaces | None = None
        self._tasks = Tasks(log, "the service")
        self._reported = ""
        self._up = self._changed = False
        self._from_terminal = _terminal_is_there()
        self._deadline = 0.0

    async def run(self, stack: contextlib.AsyncExitStack) -> None:
        """Start everything, wait for the end, stop everything. The end may come while still starting."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        loop.add_signal_handler(signal.SIGHUP, self._on_sighup)
        ended = loop.create_task(self._ended.wait())
        starting = loop.create_task(self._start(stack))
        try:
            await asyncio.wait({ended, starting}, return_when=asyncio.FIRST_COMPLETED)
            if not self._ended.is_set():
                starting.result()
                await ended
        finally:
            self._deadline = loop.time() + END_SECONDS
        ready.tell("STOPPING=1")
        log.info("ending")
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        await self._watch_configuration(stack)
        environ = dict(os.environ)
        session_bus, system_bus = await stack.enter_async_context(buses(lambda _kind, why: log.info("%s", why)))
        server = Server(places.socket_file(), self._requests, self._lock)
        await server.start()
        stack.push_async_callback(server.close)
        self._engine.listen(Followers(server, self._engine))
        for stop in (self._hooks.close, self._notifiers.stop, self._presence.stop, self._schedule.stop):
            stack.push_async_callback(self._in_time, stop)
        stack.push_async_callback(self._desktop.stop)
        self._timer.start()
        self._desktop.start(started(self._engine.state, self._heartbeat.read(), self._clock.now(), boot_id()))
        surroundings = Surroundings(environ, session_bus, interactive=self._from_terminal)
        await asyncio.gather(
            self._presence.start(DesktopSession(environ, session_bus, system_bus), self._engine.feed),
            self._open_screen(surroundings),
        )
        ready.tell("READY=1")
        log.info("ready, a prompt comes after %s of sitting", duration(self._settings.rules.nudge_after / SECOND))
        self._schedule.want(self._settings)
        upkeep = asyncio.get_running_loop().create_task(keep_up(self._journal, places.journal_file()))
        stack.callback(upkeep.cancel)
        self._up = True
        if self._changed:
            self._configuration_changed()
        if session_bus:
            from psoas_nudge.engine.surfaces import Surfaces  # with D-Bus only: elsewhere there is no dbus-fast

            file = places.config_file(self._config_file)
            self._surfaces = Surfaces(
                session_bus, self._engine, self._requests, self._desktop, self._outside, self._journal, file
            )
            stack.push_async_callback(self._in_time, self._surfaces.stop, FACES_SECONDS)
            self._engine.listen(self._surfaces)
            try:
                await self._surfaces.start(self._settings.desktop.tray)
            except CallFailed as error:
                log.warning("no tray icon and no bus name, the bus went away meanwhile: %s", error)

    async def _in_time(self, stop: Callable[[], Coroutine[Any, Any, None]], most: float = END_SECONDS) -> None:
        left = max(0.05, self._deadline - asyncio.get_running_loop().time())
        try:
            await asyncio.wait_for(stop(), min(left, most))
        except TimeoutError:
            log.info("not waited for any longer: %s", stop.__qualname__)

    async def _open_screen(self, surroundings: Surroundings) -> None:
        await self._notifiers.start(surroundings, self._desktop.pressed)
        self._screen.open()

    def reload(self) -> str:
        """Rule 15: read the configuration again; a broken one changes nothing and is reported once."""
        try:
            settings = _load(self._config_file)
        except ConfigInvalid as error:
            if self._reported != str(error):
                self._reported = str(error)
                log.warning("%s %s", rejected(error), error)
                self._desktop.tell(
                    "Your psoas-nudge configuration has a mistake", f"The previous settings stay in force.\n{error}"
                )
            raise ConfigInvalid([rejected(error), *error.problems]) from error
        self._settings, self._reported = settings, ""
        self._notifiers.want(settings.desktop.notifier)
        self._desktop.sound = settings.desktop.sound
        self._guides.kind = settings.stretch.guide
        self._hooks.commands = settings.hooks
        self._desktop.tell_no_more()
        self._engine.reload(self._schedule.want(settings))
        if self._surfaces:
            self._tasks.start(self._surfaces.show_tray(settings.desktop.tray))
        log.info("the configuration is in force")
        return "The configuration was read again and is in force."

    async def _watch_configuration(self, stack: contextlib.AsyncExitStack) -> None:
        watch = FileWatch(places.config_file(self._config_file), self._configuration_changed)
        try:
            await watch.start()
        except Unavailable as error:
            log.info("%s", error)
        else:
            stack.push_async_callback(watch.stop)

    def _on_sighup(self) -> None:
        """SIGHUP asks for a reload; from a terminal that was closed it is the end."""
        if self._from_terminal and not _terminal_is_there():
            self._ended.set()
        else:
            self._configuration_changed()

    def _configuration_changed(self) -> None:
        """Nothing is decided before the daemon knows how long it was away; a change until then is read after that."""
        if not self._up:
            self._changed = True
            return
        with contextlib.suppress(ConfigInvalid):  # reported by `reload`
            self.reload()
