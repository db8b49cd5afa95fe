"""The `config` commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from psoas_nudge.cli.completion import setting_keys
from psoas_nudge.cli.output import say
from psoas_nudge.config import Settings, load, parse, place, saving, writing
from psoas_nudge.config.advice import advice
from psoas_nudge.config.kinds import Place
from psoas_nudge.config.problems import dotted, read_text, summary
from psoas_nudge.config.read import read_one
from psoas_nudge.config.table import SETTINGS
from psoas_nudge.core.words import counted
from psoas_nudge.errors import BadInput, ConfigInvalid, PsoasNudgeError
from psoas_nudge.system.command_line import split
from psoas_nudge.system.processes import EDITORS
from psoas_nudge.system.terminal import is_one


@click.group()
def config() -> None:
    """Create, show, check and change the configuration.

    \b
    Example: psoas-nudge config set prompt.nudge_after 45m
    """


@config.command()
@click.pass_obj
def init(named: Path | None) -> None:
    """Create a file with all settings. It has their defaults and what they do. Does not overwrite a file.

    \b
    Example: psoas-nudge config init && psoas-nudge config edit
    """
    file, _ = place(named, os.environ)
    saving.save(file, writing.example(), fresh=True)
    saving.save(file.parent / writing.SCHEMA, _schema())
    click.echo(f"Created: {file}")


@config.command()
@click.pass_obj
def path(named: Path | None) -> None:
    """Print the path of the file. It may not exist yet.

    \b
    Example: cat "$(psoas-nudge config path)"
    """
    click.echo(place(named, os.environ)[0])


@config.command()
@click.pass_obj
def show(named: Path | None) -> None:
    """Print the settings in force. Behind each stands where it comes from: default, system, file or environment.

    "system" is a file in which an administrator sets defaults, usually /etc/xdg/psoas-nudge/config.toml.

    \b
    Example: psoas-nudge config show | grep -v default
    """
    settings = load(named, os.environ)
    click.echo("".join(f"# {each}\n" for each in settings.files), nl=False)
    if not settings.file:
        click.echo(f"# {place(named, os.environ)[0]} does not exist.")
    click.echo(writing.in_force(settings), nl=False)


@config.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def check(named: Path | None, file: Path | None) -> None:
    """List all mistakes in your file, or in FILE. Also warns about what is probably a mistake.

    \b
    Example: psoas-nudge config check ~/new.toml
    """
    used, must_exist = place(file or named, os.environ)
    try:
        settings = load(used if must_exist else None, os.environ)
    except ConfigInvalid as error:
        say(str(error), err=True)
        sys.exit(error.exit_code)
    warnings = list(_located(settings, (*advice(settings, datetime.now(UTC)), *_calendar_problems(settings))))
    for warning in warnings:
        say(warning)
    count = counted(len(warnings), "warning") if warnings else "no mistakes found"
    if not settings.file:
        click.echo(f"{used} does not exist, so {'other files' if settings.files else 'the defaults'} apply.")
    click.echo(f"{used}: {count}")


def _located(settings: Settings, found: Iterable[tuple[Place, str]]) -> Iterator[str]:
    """Warnings with file, line and column where they come from a file."""
    from psoas_nudge.config.locate import Locations

    files = [(file, Locations(read_text(file).removeprefix("\ufeff"))) for file in settings.files]
    for where, what in found:
        file, locations = next((each for each in files if where[:2] in each[1]), (None, None))
        line, column = locations.find(where) if locations else (0, 0)
        yield f"{f'{file}:{line}:{column}: ' if file else ''}warning: {dotted(where)}: {what}"


def _calendar_problems(settings: Settings) -> Iterator[tuple[Place, str]]:
    """Unknown regions, and calendar files that cannot be read. Reads the files."""
    source = settings.calendar
    if not source.holidays and not source.busy:
        return
    import asyncio

    from psoas_nudge.simulation.coming import calendar_of

    now = datetime.now(UTC)
    for problem in asyncio.run(calendar_of(settings, now, now, now)).problems:
        index = next((i for i, file in enumerate(source.busy) if problem.startswith(f"{file}: ")), None)
        yield ("calendar", "holidays") if index is None else ("calendar", "busy", index), problem


@config.command()
@click.argument("key", shell_complete=setting_keys)
@click.pass_obj
def get(named: Path | None, key: str) -> None:
    """Print the value of one setting. Works even if other lines of the file have mistakes.

    \b
    Example: psoas-nudge config get prompt.nudge_after
    """
    row = SETTINGS[saving.setting(key)]
    try:
        raw = writing.in_force_value(load(named, os.environ), row)
    except ConfigInvalid as error:
        raw = read_one(key, named, os.environ, error)
        say(
            f"{summary(error)}. The value comes from the lines without mistakes. See: psoas-nudge config check",
            err=True,
        )
    if raw is not None:
        click.echo(raw if isinstance(raw, str) else writing.value_text(raw))


@config.command(name="set", context_settings={"ignore_unknown_options": True})
@click.argument("key", shell_complete=setting_keys)
@click.argument("value")
@click.pass_obj
def set_(named: Path | None, key: str, value: str) -> None:
    """Change one setting in the file. Keeps comments and layout. Separate the items of a list with commas.

    \b
    Example: psoas-nudge config set hours.friday "09:00-12:00, 13:00-16:00"
    """
    file, _ = place(named, os.environ)
    raw = saving.value(key, value)
    saving.change(file, key, raw, os.environ)
    _advise(load(file, os.environ), key)


def _advise(settings: Settings, key: str = "") -> None:
    """Print warnings about one setting, or about all."""
    every = advice(settings, datetime.now(UTC))
    found = [each for each in every if dotted(each[0]).startswith(key) or key.startswith(dotted(each[0]))]
    for warning in _located(settings, found):
        say(warning, err=True)


@config.command()
@click.pass_obj
def edit(named: Path | None) -> None:
    """Edit the file in your editor ($VISUAL or $EDITOR). A file with mistakes is not saved, but your edit is kept.

    \b
    Example: EDITOR=nano psoas-nudge config edit
    """
    file, _ = place(named, os.environ)
    before = read_text(file) if os.path.lexists(file) else None
    copy = file.with_name(f"{file.stem}.edited{file.suffix}")
    if copy.exists():
        click.echo(f"Opening your last edit, which still had mistakes: {copy}")
    else:
        saving.save(copy, before or writing.example(), fresh=True)
    text = _edited(copy, before, str(file))
    if text == before:
        click.echo("You changed nothing.")
    else:
        if (read_text(file) if file.exists() else None) != before:
            raise PsoasNudgeError(f"Another program has changed {file} in the meantime. Your edit is kept in {copy}")
        saving.save(file, text)
        click.echo(f"Saved: {file}")
    copy.unlink()
    if file.exists():
        _advise(load(file, os.environ))


def _edited(copy: Path, before: str | None, name: str) -> str:
    """The text of `copy` after editing: without mistakes, or `before`. Raises ConfigInvalid when the person stops."""
    command = _editor(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    while True:
        try:
            status = subprocess.run([*command, str(copy)], check=False).returncode  # noqa: S603 - the person's own editor
        except OSError as error:
            raise PsoasNudgeError(f"The editor {command[0]} cannot be started: {error.strerror}") from error
        if status:
            raise PsoasNudgeError(f"The editor {command[0]} ended with status {status}. Nothing was saved.")
        text = read_text(copy)
        try:
            if text != before:
                parse(text, name, os.environ)
        except ConfigInvalid as error:
            say(f"{summary(error)}.\n{error}", err=True)
        else:
            return text
        if not is_one(sys.stdin) or not click.confirm("Edit again?", default=True, err=True):
            kept = f"The previous settings stay in force. Your edit is kept in {copy}."
            raise ConfigInvalid([f"{kept} To continue: psoas-nudge config edit"])


def _editor(wish: str) -> list[str]:
    """The command of the editor that the person wishes, or of the first one that is installed."""
    try:
        command = split(wish)
    except ValueError as error:
        raise BadInput(f"$VISUAL or $EDITOR is not a valid command: {error}") from error
    command = command or [name for name in EDITORS if shutil.which(name)][:1]
    if not command:
        raise PsoasNudgeError("No editor was found. Choose one: EDITOR=... psoas-nudge config edit")
    return command


@config.command()
def schema() -> None:
    """Print the JSON Schema of the file. Editors use it to complete and check what you type.

    \b
    Example: psoas-nudge config schema > config.schema.json
    """
    click.echo(_schema(), nl=False)


def _schema() -> str:
    return json.dumps(writing.schema(), indent=2, ensure_ascii=False) + "\n"
