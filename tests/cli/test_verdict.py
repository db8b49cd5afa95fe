"""What `doctor` says to people: a verdict first, one fix for each problem, and nothing that is not so."""

from __future__ import annotations

from typing import Literal

import pytest

from psoas_nudge.cli import verdict
from psoas_nudge.cli.doctor import manager
from psoas_nudge.cli.verdict import MANAGERS, PACKAGES, Findings, report
from psoas_nudge.notify.chooser import NOTIFIERS, NotifierChoice
from psoas_nudge.presence.slot import SensorChoice
from psoas_nudge.presence.table import IDLE_SOURCES, SENSORS


def sensor(port: Literal["idle", "signals"], name: str, why: str = "") -> SensorChoice:
    return SensorChoice(port, name, "missing" if why else "chosen", why, "about it")


XFCE = Findings(
    mistakes="",
    journal="",
    running=True,
    sensors=(
        sensor("idle", "mutter", "no GNOME session"),
        sensor("idle", "x11"),
        sensor("signals", "microphone"),
        sensor("signals", "camera"),
        sensor("signals", "xfce"),
        sensor("signals", "fullscreen"),
        sensor("signals", "logind"),
        sensor("signals", "screen-share"),
        sensor("signals", "playing"),
    ),
    notifiers=(NotifierChoice("freedesktop", "chosen", ""),),
    tray="",
    page="",
    others="",
    unnamed=False,
    display=True,
    session_bus=True,
    wayland=False,
    gnome=False,
    manager=manager({"ID": "debian"}),
    root=False,
)


def changed(**changes: object) -> Findings:
    return Findings(**{name: getattr(XFCE, name) for name in XFCE.__struct_fields__} | changes)


def told(found: Findings) -> str:
    return "\n".join(report(found, 80))


def test_where_all_is_well_it_says_so_and_proposes_nothing() -> None:
    assert told(XFCE) == (
        "Prompts will appear as notifications.\n\n"
        "  Prompts         desktop notifications\n"
        "  Idle time       X11\n"
        "  Calls           microphone, camera\n"
        "  Screen sharing  PipeWire\n"
        "  Do not disturb  Xfce\n"
        "  Full screen     X11\n"
        "  Lock and sleep  systemd-logind\n"
        "  Videos          media players\n"
        "  Tray            an icon in the panel\n"
        "  Stretch         a page in your browser\n"
        "  psoas-nudge     running"
    )


def test_a_notifier_of_the_settings_that_does_not_work_is_not_told_as_a_missing_service() -> None:
    named = changed(
        notifiers=(NotifierChoice("balloon", "available", ""), NotifierChoice("plyer", "unavailable", "")),
        session_bus=False,
    )
    assert told(named).endswith(
        "To fix\n  - Your settings name a notifier that does not work here.\n"
        "      psoas-nudge config set desktop.notifier auto"
    )


def test_without_a_desktop_on_windows_nothing_of_linux_is_proposed() -> None:
    service = changed(notifiers=(NotifierChoice("balloon", "unavailable", ""),), session_bus=False, display=False)
    assert told(service).endswith("      Run it in a terminal, where prompts can appear: psoas-nudge run")


def test_without_notifications_and_idle_time_it_does_not_say_that_prompts_appear() -> None:
    nothing = changed(notifiers=(), sensors=(sensor("idle", "x11", "no X11 session"),))
    assert told(nothing).startswith("Prompts cannot appear here.\n")
    assert not nothing.works
    assert "  - No notification service is running.\n      sudo apt-get install dunst" in told(nothing)


def test_without_idle_time_alone_the_verdict_says_what_that_means() -> None:
    blind = changed(sensors=())
    assert told(blind).startswith(
        "Prompts will appear as notifications. But psoas-nudge cannot see whether you are\nat the computer.\n"
    )


def test_each_problem_has_one_fix() -> None:
    no_sound = sensor("signals", "microphone", "no sound server: PulseAudio is not running")
    found = changed(
        sensors=(XFCE.sensors[1], no_sound),
        tray="no panel here shows such icons",
        gnome=True,
        page="no browser was found",
        unnamed=True,
        others="You would be reminded twice: by psoas-nudge and by Workrave. Turn one of them off.",
    )
    fixes = told(found).partition("To fix\n")[2]
    assert [line for line in fixes.splitlines() if line.startswith("  -")] == [
        "  - Calls are not noticed, because no sound server is running.",
        "  - GNOME shows icons in the panel only with an extension.",
        "  - The page of a stretch cannot open, because there is no browser.",
        "  - Windows of psoas-nudge show the browser's name and icon.",
        "  - You would be reminded twice: by psoas-nudge and by Workrave. Turn one of",
    ]
    for package in ("pipewire-pulse", "gnome-shell-extension-appindicator", "chromium"):
        assert f"      sudo apt-get install {package}\n" in fixes


def test_mistakes_in_the_configuration_are_shown_with_the_way_to_mend_them() -> None:
    found = changed(mistakes="config.toml:2:1: hours.mondy: There is no such key.")
    assert told(found).startswith("Prompts may not appear. See below.\n")
    assert "      config.toml:2:1: hours.mondy: There is no such key.\n      psoas-nudge config edit" in told(found)


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ({"ID": "debian"}, "sudo apt-get install mako-notifier"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt-get install mako-notifier"),
        ({"ID": "fedora"}, "sudo dnf install mako"),
        ({"ID": "endeavouros", "ID_LIKE": "arch"}, "sudo pacman -S mako"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "sudo zypper install mako"),
        ({"ID": "alpine"}, "sudo apk add mako"),
        ({"ID": "nixos"}, "nix profile install nixpkgs#mako"),
        ({"ID": "plan9"}, "install the package mako"),
    ],
    ids=lambda each: each["ID"] if isinstance(each, dict) else "",
)
def test_the_command_is_that_of_the_distribution(system: dict[str, str], expected: str) -> None:
    assert changed(manager=manager(system)).install("wayland-notifications") == expected


def test_root_needs_no_sudo() -> None:
    assert changed(root=True).install("browser") == "apt-get install chromium"


def test_every_package_is_named_for_known_managers_only() -> None:
    known = {*MANAGERS, ""}
    assert all(set(names) <= known and names[""] for names in PACKAGES.values())


def test_every_sensor_and_notifier_has_a_name_for_people() -> None:
    assert {row.name for row in IDLE_SOURCES} == set(verdict.IDLE_SOURCES)
    assert {row.name for row in SENSORS} - {"clock"} == {name for names in verdict.SENSORS.values() for name in names}
    assert {*NOTIFIERS, "balloon"} == set(verdict.NOTIFIERS)
