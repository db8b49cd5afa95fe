"""The daemon itself with a real notification service: killed in mid-prompt, started again; and its hooks."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.fixture
def config(folder: Path) -> Path:
    """A prompt after two seconds, at any hour; a hook writes down what it is told."""
    hours = "\n".join(f'{day} = ["00:00-24:00"]' for day in DAYS)
    file = folder / "config.toml"
    file.write_text(
        f"[hours]\n{hours}\n"
        '[prompt]\nnudge_after = "2s"\nsettle_in = "0s"\nwind_down = "0s"\nlull = "0s"\nafter_quiet = "5m"\n'
        '[stretch]\nguide = "none"\n'
        f'[hooks]\non_prompt_shown = ["tee", "-a", "{folder}/shown"]\non_skipped = ["tee", "-a", "{folder}/skipped"]\n'
    )
    file.chmod(0o600)
    return file


@contextlib.contextmanager
def daemon(config: Path, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    argv = [sys.executable, "-m", "psoas_nudge", "--config", str(config), "run"]
    process = subprocess.Popen(argv, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_what_a_killed_daemon_left_on_the_screen_is_taken_away_by_the_next(
    dunst: Any, desktop_environ: dict[str, str], config: Path, folder: Path, eventually: Callable[..., None]
) -> None:
    shown = folder / "shown"
    with daemon(config, desktop_environ):
        eventually(lambda: shown.exists() and shown.read_text().endswith("\n"))
    assert dunst.count() == 1
    with daemon(config, desktop_environ) as again:
        eventually(lambda: dunst.count() == 0)
        again.send_signal(signal.SIGTERM)
        assert again.wait(5) == 0


def test_a_pressed_button_starts_the_hook_of_its_answer(
    dunst: Any, desktop_environ: dict[str, str], config: Path, folder: Path, eventually: Callable[..., None]
) -> None:
    with daemon(config, desktop_environ):
        eventually(lambda: dunst.count() == 1)
        dunst.press("Skip")
        eventually(lambda: (folder / "skipped").exists() and (folder / "skipped").read_text().endswith("\n"))
    eventually(lambda: (folder / "shown").exists() and (folder / "shown").read_text().endswith("\n"))
    entry = json.loads((folder / "skipped").read_text().strip())
    assert (entry["kind"], entry["outcome"], entry["notifier"]) == ("prompt", "skipped", "freedesktop")
    assert json.loads((folder / "shown").read_text().strip())["number"] == entry["number"]


def test_hooks_that_others_can_change_are_not_run_and_the_daemon_starts_without_that_file(
    desktop_environ: dict[str, str], config: Path, folder: Path, eventually: Callable[..., None]
) -> None:
    config.chmod(0o666)
    argv = [sys.executable, "-m", "psoas_nudge", "--config", str(config), "run"]
    log = folder / "log"
    with (
        log.open("w") as to,
        subprocess.Popen(argv, env=desktop_environ, stdin=subprocess.DEVNULL, stdout=to, stderr=to) as process,
    ):
        try:
            eventually(lambda: f"chmod go-w {config}" in log.read_text())
            assert process.poll() is None
        finally:
            process.terminate()
    assert process.returncode == 0
    assert "Traceback" not in log.read_text()
