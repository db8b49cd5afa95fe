"""A report that was a mistake is taken back, without a daemon too; the journal keeps both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from psoas_nudge.core.events import Feel, Undo
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.errors import Refused
from psoas_nudge.guide.reports import Places, Recorder
from psoas_nudge.journal import Journal


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with TemporaryDirectory(prefix="pn-") as folder:
        here = Path(folder)
        places = Places(socket=here / "s", lock=here / "lock", journal=here / "journal.db", heartbeat=here / "beat")
        yield Recorder(places, Rules(hours=WorkingHours()))


def kinds(recorder: Recorder, *, taken_back: bool) -> list[str]:
    with Journal.open(recorder.where.journal) as journal:
        wanted = ("feel", "undone")
        return [each.entry.__struct_config__.tag for each in journal.read(kinds=wanted, taken_back=taken_back)]


def test_a_pain_pressed_by_mistake_is_taken_back_and_counts_nowhere(recorder: Recorder) -> None:
    assert recorder.feel(Feel(level=2)).advice is None
    assert recorder.feel(Feel(afterwards="pain", pain="sharp")).advice
    assert recorder.ask(Undo()) == "Taken back: pain after the stretch, sharp pain."
    with Journal.open(recorder.where.journal) as journal:
        state = journal.load()
    assert state is not None
    assert state.put_off is None
    assert kinds(recorder, taken_back=True) == ["feel", "feel", "undone"]
    assert kinds(recorder, taken_back=False) == ["feel", "undone"]


def test_nothing_to_take_back_is_said(recorder: Recorder) -> None:
    with pytest.raises(Refused, match="no report to take back"):
        recorder.ask(Undo())
