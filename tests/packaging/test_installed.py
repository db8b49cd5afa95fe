"""What a person gets from a wheel: built from the sdist, installed where nothing of the source can be reached.

Needs a package index, hatchling, and time; hence heavy.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
FIRST_JOURNAL = ROOT / "tests" / "journal" / "schemas" / "v1.sql"


def do(*argv: object, environ: dict[str, str] | None = None, code: int = 0) -> str:
    words = [str(word) for word in argv]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=300, check=False, cwd="/")
    assert done.returncode == code, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(out)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [made] = out.glob("*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(sdist: Path) -> Path:
    do(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", sdist.parent, sdist)
    [made] = sdist.parent.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a clean environment with the wheel and every extra."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    do(sys.executable, "-m", "venv", folder)
    do(folder / "bin" / "python", "-m", "pip", "install", "-q", f"{wheel}[all]")
    return folder


@pytest.fixture
def environ(installed: Path) -> Iterator[dict[str, str]]:
    """A person's environment without any desktop; nothing of this machine's is reached."""
    with tempfile.TemporaryDirectory(prefix="pn-") as home:
        keep = {k: v for k, v in os.environ.items() if k in {"LANG", "LC_ALL", "TZ"}}
        yield {
            **keep,
            "HOME": home,
            "PATH": f"{installed / 'bin'}:/usr/bin:/bin",
            "XDG_CONFIG_HOME": f"{home}/config",
            "XDG_DATA_HOME": f"{home}/data",
            "XDG_RUNTIME_DIR": home,
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/none",
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={home}/none",
        }


def test_the_sdist_holds_what_is_needed_to_build_and_test(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "tests/cli/test_man.py"} <= names
    assert "psoas_nudge/cli/man_build.py" in names


def test_the_wheel_holds_every_file_of_the_package_and_the_manual_page(wheel: Path) -> None:
    files = {str(p.relative_to(ROOT)) for p in (ROOT / "psoas_nudge").rglob("*") if p.is_file()}
    wanted = {name for name in files if "__pycache__" not in name} - {"psoas_nudge/cli/man_build.py"}
    assert "psoas_nudge/__main__.py" in wanted
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert wanted <= names
    for page in ("man1/psoas-nudge.1", "man5/psoas-nudge.toml.5", "man7/psoas-nudge-privacy.7"):
        assert [name for name in names if name.endswith(f"share/man/{page}")]
    assert not [name for name in names if name.startswith("tests") or "man_build" in name]


def test_everything_answers_from_the_installed_wheel(installed: Path, environ: dict[str, str]) -> None:
    program = installed / "bin" / "psoas-nudge"
    assert do(program, "--version", environ=environ).startswith("psoas-nudge ")
    commands = do(installed / "bin" / "python", "-c", "from psoas_nudge.commands import COMMANDS; print(*COMMANDS)")
    for name in commands.split():
        assert "Usage: psoas-nudge" in do(program, name, "--help", environ=environ)
    do(program, "config", "init", environ=environ)
    do(program, "config", "check", environ=environ)
    do(program, "journal", environ=environ)
    do(program, "stats", environ=environ)
    do(program, "status", environ=environ, code=3)
    assert "not" in do(program, "autostart", "status", environ=environ).lower()
    assert (installed / "share/man/man1/psoas-nudge.1").read_text() == do(program, "man", environ=environ)
    privacy = (installed / "share/man/man7/psoas-nudge-privacy.7").read_text()
    assert privacy == do(program, "man", "privacy", environ=environ)


def test_the_daemon_runs_from_the_installed_wheel(installed: Path, environ: dict[str, str]) -> None:
    program = installed / "bin" / "psoas-nudge"
    log = Path(environ["HOME"]) / "log"
    with (
        log.open("w") as to,
        subprocess.Popen(
            [program, "run", "-v"], env=environ, stdin=subprocess.DEVNULL, stderr=to, stdout=to, cwd="/"
        ) as daemon,
    ):
        try:
            end = time.monotonic() + 30
            while "ready" not in log.read_text():
                assert daemon.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.05)
            assert "prompts today" in do(program, "status", environ=environ).lower()
            follow = [str(program), "status", "--follow", "--format", "{look} {prompts}"]
            with subprocess.Popen(follow, env=environ, stdout=subprocess.PIPE, text=True, cwd="/") as bar:
                assert bar.stdout
                assert bar.stdout.readline().split()[1] == "0"
                do(program, "pause", "30m", environ=environ)
                assert bar.stdout.readline() == "paused 0\n"
                do(program, "stop", environ=environ)
                assert bar.wait(10) == 0
            assert daemon.wait(10) == 0
        finally:
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGKILL)
    assert "Traceback" not in log.read_text()


def test_an_upgrade_keeps_journal_and_configuration(installed: Path, environ: dict[str, str]) -> None:
    program = installed / "bin" / "psoas-nudge"
    data, config = Path(environ["XDG_DATA_HOME"]) / "psoas-nudge", Path(environ["XDG_CONFIG_HOME"]) / "psoas-nudge"
    for folder in (data, config):
        folder.mkdir(parents=True, mode=0o700)
    db = sqlite3.connect(data / "journal.db")
    db.executescript(FIRST_JOURNAL.read_text())
    db.close()
    mine = '# mine\n[prompt]\nnudge_after = "45m" # longer\n'
    (config / "config.toml").write_text(mine)
    told = do(program, "journal", "--json", environ=environ)
    assert '"standing-hip-flexor"' in told
    assert do(program, "config", "get", "prompt.nudge_after", environ=environ) == "45m\n"
    assert (config / "config.toml").read_text() == mine


@pytest.mark.parametrize("tool", ["uv", "pipx"])
def test_the_tools_for_programs_install_it(tool: str, sdist: Path, tmp_path: Path) -> None:
    found = shutil.which(tool, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not found:
        pytest.skip(f"{tool} is missing; enable with: pip install {tool}")
    with tarfile.open(sdist) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)  # not in 3.11.0 to 3.11.3
        archive.extractall(tmp_path / "source")
    [source] = (tmp_path / "source").iterdir()
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "UV_TOOL", "PIPX_", "PYTHON"))},
        "HOME": str(tmp_path),
        "UV_SYSTEM_CERTS": "1",  # as pip does; a mirror's certificate is known to the system, not to uv
        "UV_NATIVE_TLS": "1",  # its older name
        "UV_TOOL_DIR": f"{tmp_path}/tools",
        "UV_TOOL_BIN_DIR": f"{tmp_path}/bin",
        "PIPX_HOME": f"{tmp_path}/tools",
        "PIPX_BIN_DIR": f"{tmp_path}/bin",
        "PIPX_MAN_DIR": f"{tmp_path}/man",
    }
    argv = (
        [found, "tool", "install", "--python", sys.executable, source]
        if tool == "uv"
        else [found, "install", "--python", sys.executable, source]
    )
    do(*argv, environ=environ)
    assert do(tmp_path / "bin" / "psoas-nudge", "--version", environ=environ).startswith("psoas-nudge ")
