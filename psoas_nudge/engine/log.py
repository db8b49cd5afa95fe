"""The daemon's log on stderr: warnings by default, one line for each decision at -v, every event at -vv."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import msgspec

from psoas_nudge import places
from psoas_nudge.called import as_called

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
OURS = "psoas_nudge"


class Lines(logging.Formatter):
    """Writes commands in messages with the name by which the program was called."""

    def format(self, record: logging.LogRecord) -> str:
        return as_called(super().format(record))


def set_up(verbosity: int, environ: Mapping[str, str] = os.environ) -> None:
    """Log to stderr; without a time stamp where systemd's journal adds its own."""
    handler = logging.StreamHandler(sys.stderr)
    stamp = "" if "JOURNAL_STREAM" in environ else "%(asctime)s "
    handler.setFormatter(Lines(f"{stamp}%(levelname)s %(message)s", "%H:%M:%S"))
    level = LEVELS[min(verbosity, len(LEVELS) - 1)]
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(level)
    if level > logging.DEBUG:  # it prints tracebacks; timers.py logs the same failure in one line
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


def file() -> TextIO:
    """The log file, for a daemon that has no stderr."""
    place = places.log_file()
    places.private_directory(place.parent)
    return place.open("a", encoding="utf-8", buffering=1)


def line(words: str, facts: Mapping[str, Any]) -> str:
    """One decision as text: its name, then key=value pairs."""
    parts = (f"{key}={_value(value)}" for key, value in facts.items() if value is not None)
    return " ".join((words, *parts))


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if text.isprintable() and " " not in text else msgspec.json.encode(text).decode()
