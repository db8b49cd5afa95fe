"""What is asked of the child that draws pictures, and what it answers; each is one line of JSON."""

from __future__ import annotations

from msgspec import Struct

NEEDED = ("defusedxml", "PIL", "resvg_py")
"""What the child needs; the extra is called packs."""


class NotTaken(Exception):
    """A file that is refused; the message is the reason."""


class PictureRequest(Struct, frozen=True):
    """Files by name."""

    files: dict[str, bytes]


class Drawn(Struct, frozen=True, kw_only=True):
    """A picture drawn anew: PNG, a small square PNG, and lines of "#" and "." for a terminal."""

    png: bytes
    icon: bytes
    dots: str


class PictureResult(Struct, frozen=True, kw_only=True):
    """The pictures by name, and for each that is refused the reason."""

    pictures: dict[str, Drawn]
    refused: dict[str, str]
