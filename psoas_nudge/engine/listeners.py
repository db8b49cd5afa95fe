"""What the daemon does after each step: hooks, followers of the socket, the schedule, systemd's watchdog."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import msgspec

from psoas_nudge.control.server import ControlServer
from psoas_nudge.core.events import AnyEvent, ClockSet
from psoas_nudge.core.state import Open, State
from psoas_nudge.engine import ready
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.engine.hooks import Hooks, event_of
from psoas_nudge.engine.schedule import Schedule
from psoas_nudge.journal.records import Stored, as_json


class HookRunner(Listener):
    """Fires the hooks for recorded entries, and for a prompt that was shown, which has no entry yet."""

    def __init__(self, hooks: Hooks, engine: Engine) -> None:
        self._hooks, self._engine = hooks, engine
        self._shown = 0

    def recorded(self, stored: Stored) -> None:
        """The hook gets the entry as JSON."""
        if event := event_of(stored.entry):
            self._hooks.fire(event, as_json(stored))

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        """The hook gets the prompt as in `status`."""
        if isinstance(state.stage, Open) and state.stage.number != self._shown:
            self._shown = state.stage.number
            self._hooks.fire("prompt_shown", msgspec.json.encode(self._engine.status().prompt))


class Followers(Listener):
    """Sends each new status to the clients that follow it."""

    def __init__(self, server: ControlServer, engine: Engine) -> None:
        self._server, self._engine = server, engine

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        """Without followers no status is computed."""
        if self._server.followed:
            self._server.publish(self._engine.status())


class ClockWatch(Listener):
    """Checks the schedule when the clock was set: that may have passed the start or end of a busy time."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - only the event matters
        if isinstance(event, ClockSet):
            self._schedule.check()


FEED_SECONDS = 60.0
"""Between two keep-alive messages to the watchdog."""


class Watchdog(Listener):
    """Feeds systemd's watchdog after steps only, so a daemon whose event loop runs without steps is restarted too.

    The longest time between steps is timers.LONGEST_SLEEP; WatchdogSec in the unit is longer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        given = os.environ.get("WATCHDOG_USEC", "")
        self._wanted = bool(given)
        self._every = min(FEED_SECONDS, int(given) / 2_000_000) if given.isdecimal() else FEED_SECONDS
        self._clock = clock
        self._next = 0.0

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        """Feed it at most once a minute, or twice within systemd's timeout where that is shorter."""
        if self._wanted and (now := self._clock()) >= self._next:
            self._next = now + self._every
            ready.notify("WATCHDOG=1")
