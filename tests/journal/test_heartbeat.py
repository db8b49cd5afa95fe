"""The sign of life tells when the daemon last lived, or says that it does not know; never a wrong time."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.errors import JournalBroken
from psoas_nudge.journal import sign as module
from psoas_nudge.journal.sign import LENGTH, Sign

NOW = datetime(2026, 11, 23, 8, 30, 15, 250_000, tzinfo=UTC)


def test_the_sign_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "private" / "sign"
    with Sign(path) as sign:
        assert sign.read() is None
        sign.touch(NOW, 123.456789)
        sign.touch(NOW + timedelta(minutes=1), 183.5)
    with Sign(path) as sign:
        utc, tick, boot = sign.read() or pytest.fail("no sign")
    assert (utc, tick) == (NOW + timedelta(minutes=1), 183.5)
    assert boot == module.boot_id()
    assert path.stat().st_size == LENGTH
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@given(st.binary(max_size=LENGTH), st.integers(0, LENGTH))
def test_a_torn_sign_is_no_sign_or_the_whole_one(garbage: bytes, at: int) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as directory:
        path = Path(directory) / "sign"
        with Sign(path) as sign:
            sign.touch(NOW, 5.0)
            whole = sign.read()
            content = path.read_bytes()
            path.write_bytes(content[:at] + garbage + content[at + len(garbage) :])
            assert sign.read() in (None, whole)


def test_a_machine_that_does_not_tell_its_start_has_a_sign_all_the_same(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "BOOT_ID", tmp_path / "none")
    with Sign(tmp_path / "sign") as sign:
        sign.touch(NOW, 5.0)
        assert sign.read() == (NOW, 5.0, "")


def test_a_sign_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalBroken, match=r"file/sign.*writable"):
        Sign(tmp_path / "file" / "sign")


def test_a_disk_that_takes_no_sign_is_told_once(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    with Sign(tmp_path / "sign") as sign:
        full = os.open("/dev/full", os.O_RDWR)
        os.dup2(full, sign._file.fileno())
        os.close(full)
        with caplog.at_level(logging.WARNING):
            sign.touch(NOW, 1.0)
            sign.touch(NOW, 2.0)
    assert caplog.text.count("cannot be written") == 1
