"""Where a stretch is reported: to the daemon; without one, to the same engine with nothing attached.

Nothing is lost in silence: whatever cannot be recorded comes back as a sentence for the person. Without a daemon the
lock is held while the journal is written, so that none starts in between with a state that is then out of date.
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
from psoas_nudge.engine.clock import Clock, SystemClock
from psoas_nudge.engine.engine import Engine, Nowhere
from psoas_nudge.engine.heartbeat import started
from psoas_nudge.errors import AlreadyRunning, BadInput, DaemonSilent, JournalBroken, NoDaemon, PsoasNudgeError, Refused
from psoas_nudge.journal import Journal
from psoas_nudge.journal.heartbeat import HeartbeatFile, boot_id

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 5.0
"""Held seconds between two reports of progress: what a killed guide can lose."""
PROGRESS_WITHIN = 0.5
"""Seconds for which the stretch stands still when the daemon does not answer such a report."""

RETRY_SECONDS = 0.05
"""Between two tries while another process has the lock and nobody listens."""


class Receipt(Struct, frozen=True):
    """What became of a report. `trouble`: why it is not recorded; `advice`: what the person should read now."""

    trouble: str | None = None
    advice: str | None = None


class Reports(Protocol):
    """What both players report, as it happens."""

    def begun(self) -> Receipt:
        """The person has begun."""

    def holding(self, held: Held) -> Receipt:
        """This was done so far; may be called at any time."""

    def ended(self, held: Held) -> Receipt:
        """The play has ended; this was done."""

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        """The answer to how it feels afterwards."""

    def taken_back(self) -> Receipt:
        """That answer was a mistake."""

    def warned(self) -> Receipt:
        """The person has read who should not do this, or should ask first."""

    def kneels(self, can: bool) -> Receipt:
        """The answer to whether there is room to kneel where the person works."""


class PracticeReports:
    """Records nothing: for a stretch in the demo."""

    def begun(self) -> Receipt:
        """See Reports."""
        return Receipt()

    def holding(self, held: Held) -> Receipt:  # noqa: ARG002 - see Reports
        """See Reports."""
        return Receipt()

    def ended(self, held: Held) -> Receipt:  # noqa: ARG002 - see Reports
        """See Reports."""
        return Receipt()

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:  # noqa: ARG002 - see Reports
        """See Reports."""
        return Receipt()

    def taken_back(self) -> Receipt:
        """See Reports."""
        return Receipt()

    def warned(self) -> Receipt:
        """See Reports."""
        return Receipt()

    def kneels(self, can: bool) -> Receipt:  # noqa: ARG002 - see Reports
        """See Reports."""
        return Receipt()


class Places(Struct, frozen=True):
    """Where the daemon listens and what it keeps."""

    socket: Path
    lock: Path
    journal: Path
    heartbeat: Path


class Recorder:
    """Records what a person reports, through the daemon or without it."""

    def __init__(self, where: Places, rules: Rules, clock: Clock | None = None) -> None:
        self.where, self.rules, self._clock = where, rules, clock or SystemClock()

    def ask(self, request: Asked, within: float = ANSWER_SECONDS) -> str:
        """Record it; what the person reads then. Raises PsoasNudgeError with the reason when that is not possible."""
        end = time.monotonic() + within
        while True:
            try:
                return ask(request, self.where.socket, within).said
            except NoDaemon:
                try:
                    return self._record_here(request)
                except AlreadyRunning:  # a daemon that does not listen yet, or another guide
                    if time.monotonic() > end:
                        raise DaemonSilent(within) from None
            time.sleep(RETRY_SECONDS)

    def record(self, request: Asked, within: float = ANSWER_SECONDS) -> str | None:
        """Record it; the reason when that is not possible. Raises BadInput."""
        try:
            self.ask(request, within)
        except BadInput:
            raise
        except PsoasNudgeError as error:
            return str(error)
        return None

    def feel(self, report: Feel) -> Receipt:
        """Record a report of how it feels; the advice that is due then counts as given. It comes also when nothing can
        be recorded."""
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
            engine.start(Nowhere(), started(engine.state, heartbeat.read(), now, boot_id()))
            refusal = engine.feed(request)
        if engine.trouble:
            raise JournalBroken(engine.trouble)
        if refusal:
            raise Refused(refusal.why)
        return answer(request, engine.state, self.rules)


class StretchReports:
    """The reports of one stretch. What is held is reported as it grows, so that a guide that is killed loses little.
    A connection to the daemon stays open meanwhile: when it closes, the daemon records what was held.

    `set_floor` writes the setting stretch.floor; it raises PsoasNudgeError.
    """

    def __init__(
        self, recorder: Recorder, routine: str, prompt: int | None, set_floor: Callable[[bool], object]
    ) -> None:
        self.recorder, self.routine, self.prompt, self._set_floor = recorder, routine, prompt, set_floor
        self._connection = GuideConnection(recorder.where.socket, WatchGuide(routine=routine, prompt=prompt))
        self._begun = False
        self._reported = 0.0

    def begun(self) -> Receipt:
        """See Reports."""
        self._begun = True
        self._connection.keep()
        return Receipt(self.recorder.record(GuideStarted(via="guide", routine=self.routine, prompt=self.prompt)))

    def holding(self, held: Held) -> Receipt:
        """See Reports. Reported every few seconds of holding."""
        if held.total < self._reported + PROGRESS_SECONDS:
            return Receipt()
        self._reported = held.total
        self._connection.keep()
        so_far = GuideHeld(
            via="guide",
            routine=self.routine,
            prompt=self.prompt,
            left_seconds=held.left,
            right_seconds=held.right,
            other_seconds=held.other,
        )
        return Receipt(self.recorder.record(so_far, PROGRESS_WITHIN))

    def ended(self, held: Held) -> Receipt:
        """See Reports. One that was never begun is reported only when a prompt waits to hear what came of it."""
        if not self._begun and self.prompt is None:
            return Receipt()
        ended = GuideEnded(
            via="guide",
            routine=self.routine,
            prompt=self.prompt,
            left_seconds=held.left,
            right_seconds=held.right,
            other_seconds=held.other,
        )
        receipt = Receipt(self.recorder.record(ended))
        self._connection.close()
        return receipt

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        """See Reports."""
        return self.recorder.feel(Feel(via="guide", afterwards=afterwards, pain=pain, routine=self.routine))

    def taken_back(self) -> Receipt:
        """See Reports."""
        return Receipt(self.recorder.record(Undo(via="guide")))

    def warned(self) -> Receipt:
        """See Reports."""
        return Receipt(self.recorder.record(WarningsRead(via="guide", routine=self.routine)))

    def kneels(self, can: bool) -> Receipt:
        """See Reports. It is a setting; a running daemon notices that the file has changed."""
        try:
            self._set_floor(can)
        except PsoasNudgeError as error:
            return Receipt(f"stretch.floor could not be set: {error}")
        return Receipt()
