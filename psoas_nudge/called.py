"""How the program was called, so that every command line it prints can be typed back as it stands.

Somebody who typed `.venv/bin/psoas-nudge run` may have no `psoas-nudge` on the path. Texts are written with
`psoas-nudge`; `as_called` replaces it where a text is printed. The daemon, a process of its own, is told the name.
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
    """Use `name` from now on: the process that started this one was called so."""
    _given[:] = [name]


def as_called(text: str) -> str:
    """`text` with every command line in it (`psoas-nudge status`) beginning the way this program was called."""
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
    if script.name != NAME or not script.exists():
        return NAME
    found = shutil.which(NAME)
    return NAME if found and Path(found).absolute() == script.absolute() else str(script)
