"""Edits the person's file for the settings page: changes single lines, and never overwrites other changes."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from msgspec import Struct, field

from psoas_nudge.config import Settings, parse
from psoas_nudge.config.advice import advice
from psoas_nudge.config.kinds import Place
from psoas_nudge.config.problems import dotted, read_text
from psoas_nudge.config.saving import save, with_value
from psoas_nudge.config.table import SECTIONS, SETTINGS
from psoas_nudge.errors import BadInput, ConfigInvalid, PsoasNudgeError
from psoas_nudge.settings import rows
from psoas_nudge.settings.rows import ABOUT, Begin, Option, SettingRow, Value

CONTEXT = 1
"""Lines around a change in a diff."""


class SettingsPage(Struct, frozen=True, kw_only=True):
    """The data with which the page starts. With mistakes there are no rows, only the text to correct."""

    file: str
    version: str
    text: str
    mistakes: list[str]
    rows: list[SettingRow] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)
    """What each section of the file is about."""
    people: list[Option] = field(default_factory=list)
    begin: Begin | None = None


class Mistake(Struct, frozen=True):
    """What is wrong with a value. `key` is empty if it concerns several settings."""

    key: str
    what: str


class DiffLine(Struct, frozen=True):
    """A line of a diff. `sign`: "+", "-", " " for context, "…" for omitted lines."""

    sign: str
    text: str


class ChangedElsewhere(PsoasNudgeError):
    """Another program has changed the file since the page read it."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"Another program has changed {file.name} meanwhile. Nothing was saved.")


class SettingsFile:
    """The file at `path`, which need not exist."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.path, self._environ = path, environ

    def text(self) -> str:
        """The content, "" without a file; raises ConfigInvalid when it cannot be read."""
        return read_text(self.path) if os.path.lexists(self.path) else ""

    def settings(self, text: str) -> Settings:
        """The settings that this text would give; raises ConfigInvalid."""
        return parse(text, str(self.path), self._environ)

    def shown(self) -> SettingsPage:
        """The data with which the page starts."""
        text = ""
        try:
            text = self.text()
            settings = self.settings(text)
        except ConfigInvalid as error:
            return SettingsPage(file=str(self.path), version=version(text), text=text, mistakes=self.short(error))
        return SettingsPage(
            file=str(self.path),
            version=version(text),
            text=text,
            mistakes=[],
            rows=rows.rows(settings),
            sections=SECTIONS | ABOUT,
        )

    def short(self, error: ConfigInvalid) -> list[str]:
        """The mistakes without the path of the file, which the page shows elsewhere."""
        return [re.sub(rf"^{re.escape(str(self.path))}:(?=\d)", "Line ", each) for each in error.problems]

    def changed(self, text: str, changes: Mapping[str, Value]) -> tuple[str, list[Mistake]]:
        """The text with the changes applied, and what is wrong with them."""
        mistakes: list[Mistake] = []
        for key, value in changes.items():
            if key not in SETTINGS:
                raise BadInput(f"There is no setting {key[:60]}.")
            raw = rows.from_page(key, value)
            wrong = SETTINGS[key].kind.mistakes(raw) if raw is not None else []
            mistakes += [Mistake(key, what) for what in wrong]
            if not wrong:
                text = with_value(text, key, raw)
        if not mistakes:
            try:
                self.settings(text)
            except ConfigInvalid as error:
                mistakes = [Mistake("", each) for each in self.short(error)]
        return text, mistakes

    def advice(self, text: str) -> list[str]:
        """What is allowed but probably a mistake."""
        return [f"{_label(place)}: {what}" for place, what in advice(self.settings(text), datetime.now(UTC))]

    def save_changes(self, changes: Mapping[str, Value], expected: str) -> None:
        """Change these settings. Raises ChangedElsewhere, ConfigInvalid."""
        before = self.unchanged(expected)
        text, mistakes = self.changed(before, changes)
        if mistakes:
            raise ConfigInvalid([f"{each.key}: {each.what}" if each.key else each.what for each in mistakes])
        self.unchanged(expected)
        save(self.path, text)

    def mend(self, text: str, expected: str) -> None:
        """Replace the whole text by one without mistakes. Raises ChangedElsewhere, ConfigInvalid."""
        self.unchanged(expected)
        self.settings(text)
        save(self.path, text)

    def unchanged(self, expected: str) -> str:
        """The text, if it still has this version; raises ChangedElsewhere."""
        text = self.text()
        if version(text) != expected:
            raise ChangedElsewhere(self.path)
        return text


def version(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def diff(before: str, after: str) -> Iterator[DiffLine]:
    """A unified diff with CONTEXT lines around each change."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=CONTEXT))[2:]
    for number, line in enumerate(lines):
        if not line.startswith("@@"):
            yield DiffLine(line[0], line[1:])
        elif number:
            yield DiffLine("…", "")


def _label(place: Place) -> str:
    for length in (2, 1):
        if row := SETTINGS.get(dotted(place[:length])):
            return row.label
    return "Hours" if place[:1] == ("hours",) else dotted(place)
