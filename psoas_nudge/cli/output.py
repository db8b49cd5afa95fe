"""What commands write: text wrapped to the terminal, JSON lines, progress, and new files."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import BinaryIO, TypeVar

import click

from psoas_nudge.called import as_called
from psoas_nudge.errors import PsoasNudgeError

Item = TypeVar("Item")
TOGETHER = re.compile(r"(?<=\d) (?=[a-z])|(?<=\dh) (?=\d)|(?<=\d h) (?=\d)|(?<=psoas-nudge) (?=[a-z])")
"""Spaces at which no line is broken: between a number and its unit, and in a command."""
NO_BREAK = "\u00a0"
FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
"""The type of arguments that name a file, or "-" where a command reads standard input or writes standard output."""
ADDED_UP = "Entries added up"
EVERY_SECONDS = 0.2
"""Minimum time between two updates of a count."""


def columns() -> int:
    """Columns of the terminal or $COLUMNS. Without either the output goes to a script, and lines are not wrapped."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return sys.maxsize


def hanging(first: str, text: str, width: int) -> str:
    """`first` and `text`, wrapped at `width` with a hanging indent as wide as `first`."""
    filled = fill(
        TOGETHER.sub(NO_BREAK, as_called(text)),
        max(width, len(first) + 20),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return filled.replace(NO_BREAK, " ")


def say(text: str, *, err: bool = False) -> None:
    """Print `text`, in which every command begins with the name by which this program was called (see called.py)."""
    click.echo(as_called(text), err=err)


def print_json(lines: Iterable[bytes]) -> None:
    """Print JSON, one object per line."""
    sys.stdout.buffer.writelines(line + b"\n" for line in lines)
    sys.stdout.buffer.flush()


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows its argument on one line of standard error, in place of the one before.

    The line is removed at the end. Without a terminal nothing is shown.
    """
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


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A new file with mode 0600, opened for writing; "-" is standard output. An incomplete file is removed.

    Raises PsoasNudgeError, also when the file exists already.
    """
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        out = open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115 - Path.open has no opener; closed below
    except FileExistsError:
        raise PsoasNudgeError(f"{path} already exists. Nothing was written.") from None
    except OSError as error:
        raise PsoasNudgeError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with out:
            yield out
            out.flush()
            os.fsync(out.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise PsoasNudgeError(f"{path} cannot be written: {error.strerror}.") from error
        raise
