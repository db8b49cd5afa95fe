"""The messages between the parent and the child process that reads a pack; each is one line of JSON."""

from __future__ import annotations

from msgspec import Struct

from psoas_nudge.errors import BadInput
from psoas_nudge.pictures.wire import Drawn


class PackRequest(Struct, frozen=True):
    """A pack as one zip file."""

    zipped: bytes


class PackResult(Struct, frozen=True, kw_only=True):
    """The content of the pack, or its problems."""

    problems: tuple[str, ...] = ()
    text: str = ""
    """The text of pack.toml."""
    pictures: dict[str, Drawn] = {}


class PackRefused(BadInput):
    """A pack is refused; one reason per line."""

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        lines = [each if each.startswith(name) else f"{name}: {each}" for each in problems]
        super().__init__("\n".join(lines))
