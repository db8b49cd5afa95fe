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
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from psoas_nudge import places
from psoas_nudge.bus import CallFailed, buses
from psoas_nudge.config import Settings, load
from psoas_nudge.config.watch import Watch
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.server import Server
from psoas_nudge.core import model as m
from psoas_nudge.core.durations import duration
from psoas_nudge.daemon import ready
from psoas_nudge.daemon.clock import Moment, SystemClock
from psoas_nudge.daemon.commands import Commands
from psoas_nudge.daemon.daemon import Daemon
from psoas_nudge.daemon.guiding import Guiding
from psoas_nudge.daemon.hooks import Hooks, event_of, refuse_writable_by_others
from psoas_nudge.daemon.outside import Outside
from psoas_nudge.daemon.schedule import Schedule
from psoas_nudge.daemon.timers import Timer
from psoas_nudge.errors import ConfigInvalid, Unavailable
from psoas_nudge.journal.records import Stored, as_json
from psoas_nudge.journal.sign import Sign, boot_id
from psoas_nudge.journal.store import Journal
from psoas_nudge.journal.upkeep import keep_up
from psoas_nudge.notify.chooser import Chooser
from psoas_nudge.notify.port import Surroundings
from psoas_nudge.presence.chooser import Presence
from psoas_nudge.presence.port import ClockJumped, Reading, Session

if TYPE_CHECKING:
    from psoas_nudge.daemon.surfaces import Surfaces

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
        sign = stack.enter_context(Sign(places.sign_file()))
        await Service(config_file, settings, journal, sign, lock).run(stack)


def _load(config_file: Path | None) -> Settings:
    settings = load(config_file, os.environ)
    if settings.hooks and settings.file:
        refuse_writable_by_others(settings.file)
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


class Service:
    """One run of the daemon, from the first reading to the last withdrawal."""

    def __init__(self, config_file: Path | None, settings: Settings, journal: Journal, sign: Sign, lock: Lock) -> None:
        self._config_file, self._settings = config_file, settings
        self._journal, self._sign, self._lock = journal, sign, lock
        self._ended = asyncio.Event()
        self._clock = SystemClock()
        self._presence = Presence()
        self._notifiers = Chooser(settings.desktop.notifier, lambda: self._clock.now().tick)
        self._daemon = Daemon(
            journal,
            settings.rules,
            self._clock,
            presence=self._presence,
            notifiers=self._notifiers,
            timer=Timer(),
        )
        self._daemon.sound = settings.desktop.sound
        self._outside = Outside()
        self._guiding = Guiding(settings.stretch.guide, self._outside, config_file)
        self._hooks = Hooks(settings.hooks)
        self._hooked = 0
        self._commands = Commands(self._daemon, self.reload, self._ended.set)
        self._schedule = Schedule(
            lambda: self._clock.now().at,
            apply=self._daemon.reload,
            report=self._daemon.report,
            tell=lambda what: self._daemon.tell("A calendar cannot be read", what),
            reload=self._hung_up,
        )
        self._surfaces: Surfaces | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._told = ""
        self._up = self._changed = False
        self._from_terminal = _terminal_is_there()
        self._deadline = 0.0
        self._daemon.on_guide = self._guiding.accepted
        self._daemon.on_entry.append(self._hook)
        self._daemon.on_step += [self._live, self._hook_shown]

    async def run(self, stack: contextlib.AsyncExitStack) -> None:
        """Start everything, wait for the end, stop everything. The end may come while still starting."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ended.set)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
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
        server = Server(places.socket_file(), self._commands, self._lock)
        await server.start()
        stack.push_async_callback(server.close)
        self._daemon.on_step.append(lambda _state: server.publish(self._daemon.status()) if server.followed else None)
        for stop in (self._hooks.close, self._notifiers.stop, self._presence.stop, self._schedule.stop):
            stack.push_async_callback(self._in_time, stop)
        stack.push_async_callback(self._daemon.stop)
        self._start_from_sign()
        surroundings = Surroundings(environ, session_bus, interactive=self._from_terminal)
        await asyncio.gather(
            self._presence.start(Session(environ, session_bus, system_bus), self._report),
            self._open_screen(surroundings),
        )
        ready.tell("READY=1")
        log.info("ready, a prompt comes after %s of sitting", duration(self._settings.rules.nudge_after))
        self._schedule.want(self._settings)
        upkeep = asyncio.get_running_loop().create_task(keep_up(self._journal, places.journal_file()))
        stack.callback(upkeep.cancel)
        self._up = True
        if self._changed:
            self._hung_up()
        if session_bus:
            file = places.config_file(self._config_file)
            from psoas_nudge.daemon.surfaces import Surfaces  # with D-Bus only: elsewhere there is no dbus-fast

            self._surfaces = Surfaces(
                session_bus, self._daemon, self._commands, self._guiding, self._outside, self._journal, file
            )
            stack.push_async_callback(self._in_time, self._surfaces.stop, FACES_SECONDS)
            self._daemon.on_entry.append(self._surfaces.recorded)
            self._daemon.on_step.append(self._surfaces.stepped)
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
        await self._notifiers.start(surroundings, self._daemon.pressed)
        self._daemon.open_screen()

    def reload(self) -> str:
        """Rule 15: read the configuration again; a broken one changes nothing and is told once."""
        try:
            settings = _load(self._config_file)
        except ConfigInvalid as error:
            if self._told != str(error):
                self._told = str(error)
                log.warning("the configuration is unchanged: %s", error)
                self._daemon.tell("Your psoas-nudge configuration has a mistake", "\n".join(error.problems))
            raise
        self._settings, self._told = settings, ""
        self._notifiers.want(settings.desktop.notifier)
        self._daemon.sound = settings.desktop.sound
        self._guiding.kind = settings.stretch.guide
        self._hooks.commands = settings.hooks
        self._daemon.tell_no_more()
        self._daemon.reload(self._schedule.want(settings))
        if self._surfaces:
            self._soon(self._surfaces.show_tray(settings.desktop.tray))
        log.info("the configuration is in force")
        return "The configuration was read again and is in force."

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _report(self, reading: Reading) -> None:
        self._daemon.report(reading)
        if isinstance(reading, ClockJumped):
            self._schedule.look()

    def _hook(self, stored: Stored) -> None:
        if event := event_of(stored.entry):
            self._hooks.fire(event, as_json(stored))

    def _hook_shown(self, state: m.State) -> None:
        """A prompt that has come up has no entry yet; the hook gets what `status` would tell of it."""
        if state.prompt and state.prompt.shown is not None and state.prompt.number != self._hooked:
            self._hooked = state.prompt.number
            self._hooks.fire("prompt_shown", msgspec.json.encode(self._daemon.status().prompt))

    async def _watch_configuration(self, stack: contextlib.AsyncExitStack) -> None:
        watch = Watch(places.config_file(self._config_file), self._hung_up)
        try:
            await watch.start()
        except Unavailable as error:
            log.info("%s", error)
        else:
            stack.push_async_callback(watch.stop)

    def _hang_up(self) -> None:
        """SIGHUP asks for a reload; from a terminal that was closed it is the end."""
        if self._from_terminal and not _terminal_is_there():
            self._ended.set()
        else:
            self._hung_up()

    def _hung_up(self) -> None:
        """Nothing is decided before the daemon knows how long it was away; a change until then is read after that."""
        if not self._up:
            self._changed = True
            return
        with contextlib.suppress(ConfigInvalid):  # told by `reload`
            self.reload()

    def _start_from_sign(self) -> None:
        """Rule 14: how long the daemon lived after its last snapshot, and how long it has been silent since."""
        stored = self._daemon.runner.state
        lived, silent_for = lived_and_silent(stored, self._sign.read(), self._clock.now(), boot_id())
        self._daemon.start(lived=lived, silent_for=silent_for)

    def _live(self, state: m.State) -> None:
        """Rule 14: a sign of life with every step while a bout runs, at least one a minute."""
        if state.bout:
            now = self._clock.now()
            self._sign.touch(now.at, now.tick)


def lived_and_silent(
    stored: m.State, sign: tuple[datetime, float, str] | None, now: Moment, boot: str
) -> tuple[float, float]:
    """Seconds from the stored state to the last sign of life, and from that to now; see model.Started.

    `sign`: instant, tick and boot, as in the file. Within one boot ticks decide, for the wall clock may have been set.
    """
    if stored.at == m.EPOCH:
        return 0.0, 0.0
    same_boot = sign is not None and sign[2] == boot != ""
    at, tick = stored.at, stored.tick
    if sign is not None and (sign[0] >= stored.at or (same_boot and sign[1] >= stored.tick)):
        at, tick = sign[0], sign[1]
    silent_for = now.tick - tick if same_boot else (now.at - at).total_seconds()
    return max(0.0, tick - stored.tick), max(0.0, silent_for)
