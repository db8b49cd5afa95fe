"""Real desktop components for tests: a private X server, private buses, dunst, a logind stand-in.

Everything runs on displays and buses of its own and is ended by its process group. The one place that skips: a test
whose programs are missing is skipped with the apt line that would enable all of them, and fails instead when
PSOAS_NUDGE_REQUIRE_DESKTOP=1. Every test in this folder carries the marker `desktop`.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACKAGES = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "dbus-daemon": "dbus",
    "gdbus": "libglib2.0-bin",
    "dunst": "dunst",
    "dunstctl": "dunst",
    "dbusmock": "python3-dbusmock",
    "notify-send": "libnotify-bin",
    "strace": "strace",
}
HEAVY_PACKAGES = {
    "openbox": "openbox",
    "chromium": "chromium",
    "firefox-esr": "firefox-esr",
    "espeak-ng": "espeak-ng",
    "spd-say": "speech-dispatcher",
    "/usr/share/doc/speech-dispatcher-espeak-ng": "speech-dispatcher-espeak-ng",
    "mutter": "mutter",
    "gnome-shell": "gnome-shell",
    "gjs": "gjs",
    "/usr/share/gnome-shell/extensions/ubuntu-appindicators@ubuntu.com": "gnome-shell-extension-appindicator",
    "kwin_wayland": "kwin-wayland",
    "sway": "sway",
    "mako": "mako-notifier",
    "makoctl": "mako-notifier",
    "swaync": "sway-notification-center",
    "swaync-client": "sway-notification-center",
    "foot": "foot",
    "pulseaudio": "pulseaudio",
    "parec": "pulseaudio-utils",
    "pactl": "pulseaudio-utils",
    "paplay": "pulseaudio-utils",
    "pipewire": "pipewire",
    "pipewire-pulse": "pipewire-pulse",
    "wireplumber": "wireplumber",
    "pw-cli": "pipewire-bin",
    "gst-launch-1.0": "gstreamer1.0-tools",
    "/usr/share/doc/gstreamer1.0-pipewire": "gstreamer1.0-pipewire",
    "/usr/share/doc/gstreamer1.0-plugins-base": "gstreamer1.0-plugins-base",
    "xfconf-query": "xfconf",
    "gsettings": "libglib2.0-bin",
    "/usr/libexec/dconf-service": "dconf-gsettings-backend",
    "/usr/share/glib-2.0/schemas/org.gnome.desktop.notifications.gschema.xml": "gsettings-desktop-schemas",
    "xfce4-notifyd": "xfce4-notifyd",
    "xfce4-panel": "xfce4-panel",
    "desktop-file-validate": "desktop-file-utils",
    "gio": "libglib2.0-bin",
    "systemd-analyze": "systemd",
    "import": "imagemagick",
    "convert": "imagemagick",
    "waybar": "waybar",
    "grim": "grim",
    "zsh": "zsh",
    "fish": "fish",
    "man": "man-db",
    "busctl": "systemd",
}


PLASMA = ("plasmashell", "kwin_x11", "kded6")
collect_ignore = [] if all(map(shutil.which, PLASMA)) else ["test_plasma.py"]
"""Debian 12 has no Plasma 6: tests/newer.py runs this file in a Debian 13."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.desktop)


def is_there(program: str) -> bool:
    if program == "dbusmock":
        return Path("/usr/lib/python3/dist-packages/dbusmock").is_dir()
    return Path(program).exists() if program.startswith("/") else shutil.which(program) is not None


def need(*programs: str) -> None:
    """Skip the test, or fail it when the desktop is required, unless every program is there."""
    missing = [p for p in programs if not is_there(p)]
    if not missing:
        return
    packages = {HEAVY_PACKAGES[p] for p in missing if p in HEAVY_PACKAGES} | set(PACKAGES.values())
    line = f"{', '.join(missing)} missing; enable with: apt-get install -y --no-install-recommends {' '.join(sorted(packages))}"
    if os.environ.get("PSOAS_NUDGE_REQUIRE_DESKTOP") == "1":
        pytest.fail(line)
    pytest.skip(line)


def wait_until(what: Callable[[], object], *, within: float = 10.0, every: float = 0.01) -> None:
    """Wait for another process; fails the test when it does not happen."""
    end = time.monotonic() + within
    while not what():
        if time.monotonic() > end:
            pytest.fail(f"did not happen within {within:g} s: {what}")
        time.sleep(every)


class Component:
    """One program that can be killed and started again in mid-test."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self, argv: list[str], environ: dict[str, str] | None = None, **popen: object) -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            argv,
            env=environ,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **{"stdout": subprocess.DEVNULL, **popen},
        )
        return self.process

    def kill(self, signum: int = signal.SIGKILL) -> None:
        """End it now, with everything it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signum)
        if signum != signal.SIGKILL:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


class Screen(Component):
    """A private X server (`name` is its DISPLAY) and a person at its keyboard and mouse."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.extra: tuple[str, ...] = ()

    def start(self, *extra: str) -> None:
        """Start it; after a kill it comes back under the same name. `extra`: more options for Xvfb."""
        self.extra = extra or self.extra
        # A number far above those that other servers pick for themselves: it is still free after a kill.
        self.name = self.name or f":{1000 + secrets.randbelow(50_000)}"
        read, write = os.pipe()
        argv = ["Xvfb", self.name, "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
        self.spawn([*argv, "-noreset", *self.extra], pass_fds=(write,))
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            told = pipe.readline().decode().strip()
        if f":{told}" != self.name:
            pytest.fail(f"Xvfb did not start on {self.name}")

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.name, "XDG_SESSION_TYPE": "x11", "WAYLAND_DISPLAY": ""}

    def kill(self, signum: int = signal.SIGKILL) -> None:
        super().kill(signum)
        number = self.name.lstrip(":")
        for left in (f"/tmp/.X{number}-lock", f"/tmp/.X11-unix/X{number}"):
            Path(left).unlink(missing_ok=True)

    def do(self, *xdotool: str) -> str:
        """Run xdotool here."""
        done = subprocess.run(["xdotool", *xdotool], env=self.environ, check=True, capture_output=True, text=True)
        return done.stdout

    def picture(self, name: str) -> None:
        """With PSOAS_NUDGE_SCREENSHOTS=FOLDER a picture of the screen is kept there, to be looked at."""
        if keep := os.environ.get("PSOAS_NUDGE_SCREENSHOTS"):
            need("import")
            argv = ["import", "-window", "root", str(Path(keep).resolve() / f"{name}.png")]
            subprocess.run(argv, env=self.environ, check=True)

    def type(self, text: str = "a") -> None:
        """Type."""
        self.do("type", "--delay", "1", text)

    def move(self, x: int, y: int) -> None:
        """Move the mouse."""
        self.do("mousemove", str(x), str(y))

    def click(self, x: int, y: int) -> None:
        """Click with the left button."""
        self.do("mousemove", str(x), str(y), "click", "1")


class PrivateBus(Component):
    """A message bus of its own, without services to activate; a restart keeps the address.

    `settings`: more elements for its configuration, used from the next start on.
    """

    def __init__(self, kind: str, folder: Path) -> None:
        super().__init__()
        self.kind, self.folder = kind, folder
        self.socket = folder / f"{kind}-bus"
        self.address = f"unix:path={self.socket}"
        self.settings = ""

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        config = self.folder / f"{self.kind}.conf"
        config.write_text(
            f"<busconfig><type>{self.kind}</type><listen>{self.address}</listen><auth>EXTERNAL</auth>"
            '<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>'
            '<allow send_type="signal"/><allow receive_type="method_call"/><allow receive_type="signal"/>'
            '<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy>'
            f"{self.settings}</busconfig>"
        )
        argv = [
            "dbus-daemon",
            "--config-file",
            str(config),
            "--nofork",
            "--nopidfile",
            "--nosyslog",
            "--print-address=1",
        ]
        process = self.spawn(argv, stdout=subprocess.PIPE)
        assert process.stdout
        with process.stdout as told:
            if not told.readline():
                pytest.fail(f"the {self.kind} bus did not start")

    def call(self, destination: str, path: str, method: str, *args: str) -> str:
        """Call a method; arguments in gdbus' text form: true, 'text', {'Key': <true>}."""
        argv = ["gdbus", "call", "--address", self.address, "--dest", destination, "--object-path", path]
        done = subprocess.run(
            [*argv, "--method", method, "--", *args], check=False, capture_output=True, text=True, timeout=10
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def has(self, name: str) -> bool:
        """Whether somebody owns this name."""
        args = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner", name)
        return "true" in self.call(*args)

    def wait_for(self, name: str) -> None:
        """Wait until somebody owns this name."""
        wait_until(lambda: self.has(name))


class Logind(Component):
    """The stand-in for systemd-logind that python-dbusmock ships, with the session "c1" of this user."""

    NAME, MANAGER = "org.freedesktop.login1", "/org/freedesktop/login1"
    SESSION = "/org/freedesktop/login1/session/c1"
    MOCK = "org.freedesktop.DBus.Mock"

    def __init__(self, bus: PrivateBus) -> None:
        super().__init__()
        self.bus = bus

    def start(self) -> None:
        environ = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self.bus.address}
        self.spawn(["/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind"], environ)
        self.bus.wait_for(self.NAME)
        uid = str(os.getuid())
        self.bus.call(self.NAME, self.MANAGER, f"{self.MOCK}.AddSession", "c1", "seat0", uid, "me", "true")

    def sleep(self, about_to: bool) -> None:
        """True: the machine is about to sleep. False: it is back."""
        emit = (f"{self.MOCK}.EmitSignal", "org.freedesktop.login1.Manager", "PrepareForSleep", "b")
        self.bus.call(self.NAME, self.MANAGER, *emit, f"[<{str(about_to).lower()}>]")

    def set(self, **properties: bool) -> None:
        """Change properties of the session: LockedHint, Active, IdleHint."""
        changed = "{" + ", ".join(f"'{k}': <{str(v).lower()}>" for k, v in properties.items()) + "}"
        update = f"{self.MOCK}.UpdateProperties"
        self.bus.call(self.NAME, self.SESSION, update, "org.freedesktop.login1.Session", changed)

    def ask_to_lock(self, lock: bool) -> None:
        """Send the signal Lock or Unlock, as `loginctl lock-session` does."""
        self.bus.call(self.NAME, self.SESSION, f"org.freedesktop.login1.Session.{'Lock' if lock else 'Unlock'}")

    def inhibitors(self) -> str:
        """Who inhibits what now, as text."""
        return self.bus.call(self.NAME, self.MANAGER, "org.freedesktop.login1.Manager.ListInhibitors")


class Dunst(Component):
    """The notification server dunst on a private display, and a person who presses its buttons.

    `settings`: more lines for dunstrc, used from the next start on.
    """

    NAME = "org.freedesktop.Notifications"

    def __init__(self, folder: Path, screen: Screen, bus: PrivateBus) -> None:
        super().__init__()
        self.folder, self.screen, self.bus = folder, screen, bus
        self.wanted, self.seen = folder / "wanted", folder / "seen"
        self.settings = ""

    @property
    def environ(self) -> dict[str, str]:
        return {**self.screen.environ, "DBUS_SESSION_BUS_ADDRESS": self.bus.address, "HOME": str(self.folder)}

    def start(self) -> None:
        stub = self.folder / "menu"
        stub.write_text(
            "#!/bin/sh\n"
            f'cat > "{self.seen}.part"\n'
            f'grep -F -m 1 -e "#$(cat "{self.wanted}") (" "{self.seen}.part"\n'
            f'mv "{self.seen}.part" "{self.seen}"\n'
        )
        stub.chmod(0o700)
        rc = self.folder / "dunstrc"
        rc.write_text(f"[global]\ndmenu = {stub}\nidle_threshold = 0\nshow_age_threshold = -1\n{self.settings}")
        self.spawn(["dunst", "-config", str(rc)], self.environ)
        self.bus.wait_for(self.NAME)

    def ctl(self, *args: str) -> str:
        """Run dunstctl."""
        done = subprocess.run(["dunstctl", *args], env=self.environ, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def press(self, label: str) -> None:
        """Press the button with this label, like a person in dunst's menu; fails when it is not offered."""
        offered = self._menu(label)
        assert f"#{label} (" in offered, f"no button {label!r} in: {offered}"

    def buttons(self) -> list[str]:
        """The lines of dunst's menu: "#LABEL (SUMMARY) [ID,KEY]"."""
        return self._menu("(nothing is pressed)").splitlines()

    def _menu(self, choice: str) -> str:
        """Open dunst's menu and choose; dunst refuses while it still puts the last menu away, so it is asked again."""
        opened = Path(f"{self.seen}.part")
        self.seen.unlink(missing_ok=True)
        self.wanted.write_text(choice)
        for _ in range(20):
            self.ctl("context")
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                if opened.exists() or self.seen.exists():
                    wait_until(self.seen.exists)
                    return self.seen.read_text()
                time.sleep(0.005)
        pytest.fail("dunst opened no menu: is a notification displayed?")

    def act(self, index: int = 0) -> None:
        """Invoke the default action, like a click."""
        self.ctl("action", str(index))

    def pause(self, on: bool = True) -> None:
        """Do not disturb."""
        self.ctl("set-paused", str(on).lower())

    def count(self, which: str = "displayed") -> int:
        """How many notifications are displayed, waiting or in the history."""
        return int(self.ctl("count", which))


@pytest.fixture
def desktop_need() -> Callable[..., None]:
    """`desktop_need("mutter", …)`: the one way to skip for want of a program."""
    return need


@pytest.fixture
def eventually() -> Callable[..., None]:
    """`eventually(condition)`: wait for another process from a test that is not async."""
    return wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name, because the path of a socket is limited to 108 bytes."""
    with tempfile.TemporaryDirectory(prefix="pn-") as name:
        yield Path(name)


@contextlib.contextmanager
def running(component: Screen | PrivateBus | Logind | Dunst) -> Iterator[None]:
    component.start()
    try:
        yield
    finally:
        component.kill(signal.SIGTERM)


@pytest.fixture
def xvfb() -> Iterator[Screen]:
    """A private X server with xdotool: `.name`, `.type()`, `.move(x, y)`, `.kill()`, `.start()`."""
    need("Xvfb", "xdotool")
    screen = Screen()
    with running(screen):
        yield screen


@pytest.fixture
def session_bus(folder: Path) -> Iterator[PrivateBus]:
    """A private session bus: `.address`, `.call(…)`, `.kill()`, `.start()`."""
    need("dbus-daemon", "gdbus")
    bus = PrivateBus("session", folder)
    with running(bus):
        yield bus


@pytest.fixture
def system_bus(folder: Path) -> Iterator[PrivateBus]:
    """A private system bus: `.address`, `.call(…)`, `.kill()`, `.start()`."""
    need("dbus-daemon", "gdbus")
    bus = PrivateBus("system", folder)
    with running(bus):
        yield bus


@pytest.fixture
def logind(system_bus: PrivateBus) -> Iterator[Logind]:
    """The logind stand-in on `system_bus`: `.sleep(True)`, `.set(LockedHint=True)`, `.ask_to_lock(True)`."""
    need("dbusmock")
    stand_in = Logind(system_bus)
    with running(stand_in):
        yield stand_in


@pytest.fixture
def dunst(folder: Path, xvfb: Screen, session_bus: PrivateBus) -> Iterator[Dunst]:
    """dunst on `xvfb` and `session_bus`: `.press("Accept")`, `.pause()`, `.count()`, `.kill()`, `.start()`."""
    need("dunst", "dunstctl")
    server = Dunst(folder, xvfb, session_bus)
    with running(server):
        yield server


@pytest.fixture
def desktop_environ(xvfb: Screen, session_bus: PrivateBus, system_bus: PrivateBus, folder: Path) -> dict[str, str]:
    """The environment of a whole private desktop, for starting the program in it; HOME and XDG folders are private."""
    return {
        **{k: v for k, v in xvfb.environ.items() if not k.startswith(("XDG_", "PSOAS_NUDGE_"))},
        "DBUS_SESSION_BUS_ADDRESS": session_bus.address,
        "DBUS_SYSTEM_BUS_ADDRESS": system_bus.address,
        "XDG_SESSION_TYPE": "x11",
        "XDG_SESSION_ID": "c1",
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "HOME": str(folder),
        "PYTHONPATH": str(HERE.parent.parent),
    }
