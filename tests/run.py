#!/usr/bin/env python3
"""Install what the tests need and run them: `python3 tests/run.py [--heavy] [--required] [--fuzz MINUTES] [--wine] [PYTEST ARGUMENT...]`.
Or try whether the tests notice mistakes in the core: `python3 tests/run.py --mutants [--full] [MODULE...]`.

Needs Python 3.11 or newer and nothing else. Makes .venv-test beside the project, with the project (editable) and its
dev dependency group, and keeps it until pyproject.toml changes. On Debian's relatives, as root, it also installs the
desktop programs that tests/desktop/conftest.py names, those that are missing; elsewhere these tests skip, with the
line that would enable them. Whatever it does not know goes to pytest, or with --mutants to tests/bench/mutants.py,
whose docstring says more: with --full it makes every small wrong change to psoas_nudge/core, one at a time, and fails
when 8 % or more of these mutants pass the tests (half an hour or so); without, it tries a sample of 300.
"""

from __future__ import annotations

import ast
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
VENV = PROJECT / ".venv-test"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WANTED_BY = HERE / "desktop" / "conftest.py"
LIGHT, HEAVY = ("PACKAGES",), ("HEAVY_PACKAGES",)


def say(line: str) -> None:
    print(f"tests/run.py: {line}", flush=True)


def run(what: str, argv: list[str], failure: str | None) -> bool:
    """Run a command that takes a while and show that it goes on.

    On a terminal one line moves: the time, and what the command says. Elsewhere `what` is printed, and the time it took.
    When the command fails, the program ends with all of its output and `failure`; without `failure` False is returned.
    """
    began, moving = time.monotonic(), sys.stdout.isatty()
    if not moving:
        say(f"{what} …")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    said: list[str] = []
    to: Queue[str | None] = Queue()
    with subprocess.Popen(
        argv,
        cwd=PROJECT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        Thread(target=hear, args=(process.stdout, to), daemon=True).start()
        last: str | None = ""
        while last is not None:
            if moving:
                line = f"{what}, {time.monotonic() - began:.0f} s  {last}"
                print(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}", end="", flush=True)
            try:
                last = to.get(timeout=1)
                said += [last] if last else []
            except Empty:
                last = said[-1] if said else ""
    print("\r\x1b[K" if moving else "", end="", flush=True)
    if process.returncode == 0:
        say(f"{what}: {time.monotonic() - began:.0f} s")
    elif failure:
        print("\n".join(said), file=sys.stderr)
        sys.exit(f"tests/run.py: {failure} (`{' '.join(argv[:6])}` ended with {process.returncode})")
    return process.returncode == 0


def hear(lines: IO[str], to: Queue[str | None]) -> None:
    """Hand on what is not blank, and None at the end."""
    for line in lines:
        if text := line.strip():
            to.put(text)
    to.put(None)


def make_venv() -> None:
    """The virtual environment, made again when pyproject.toml or the Python changed."""
    import tomllib

    text = (PROJECT / "pyproject.toml").read_bytes()
    made_from = hashlib.sha256(text + sys.version.encode() + str(VENV).encode()).hexdigest()
    mark = VENV / "made-from"
    if mark.is_file() and mark.read_text() == made_from and PYTHON.exists():
        return
    try:
        import ensurepip  # noqa: F401 - Debian leaves it out of its Python
    except ImportError:
        apt_install([f"python3.{sys.version_info.minor}-venv"]) or sys.exit(
            "tests/run.py: this Python cannot make virtual environments; as root: apt-get install -y python3-venv"
        )
    shutil.rmtree(VENV, ignore_errors=True)
    venv = [sys.executable, "-m", "venv", str(VENV)]
    run(f"making {VENV.name}", venv, "no virtual environment could be made")
    wanted = tomllib.loads(text.decode())["dependency-groups"]["dev"]
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    what = "installing the project and its development tools"
    run(what, [*pip, "--editable", ".", *wanted], "the project's dependencies could not be installed")
    mark.write_text(made_from)


def packages(names: tuple[str, ...]) -> list[str]:
    """Debian's names of the programs that the desktop tests use, from the tables in their conftest.py."""
    tables = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(WANTED_BY.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in names
    }
    return sorted({package for name in names for package in tables[name].values()})


def is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}", package]
    return subprocess.run(query, check=False, capture_output=True, text=True).stdout == "installed"


def apt_install(wanted: list[str]) -> bool:
    """Install those that are missing; False where this is not Debian's apt or not root."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-query"):
        return False
    missing = [package for package in wanted if not is_installed(package)]
    if not missing:
        return True
    if os.geteuid() != 0:
        return False
    say(f"missing here: {' '.join(missing)}")
    what = "installing packages of Debian"
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if not run(what, install, None):
        update = "the list of packages could not be brought up to date"
        run("bringing apt's list of packages up to date", ["apt-get", "update"], update)
        run(what, install, "the desktop components could not be installed")
    return True


def fuzz(minutes: float, environ: dict[str, str], for_pytest: list[str]) -> int:
    """Rounds of the tests marked fuzz, each with its own seed, until the time is over or one fails."""
    end, rounds = time.monotonic() + minutes * 60, 0
    while time.monotonic() < end:
        seed = secrets.randbelow(2**32)
        pytest = [str(PYTHON), "-m", "pytest", "-q", "-n", "2", "-m", "fuzz", f"--hypothesis-seed={seed}", *for_pytest]
        if failed := subprocess.run(
            pytest, check=False, cwd=PROJECT, env=environ | {"PSOAS_NUDGE_FUZZ": "4"}
        ).returncode:
            say(f"failed with --hypothesis-seed={seed}")
            return failed
        rounds += 1
    say(f"{rounds} rounds without a failure")
    return 0


def main() -> int:
    options = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False)
    options.add_argument("--heavy", action="store_true", help="also the tests that need compositors, panels, a browser")
    options.add_argument("--required", action="store_true", help="a desktop test that cannot run fails")
    options.add_argument("--fuzz", type=float, metavar="MINUTES", help="only tests that make up input, other each time")
    options.add_argument("--wine", action="store_true", help="only a day on Windows, under Wine (tests/wine.py)")
    options.add_argument("--mutants", action="store_true", help="try whether the tests notice mistakes in the core")
    options.add_argument("--prepare", action="store_true", help="install only, run nothing")
    chosen, for_pytest = options.parse_known_args()

    make_venv()
    if chosen.mutants:
        mutants = [str(PYTHON), str(HERE / "bench" / "mutants.py"), *for_pytest]
        return subprocess.run(mutants, check=False, cwd=PROJECT).returncode
    if not apt_install(packages(LIGHT + HEAVY if chosen.heavy else LIGHT)):
        say("desktop components are not installed here (that takes Debian's apt and root); tests without theirs skip")
    if chosen.prepare:
        return 0
    if chosen.wine:
        return subprocess.run([str(PYTHON), str(HERE / "wine.py")], check=False, cwd=PROJECT).returncode
    environ = {**os.environ, **({"PSOAS_NUDGE_REQUIRE_DESKTOP": "1"} if chosen.required else {})}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start the program a thousand times; each would compile it anew
    if chosen.fuzz:
        return fuzz(chosen.fuzz, environ, for_pytest)
    pytest = [str(PYTHON), "-m", "pytest", "-n", "2", *([] if chosen.heavy else ["-m", "not heavy"]), *for_pytest]
    return subprocess.run(pytest, check=False, cwd=PROJECT, env=environ).returncode


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - it is run by whatever Python a new machine has
        sys.exit(f"tests/run.py: needs Python 3.11 or newer, this is {sys.version.split()[0]}")
    sys.exit(main())
