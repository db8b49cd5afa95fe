"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from psoas_nudge.system import files


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_is_replaced_whole_and_gets_its_mode_whatever_the_umask(tmp_path: Path, durable: bool) -> None:
    target = tmp_path / "file"
    before = os.umask(0o077)
    try:
        files.write(target, b"one")
        files.write(target, b"two", mode=0o644, durable=durable)
    finally:
        os.umask(before)
    assert target.read_bytes() == b"two"
    assert os.name == "nt" or stat.S_IMODE(target.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_must_be_new_leaves_the_one_that_is_there(tmp_path: Path) -> None:
    target = tmp_path / "file"
    files.write(target, b"one", new=True)
    with pytest.raises(FileExistsError):
        files.write(target, b"two", new=True)
    assert target.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [target]


def test_what_fails_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_part: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "file"
    files.write(target, b"one")
    monkeypatch.setattr(files, "put_over", full)
    with pytest.raises(OSError, match="No space"):
        files.write(target, b"two")
    assert target.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [target]
