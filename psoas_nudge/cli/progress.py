"""What goes on while a command takes long: one line on a terminal, gone in the end."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

Item = TypeVar("Item")
ADDED_UP = "Entries added up"
EVERY_SECONDS = 0.2
"""Between two counts that are shown."""


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Shows what it is called with, in place of what it showed before. Silent where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _text: None
        return
    columns = shutil.get_terminal_size().columns

    def show(text: str) -> None:
        line = "".join(c for c in text if c.isprintable())
        click.echo(f"\r\x1b[K{line[: columns - 1]}", err=True, nl=False)

    try:
        yield show
    finally:
        click.echo("\r\x1b[K", err=True, nl=False)


def counted(what: str, items: Iterable[Item], show: Callable[[str], None]) -> Iterator[Item]:
    """`items` as they are, with their number shown behind `what` while they pass."""
    shown = time.monotonic()
    for number, item in enumerate(items):
        if (now := time.monotonic()) - shown >= EVERY_SECONDS:
            shown = now
            show(f"{what}: {number:,}")
        yield item
