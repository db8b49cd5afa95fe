"""A trace is read, or each of its bad lines is named."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.errors import BadInput
from psoas_nudge.simulation.desk import Act
from psoas_nudge.simulation.trace import MOST_MISTAKES, read_trace
from tests.fuzz import effort

GOOD = b'{"at": "2026-03-02T09:00:00+01:00", "do": "accept"}'


@pytest.mark.parametrize(
    "line",
    [
        b'{"at": "0001-01-01T00:00:00+14:00", "do": "accept"}',
        b'{"from": "2026-03-02T09:00:00Z", "to": "9999-12-31T23:59:59-14:00", "signal": "input"}',
    ],
)
def test_an_instant_that_nothing_can_be_counted_from_is_refused_with_the_range(line: bytes) -> None:
    with pytest.raises(BadInput, match=r"t\.jsonl:2: .* must be between 1970 and 2200"):
        read_trace("t.jsonl", [GOOD, line])


@pytest.mark.parametrize("do", ["snooze 999999999h", "pause 999999999h", "pause until 9999-12-31T23:59:59-14:00"])
def test_a_length_that_never_ends_is_refused(do: str) -> None:
    with pytest.raises(BadInput, match=r"t\.jsonl:1: "):
        read_trace("t.jsonl", [b'{"at": "2026-03-02T09:00:00+01:00", "do": "%s"}' % do.encode()])


PIECES = st.sampled_from(
    [
        *(
            '{"from": ',
            '{"at": ',
            ', "to": ',
            ', "signal": ',
            ', "do": ',
            "}",
            "[" * 5000,
            '"',
            "\\ud800",
            "1e999",
            "null",
        ),
        *('"2026-03-02T09:00:00+01:00"', '"2026-03-02T09:00:00"', '"0001-01-01T00:00:00+14:00"', '"input"', '"dance"'),
        *(
            '"9999-12-31T23:59:59-14:00"',
            '"snooze 5m"',
            '"snooze 999999999h 1m"',
            '"pause until 2026-03-02"',
            '"pause until"',
        ),
        *('"pause until tomorrow"', '"pause until 9999-12-31"', '"pause -1"', '"accept"'),
    ]
)
LINES = st.one_of(st.binary(max_size=60), st.lists(PIECES, max_size=9).map(lambda parts: "".join(parts).encode()))


@pytest.mark.fuzz
@effort(500)
@given(st.lists(LINES, max_size=5))
def test_whatever_is_in_the_lines_each_is_read_or_named(lines: list[bytes]) -> None:
    filled = [number for number, line in enumerate(lines, 1) if line.strip()]
    try:
        found = read_trace("t.jsonl", lines)
    except BadInput as error:
        named = re.findall(r"^t\.jsonl:(\d+): ", str(error), re.MULTILINE)
        assert set(map(int, named)) <= set(filled)
        assert named or not filled
        assert len(named) <= MOST_MISTAKES
    else:
        assert len(found) == len(filled)
        for each in found:
            assert (each.at if isinstance(each, Act) else each.end) + timedelta(days=3000)
