"""What is written for a login is accepted by the programs that read it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from psoas_nudge.autostart import activation, application, chooser, systemd, xdg
from psoas_nudge.autostart.port import Computer
from psoas_nudge.places import APPLICATION

ODD = "a b'c$d"


@pytest.fixture
def odd_program(tmp_path: Path) -> Path:
    """A program in a folder with a name that needs quoting."""
    program = tmp_path / ODD / "psoas-nudge"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho \"$@\" > '{tmp_path}/part' && mv '{tmp_path}/part' '{tmp_path}/started'\n")
    program.chmod(0o755)
    return program


def verify(unit: Path, home: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "SYSTEMD_LOG_LEVEL": "warning"}
    argv = ["systemd-analyze", "--user", "--man=no", "verify", str(unit)]
    return subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)


def test_systemd_accepts_the_unit_without_a_word(desktop_need, odd_program: Path, tmp_path: Path) -> None:
    desktop_need("systemd-analyze")
    version = subprocess.run(["systemctl", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    unit = tmp_path / "psoas-nudge.service"
    unit.write_text(systemd.render([str(odd_program), "run", "50%", "a\\b"], int(version)))
    done = verify(unit, tmp_path)
    about_it = [line for line in (done.stdout + done.stderr).splitlines() if "psoas-nudge" in line]
    assert (done.returncode, about_it) == (0, [])


def test_systemd_notices_when_the_program_is_gone(desktop_need, tmp_path: Path) -> None:
    desktop_need("systemd-analyze")
    unit = tmp_path / "psoas-nudge.service"
    unit.write_text(systemd.render(["/nowhere/psoas-nudge", "run"], 252))
    done = verify(unit, tmp_path)
    assert done.returncode
    assert "/nowhere/psoas-nudge" in done.stderr


def test_the_entry_is_a_valid_desktop_entry(desktop_need, odd_program: Path, tmp_path: Path) -> None:
    desktop_need("desktop-file-validate")
    entry = tmp_path / xdg.FILE
    entry.write_text(xdg.render([str(odd_program), "run"]))
    done = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_applications_entry_is_a_valid_one(desktop_need, odd_program: Path, tmp_path: Path) -> None:
    desktop_need("desktop-file-validate")
    entry = tmp_path / "io.github.psoas_nudge.desktop"
    page = tmp_path / "io.github.psoas_nudge.page.desktop"
    entry.write_text(application.render([str(odd_program), "run"]))
    page.write_text(application.render([str(odd_program), "run"], "chrome-_page.html-Default"))
    argv = ["desktop-file-validate", str(entry), str(page)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_systemd_accepts_the_unit_that_tells_of_trouble(desktop_need, tmp_path: Path) -> None:
    desktop_need("systemd-analyze", "busctl")
    unit = tmp_path / systemd.TROUBLE
    unit.write_text(systemd.trouble())
    done = verify(unit, tmp_path)
    about_it = [line for line in (done.stdout + done.stderr).splitlines() if "psoas-nudge" in line]
    assert (done.returncode, about_it) == (0, [])


def test_glib_starts_the_program_of_the_entry(desktop_need, eventually, odd_program: Path, tmp_path: Path) -> None:
    desktop_need("gio")
    entry = tmp_path / xdg.FILE
    entry.write_text(xdg.render([str(odd_program), "run", "--x=$HOME"]))
    subprocess.run(["gio", "launch", str(entry)], check=True, timeout=20)
    eventually((tmp_path / "started").exists)
    assert (tmp_path / "started").read_text() == "run --x=$HOME\n"


def test_a_running_session_bus_learns_to_start_it(
    desktop_need, eventually, odd_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop_need("dbus-daemon", "gdbus")
    config, socket = tmp_path / "bus.conf", tmp_path / "bus"
    address = f"unix:path={socket}"
    computer = Computer(environ={"DBUS_SESSION_BUS_ADDRESS": address}, home=tmp_path, platform="linux")
    services = activation.path(computer).parent  # not there yet when the bus starts
    config.write_text(
        f"<busconfig><type>session</type><listen>{address}</listen><servicedir>{services}</servicedir>"
        '<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/>'
        '<allow eavesdrop="true"/></policy></busconfig>'
    )
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    argv = ["dbus-daemon", "--config-file", str(config), "--nofork", "--nopidfile", "--nosyslog"]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as bus:
        try:
            eventually(socket.exists)
            chooser.enable(computer, [str(odd_program), "run"], "xdg")
            start = "org.freedesktop.DBus.StartServiceByName"
            call = ["gdbus", "call", "--address", address, "--dest", "org.freedesktop.DBus"]
            path = ["--object-path", "/org/freedesktop/DBus", "--method", start, APPLICATION, "0"]
            with subprocess.Popen([*call, *path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as caller:
                eventually((tmp_path / "started").exists)
                caller.kill()  # the pretended daemon takes no name, so the call has no end
            assert (tmp_path / "started").read_text() == "run\n"
        finally:
            bus.terminate()
