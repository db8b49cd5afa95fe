"""Splits a command line into words and joins words to one, by the rules of the system.

On Windows a backslash is part of a path, and only double quotes keep words together.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence


def split(line: str) -> list[str]:
    """The words of a line; raises ValueError."""
    return split_windows(line) if sys.platform == "win32" else shlex.split(line)


def join(words: Sequence[str]) -> str:
    """The opposite of `split`."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def split_windows(line: str) -> list[str]:
    """Split a line as programs on Windows do ("Parsing C++ command-line arguments")."""
    words: list[str] = []
    within = quoted = False
    for part in re.finditer(r'(\\*)"|[ \t]+|\\+|[^ \t"\\]+', line):
        text, backslashes = part[0], part[1]
        if text[0] in " \t" and not quoted:
            within = False
            continue
        if not within:
            words.append("")
            within = True
        if backslashes is None:
            words[-1] += text
        else:
            words[-1] += "\\" * (len(backslashes) // 2) + '"' * (len(backslashes) % 2)
            quoted ^= len(backslashes) % 2 == 0
    return words
