"""The heartbeat says when the daemon was last alive, or that nobody knows; never a wrong time."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.core.events import Moment
from psoas_nudge.journal import heartbeat as module
from psoas_nudge.journal.heartbeat import LENGTH, Heartbeat, HeartbeatFile

NOW = datetime(2026, 11, 23, 8, 30, 15, 250_000, tzinfo=UTC)


def test_the_heartbeat_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "private" / "heartbeat"
    with HeartbeatFile(path) as file:
        assert file.read() is None
        file.beat(Moment(NOW, 123_456))
        file.beat(Moment(NOW + timedelta(minutes=1), 183_500))
    with HeartbeatFile(path) as file:
        assert file.read() == Heartbeat(Moment(NOW + timedelta(minutes=1), 183_500), module.boot_id())
    assert path.stat().st_size == LENGTH
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@given(st.binary(max_size=LENGTH), st.integers(0, LENGTH))
def test_a_torn_heartbeat_is_none_or_the_whole_one(garbage: bytes, at: int) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as directory:
        path = Path(directory) / "heartbeat"
        with HeartbeatFile(path) as file:
            file.beat(Moment(NOW, 5000))
            whole = file.read()
            content = path.read_bytes()
            path.write_bytes(content[:at] + garbage + content[at + len(garbage) :])
            assert file.read() in (None, whole)


def test_a_machine_that_does_not_tell_its_start_has_a_heartbeat_all_the_same(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "BOOT_ID", tmp_path / "none")
    with HeartbeatFile(tmp_path / "heartbeat") as file:
        file.beat(Moment(NOW, 5000))
        assert file.read() == Heartbeat(Moment(NOW, 5000), "")


def test_what_version_0_1_0_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "heartbeat"
    path.write_text("1795422615250 123.456789 b07b8c5e-1111-2222-3333-444455556666 0751fbb5".ljust(LENGTH - 1) + "\n")
    with HeartbeatFile(path) as file:
        assert file.read() == Heartbeat(Moment(NOW, 123_457), "b07b8c5e-1111-2222-3333-444455556666")


def test_a_heartbeat_file_that_cannot_be_made_is_reported_once_and_made_when_it_can_be(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "alive").mkdir()
    with HeartbeatFile(tmp_path / "alive") as file:
        file.beat(Moment(NOW, 1000))
        assert file.read() is None
        assert caplog.text.count("alive cannot be written: Is a directory") == 1
        (tmp_path / "alive").rmdir()
        file.beat(Moment(NOW, 2000))
    assert (tmp_path / "alive").stat().st_size == LENGTH


def test_a_heartbeat_goes_on_in_a_new_file_when_the_old_one_was_deleted(tmp_path: Path) -> None:
    path = tmp_path / "data" / "alive"
    with HeartbeatFile(path) as file:
        file.beat(Moment(NOW, 1000))
        path.unlink()
        path.parent.rmdir()
        file.beat(Moment(NOW, 2000))
    with HeartbeatFile(path) as file:
        assert file.read() == Heartbeat(Moment(NOW, 2000), module.boot_id())


def test_a_disk_that_takes_no_heartbeat_is_reported_once(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    with HeartbeatFile(tmp_path / "heartbeat") as file:
        full = os.open("/dev/full", os.O_RDWR)
        os.dup2(full, file._file.fileno())
        os.close(full)
        with caplog.at_level(logging.WARNING):
            file.beat(Moment(NOW, 1000))
            file.beat(Moment(NOW, 2000))
    assert caplog.text.count("cannot be written") == 1
