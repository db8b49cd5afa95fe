"""Windows and macOS on recorded return values: neither was at hand."""

from __future__ import annotations

import pytest

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence import macos, windows
from psoas_nudge.presence.port import InputSeen, InputStopped, Session, SourceLost

HERE = Session(environ={})


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
    ("last_input", "now", "seconds"),
    [(1_000_000, 1_301_000, 301.0), (4_294_960_000, 2_704, 10.0), (500, 500, 0.0)],
    ids=["five minutes", "the count began again", "just now"],
)
async def test_windows_tells_how_long_ago_the_last_input_was(computer, heard, last_input, now, seconds):
    user32, kernel32 = computer
    user32.time, kernel32.count = last_input, now
    source = windows.WindowsIdle()
    await source.start(HERE, heard.append)
    await source.watch(5)
    assert heard == [InputStopped(seconds) if seconds >= 5 else InputSeen()]
    await source.stop()


async def test_windows_without_a_desktop_is_said_so(computer, heard):
    computer[0].works = False
    with pytest.raises(Unavailable, match="Windows does not tell"):
        await windows.WindowsIdle().start(HERE, heard.append)


async def test_windows_stops_answering(computer, heard):
    source = windows.WindowsIdle()
    await source.start(HERE, heard.append)
    computer[0].works = False
    await source.watch(5)
    assert heard == [SourceLost("Windows does not tell when the last input was")]
    await source.stop()


class Quartz:
    """CGEventSourceSecondsSinceLastEventType as documented: seconds as a double, infinity outside of a session."""

    def __init__(self, seconds):
        self.seconds = seconds

    def CGEventSourceSecondsSinceLastEventType(self, state, kind):  # noqa: N802 - Apple's name
        assert (state, kind) == (1, 0xFFFFFFFF)
        return self.seconds


@pytest.mark.parametrize(("seconds", "reading"), [(301.25, InputStopped(301.25)), (0.03, InputSeen())])
async def test_macos_tells_how_long_ago_the_last_input_was(monkeypatch, heard, seconds, reading):
    monkeypatch.setattr(macos, "_library", lambda: Quartz(seconds))
    source = macos.MacIdle()
    await source.start(HERE, heard.append)
    await source.watch(300)
    assert heard == [reading]
    await source.stop()


@pytest.mark.parametrize("nonsense", [float("inf"), float("nan"), -1.0])
async def test_macos_outside_of_a_desktop_session_is_said_so(monkeypatch, heard, nonsense):
    monkeypatch.setattr(macos, "_library", lambda: Quartz(nonsense))
    with pytest.raises(Unavailable, match="macOS does not tell"):
        await macos.MacIdle().start(HERE, heard.append)


async def test_elsewhere_neither_is_offered(heard):
    with pytest.raises(Unavailable, match="not Windows"):
        await windows.WindowsIdle().start(HERE, heard.append)
    with pytest.raises(Unavailable, match="not macOS"):
        await macos.MacIdle().start(HERE, heard.append)
