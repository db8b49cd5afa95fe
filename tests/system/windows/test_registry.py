"""The real registry tells of changes; the sensor of the microphone takes them."""

from __future__ import annotations

import asyncio
import secrets
import winreg
from collections.abc import Callable, Iterator

import pytest

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.presence import windows
from psoas_nudge.presence.port import DesktopSession, Reading, SourceLost
from psoas_nudge.presence.windows import STATES, microphone, state, switched_on
from psoas_nudge.system import registry

USER = winreg.HKEY_CURRENT_USER


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A key of our own, in place of the one that Windows writes."""
    key = rf"Software\psoas-nudge-test-{secrets.token_hex(8)}"
    monkeypatch.setattr(windows, "STORE", key)
    winreg.CreateKey(USER, rf"{key}\microphone\NonPackaged").Close()
    yield key
    remove(key)


def remove(key: str) -> None:
    try:
        with winreg.OpenKey(USER, key) as opened:
            names = [winreg.EnumKey(opened, index) for index in range(winreg.QueryInfoKey(opened)[0])]
    except FileNotFoundError:
        return
    for name in names:
        remove(rf"{key}\{name}")
    winreg.DeleteKey(USER, key)


def write(key: str, **numbers: int) -> None:
    with winreg.CreateKey(USER, key) as opened:
        for name, number in numbers.items():
            winreg.SetValueEx(opened, name, 0, winreg.REG_QWORD, number)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - Windows tells of it
            await asyncio.sleep(0.02)


async def test_a_call_begins_and_ends_and_the_account_goes_away(store: str) -> None:
    heard = list[Reading]()
    sensor = microphone()
    await sensor.start(DesktopSession(environ={}), heard.append)
    program, now = rf"{store}\microphone\NonPackaged\C:#call.exe", switched_on() + 10**10
    write(program, LastUsedTimeStart=now, LastUsedTimeStop=0)
    await until(lambda: isinstance(heard[-1], SignalChanged) and heard[-1].on)
    write(program, LastUsedTimeStop=now + 1)
    await until(lambda: isinstance(heard[-1], SignalChanged) and not heard[-1].on)
    remove(store)
    await until(lambda: isinstance(heard[-1], SourceLost))
    await sensor.stop()


def test_numbers_are_read_key_by_key(store: str) -> None:
    write(rf"{store}\microphone\one", LastUsedTimeStop=2**40)
    write(rf"{store}\microphone\two", LastUsedTimeStop=0, LastUsedTimeStart=7)
    found = list(registry.numbers("HKEY_CURRENT_USER", rf"{store}\microphone"))
    assert {"LastUsedTimeStop": 2**40} in found
    assert {"LastUsedTimeStop": 0, "LastUsedTimeStart": 7} in found


def test_the_desktop_says_whether_messages_are_welcome() -> None:
    """Wine always says 5, QUNS_ACCEPTS_NOTIFICATIONS."""
    assert state() in {1, 5, *STATES}
