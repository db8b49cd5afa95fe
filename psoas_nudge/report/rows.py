"""The journal as rows for a spreadsheet: one table for all kinds of entries."""

from __future__ import annotations

from datetime import datetime, tzinfo

from msgspec import Struct
from msgspec.structs import astuple, fields

from psoas_nudge.core.entries import (
    BoutEntry,
    FeelEntry,
    HeldBackEntry,
    HoursEntry,
    PauseEntry,
    PostureEntry,
    PromptEntry,
    StretchEntry,
)
from psoas_nudge.core.history import Recorded

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet may execute a text that begins like this (CSV injection)."""


class SpreadsheetRow(Struct, frozen=True, kw_only=True):
    """Instants are RFC 3339 with the local offset at that time, lengths are seconds. Missing values are empty."""

    kind: str
    begin: str
    end: str = ""
    seconds: str = ""
    what: str = ""
    """The outcome, the reasons, the posture, how sitting ended."""
    routine: str = ""
    left_seconds: str = ""
    right_seconds: str = ""
    other_seconds: str = ""
    level: str = ""
    note: str = ""


COLUMNS = tuple(field.name for field in fields(SpreadsheetRow))


def cells(row: SpreadsheetRow) -> tuple[str, ...]:
    """The cells of a row. A text that a spreadsheet would execute gets an apostrophe in front."""
    return tuple(f"'{text}" if text.startswith(FORMULA) else text for text in astuple(row))


def row(recorded: Recorded) -> SpreadsheetRow:
    entry, zone = recorded
    kind, at = str(entry.__struct_config__.tag), _instant(entry.at, zone)
    made = SpreadsheetRow(kind=kind, begin=at)
    match entry:
        case BoutEntry(started=started, ended=ended, ended_by=by):
            lasted = _seconds(entry.sitting_seconds)
            made = SpreadsheetRow(
                kind=kind, begin=_instant(started, zone), end=_instant(ended, zone), seconds=lasted, what=by
            )
        case PromptEntry(closed_at=closed, routine=routine):
            shown = entry.shown_at or closed
            lasted, what = _seconds((closed - shown).total_seconds()), str(entry.outcome)
            begin, end = _instant(shown, zone), _instant(closed, zone)
            seen = what if entry.shown_at else "not seen"
            made = SpreadsheetRow(kind=kind, begin=begin, end=end, seconds=lasted, what=seen, routine=routine)
        case HeldBackEntry(since=since, until=until, reasons=reasons):
            begin, end, lasted = _instant(since, zone), _instant(until, zone), _seconds((until - since).total_seconds())
            made = SpreadsheetRow(kind=kind, begin=begin, end=end, seconds=lasted, what=" ".join(reasons))
        case StretchEntry(routine=routine, performed=performed):
            left, right = _seconds(entry.left_seconds), _seconds(entry.right_seconds)
            made = SpreadsheetRow(
                kind=kind,
                begin=at,
                what="done" if performed else "not done",
                routine=routine,
                left_seconds=left,
                right_seconds=right,
                other_seconds=_seconds(entry.other_seconds),
            )
        case FeelEntry(level=level):
            what = " ".join(word for word in (entry.afterwards, entry.pain) if word)
            number = "" if level is None else str(level)
            made = SpreadsheetRow(
                kind=kind, begin=at, what=what, routine=entry.routine or "", level=number, note=entry.note or ""
            )
        case PostureEntry(posture=posture):
            made = SpreadsheetRow(kind=kind, begin=at, what=posture)
        case HoursEntry(open=is_open):
            made = SpreadsheetRow(kind=kind, begin=at, what="open" if is_open else "closed")
        case PauseEntry(until=datetime() as until):
            made = SpreadsheetRow(kind=kind, begin=at, end=_instant(until, zone))
    return made


def _instant(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
