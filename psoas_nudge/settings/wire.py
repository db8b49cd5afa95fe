"""The JSON messages between the settings page and its server."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct, field

from psoas_nudge.config.settings import SettingSource

Form = Literal[
    "switch", "number", "length", "choice", "text", "zone", "lines", "words", "toml", "hours", "days", "pick"
]
"""The control for a value. `words`: a command line; `lines`: one item per line; `days`: exceptions by date."""


class DayOff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An entry of [[exceptions]]."""

    first: date
    last: date
    hours: list[str] = field(default_factory=list)
    note: str = ""


Value = bool | int | float | str | list[str | DayOff] | None
"""Lengths are seconds toward the page and text from it. None: the file does not set it."""


class Option(Struct, frozen=True):
    """An option of a select control."""

    value: str
    label: str


class SettingRow(Struct, frozen=True, kw_only=True):
    """A setting with everything the page needs to draw it."""

    key: str
    section: str
    label: str
    help: str
    form: Form
    value: Value
    default: Value
    source: SettingSource
    origin: str
    """The system's file or the environment variable that sets it; otherwise empty."""
    least: int | None = None
    most: int | None = None
    options: list[Option] = field(default_factory=list)


class Section(Struct, frozen=True):
    """A section of the file."""

    id: str
    about: str


class Begin(Struct, frozen=True):
    """The setting at which the page begins, and a value to fill in; None leaves the value as it is."""

    key: str
    value: Value


class SettingsPage(Struct, frozen=True, kw_only=True):
    """The data with which the page starts. With mistakes there are no rows, only the text to correct."""

    file: str
    version: str
    text: str
    mistakes: list[str]
    rows: list[SettingRow] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    people: list[Option] = field(default_factory=list)
    begin: Begin | None = None


class Changes(Struct, frozen=True, forbid_unknown_fields=True):
    """Unsaved changes by key. `person`: who is simulated."""

    changes: dict[str, Value]
    version: str
    person: str = "office"


class Mended(Struct, frozen=True, forbid_unknown_fields=True):
    """The corrected text of a file that had mistakes."""

    text: str
    version: str


class NotifierTest(Struct, frozen=True, forbid_unknown_fields=True):
    """The notifier to test."""

    notifier: str


class Mistake(Struct, frozen=True):
    """What is wrong with a value. `key` is empty if it concerns several settings."""

    key: str
    what: str


class DiffLine(Struct, frozen=True):
    """A line of a diff. `sign`: "+", "-", " " for context, "…" for omitted lines."""

    sign: str
    text: str


class DayPart(Struct, frozen=True):
    """Part of a day, in minutes after its midnight."""

    begin: int
    end: int


class ComingDay(Struct, frozen=True, kw_only=True):
    """A day of the preview."""

    name: str
    open: list[DayPart]
    busy: list[DayPart]
    words: str


class WorkDay(Struct, frozen=True, kw_only=True):
    """The simulated day."""

    name: str
    open: list[DayPart]
    sitting: list[DayPart]
    calls: list[DayPart]
    prompts: list[int]
    words: str


class Outlook(Struct, frozen=True, kw_only=True):
    """The preview of unsaved changes."""

    mistakes: list[Mistake]
    advice: list[str] = field(default_factory=list)
    diff: list[DiffLine] = field(default_factory=list)
    days: list[ComingDay] = field(default_factory=list)
    work: WorkDay | None = None


class Refusal(Struct, frozen=True, kw_only=True):
    """The response when nothing was saved. `elsewhere`: because another program has changed the file."""

    mistakes: list[str]
    elsewhere: bool = False
