"""Kinds of values: how to read a value of the file, the error message for a wrong one, and its JSON Schema.

A kind reports each mistake to a callback and continues, so that one run finds all mistakes. The place of a mistake is a
path of keys; `locate` finds its line and column.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from datetime import date, time
from pathlib import Path
from typing import Any

from psoas_nudge.core.words import counted

Place = tuple[str | int, ...]
ReportMistake = Callable[[Place, str], None]
"""Is called with the place of a mistake and a sentence with what is wrong and how to fix it."""

LONGEST_SHOWN = 60
LONGEST_GUESSED = 200
"""Longest text, in characters, for which a value is suggested."""


class Key(str):
    """The last part of a place when the mistake is in the key, not in the value."""

    __slots__ = ()


WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def shown(raw: Any) -> str:
    """A value as written in the file, shortened to one printable line."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int):
        return str(raw) if raw.bit_length() < 64 else "a number far too large"
    if isinstance(raw, str):
        text = raw if len(raw) <= LONGEST_SHOWN else raw[: LONGEST_SHOWN - 1] + "…"
        return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text) + '"'
    return "a list" if isinstance(raw, list) else "a table" if isinstance(raw, dict) else str(raw)


def toml(raw: Any) -> str:
    """A value as TOML, for a suggestion that can be copied into the file."""
    if isinstance(raw, list):
        return "[" + ", ".join(toml(item) for item in raw) + "]"
    if isinstance(raw, str):
        return '"' + "".join(_escaped(c) for c in raw) + '"'
    return str(raw) if isinstance(raw, (date, float)) else shown(raw)


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def closest(word: str, choices: Iterable[str]) -> list[str]:
    """The most similar choice, if any is similar."""
    from difflib import get_close_matches

    return get_close_matches(word[:LONGEST_SHOWN].lower(), list(choices), 1, 0.55)


def nearest(word: str, choices: Iterable[str]) -> str:
    """' Did you mean "x"?' for the most similar choice, or nothing."""
    near = closest(word, choices)
    return f' Did you mean "{near[0]}"?' if near else ""


def from_toml(text: str) -> Any:
    """A value from TOML; the text itself when it is not TOML, so that its kind reports it."""
    try:
        values = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return values["value"] if len(values) == 1 else text


class UnusableValue(Exception):
    """A value of the right form that cannot be used; the message says why."""


class ValueKind:
    """A kind of value. `form` completes the sentence "… is not"; `right` says what to write when nothing is similar.

    Kinds that contain others override `read` and `accepts` instead of `value`.
    """

    form = ""
    right = ""

    def value(self, raw: Any) -> Any:
        """Convert the value in the file for the program; None when it has another form. Raises UnusableValue."""
        raise NotImplementedError

    def read(self, raw: Any, at: Place, report: ReportMistake) -> Any:
        """The converted value, or None after a reported mistake."""
        try:
            value = self.value(raw)
        except UnusableValue as error:
            report(at, str(error))
            return None
        if value is None:
            self.wrong(raw, at, report)
        return value

    def accepts(self, raw: Any) -> bool:
        """Whether `read` reports nothing."""
        try:
            return self.value(raw) is not None
        except UnusableValue:
            return False

    def mistakes(self, raw: Any) -> list[str]:
        """What `read` reports."""
        found: list[str] = []
        self.read(raw, (), lambda _, what: found.append(what))
        return found

    def from_text(self, text: str) -> Any:
        """Convert a text from an environment variable or the command line to the value in the file."""
        return text

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value in the file."""
        raise NotImplementedError

    def meant(self, raw: Any) -> Iterable[Any]:  # noqa: ARG002 - most kinds have no suggestions
        """Suggestions for a wrong value, likeliest first, not checked yet."""
        return ()

    def likely(self, raw: Any) -> list[Any]:
        """At most two suggestions that are accepted; none for very long values, which are not typed by hand."""
        if (isinstance(raw, str) and len(raw) > LONGEST_GUESSED) or (isinstance(raw, int) and raw.bit_length() >= 64):
            return []
        alone = [raw[0], *self.meant(raw[0])] if isinstance(raw, list) and len(raw) == 1 else []
        candidates = [*alone, *self.meant(raw)]
        return [v for n, v in enumerate(candidates) if v not in candidates[:n] and self.accepts(v)][:2]

    def instead(self, raw: Any) -> str:
        """What to write, as one or more sentences."""
        likely = " or ".join(toml(value) for value in self.likely(raw))
        return f"Did you mean {likely}?" if likely else self.right

    def wrong(self, raw: Any, at: Place, report: ReportMistake) -> None:
        """Report that this is not such a value, and what to write instead."""
        report(at, f"{shown(raw)} is not {self.form}. {self.instead(raw)}".rstrip())


class Switch(ValueKind):
    form = "true or false"
    right = "Write true or false, without quotes."

    def value(self, raw: Any) -> bool | None:
        return raw if isinstance(raw, bool) else None

    def from_text(self, text: str) -> Any:
        """Accepts yes, no, on, off, 1 and 0 too."""
        return WORDS.get(text.strip().lower(), text)

    def meant(self, raw: Any) -> Iterable[bool]:
        """The words of `from_text`."""
        word = str(raw).strip().lower()
        return [WORDS[word]] if word in WORDS else []

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Whole(ValueKind):
    """A whole number between two bounds, both allowed."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most
        self.form = f"a whole number from {least} to {most}"
        self.right = f"Write a number such as {max(least, 2)}, without quotes."

    def value(self, raw: Any) -> int | None:
        fits = isinstance(raw, int) and not isinstance(raw, bool) and self.least <= raw <= self.most
        return raw if fits else None

    def from_text(self, text: str) -> Any:
        return int(text) if re.fullmatch(r"\s*-?[0-9]{1,18}\s*", text) else text

    def meant(self, raw: Any) -> Iterable[Any]:
        """A number in quotes, or written with a decimal point."""
        if isinstance(raw, str):
            return [self.from_text(raw)]
        return [int(raw)] if isinstance(raw, float) and raw.is_integer() else []

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class FreeText(ValueKind):
    """Text that is shown to people or passed to a program."""

    form = "text"
    right = "Put it in quotes."

    def __init__(self, most: int = 500, *, empty: bool = True) -> None:
        self.most, self.empty = most, empty

    def value(self, raw: Any) -> str | None:
        if not isinstance(raw, str):
            return None
        if len(raw) > self.most:
            raise UnusableValue(f"This text is too long: {counted(len(raw), 'character')}; the limit is {self.most}.")
        if not raw.strip() and not self.empty:
            raise UnusableValue("This text is empty. Write something or delete the line.")
        return raw

    def meant(self, raw: Any) -> Iterable[str]:
        """A number or date in quotes."""
        return [str(raw)] if isinstance(raw, (int, float, date, time)) and not isinstance(raw, bool) else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.most, **({} if self.empty else {"minLength": 1})}


class FilePath(ValueKind):
    """The path of a file; ~ is the home directory. The reader of the file resolves relative paths."""

    form = "the name of a file"
    right = 'Write for example "~/work.ics".'

    def value(self, raw: Any) -> Path | None:
        """A path without ~."""
        if not isinstance(raw, str) or not raw.strip() or "\0" in raw or self.likely(raw):
            return None
        if "://" in raw:
            # Only the host: the rest of a calendar's address may be a secret, and messages are logged.
            host = raw.partition("://")[2].partition("/")[0].rpartition("@")[2]
            raise UnusableValue(
                f"This is a web address (at {shown(host)}), and psoas-nudge does not go online. "
                'Download the calendar to a file and write its name, for example "~/work.ics".'
            )
        try:
            return Path(raw).expanduser()
        except RuntimeError as error:
            raise UnusableValue(f"{shown(raw)} cannot be found: {error}") from error

    def meant(self, raw: Any) -> Iterable[str]:
        """The path of a file:// address."""
        if not isinstance(raw, str) or not raw.startswith("file://"):
            return []
        from urllib.parse import unquote

        path = unquote(raw.removeprefix("file://").partition("/")[2])
        return [f"/{path}"] if path else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "not": {"pattern": "://"}}


class Choice(ValueKind):
    def __init__(self, *choices: str) -> None:
        self.choices = choices
        self.form = "one of " + ", ".join(f'"{choice}"' for choice in choices)

    def value(self, raw: Any) -> str | None:
        return str(raw) if raw in self.choices else None

    def meant(self, raw: Any) -> Iterable[str]:
        """The choice that a synonym means, else the most similar one."""
        from psoas_nudge.config.guess import SYNONYMS
        from psoas_nudge.core.written import plain

        found = [choice for choice in self.choices if plain(str(raw)) in SYNONYMS.get(choice, ())]
        return found or (closest(raw, self.choices) if isinstance(raw, str) else [])

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.choices)}


class Pattern(ValueKind):
    """Text that matches a regular expression. `known`: built-in values, which are suggested for another spelling."""

    def __init__(self, form: str, pattern: str, example: str, known: Iterable[str] = ()) -> None:
        self.form, self.pattern, self.known = form, pattern, frozenset(known)
        self.right = f'Write for example "{example}".'

    def value(self, raw: Any) -> str | None:
        return raw if isinstance(raw, str) and re.fullmatch(self.pattern, raw) else None

    def meant(self, raw: Any) -> Iterable[str]:
        """A known value in another spelling."""
        name = re.sub(r"[\s_]+", "-", raw.strip().lower()) if isinstance(raw, str) else ""
        return [name] if name in self.known else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}
