"""The heartbeat file (rule 14): when the daemon was last alive, overwritten in place once a minute.

There is no fsync, so an idle disk can sleep. After a kill the system still has the last heartbeat; after a power cut
there may be an older one or none. A checksum at the end detects torn writes.
"""

from __future__ import annotations

import io
import logging
import os
from datetime import timedelta
from pathlib import Path
from zlib import crc32

from msgspec import Struct

from psoas_nudge.core.events import Moment
from psoas_nudge.core.words import EPOCH
from psoas_nudge.journal.records import milliseconds

log = logging.getLogger(__name__)

LENGTH = 96
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """The id of the current boot; "" where the system has none. Ticks can be compared only within one boot."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


class Heartbeat(Struct, frozen=True):
    """When the daemon was last alive; `boot`: the id of the boot that the clock reading belongs to."""

    moment: Moment
    boot: str


class HeartbeatFile:
    """Made with mode 0600 (its directory with 0700) when it is missing, also when it was deleted later. A failure is
    logged once and not raised: without a heartbeat, a restart only knows less."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.boot = boot_id()
        self._failed = False
        self._file: io.FileIO | None = None
        try:
            self._opened()
        except OSError as error:
            self._report(error)

    def beat(self, moment: Moment) -> None:
        """Write a heartbeat."""
        text = f"{milliseconds(moment.at)} {moment.tick / 1000!r} {self.boot or '-'}"
        line = f"{text} {crc32(text.encode()):08x}".ljust(LENGTH - 1) + "\n"
        try:
            file = self._opened()
            file.seek(0)
            file.write(line.encode())
            self._failed = False
        except OSError as error:
            self._report(error)

    def read(self) -> Heartbeat | None:
        """The last heartbeat; None when there is none or it is torn."""
        try:
            file = self._opened()
            file.seek(0)
            text, _, total = file.read(LENGTH).decode("ascii").strip().rpartition(" ")
            ms, tick, boot = text.split(" ")
            if int(total, 16) != crc32(text.encode()):
                return None
            moment = Moment(EPOCH + timedelta(milliseconds=int(ms)), round(float(tick) * 1000))
            return Heartbeat(moment, "" if boot == "-" else boot)
        except (OSError, ValueError, OverflowError):
            return None

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _opened(self) -> io.FileIO:
        if self._file and not os.fstat(self._file.fileno()).st_nlink:
            self.close()
        if self._file is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        return self._file

    def _report(self, error: OSError) -> None:
        if not self._failed:
            log.warning("the heartbeat file %s cannot be written: %s", self._path, error.strerror)
        self._failed = True

    def __enter__(self) -> HeartbeatFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
