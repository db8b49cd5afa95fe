"""Whatever a journal has in it, merged from elsewhere or written while the clock was wrong, is shown and exported."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from psoas_nudge.core.entries import AnyEntry
from psoas_nudge.report.activitywatch import buckets
from psoas_nudge.report.page import report
from psoas_nudge.report.rows import COLUMNS, cells, row
from psoas_nudge.report.therapist import therapist
from tests.journal.conftest import entries_of
from tests.report.a_year import NOW, recorded


@st.composite
def lately(draw: st.DrawFn) -> AnyEntry:
    """Any entry, its instants within the last two months and in any order."""
    entry = draw(st.one_of([entries_of(kind) for kind in get_args(AnyEntry)]))
    moments = {
        name: NOW - timedelta(minutes=draw(st.integers(0, 60 * 24 * 60)))
        for name, value in asdict(entry).items()
        if isinstance(value, datetime)
    }
    return replace(entry, **moments)


@settings(max_examples=60)
@given(st.lists(lately(), max_size=25))
def test_any_journal_is_shown_and_exported(entries: list[AnyEntry]) -> None:
    record = recorded(entries)
    assert report(record).endswith("</html>\n")
    assert therapist(record, lambda _: None).endswith("</html>\n")
    in_order = sorted(entries, key=lambda entry: entry.at)

    def read(kinds: tuple[str, ...]) -> list[AnyEntry]:
        return [entry for entry in in_order if entry.__struct_config__.tag in kinds]

    for bucket in json.loads(b"".join(buckets(read, "here")))["buckets"].values():
        assert all(event["duration"] >= 0 for event in bucket["events"])
    assert all(len(cells(row((entry, UTC)))) == len(COLUMNS) for entry in in_order)
