"""The journal as rows for a spreadsheet: one table for all kinds of entries."""

from __future__ import annotations

from datetime import datetime

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


class SpreadsheetRow(Struct, kw_only=True):
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

    def local(at: datetime) -> str:
        return at.astimezone(zone).isoformat(timespec="seconds")

    made = SpreadsheetRow(kind=str(entry.__struct_config__.tag), begin=local(entry.at))
    match entry:
        case BoutEntry():
            made.begin, made.end = local(entry.started), local(entry.ended)
            made.seconds = _seconds(entry.sitting_seconds)
            made.what = entry.ended_by
        case PromptEntry(closed_at=closed):
            shown = entry.shown_at or closed
            made.begin, made.end = local(shown), local(closed)
            made.seconds = _seconds((closed - shown).total_seconds())
            made.what = entry.outcome if entry.shown_at else "not seen"
            made.routine = entry.routine
        case HeldBackEntry(since=since, until=until):
            made.begin, made.end = local(since), local(until)
            made.seconds = _seconds((until - since).total_seconds())
            made.what = " ".join(entry.reasons)
        case StretchEntry():
            made.what = "done" if entry.performed else "not done"
            made.routine = entry.routine
            made.left_seconds = _seconds(entry.left_seconds)
            made.right_seconds = _seconds(entry.right_seconds)
            made.other_seconds = _seconds(entry.other_seconds)
        case FeelEntry():
            made.what = " ".join(word for word in (entry.afterwards, entry.pain) if word)
            made.routine = entry.routine or ""
            made.level = "" if entry.level is None else str(entry.level)
            made.note = entry.note or ""
        case PostureEntry():
            made.what = entry.posture
        case HoursEntry():
            made.what = "open" if entry.open else "closed"
        case PauseEntry(until=datetime() as until):
            made.end = local(until)
    return made


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
