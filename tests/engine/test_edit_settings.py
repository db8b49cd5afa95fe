"""Edit settings, where no page can be shown: the file opens in an editor, or the desktop says where it is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.engine.outside import Outside
from psoas_nudge.engine.surfaces import Surfaces
from psoas_nudge.tray.port import Action


class Desktop:
    """Remembers what was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def notify(self, title: str, body: str) -> None:
        self.told.append((title, body))


@pytest.mark.parametrize("trouble", ["it fails", "it is missing", "none"])
async def test_a_file_that_opens_in_no_editor_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    program = tmp_path / "xdg-open"
    if trouble != "it is missing":
        program.write_text(f"#!/bin/sh\nexit {3 if trouble == 'it fails' else 0}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("SYSTEMD_EXEC_PID", raising=False)
    settings, desktop, outside, nobody = tmp_path / "config.toml", Desktop(), Outside(), Any
    settings.write_text("")
    bus: Any = None
    surfaces = Surfaces(bus, nobody, nobody, desktop, outside, nobody, settings)  # type: ignore[arg-type]
    surfaces.command(Action.EDIT_SETTINGS)
    async with asyncio.timeout(10):
        while outside._running:  # noqa: ASYNC110 - another process ends it
            await asyncio.sleep(0.01)
    if trouble == "none":
        assert desktop.told == []
    else:
        [(title, body)] = desktop.told
        assert title == "The settings did not open"
        assert body.endswith(f"Open this file in a text editor: {settings}")
