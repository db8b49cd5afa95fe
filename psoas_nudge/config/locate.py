"""The lines and columns of keys and values in a TOML text, for error messages; tomllib does not have them.

The text is valid TOML, so this scanner only has to find keys and skip values; it checks nothing.
"""

from __future__ import annotations

import re
import tomllib

from psoas_nudge.config.kinds import Key, Place

SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
KEY = re.compile(r"""(?:[A-Za-z0-9_. \t-]|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')+""")
TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'",
    re.DOTALL,
)
BARE = re.compile(r"[^,\]}#\n]*")


class Locations:
    """Line and column, both from 1, of every key and value in a valid TOML text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: dict[Place, int] = {}
        self.values: dict[Place, int] = {}
        self._document()

    def __contains__(self, place: object) -> bool:
        return place in self.keys or place in self.values

    def find(self, place: Place) -> tuple[int, int]:
        """The position of the value at a place (of its key, for a Key), else that of the nearest enclosing one."""
        if place and isinstance(place[-1], Key) and place in self.keys:
            return self.line(self.keys[place])
        for length in range(len(place), 0, -1):
            offset = self.values.get(place[:length], self.keys.get(place[:length]))
            if offset is not None:
                return self.line(offset)
        return 1, 1

    def line(self, offset: int) -> tuple[int, int]:
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found.group() if found else ""

    def _next_is(self, mark: str) -> bool:
        return self.text.startswith(mark, self.at)

    def _document(self) -> None:
        lists: dict[Place, int] = {}
        table: Place = ()
        while self._skip(SPACE) is not None and self.at < len(self.text):
            start = self.at
            if not self._next_is("["):
                self._pair(table)
                continue
            marks = 2 if self._next_is("[[") else 1
            self.at += marks
            parts = self._key()
            self.at += marks
            # A header below a list of tables refers to the last table of that list.
            table = ()
            for part in parts[:-1]:
                table = (*table, part)
                table = (*table, lists[table]) if table in lists else table
            table = (*table, parts[-1])
            self.keys.setdefault(table, start)
            if marks == 2:
                lists[table] = lists.get(table, -1) + 1
                table = (*table, lists[table])
                self.keys[table] = start

    def _key(self) -> tuple[str, ...]:
        """The parts of a dotted key."""
        nested = tomllib.loads(f"{self._skip(KEY)} = 0")
        parts: list[str] = []
        while nested:
            parts += nested
            nested = nested[parts[-1]]
        return tuple(parts)

    def _pair(self, table: Place) -> None:
        start = self.at
        parts = self._key()
        for length in range(1, len(parts) + 1):
            self.keys.setdefault((*table, *parts[:length]), start)
        self.at += 1
        self._skip(SPACE)
        self._value((*table, *parts))

    def _value(self, place: Place) -> None:
        self.values[place] = self.at
        if self._next_is("["):
            self._items(place, "]")
        elif self._next_is("{"):
            self._items(place, "}")
        elif not self._skip(TEXT):
            self._skip(BARE)

    def _items(self, place: Place, close: str) -> None:
        self.at += 1
        index = 0
        while self._skip(SPACE) is not None and not self._next_is(close):
            if close == "]":
                self._value((*place, index))
            else:
                self._pair(place)
            index += 1
            self._skip(SPACE)
            if self._next_is(","):
                self.at += 1
        self.at += 1
