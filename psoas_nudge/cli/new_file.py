"""Create the output file of an export: never overwrites, mode 0600."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from psoas_nudge.errors import PsoasNudgeError


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """The file, opened for writing; "-" is standard output. Raises PsoasNudgeError, also when it exists already.

    An incomplete file is removed.
    """
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        out = open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115 - Path.open has no opener; closed below
    except FileExistsError:
        raise PsoasNudgeError(f"{path} already exists. Nothing was written.") from None
    except OSError as error:
        raise PsoasNudgeError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with out:
            yield out
            out.flush()
            os.fsync(out.fileno())
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise PsoasNudgeError(f"{path} cannot be written: {error.strerror}.") from error
        raise
