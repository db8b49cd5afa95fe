"""Kinds of values: how one leaf of the file is read, what is said when it is wrong, and its JSON Schema.

A kind reports every mistake to a callback and goes on, so that one run finds them all; what it returns after a
report is never used. Nothing here knows lines: places are paths, `locate` turns them into lines when needed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from psoas_nudge.core.durations import parse_duration
from psoas_nudge.core.hours import Range
from psoas_nudge.errors import BadInput

Place = tuple[str | int, ...]
Report = Callable[[Place, str], None]
"""Called with the place of a mistake and a sentence that says what is wrong and what would be right."""

LONGEST_SHOWN = 60


class Key(str):
    """The last part of a place where the key itself is wrong, not its value."""

    __slots__ = ()


WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def shown(raw: Any) -> str:
    """A value as it stands in the file, in one short printable line."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return str(raw) if raw.bit_length() < 64 else "a number far too large"
    if isinstance(raw, str):
        text = raw if len(raw) <= LONGEST_SHOWN else raw[: LONGEST_SHOWN - 1] + "…"
        return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + '"'
    return "a list" if isinstance(raw, list) else "a table" if isinstance(raw, dict) else str(raw)


def nearest(word: str, choices: Iterable[str]) -> str:
    """' Did you mean "x"?' for the nearest choice, or nothing."""
    from difflib import get_close_matches

    near = get_close_matches(word[:LONGEST_SHOWN].lower(), list(choices), 1, 0.55)
    return f' Did you mean "{near[0]}"?' if near else ""


def from_toml(text: str) -> Any:
    """A value written as TOML, or the text itself when it is not TOML: its kind then says what is wrong with it."""
    try:
        values = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return values["value"] if len(values) == 1 else text


class Kind:
    """One form of value. `form` completes the sentence "… is not"."""

    form = ""

    def read(self, raw: Any, at: Place, report: Report) -> Any:
        """The value for the program from the value in the file."""
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        """The value as it would stand in the file, from an environment variable or the command line."""
        return text

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value in the file."""
        raise NotImplementedError

    def wrong(self, raw: Any, at: Place, report: Report, right: str) -> None:
        """Report that this is not such a value, and what would be."""
        report(at, f"{shown(raw)} is not {self.form}. {right}")


class Switch(Kind):
    """On or off."""

    form = "true or false"

    def read(self, raw: Any, at: Place, report: Report) -> bool:
        """A bool."""
        if not isinstance(raw, bool):
            self.wrong(raw, at, report, "Write true or false, without quotes.")
        return raw is True

    def from_text(self, text: str) -> Any:
        """Also yes, no, on, off, 1 and 0."""
        return WORDS.get(text.strip().lower(), text)

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


class Whole(Kind):
    """A whole number between two bounds, both allowed."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most
        self.form = f"a whole number from {least} to {most}"

    def read(self, raw: Any, at: Place, report: Report) -> int:
        """An int."""
        if isinstance(raw, bool) or not isinstance(raw, int) or not self.least <= raw <= self.most:
            self.wrong(raw, at, report, f"Write a number such as {max(self.least, 2)}, without quotes.")
            return self.least
        return raw

    def from_text(self, text: str) -> Any:
        """Digits."""
        return int(text) if re.fullmatch(r"\s*-?[0-9]{1,18}\s*", text) else text

    def schema(self) -> dict[str, Any]:
        """An integer with bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Duration(Kind):
    """A length of time; seconds as a float."""

    form = "a length of time"

    def read(self, raw: Any, at: Place, report: Report) -> float:
        """Seconds."""
        try:
            seconds = parse_duration(raw) if isinstance(raw, str) else None
        except BadInput:
            seconds = None
        if seconds is None:
            right = (
                f'Write "{raw}m" for minutes or "{raw}s"' if type(raw) is int and 0 <= raw < 10**6 else 'Write "30m"'
            )
            self.wrong(raw, at, report, f'{right}, "1h 15m" or "45s", in quotes.')
            return 0.0
        return seconds

    def schema(self) -> dict[str, Any]:
        """A string with a pattern."""
        number = r"\d{1,9}(\.\d{1,3})?\s*"
        return {"type": "string", "pattern": rf"^\s*(?=\d)({number}h)?\s*({number}m)?\s*({number}s)?\s*$"}


class Text(Kind):
    """Words for people."""

    form = "text"

    def __init__(self, most: int = 500, *, empty: bool = True) -> None:
        self.most, self.empty = most, empty

    def read(self, raw: Any, at: Place, report: Report) -> str:
        """A str."""
        if not isinstance(raw, str):
            self.wrong(raw, at, report, "Put it in quotes.")
        elif len(raw) > self.most:
            report(at, f"This text has {len(raw)} characters; at most {self.most} can be shown.")
        elif not raw.strip() and not self.empty:
            report(at, "This text is empty. Write something, or leave the line out.")
        return raw if isinstance(raw, str) else ""

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "maxLength": self.most, **({} if self.empty else {"minLength": 1})}


class File(Kind):
    """The path of a file; ~ is the home directory. Where a relative one begins is for the reader to say."""

    form = "the name of a file"

    def read(self, raw: Any, at: Place, report: Report) -> Path:
        """A path without ~."""
        if not isinstance(raw, str) or not raw.strip() or "\0" in raw:
            self.wrong(raw, at, report, 'Write for example "~/work.ics".')
            return Path()
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", raw):
            self.wrong(
                raw,
                at,
                report,
                'psoas-nudge only reads files, nothing from the network. Write for example "~/work.ics".',
            )
            return Path()
        try:
            return Path(raw).expanduser()
        except RuntimeError as error:
            report(at, f"{shown(raw)} cannot be found: {error}")
            return Path()

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "minLength": 1}


class Choice(Kind):
    """One of a few words."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices
        self.form = "one of " + ", ".join(f'"{choice}"' for choice in choices)

    def read(self, raw: Any, at: Place, report: Report) -> str:
        """One of the words."""
        if raw not in self.choices:
            near = nearest(raw, self.choices) if isinstance(raw, str) else ""
            report(at, f"{shown(raw)} is not {self.form}.{near}")
            return self.choices[0]
        return str(raw)

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"enum": list(self.choices)}


class Pattern(Kind):
    """Text of a given form, for example an identifier; `example` is what would be right."""

    def __init__(self, form: str, pattern: str, example: str) -> None:
        self.form, self.pattern, self.example = form, pattern, example

    def read(self, raw: Any, at: Place, report: Report) -> str:
        """A str that fits."""
        if not isinstance(raw, str) or not re.fullmatch(self.pattern, raw):
            upper = raw.upper().replace("_", "-") if isinstance(raw, str) else ""
            right = upper if re.fullmatch(self.pattern, upper) and upper else self.example
            self.wrong(raw, at, report, f'Write for example "{right}".')
            return ""
        return raw

    def schema(self) -> dict[str, Any]:
        """A string with a pattern."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


class Zone(Kind):
    """An IANA time zone; empty for the system's."""

    form = "a time zone of the IANA list"

    def read(self, raw: Any, at: Place, report: Report) -> str:
        """The zone's name."""
        if raw == "":
            return ""
        try:
            return ZoneInfo(raw).key if isinstance(raw, str) else self.unknown(raw, at, report)
        except (OSError, ValueError, KeyError):  # ZoneInfo lets through what the file system says of strange names
            return self.unknown(raw, at, report)

    def unknown(self, raw: Any, at: Place, report: Report) -> str:
        """Report the zone with the nearest real name."""
        from zoneinfo import available_timezones

        names = {name.lower(): name for name in available_timezones()}
        near = nearest(raw, names) if isinstance(raw, str) else ""
        for lower, name in names.items():
            near = near.replace(f'"{lower}"', f'"{name}"')
        right = near or ' Write for example "Europe/Berlin", or "" for the system\'s zone.'
        report(at, f"{shown(raw)} is not {self.form}.{right}")
        return ""

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string"}


class Hours(Kind):
    """A range of the day: "09:00-12:30"; one that ends before it starts runs into the next day."""

    form = "a range of hours"
    # People paste ranges with an en dash; it cannot mean anything else.
    written = r"([01]?\d|2[0-3]):([0-5]\d)\s*[-\u2013]\s*([01]?\d|2[0-4]):([0-5]\d)"

    def read(self, raw: Any, at: Place, report: Report) -> Range:
        """Minutes after midnight."""
        found = re.fullmatch(self.written, raw.strip(), re.ASCII) if isinstance(raw, str) else None
        h1, m1, h2, m2 = (int(n) for n in found.groups()) if found else (0, 0, 0, 0)
        start, end = h1 * 60 + m1, h2 * 60 + m2
        if not found or end > 24 * 60:
            self.wrong(raw, at, report, 'Write it like "09:00-12:30", or "22:00-06:00" into the next day.')
        elif start == end:
            report(at, f'{shown(raw)} has no length. For the whole day write "00:00-24:00".')
        return Range(start, end if end > start else end + 24 * 60)

    def schema(self) -> dict[str, Any]:
        """A string with a pattern."""
        return {"type": "string", "pattern": rf"^\s*{self.written}\s*$"}


class Date(Kind):
    """A local date, written without quotes."""

    form = "a date"

    def read(self, raw: Any, at: Place, report: Report) -> date:
        """A date."""
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        quoted = isinstance(raw, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", raw)
        self.wrong(raw, at, report, f"Write it without quotes: {raw if quoted else '2026-12-24'}.")
        return date(2000, 1, 1)

    def schema(self) -> dict[str, Any]:
        """A string, as validators for TOML hand dates over."""
        return {"type": "string", "format": "date"}
