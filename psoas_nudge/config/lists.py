"""Kinds of values that contain other values: lists, and lists of tables ([[exceptions]], [[stretch.routines]])."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from psoas_nudge.config.kinds import Key, Place, ReportMistake, ValueKind, from_toml, nearest, shown


class ListOf(ValueKind):
    """A list of values of one kind, at least `least` of them."""

    form = "a list"

    def __init__(self, item: ValueKind, example: str, *, least: int = 0) -> None:
        self.item, self.example, self.least = item, example, least
        self.right = f"Write a list in brackets: {example}."

    def read(self, raw: Any, at: Place, report: ReportMistake) -> tuple[Any, ...]:
        if isinstance(raw, str) and not self.item.accepts(raw) and not self.likely(raw):
            self.item.read(raw, at, report)  # more helpful than that brackets are missing
            return ()
        if not isinstance(raw, list):
            self.wrong(raw, at, report)
            return ()
        if len(raw) < self.least:
            report(at, f"This list is empty. Write for example {self.example}.")
        return tuple(self.item.read(value, (*at, index), report) for index, value in enumerate(raw))

    def accepts(self, raw: Any) -> bool:
        return isinstance(raw, list) and len(raw) >= self.least and all(map(self.item.accepts, raw))

    def from_text(self, text: str) -> Any:
        """A TOML list, or items separated by commas."""
        if text.lstrip().startswith("["):
            return from_toml(text)
        return [part.strip() for part in text.split(",")] if text.strip() else []

    def meant(self, raw: Any) -> Iterable[list[Any]]:
        """An empty list for false or "none"; else the items, with the best suggestion for each wrong one."""
        from psoas_nudge.config.guess import CLOSED
        from psoas_nudge.core.written import plain

        if raw is False or (isinstance(raw, str) and plain(raw) in CLOSED):
            yield []
            return
        items = self.from_text(raw) if isinstance(raw, str) else raw
        if isinstance(items, list):
            yield [item if self.item.accepts(item) else next(iter(self.item.likely(item)), item) for item in items]

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(), **({"minItems": self.least} if self.least else {})}


class Argv(ListOf):
    """A command with its arguments, started without a shell."""

    def from_text(self, text: str) -> Any:
        """A TOML list, or words split as on a command line."""
        if text.lstrip().startswith("["):
            return from_toml(text)
        from psoas_nudge.system.command_line import split  # the daemon reads lists only

        try:
            return split(text)
        except ValueError:
            return text


class Field(NamedTuple):
    """One key of a table in a list."""

    name: str
    kind: ValueKind
    help: str
    required: bool = False


def read_fields(fields: Iterable[Field], table: dict[str, Any], at: Place, report: ReportMistake) -> dict[str, Any]:
    """The values of a table's keys; reports mistakes in them, unknown keys and missing ones."""
    known = {field.name: field for field in fields}
    values = {}
    for key, value in table.items():
        if key in known:
            values[key] = known[key].kind.read(value, (*at, key), report)
        else:
            near = nearest(key, known) or f" The keys here are {', '.join(known)}."
            report((*at, Key(key)), f"There is no such key.{near}")
    for field in known.values():
        if field.required and field.name not in table:
            report(at, f'The key "{field.name}" is missing: {field.help[0].lower()}{field.help[1:]}')
    return values


class Tables(ValueKind):
    """A list of tables with the same keys. `build` makes a value of each table and may report mistakes."""

    form = "a list of tables"

    def __init__(
        self,
        header: str,
        fields: tuple[Field, ...],
        build: Callable[[dict[str, Any], Place, ReportMistake], Any],
        *,
        least: int = 0,
    ) -> None:
        self.header, self.fields, self.build, self.least = header, fields, build, least
        self.right = f"Write {header}."

    def read(self, raw: Any, at: Place, report: ReportMistake) -> tuple[Any, ...]:
        if isinstance(raw, dict) and not self.header.startswith("{"):
            report(at, f"Write two brackets on each side: {self.header}.")
            return ()
        if not isinstance(raw, list):
            self.wrong(raw, at, report)
            return ()
        if len(raw) < self.least:
            report(at, f"This list is empty. Write {self.header}.")
        return tuple(self._one(table, (*at, index), report) for index, table in enumerate(raw))

    def accepts(self, raw: Any) -> bool:
        return not self.mistakes(raw)

    def _one(self, table: Any, at: Place, report: ReportMistake) -> Any:
        if not isinstance(table, dict):
            report(at, f"{shown(table)} is not a table. Write {self.header}.")
            return None
        mistakes: list[tuple[Place, str]] = []
        values = read_fields(self.fields, table, at, lambda *mistake: mistakes.append(mistake))
        for mistake in mistakes:
            report(*mistake)
        return None if mistakes else self.build(values, at, report)

    def from_text(self, text: str) -> Any:
        """A TOML list of inline tables."""
        return from_toml(text)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {f.name: {**f.kind.schema(), "description": f.help} for f in self.fields},
                "required": [f.name for f in self.fields if f.required],
            },
            **({"minItems": self.least} if self.least else {}),
        }
