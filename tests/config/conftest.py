"""Tests of the configuration do not read the system's defaults of the machine they run on."""

from pathlib import Path

import pytest

from psoas_nudge import places


@pytest.fixture(autouse=True)
def no_system_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that takes the place of /etc/xdg and is empty."""
    directory = tmp_path_factory.mktemp("xdg")
    monkeypatch.setattr(places, "SYSTEM_CONFIG", str(directory))
    monkeypatch.delenv("XDG_CONFIG_DIRS", raising=False)
    return directory
