"""A burst of changes is read once more, not once each."""

from __future__ import annotations

import asyncio

from psoas_nudge.presence.port import DesktopSession, RereadingSensor, SourceLost


class Reads(RereadingSensor):
    """Counts the readings; each waits for `gate`, and raises `failure`."""

    def __init__(self):
        super().__init__()
        self.gate, self.failure, self.readings = asyncio.Event(), None, 0

    async def open(self, session):
        pass

    async def read(self):
        self.readings += 1
        await self.gate.wait()
        if self.failure:
            raise self.failure


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_changes_during_a_reading_cost_one_more_reading():
    sensor = Reads()
    await sensor.start(DesktopSession(environ={}), print)
    for _ in range(50):
        sensor.read_again()
        await turns(1)
    sensor.gate.set()
    await turns()
    assert sensor.readings == 2
    sensor.read_again()
    await turns()
    assert sensor.readings == 3
    await sensor.stop()


async def test_a_reading_that_fails_is_a_lost_source_with_its_reason():
    sensor, heard = Reads(), []
    await sensor.start(DesktopSession(environ={}), heard.append)
    sensor.gate.set()
    sensor.failure = ValueError("gone")
    sensor.read_again()
    await turns()
    [lost] = heard
    assert isinstance(lost, SourceLost)
    assert lost.why.startswith("unexpected error, please report it: ValueError: gone")
    sensor.failure = None
    await sensor.stop()
