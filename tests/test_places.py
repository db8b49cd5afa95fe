"""Everything is where the platform's conventions say, and private things are private."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from psoas_nudge import places
from psoas_nudge.errors import PsoasNudgeError

linux = pytest.mark.skipif(sys.platform != "linux", reason="the conventions of Linux")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", places.CONFIG_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@linux
def test_the_configuration_is_the_given_one_else_the_named_one_else_the_usual(home: Path, monkeypatch) -> None:
    assert places.config_file() == home / ".config" / "psoas-nudge" / "config.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "etc"))
    assert places.config_file() == home / "etc" / "psoas-nudge" / "config.toml"
    monkeypatch.setenv(places.CONFIG_VARIABLE, "~/mine.toml")
    assert places.config_file() == home / "mine.toml"
    assert places.config_file(Path("given.toml")) == Path("given.toml")


@linux
def test_the_journal_and_the_heartbeat_last(home: Path, monkeypatch) -> None:
    assert places.journal_file() == home / ".local" / "share" / "psoas-nudge" / "journal.db"
    assert places.heartbeat_file().parent == places.journal_file().parent
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    assert places.journal_file() == home / "data" / "psoas-nudge" / "journal.db"


@linux
def test_socket_and_lock_are_where_the_session_keeps_such_things(home: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    assert places.socket_file() == home / "run" / "psoas-nudge" / "control.sock"
    assert places.lock_file() == home / "run" / "psoas-nudge" / "daemon.lock"


@linux
@pytest.mark.parametrize("named", [None, "", "relative/path"])
def test_without_a_session_the_cache_has_them(named: str | None, home: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    if named is not None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", named)
    assert places.socket_file() == home / ".cache" / "psoas-nudge" / "run" / "control.sock"


def test_looking_for_places_makes_none(home: Path) -> None:
    places.config_file(), places.journal_file(), places.heartbeat_file(), places.socket_file(), places.lock_file()
    assert list(home.iterdir()) == []


def test_a_private_directory_is_made_and_mended(home: Path) -> None:
    path = home / "a" / "b"
    for _ in range(2):
        assert places.private_directory(path) == path
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        path.chmod(0o777)


def test_a_link_in_place_of_a_private_directory_is_refused(home: Path) -> None:
    (home / "real").mkdir()
    (home / "link").symlink_to(home / "real")
    with pytest.raises(PsoasNudgeError, match="not a link"):
        places.private_directory(home / "link")


def test_a_directory_that_cannot_be_made_is_named(home: Path) -> None:
    (home / "file").touch()
    with pytest.raises(PsoasNudgeError, match="file/run cannot be used"):
        places.private_directory(home / "file" / "run")
