"""Edit a copy of a file in the person's editor. A valid copy replaces the file; one with mistakes is kept."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from psoas_nudge.config.problems import read_text, summary
from psoas_nudge.config.saving import save
from psoas_nudge.errors import BadInput, ConfigInvalid, PsoasNudgeError
from psoas_nudge.system.command_line import split
from psoas_nudge.system.processes import EDITORS
from psoas_nudge.system.terminal import is_one


def edit_copy(
    file: Path, before: str | None, begin: str, check: Callable[[str], list[str]], environ: Mapping[str, str]
) -> None:
    """Edit a copy of `file`, whose content is `before` (None: no file), starting from the text `begin`.

    `check` returns the mistakes in a text. Raises ConfigInvalid when the person stops while there are mistakes.
    """
    copy = file.with_name(f"{file.stem}.edited{file.suffix}")
    if copy.exists():
        click.echo(f"Opening your last edit, which still had mistakes: {copy}")
    else:
        save(copy, begin, fresh=True)
    command = _editor(environ)
    while True:
        _run([*command, str(copy)])
        text = read_text(copy)
        if text == before:
            copy.unlink()
            click.echo("You changed nothing.")
            return
        mistakes = check(text)
        if not mistakes:
            break
        click.echo(f"{summary(ConfigInvalid(mistakes))}.", err=True)
        for mistake in mistakes:
            click.echo(mistake, err=True)
        if not is_one(sys.stdin) or not click.confirm("Edit again?", default=True, err=True):
            kept = f"The previous settings stay in force. Your edit is kept in {copy}."
            raise ConfigInvalid([f"{kept} To continue: psoas-nudge config edit"])
    if (read_text(file) if file.exists() else None) != before:
        raise PsoasNudgeError(f"Another program has changed {file} in the meantime. Your edit is kept in {copy}")
    save(file, text)
    copy.unlink()
    click.echo(f"Saved: {file}")


def _editor(environ: Mapping[str, str]) -> list[str]:
    wish = environ.get("VISUAL") or environ.get("EDITOR")
    try:
        command = split(wish) if wish else []
    except ValueError as error:
        raise BadInput(f"$VISUAL or $EDITOR is not a valid command: {error}") from error
    if command:
        return command
    found = next((name for name in EDITORS if shutil.which(name)), None)
    if not found:
        raise PsoasNudgeError("No editor was found. Choose one: EDITOR=... psoas-nudge config edit")
    return [found]


def _run(command: list[str]) -> None:
    try:
        status = subprocess.run(command, check=False).returncode  # noqa: S603 - the person's own editor
    except OSError as error:
        raise PsoasNudgeError(f"The editor {command[0]} cannot be started: {error.strerror}") from error
    if status:
        raise PsoasNudgeError(f"The editor {command[0]} ended with status {status}. Nothing was saved.")
