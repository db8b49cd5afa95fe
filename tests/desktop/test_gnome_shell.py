"""The whole program in a real GNOME Shell with the AppIndicator extension: a person types, is prompted, and clicks.

The shell runs headless on private buses; keys and clicks are real input events, what is on the screen is asked of the
shell itself (org.gnome.Shell.Eval). With PSOAS_NUDGE_SCREENSHOTS=FOLDER pictures are kept there, to be looked at.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from psoas_nudge.bus import Bus

pytestmark = pytest.mark.heavy

EXTENSION = "/usr/share/gnome-shell/extensions/ubuntu-appindicators@ubuntu.com"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CONFIG = "[hours]\n" + "".join(f'{day} = ["00:00-24:00"]\n' for day in DAYS)
CONFIG += """
[prompt]
nudge_after = "4s"
settle_in = "0s"
wind_down = "0s"
lull = "2s"
patience = "1s"
after_quiet = "0s"
expires_after = "1h"

[stretch]
guide = "none"
"""
INSISTING = CONFIG.replace('lull = "2s"', 'lull = "2s"\ninsist = true')
WIDTH, HEIGHT = 1280, 800
LETTER_A, ESCAPE = 30, 1
KNOWN = "Shell.AppSystem.get_default().lookup_app('io.github.psoas_nudge.page.desktop')?.get_name()"
WINDOWS = """global.get_window_actors().map(({meta_window}) => {
const app = Shell.WindowTracker.get_default().get_window_app(meta_window);
return [meta_window.get_wm_class(), app.get_name(), app.get_icon().to_string()]; })"""
BANNER = """(() => { const tray = Main.messageTray, shown = tray._notification;
return shown && shown.title.startsWith("You've been") && tray._notificationState === 2
&& tray._banner.get_transformed_size().every(Number.isFinite) ? [shown.title, shown.body ?? shown.bannerBodyText, tray._banner.expanded,
tray._banner.get_transformed_position().map(Math.round), tray._banner.get_transformed_size().map(Math.round)] : null; })()"""
BUTTONS = """Main.messageTray._banner._buttonBox.get_children().map(button => [button.label ?? button.get_child().text,
button.get_transformed_position().map(Math.round), button.get_transformed_size().map(Math.round)])"""
ICON = """(() => { const at = Main.panel.statusArea, key = Object.keys(at).find(k => k.startsWith('appindicator-'));
if (!key) return null; const icon = at[key]; const shown = icon._indicator;
const walk = menu => menu._getMenuItems().filter(i => i.visible).map(i => i.menu ? [i.label.text, walk(i.menu)]
: i.label && i.label.text ? i.label.text : '-');
return [shown.status, icon.accessible_name || shown.accessibleName, walk(icon.menu),
icon.get_transformed_position().map(Math.round), icon.get_transformed_size().map(Math.round)]; })()"""


class Gnome:
    """GNOME Shell, a person at its keyboard and mouse, and the program."""

    REMOTE = ("org.gnome.Mutter.RemoteDesktop", "/org/gnome/Mutter/RemoteDesktop", "org.gnome.Mutter.RemoteDesktop")
    SERVICES = ("org.gnome.Shell.Notifications", "ca.desrt.dconf")

    def __init__(self, folder: Path, bus: Any, environ: dict[str, str]) -> None:
        self.folder, self.private = folder, bus
        self.bus = Bus("session", bus.address)
        self.environ = {
            **{k: v for k, v in environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_ID"}},
            "XDG_SESSION_TYPE": "wayland",
            "XDG_CURRENT_DESKTOP": "GNOME",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LC_ALL": "C.UTF-8",
        }
        self.log, self.programs = folder / "shell.log", list[subprocess.Popen[bytes]]()
        self.hand = ""

    def prepare(self) -> None:
        """A bus that starts the shell's own services with this session's environment, and the shell's settings."""
        services = self.folder / "services"
        services.mkdir()
        for name in self.SERVICES:
            text = Path(f"/usr/share/dbus-1/services/{name}.service").read_text()
            command = next(line for line in text.splitlines() if line.startswith("Exec=")).removeprefix("Exec=")
            words = " ".join(f"{k}={v}" for k, v in self.environ.items() if k.startswith(("XDG_", "HOME", "DBUS_")))
            (services / f"{name}.service").write_text(
                f"[D-BUS Service]\nName={name}\nExec=/usr/bin/env {words} {command}\n"
            )
        self.private.kill()
        self.private.settings = f"<servicedir>{services}</servicedir>"
        self.private.start()
        self.set("org.gnome.shell", "enabled-extensions", "['ubuntu-appindicators@ubuntu.com']")
        self.set("org.gnome.shell", "welcome-dialog-last-shown-version", "'99'")

    def set(self, schema: str, key: str, value: str) -> None:
        argv = ["gsettings", "set", schema, key, value]
        subprocess.run(argv, env=self.environ, check=True, capture_output=True)

    def spawn(self, *argv: str, log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as to:
            process = subprocess.Popen(
                argv, env=self.environ, stdin=subprocess.DEVNULL, stdout=to, stderr=to, start_new_session=True
            )
        self.programs.append(process)
        return process

    async def start(self) -> None:
        await asyncio.to_thread(self.prepare)
        headless = ("--headless", "--wayland", "--no-x11", "--virtual-monitor", f"{WIDTH}x{HEIGHT}")
        self.spawn("gnome-shell", "--unsafe-mode", *headless, log=self.log)
        await until(lambda: "GNOME Shell started" in self.log.read_text(), within=60)
        await self.bus.connect()
        await self.eval("Main.overview.hide()")
        [self.hand] = await self.bus.call(*self.REMOTE, "CreateSession")
        await self.do("Start")

    async def do(self, member: str, signature: str = "", *body: Any) -> None:
        """A call to the hand that types and clicks."""
        await self.bus.call(self.REMOTE[0], self.hand, f"{self.REMOTE[2]}.Session", member, signature, *body)

    async def type(self, seconds: float) -> None:
        """Type, without any pause long enough to count as one."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self.press(LETTER_A)
            await asyncio.sleep(0.25)

    async def press(self, key: int) -> None:
        for down in (True, False):
            await self.do("NotifyKeyboardKeycode", "ub", key, down)

    async def move(self, x: int, y: int) -> None:
        await self.do("NotifyPointerMotionRelative", "dd", -3000.0, 3000.0)  # to the corner that does nothing
        await self.do("NotifyPointerMotionRelative", "dd", float(x), float(y - HEIGHT + 1))

    async def click(self, x: int, y: int) -> None:
        await self.move(x, y)
        for down in (True, False):
            await self.do("NotifyPointerButton", "ib", 272, down)
            await asyncio.sleep(0.05)

    async def eval(self, script: str) -> Any:
        """What the shell's own JavaScript says of what is on the screen."""
        shell = ("org.gnome.Shell", "/org/gnome/Shell", "org.gnome.Shell")
        ok, text = await self.bus.call(*shell, "Eval", "s", f"JSON.stringify({script} ?? null)")
        assert ok, text
        return json.loads(json.loads(text) if text.startswith('"') else text) if text else None

    async def picture(self, name: str) -> None:
        if keep := os.environ.get("PSOAS_NUDGE_SCREENSHOTS"):
            shot = ("org.gnome.Shell.Screenshot", "/org/gnome/Shell/Screenshot", "org.gnome.Shell.Screenshot")
            await self.bus.call(*shot, "Screenshot", "bbs", False, False, str(Path(keep).resolve() / f"{name}.png"))

    def command(self, *words: str) -> str:
        argv = [sys.executable, "-m", "psoas_nudge", *words]
        return subprocess.run(argv, env=self.environ, check=False, capture_output=True, text=True, timeout=20).stdout

    def notify(self, summary: str) -> None:
        """Another program's notification."""
        name, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
        argv = ["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", f"{name}.Notify"]
        words = ["other", "0", "", summary, "", "[]", "{}", "5000"]
        subprocess.run([*argv, *words], env=self.environ, check=True, capture_output=True)

    def prompts(self) -> list[dict[str, Any]]:
        """Those that have ended, from the journal."""
        return [e for e in map(json.loads, self.command("journal", "--json").splitlines()) if e["kind"] == "prompt"]

    async def stop(self) -> None:
        await self.bus.close()
        for process in reversed(self.programs):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


async def until(what: Callable[[], Any], within: float = 20.0) -> Any:
    """Wait for another process; `what` may be a coroutine function."""
    async with asyncio.timeout(within):
        while True:
            value = what()
            value = await value if asyncio.iscoroutine(value) else value
            if value:
                return value
            await asyncio.sleep(0.1)


@pytest.fixture
async def gnome(desktop_need, desktop_environ, session_bus, logind, folder) -> AsyncIterator[Gnome]:
    desktop_need("gnome-shell", "gjs", EXTENSION, "gsettings")
    made = Gnome(folder, session_bus, desktop_environ)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
        for log in sorted(folder.glob("*.log")):
            print(log.read_text()[-4000:])


async def run(gnome: Gnome, config: str) -> None:
    file = gnome.folder / "config" / "psoas-nudge" / "config.toml"
    file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    file.write_text(config)
    gnome.spawn(sys.executable, "-m", "psoas_nudge", "run", "-v", log=gnome.folder / "daemon.log")
    try:
        await until(lambda: gnome.eval(ICON))
    except TimeoutError:
        pytest.fail(f"no icon in the panel: {await gnome.eval('Object.keys(Main.panel.statusArea)')}")


async def test_who_types_on_sees_the_prompt_again_and_again_and_a_click_on_it_starts(gnome: Gnome) -> None:
    await run(gnome, CONFIG)
    typing = asyncio.create_task(gnome.type(300))
    seen: list[float] = []
    title, body, expanded, (x, y), (width, height) = await until(lambda: gnome.eval(BANNER), within=60)
    assert title.startswith("You've been sitting for ")
    assert body.startswith("Click to start: standing hip-flexor stretch, ")
    assert not expanded
    assert await gnome.eval("Main.messageTray._notification.urgency") == 1
    await until(lambda: attention(gnome))
    await gnome.picture("gnome-banner-collapsed")
    shown = True
    began = time.monotonic()
    while len(seen) < 2:
        now = await gnome.eval(BANNER)
        if shown and not now:
            await gnome.picture(f"gnome-gone-{len(seen)}")
        if now and not shown:
            seen.append(time.monotonic() - began)
            words = now[0]
            if len(seen) == 1:
                await gnome.picture("gnome-banner-again")
        shown = bool(now)
        assert time.monotonic() - began < 150
        await asyncio.sleep(0.1)
    typing.cancel()
    await gnome.click(x + width // 2, y + height // 2)  # at once: it is in sight for four seconds
    [prompt] = await until(gnome.prompts)
    assert 50 < seen[0] < 75 < seen[1] < 140
    assert words == "You've been sitting for 2 minutes"
    assert (prompt["outcome"], prompt["via"], prompt["notifier"]) == ("accepted", "notification", "freedesktop")


async def test_one_that_insists_stays_open_with_its_buttons_while_one_types_and_other_banners_wait(
    gnome: Gnome,
) -> None:
    await run(gnome, INSISTING)
    typing = asyncio.create_task(gnome.type(120))
    title, *_ = await until(lambda: gnome.eval(BANNER), within=60)
    await asyncio.to_thread(gnome.notify, "Lunch?")
    began = time.monotonic()
    while time.monotonic() - began < 30:  # an ordinary one is gone after four seconds
        seen = await gnome.eval(BANNER)
        assert seen, f"gone after {time.monotonic() - began:.1f} s"
        assert (seen[0], seen[2]) == (title, True)  # one that stays is not shown again
        await asyncio.sleep(0.2)
    drawn = await gnome.eval(BUTTONS)
    assert [label for label, _, _ in drawn] == ["Start", "In 5 min", "Skip"]
    assert await gnome.eval("Main.messageTray._notification.urgency") == 3
    await gnome.picture("gnome-insist")
    _, (x, y), (width, height) = drawn[2]
    typing.cancel()
    await gnome.click(x + width // 2, y + height // 2)
    [prompt] = await until(gnome.prompts)
    assert (prompt["outcome"], prompt["via"]) == ("skipped", "notification")
    await until(lambda: gnome.eval("Main.messageTray._notification?.title === 'Lunch?'"))


@pytest.mark.parametrize("seen", [True, False], ids=["psoas-nudge minds it", "psoas-nudge is told not to mind it"])
async def test_do_not_disturb_holds_one_that_insists_back_only_where_psoas_nudge_minds_it(
    gnome: Gnome, seen: bool
) -> None:
    await asyncio.to_thread(gnome.set, "org.gnome.desktop.notifications", "show-banners", "false")
    await run(gnome, f"{INSISTING}\n[quiet]\ndo_not_disturb = {str(seen).lower()}\n")
    typing = asyncio.create_task(gnome.type(60))
    if seen:
        await until(lambda: "Do not disturb is on." in gnome.command("explain"))
        await asyncio.sleep(5)
        assert not await gnome.eval(BANNER)
    else:
        assert (await until(lambda: gnome.eval(BANNER), within=60))[2]  # open
    typing.cancel()


async def test_the_panel_shows_the_exclamation_mark_and_a_menu_of_this_moment(gnome: Gnome) -> None:
    await run(gnome, CONFIG)
    await until(lambda: menu(gnome, "Quit"))
    status, _, lines, _, _ = await gnome.eval(ICON)
    assert status == "Active"
    assert names(lines)[-4:] == ["-", "Report", "Edit settings", "Quit"]
    assert "Start" not in names(lines)
    await gnome.picture("gnome-panel-sitting")
    await gnome.type(8)
    await until(lambda: gnome.eval(BANNER), within=30)
    await until(lambda: attention(gnome))
    _, _, _, (x, y), (width, height) = await gnome.eval(ICON)
    await gnome.click(x + width // 2, y + height // 2)  # newer extensions read a menu when it opens
    await until(lambda: menu(gnome, "Start"))
    _, _, lines, _, _ = await gnome.eval(ICON)
    assert names(lines)[0].endswith(": time to stretch")
    assert names(lines)[2:6] == ["-", "Start", "In 5 min", "Skip"]
    await asyncio.sleep(1.0)
    await gnome.picture("gnome-menu-prompt")
    await gnome.press(ESCAPE)

    gnome.command("skip")
    gnome.command("pause", "30m")
    await asyncio.sleep(62)  # a minute more, in which nothing happens
    await gnome.click(x + width // 2, y + height // 2)
    await until(lambda: menu(gnome, "Resume prompts"))
    await asyncio.sleep(1.0)
    status, _, lines, _, _ = await gnome.eval(ICON)
    await gnome.picture("gnome-menu-paused")
    assert status == "Active"
    sat = json.loads(gnome.command("status", "--json"))["sat_seconds"]
    assert names(lines)[0].startswith(f"Sat {int(sat) // 60} min, paused until ")
    assert "Pause prompts" not in names(lines)
    assert [name for name in names(lines) if name == "-"] == ["-", "-"]
    await gnome.press(ESCAPE)


async def test_the_window_of_a_page_has_the_name_and_the_icon_of_the_program(gnome: Gnome, desktop_need) -> None:
    desktop_need("chromium")
    programs = gnome.folder / "bin"
    programs.mkdir()
    browser = programs / "chromium"
    options = (
        f"--no-sandbox --ozone-platform=wayland --disable-gpu --no-first-run --user-data-dir={gnome.folder}/profile"
    )
    browser.write_text(f'#!/bin/sh\nPATH=${{PATH#*:}} exec chromium {options} "$@"\n')
    browser.chmod(0o700)
    gnome.environ |= {"PATH": f"{programs}:{gnome.environ['PATH']}", "WAYLAND_DISPLAY": "wayland-0"}
    assert gnome.command("autostart", "menu").startswith("psoas-nudge is in the applications menu.")
    await until(lambda: gnome.eval(KNOWN), within=60)
    gnome.spawn("chromium", "about:blank", log=gnome.folder / "browser.log")  # it runs already, as on most days
    [[_, name, _]] = await until(lambda: gnome.eval(WINDOWS), within=30)
    assert name != "psoas-nudge"
    gnome.spawn(sys.executable, "-m", "psoas_nudge", "settings", log=gnome.folder / "settings.log")

    async def two() -> Any:
        return len(found := await gnome.eval(WINDOWS)) == 2 and found

    windows = await until(two, within=30)
    assert [(name, icon) for _, name, icon in windows if name == "psoas-nudge"] == [
        ("psoas-nudge", "io.github.psoas_nudge")
    ], windows
    await gnome.picture("gnome-page")


def names(lines: list[Any]) -> list[str]:
    """The entries of a menu, without what is below them."""
    return [line if isinstance(line, str) else line[0] for line in lines]


async def attention(gnome: Gnome) -> bool:
    """Whether the icon in the panel asks for attention."""
    return (await gnome.eval(ICON))[0] == "NeedsAttention"


async def menu(gnome: Gnome, name: str) -> bool:
    """Whether the menu has this entry now."""
    return name in names((await gnome.eval(ICON))[2])
