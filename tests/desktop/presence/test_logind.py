"""Sleep, lock and another user in front, from the logind stand-in of python-dbusmock on a private system bus."""

from __future__ import annotations

import asyncio

import pytest

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.logind import Logind
from psoas_nudge.presence.port import DesktopSession, SourceLost

NOTHING_ON = [SignalChanged(signal=s, on=False) for s in (Signal.SUSPENDED, Signal.LOCKED, Signal.SWITCHED)]


@pytest.fixture
async def sensor(logind, on_system_bus, heard):
    sensor = Logind(lock_must_show_within=0.2)
    await sensor.start(on_system_bus, heard)
    assert heard == NOTHING_ON
    heard.clear()
    yield sensor
    await sensor.stop()


async def test_the_lid_is_closed_and_opened(sensor, logind, heard):
    logind.sleep(True)
    await heard.until(SignalChanged(signal=Signal.SUSPENDED, on=True))
    logind.sleep(False)
    await heard.until(SignalChanged(signal=Signal.SUSPENDED, on=False))


async def test_the_screen_is_locked_and_unlocked(sensor, logind, heard):
    logind.set(LockedHint=True)
    await heard.until(SignalChanged(signal=Signal.LOCKED, on=True))
    logind.set(LockedHint=False)
    await heard.until(SignalChanged(signal=Signal.LOCKED, on=False))


async def test_a_lock_that_is_asked_for_counts_at_once_and_stays_while_a_locker_shows(sensor, logind, heard):
    logind.ask_to_lock(True)
    await heard.until(SignalChanged(signal=Signal.LOCKED, on=True))
    logind.set(LockedHint=True)
    await heard.until(SignalChanged(signal=Signal.LOCKED, on=True))
    await asyncio.sleep(0.3)
    assert heard == []
    logind.ask_to_lock(False)
    await heard.until(SignalChanged(signal=Signal.LOCKED, on=False))


async def test_a_lock_that_nobody_carries_out_is_taken_back(sensor, logind, heard):
    logind.ask_to_lock(True)
    await heard.until(SignalChanged(signal=Signal.LOCKED, on=True))
    await heard.until(SignalChanged(signal=Signal.LOCKED, on=False))


async def test_another_user_comes_to_the_front(sensor, logind, heard):
    logind.set(Active=False)
    await heard.until(SignalChanged(signal=Signal.SWITCHED, on=True))
    logind.set(Active=True)
    await heard.until(SignalChanged(signal=Signal.SWITCHED, on=False))


async def test_a_lock_that_came_while_the_bus_was_gone_is_known_afterwards(sensor, logind, system_bus, heard):
    system_bus.kill()
    logind.kill()
    system_bus.start()
    logind.start()
    logind.set(LockedHint=True)
    await heard.until(SignalChanged(signal=Signal.LOCKED, on=True), within=20)


async def test_what_is_on_at_the_start_is_reported_first(logind, on_system_bus, heard):
    logind.set(LockedHint=True, Active=False)
    sensor = Logind()
    await sensor.start(on_system_bus, heard)
    assert SignalChanged(signal=Signal.LOCKED, on=True) in heard
    assert SignalChanged(signal=Signal.SWITCHED, on=True) in heard
    await sensor.stop()


async def test_a_malformed_signal_is_a_lost_source_with_its_reason(sensor, logind, heard):
    emit = f"{logind.MOCK}.EmitSignal"
    logind.bus.call(
        logind.NAME, logind.MANAGER, emit, "org.freedesktop.login1.Manager", "PrepareForSleep", "", "@av []"
    )
    lost = await heard.until(SourceLost)
    assert "IndexError" in lost.why
    logind.sleep(True)
    await asyncio.sleep(0.1)
    assert heard == []


async def test_after_stop_nothing_is_heard(sensor, logind, heard):
    await sensor.stop()
    logind.set(LockedHint=True)
    await asyncio.sleep(0.1)
    assert heard == []


async def test_without_logind_it_is_said_so(on_system_bus, heard):
    with pytest.raises(Unavailable, match="systemd-logind"):
        await Logind().start(on_system_bus, heard)
    with pytest.raises(Unavailable, match="no system bus"):
        await Logind().start(DesktopSession(environ={}), heard)


async def test_sleep_waits_until_the_news_was_recorded(sensor, logind, heard, eventually):
    assert "'sleep:shutdown', 'psoas-nudge', 'to record the end of sitting', 'delay'" in logind.inhibitors()
    logind.sleep(True)
    await heard.until(SignalChanged(signal=Signal.SUSPENDED, on=True))
    await asyncio.to_thread(eventually, lambda: "psoas-nudge" not in logind.inhibitors())
    logind.sleep(False)
    await heard.until(SignalChanged(signal=Signal.SUSPENDED, on=False))
    for _ in range(100):
        if "psoas-nudge" in await asyncio.to_thread(logind.inhibitors):
            break
    else:
        pytest.fail("the lock was not taken again")
    await sensor.stop()
    await asyncio.to_thread(eventually, lambda: "psoas-nudge" not in logind.inhibitors())
