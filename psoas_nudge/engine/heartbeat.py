"""Rule 14: heartbeats during a bout, and the Started event from the last one."""

from __future__ import annotations

from psoas_nudge.core.events import AnyEvent, Moment, Started
from psoas_nudge.core.state import State
from psoas_nudge.core.words import EPOCH
from psoas_nudge.engine.engine import Listener
from psoas_nudge.journal.heartbeat import Heartbeat, HeartbeatFile


class Heartbeats(Listener):
    """Writes a heartbeat with every step during a bout; the core takes at least one a minute."""

    def __init__(self, file: HeartbeatFile) -> None:
        self._file = file

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - for every event
        if state.bout:
            self._file.beat(Moment(state.at, state.time.tick))


def started(stored: State, last: Heartbeat | None, now: Moment, boot: str) -> Started:
    """The first event after the state `stored`. `last`: the last heartbeat; `boot`: the id of the current boot.

    Within one boot the clock readings are compared, because the wall clock may have been set.
    """
    if stored.at == EPOCH:
        return Started()
    alive = Moment(stored.at, stored.time.tick)
    same_boot = last is not None and last.boot == boot != ""
    if last is not None and (last.moment.at >= alive.at or (same_boot and last.moment.tick >= alive.tick)):
        alive = last.moment
    silent_for = now.tick - alive.tick if same_boot else int((now.at - alive.at).total_seconds() * 1000)
    return Started(lived=max(0, alive.tick - stored.time.tick), silent_for=max(0, silent_for))
