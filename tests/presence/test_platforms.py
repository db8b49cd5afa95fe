"""Windows on recorded return values."""

from __future__ import annotations

import pytest

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence import windows
from psoas_nudge.presence.port import DesktopSession, SourceLost

HERE = DesktopSession(environ={})


class User32:
    """GetLastInputInfo as documented: fills the time of the last input, gives 0 on failure."""

    def __init__(self):
        self.time, self.works = 0, True

    def GetLastInputInfo(self, pointer):  # noqa: N802 - Windows' name
        assert pointer._obj.size == 8
        pointer._obj.time = self.time
        return int(self.works)


class Kernel32:
    def __init__(self):
        self.count = 0

    def GetTickCount(self):  # noqa: N802 - Windows' name
        return self.count


@pytest.fixture
def computer(monkeypatch):
    user32, kernel32 = User32(), Kernel32()
    monkeypatch.setattr(windows, "_libraries", lambda: (user32, kernel32))
    return user32, kernel32


@pytest.fixture
def heard():
    return []


@pytest.mark.parametrize(
    ("last_input", "now", "idle_for"),
    [(1_000_000, 1_301_000, 301_000), (4_294_960_000, 2_704, 10_000), (500, 500, 0)],
    ids=["five minutes", "the count began again", "just now"],
)
async def test_windows_tells_how_long_ago_the_last_input_was(computer, heard, last_input, now, idle_for):
    user32, kernel32 = computer
    user32.time, kernel32.count = last_input, now
    source = windows.WindowsIdle()
    await source.start(HERE, heard.append)
    await source.watch(5_000)
    assert heard == [Idle(idle_for=idle_for) if idle_for >= 5_000 else Active()]
    await source.stop()


async def test_windows_without_a_desktop_is_said_so(computer, heard):
    computer[0].works = False
    with pytest.raises(Unavailable, match="Windows does not report"):
        await windows.WindowsIdle().start(HERE, heard.append)


async def test_windows_stops_answering(computer, heard):
    source = windows.WindowsIdle()
    await source.start(HERE, heard.append)
    computer[0].works = False
    await source.watch(5_000)
    assert heard == [SourceLost("Windows does not report when the last input was")]
    await source.stop()


async def test_elsewhere_it_is_not_offered(heard):
    with pytest.raises(Unavailable, match="not Windows"):
        await windows.WindowsIdle().start(HERE, heard.append)
