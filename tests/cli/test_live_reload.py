"""A person edits the file while psoas-nudge runs: it takes effect by itself, and a mistake changes nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere a reload is asked for by command"
)


class Running:
    """A daemon with no desktop, and the commands that talk to it."""

    def __init__(self, home: Path) -> None:
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("DBUS_", "PSOAS_NUDGE_", "DISPLAY", "WAYLAND_"))
        }
        home_of = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
        (home / "run").mkdir(mode=0o700)
        absent = {f"DBUS_{bus}_BUS_ADDRESS": f"unix:path={home}/none" for bus in ("SESSION", "SYSTEM")}
        self.environ = clean | home_of | absent | {"XDG_RUNTIME_DIR": str(home / "run"), "PYTHONPATH": str(PROJECT)}
        self.file = home / "config" / "psoas-nudge" / "config.toml"
        self.file.parent.mkdir(parents=True)
        self.log = home / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.words("run", "-v"), env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "psoas_nudge", *words]

    def status(self) -> str:
        return subprocess.run(self.words("status"), env=self.environ, capture_output=True, text=True, check=True).stdout

    def needed(self) -> float | None:
        """How much sitting the next prompt needs, as `status` tells; None while nobody answers."""
        ran = subprocess.run(self.words("status", "--json"), env=self.environ, capture_output=True, check=False)
        return float(json.loads(ran.stdout)["needed"]) if ran.returncode == 0 else None

    def until(self, seconds: float) -> None:
        """Wait until so much is needed."""
        latest = time.monotonic() + 20
        while (now := self.needed()) != seconds:
            assert time.monotonic() < latest, f"{now} instead of {seconds}\n{self.log.read_text()}"
            time.sleep(0.1)

    def until_told(self, words: str) -> None:
        """Wait until the log has these words."""
        latest = time.monotonic() + 20
        while words not in self.log.read_text():
            assert time.monotonic() < latest, self.log.read_text()
            time.sleep(0.05)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    daemon = Running(tmp_path)
    yield daemon
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(10) == 0, daemon.log.read_text()


def test_however_the_file_is_written_it_takes_effect_and_a_broken_one_changes_nothing(
    running: Running, tmp_path: Path
) -> None:
    file, text = running.file, '[prompt]\nnudge_after = "{}m"\n'
    running.until(2700)
    running.until_told("ready")
    time.sleep(0.2)  # the watch begins right after the word
    file.write_text(text.format(21))
    running.until(21 * 60)
    file.rename(file.with_suffix(".toml~"))  # as vim does
    file.write_text(text.format(22))
    file.with_suffix(".toml~").unlink()
    running.until(22 * 60)
    dotfiles = tmp_path / "dotfiles.toml"
    dotfiles.write_text(text.format(23))
    (file.parent / "next").symlink_to(dotfiles)
    (file.parent / "next").replace(file)
    running.until(23 * 60)
    dotfiles.write_text("[prompt")
    running.until_told("cannot be read")
    assert running.needed() == 23 * 60
    asked = subprocess.run(running.words("reload"), env=running.environ, capture_output=True, text=True, check=False)
    first = "psoas-nudge: Your change to config.toml has a mistake on line 1. The previous settings stay in force.\n"
    assert (asked.returncode, asked.stderr.partition("\n")[0] + "\n") == (2, first)
    assert running.needed() == 23 * 60
    told = f"{first.removeprefix('psoas-nudge: ').strip()} See: psoas-nudge config check\n"
    assert told in running.status()
    file.unlink()
    running.until(2700)
    file.write_text(text.format(24))
    running.until(24 * 60)
    assert told not in running.status()
    for minute in range(1, 1001):
        file.write_text(text.format(minute))
    running.until(1000 * 60)
    assert (
        running.log.read_text().count(
            "Your change to config.toml has a mistake on line 1. The previous settings stay in force."
        )
        == 1
    )
    running.process.send_signal(signal.SIGHUP)
    running.until(1000 * 60)
