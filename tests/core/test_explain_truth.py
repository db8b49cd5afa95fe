"""Rule 16: what the explanation promises is what then happens, whatever the day was like before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from psoas_nudge.core import model as m
from psoas_nudge.core.explain import at_moment, explain, next_prompt, status
from psoas_nudge.core.hours import DayException, Range, WorkingHours
from tests.core.timeline import Day

HOURS = (
    WorkingHours(zone="Europe/Berlin"),
    WorkingHours(zone="Europe/Berlin", week=((Range(0, 1440),),) * 6 + ((),)),
    WorkingHours(zone="Europe/Berlin", week=((Range(540, 720), Range(780, 1020)),) * 7),
    WorkingHours(zone="Europe/Berlin", week=((Range(22 * 60, 30 * 60),),) * 7),
    WorkingHours(zone="Europe/Berlin", exceptions=(DayException(date(2026, 11, 24), date(2026, 11, 26)),)),
)
SETTINGS = st.fixed_dictionaries(
    {"hours": st.sampled_from(HOURS)},
    optional={
        "nudge_after": st.sampled_from([0.0, 60.0, 900.0, 7200.0]),
        "settle_in": st.sampled_from([0.0, 3600.0]),
        "wind_down": st.sampled_from([0.0, 3600.0, 30000.0]),
        "daily_limit": st.sampled_from([0, 1, 2]),
        "patience": st.sampled_from([0.0, 60.0]),
        "lull": st.sampled_from([0.0, 60.0]),
        "after_quiet": st.sampled_from([0.0, 600.0]),
        "snooze_for": st.sampled_from([0.0, 1200.0]),
        "ask_again_after": st.sampled_from([0.0, 3000.0]),
        "standing_for": st.sampled_from([0.0, 600.0]),
        "shortest_break": st.sampled_from([0.0, 600.0]),
        "expires_after": st.sampled_from([0.0, 60.0]),
    },
)
STARTS = st.sampled_from(
    ["2026-11-23 09:00", "2026-11-23 07:59", "2026-11-23 12:30", "2026-11-27 16:20", "2024-10-26 23:30"]
)
MINUTES = st.sampled_from([0.1, 1.0, 3.0, 8.0, 29.0, 36.0, 120.0])
SIGNALS = st.sampled_from(m.Signal)
Act = Callable[[Day], None]
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(lambda minutes: lambda day: day.sit(minutes), MINUTES),
    st.builds(lambda minutes: lambda day: day.sit(minutes), MINUTES),
    st.builds(lambda minutes: lambda day: day.read(minutes), MINUTES),
    st.builds(lambda signal, on: lambda day: day.feed(m.SignalChanged(signal=signal, on=on)), SIGNALS, st.booleans()),
    st.builds(lambda answer: lambda day: day.answer(answer), st.sampled_from(["accept", "snooze", "skip"])),
    st.builds(lambda kind: lambda day: day.feed(kind()), st.sampled_from([m.Stand, m.Sit, m.Resume])),
    st.builds(lambda minutes: lambda day: day.feed(m.Pause(length=minutes * 60_000)), MINUTES),
    st.builds(lambda minutes: lambda day: day.freeze(minutes), MINUTES),
    st.builds(lambda: lambda day: (day.kill(), day.restart(0.5))),
)


def sit_down_in_peace(day: Day) -> None:
    """From now on the person sits, and all that a person or a program can end has ended."""
    for signal in sorted(day.state.signals):
        day.feed(m.SignalChanged(signal=signal, on=False))
    day.feed(m.Sit())
    if day.state.stretching:
        day.feed(m.GuideEnded(routine="standing-hip-flexor"))
    day.touch()


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=300,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(start=STARTS, rules=SETTINGS, acts=st.lists(ACTS, max_size=10))
@example(start="2026-11-23 09:00", rules={"hours": HOURS[0]}, acts=[lambda day: day.sit(41)])
def test_no_prompt_comes_before_the_promised_moment_and_one_comes_soon_after(
    start: str, rules: dict[str, object], acts: list[Act]
) -> None:
    day = Day(start, **rules)
    for act in acts:
        act(day)
    day.feed(m.Woke())
    moment = at_moment(day.state, m.Moment(day.at, day.tick))
    promised = next_prompt(moment, day.rules)
    assert promised == status(moment, day.rules).next_prompt
    reasons = explain(moment, day.at, day.rules).reasons
    assert reasons or promised == day.at
    assert all("{" not in reason.text for reason in reasons)
    if promised is None:
        assert moment.prompt or moment.paused or day.rules.daily_limit == 0 or day.rules.wind_down > 20000
    assume(promised is not None)
    assert promised is not None
    shown = len(day.shown)
    sit_down_in_peace(day)
    wait = (promised - day.at).total_seconds()
    assert wait >= 0
    if wait > 0.01:
        day.sit((wait - 0.01) / 60)
        assert len(day.shown) == shown, f"promised for {promised}, shown {day.shown[shown:]}"
    span = day.rules.hours.span(promised)
    assert span is not None
    patience = timedelta(seconds=day.rules.patience + 0.1)
    if promised + patience < span.closes - timedelta(seconds=day.rules.wind_down):
        day.sit((patience.total_seconds() + 0.1) / 60)
        assert len(day.shown) > shown, f"promised for {promised}, not shown by {day.clock()}: {day.seen}"


def test_lengths_beyond_the_calendar_can_be_explained() -> None:
    for name in ("nudge_after", "standing_for", "ask_again_after", "settle_in", "after_quiet", "patience"):
        day = Day("2026-11-23 08:00", **{name: 3.6e12})
        day.feed(m.Stand())
        day.touch()
        assert status(day.state, day.rules).why
        day.feed(m.Sit())
        day.sit(120)
        assert status(day.state, day.rules).why
    day = Day(notifier=None, ask_again_after=3.6e12)
    day.sit(40)
    assert status(day.state, day.rules).next_prompt is None


@pytest.mark.parametrize("signal", m.Signal)
def test_every_signal_that_can_hold_a_prompt_back_is_named(signal: m.Signal) -> None:
    day = Day(quiet=frozenset(m.Signal))
    day.sit(31)
    day.feed(m.SignalChanged(signal=signal, on=True))
    assert signal in {reason.kind for reason in explain(day.state, day.at, day.rules).reasons}


def test_a_prompt_that_nobody_could_show_is_not_called_snoozed() -> None:
    day = Day(notifier=None)
    day.sit(36)
    assert status(day.state, day.rules).why == (
        "The last prompt could not be shown. psoas-nudge tries again at 09:45.",
    )
    day = Day()
    day.sit(36)
    day.answer("snooze")
    assert status(day.state, day.rules).why == ("You snoozed the prompt until 09:41.",)
    day.sit(11)
    day.leave(0.1)
    day.sit(6)
    assert day.outcomes == ["snoozed", "missed"]
    assert status(day.state, day.rules).why == ("You did not answer the last prompt. It comes again at 10:01.",)
