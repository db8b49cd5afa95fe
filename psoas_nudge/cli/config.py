"""`config`: write, look at, check and change the configuration."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from psoas_nudge import places
from psoas_nudge.cli.candidates import setting_keys
from psoas_nudge.config import Settings, example, load, place
from psoas_nudge.config.kinds import Place
from psoas_nudge.config.problems import dotted
from psoas_nudge.config.read import parse, read_text
from psoas_nudge.errors import ConfigInvalid


@click.group()
def config() -> None:
    """Write, look at, check and change the configuration.

    \b
    Example: psoas-nudge config set prompt.nudge_after 45m
    """


@config.command()
@click.pass_obj
def init(named: Path | None) -> None:
    """Write a file with every setting, its default and what it does. Never over a file.

    \b
    Example: psoas-nudge config init && psoas-nudge config edit
    """
    from psoas_nudge.config.saving import save
    from psoas_nudge.config.writing import SCHEMA

    file, _ = place(named, os.environ)
    save(file, example(), fresh=True)
    save(file.parent / SCHEMA, _schema())
    click.echo(f"Written: {file}")


@config.command()
@click.pass_obj
def path(named: Path | None) -> None:
    """Print which file is used, whether it exists or not.

    \b
    Example: cat "$(psoas-nudge config path)"
    """
    click.echo(place(named, os.environ)[0])


@config.command()
@click.pass_obj
def show(named: Path | None) -> None:
    """Print what is in force, and where each value comes from: default, file or environment.

    \b
    Example: psoas-nudge config show | grep -v default
    """
    from psoas_nudge.config.writing import in_force

    settings = load(named, os.environ)
    click.echo(f"# {settings.file or 'No file: ' + str(place(named, os.environ)[0])}\n{in_force(settings)}", nl=False)


@config.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def check(named: Path | None, file: Path | None) -> None:
    """Find every mistake in the file in use, or in FILE, and warn of what can hardly be meant.

    \b
    Example: psoas-nudge config check ~/new.toml
    """
    used, must_exist = place(file or named, os.environ)
    try:
        settings = load(used if must_exist else None, os.environ)
    except ConfigInvalid as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(error.exit_code)
    warnings = list(_warnings(settings, used))
    for warning in warnings:
        click.echo(warning)
    count = f"{len(warnings)} warning{'s' * (len(warnings) != 1)}" if warnings else "all is well"
    click.echo(f"{used}: {count}" if settings.file else f"There is no file {used}; the defaults are in force: {count}")


def _warnings(settings: Settings, file: Path) -> Iterator[str]:
    from psoas_nudge.config.advice import advice
    from psoas_nudge.config.locate import Locations

    locations = Locations(read_text(file).removeprefix("\ufeff")) if settings.file else None
    for where, what in (*advice(settings, datetime.now(UTC)), *_calendar_problems(settings)):
        line, column = locations.find(where) if locations else (1, 1)
        # What only a default or the environment says has no line of its own.
        spot = f"{file}:{line}:{column}: " if locations and where[:2] in locations else ""
        yield f"{spot}warning: {dotted(where)}: {what}"


def _calendar_problems(settings: Settings) -> Iterator[tuple[Place, str]]:
    """Regions that nobody knows and calendar files that cannot be read, found out by reading them."""
    source = settings.calendar
    if not source.holidays and not source.busy:
        return
    import asyncio

    from psoas_nudge.calendars import refresh

    year, cache = datetime.now(UTC).year, places.cache_directory()
    known = asyncio.run(refresh(source.holidays, source.busy, settings.rules.hours.zone, cache, (year, year + 1)))
    for problem in known.problems:
        index = next((i for i, file in enumerate(source.busy) if problem.startswith(f"{file}: ")), None)
        yield ("calendar", "holidays") if index is None else ("calendar", "busy", index), problem


@config.command()
@click.argument("key", shell_complete=setting_keys)
@click.pass_obj
def get(named: Path | None, key: str) -> None:
    """Print the value of one setting.

    \b
    Example: psoas-nudge config get prompt.nudge_after
    """
    from psoas_nudge.config.saving import setting
    from psoas_nudge.config.table import SETTINGS
    from psoas_nudge.config.writing import in_force_value, value_text

    raw = in_force_value(load(named, os.environ), SETTINGS[setting(key)])
    if raw is not None:
        click.echo(raw if isinstance(raw, str) else value_text(raw))


@config.command(name="set", context_settings={"ignore_unknown_options": True})
@click.argument("key", shell_complete=setting_keys)
@click.argument("value")
@click.pass_obj
def set_(named: Path | None, key: str, value: str) -> None:
    """Change one setting in the file; comments and layout stay as they are. A list is written with commas.

    \b
    Example: psoas-nudge config set hours.friday "09:00-12:00, 13:00-16:00"
    """
    from psoas_nudge.config import saving

    file, _ = place(named, os.environ)
    raw = saving.value(key, value)
    saving.change(file, key, raw, os.environ)
    settings = load(file, os.environ)
    if settings.source(key) == "environment":
        click.echo(
            "It has no effect yet: an environment variable sets this too. See: psoas-nudge config show", err=True
        )


@config.command()
@click.pass_obj
def edit(named: Path | None) -> None:
    """Open a copy in your editor ($VISUAL, $EDITOR), check it, then swap it in. A copy with mistakes is never lost.

    \b
    Example: EDITOR=nano psoas-nudge config edit
    """
    from psoas_nudge.cli.editing import edit_copy

    file, _ = place(named, os.environ)
    before = read_text(file) if os.path.lexists(file) else None

    def checked(text: str) -> list[str]:
        try:
            parse(text, str(file), os.environ)
        except ConfigInvalid as error:
            return error.problems
        return []

    edit_copy(file, before, before or example(), checked, os.environ)


@config.command()
def schema() -> None:
    """Print the JSON Schema of the file, for editors.

    \b
    Example: psoas-nudge config schema > config.schema.json
    """
    click.echo(_schema(), nl=False)


def _schema() -> str:
    from psoas_nudge.config.schema import schema

    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
