"""Progress of a long command: one line on standard error, replaced in place and removed at the end."""

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
"""Minimum time between two updates of a count."""


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows its argument as the progress line; does nothing if standard error is not a terminal."""
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


def tallied(what: str, items: Iterable[Item], show: Callable[[str], None]) -> Iterator[Item]:
    """Yield `items` unchanged and show "`what`: number" as they pass."""
    shown = time.monotonic()
    for number, item in enumerate(items):
        if (now := time.monotonic()) - shown >= EVERY_SECONDS:
            shown = now
            show(f"{what}: {number:,}")
        yield item
