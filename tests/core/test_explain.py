"""Rule 16: what `status` and `explain` say at the moments of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from psoas_nudge.core import model as m
from psoas_nudge.core.explain import at_moment, explain, next_prompt, status
from psoas_nudge.core.hours import DayException, Range, WorkingHours
from psoas_nudge.core.status import OpenPrompt, Status
from tests.core.timeline import Day

SAT_20 = "You have been sitting for 20 min. A prompt comes after 30 min."
NONE_AT_ALL = WorkingHours(zone="Europe/Berlin", week=((),) * 7)


def berlin(clock: str, day: int = 23) -> datetime:
    """An instant in November 2026, when Berlin is an hour ahead of UTC."""
    return datetime.fromisoformat(f"2026-11-{day} {clock}+01:00").astimezone(UTC)


def worked(minutes: float = 20, **settings: object) -> Day:
    """Typing since 09:00, without a pause."""
    day = Day(**settings)
    day.sit(minutes)
    return day


def quiet(signal: m.Signal, day: Day) -> Day:
    day.feed(m.SignalChanged(signal=signal, on=True))
    return day


def told(*events: m.AnyEvent) -> Day:
    """Twenty minutes of work, and then this."""
    day = worked()
    for event in events:
        day.feed(event)
    return day


def after(day: Day, do: Callable[[Day], object]) -> Day:
    do(day)
    return day


def test_status_tells_everything_about_a_moment_of_work() -> None:
    day = worked(10)
    day.lock(1)
    day.sit(10)
    assert status(day.state, day.rules) == Status(
        presence="sitting",
        sat_seconds=1200.0,
        toward_next=1200.0,
        needed=1800.0,
        prompt=None,
        paused=False,
        paused_until=None,
        quiet=(),
        hours_open=True,
        hours_change=berlin("17:00"),
        zone="Europe/Berlin",
        prompts_today=0,
        daily_limit=8,
        backed_off=False,
        next_prompt=berlin("09:31"),
        why=("You have been sitting for 20 min. A prompt comes after 30 min.",),
    )


def test_after_a_skip_the_bout_goes_on_and_what_counts_begins_again() -> None:
    day = worked(36)
    day.answer("skip")
    day.sit(10)
    now = status(day.state, day.rules)
    assert (now.sat_seconds, now.toward_next, now.prompts_today) == (46 * 60, 10 * 60, 1)
    assert now.next_prompt == berlin("10:06")


def test_an_open_prompt_is_in_the_status_with_the_time_at_which_it_came() -> None:
    day = worked(36)
    now = status(day.state, day.rules)
    assert now.prompt == OpenPrompt(number=1, routine="standing-hip-flexor", shown_at=berlin("09:35"), snooze=True)
    assert (now.next_prompt, now.prompts_today) == (None, 1)
    assert now.why == ("A prompt is open and waiting for your answer.",)
    on_its_way = status(worked(36, notifier="hangs").state, day.rules).prompt
    assert on_its_way is not None
    assert on_its_way.shown_at is None


def test_a_prompt_that_cannot_be_snoozed_again_says_so() -> None:
    prompt = status(worked(36, max_snoozes=0).state, worked(0, max_snoozes=0).rules).prompt
    assert prompt is not None
    assert not prompt.snooze


@pytest.mark.parametrize(
    ("live", "presence"),
    [
        (Day, "away"),
        (worked, "sitting"),
        (lambda: told(m.Stand()), "standing"),
        (lambda: told(m.SignalChanged(signal=m.Signal.LOCKED, on=True)), "away"),
        (lambda: told(m.Stand(), m.SignalChanged(signal=m.Signal.LOCKED, on=True)), "away"),
        (lambda: told(m.GuideStarted(routine="standing-march", prompt=None)), "stretching"),
    ],
    ids=["not seen yet", "typing", "standing", "locked", "locked while standing", "in a stretch"],
)
def test_the_status_says_where_the_person_is(live: Callable[[], Day], presence: str) -> None:
    day = live()
    assert status(day.state, day.rules).presence == presence


@pytest.mark.parametrize(
    ("clock", "is_open", "change"),
    [
        ("08:59", False, berlin("09:00")),
        ("09:00", True, berlin("17:00")),
        ("16:59", True, berlin("17:00")),
        ("17:00", False, berlin("09:00", 24)),
    ],
)
def test_working_hours_are_open_from_their_first_instant_to_their_last(
    clock: str, is_open: bool, change: datetime
) -> None:
    day = Day(f"2026-11-23 {clock}")
    now = status(day.state, day.rules)
    assert (now.hours_open, now.hours_change) == (is_open, change)


def test_without_any_working_hours_nothing_is_promised() -> None:
    day = worked(40, hours=NONE_AT_ALL)
    now = status(day.state, day.rules)
    assert (now.hours_open, now.hours_change, now.next_prompt) == (False, None, None)
    assert now.why == ("There are no working hours in the next two years.",)


@pytest.mark.parametrize(
    ("live", "why", "promised"),
    [
        (
            Day,
            [
                "You are away from the computer.",
                "You have been sitting for 0 s. A prompt comes after 30 min.",
                "Your working hours have just started. Prompts start at 09:10.",
            ],
            berlin("09:30"),
        ),
        (worked, [SAT_20], berlin("09:30")),
        (
            lambda: told(m.Stand()),
            ["You said that you are standing. That counts until 10:20, unless you sit down earlier.", SAT_20],
            berlin("09:30"),
        ),
        (
            lambda: told(m.SignalChanged(signal=m.Signal.LOCKED, on=True)),
            ["The screen is locked.", SAT_20],
            berlin("09:30"),
        ),
        (
            lambda: told(m.SignalChanged(signal=m.Signal.SUSPENDED, on=True)),
            ["The computer is asleep.", SAT_20],
            berlin("09:30"),
        ),
        (
            lambda: told(m.SignalChanged(signal=m.Signal.SWITCHED, on=True)),
            ["Another user is using the computer.", SAT_20],
            berlin("09:30"),
        ),
        (
            lambda: told(m.GuideStarted(routine="standing-march", prompt=None)),
            ["You are stretching.", "You have been sitting for 0 s. A prompt comes after 30 min."],
            berlin("09:50"),
        ),
        (
            lambda: after(worked(36), lambda day: day.answer("snooze")),
            ["You snoozed the prompt until 09:41."],
            berlin("09:41"),
        ),
        (lambda: worked(41), ["You did not answer the last prompt. It comes again at 09:50."], berlin("09:50")),
        (
            lambda: worked(36, notifier=None),
            ["The last prompt could not be shown. psoas-nudge tries again at 09:45."],
            berlin("09:45"),
        ),
        (
            lambda: after(Day("2026-11-23 08:00"), lambda day: day.sit(45)),
            ["It is outside your working hours. Prompts start at 09:10."],
            berlin("09:10"),
        ),
        (
            lambda: after(Day("2026-11-23 08:00"), lambda day: day.sit(65)),
            ["Your working hours have just started. Prompts start at 09:10."],
            berlin("09:10"),
        ),
        (
            lambda: after(Day("2026-11-23 16:00"), lambda day: day.sit(55)),
            ["Your working hours end at 17:00. No prompt comes this close to the end."],
            berlin("09:10", 24),
        ),
        (
            lambda: after(Day("2026-11-27 17:30"), lambda day: day.sit(40)),
            ["It is outside your working hours. Prompts start at Mon 09:10."],
            berlin("09:10", 30),
        ),
        (lambda: worked(36, daily_limit=0), ["You have reached today's limit of 0 prompts."], None),
        (
            lambda: after(worked(36, daily_limit=1), lambda day: day.answer("skip")),
            [
                "You have been sitting for 0 s. A prompt comes after 30 min.",
                "You have reached today's limit of 1 prompt.",
            ],
            berlin("09:10", 24),
        ),
        (lambda: quiet(m.Signal.CALL, worked(31)), ["You are in a call."], berlin("09:32")),
        (
            lambda: quiet(m.Signal.BUSY, worked(10)),
            ["You have been sitting for 10 min. A prompt comes after 30 min.", "Your calendar says you are busy."],
            berlin("09:30"),
        ),
        (lambda: told(m.Pause()), [SAT_20, "Prompts are paused. Run `psoas-nudge resume` to turn them back on."], None),
        (lambda: told(m.Pause(length=30 * m.MINUTE)), [SAT_20, "Prompts are paused until 09:50."], berlin("09:51")),
        (lambda: told(m.Pause(until=berlin("12:00"))), [SAT_20, "Prompts are paused until 12:00."], berlin("12:01")),
        (
            lambda: told(m.Pause(until_tomorrow=True)),
            [SAT_20, "Prompts are paused until Tue 00:00."],
            berlin("09:10", 24),
        ),
        (lambda: told(m.Pause(length=5 * m.MINUTE)), [SAT_20, "Prompts are paused until 09:25."], berlin("09:30")),
        (lambda: worked(31), ["A prompt is due. It comes when you stop typing for 8 s, or at 09:35."], berlin("09:31")),
        (
            lambda: worked(31, patience=3600),
            ["A prompt is due. It comes when you stop typing for 8 s, or at 10:30."],
            berlin("09:31"),
        ),
    ],
)
def test_why_there_is_no_prompt_and_when_the_next_can_come(
    live: Callable[[], Day], why: list[str], promised: datetime | None
) -> None:
    day = live()
    now = status(day.state, day.rules)
    assert (list(now.why), now.next_prompt) == (why, promised)
    assert next_prompt(day.state, day.rules) == promised


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        (m.Signal.CALL, "You are in a call."),
        (m.Signal.DO_NOT_DISTURB, "Do not disturb is on."),
        (m.Signal.FULLSCREEN, "A window is in full screen."),
        (m.Signal.SCREEN_SHARE, "You are sharing your screen."),
        (m.Signal.BUSY, "Your calendar says you are busy."),
        (m.Signal.PLAYING, "A video is playing."),
    ],
)
def test_what_holds_a_due_prompt_back_is_named(signal: m.Signal, words: str) -> None:
    day = quiet(signal, worked(31, quiet=frozenset(m.Signal)))
    assert status(day.state, day.rules).why == (words,)


def test_after_a_call_the_prompt_waits_a_minute_and_the_reason_says_until_when() -> None:
    day = quiet(m.Signal.CALL, worked(31))
    day.feed(m.SignalChanged(signal=m.Signal.CALL, on=False))
    now = status(day.state, day.rules)
    assert now.why == ("A call or similar has just ended, or psoas-nudge has just started. Prompts wait until 09:32.",)
    assert now.next_prompt == berlin("09:32")


def test_while_the_journal_cannot_be_written_that_is_the_first_reason() -> None:
    day = worked()
    now = status(day.state, day.rules, "The disk is full.")
    assert now.why == ("Nothing can be saved, so no prompt comes until that is fixed. The disk is full.", SAT_20)
    assert now.trouble == "The disk is full."


def test_after_two_ignored_prompts_the_reason_says_what_ends_the_longer_wait() -> None:
    day = worked(62)
    assert day.outcomes == ["missed", "missed"]
    now = status(day.state, day.rules)
    assert now.backed_off
    assert now.needed == 45 * 60
    assert now.why == (
        "You have been sitting for 2 min. A prompt comes after 45 min.",
        "You did not answer the last two prompts, so for the rest of the day a prompt comes after 45 min instead of 30 min. "
        "To end that, accept a prompt, do any stretch, or run `psoas-nudge resume`.",
    )
    assert now.next_prompt == berlin("10:45")


def test_a_prompt_that_nobody_was_seen_for_comes_after_the_next_input() -> None:
    day = Day(away_after=900)
    day.sit(29)
    day.read(6)
    assert status(day.state, day.rules).why == (
        "A prompt is due. It comes after you next touch the keyboard or mouse.",
    )


def test_of_a_later_moment_only_what_can_be_known_is_said() -> None:
    day = told(m.Pause(length=60 * m.MINUTE))
    then = explain(day.state, berlin("10:00"), day.rules)
    assert (then.at, then.zone) == (berlin("10:00"), "Europe/Berlin")
    assert [reason.text for reason in then.reasons] == ["Prompts are paused until 10:20."]
    assert [reason.until for reason in then.reasons] == [berlin("10:20")]
    assert then.next_prompt == berlin("10:21")
    assert [reason.kind for reason in explain(day.state, berlin("16:55"), day.rules).reasons] == ["winding-down"]
    assert explain(day.state, berlin("11:00"), day.rules).reasons == (), "the pause is over by then"
    just_over = berlin("10:20:30")
    assert explain(day.state, just_over, day.rules).next_prompt == berlin("10:21")
    day.feed(m.SignalChanged(signal=m.Signal.CALL, on=True))
    assert explain(day.state, just_over, day.rules).next_prompt == berlin("10:21:30"), "if the call ends then"
    now = explain(day.state, day.at, day.rules)
    assert [(reason.kind, reason.until) for reason in now.reasons] == [
        ("sitting", berlin("09:30")),
        ("call", None),
        ("paused", berlin("10:20")),
    ]


def test_a_pause_is_over_at_its_last_instant() -> None:
    day = told(m.Pause(length=60 * m.MINUTE))
    then = explain(day.state, berlin("10:20"), day.rules)
    assert (then.reasons, then.next_prompt) == ((), berlin("10:21"))
    day = after(worked(after_quiet=0), lambda day: day.feed(m.Pause(length=60 * m.MINUTE)))
    assert next_prompt(day.state, day.rules) == berlin("10:20")


def test_a_call_of_now_says_nothing_of_a_later_moment() -> None:
    day = quiet(m.Signal.CALL, worked())
    assert explain(day.state, berlin("10:00"), day.rules).reasons == ()


def test_of_two_breaks_under_way_the_longer_one_is_no_sitting() -> None:
    day = quiet(m.Signal.LOCKED, worked(10))
    day.read(1)
    assert status(day.state, day.rules).sat_seconds == 600
    assert next_prompt(day.state, day.rules) == berlin("09:31")
    day = after(worked(10), lambda day: day.feed(m.Stand()))
    day.sit(5)
    day = quiet(m.Signal.LOCKED, day)
    day.read(1)
    assert next_prompt(day.state, day.rules) == berlin("09:36")


def test_who_was_not_seen_since_the_start_is_promised_a_prompt_too() -> None:
    day = Day(watches=False)
    assert next_prompt(day.state, day.rules) == berlin("09:30")


def test_a_pause_of_ten_years_has_an_end() -> None:
    day = told(m.Pause(length=3650 * m.DAY))
    assert status(day.state, day.rules).paused_until == day.at + timedelta(days=3650)


def test_just_before_midnight_the_usual_interval_of_the_new_day_is_what_remains() -> None:
    day = Day("2026-11-23 22:55", hours=WorkingHours(zone="Europe/Berlin", week=((Range(0, 1440),),) * 7))
    day.sit(63)
    assert (day.outcomes, day.clock()) == (["missed", "missed"], "23:58")
    assert [(r.kind, r.until) for r in explain(day.state, day.at, day.rules).reasons] == [
        ("sitting", berlin("00:25", 24)),
        ("backed-off", None),
    ]


def test_of_a_moment_that_is_over_nothing_else_is_said_than_of_now() -> None:
    day = told(m.Pause(length=60 * m.MINUTE))
    past, now = (explain(day.state, at, day.rules) for at in (day.at - timedelta(minutes=5), day.at))
    assert (past.reasons, past.next_prompt) == (now.reasons, now.next_prompt)


def test_nothing_is_foretold_beyond_ten_years() -> None:
    day = worked()
    assert explain(day.state, day.at + timedelta(days=9000), day.rules).at == day.at + timedelta(days=3650)


def test_a_state_moves_on_with_both_clocks() -> None:
    day = worked()
    moved = at_moment(day.state, m.Moment(day.at + timedelta(minutes=2), day.tick + 120_000))
    assert (moved.time.at, moved.time.tick) == (day.at + timedelta(minutes=2), day.tick + 120_000)
    assert status(moved, day.rules).sat_seconds == 22 * 60
    assert at_moment(moved, m.Moment(day.at, day.tick)).now == moved.now, "an older reading moves nothing back"


def test_a_holiday_of_months_is_looked_through() -> None:
    closed = DayException(date(2026, 11, 24), date(2027, 6, 30))
    day = Day("2026-11-23 17:30", hours=WorkingHours(zone="Europe/Berlin", exceptions=(closed,)))
    day.sit(40)
    assert next_prompt(day.state, day.rules) == datetime(2027, 7, 1, 7, 10, tzinfo=UTC)


def test_the_moment_of_a_break_under_way_is_no_sitting() -> None:
    day = worked(20)
    day.feed(m.Stand())
    day.sit(5)
    now = status(day.state, day.rules)
    assert (now.sat_seconds, now.toward_next) == (1200, 1200)
    assert now.next_prompt == berlin("09:35")
