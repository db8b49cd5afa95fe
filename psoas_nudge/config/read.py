"""Reads Settings from TOML text and environment variables; reports all mistakes at once, each with its place and a fix.

Precedence: defaults < system files (XDG_CONFIG_DIRS) < the person's file < environment. A layer replaces whole values:
exceptions in the person's file replace all exceptions of the system's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psoas_nudge import places
from psoas_nudge.config.kinds import Key, ReportMistake, nearest, shown
from psoas_nudge.config.packs import Pack, imported
from psoas_nudge.config.problems import Problems, each_day, read_text, valid_part
from psoas_nudge.config.settings import (
    CalendarSettings,
    DesktopSettings,
    Given,
    Settings,
    StretchSettings,
)
from psoas_nudge.config.table import DAYS, EVENTS, PREFIX, QUIET, SECTIONS, SETTINGS
from psoas_nudge.config.times import Duration, system_zone
from psoas_nudge.core.catalogue import CATALOGUE
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.words import milliseconds
from psoas_nudge.errors import ConfigInvalid

if TYPE_CHECKING:
    from psoas_nudge.config.pictures import Draw


def place(path: Path | None, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """The file to use, and whether it was named explicitly; then it must exist."""
    if path is None and environ.get(places.CONFIG_VARIABLE):
        path = Path(os.path.expanduser(environ[places.CONFIG_VARIABLE]))  # noqa: PTH111 - as in places.config_file
    return places.config_file(path), path is not None


def load(path: Path | None, environ: Mapping[str, str], draw: Draw | None = None) -> Settings:
    """The settings in force; raises ConfigInvalid with all mistakes.

    `path`: the file that was named explicitly; None: the one that `place` finds, which need not exist. `draw`: see
    pictures.with_pictures.
    """
    layers, file = _layers(path, environ)
    return _settings(layers, environ, file, draw)


def parse(text: str, name: str, environ: Mapping[str, str]) -> Settings:
    """The settings if the person's file, called `name` in messages, had this text; raises ConfigInvalid."""
    return _settings([*_system(environ), Problems(name, text)], environ, None)


def read_one(key: str, path: Path | None, environ: Mapping[str, str], error: ConfigInvalid) -> Any:
    """The raw value of one setting when other parts of the configuration have mistakes; None when it is not set.

    `error`: the mistakes; raised when this value has one.
    """
    layers, _ = _layers(path, environ)
    given = _given([Problems(each.name, valid_part(each.readable), each.source) for each in layers], environ)
    if key not in given:
        return SETTINGS[key].default
    if not SETTINGS[key].kind.accepts(given[key].raw):
        raise error
    return given[key].raw


def _layers(path: Path | None, environ: Mapping[str, str]) -> tuple[list[Problems], Path | None]:
    """The files in rising precedence, and the path of the person's own; the last layer is theirs, maybe empty."""
    file, named = place(path, environ)
    if not named and _is_missing(file):
        return [*_system(environ), Problems(str(file), "")], None
    return [*_system(environ), Problems(str(file), read_text(file))], file


def _system(environ: Mapping[str, str]) -> list[Problems]:
    files = reversed(places.system_config_files(environ))
    return [Problems(str(file), read_text(file), "system") for file in files if not _is_missing(file)]


def _is_missing(file: Path) -> bool:
    """Whether the file certainly does not exist; `read_text` reports one that cannot be accessed."""
    try:
        file.lstat()
    except OSError as error:
        return isinstance(error, (FileNotFoundError, NotADirectoryError))
    return False


def _given(layers: list[Problems], environ: Mapping[str, str]) -> dict[str, Given]:
    """The values that files and environment set, by key. Mistakes in variables are recorded with those of the last."""
    given: dict[str, Given] = {}
    for layer in layers:
        given |= _from_file(layer)
    return given | _from_environment(environ, layers[-1])


def _settings(
    layers: list[Problems], environ: Mapping[str, str], file: Path | None, draw: Draw | None = None
) -> Settings:
    given = _given(layers, environ)
    own, sources = layers[-1], {layer.name: layer for layer in layers}

    def reporter(key: str) -> ReportMistake:
        if key not in given:
            return own.add
        _, source, name = given[key]
        return own.in_variable(name) if source == "environment" else sources[name].add

    values = {}
    for key, row in SETTINGS.items():
        raw = given[key].raw if key in given else row.default
        if raw is not None:
            values[key] = row.kind.read(raw, tuple(key.split(".")), reporter(key))
    if any(next(routine.names, None) for routine in values["stretch.routines"] if routine):
        from psoas_nudge.config.pictures import with_pictures

        beside = _folder(given, "stretch.routines", file)
        report = reporter("stretch.routines")
        values["stretch.routines"] = with_pictures(values["stretch.routines"], beside, report, draw)
    packs = imported(places.packs_directory())
    _check_routines(values, given, packs, reporter)
    if mistakes := [text for each in sources.values() for text in each.texts()]:
        raise ConfigInvalid(mistakes)
    files = tuple(Path(layer.name) for layer in reversed(layers) if layer.source == "system" or file)
    return _build(values, given, environ, file, files)


def _from_file(problems: Problems) -> dict[str, Given]:
    given = {}
    for section, content in problems.tables().items():
        if section in SETTINGS:
            given[section] = Given(content, problems.source, problems.name)
        elif section not in SECTIONS:
            _unknown((section,), content, problems)
        elif not isinstance(content, dict):
            right = f"Write [{section}] on a line of its own, and the settings below it."
            problems.add((Key(section),), f"This is a section, not {shown(content)}. {right}")
        else:
            for key, raw in content.items():
                if f"{section}.{key}" in SETTINGS:
                    given[f"{section}.{key}"] = Given(raw, problems.source, problems.name)
                else:
                    _unknown((section, key), raw, problems)
    return given


def _unknown(where: tuple[str, ...], raw: Any, problems: Problems) -> None:
    """Record an unknown key or section, with the section that it belongs in or the most similar name."""
    from psoas_nudge.config.guess import days

    word = where[-1]
    homes = [row.key for row in SETTINGS.values() if row.name == word]
    if homes:
        hint = f" Did you mean {homes[0]}? It belongs under [{SETTINGS[homes[0]].section}]."
    elif where[0] in ("hours", word) and (meant := days(word)):
        under = "" if where[0] == "hours" else " under [hours]"
        how = f"Set each day{under}:" if len(meant) > 1 else f"Write{under}"
        hint = f" {how} {each_day(meant, raw)}"
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
    starts = tuple(f"{PREFIX}{section.upper()}" for section in SECTIONS)
    given = {}
    for name in sorted(name for name in environ if name.startswith(starts)):
        if name in rows:
            given[rows[name].key] = Given(rows[name].kind.from_text(environ[name]), "environment", name)
        else:
            near = nearest(name, {variable.lower(): variable for variable in rows}).upper()
            hint = near.replace("DID YOU MEAN", "Did you mean") or " List all: psoas-nudge config show"
            problems.in_variable(name)((), f"There is no such setting.{hint}")
    return given


def _check_routines(
    values: dict[str, Any], given: dict[str, Given], packs: list[Pack], reporter: Callable[[str], ReportMistake]
) -> None:
    """Report duplicate ids and unknown ids in the rotation; add the person's and packs' routines to the default one."""
    own = {index: routine for index, routine in enumerate(values["stretch.routines"]) if routine}
    complete = len(own) == len(values["stretch.routines"])
    packed = {routine.id: pack.title for pack in packs for routine in pack.routines}
    seen: set[str] = set()
    for index, routine in own.items():
        place = ("stretch", "routines", index, "id")
        if routine.id in seen:
            reporter("stretch.routines")(place, f'There are two routines "{routine.id}". Rename one.')
        elif routine.id in packed:
            what = f'The pack "{packed[routine.id]}" has a routine "{routine.id}", too. Rename yours.'
            reporter("stretch.routines")(place, what)
        seen.add(routine.id)
    values["stretch.routines"] += tuple(routine for pack in packs for routine in pack.routines)
    key = "stretch.rotation"
    if key not in given:
        mine = [routine.id for routine in own.values()]
        values[key] += tuple(id_ for id_ in (*mine, *packed) if id_ not in values[key])
        return
    known = {*seen, *packed, *(routine.id for routine in CATALOGUE)}
    for index, routine_id in enumerate(values[key]):
        if routine_id and routine_id not in known and complete:
            hint = nearest(routine_id, known) or " List them: psoas-nudge routines"
            reporter(key)(("stretch", "rotation", index), f'There is no routine "{routine_id}".{hint}')


def _build(
    values: dict[str, Any],
    given: dict[str, Given],
    environ: Mapping[str, str],
    file: Path | None,
    files: tuple[Path, ...],
) -> Settings:
    def section(name: str) -> dict[str, Any]:
        return {row.name: values[key] for key, row in SETTINGS.items() if row.section == name and key in values}

    zone = values["hours.timezone"]
    hours = WorkingHours(
        zone=zone or system_zone(environ),
        week=tuple(values[f"hours.{day}"] for day in DAYS),
        exceptions=values["exceptions"],
    )
    stretch = section("stretch")
    timing: dict[str, Any] = {
        row.name: milliseconds(values[key]) if isinstance(row.kind, Duration) else values[key]
        for key, row in SETTINGS.items()
        if row.section in ("sitting", "prompt") and row.name != "insist"
    }
    rules = Rules(
        hours=hours,
        quiet=frozenset(signal for signal in QUIET if values[f"quiet.{signal.value.replace('-', '_')}"]),
        **{name: stretch.pop(name) for name in ("rotation", "routines", "floor")},
        **timing,
    )
    folder = _folder(given, "calendar.busy", file)
    return Settings(
        rules=rules,
        stretch=StretchSettings(**stretch),
        desktop=DesktopSettings(**section("desktop"), insist=values["prompt.insist"]),
        calendar=CalendarSettings(
            holidays=values["calendar.holidays"],
            busy=tuple((folder / path).absolute() for path in values["calendar.busy"]),
        ),
        hooks={event: values[f"hooks.on_{event}"] for event in EVENTS if f"hooks.on_{event}" in values},
        follows_system_zone=not zone,
        file=file,
        files=files,
        given=given,
    )


def _folder(given: dict[str, Given], key: str, file: Path | None) -> Path:
    """The folder that the paths in a setting are relative to: that of the file that sets it, else the person's."""
    setting = given.get(key)
    if setting and setting.source != "environment":
        return Path(setting.name).parent
    return file.parent if file else Path()
