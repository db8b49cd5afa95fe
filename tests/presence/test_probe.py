"""One sensor alone: `python -m psoas_nudge.presence.probe NAME`, for a bug report from another desktop."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from psoas_nudge.presence.table import IDLE_SOURCES, SENSORS


def probe(*names: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    words = [sys.executable, "-m", "psoas_nudge.presence.probe", *names]
    return subprocess.run(words, env=environ, check=False, capture_output=True, text=True, timeout=60)


def test_a_sensor_that_cannot_work_here_says_why() -> None:
    done = probe("ext-idle-notify")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("ext-idle-notify: no Wayland session: WAYLAND_DISPLAY is not set\n")


@pytest.mark.parametrize("names", [(), ("X11",), ("x11", "clock")])
def test_without_the_name_of_one_sensor_the_names_are_listed(names: tuple[str, ...]) -> None:
    done = probe(*names)
    assert (done.returncode, done.stdout) == (1, "")
    assert all(row.name in done.stderr for row in (*IDLE_SOURCES, *SENSORS))


@pytest.mark.skipif(sys.platform != "linux", reason="the sensor is Linux'")
def test_the_readings_of_a_sensor_that_works_follow() -> None:
    words = [sys.executable, "-m", "psoas_nudge.presence.probe", "camera"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout
        said = running.stdout.readline()
        running.kill()
    assert re.fullmatch(r"\d\d:\d\d:\d\d call (on|off)\n", said)
