"""What several rooms use: an idle source whose person sits in the test, and Ctrl-C for what a test starts."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import DesktopSession, IdleSource, ReportReading, SourceLost
from tests.fuzz import PROFILE

settings.register_profile("suite", PROFILE)
settings.load_profile("suite")


class FakeIdle(IdleSource):
    """An idle source in memory: `pass_time(milliseconds)` lets time go by without input, `input()` is a key press."""

    name = "fake"

    def __init__(self) -> None:
        self.works = True
        self.report: ReportReading | None = None
        self.threshold: int | None = None
        self.since_input = 0
        self.idle: bool | None = None
        self.starts = 0

    async def start(self, session: DesktopSession, report: ReportReading) -> None:
        if not self.works:
            raise Unavailable("the fake is switched off")
        self.starts += 1
        self.report, self.threshold, self.idle = report, None, None

    async def stop(self) -> None:
        self.report = self.threshold = None

    async def watch(self, threshold: int) -> None:
        self.threshold = threshold
        self._check()

    def _check(self) -> None:
        if self.threshold is None or self.report is None or self.idle:
            return
        idle = self.since_input >= self.threshold
        if idle:
            self.idle = True
            self.report(Idle(idle_for=self.since_input))
        elif self.idle is None:
            self.idle = False
            self.report(Active())

    def pass_time(self, milliseconds: int) -> None:
        self.since_input += milliseconds
        self._check()

    def input(self) -> None:
        self.since_input = 0
        if self.idle:
            self.idle = False
            if self.report is not None:
                self.report(Active())

    def die(self, why: str = "killed") -> None:
        report, self.report, self.threshold = self.report, None, None
        if report is not None:
            report(SourceLost(why))


@pytest.fixture
def fake_idle() -> Callable[[], FakeIdle]:
    """Makes idle sources in memory: `source = fake_idle()`."""
    return FakeIdle


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_ends_what_a_test_starts() -> Iterator[None]:
    """Programs inherit that SIGINT is ignored, and a job in the background, as on many CI runners, begins that way."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test runner's own width is none of the program's: without a terminal, lines are not broken."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def no_data(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests see neither the journal nor the packs of the person who runs them."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "no-data"))
