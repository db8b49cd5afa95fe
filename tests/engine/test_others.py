"""Somebody who is reminded of breaks already hears so once."""

from __future__ import annotations

from pathlib import Path

import pytest

from psoas_nudge.engine import others

GSETTINGS = "#!/bin/sh\n[ \"$*\" = 'get org.gnome.desktop.break-reminders selected-breaks' ] && {}\n"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    for number, name in enumerate(["bash", "safeeyes", "Stretchly", "stretchly", "psoas-nudge"], start=10):
        (tmp_path / "proc" / str(number)).mkdir(parents=True)
        (tmp_path / "proc" / str(number) / "comm").write_text(name + "\n")
    (tmp_path / "proc" / "99").mkdir()  # it has just ended
    return tmp_path / "proc"


@pytest.fixture
def gsettings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "gsettings"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    program.write_text(GSETTINGS.format("echo \"['eyesight', 'movement']\""))
    program.chmod(0o755)
    return program


async def test_those_that_run_are_named_once_each(proc: Path) -> None:
    assert await others.running({}, proc) == ["Safe Eyes", "Stretchly"]


@pytest.mark.parametrize("gone", ["none", "other desktop", "off", "old", "no gsettings"])
async def test_gnomes_own_reminders_are_noticed_where_they_are_on(gsettings: Path, tmp_path: Path, gone: str) -> None:
    if gone == "off":
        gsettings.write_text(GSETTINGS.format("echo '@as []'"))
    elif gone == "old":
        gsettings.write_text("#!/bin/sh\necho 'No such schema' >&2; exit 1\n")
    elif gone == "no gsettings":
        gsettings.write_text("")
    environ = {"XDG_CURRENT_DESKTOP": "KDE" if gone == "other desktop" else "ubuntu:GNOME"}
    assert await others.running(environ, tmp_path) == ([others.GNOME] if gone == "none" else [])


def test_the_advice_names_them() -> None:
    said = others.advice(["Workrave", "RSIBreak"])
    assert said == "You would be reminded twice: by psoas-nudge and by Workrave and RSIBreak. Turn one of them off."
