"""From TOML text and environment variables to Settings: all mistakes at once, each with its place and a remedy.

The layers are default < file < environment. A value is converted leaf by leaf by its kind from the table.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psoas_nudge import places
from psoas_nudge.config.kinds import Duration, Key, nearest, shown
from psoas_nudge.config.problems import Problems, environment, variables
from psoas_nudge.config.settings import Calendar, Desktop, Given, Settings, Stretch
from psoas_nudge.config.table import DAYS, EVENTS, PREFIX, QUIET_HELP, SECTIONS, SETTINGS
from psoas_nudge.config.tables import unknown_routine
from psoas_nudge.config.zone import system_zone
from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.words import milliseconds
from psoas_nudge.errors import ConfigInvalid

LARGEST = 1_000_000
"""Bytes. A larger file is not a configuration, and reading it would cost memory for nothing."""


def place(path: Path | None, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """The file to use, and whether it was named (it then has to exist)."""
    if path is None and environ.get(places.CONFIG_VARIABLE):
        path = Path(os.path.expanduser(environ[places.CONFIG_VARIABLE]))  # noqa: PTH111 - as in places.config_file
    return places.config_file(path), path is not None


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings in force; raises ConfigInvalid with everything that is wrong.

    `path` is the file that was named, None for the one that `place` finds. A missing file is an error only when named.
    """
    file, named = place(path, environ)
    if not named and _is_missing(file):
        return _settings("", str(file), environ, None)
    return _settings(read_text(file), str(file), environ, file)


def parse(text: str, name: str, environ: Mapping[str, str]) -> Settings:
    """The settings of a text that is called `name` in messages; raises ConfigInvalid."""
    return _settings(text, name, environ, None)


def _is_missing(file: Path) -> bool:
    """Whether there surely is no file; one that may not be looked at is for `read_text` to tell of."""
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def read_text(file: Path) -> str:
    """The file's text; raises ConfigInvalid with one message when it cannot be read as text."""
    try:
        if file.exists() and not file.is_file():
            raise ConfigInvalid(
                [f"{file}: This is {'a directory' if file.is_dir() else 'not a file'}, not a text file."]
            )
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except FileNotFoundError:
        what = "This link points to nothing." if file.is_symlink() else "There is no such file."
        raise ConfigInvalid([f"{file}: {what} To write one with all settings: psoas-nudge config init"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigInvalid([f"{file}: This cannot be read: {reason}."]) from None
    if len(data) > LARGEST:
        raise ConfigInvalid([f"{file}: This file is larger than {LARGEST // 1000} kB; it cannot be a configuration."])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = "This is not UTF-8 text. Save it with the encoding UTF-8."
        raise ConfigInvalid([f"{file}:{line}: {what}"]) from None


def _settings(text: str, name: str, environ: Mapping[str, str], file: Path | None) -> Settings:
    problems = Problems(name, text.removeprefix("\ufeff").replace("\r\n", "\n"))
    given = _from_file(problems.tables(), problems) | _from_environment(environ, problems)
    values = {}
    for key, row in SETTINGS.items():
        if key in given:
            report = environment(problems, row.variable) if given[key].source == "environment" else problems.add
            values[key] = row.kind.read(given[key].raw, tuple(key.split(".")), report)
        elif row.default is not None:
            values[key] = row.kind.read(row.default, (), problems.add)
    _check_routines(values, given, problems)
    problems.fail()
    return _build(values, given, environ, file)


def _from_file(tables: dict[str, Any], problems: Problems) -> dict[str, Given]:
    given = {}
    for section, content in tables.items():
        if section in SETTINGS:
            given[section] = Given(content, "file")
        elif section not in SECTIONS:
            _unknown((section,), problems)
        elif not isinstance(content, dict):
            right = f"Write [{section}] on a line of its own, and the keys below it."
            problems.add((Key(section),), f"This is a section, not {shown(content)}. {right}")
        else:
            for key, raw in content.items():
                if f"{section}.{key}" in SETTINGS:
                    given[f"{section}.{key}"] = Given(raw, "file")
                else:
                    _unknown((section, key), problems)
    return given


def _unknown(where: tuple[str, ...], problems: Problems) -> None:
    """Note a key or section that does not exist, with the section it belongs in or the nearest name."""
    word = where[-1]
    homes = [row.key for row in SETTINGS.values() if row.name == word]
    if homes:
        hint = f" Did you mean {homes[0]}? It belongs under [{SETTINGS[homes[0]].section}]."
    elif len(where) == 1:
        hint = nearest(word, [*SECTIONS, *(row.name for row in SETTINGS.values())])
        hint = hint or f" The sections are {', '.join(SECTIONS)}."
    else:
        names = [row.name for row in SETTINGS.values() if row.section == where[0]]
        hint = nearest(word, names) or nearest(word, [row.name for row in SETTINGS.values()])
        hint = hint or f" The keys here are {', '.join(names)}."
    problems.add((*where[:-1], Key(word)), f"There is no such {'section' if len(where) == 1 else 'setting'}.{hint}")


def _from_environment(environ: Mapping[str, str], problems: Problems) -> dict[str, Given]:
    rows = {row.variable: row for row in SETTINGS.values()}
    given = {}
    for name in variables(environ, PREFIX, SECTIONS):
        if name in rows:
            given[rows[name].key] = Given(rows[name].kind.from_text(environ[name]), "environment")
        else:
            near = nearest(name, {variable.lower(): variable for variable in rows}).upper()
            hint = near.replace("DID YOU MEAN", "Did you mean") or " See: psoas-nudge config show"
            environment(problems, name)((), f"There is no such setting.{hint}")
    return given


def _check_routines(values: dict[str, Any], given: dict[str, Given], problems: Problems) -> None:
    own = [routine for routine in values["stretch.routines"] if routine]
    seen: set[str] = set()
    for index, routine in enumerate(own):
        if routine.id in seen:
            problems.add(("stretch", "routines", index, "id"), f'There are two routines "{routine.id}". Rename one.')
        seen.add(routine.id)
    key = "stretch.rotation"
    if key not in given:
        values[key] += tuple(r.id for r in own if r.id not in values[key])
        return
    known = seen | {routine.id for routine in CATALOGUE}
    where = SETTINGS[key].variable if given[key].source == "environment" else ""
    report = environment(problems, where) if where else problems.add
    for index, routine_id in enumerate(values[key]):
        if routine_id and routine_id not in known and len(own) == len(values["stretch.routines"]):
            report(("stretch", "rotation", index), unknown_routine(routine_id, dict.fromkeys(known)))


def _build(values: dict[str, Any], given: dict[str, Given], environ: Mapping[str, str], file: Path | None) -> Settings:
    def section(name: str) -> dict[str, Any]:
        return {row.name: values[key] for key, row in SETTINGS.items() if row.section == name and key in values}

    zone = values["hours.timezone"]
    hours = WorkingHours(
        zone=zone or system_zone(environ),
        week=tuple(values[f"hours.{day}"] for day in DAYS),
        exceptions=values["exceptions"],
    )
    stretch = section("stretch")
    quiet = section("quiet")
    rules = Rules(
        hours=hours,
        quiet=frozenset(signal for signal in QUIET_HELP if quiet[signal.value.replace("-", "_")]),
        **{name: stretch.pop(name) for name in ("rotation", "routines", "floor")},
        **_lengths("sitting", section("sitting")),
        **_lengths("prompt", section("prompt")),
    )
    folder = file.parent if file else Path()
    return Settings(
        rules=rules,
        stretch=Stretch(**stretch),
        desktop=Desktop(**section("desktop")),
        calendar=Calendar(
            holidays=values["calendar.holidays"],
            busy=tuple((folder / path).absolute() for path in values["calendar.busy"]),
        ),
        hooks={event: values[f"hooks.on_{event}"] for event in EVENTS if f"hooks.on_{event}" in values},
        follows_system_zone=not zone,
        file=file,
        given=given,
    )


def _lengths(section: str, values: dict[str, Any]) -> dict[str, Any]:
    """The core counts lengths in milliseconds, a file in seconds."""
    return {
        name: milliseconds(value) if isinstance(SETTINGS[f"{section}.{name}"].kind, Duration) else value
        for name, value in values.items()
    }
