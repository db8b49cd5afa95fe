"""Converts the table of settings to rows for the page, and values from the page to values of the file."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from msgspec import Struct, field

from psoas_nudge.config import Settings, saving
from psoas_nudge.config.kinds import Choice, Switch, Whole
from psoas_nudge.config.lists import Argv, ListOf, Tables
from psoas_nudge.config.settings import Given, SettingSource
from psoas_nudge.config.table import RANGES, ROWS, SETTINGS, Setting
from psoas_nudge.config.times import Date, Duration, Zone
from psoas_nudge.config.writing import in_force_value, value_text
from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.durations import parse_duration
from psoas_nudge.system import command_line

UNSET = Given(None, "default", "")
WORDS = {
    "page": "the browser",
    "terminal": "a terminal",
    "none": "nowhere",
    "auto": "what works best here",
    "freedesktop": "the desktop's notifications",
    "balloon": "balloons of Windows",
    "plyer": "plyer",
}
HELP = {
    "stretch.guide": "Where the guided stretch opens.",
    "desktop.notifier": "How prompts are shown.",
    "hours.timezone": "Leave it empty to follow the system's time zone, also when you travel.",
    "calendar.holidays": "Country or region whose public holidays are days off.",
    "stretch.rotation": "The stretches that prompts suggest in turn.",
    "quiet.busy": "Wait while a calendar file has an event.",
}
"""Replaces help texts that quote values of the file, which the page shows differently."""
ABOUT = {"quiet": "What delays a prompt."}
"""The same for sections."""

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


class Begin(Struct, frozen=True):
    """The setting at which the page begins, and a value to fill in; None leaves the value as it is."""

    key: str
    value: Value


BY_KEY: dict[str, Form] = {"exceptions": "days", "stretch.rotation": "pick"}
BY_KIND: dict[type, Form] = {
    Switch: "switch",
    Whole: "number",
    Duration: "length",
    Choice: "choice",
    Zone: "zone",
    Argv: "words",
    ListOf: "lines",
    Tables: "toml",
}


def form(row: Setting) -> Form:
    if row.kind is RANGES:
        return "hours"
    if row.key in BY_KEY:
        return BY_KEY[row.key]
    return next((form for kind, form in BY_KIND.items() if isinstance(row.kind, kind)), "text")


def rows(settings: Settings) -> list[SettingRow]:
    """All settings with their values in force."""
    return [_row(row, settings) for row in ROWS]


def _row(row: Setting, settings: Settings) -> SettingRow:
    kind, given = row.kind, settings.given.get(row.key, UNSET)
    least, most = (kind.least, kind.most) if isinstance(kind, Whole) else (None, None)
    if isinstance(kind, Duration):
        least = 1 if kind.zero else 0
    return SettingRow(
        key=row.key,
        section=row.section,
        label=row.label,
        help=HELP.get(row.key, row.help),
        form=form(row),
        value=to_page(row, in_force_value(settings, row)),
        default=to_page(row, row.default),
        source=given.source,
        origin=given.name if given.source in ("system", "environment") else "",
        least=least,
        most=most,
        options=_options(row, settings),
    )


def _options(row: Setting, settings: Settings) -> list[Option]:
    if isinstance(row.kind, Choice):
        return [Option(each, WORDS.get(each, each)) for each in row.kind.choices]
    if row.key == "stretch.rotation":
        return [Option(each.id, each.title) for each in (*CATALOGUE, *settings.rules.routines)]
    if isinstance(row.kind, Zone):
        from zoneinfo import available_timezones

        return [Option(name, name) for name in sorted(available_timezones()) if "/" in name]
    return []


def to_page(row: Setting, raw: Any) -> Value:
    """Convert a value of the file for the page."""
    match form(row):
        case "length":
            return parse_duration(raw)
        case "words":
            return command_line.join(raw) if raw else ""
        case "toml":
            return value_text(raw) if raw else ""
        case "days":
            return [_day_off(table) for table in raw]
    value: Value = raw
    return value


def begin(key: str, text: str | None) -> Begin:
    """Parse the arguments of `psoas-nudge settings`; raises BadInput for an unknown setting or an invalid value."""
    if text is None:
        return Begin(saving.setting(key), None)
    raw = saving.value(key, text)
    return Begin(key, raw if form(SETTINGS[key]) == "length" else to_page(SETTINGS[key], raw))


def _day_off(table: dict[str, Any]) -> DayOff:
    first, last = (Date().read(table.get(name, table.get("on")), (), lambda *_: None) for name in ("from", "to"))
    return DayOff(first=first, last=last, hours=list(table.get("hours", [])), note=table.get("note", ""))


def from_page(key: str, value: Value) -> Any:
    """Convert a value of the page for the file; None means: remove the setting from the file."""
    row = SETTINGS[key]
    empty = value in ("", [])
    if value is None or (empty and (row.default is None or isinstance(row.kind, Tables))):
        return None
    match form(row):
        case "words" | "toml" if isinstance(value, str):
            return row.kind.from_text(value)
        case "days" if isinstance(value, list):
            return [_table(each) if isinstance(each, DayOff) else each for each in value]
    return value


def _table(each: DayOff) -> dict[str, Any]:
    days = {"on": each.first} if each.first == each.last else {"from": each.first, "to": each.last}
    return {**days, "hours": each.hours, **({"note": each.note} if each.note else {})}
