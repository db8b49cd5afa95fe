"""The journal's entries arranged for reports: prompts, stretches and reports as lists, and days as tracks.

Every instant is a local time without a zone, as the wall clock read then. Lengths are whole milliseconds, points of a
day are minutes after midnight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from msgspec import Struct

from psoas_nudge.core.entries import (
    AnyEntry,
    BoutEntry,
    FeelEntry,
    HeldBackEntry,
    HoursEntry,
    PostureEntry,
    PromptEntry,
    StretchEntry,
)
from psoas_nudge.core.words import Outcome, milliseconds

Recorded = tuple[AnyEntry, tzinfo]
"""An entry, and the local time zone when it was recorded."""

DAY_MINUTES = 24 * 60


class PastPrompt(Struct, frozen=True, gc=False):
    """A prompt that was shown; `nth`: its number within its day, from 1."""

    at: datetime
    outcome: Outcome
    routine: str
    nth: int


class PastStretch(Struct, frozen=True, gc=False):
    """A stretch that was done: milliseconds held on each side, and of rest, pressure and walking (`other`)."""

    at: datetime
    routine: str
    left: int
    right: int
    other: int


class PastReport(Struct, frozen=True):
    """A report of how it feels, and its local time."""

    at: datetime
    report: FeelEntry


class History(Struct, frozen=True, kw_only=True):
    """Prompts, stretches and reports, each in the order of time."""

    prompts: tuple[PastPrompt, ...]
    stretches: tuple[PastStretch, ...]
    reports: tuple[PastReport, ...]


PieceKind = Literal["hours", "sitting", "standing", "held-back", "stretch"]


class Piece(Struct, frozen=True, gc=False):
    """Part of a day, in minutes after its midnight. `words`: details, "" for none."""

    kind: PieceKind
    begin: float
    end: float
    words: str = ""


class PromptMark(Struct, frozen=True, gc=False):
    """A prompt on a day's track, at a minute after midnight."""

    minute: float
    outcome: Outcome


class Track(Struct, frozen=True):
    """What happened on one local day."""

    day: date
    pieces: list[Piece]
    prompts: list[PromptMark]

    def minutes(self, kind: PieceKind) -> float:
        """How many minutes of the day were of one kind."""
        return sum(piece.end - piece.begin for piece in self.pieces if piece.kind == kind)


HISTORY_KINDS = ("prompt", "stretch", "feel")


def history(entries: Iterable[Recorded]) -> History:
    """The history of entries in the order of time. A prompt that was not shown is left out."""
    prompts: list[PastPrompt] = []
    stretches: list[PastStretch] = []
    reports: list[PastReport] = []
    day, nth = None, 0
    for entry, zone in entries:
        match entry:
            case PromptEntry(shown_at=datetime() as shown_at):
                local = on_the_wall(shown_at, zone)
                nth = nth + 1 if local.date() == day else 1
                day = local.date()
                prompts.append(PastPrompt(local, entry.outcome, entry.routine, nth))
            case StretchEntry(performed=True):
                stretches.append(_held(entry, zone))
            case FeelEntry():
                reports.append(PastReport(on_the_wall(entry.at, zone), entry))
    return History(prompts=tuple(prompts), stretches=tuple(stretches), reports=tuple(reports))


def tracks(
    entries: Iterable[Recorded], first: date, now: datetime, closes: Callable[[datetime], datetime | None]
) -> tuple[Track, ...]:
    """The days from `first` to `now` (local) that have entries; `entries` in the order of time. `closes`: when working
    hours that were open at an instant close, also if their end was recorded later (the machine was off)."""
    days: dict[date, Track] = {}
    on: dict[PieceKind, datetime] = {}
    closing: datetime | None = None
    for entry, zone in entries:
        local = on_the_wall(entry.at, zone)
        if isinstance(entry, PromptEntry):
            if entry.shown_at is not None:
                shown = on_the_wall(entry.shown_at, zone)
                _track(days, shown.date()).prompts.append(PromptMark(_minute(shown), entry.outcome))
        elif isinstance(entry, HoursEntry | PostureEntry):
            kind: PieceKind = "hours" if isinstance(entry, HoursEntry) else "standing"
            begins = entry.open if isinstance(entry, HoursEntry) else entry.posture == "standing"
            if begins:
                on.setdefault(kind, local)
            elif kind in on:
                _add(days, kind, on.pop(kind), min(local, closing) if kind == "hours" and closing else local)
            if kind == "hours" and begins:
                closing = on_the_wall(over, zone) if (over := closes(entry.at)) else None
        else:
            for span in _spans(entry, zone):
                _add(days, *span)
    for kind, begin in on.items():
        _add(days, kind, begin, now)
    return tuple(days[day] for day in sorted(days) if day >= first)


def _spans(entry: AnyEntry, zone: tzinfo) -> Iterator[tuple[PieceKind, datetime, datetime, str]]:
    """The pieces that an entry describes by itself, as (kind, begin, end, words)."""
    match entry:
        case BoutEntry(started=started, ended=ended):
            yield "sitting", on_the_wall(started, zone), on_the_wall(ended, zone), ""
        case HeldBackEntry(since=since, until=until, reasons=reasons):
            words = ", ".join(reason.replace("-", " ") for reason in reasons)
            yield "held-back", on_the_wall(since, zone), on_the_wall(until, zone), words
        case StretchEntry(performed=True):
            done = _held(entry, zone)
            lasted = timedelta(milliseconds=done.left + done.right + done.other)
            yield "stretch", done.at - lasted, done.at, done.routine


def on_the_wall(at: datetime, zone: tzinfo) -> datetime:
    """The local time without a zone."""
    return at.astimezone(zone).replace(tzinfo=None)


def _held(entry: StretchEntry, zone: tzinfo) -> PastStretch:
    held = (milliseconds(each) for each in (entry.left_seconds, entry.right_seconds, entry.other_seconds))
    return PastStretch(on_the_wall(entry.at, zone), entry.routine, *held)


def _track(days: dict[date, Track], day: date) -> Track:
    return days.setdefault(day, Track(day, [], []))


def _add(days: dict[date, Track], kind: PieceKind, begin: datetime, end: datetime, words: str = "") -> None:
    """Add the time from `begin` to `end`, cut at midnights; nothing when the clock was set back meanwhile."""
    while begin < end:
        midnight = datetime.combine(begin.date() + timedelta(days=1), time())
        last = min(end, midnight)
        until = _minute(last) if last < midnight else float(DAY_MINUTES)
        _track(days, begin.date()).pieces.append(Piece(kind, _minute(begin), until, words))
        begin = last


def _minute(at: datetime) -> float:
    return at.hour * 60 + at.minute + at.second / 60
