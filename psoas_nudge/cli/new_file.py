"""A file that a command writes what was recorded to: never over another one, and for its owner alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from psoas_nudge.errors import PsoasNudgeError


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """The file, opened for writing; "-" is standard output. Raises PsoasNudgeError when it is there already."""
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with path.open("xb") as out:
            path.chmod(0o600)
            yield out
    except FileExistsError:
        raise PsoasNudgeError(f"{path} is there already; nothing was written.") from None
    except OSError as error:
        raise PsoasNudgeError(f"{path} cannot be written: {error.strerror}.") from error
