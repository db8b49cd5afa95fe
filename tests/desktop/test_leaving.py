"""The whole daemon with real sensors: the X server dies and returns, the machine sleeps, and the journal knows."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

ALWAYS = "".join(
    f'{day} = ["00:00-24:00"]\n'
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
CONFIG = f"""
[hours]
{ALWAYS}
[sitting]
away_after = "2s"
shortest_break = "1s"
[prompt]
nudge_after = "1h"
"""


class Daemon:
    """`psoas-nudge run` on the private desktop; `log` is what it says."""

    def __init__(self, environ, folder):
        config, self.file = folder / "config.toml", folder / "log"
        config.write_text(CONFIG)
        self.command = [sys.executable, "-m", "psoas_nudge", "--config", str(config)]
        self.environ = environ
        with self.file.open("w") as out:
            self.process = subprocess.Popen(
                [*self.command, "run", "-v"], env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )

    @property
    def log(self):
        return self.file.read_text()

    def journal(self, kind):
        done = subprocess.run(
            [*self.command, "journal", "--json"], env=self.environ, check=False, capture_output=True, text=True
        )
        return [line for line in map(json.loads, done.stdout.splitlines()) if line["kind"] == kind]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)


@pytest.fixture
def daemon(desktop_environ, logind, dunst, folder, eventually):
    daemon = Daemon(desktop_environ, folder)
    try:
        eventually(lambda: "ready" in daemon.log or daemon.process.poll() is not None, within=20)
        assert daemon.process.poll() is None, daemon.log
        yield daemon
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()


def bouts(daemon, by):
    return [bout for bout in daemon.journal("bout") if bout["ended_by"] == by]


def sit(xvfb):
    """Type for a while: a daemon that starts slowly finds nobody there, and a bout without any length is none."""
    for _ in range(15):
        xvfb.type()
        time.sleep(0.1)


def test_the_x_server_dies_and_returns_and_idle_time_is_known_again(daemon, xvfb, eventually):
    xvfb.type()
    xvfb.kill()
    eventually(lambda: "you count as away until there is input again" in daemon.log)
    eventually(lambda: "the display is gone; psoas-nudge ends in 60 s unless it comes back" in daemon.log)
    xvfb.start()
    eventually(lambda: daemon.log.count("idle time comes from x11") == 2, within=30)
    sit(xvfb)
    eventually(lambda: bouts(daemon, "idle"), within=20)
    assert daemon.stop() == 0
    assert "Traceback" not in daemon.log


def test_the_lid_is_closed_and_the_end_of_sitting_is_on_the_disk_before_the_machine_sleeps(
    daemon, xvfb, logind, eventually
):
    eventually(lambda: "psoas-nudge" in logind.inhibitors())
    sit(xvfb)
    logind.sleep(True)
    eventually(lambda: "psoas-nudge" not in logind.inhibitors())
    asleep = datetime.now(UTC)
    daemon.process.kill()  # the machine never wakes up: the battery is empty
    daemon.process.wait()
    again = Daemon(daemon.environ, daemon.file.parent)
    try:
        eventually(lambda: again.journal("bout"), within=20)
        [bout] = again.journal("bout")
        assert datetime.fromisoformat(bout["started"]) <= datetime.fromisoformat(bout["ended"]) <= asleep
    finally:
        assert again.stop() == 0


def test_the_screen_is_locked_for_lunch(daemon, xvfb, logind, eventually):
    sit(xvfb)
    logind.set(LockedHint=True)
    eventually(lambda: bouts(daemon, "locked"), within=20)
    logind.set(LockedHint=False)
    xvfb.type()
    assert daemon.stop() == 0
