"""Collects everything that is wrong with a configuration and says each with its place: FILE:LINE:COLUMN: KEY: what."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from psoas_nudge.config.kinds import WORDS, Place, Report, shown
from psoas_nudge.errors import ConfigInvalid

MOST_SYNTAX_ERRORS = 20
WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
ONE_LINE = (
    "Expected newline or end of document",
    "Invalid value",
    "Cannot overwrite",
    "Expected '='",
    "Invalid initial",
)
"""Errors that leave the lines after them readable, so that reading can go on to find more."""


class Problem(NamedTuple):
    """One mistake. `variable`: the environment variable that holds it, empty when the file does."""

    place: Place
    what: str
    variable: str = ""


class Problems:
    """The mistakes in one text (called `name`) and in the environment variables over it."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.readable = text
        self.syntax: list[str] = []
        self.found: list[Problem] = []

    def add(self, place: Place, what: str) -> None:
        """Note a mistake in the file."""
        self.found.append(Problem(place, what))

    def tables(self) -> dict[str, Any]:
        """The text as TOML; a line that cannot be read is noted and left out, so that the rest can be checked too."""
        while len(self.syntax) < MOST_SYNTAX_ERRORS:
            try:
                return tomllib.loads(self.readable)
            except RecursionError:
                self.syntax.append(f"{self.name}: This is nested too deep to be a configuration.")
                break
            except ValueError as error:
                if not self._leave_out(str(error)):
                    break
        self.found.clear()
        self.fail()
        return {}

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
        self.syntax.append(f"{self.name}:{number}:{column}: {_advice(what, line)}")
        if not where or not what.startswith(ONE_LINE) or not re.match(r"\s*[\w\"'.-]", line):
            return False
        lines[number - 1] = ""
        self.readable = "\n".join(lines)
        return True

    def fail(self) -> None:
        """Raise ConfigInvalid with everything that was found, in the order of the file; nothing when all is well."""
        lines = [(_place(text), text) for text in self.syntax]
        if any(not problem.variable for problem in self.found):
            from psoas_nudge.config.locate import Locations

            locations = Locations(self.readable)
            for problem in self.found:
                if not problem.variable:
                    row, column = locations.find(problem.place)
                    text = f"{self.name}:{row}:{column}: {dotted(problem.place)}: {problem.what}"
                    lines.append(((row, column), text))
        lines.sort(key=lambda line: line[0])
        texts = [text for _, text in lines]
        texts += [f"environment: {p.variable}: {p.what}" for p in self.found if p.variable]
        if texts:
            raise ConfigInvalid(texts)


def _place(text: str) -> tuple[int, int]:
    found = re.search(r":(\d+):(\d+): ", text)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def dotted(place: Place) -> str:
    """A place as people write it: exceptions[2].on, counted from 1."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + (part if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", part) else shown(part))
    return text


def _advice(what: str, line: str) -> str:
    """A syntax error in our words, with the offending line and, where it can be guessed, what would be right."""
    line = line.strip()
    bare = re.fullmatch(r"([\w.-]+)\s*=\s*([^\"'\[{#\s][^#\"]*?)\s*(#.*)?", line)
    key, value = (bare.group(1), bare.group(2)) if bare else ("", "")
    unread = what.startswith(("Expected newline", "Invalid value"))
    cases = (
        (
            what.startswith(("Cannot overwrite", "Cannot declare")),
            "It is already set further up; keep one of the two.",
        ),
        (what.startswith("Cannot mutate"), "What it adds to is already complete."),
        (unread and value.lower() in WORDS, f"Write {key} = {shown(WORDS.get(value.lower()))}"),
        (unread and key, f'Text has to stand in quotes: {key} = "{value}"'),
        (what.startswith("Unclosed array"), "A list is not closed: a ] or a comma is missing."),
        (what.startswith("Unterminated string") or line.count('"') % 2, "A quotation mark is missing."),
        (what.startswith("Expected '='"), "A line has to be: key = value."),
        (what.startswith("Expected ']'"), "A header has to stand in brackets: [prompt]."),
        (True, f"It is not TOML ({what[:1].lower()}{what[1:]})."),
    )
    advice = next(text for fits, text in cases if fits)
    return f"{shown(line)} cannot be read. {advice}"


def environment(problems: Problems, variable: str) -> Report:
    """A callback that notes a mistake in an environment variable."""

    def report(place: Place, what: str) -> None:  # noqa: ARG001 - a variable is one line; its name is place enough
        problems.found.append(Problem((), what, variable=variable))

    return report


def variables(environ: Mapping[str, str], prefix: str, sections: Mapping[str, str]) -> list[str]:
    """The variables that are meant for a section of the file."""
    starts = tuple(f"{prefix}{section.upper()}" for section in sections)
    return sorted(name for name in environ if name.startswith(starts))
