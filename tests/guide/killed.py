"""What the journal has of a stretch whose guide was killed, once nobody can expect to hear of it any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from psoas_nudge.core import model as m
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.engine.engine import SystemClock
from psoas_nudge.guide.reports import Places, Recorder
from psoas_nudge.journal import Journal


class Tomorrow:
    """The clock of a day later."""

    def now(self) -> m.Moment:
        return m.Moment(datetime.now(UTC) + timedelta(days=1), SystemClock().now().tick + m.DAY)


def recorded_after_a_day(runtime: Path, journal: Path) -> list[m.StretchEntry]:
    """The stretches in the journal after the first report of the next day."""
    where = Places(
        socket=runtime / "none", lock=runtime / "lock", journal=journal, heartbeat=journal.with_name("alive")
    )
    assert Recorder(where, m.Rules(hours=WorkingHours()), Tomorrow()).record(m.Feel(level=0)) is None
    with Journal.open(journal) as found:
        return [line.entry for line in found.read(kinds=["stretch"]) if isinstance(line.entry, m.StretchEntry)]
