"""What the daemon asks of the child that reads calendars, and what it answers; both as one line of JSON."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

Holidays = tuple[tuple[date, str], ...]
Spans = tuple[tuple[int, int], ...]


class Question(Struct, frozen=True, kw_only=True):
    """What to read. `zone` is the one in which times without a zone are meant."""

    years: tuple[int, ...]
    zone: str
    region: str = ""
    """A country or its part; empty: no holidays are wanted."""
    files: tuple[str, ...] = ()


class Read(Struct, frozen=True, kw_only=True):
    """A calendar file as it was read; `problem` says why it could not be."""

    spans: Spans = ()
    problem: str = ""


class Answer(Struct, frozen=True, kw_only=True):
    """What was found. `files` has the same order as in the question."""

    holidays: Holidays = ()
    problem: str = ""
    """Why there are no holidays."""
    files: tuple[Read, ...] = ()
