"""`settings` where no page can be shown."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_without_a_display_it_says_how_to_edit_the_file_instead(tmp_path: Path) -> None:
    environ = {**os.environ, "DISPLAY": "", "WAYLAND_DISPLAY": "", "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "psoas_nudge", "settings"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("psoas-nudge: The settings cannot be shown: there is no display")
    assert done.stderr.rstrip().endswith("psoas-nudge config edit")
    assert [*tmp_path.iterdir()] == []


def test_a_setting_or_value_that_does_not_exist_is_named_before_a_page_opens(tmp_path: Path) -> None:
    environ = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    told = [
        subprocess.run(
            [sys.executable, "-m", "psoas_nudge", "settings", *words],
            env=environ, capture_output=True, text=True, timeout=30, check=False,
        ).stderr
        for words in (["prompt.wind_dwn"], ["prompt.wind_down", "soon"])
    ]  # fmt: skip
    assert told[0] == 'psoas-nudge: There is no setting "prompt.wind_dwn". Did you mean "prompt.wind_down"?\n'
    assert told[1].startswith('psoas-nudge: prompt.wind_down: "soon" is not a length of time')
