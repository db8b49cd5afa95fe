"""A person edits the file while psoas-nudge runs: it takes effect by itself, and a mistake changes nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Condition, Thread

import pytest

from psoas_nudge.control.client import follow

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
        self.socket = home / "run" / "psoas-nudge" / "control.sock"
        self.log, self.needed = "", 0.0
        self._news = Condition()
        self.process = subprocess.Popen(
            self.words("run", "-v"),
            env=self.environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.threads = [Thread(target=self._read), Thread(target=self._follow)]
        self.threads[0].start()
        self.until_told("ready")
        self.threads[1].start()

    def words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "psoas_nudge", *words]

    def status(self) -> str:
        return subprocess.run(self.words("status"), env=self.environ, capture_output=True, text=True, check=True).stdout

    def until(self, seconds: float) -> None:
        """Wait until the next prompt needs this much sitting."""
        self._until(lambda: self.needed == seconds)

    def until_told(self, words: str) -> None:
        """Wait until the log has these words."""
        self._until(lambda: words in self.log)

    def _until(self, what: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(what, 60), f"{self.needed} s\n{self.log}"

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._news:
                self.log += line
                self._news.notify_all()

    def _follow(self) -> None:
        for status in follow(self.socket):
            with self._news:
                self.needed = status.needed
                self._news.notify_all()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    daemon = Running(tmp_path)
    yield daemon
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(10) == 0, daemon.log
    for thread in daemon.threads:
        thread.join()
    assert daemon.process.stdout
    daemon.process.stdout.close()


def test_however_the_file_is_written_it_takes_effect_and_a_broken_one_changes_nothing(
    running: Running, tmp_path: Path
) -> None:
    file, text = running.file, '[prompt]\nnudge_after = "{}m"\n'
    running.until(2700)
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
    assert running.needed == 23 * 60
    asked = subprocess.run(running.words("reload"), env=running.environ, capture_output=True, text=True, check=False)
    first = "psoas-nudge: Your change to config.toml has a mistake on line 1. The previous settings stay in force.\n"
    assert (asked.returncode, asked.stderr.partition("\n")[0] + "\n") == (2, first)
    assert running.needed == 23 * 60
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
        running.log.count("Your change to config.toml has a mistake on line 1. The previous settings stay in force.")
        == 1
    )
    running.process.send_signal(signal.SIGHUP)
    running.until(1000 * 60)


PICTURED = """\
[prompt]
nudge_after = "{}m"
[[stretch.routines]]
id = "my-lunge"
title = "My lunge"
steps = [{{ text = "Hold.", seconds = "40s", hold = true, picture = "hold.svg" }}]
"""
DRAWING = "New pictures are being drawn. The configuration takes effect as soon as they are done.\n"


def slow(color: str) -> str:
    """A drawing that takes longer than a command."""
    part = f'<circle cx="50" cy="50" r="40" fill="{color}" filter="url(#f)"/>'
    blur = '<filter id="f"><feGaussianBlur stdDeviation="5"/></filter>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{blur}{part * 3}</svg>'


def test_while_new_pictures_are_drawn_the_daemon_answers_and_old_drawings_are_removed(running: Running) -> None:
    running.until(2700)
    picture, drawings = (
        running.file.with_name("hold.svg"),
        Path(running.environ["XDG_CACHE_HOME"], "psoas-nudge/pictures"),
    )
    picture.write_text(slow("red"))
    running.file.write_text(PICTURED.format(21))
    running.until_told("new pictures are being drawn")
    assert running.status(), "it answers"
    assert running.needed == 2700, "while they are drawn: it is in force when they are there"
    running.until(21 * 60)
    [before] = drawings.iterdir()
    picture.write_text(slow("blue"))
    asked = subprocess.run(running.words("reload"), env=running.environ, capture_output=True, text=True, check=False)
    assert (asked.returncode, asked.stdout) == (0, DRAWING)
    running.file.write_text(PICTURED.format(22))
    running.until(22 * 60)
    [after] = drawings.iterdir()
    assert after != before
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script/></svg>')
    running.file.write_text(PICTURED.format(23))
    running.until_told("It has scripts")
    assert running.needed == 22 * 60
    picture.unlink()
    running.file.write_text(PICTURED.format(24).partition("[[")[0])
    running.until(24 * 60)
    assert list(drawings.iterdir()) == []
