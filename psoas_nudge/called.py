"""The name by which the program was called, so that the person can copy every command line that it prints.

A person who typed `.venv/bin/psoas-nudge run` may not have `psoas-nudge` on the PATH. Texts are written with
`psoas-nudge`, and `as_called` replaces it where they are printed. The daemon gets the name as an argument.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from psoas_nudge.commands import COMMANDS

NAME = "psoas-nudge"
_given: list[str] = []


def set_name(name: str) -> None:
    """Use the name by which the parent process was called."""
    _given[:] = [name]


def as_called(text: str) -> str:
    """`text`, in which every command line (`psoas-nudge status`) begins with the name by which this was called."""
    name = called()
    if name == NAME:
        return text
    commands = "|".join(COMMANDS)
    return re.sub(rf"(?<![\w/.-])psoas-nudge(?= (?:--|(?:{commands})\b))", lambda _: name, text)


def called() -> str:
    """What to type to call the program again, from the same directory.

    `python -m psoas_nudge`, which only developers type, keeps the plain name.
    """
    if _given:
        return _given[0]
    script = Path(sys.argv[0] if sys.argv else "")
    file = script if script.exists() else script.with_suffix(".exe")  # pip's scripts on Windows leave it out
    if script.name != NAME or not file.exists():
        return NAME
    found = shutil.which(NAME)
    return NAME if found and Path(found).absolute() == file.absolute() else str(script)
