"""The name by which the program was called, so that people can copy every command line that it prints.

After `.venv/bin/psoas-nudge run`, there may be no `psoas-nudge` on the PATH. Texts contain `psoas-nudge`; `as_called`
replaces it when they are printed. The daemon receives the name as an argument.
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
    """Set the name under which the parent process was called."""
    _given[:] = [name]


def as_called(text: str) -> str:
    """`text` with the program's name replaced in every command line (`psoas-nudge status`)."""
    name = called()
    if name == NAME:
        return text
    commands = "|".join(COMMANDS)
    return re.sub(rf"(?<![\w/.-])psoas-nudge(?= (?:--|(?:{commands})\b))", lambda _: name, text)


def called() -> str:
    """The command that runs the program again, from the same directory.

    `python -m psoas_nudge`, which only developers type, keeps the plain name.
    """
    if _given:
        return _given[0]
    script = Path(sys.argv[0] if sys.argv else "")
    if script.name != NAME or not script.exists():
        return NAME
    found = shutil.which(NAME)
    return NAME if found and Path(found).absolute() == script.absolute() else str(script)
