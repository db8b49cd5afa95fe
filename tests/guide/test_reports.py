"""Reports: through a daemon where one runs, into the journal where none does, and never lost in silence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from tempfile import TemporaryDirectory

import msgspec
import pytest

from psoas_nudge.control import messages as c
from psoas_nudge.control.lock import Lock
from psoas_nudge.core import model as m
from psoas_nudge.core.catalogue import find
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.state import Held
from psoas_nudge.errors import PsoasNudgeError
from psoas_nudge.guide.reports import Places, Receipt, Recorder, StretchReports
from psoas_nudge.journal import Journal

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def no_setting(_can: bool) -> None:
    raise PsoasNudgeError("The disk is full.")


@pytest.fixture
def where() -> Iterator[Places]:
    with TemporaryDirectory(prefix="pn-") as folder:
        data = Path(folder, "data")
        yield Places(
            socket=Path(folder, "s"), lock=Path(folder, "lock"), journal=data / "journal.db", heartbeat=data / "alive"
        )


class StandingClock:
    """The same moment until told otherwise."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> m.Moment:
        return m.Moment(self.at, (self.at - NOW) // timedelta(milliseconds=1))


def at_desk(where: Places, at: datetime = NOW) -> Recorder:
    return Recorder(where, m.Rules(hours=WorkingHours()), StandingClock(at))


@pytest.fixture
def recorder(where: Places) -> Recorder:
    return at_desk(where)


def recorded(where: Places) -> list[m.AnyEntry]:
    found = Journal.open_reading(where.journal)
    if found is None:
        return []
    with found:
        return [line.entry for line in found.read()]


def put_off(where: Places) -> str | None:
    with Journal.open(where.journal) as journal:
        state = journal.load()
        assert state
        return state.put_off


class FakeDaemon:
    """Takes requests on the socket and answers each with `reply`. `asked` leaves out the connection of a guide."""

    def __init__(self, path: Path, reply: c.Reply) -> None:
        self.asked: list[c.AnyRequest] = []
        daemon = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                request = msgspec.json.decode(self.rfile.readline(), type=c.AnyRequest)
                if not isinstance(request, c.WatchGuide):
                    daemon.asked.append(request)
                self.wfile.write(msgspec.json.encode(reply) + b"\n")

        self.server = ThreadingUnixStreamServer(str(path), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def daemon(where: Places) -> Iterator[Callable[[c.Reply], FakeDaemon]]:
    started: list[FakeDaemon] = []

    def start(reply: c.Reply) -> FakeDaemon:
        started.append(FakeDaemon(where.socket, reply))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_a_daemon_is_told_what_was_done_and_records_it_itself(where: Places, recorder: Recorder, daemon) -> None:
    running = daemon(c.Ok())
    reports = StretchReports(recorder, "standing-hip-flexor", 7, no_setting)
    assert reports.begun().trouble is None
    assert reports.ended(Held(left=30, right=12.5)).trouble is None
    assert running.asked == [
        m.GuideStarted(via="guide", routine="standing-hip-flexor", prompt=7),
        m.GuideEnded(via="guide", routine="standing-hip-flexor", prompt=7, left_seconds=30, right_seconds=12.5),
    ]
    assert recorded(where) == []


def test_without_a_daemon_the_stretch_goes_into_the_journal(where: Places, recorder: Recorder) -> None:
    reports = StretchReports(recorder, "standing-hip-flexor", None, no_setting)
    assert reports.begun().trouble is None
    assert reports.ended(Held(left=30, right=12.5)).trouble is None
    assert recorded(where) == [
        m.StretchEntry(at=NOW, routine="standing-hip-flexor", performed=True, left_seconds=30, right_seconds=12.5)
    ]


def test_a_window_that_was_only_opened_is_no_stretch_unless_a_prompt_waits_to_hear(
    where: Places, recorder: Recorder
) -> None:
    StretchReports(recorder, "standing-hip-flexor", None, no_setting).ended(Held())
    assert recorded(where) == []
    StretchReports(recorder, "standing-hip-flexor", 3, no_setting).ended(Held())
    assert recorded(where) == [m.StretchEntry(at=NOW, routine="standing-hip-flexor", performed=False, prompt=3)]


def test_begun_and_stopped_before_any_hold_was_not_performed(where: Places, recorder: Recorder) -> None:
    reports = StretchReports(recorder, "standing-hip-flexor", None, no_setting)
    reports.begun()
    assert reports.ended(Held()).trouble is None
    assert recorded(where) == [m.StretchEntry(at=NOW, routine="standing-hip-flexor", performed=False)]


def test_a_bout_that_ended_with_the_daemon_is_in_the_journal_before_the_stretch(where: Places) -> None:
    with Journal.open(where.journal) as journal:
        bout = m.Bout(started=0)
        state = m.State(time=m.Timeline(at=NOW, tick=0, now=20 * m.MINUTE), bout=bout, hours=m.OpenHours(open=True))
        journal.commit([], state, UTC)
    later = NOW + timedelta(minutes=30)
    assert (
        StretchReports(at_desk(where, later), "standing-hip-flexor", 3, no_setting).ended(Held(left=30)).trouble is None
    )
    assert recorded(where) == [
        m.BoutEntry(
            at=later, started=NOW - timedelta(minutes=20), ended=NOW, sitting_seconds=1200.0, ended_by="restart"
        ),
        m.StretchEntry(at=later, routine="standing-hip-flexor", performed=True, left_seconds=30, prompt=3),
    ]


def test_what_the_daemon_refuses_comes_back_as_the_reason(recorder: Recorder, daemon) -> None:
    daemon(c.Failed(message="The journal is locked."))
    reports = StretchReports(recorder, "x", None, no_setting)
    assert reports.begun().trouble == "The journal is locked."
    assert reports.ended(Held()).trouble == "The journal is locked."


def test_a_journal_that_cannot_be_written_is_told(where: Places, recorder: Recorder) -> None:
    where.journal.parent.mkdir()
    where.journal.write_text("this is no database, only a text that is long enough to be looked at" * 20)
    trouble = StretchReports(recorder, "x", 1, no_setting).ended(Held(left=5)).trouble
    assert trouble
    assert str(where.journal) in trouble


def test_a_daemon_that_has_the_lock_and_never_listens_is_told(where: Places, recorder: Recorder) -> None:
    with Lock(where.lock):
        trouble = recorder.record(m.GuideEnded(routine="x", left_seconds=5), 0.2)
        assert trouble
        assert "did not answer within 0.2 s" in trouble
    assert recorded(where) == []


def test_a_report_waits_for_another_guide_that_writes_at_that_moment(where: Places, recorder: Recorder) -> None:
    other = Lock(where.lock, momentary=True)
    threading.Timer(0.2, other.release).start()
    assert recorder.record(m.GuideEnded(routine="x", left_seconds=5)) is None
    assert len(recorded(where)) == 1


def test_a_report_reaches_a_daemon_that_has_the_lock_and_listens_a_moment_later(
    where: Places, recorder: Recorder, daemon
) -> None:
    with Lock(where.lock):
        threading.Timer(0.2, daemon, [c.Ok()]).start()
        assert recorder.record(m.GuideEnded(routine="x", left_seconds=5)) is None
    assert recorded(where) == []


def test_pain_without_a_daemon_puts_stretches_off_until_it_is_cleared(where: Places, recorder: Recorder) -> None:
    receipt = StretchReports(recorder, "standing-hip-flexor", None, no_setting).felt("pain", "shooting")
    assert receipt.advice
    assert receipt.advice.startswith("You reported pain that shoots down the leg.")
    assert put_off(where) == "shooting"
    assert recorder.record(m.Clear()) is None
    assert put_off(where) is None
    assert set(recorded(where)) == {
        m.FeelEntry(at=NOW, afterwards="pain", pain="shooting", routine="standing-hip-flexor"),
        m.AdviceEntry(at=NOW, because="pain"),
        m.ClearedEntry(at=NOW),
    }


def test_advice_about_a_long_run_comes_with_the_eighth_report_and_not_with_the_ninth(where: Places) -> None:
    given = [at_desk(where, NOW + timedelta(days=day)).feel(m.Feel(level=3)).advice for day in range(9)]
    assert given[:7] == [None] * 7
    assert given[7]
    assert given[7].startswith("You reported discomfort on 8 days in a row.")
    assert given[8] is None


def test_feeling_fine_is_recorded_and_brings_nothing(where: Places, recorder: Recorder) -> None:
    receipt = recorder.feel(m.Feel(level=0, note="new chair"))
    assert (receipt.trouble, receipt.advice) == (None, None)
    assert recorded(where) == [m.FeelEntry(at=NOW, level=0, note="new chair")]


def test_what_is_held_is_told_every_five_seconds_of_holding(recorder: Recorder, daemon) -> None:
    running = daemon(c.Ok())
    reports = StretchReports(recorder, "standing-hip-flexor", 7, no_setting)
    for tenth in range(150):
        assert reports.holding(Held(left=tenth / 10)).trouble is None
    assert running.asked == [
        m.GuideHeld(via="guide", routine="standing-hip-flexor", prompt=7, left_seconds=seconds)
        for seconds in (5.0, 10.0)
    ]
    reports.ended(Held(left=14.9))


def test_without_a_daemon_a_killed_guide_is_recorded_by_whatever_comes_next(where: Places, recorder: Recorder) -> None:
    reports = StretchReports(recorder, "standing-hip-flexor", None, no_setting)
    reports.begun()
    reports.holding(Held(left=25))
    later = at_desk(where, NOW + timedelta(hours=20))
    assert later.record(m.Feel(level=0)) is None
    assert recorded(where) == [
        m.StretchEntry(at=NOW, routine="standing-hip-flexor", performed=True, left_seconds=25),
        m.HoursEntry(at=NOW + timedelta(hours=20), open=False),
        m.FeelEntry(at=NOW + timedelta(hours=20), level=0),
    ]


def test_without_a_daemon_a_pause_of_a_quarter_of_an_hour_still_makes_one_stretch(where: Places) -> None:
    for minutes, report in ((0, "begun"), (1, Held(left=25)), (16, Held(left=40))):
        reports = StretchReports(
            at_desk(where, NOW + timedelta(minutes=minutes)), "standing-hip-flexor", None, no_setting
        )
        trouble = reports.begun().trouble if report == "begun" else reports.holding(report).trouble
        assert trouble is None
    reports = StretchReports(at_desk(where, NOW + timedelta(minutes=17)), "standing-hip-flexor", None, no_setting)
    reports._begun = True
    reports.ended(Held(left=60))
    assert [entry.left_seconds for entry in recorded(where) if isinstance(entry, m.StretchEntry)] == [60]


def test_advice_about_pain_comes_also_when_the_journal_cannot_be_opened(where: Places, recorder: Recorder) -> None:
    where.journal.parent.mkdir()
    where.journal.write_bytes(b"no database" * 500)
    receipt = StretchReports(recorder, "x", None, no_setting).felt("pain", "shooting")
    assert receipt.trouble
    assert receipt.advice
    assert receipt.advice.startswith("You reported pain that shoots down the leg.")


def test_advice_about_pain_comes_also_when_the_daemon_cannot_save_the_report(recorder: Recorder, daemon) -> None:
    daemon(c.Failed(message="This is not saved yet. The disk is full."))
    receipt = recorder.feel(m.Feel(pain="sharp"))
    assert receipt.trouble == "This is not saved yet. The disk is full."
    assert receipt.advice


def test_a_wrong_answer_is_taken_back_and_warnings_are_remembered_without_a_daemon(recorder: Recorder) -> None:
    reports = StretchReports(recorder, "ball-release", None, no_setting)
    assert reports.warned() == Receipt()
    assert reports.felt("pain", "groin").advice
    assert reports.taken_back() == Receipt()
    with Journal.open(recorder.where.journal) as journal:
        state = journal.load()
    assert state is not None
    assert find("ball-release").is_read(state.read)
    assert state.put_off is None


def test_room_to_kneel_is_a_setting_and_what_cannot_be_set_is_said(recorder: Recorder) -> None:
    kept: list[bool] = []
    assert StretchReports(recorder, "x", None, kept.append).kneels(True) == Receipt()
    assert kept == [True]
    trouble = StretchReports(recorder, "x", None, no_setting).kneels(False).trouble
    assert trouble == "stretch.floor could not be set: The disk is full."
