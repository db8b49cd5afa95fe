"""The private desktop itself: what other tests build on does what they think."""

from __future__ import annotations

import subprocess

import pytest


def notify(dunst, summary="hello", *args):
    return subprocess.Popen(
        [
            "gdbus",
            "call",
            "--address",
            dunst.bus.address,
            "--dest",
            dunst.NAME,
            "--object-path",
            "/org/freedesktop/Notifications",
            "--method",
            "org.freedesktop.Notifications.Notify",
            "x",
            "0",
            "",
            summary,
            "",
            "['accept','Accept','skip','Skip']",
            "{}",
            "0",
        ],
        stdout=subprocess.DEVNULL,
    ).wait()


def test_a_button_that_is_not_offered_cannot_be_pressed(dunst, eventually):
    notify(dunst)
    eventually(lambda: dunst.count() == 1)
    with pytest.raises(AssertionError, match="no button 'Snooze'"):
        dunst.press("Snooze")


def test_dunst_is_paused_killed_and_started_again(dunst):
    dunst.pause()
    notify(dunst)
    assert (dunst.count("displayed"), dunst.count("waiting")) == (0, 1)
    dunst.kill()
    assert not dunst.bus.has(dunst.NAME)
    dunst.start()
    assert dunst.count("waiting") == 0


def test_the_screen_comes_back_under_its_name(xvfb):
    name = xvfb.name
    xvfb.type("hello")
    xvfb.move(40, 50)
    assert "x:40 y:50" in xvfb.do("getmouselocation")
    xvfb.kill()
    xvfb.start()
    assert xvfb.name == name
    xvfb.move(1, 1)


def test_the_logind_stand_in_locks_and_forgets_nothing(logind, system_bus):
    logind.set(LockedHint=True)
    get = ("org.freedesktop.DBus.Properties.Get", "org.freedesktop.login1.Session", "LockedHint")
    assert "true" in system_bus.call(logind.NAME, logind.SESSION, *get)
    logind.sleep(True)
    logind.ask_to_lock(True)
    assert "[]" in logind.inhibitors()


def test_the_session_bus_comes_back_at_its_address(session_bus, dunst):
    session_bus.kill()
    session_bus.start()
    assert not session_bus.has(dunst.NAME)


def test_the_buttons_of_a_notification_can_be_read(dunst, eventually):
    notify(dunst)
    eventually(lambda: dunst.count() == 1)
    assert {"#Accept", "#Skip"} <= {line.split(" (")[0] for line in dunst.buttons()}
