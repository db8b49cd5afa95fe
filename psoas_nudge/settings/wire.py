"""What the page and its server say to each other, as JSON."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct, field

from psoas_nudge.config.settings import SettingSource

Form = Literal[
    "switch", "number", "length", "choice", "text", "zone", "lines", "words", "toml", "hours", "days", "pick"
]
"""How a value is shown: `words` is a command line, `lines` one item a line, `days` exceptions by date."""


class DayOff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of [[exceptions]]: one day, or several from `first` to `last`."""

    first: date
    last: date
    hours: list[str] = field(default_factory=list)
    note: str = ""


Value = bool | int | float | str | list[str | DayOff] | None
"""Lengths go to the page in seconds and come back as text; None means that the file does not set it."""


class Option(Struct, frozen=True):
    """One choice."""

    value: str
    label: str


class SettingRow(Struct, frozen=True, kw_only=True):
    """One setting, ready to be drawn."""

    key: str
    section: str
    label: str
    help: str
    form: Form
    value: Value
    default: Value
    source: SettingSource
    origin: str
    """The system's file or the environment variable that sets it."""
    least: int | None = None
    most: int | None = None
    options: list[Option] = field(default_factory=list)


class Section(Struct, frozen=True):
    """A heading."""

    id: str
    about: str


class Begin(Struct, frozen=True):
    """Where the page begins: a setting, and a value that waits there to be saved. None: the value is as it was."""

    key: str
    value: Value


class SettingsPage(Struct, frozen=True, kw_only=True):
    """All that the page shows at first. With mistakes there are no rows, only the text to mend."""

    file: str
    version: str
    text: str
    mistakes: list[str]
    rows: list[SettingRow] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    people: list[Option] = field(default_factory=list)
    begin: Begin | None = None


class Changes(Struct, frozen=True, forbid_unknown_fields=True):
    """What the person has changed, by key. `person`: who works on the simulated day."""

    changes: dict[str, Value]
    version: str
    person: str = "office"


class Mended(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole text of a file that had mistakes."""

    text: str
    version: str


class NotifierTest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which notifier to test."""

    notifier: str


class Mistake(Struct, frozen=True):
    """A value that cannot be saved; `key` is empty when it is about several."""

    key: str
    what: str


class DiffLine(Struct, frozen=True):
    """One line of a diff: "+", "-", " " for one that stays, "…" for a gap."""

    sign: str
    text: str


class DayPart(Struct, frozen=True):
    """Part of a day, in minutes after its midnight."""

    begin: int
    end: int


class ComingDay(Struct, frozen=True, kw_only=True):
    """One of the next days."""

    name: str
    open: list[DayPart]
    busy: list[DayPart]
    words: str


class WorkDay(Struct, frozen=True, kw_only=True):
    """A made-up day under the settings."""

    name: str
    open: list[DayPart]
    sitting: list[DayPart]
    calls: list[DayPart]
    prompts: list[int]
    words: str


class Outlook(Struct, frozen=True, kw_only=True):
    """What the changes would do, before they are saved."""

    mistakes: list[Mistake]
    advice: list[str] = field(default_factory=list)
    diff: list[DiffLine] = field(default_factory=list)
    days: list[ComingDay] = field(default_factory=list)
    work: WorkDay | None = None


class Refusal(Struct, frozen=True, kw_only=True):
    """Nothing was saved. `elsewhere`: another program has changed the file."""

    mistakes: list[str]
    elsewhere: bool = False
