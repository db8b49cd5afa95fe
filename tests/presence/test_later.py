"""What a sensor does after a while is waited for once, however often it is put off."""

from __future__ import annotations

import asyncio

from psoas_nudge.presence.port import DesktopSession, Sensor
from psoas_nudge.presence.switches import SPECS, BusSwitch


class Connected(Sensor):
    name = "connected"

    async def open(self, session):
        pass


async def test_the_last_delay_counts_and_each_is_called_once():
    sensor, calls = Connected(), []

    def call():
        calls.append(1)

    await sensor.start(DesktopSession(environ={}), print)
    for seconds in (0.0, 30.0, 0.01):
        sensor.later(seconds, call)
    await asyncio.sleep(0.05)
    assert calls == [1]
    sensor.later(0.01, call)
    sensor.not_later(call)
    await asyncio.sleep(0.05)
    assert calls == [1]
    await sensor.stop()


class OnlyMako:
    """A session bus on which mako's modes can be read."""

    def __init__(self):
        self.readings = 0

    async def watch_owner(self, name, on_owner):
        return ":1.1"

    def unwatch_owner(self, name, on_owner):
        pass

    async def subscribe(self, on_signal, **match):
        self.cancel = lambda: None
        return self

    async def call(self, *member):
        self.readings += 1
        return [["default"]]


async def test_a_switch_that_is_read_now_and_then_is_not_read_more_often_after_each_change():
    mako = next(spec for spec in SPECS if spec.name == "mako")
    bus, sensor = OnlyMako(), BusSwitch(mako)
    sensor.spec = type(mako)(**{name: getattr(mako, name) for name in mako.__struct_fields__} | {"read_every": 0.1})
    await sensor.start(DesktopSession(environ={}, session_bus=bus), print)
    for _ in range(20):
        sensor.read_again()
        await asyncio.sleep(0.001)
    before = bus.readings
    await asyncio.sleep(0.35)
    assert 2 <= bus.readings - before <= 4
    await sensor.stop()
