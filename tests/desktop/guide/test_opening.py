"""The guide as the daemon starts it: a process of its own that opens a real browser window and ends with it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.core.model import StretchEntry
from psoas_nudge.journal import Journal
from tests.guide.killed import recorded_after_a_day

pytestmark = pytest.mark.heavy
PROJECT = Path(__file__).resolve().parents[3]
START = [sys.executable, "-m", "psoas_nudge.guide", "glute-squeeze", "--prompt", "4"]


@pytest.fixture
def environ(desktop_environ: dict[str, str]) -> dict[str, str]:
    return desktop_environ | {"PYTHONPATH": str(PROJECT)}


@pytest.fixture
def programs(tmp_path: Path, environ: dict[str, str]) -> Callable[[str, str], Path]:
    """Put a shell script in front of every other program of its name."""
    folder = tmp_path / "programs"
    folder.mkdir()
    environ["PATH"] = f"{folder}:{environ['PATH']}"

    def put(name: str, script: str) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return put


def stretches(environ: dict[str, str]) -> list[StretchEntry]:
    found = Journal.open_reading(Path(environ["XDG_DATA_HOME"]) / "psoas-nudge" / "journal.db")
    if found is None:
        return []
    with found:
        return [line.entry for line in found.read(kinds=("stretch",)) if isinstance(line.entry, StretchEntry)]


class Window:
    """The guide as the daemon starts it, and the window of the real browser that it opens."""

    def __init__(self, xvfb: Any, environ: dict[str, str], tmp_path: Path, eventually: Any) -> None:
        self.xvfb, self.environ, self.eventually = xvfb, environ, eventually
        self.told, self.page, self.pid = tmp_path / "told", tmp_path / "page", tmp_path / "pid"
        words = [*START, "--page"]
        self.guide = subprocess.Popen(words, env=environ | {"XDG_ACTIVATION_TOKEN": "token-1"}, cwd=tmp_path)

    def windows(self, title: str = "^0:46.*Glute squeeze") -> list[str]:
        argv = ["xdotool", "search", "--name", title]
        return subprocess.run(argv, env=self.environ, check=False, capture_output=True, text=True).stdout.split()

    def opens(self) -> str:
        self.eventually(self.windows, within=30)
        [window] = self.windows()
        return window

    def begins_to_hold(self, window: str) -> None:
        self.xvfb.do("windowfocus", "--sync", window)
        self.xvfb.do("key", "--delay", "200", "space", "space")  # the warnings are read, it begins
        self.eventually(lambda: not self.windows(), within=10)
        self.xvfb.do("key", "Right")
        self.eventually(lambda: "Glute" in self.xvfb.do("getwindowname", window))

    def close(self) -> None:
        self.guide.kill()
        self.guide.wait()
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            os.killpg(int(self.pid.read_text()), signal.SIGKILL)


@pytest.fixture
def window(
    xvfb: Any, environ: dict[str, str], programs: Any, tmp_path: Path, eventually: Any, desktop_need: Any
) -> Iterator[Window]:
    """The browser's wrapper keeps what it was told, and the file with the address that it was to open."""
    desktop_need("chromium")
    real = shutil.which("chromium")
    programs(
        "chromium",
        f'echo "$XDG_ACTIVATION_TOKEN $DESKTOP_STARTUP_ID $2" > {tmp_path}/told; echo $$ > {tmp_path}/pid\n'
        f'cp "${{2#--app=file://}}" {tmp_path}/page\n'
        f"export HOME={tmp_path} XDG_CONFIG_HOME={tmp_path} XDG_CACHE_HOME={tmp_path}\n"
        f'exec {real} --no-sandbox --test-type --user-data-dir={tmp_path}/profile --no-first-run --disable-gpu --mute-audio "$@"',
    )
    opened = Window(xvfb, environ, tmp_path, eventually)
    yield opened
    opened.close()


def test_accept_opens_a_window_and_closing_it_keeps_what_was_done(
    window: Window, xvfb: Any, environ: dict[str, str]
) -> None:
    number = window.opens()
    assert window.told.read_text().startswith("token-1 token-1 --app=file:///")
    assert "token=" not in window.told.read_text()
    window.begins_to_hold(number)
    subprocess.run(["sleep", "3"], check=True)
    xvfb.do("windowkill", number)
    assert window.guide.wait(20) == 0
    (entry,) = stretches(environ)
    assert (entry.routine, entry.prompt, entry.performed) == ("glute-squeeze", 4, True)
    assert 0 < entry.other_seconds < 10


def test_a_guide_that_is_killed_in_the_middle_of_a_hold_loses_less_than_six_seconds_of_it(
    window: Window, xvfb: Any, environ: dict[str, str], folder: Path
) -> None:
    number = window.opens()
    window.begins_to_hold(number)
    window.eventually(lambda: xvfb.do("getwindowname", number).startswith("0:33"), within=20)  # 7 of 10 s are held
    window.guide.kill()
    assert window.guide.wait() == -signal.SIGKILL
    [entry] = recorded_after_a_day(folder, Path(environ["XDG_DATA_HOME"]) / "psoas-nudge" / "journal.db")
    assert (entry.routine, entry.prompt, entry.performed) == ("glute-squeeze", 4, True)
    assert 5 <= entry.other_seconds < 8


def command_lines() -> str:
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(process.read_bytes().decode(errors="replace"))
    return "\n".join(found)


STRANGER = """
import http.client, json, socket, sys
from pathlib import Path
host, cookie, *private = sys.argv[1:]
learned = []
for each in private:
    try:
        path = Path(each)
        learned.append([str(p) for p in path.iterdir()] if path.is_dir() else path.read_bytes().decode(errors="replace"))
    except PermissionError:
        pass
for method, path in (("GET", "/"), ("GET", "/?token=guess"), ("GET", "/moments"), ("POST", "/press"), ("POST", "/feel"), ("POST", "/leave")):
    for value in ("", f"{cookie}=guess"):
        connection = http.client.HTTPConnection(host, timeout=5)
        headers = {"Origin": f"http://{host}", "Cookie": value, "Sec-Fetch-Site": "same-origin"}
        connection.request(method, path, '{"command": "next"}', headers)
        answer = connection.getresponse()
        if answer.status != 403 or answer.getheader("set-cookie"):
            learned.append([method, path, answer.status])
        connection.close()
print(json.dumps(learned))
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="to be another user takes root")
def test_another_user_of_the_machine_learns_no_secret_and_cannot_take_the_stretch(
    window: Window, environ: dict[str, str], folder: Path, desktop_need: Any
) -> None:
    desktop_need("setpriv")
    seen = ""
    while not window.windows():
        seen += command_lines()
    [(host, secret)] = set(re.findall(r"http://(127\.0\.0\.1:\d+)/\?token=([\w-]+)", window.page.read_text()))
    seen += command_lines()
    assert "chromium" in seen
    assert secret not in seen
    assert not list((folder / "psoas-nudge").glob("*.html")), "the file is gone once the secret was used"

    browser = window.pid.read_text().strip()
    private = [f"/proc/{browser}/environ", f"/proc/{window.guide.pid}/environ", str(folder / "psoas-nudge")]
    port = host.partition(":")[2]
    stranger = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", STRANGER]
    tried = subprocess.run(
        [*stranger, host, f"psoas_nudge_{port}", *private], check=False, capture_output=True, text=True, cwd="/"
    )
    assert (tried.returncode, tried.stdout) == (0, "[]\n"), tried.stderr

    connection = http.client.HTTPConnection(host, timeout=5)
    connection.request("GET", f"/?token={secret}")
    assert connection.getresponse().status == 403, "the secret has let a browser in already"
    connection.close()
    assert window.guide.poll() is None
    assert stretches(environ) == []


def test_without_a_display_or_a_terminal_it_says_so_and_fails(environ: dict[str, str], tmp_path: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environ[name] = ""
    done = subprocess.run(
        [*START, "--page"],
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        timeout=20,
    )
    assert done.returncode == 1
    assert "there is no display" in done.stderr
    assert "Traceback" not in done.stderr
    assert stretches(environ) == []


def test_a_browser_that_does_not_start_gives_way_to_the_default_one_and_then_to_a_terminal(
    environ: dict[str, str], programs: Any, tmp_path: Path, eventually: Any
) -> None:
    told = tmp_path / "told"
    programs("chromium", "exit 7")
    programs("xdg-open", f'echo "browser $1" >> {told}; exit 3')
    programs("x-terminal-emulator", f'echo "terminal $*" >> {told}')
    environ["PATH"] = environ["PATH"].partition(":")[0]
    done = subprocess.run(
        [*START, "--page"],
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    eventually(lambda: "terminal" in told.read_text())
    browser, terminal = told.read_text().splitlines()
    assert browser.startswith("browser file:///")
    assert terminal.startswith("terminal -e ")
    assert terminal.endswith(" -m psoas_nudge.guide glute-squeeze --prompt 4 --terminal")
