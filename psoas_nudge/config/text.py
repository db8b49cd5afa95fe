"""Reads a text file of the configuration."""

from __future__ import annotations

from pathlib import Path

from psoas_nudge.errors import ConfigInvalid

LARGEST = 1_000_000
"""Bytes. Larger files are refused without being read into memory."""


def read_text(file: Path) -> str:
    """The file's text; raises ConfigInvalid with the reason when it cannot be read."""
    try:
        if file.exists() and not file.is_file():
            what = "a directory" if file.is_dir() else "not a regular file"
            raise ConfigInvalid([f"{file}: This is {what}. The configuration has to be a text file."])
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except FileNotFoundError:
        what = "This link points to a file that does not exist." if file.is_symlink() else "There is no such file."
        raise ConfigInvalid([f"{file}: {what} To create one with all settings: psoas-nudge config init"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigInvalid([f"{file}: This file cannot be read: {reason}."]) from None
    if len(data) > LARGEST:
        raise ConfigInvalid([f"{file}: This file is larger than {LARGEST // 1000} kB. Is it the right one?"])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = "This is not UTF-8 text. Save the file with UTF-8 encoding."
        raise ConfigInvalid([f"{file}:{line}: {what}"]) from None
