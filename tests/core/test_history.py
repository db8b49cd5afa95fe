"""Looking back: which day a thing belongs to, and what is left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from psoas_nudge.core.entries import (
    AnyEntry,
    BoutEntry,
    FeelEntry,
    HeldBackEntry,
    HoursEntry,
    PostureEntry,
    PromptEntry,
    StretchEntry,
)
from psoas_nudge.core.history import Piece, Recorded, Track, history, tracks
from psoas_nudge.core.words import Outcome

ZONE = timezone(timedelta(hours=1))
MONDAY = date(2026, 11, 23)
NOW = datetime.combine(date(2026, 11, 24), time(18))


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """An instant by the clock on the wall, one hour east of UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def bout(begin: datetime, end: datetime) -> BoutEntry:
    lasted = max(0.0, (end - begin).total_seconds())
    return BoutEntry(at=end, started=begin, ended=end, sitting_seconds=lasted, ended_by="idle")


def prompt(when: datetime, outcome: Outcome = "accepted", shown: bool = True) -> PromptEntry:
    return PromptEntry(
        at=when, number=1, shown_at=when if shown else None, closed_at=when, outcome=outcome, routine="r", notifier="n"
    )


def recorded(*entries: AnyEntry, zone: tzinfo = ZONE) -> list[Recorded]:
    return [(entry, zone) for entry in entries]


def days(*entries: AnyEntry, closes: datetime | None = None) -> tuple[Track, ...]:
    return tracks(recorded(*entries), MONDAY, NOW, lambda _: closes)


def test_a_day_has_what_happened_in_it_by_the_clock_on_the_wall() -> None:
    [monday] = days(
        HoursEntry(at=at(9), open=True),
        HeldBackEntry(at=at(10, 5), since=at(10), until=at(10, 5), reasons=("call", "do-not-disturb")),
        prompt(at(10, 6), "skipped"),
        StretchEntry(at=at(10, 30), routine="r", performed=True, left_seconds=60.0, right_seconds=60.0),
        bout(at(9, 5), at(10, 31)),
        PostureEntry(at=at(11), posture="standing", by="person"),
        PostureEntry(at=at(11, 20), posture="sitting", by="person"),
        HoursEntry(at=at(17), open=False),
    )
    assert monday.day == MONDAY
    assert sorted(monday.pieces, key=lambda piece: piece.begin) == [
        Piece("hours", 540, 1020),
        Piece("sitting", 545, 631),
        Piece("held-back", 600, 605, "call, do not disturb"),
        Piece("stretch", 628, 630, "r"),
        Piece("standing", 660, 680),
    ]
    assert [(mark.minute, mark.outcome) for mark in monday.prompts] == [(606, "skipped")]
    assert monday.minutes("sitting") == 86


def test_sitting_over_midnight_is_on_both_days() -> None:
    monday, tuesday = days(bout(at(23, 30), at(1, 0, day=24)))
    assert (monday.pieces, tuesday.pieces) == ([Piece("sitting", 1410, 1440)], [Piece("sitting", 0, 60)])


def test_what_ends_at_midnight_leaves_the_next_day_alone() -> None:
    [monday] = days(bout(at(23), at(0, day=24)))
    assert monday.pieces == [Piece("sitting", 1380, 1440)]


def test_hours_that_are_open_now_go_on_until_now() -> None:
    *_, tuesday = days(HoursEntry(at=at(9, day=24), open=True))
    assert tuesday.pieces == [Piece("hours", 540, 1080)]


def test_hours_whose_end_was_recorded_the_next_morning_end_when_they_closed() -> None:
    [monday] = days(
        HoursEntry(at=at(9), open=True), HoursEntry(at=at(8, 50, day=24), open=False), closes=at(17)
    )  # fmt: skip
    assert monday.pieces == [Piece("hours", 540, 1020)]


def test_a_clock_that_was_set_back_draws_nothing() -> None:
    assert days(bout(at(10), at(9))) == ()


def test_an_end_without_a_beginning_draws_nothing() -> None:
    assert days(HoursEntry(at=at(9), open=False), PostureEntry(at=at(9), posture="sitting", by="time")) == ()


def test_only_the_end_of_hours_is_moved_to_when_they_closed() -> None:
    [monday] = days(
        PostureEntry(at=at(10), posture="standing", by="person"),
        HoursEntry(at=at(9), open=True),
        PostureEntry(at=at(18), posture="sitting", by="person"),
        HoursEntry(at=at(18, 30), open=False),
        closes=at(17),
    )  # fmt: skip
    assert sorted(monday.pieces, key=lambda piece: piece.begin) == [
        Piece("hours", 540, 1020),
        Piece("standing", 600, 1080),
    ]


def test_hours_that_never_closed_by_the_settings_end_when_that_was_recorded() -> None:
    asked = []

    def closes(instant: datetime) -> datetime | None:
        asked.append(instant)
        return None if instant == at(9, day=24) else at(17)

    opened = (
        HoursEntry(at=at(9), open=True),
        HoursEntry(at=at(17), open=False),
        HoursEntry(at=at(9, day=24), open=True),
    )
    _, tuesday = tracks(recorded(*opened, HoursEntry(at=at(17, 30, day=24), open=False)), MONDAY, NOW, closes)
    assert tuesday.pieces == [Piece("hours", 540, 1050)]
    assert asked == [at(9), at(9, day=24)]


def test_a_prompt_that_nobody_saw_is_on_no_track() -> None:
    assert days(prompt(at(9), shown=False)) == ()


def test_a_track_is_exact_to_the_second_and_rest_is_part_of_a_stretch() -> None:
    half_past = at(10) + timedelta(seconds=30)
    [monday] = days(
        StretchEntry(at=half_past, routine="r", performed=True, left_seconds=10, right_seconds=10, other_seconds=40)
    )  # fmt: skip
    assert monday.pieces == [Piece("stretch", 599.5, 600.5, "r")]


def test_days_before_the_first_are_left_out() -> None:
    assert days(bout(at(9, day=22), at(10, day=22))) == ()


def test_a_prompt_that_nobody_saw_and_a_stretch_not_done_are_left_out() -> None:
    past = history(recorded(prompt(at(9), shown=False), StretchEntry(at=at(9), routine="r", performed=False)))
    assert (past.prompts, past.stretches) == ((), ())


def test_prompts_are_numbered_within_their_day() -> None:
    past = history(recorded(prompt(at(9)), prompt(at(10)), prompt(at(9, day=24))))
    assert [asked.nth for asked in past.prompts] == [1, 2, 1]


def test_the_day_is_that_of_the_place_where_it_was_recorded() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    past = history([(FeelEntry(at=late, level=2), UTC), (FeelEntry(at=late, level=3), ZONE)])
    assert [felt.at.day for felt in past.reports] == [23, 24]


def test_what_was_held_is_kept_to_the_millisecond() -> None:
    [held] = history(
        recorded(StretchEntry(at=at(9), routine="r", performed=True, left_seconds=30.0004, right_seconds=12.5))
    ).stretches
    assert (held.left, held.right, held.other) == (30_000, 12_500, 0)
