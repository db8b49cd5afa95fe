"""Ids grow, are spelled as everybody spells them, and carry their time."""

from __future__ import annotations

import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.journal.records import Ids, id_bytes, id_text

clock_readings = st.lists(st.integers(0, 2**47), min_size=1, max_size=50)


@given(clock_readings, st.binary(min_size=10, max_size=10))
def test_ids_grow_even_when_the_clock_goes_back(readings: list[int], chance: bytes) -> None:
    ids = Ids(lambda n: chance[:n])
    made = [ids.new(at) for at in readings]
    assert all(a < b for a, b in pairwise(made))
    for raw in made:
        parsed = uuid.UUID(bytes=raw)
        assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
        assert str(parsed) == id_text(raw)
        assert id_bytes(str(parsed)) == raw


@given(st.integers(0, 2**47))
def test_an_id_begins_with_its_time(at_ms: int) -> None:
    assert int.from_bytes(Ids().new(at_ms)[:6], "big") == at_ms


def test_two_programs_make_different_ids_in_the_same_moment() -> None:
    assert len({Ids().new(1_795_000_000_000) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("text", ["", "x", "019ab0000000700080000000000000002", "019AB000-0000-7000-8000-000000000002"])
def test_what_is_not_an_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        id_bytes(text)
