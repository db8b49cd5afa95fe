"""psoas-nudge is installed on Windows as people install it: by pip, by uv, by pipx."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import bare
from wine_computer import Computer
from wine_root import EXE, KEPT, PIP, PROJECT, ROOT, WHEELS, need


def it_is_installed(here: Computer) -> None:
    shutil.rmtree(KEPT / "built", ignore_errors=True)
    bare.must(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(KEPT / "built"), str(PROJECT))
    wheel = next((KEPT / "built").glob("*.whl"))
    for each in (*WHEELS.glob("*.whl"), wheel):
        to = ROOT / "win" / "wheels" / each.name
        to.parent.mkdir(exist_ok=True)
        shutil.copyfile(each, to)
    project = rf"Z:\win\wheels\{wheel.name}[page]"
    tools = ("pytest", "pytest-asyncio", "hypothesis", "pipx[uv]")
    pip = (
        "-m",
        "pip",
        "install",
        "--no-index",
        "--find-links",
        r"Z:\win\wheels",
        "--no-warn-script-location",
        "--no-compile",
    )
    here.run("wine", EXE, *pip, project, *tools, within=300)
    need("psoas-nudge 0." in here.nudge("--version"), "it has no version")


def uv_and_pipx_install_it_too(here: Computer) -> None:
    """Each into a virtual environment of its own. pipx uses uv: this Python, the embeddable one, has no venv."""
    wheel = rf"Z:\win\wheels\{next((KEPT / 'built').glob('*.whl')).name}"
    offline = ("env", "UV_OFFLINE=1", "UV_NO_INDEX=1", r"UV_FIND_LINKS=Z:\win\wheels", f"PIPX_DEFAULT_PYTHON={EXE}")
    offline += ("wine", EXE, "-m")
    here.run(*offline, "uv", "tool", "install", "--python", EXE, f"psoas-nudge[all] @ file:///{wheel}", within=180)
    roaming, local = here.settings_file().parents[1], here.local()
    bin_of_uv = r"C:\users\root\.local\bin\psoas-nudge.exe"
    it_can_be_kept(here, bin_of_uv, roaming / "uv" / "tools" / "psoas-nudge")
    here.run(*offline, "uv", "tool", "uninstall", "psoas-nudge")
    here.run(*offline, "pipx", "install", f"{wheel}[all]", within=180)
    # Wine's CreateSymbolicLink reports success and makes none, so what pipx puts on the path is not there
    venv = local / "pipx" / "pipx" / "venvs" / "psoas-nudge"
    it_can_be_kept(here, str(venv / "Scripts" / "psoas-nudge.exe").replace(str(ROOT), "Z:").replace("/", "\\"), venv)
    here.run(*offline, "pipx", "uninstall", "psoas-nudge")


def it_can_be_kept(here: Computer, script: str, venv: Path) -> None:
    """It runs, and would start at login with the Python of its own environment, which opens no console."""
    need("psoas-nudge 0." in here.run("wine", script, "--version"), f"{script} has no version")
    here.run("wine", script, "autostart", "enable")
    said = here.run("wine", script, "autostart", "status")
    program = re.search(r"starts +(\S+pythonw\.exe) -m psoas_nudge run", said)
    need(program and venv.name in program[1] and (venv / "Scripts" / "pythonw.exe").exists(), said)
    here.run("wine", script, "autostart", "disable")
    read = here.run("wine", program[1].replace("pythonw", "python"), "-m", "psoas_nudge.calendars", r"Z:\win\work.ics")  # type: ignore[index] # checked above
    need("10 busy times" in read, f"the calendar was not read within its limits: {read}")
