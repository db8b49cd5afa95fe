"""Kinds of values that contain other values: lists, and lists of tables ([[exceptions]], [[stretch.routines]])."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from psoas_nudge.config.kinds import Key, Kind, Place, Report, from_toml, nearest, shown


class ListOf(Kind):
    """A list of values of one kind, at least `least` of them."""

    def __init__(self, item: Kind, example: str, *, least: int = 0) -> None:
        self.item, self.example, self.least = item, example, least
        self.form = "a list"

    def read(self, raw: Any, at: Place, report: Report) -> tuple[Any, ...]:
        """A tuple of the items' values."""
        if isinstance(raw, str) and not self.item.accepts(raw) and not self.likely(raw):
            self.item.read(raw, at, report)  # says more than that brackets are missing
            return ()
        if not isinstance(raw, list):
            self.wrong(raw, at, report, f"Write a list in brackets: {self.example}.")
            return ()
        if len(raw) < self.least:
            report(at, f"This list is empty. Write for example {self.example}.")
        return tuple(self.item.read(value, (*at, index), report) for index, value in enumerate(raw))

    def from_text(self, text: str) -> Any:
        """A TOML list, or items separated by commas."""
        if text.lstrip().startswith("["):
            return from_toml(text)
        return [part.strip() for part in text.split(",")] if text.strip() else []

    def meant(self, raw: Any) -> Iterable[list[Any]]:
        """An empty list from false or "none"; else the list, or a text's items, each as it is or as it may be meant."""
        from psoas_nudge.config.guess import CLOSED
        from psoas_nudge.core.guessing import plain

        if raw is False or (isinstance(raw, str) and plain(raw) in CLOSED):
            yield []
            return
        items = self.from_text(raw) if isinstance(raw, str) else raw
        if isinstance(items, list):
            yield [item if self.item.accepts(item) else next(iter(self.item.likely(item)), item) for item in items]

    def schema(self) -> dict[str, Any]:
        """An array."""
        return {"type": "array", "items": self.item.schema(), **({"minItems": self.least} if self.least else {})}


class Argv(ListOf):
    """A command with its arguments. It is started directly, without a shell."""

    def from_text(self, text: str) -> Any:
        """A TOML list, or words parted as on a command line."""
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
    kind: Kind
    help: str
    required: bool = False


class Tables(Kind):
    """A list of tables with the same keys. `build` makes one value of each and may report mistakes too."""

    form = "a list of tables"

    def __init__(
        self,
        header: str,
        fields: tuple[Field, ...],
        build: Callable[[dict[str, Any], Place, Report], Any],
        *,
        least: int = 0,
    ) -> None:
        self.header, self.fields, self.build, self.least = header, fields, build, least

    def read(self, raw: Any, at: Place, report: Report) -> tuple[Any, ...]:
        """A tuple of what `build` returns."""
        if isinstance(raw, dict) and not self.header.startswith("{"):
            report(at, f"Write two brackets on each side: {self.header}.")
            return ()
        if not isinstance(raw, list):
            self.wrong(raw, at, report, f"Write {self.header}.")
            return ()
        if len(raw) < self.least:
            report(at, f"This list is empty. Write {self.header}.")
        return tuple(self._one(table, (*at, index), report) for index, table in enumerate(raw))

    def _one(self, table: Any, at: Place, report: Report) -> Any:
        if not isinstance(table, dict):
            report(at, f"{shown(table)} is not a table. Write {self.header}.")
            return None
        clean = True

        def note(place: Place, what: str) -> None:
            nonlocal clean
            clean = False
            report(place, what)

        known = {field.name: field for field in self.fields}
        values = {}
        for key, value in table.items():
            if key in known:
                values[key] = known[key].kind.read(value, (*at, key), note)
            else:
                near = nearest(key, known) or f" The keys here are {', '.join(known)}."
                note((*at, Key(key)), f"There is no such key.{near}")
        for field in self.fields:
            if field.required and field.name not in table:
                note(at, f'The key "{field.name}" is missing: {field.help[0].lower()}{field.help[1:]}')
        return self.build(values, at, report) if clean else None

    def from_text(self, text: str) -> Any:
        """A TOML list of inline tables."""
        return from_toml(text)

    def schema(self) -> dict[str, Any]:
        """An array of objects."""
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
