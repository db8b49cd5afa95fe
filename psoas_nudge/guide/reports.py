"""Where a stretch is reported: to the daemon, which records it; without one, into the journal itself.

Nothing is lost in silence: whatever cannot be recorded comes back as a sentence for the person. Without a daemon the
lock is held while the journal is written, so that none starts in between with a state that is then out of date.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from psoas_nudge.control import messages as c
from psoas_nudge.control.client import ask
from psoas_nudge.control.lock import Lock
from psoas_nudge.core.advice import advice, puts_off
from psoas_nudge.core.model import (
    AdviceEntry,
    Afterwards,
    AnyEntry,
    ClearedEntry,
    FeelEntry,
    Pain,
    Rules,
    State,
    StretchEntry,
)
from psoas_nudge.errors import AlreadyRunning, NoDaemon, PsoasNudgeError
from psoas_nudge.guide.player import Held
from psoas_nudge.journal import Journal

ADVICE_LOOKS_BACK = timedelta(days=400)
"""As long as a run of discomfort may be and still be counted in full."""


class Receipt(Struct, frozen=True):
    """What became of a report. `trouble`: why it is not recorded; `advice`: what the person should read now."""

    trouble: str | None = None
    advice: str | None = None


class Reports(Protocol):
    """What both players report, as it happens."""

    def begun(self) -> Receipt:
        """The person has begun."""

    def ended(self, held: Held) -> Receipt:
        """The play has ended; this was done."""

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        """The answer to how it feels afterwards."""


class Places(Struct, frozen=True):
    """Where the daemon listens and the journal is kept."""

    socket: Path
    lock: Path
    journal: Path


class Recorder:
    """Records what a person reports, through the daemon or without it. `now` reads the wall clock (aware)."""

    def __init__(self, where: Places, rules: Rules, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.where, self.rules, self.now = where, rules, now

    def record(self, request: c.AnyRequest) -> str | None:
        """Record it; the reason when that is not possible."""
        try:
            try:
                ask(request, self.where.socket)
            except NoDaemon:
                self._record_here(request)
        except PsoasNudgeError as error:
            return str(error)
        return None

    def feel(
        self,
        *,
        level: int | None = None,
        afterwards: Afterwards | None = None,
        pain: Pain | None = None,
        note: str | None = None,
        routine: str | None = None,
    ) -> Receipt:
        """Record a report of how it feels; the advice that is due then counts as given."""
        report = c.Feel(via="guide", level=level, afterwards=afterwards, pain=pain, note=note, routine=routine)
        if trouble := self.record(report):
            return Receipt(trouble=trouble)
        try:
            due = advice(self._recent(), self.rules.hours.local_date(self.now()), self.rules.hours.local_date)
        except PsoasNudgeError as error:
            return Receipt(trouble=str(error))
        if due is None:
            return Receipt()
        return Receipt(trouble=self.record(c.Advise(via="guide", because=due.because)), advice=due.text)

    def _recent(self) -> list[AnyEntry]:
        found = Journal.open_reading(self.where.journal)
        if found is None:
            return []
        with found:
            return [line.entry for line in found.read(since=self.now() - ADVICE_LOOKS_BACK, kinds=("feel", "advice"))]

    def _record_here(self, request: c.AnyRequest) -> None:
        try:
            with Lock(self.where.lock), Journal.open(self.where.journal) as journal:
                state = journal.load() or State()
                entry, state = self._entry(request, state)
                if entry is not None:
                    journal.commit([entry], state, ZoneInfo(self.rules.hours.zone))
        except AlreadyRunning:  # a daemon has started meanwhile
            ask(request, self.where.socket)

    def _entry(self, request: c.AnyRequest, state: State) -> tuple[AnyEntry | None, State]:
        """What the daemon would record, and the state that it would keep."""
        match request:
            case c.GuideEnded(routine=routine, left_seconds=left, right_seconds=right, other_seconds=other):
                performed = left + right + other > 0
                if not performed and request.prompt is None:
                    return None, state
                entry = StretchEntry(
                    at=self.now(),
                    routine=routine,
                    performed=performed,
                    left_seconds=left,
                    right_seconds=right,
                    other_seconds=other,
                    prompt=request.prompt,
                )
                return entry, state
            case c.Feel():
                felt = FeelEntry(
                    at=self.now(),
                    level=request.level,
                    afterwards=request.afterwards,
                    pain=request.pain,
                    note=request.note,
                    routine=request.routine,
                )
                return felt, replace(state, hurt=puts_off(felt) or state.hurt)
            case c.Clear():
                return ClearedEntry(at=self.now()), replace(state, hurt=None)
            case c.Advise(because=because):
                return AdviceEntry(at=self.now(), because=because), state
        return None, state


class StretchReports:
    """The reports of one stretch."""

    def __init__(self, recorder: Recorder, routine: str, prompt: int | None) -> None:
        self.recorder, self.routine, self.prompt = recorder, routine, prompt
        self._begun = False

    def begun(self) -> Receipt:
        """See Reports."""
        self._begun = True
        return Receipt(self.recorder.record(c.GuideStarted(via="guide", routine=self.routine, prompt=self.prompt)))

    def ended(self, held: Held) -> Receipt:
        """See Reports. One that was never begun is told only when a prompt waits to hear what came of it."""
        if not self._begun and self.prompt is None:
            return Receipt()
        ended = c.GuideEnded(
            via="guide",
            routine=self.routine,
            prompt=self.prompt,
            left_seconds=held.left,
            right_seconds=held.right,
            other_seconds=held.other,
        )
        return Receipt(self.recorder.record(ended))

    def felt(self, afterwards: Afterwards, pain: Pain | None) -> Receipt:
        """See Reports."""
        return self.recorder.feel(afterwards=afterwards, pain=pain, routine=self.routine)
