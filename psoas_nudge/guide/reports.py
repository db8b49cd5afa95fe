"""Reports of a stretch: sent to the daemon, or without one fed to the same engine, with no desktop attached.

Whatever cannot be recorded is returned as a sentence for the person. Without a daemon, the daemon's lock is held while
the journal is written, so that no daemon starts meanwhile from an outdated state.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from psoas_nudge.control.client import ANSWER_SECONDS, GuideConnection, ask
from psoas_nudge.control.lock import Lock
from psoas_nudge.control.messages import WatchGuide
from psoas_nudge.core.advice import LOOKS_BACK, advice
from psoas_nudge.core.answers import answer
from psoas_nudge.core.entries import AnyEntry, FeelEntry
from psoas_nudge.core.events import Advised, Asked, Feel, GuideEnded, GuideHeld, GuideStarted, Undo, WarningsRead
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import Held
from psoas_nudge.core.words import Afterwards, Pain
from psoas_nudge.engine.engine import Clock, Engine, SystemClock, started
from psoas_nudge.errors import AlreadyRunning, BadInput, DaemonSilent, JournalBroken, NoDaemon, PsoasNudgeError, Refused
from psoas_nudge.journal import Journal
from psoas_nudge.journal.heartbeat import HeartbeatFile, boot_id

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 5.0
"""Held seconds between two reports of progress. At most as many are lost when the guide is killed."""
PROGRESS_WITHIN = 0.5
"""Seconds to wait for the daemon's answer to such a report. The player is blocked meanwhile."""

RETRY_SECONDS = 0.05
"""Seconds between two tries while another process holds the lock but no daemon listens."""


class Receipt(Struct, frozen=True):
    """The result of a report. `trouble`: why it is not recorded; `advice`: what the person should read now."""

    trouble: str | None = None
    advice: str | None = None


class Reports(Protocol):
    """Receives what happens in either player."""

    def begun(self) -> Receipt:
        """The play has begun."""

    def holding(self, held: Held) -> Receipt:
        """What was held so far. May be called at any time."""

    def ended(self, held: Held) -> Receipt:
        """The play has ended; what was held in all."""

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        """How it feels afterwards."""

    def taken_back(self) -> Receipt:
        """The last `felt` was a mistake."""

    def warned(self) -> Receipt:
        """The person has confirmed the warnings."""

    def kneels(self, can: bool) -> Receipt:
        """Whether there is room to kneel where the person works."""


class PracticeReports:
    """Reports that record nothing, for the demo."""

    def _ignore(self, *_args: object, **_kwargs: object) -> Receipt:
        return Receipt()

    begun = holding = ended = felt = taken_back = warned = kneels = _ignore


class Places(Struct, frozen=True):
    """The files of daemon and journal."""

    socket: Path
    lock: Path
    journal: Path
    heartbeat: Path


class Recorder:
    """Records requests through the daemon, or in the journal when no daemon runs."""

    def __init__(self, where: Places, rules: Rules, clock: Clock | None = None) -> None:
        self.where, self.rules, self._clock = where, rules, clock or SystemClock()

    def ask(self, request: Asked, within: float = ANSWER_SECONDS) -> str:
        """Record the request. Returns the sentence for the person; raises PsoasNudgeError if it cannot be recorded.

        `within`: seconds.
        """
        end = time.monotonic() + within
        while True:
            try:
                return ask(request, self.where.socket, within).said
            except NoDaemon:
                try:
                    return self._record_here(request)
                except AlreadyRunning:  # a daemon that is starting, or another guide
                    if time.monotonic() > end:
                        raise DaemonSilent(within) from None
            time.sleep(RETRY_SECONDS)

    def record(self, request: Asked, within: float = ANSWER_SECONDS) -> str | None:
        """Record the request. Returns why it could not be recorded, or None. Raises BadInput."""
        try:
            self.ask(request, within)
        except BadInput:
            raise
        except PsoasNudgeError as error:
            return str(error)
        return None

    def feel(self, report: Feel) -> Receipt:
        """Record a report of how it feels. Returns the advice that is due, also when nothing can be recorded, and
        records that it was given."""
        trouble = self.record(report)
        hours, now = self.rules.hours, self._clock.now().at
        entries: list[AnyEntry] = []
        try:
            entries = self._recent()
        except PsoasNudgeError as error:
            log.warning("psoas-nudge cannot see your earlier reports: %s", error)
        if trouble or not entries:
            entries.append(FeelEntry(at=now, level=report.level, afterwards=report.afterwards, pain=report.pain))
        due = advice(entries, hours.local_date(now), hours.local_date)
        if due is None:
            return Receipt(trouble=trouble)
        given = self.record(Advised(via=report.via, because=due.because))
        return Receipt(trouble=trouble or given, advice=due.text)

    def _recent(self) -> list[AnyEntry]:
        found = Journal.open_reading(self.where.journal)
        if found is None:
            return []
        since = self._clock.now().at - LOOKS_BACK
        with found:
            return [line.entry for line in found.read(since=since, kinds=("feel", "advice"), taken_back=False)]

    def _record_here(self, request: Asked) -> str:
        where = self.where
        with (
            Lock(where.lock, momentary=True),
            Journal.open(where.journal) as journal,
            HeartbeatFile(where.heartbeat) as heartbeat,
        ):
            engine = Engine(journal, self.rules, self._clock)
            now = self._clock.now()
            engine.start(None, started(engine.state, heartbeat.read(), now, boot_id()))
            refusal = engine.feed(request)
        if engine.trouble:
            raise JournalBroken(engine.trouble)
        if refusal:
            raise Refused(refusal.why)
        return answer(request, engine.state, self.rules)


class StretchReports:
    """The reports of one stretch. `holding` reports progress, so that little is lost when the guide is killed.
    A connection to the daemon stays open meanwhile. When it closes, the daemon records what was held.

    `set_floor` writes the setting stretch.floor and may raise PsoasNudgeError.
    """

    def __init__(
        self, recorder: Recorder, routine: str, prompt: int | None, set_floor: Callable[[bool], object]
    ) -> None:
        self.recorder, self.routine, self.prompt, self._set_floor = recorder, routine, prompt, set_floor
        self._connection = GuideConnection(recorder.where.socket, WatchGuide(routine=routine, prompt=prompt))
        self._begun = False
        self._reported = 0.0

    def begun(self) -> Receipt:
        self._begun = True
        self._connection.keep()
        return Receipt(self.recorder.record(GuideStarted(via="guide", routine=self.routine, prompt=self.prompt)))

    def holding(self, held: Held) -> Receipt:
        """Reports every PROGRESS_SECONDS of holding."""
        if held.total < self._reported + PROGRESS_SECONDS:
            return Receipt()
        self._reported = held.total
        self._connection.keep()
        return Receipt(self.recorder.record(self._event(GuideHeld, held), PROGRESS_WITHIN))

    def ended(self, held: Held) -> Receipt:
        """A stretch that was never begun is reported only if it belongs to a prompt."""
        if not self._begun and self.prompt is None:
            return Receipt()
        receipt = Receipt(self.recorder.record(self._event(GuideEnded, held)))
        self._connection.close()
        return receipt

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        return self.recorder.feel(Feel(via="guide", afterwards=afterwards, pain=pain, routine=self.routine))

    def taken_back(self) -> Receipt:
        return Receipt(self.recorder.record(Undo(via="guide")))

    def warned(self) -> Receipt:
        return Receipt(self.recorder.record(WarningsRead(via="guide", routine=self.routine)))

    def kneels(self, can: bool) -> Receipt:
        """The answer is a setting. A running daemon reloads the file."""
        try:
            self._set_floor(can)
        except PsoasNudgeError as error:
            return Receipt(f"stretch.floor could not be set: {error}")
        return Receipt()

    def _event(self, kind: type[GuideHeld | GuideEnded], held: Held) -> GuideHeld | GuideEnded:
        return kind(
            via="guide",
            routine=self.routine,
            prompt=self.prompt,
            left_seconds=held.left,
            right_seconds=held.right,
            other_seconds=held.other,
        )
