"""Times, a zone, and entries of every kind, for the tests of the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from psoas_nudge.core import model

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    datetime: st.integers(10**14, 7 * 10**15).map(lambda us: model.EPOCH + timedelta(microseconds=us)),
    float: st.floats(0, 86_400),
    int: st.integers(0, 1_000_000),
    bool: st.booleans(),
    str: st.text(st.characters(codec="utf-8")),
    NoneType: st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that an entry's field may have."""
    if hint in PLAIN:
        return PLAIN[hint]
    if get_origin(hint) in (UnionType, Union):
        return reduce(or_, map(values, get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    return st.sampled_from(get_args(hint))  # a Literal


def entries_of(kind: type[model.Entry]) -> st.SearchStrategy[Any]:
    """Any entry of one kind."""
    fields = {name: values(hint) for name, hint in get_type_hints(kind).items()}
    if "level" in fields:
        fields["level"] = st.none() | st.integers(0, 10)
    return st.builds(kind, **fields)


@pytest.fixture(scope="session")
def any_entry() -> st.SearchStrategy[Any]:
    return st.one_of([entries_of(kind) for kind in get_args(model.AnyEntry)])


@pytest.fixture
def berlin() -> ZoneInfo:
    return ZoneInfo("Europe/Berlin")


@pytest.fixture
def morning() -> datetime:
    return datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
