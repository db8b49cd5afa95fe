"""Changes single settings in the file; keeps comments and layout, and writes atomically."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psoas_nudge.config.kinds import nearest, shown
from psoas_nudge.config.problems import read_text
from psoas_nudge.config.read import parse
from psoas_nudge.config.table import SETTINGS
from psoas_nudge.errors import BadInput, ConfigInvalid, PsoasNudgeError
from psoas_nudge.system import files


def setting(key: str) -> str:
    """`key`, if there is such a setting; raises BadInput with the most similar one."""
    if key in SETTINGS:
        return key
    tails = [row.key for row in SETTINGS.values() if row.name == key]
    near = f' Did you mean "{tails[0]}"?' if tails else nearest(key, SETTINGS)
    raise BadInput(f"There is no setting {shown(key)}.{near or ' List all: psoas-nudge config show'}")


def value(key: str, text: str) -> Any:
    """The value for the file from a text; raises BadInput with all mistakes in it."""
    kind = SETTINGS[setting(key)].kind
    raw = kind.from_text(text)
    if mistakes := kind.mistakes(raw):
        raise BadInput("\n".join(f"{key}: {what}" for what in mistakes))
    return raw


def with_value(text: str, key: str, raw: Any) -> str:
    """The text of a file with one setting changed and the rest as before. `raw` None: remove the setting."""
    import tomlkit

    mark = "\ufeff" if text.startswith("\ufeff") else ""
    document = tomlkit.parse(text.removeprefix("\ufeff"))
    # tomlkit keeps the line ends it read but ends new lines with a bare line feed.
    ending = "\r\n" if "\r\n" in text else "\n"
    section, _, name = key.rpartition(".")
    if raw is None:
        table: Any = document.get(section, {}) if section else document
        table.pop(name, None)
    else:
        if section and section not in document:
            if document.body and not text.endswith(("\n\n", "\n\r\n")):
                document.add(tomlkit.nl())
            document.add(section, tomlkit.table())
        table = document[section] if section else document
        table[name] = tomlkit.item(raw)
    made = mark + tomlkit.dumps(document)
    return made.replace("\r\n", "\n").replace("\n", ending) if ending != "\n" else made


def change(file: Path, key: str, raw: Any, environ: Mapping[str, str]) -> None:
    """Set one value in a file, creating the file if needed; raises ConfigInvalid when the result has mistakes."""
    before = read_text(file) if os.path.lexists(file) else ""
    try:
        after = with_value(before, key, raw)
        parse(after, str(file), environ)
    except (ConfigInvalid, ValueError, TypeError):  # from tomlkit, when the file is not TOML or a section not a table
        parse(before, str(file), environ)  # reports the mistakes with the line numbers of the file
        raise
    save(file, after)


def save(file: Path, text: str, *, fresh: bool = False) -> None:
    """Write the text atomically, following symbolic links; with `fresh`, fail if the file exists.

    An existing file keeps its mode; a new one gets 0600.
    """
    target = Path(os.path.realpath(file))
    try:
        if fresh and os.path.lexists(file):
            raise FileExistsError
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o600
        files.write(target, text.encode(), mode=mode, durable=True, new=fresh)
    except OSError as error:
        if fresh and os.path.lexists(file):
            message = f"{file} already exists. Nothing was written. To change it: psoas-nudge config edit"
            raise PsoasNudgeError(message) from error
        raise PsoasNudgeError(f"{file} cannot be written: {error.strerror or error}") from error
