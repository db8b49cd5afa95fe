"""The camera in use: the kernel's inotify and /proc are real, the device is a file in a folder of the test's own."""

from __future__ import annotations

import asyncio
import sys

import pytest

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.presence.camera import Camera
from psoas_nudge.presence.port import DesktopSession

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux'")

CALL, NO_CALL = SignalChanged(signal=Signal.CALL, on=True), SignalChanged(signal=Signal.CALL, on=False)


async def until(heard, reading):
    async with asyncio.timeout(5):
        while reading not in heard:  # noqa: ASYNC110 - a plain list
            await asyncio.sleep(0.005)
    heard.clear()


@pytest.fixture
def heard():
    return []


@pytest.fixture
async def sensor(tmp_path, heard):
    (tmp_path / "video0").write_bytes(b"")
    sensor = Camera(tmp_path, settle=0.05)
    await sensor.start(DesktopSession(environ={}), heard.append)
    await until(heard, NO_CALL)
    yield sensor
    await sensor.stop()


async def test_a_program_opens_the_camera_and_closes_it(sensor, tmp_path, heard):
    with (tmp_path / "video0").open("rb"):
        await until(heard, CALL)
    await until(heard, NO_CALL)


async def test_a_program_that_only_looks_at_the_cameras_is_no_call(sensor, tmp_path, heard):
    (tmp_path / "video0").read_bytes()
    await until(heard, NO_CALL)


async def test_a_camera_that_is_plugged_in_later_is_heard(sensor, tmp_path, heard):
    (tmp_path / "video2").write_bytes(b"")
    await until(heard, NO_CALL)
    with (tmp_path / "video2").open("rb"):
        await until(heard, CALL)
    await until(heard, NO_CALL)


async def test_a_camera_that_is_open_already_is_known_at_the_start(tmp_path, heard):
    (tmp_path / "video0").write_bytes(b"")
    with (tmp_path / "video0").open("rb"):
        sensor = Camera(tmp_path)
        await sensor.start(DesktopSession(environ={}), heard.append)
        assert heard == [CALL]
        await sensor.stop()


async def test_other_devices_are_none_of_our_business(sensor, tmp_path, heard):
    (tmp_path / "sda").write_bytes(b"")
    await asyncio.sleep(0.1)
    assert heard == []
