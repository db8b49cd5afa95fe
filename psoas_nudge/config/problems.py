"""Reads a text file of the configuration and collects all mistakes in it, as FILE:LINE:COLUMN: KEY: what is wrong."""

from __future__ import annotations

import os
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from psoas_nudge import places
from psoas_nudge.config.kinds import LONGEST_GUESSED, Place, ReportMistake, ValueKind, from_toml, shown, toml
from psoas_nudge.config.settings import SettingSource
from psoas_nudge.core.words import counted
from psoas_nudge.errors import ConfigInvalid

MOST_SYNTAX_ERRORS = 20
WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
ONE_LINE = (
    "Expected newline or end of document",
    "Invalid value",
    "Cannot overwrite",
    "Expected '='",
    "Invalid date",
    "Unescaped",
    "Invalid initial",
)
"""Errors that affect a single line: the parser can skip it and find more."""
LARGEST = 1_000_000
"""Bytes. Larger files are refused without being read into memory."""


def read_text(file: Path) -> str:
    """The file's text; raises ConfigInvalid with the reason when it cannot be read."""
    try:
        if file.exists() and not file.is_file():
            what = "a directory" if file.is_dir() else "not a regular file"
            raise ConfigInvalid([f"{file}: This is {what}. The configuration has to be a text file."])
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except FileNotFoundError:
        what = "This link points to a file that does not exist." if file.is_symlink() else "There is no such file."
        raise ConfigInvalid([f"{file}: {what} To create one with all settings: psoas-nudge config init"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigInvalid([f"{file}: This file cannot be read: {reason}."]) from None
    if len(data) > LARGEST:
        raise ConfigInvalid([f"{file}: This file is larger than {LARGEST // 1000} kB. Is it the right one?"])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = "This is not UTF-8 text. Save the file with UTF-8 encoding."
        raise ConfigInvalid([f"{file}:{line}: {what}"]) from None


class Problems:
    """The text of a file, which is called `name` in messages, the mistakes in it, and in the environment variables.

    `readable`: the text without a byte order mark, and without the lines that are not TOML.
    """

    def __init__(self, name: str, text: str, source: SettingSource = "file") -> None:
        self.name, self.source = name, source
        self.readable = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self.syntax: list[tuple[tuple[int, int], str]] = []
        """(line, column) and message."""
        self.found: list[tuple[Place, str]] = []
        self.variables: list[str] = []

    def add(self, place: Place, what: str) -> None:
        """Record a mistake in the file."""
        self.found.append((place, what))

    def in_variable(self, name: str) -> ReportMistake:
        """A callback that records a mistake in an environment variable."""
        return lambda _, what: self.variables.append(f"environment: {name}: {what}")

    def tables(self) -> dict[str, Any]:
        """Parse the text; a line that is not TOML is recorded and skipped, so that the rest is checked too."""
        while len(self.syntax) < MOST_SYNTAX_ERRORS:
            try:
                return tomllib.loads(self.readable)
            except RecursionError:
                self.syntax.append(((0, 0), f"{self.name}: The brackets are nested too deeply."))
                break
            except ValueError as error:
                if not self._leave_out(str(error)):
                    break
        raise ConfigInvalid(self.texts())

    def _leave_out(self, error: str) -> bool:
        where = WHERE.search(error)
        what = error[: where.start()] if where else error
        lines = self.readable.split("\n")
        if where and where.group(1):
            number, column = int(where.group(1)), int(where.group(2))
        else:
            number, column = len(lines), 1
            while number > 1 and not lines[number - 1].strip():
                number -= 1
        line = lines[number - 1] if number <= len(lines) else ""
        advice = _advice(what, line, _section(lines[: number - 1]))
        self.syntax.append(((number, column), f"{self.name}:{number}:{column}: {advice}"))
        if not where or not what.startswith(ONE_LINE) or not re.match(r"\s*[\w\"'.-]", line):
            return False
        lines[number - 1] = ""
        self.readable = "\n".join(lines)
        return True

    def _has_skipped_line(self, row: int) -> bool:
        """Whether a line below this header was skipped."""
        lines = self.readable.split("\n")
        end = next((n for n in range(row, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
        return any(row < number <= end for (number, _), _ in self.syntax)

    def texts(self) -> list[str]:
        """The messages: in the order of the file, then those about environment variables."""
        lines = list(self.syntax)
        if self.found:
            from psoas_nudge.config.locate import Locations

            locations = Locations(self.readable)
            for place, what in self.found:
                row, column = locations.find(place)
                if place and isinstance(place[-1], int) and self._has_skipped_line(row):
                    continue  # the key that seems to be missing may be in the line that was skipped
                lines.append(((row, column), f"{self.name}:{row}:{column}: {dotted(place)}: {what}"))
        lines.sort(key=lambda line: line[0])
        return [text for _, text in lines] + self.variables


def dotted(place: Place) -> str:
    """A place in dotted form, counted from 1: exceptions[2].on."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + (part if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", part) else shown(part))
    return text


def _section(lines: list[str]) -> str:
    """The name in the last header of these lines."""
    for line in reversed(lines):
        if found := re.match(r"\s*\[{1,2}([^\[\]]+)\]", line):
            return found[1].strip()
    return ""


def _kind(section: str, key: str) -> ValueKind | None:
    """The kind of a key's value, to make a suggestion for a line that is not TOML."""
    from psoas_nudge.config.lists import Tables
    from psoas_nudge.config.table import SETTINGS

    if section in SETTINGS and isinstance(tables := SETTINGS[section].kind, Tables):
        return next((field.kind for field in tables.fields if field.name == key), None)
    row = SETTINGS.get(f"{section}.{key}" if section else key)
    return row.kind if row else None


def each_day(days: tuple[str, ...], raw: Any) -> str:
    """Settings for each of these days with the hours in `raw`, or a suggestion for them, or office hours."""
    from psoas_nudge.config.table import OFFICE, RANGES

    value = next((each for each in (raw, *RANGES.likely(raw)) if RANGES.accepts(each)), OFFICE)
    return ", ".join(f"{day} = {toml(value)}" for day in days)


def _corrected(line: str, section: str) -> str:
    """How to correct a line that is not TOML: the line with a valid value, else the message for the wrong value."""
    from psoas_nudge.config.guess import days
    from psoas_nudge.core.written import QUOTES

    straight = re.sub(r"\s#[^\"']*$", "", line[:LONGEST_GUESSED].translate(QUOTES))
    found = re.fullmatch(r"([\w.-]+)\s*[=:]\s*(.+?)\s*", straight)
    if not found or len(line) > LONGEST_GUESSED:
        return ""
    key, text = found.groups()
    kind = _kind(section, key)
    raw = from_toml(text)
    if section == "hours" and (meant := days(key)) and kind is None:
        return f"Write {each_day(meant, raw)}"
    if kind is None:
        return "" if text[0] in "\"'[{" and raw == text else f"Write {key} = {toml(raw)}"
    typed = kind.from_text(text)
    for each in (raw, typed, *kind.likely(raw)):
        if kind.accepts(each):
            return f"Write {key} = {toml(each)}"
    return "" if text[0] in "\"'[{" else kind.mistakes(typed)[0]


def _advice(what: str, line: str, section: str) -> str:
    """A syntax error in plain words, with the line and, where possible, the corrected line."""
    line = line.strip()
    unread = what.startswith(("Expected newline", "Expected '='", "Invalid value", "Unescaped"))
    slashes = line.replace("\\", "/") if what.startswith("Unescaped") else line  # a path as Windows writes it
    right = _corrected(slashes, section) if unread else ""
    cases = (
        (what.startswith(("Cannot overwrite", "Cannot declare")), "It is already set further up. Keep one of the two."),
        (what.startswith("Cannot mutate"), "What it adds to is already complete."),
        (right, right),
        (what.startswith("Unclosed array"), "A list is not closed: a ] or a comma is missing."),
        (what.startswith("Unterminated string") or line.count('"') % 2, "A quotation mark is missing."),
        (what.startswith("Expected '='"), "Write key = value."),
        (what.startswith("Invalid date"), "There is no such day or time. Write it as year-month-day: 2026-12-24."),
        (what.startswith("Expected ']'"), "Write a header in brackets, such as [prompt]."),
        (True, f"It is not TOML ({what[:1].lower()}{what[1:]})."),
    )
    advice = next(text for fits, text in cases if fits)
    return f"{shown(line)} cannot be read. {advice}"


def valid_part(text: str) -> str:
    """The text without the lines and sections that are not TOML."""
    kept = ""
    for part in re.split(r"^(?=[ \t]*\[)", text, flags=re.MULTILINE):
        problems = Problems("", kept + part)
        with suppress(ConfigInvalid):
            problems.tables()
            kept = problems.readable
    return kept


def summary(error: ConfigInvalid) -> str:
    """The number of mistakes and the place of the first one, as the beginning of a sentence."""
    first = error.problems[0]
    count = len(error.problems)
    if variable := re.match(r"environment: (\w+): ", first):
        return f"The environment variable {variable[1]} has a mistake"
    found = re.match(r"(.+?):(\d+)(?::\d+)?: ", first)
    if not found:
        return "The configuration cannot be used"
    system = found[1] in [str(file) for file in places.system_config_files(os.environ)]
    name = f"The system's {found[1]}" if system else f"Your change to {Path(found[1]).name}"
    mistakes = "a mistake" if count == 1 else f"{counted(count, 'mistake')}, the first"
    return f"{name} has {mistakes} on line {found[2]}"


def rejected(error: ConfigInvalid) -> str:
    """The message when a changed configuration is not used."""
    return f"{summary(error)}. The previous settings stay in force."
