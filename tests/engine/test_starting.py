"""A daemon that could not start as it should: what it begins with, what it says, and that it mends itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psoas_nudge import places
from psoas_nudge.core import model as m
from psoas_nudge.engine import starting
from psoas_nudge.errors import ConfigInvalid


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    file = tmp_path / "config.toml"
    file.write_text('[prompt]\nnudge_after = "20m"\n[hooks]\non_accepted = ["true"]\n')
    file.chmod(0o600)
    return file


def test_a_good_configuration_is_used_and_kept_privately(config: Path) -> None:
    beginning = starting.begin(config)
    assert (beginning.settings.rules.nudge_after, beginning.mistake) == (20 * m.MINUTE, None)
    kept = places.cache_directory() / "settings.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_a_broken_configuration_starts_with_the_last_good_settings(config: Path) -> None:
    starting.begin(config)
    config.write_text("[prompt]\nnudge_aftr = 3\n")
    beginning = starting.begin(config)
    assert beginning.settings.rules.nudge_after == 20 * m.MINUTE
    assert beginning.settings.hooks == {"accepted": ("true",)}
    assert "nudge_aftr" in str(beginning.mistake)
    assert beginning.instead == "The previous settings stay in force."


def test_without_a_last_good_one_it_starts_with_the_defaults(config: Path, tmp_path: Path) -> None:
    config.write_text("[prompt]\nnudge_aftr = 3\n")
    (tmp_path / "etc" / "psoas-nudge").mkdir(parents=True)
    (tmp_path / "etc" / "psoas-nudge" / "config.toml").write_text("this is no TOML")
    beginning = starting.begin(config)
    assert beginning.settings.rules.nudge_after == 45 * m.MINUTE
    assert beginning.instead == "The default settings are in force until you fix it."


@pytest.mark.parametrize("damage", [b"", b"{", b'{"rules": 3}', b"\xff\xfe"])
def test_a_damaged_copy_is_no_obstacle(config: Path, damage: bytes) -> None:
    starting.begin(config)
    (places.cache_directory() / "settings.json").write_bytes(damage)
    config.write_text("[")
    assert starting.begin(config).settings.rules.nudge_after == 45 * m.MINUTE


def test_the_copy_of_another_configuration_is_not_used(config: Path, tmp_path: Path) -> None:
    starting.begin(config)
    other = tmp_path / "other.toml"
    other.write_text("[")
    assert starting.begin(other).settings.rules.nudge_after == 45 * m.MINUTE


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_hooks_that_others_could_write_are_refused_but_the_daemon_starts(config: Path) -> None:
    config.chmod(0o666)
    beginning = starting.begin(config)
    assert "others can write" in str(beginning.mistake)
    assert beginning.settings.hooks == {}


def test_a_cache_that_cannot_be_written_does_not_keep_it_from_starting(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert starting.begin(config).mistake is None


def test_a_reload_of_a_broken_file_still_says_what_is_wrong(config: Path) -> None:
    config.write_text("[")
    with pytest.raises(ConfigInvalid):
        starting.read(config)
