"""Working hours against an oracle that only reads the wall clock, on every zone's days of change and by hand.

The oracle is the definition itself: at an instant, look at the local clock, and ask whether it reads inside a range
of this date or of an earlier one that runs over midnight. It knows no stretches, offsets or spans.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from time import perf_counter
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psoas_nudge.core.hours import HORIZON, NEVER, OFFICE, DayException, Range, WorkingHours, written

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ALL_DAY = (Range(0, 1440),)


def is_open(hours: WorkingHours, at: datetime) -> bool:
    return hours.span(at) is not None


def reads_open(hours: WorkingHours, at: datetime) -> bool:
    """The oracle."""
    local = at.astimezone(ZoneInfo(hours.zone))
    clock = local.hour * 60 + local.minute + local.second / 60 + local.microsecond / 60e6
    for nights in range(3):
        day = local.date() - timedelta(days=nights)
        written = hours.week[day.isoweekday() - 1]
        for exception in hours.exceptions:
            if exception.first <= day <= exception.last:
                written = exception.ranges
        if any(start <= clock + 1440 * nights < end for start, end in written):
            return True
    return False


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """Instants from 1995 to 2038 at which the zone's offset changes, found by reading its clock every third day."""
    info = ZoneInfo(zone)

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(info).utcoffset()

    found = []
    at, end = datetime(1995, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
    while at < end:
        after = at + timedelta(days=3)
        if offset(at) != offset(after):
            low, high = at, after
            while high - low > SECOND:
                middle = low + (high - low) // (2 * SECOND) * SECOND
                low, high = (middle, high) if offset(middle) == offset(at) else (low, middle)
            found.append(high)
        at = after
    return tuple(found)


def every(step: timedelta, begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += step


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def at_local(text: str, zone: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def every_day(*written: tuple[int, int], zone: str = "UTC", exceptions: tuple[DayException, ...] = ()) -> WorkingHours:
    return WorkingHours(zone=zone, week=(tuple(Range(*r) for r in written),) * 7, exceptions=exceptions)


def agree(hours: WorkingHours, begin: datetime, end: datetime, step: timedelta = MINUTE) -> None:
    """`is_open` is what the clock reads, at every step and on both sides of every change that is announced."""
    for at in every(step, begin, end):
        assert is_open(hours, at) == reads_open(hours, at), (hours.zone, at)
    at = begin
    while (change := hours.next_change(at)) is not None and change < end:
        assert change > at
        before, after = reads_open(hours, change - SECOND), reads_open(hours, change)
        assert before != after, (hours.zone, change)
        assert is_open(hours, change) == after
        assert all(reads_open(hours, t) == before for t in every(step, at, change)), (hours.zone, at, change)
        at = change


# --- every zone --------------------------------------------------------------------------------------------------

SHIFTS = WorkingHours(
    week=(
        (Range(0, 90), Range(120, 181), Range(1380, 1500)),
        (Range(0, 1440),),
        (Range(60, 61), Range(61, 240)),
        (Range(150, 160), Range(1320, 1800)),
        (Range(30, 200), Range(100, 230)),
        (Range(0, 1), Range(1439, 1441)),
        (Range(1410, 2880),),
    )
)


@pytest.mark.parametrize("part", range(8))
def test_in_every_zone_the_hours_follow_the_wall_clock_over_every_recent_change(part: int) -> None:
    for zone in ZONES[part::8]:
        hours = WorkingHours(zone=zone, week=SHIFTS.week)
        for change in changes(zone)[-4:]:
            agree(hours, change - 9 * HOUR, change + 9 * HOUR, 30 * MINUTE)


@settings(max_examples=300)
@given(data=st.data())
def test_any_week_in_any_zone_over_any_change_is_what_the_clock_reads(data: st.DataObject) -> None:
    minute = st.integers(0, 1439)
    written = st.lists(
        st.tuples(minute, st.integers(1, 1440)).map(lambda r: Range(r[0], min(r[0] + r[1], 2880))), max_size=4
    ).map(tuple)
    zone = data.draw(st.sampled_from(ZONES))
    around = data.draw(st.sampled_from(changes(zone) or (utc("2024-02-28T12:00"),)))
    day = around.astimezone(ZoneInfo(zone)).date()
    near = st.integers(-3, 3).map(lambda n: day + timedelta(days=n))
    exceptions = st.lists(
        st.tuples(near, st.integers(0, 2), written).map(
            lambda e: DayException(e[0], e[0] + timedelta(days=e[1]), e[2])
        ),
        max_size=3,
    ).map(tuple)
    hours = WorkingHours(zone=zone, week=tuple(data.draw(written) for _ in range(7)), exceptions=data.draw(exceptions))
    agree(hours, around - 20 * HOUR, around + 20 * HOUR, timedelta(minutes=data.draw(st.integers(17, 43))))
    assert is_open(hours, around) == reads_open(hours, around)
    assert is_open(hours, around - SECOND) == reads_open(hours, around - SECOND)


@settings(max_examples=300)
@given(zone=st.sampled_from(ZONES), which=st.integers(0), seconds=st.integers(-100_000, 100_000))
def test_the_next_day_begins_when_the_calendar_on_the_wall_first_shows_it(zone: str, which: int, seconds: int) -> None:
    near = changes(zone) or (utc("2024-02-29T12:00"),)
    at = near[which % len(near)] + seconds * SECOND
    info = ZoneInfo(zone)
    today = at.astimezone(info).date()
    begins = WorkingHours(zone=zone).next_day(at)
    assert begins > at
    assert begins.astimezone(info).date() > today
    assert (begins - SECOND).astimezone(info).date() <= today
    assert all(t.astimezone(info).date() <= today for t in every(MINUTE, at, begins))


# --- the days that break other programs --------------------------------------------------------------------------

HARD_DAYS = [
    ("Asia/Beirut", "2022-03-26T22:00", "midnight does not exist"),
    ("Asia/Beirut", "2022-10-29T21:00", "the clock goes from midnight back into the day before"),
    ("America/Havana", "2024-03-10T05:00", "midnight does not exist"),
    ("America/Havana", "2024-11-03T05:00", "midnight comes twice"),
    ("America/St_Johns", "2006-04-02T03:31", "one minute past midnight, forward"),
    ("America/St_Johns", "2006-10-29T02:31", "a minute of the new day, then the old one again"),
    ("Africa/Cairo", "2024-04-25T22:00", "midnight does not exist"),
    ("Africa/Cairo", "2024-10-31T21:00", "the last hour of the day comes twice"),
    ("Pacific/Apia", "2011-12-30T10:00", "a whole date is missing"),
    ("Pacific/Kwajalein", "1993-08-21T12:00", "a whole date is missing"),
    ("Australia/Lord_Howe", "2024-04-06T15:00", "half an hour back"),
    ("Australia/Lord_Howe", "2024-10-05T15:30", "half an hour forward"),
    ("Africa/Casablanca", "2024-03-10T02:00", "back for Ramadan"),
    ("Africa/Casablanca", "2024-04-14T02:00", "forward after Ramadan"),
    ("America/Sao_Paulo", "2018-11-04T03:00", "midnight does not exist"),
    ("Antarctica/Troll", "2024-03-31T01:00", "two hours forward"),
    ("Europe/Berlin", "2024-03-31T01:00", "an hour forward"),
    ("Europe/Berlin", "2024-10-27T01:00", "an hour back"),
    ("Asia/Kathmandu", "1985-12-31T18:30", "a quarter of an hour forward"),
    ("Africa/Monrovia", "1972-01-07T00:44:30", "an offset with seconds"),
]


@pytest.mark.parametrize(("zone", "change", "_why"), HARD_DAYS, ids=[f"{z}: {w}" for z, _, w in HARD_DAYS])
def test_hours_are_right_to_the_minute_where(zone: str, change: str, _why: str) -> None:
    at = utc(change)
    info = ZoneInfo(zone)
    assert at.astimezone(info).utcoffset() != (at - SECOND).astimezone(info).utcoffset(), "the table names the instant"
    night = [(1320, 1800)], [(0, 1440)], [(1425, 1441), (20, 40)], [(150, 151)], [(1439, 1440), (0, 1)]
    for ranges in night:
        agree(every_day(*ranges, zone=zone), at - 30 * HOUR, at + 30 * HOUR)
    agree(WorkingHours(zone=zone, week=SHIFTS.week), at - 30 * HOUR, at + 30 * HOUR)


def test_a_night_shift_is_an_hour_shorter_in_spring_and_an_hour_longer_in_autumn() -> None:
    nights = every_day((1320, 1800), zone="Europe/Berlin")

    def length(evening: str) -> timedelta:
        (span,) = nights.ranges(date.fromisoformat(evening))
        return span.closes - span.opens

    assert (length("2024-03-29"), length("2024-03-30"), length("2024-10-26")) == (8 * HOUR, 7 * HOUR, 9 * HOUR)


def test_a_range_inside_the_skipped_hour_never_opens_and_one_inside_the_repeated_hour_opens_twice() -> None:
    hours = every_day((130, 140), zone="Europe/Berlin")
    assert hours.ranges(date(2024, 3, 31)) == ()
    assert [(s.opens, s.closes) for s in hours.ranges(date(2024, 10, 27))] == [
        (utc("2024-10-27T00:10"), utc("2024-10-27T00:20")),
        (utc("2024-10-27T01:10"), utc("2024-10-27T01:20")),
    ]


def test_the_date_that_samoa_skipped_has_no_hours_of_its_own() -> None:
    hours = WorkingHours(zone="Pacific/Apia", week=(OFFICE,) * 7)
    assert hours.ranges(date(2011, 12, 30)) == ()
    assert hours.next_change(at_local("2011-12-29T18:00", "Pacific/Apia")) == at_local(
        "2011-12-31T09:00", "Pacific/Apia"
    )
    assert hours.next_day(at_local("2011-12-29T18:00", "Pacific/Apia")) == utc("2011-12-30T10:00")


def test_a_minute_of_tomorrow_before_the_clock_goes_back_is_tomorrow() -> None:
    hours = WorkingHours(zone="America/St_Johns")
    first_midnight = utc("2006-10-29T02:30")
    assert hours.next_day(at_local("2006-10-28T22:00", "America/St_Johns")) == first_midnight
    assert hours.next_day(at_local("2006-10-28T23:30", "America/St_Johns", fold=1)) == first_midnight + HOUR


# --- ranges, exceptions, empty and full weeks --------------------------------------------------------------------


def test_ranges_that_touch_or_overlap_are_one_open_time() -> None:
    hours = every_day((540, 600), (600, 660), (650, 720), (800, 900))
    assert [(s.opens.hour * 60 + s.opens.minute, s.closes.hour * 60) for s in hours.ranges(date(2024, 2, 29))] == [
        (540, 720),
        (800, 900),
    ]
    assert hours.next_change(utc("2024-02-29T09:59")) == utc("2024-02-29T12:00")


def test_a_shift_that_ends_at_midnight_joins_one_that_begins_there() -> None:
    week = ((Range(1200, 1440),), (Range(0, 240),), (), (), (), (), ())
    span = WorkingHours(week=week).span(utc("2024-04-01T23:59"))
    assert span == (utc("2024-04-01T20:00"), utc("2024-04-02T04:00"))


def test_an_opening_belongs_to_the_range_and_a_closing_does_not() -> None:
    hours = WorkingHours()
    opens, closes = utc("2024-04-01T09:00"), utc("2024-04-01T17:00")
    assert [is_open(hours, at) for at in (opens - SECOND, opens, closes - SECOND, closes)] == [False, True, True, False]
    assert hours.next_change(opens) == closes
    assert hours.next_change(opens - timedelta(microseconds=1)) == opens


def test_a_leap_day_is_a_day_like_any_other() -> None:
    assert is_open(WorkingHours(), utc("2024-02-29T12:00"))
    closed = WorkingHours(exceptions=(DayException(date(2024, 2, 29), date(2024, 2, 29)),))
    assert closed.next_change(utc("2024-02-28T17:00")) == utc("2024-03-01T09:00")


def test_an_exception_leaves_last_nights_shift_alone_and_replaces_its_own_night() -> None:
    off = DayException(date(2024, 12, 24), date(2024, 12, 25))
    nights = every_day((1320, 1800), exceptions=(off,))
    assert is_open(nights, utc("2024-12-24T05:59")), "the shift that began on the 23rd"
    assert nights.next_change(utc("2024-12-24T05:59")) == utc("2024-12-24T06:00")
    assert nights.next_change(utc("2024-12-24T06:00")) == utc("2024-12-26T22:00")


def test_an_exception_can_add_a_night_and_the_last_of_two_wins() -> None:
    inventory = DayException(date(2024, 6, 28), date(2024, 6, 30), (Range(1380, 1560),), "inventory")
    not_sunday = DayException(date(2024, 6, 30), date(2024, 6, 30))
    hours = WorkingHours(exceptions=(inventory, not_sunday))
    assert hours.exception(date(2024, 6, 29)) is inventory
    assert hours.exception(date(2024, 6, 30)) is not_sunday
    assert is_open(hours, utc("2024-06-30T01:59"))
    assert hours.next_change(utc("2024-06-30T02:00")) == utc("2024-07-01T09:00")


def test_an_empty_week_never_opens() -> None:
    hours = WorkingHours(week=((),) * 7)
    assert hours.next_span(utc("2024-04-01T12:00")) is None
    assert hours.next_change(utc("2024-04-01T12:00")) is None
    assert not is_open(hours, utc("2024-04-01T12:00"))


@pytest.mark.parametrize("days", [1, 365, 730, *range(HORIZON - 25, HORIZON + 25)])
def test_one_open_day_in_an_otherwise_empty_week_is_found_with_its_right_end_or_not_at_all(days: int) -> None:
    at = utc("2024-04-01T12:00")
    day = at.date() + timedelta(days=days)
    hours = WorkingHours(week=((),) * 7, exceptions=(DayException(day, day, OFFICE),))
    found = hours.next_span(at)
    if days <= 731 or found:
        assert found is not None
        assert (found.opens.date(), found.closes - found.opens) == (day, 8 * HOUR)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia"])
def test_a_week_without_a_closed_minute_never_changes(zone: str) -> None:
    for hours in (every_day((0, 1440), zone=zone), every_day((0, 720), (700, 1440), zone=zone)):
        for at in (utc("2024-04-01T12:00"), utc("2011-12-29T12:00"), utc("2024-03-10T05:00")):
            assert hours.next_change(at) is None
            span = hours.span(at)
            assert span is not None
            assert span.opens < at
            assert span.closes == NEVER


def test_always_open_but_one_day_next_year_closes_then() -> None:
    day = date(2025, 5, 1)
    hours = every_day((0, 1440), zone="Europe/Berlin", exceptions=(DayException(day, day),))
    assert hours.next_change(utc("2024-05-02T00:00")) == at_local("2025-05-01T00:00", "Europe/Berlin")


@pytest.mark.parametrize("week", [((),) * 7, (ALL_DAY,) * 7, (OFFICE,) * 5 + ((), ())], ids=["empty", "full", "office"])
def test_a_look_ahead_of_two_years_is_cheap_and_looking_again_the_same_day_is_nearly_free(
    week: tuple[tuple[Range, ...], ...],
) -> None:
    hours = WorkingHours(
        zone="Africa/Casablanca", week=week, exceptions=(DayException(date(2020, 1, 1), date(2020, 1, 1)),)
    )
    looks = [utc("2024-04-01T00:10") + n * MINUTE for n in range(1000)]
    begun = perf_counter()
    hours.next_change(looks[0])
    first = perf_counter() - begun
    begun = perf_counter()
    for at in looks:
        hours.next_change(at)
    assert first < 1, "about 15 ms when nothing else runs"
    assert (perf_counter() - begun) / len(looks) < 0.005, "about 10 µs when nothing else runs"


def test_the_same_instant_in_another_zone_asks_the_same_question() -> None:
    hours = WorkingHours(zone="Europe/Berlin")
    at = utc("2024-04-01T14:59:59")
    assert is_open(hours, at.astimezone(ZoneInfo("Asia/Tokyo")))
    assert hours.local(at).isoformat() == "2024-04-01T16:59:59+02:00"
    assert hours.local_date(utc("2024-04-01T22:00")) == date(2024, 4, 2)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (540, 1020, "09:00-17:00"),
        (545, 1019, "09:05-16:59"),
        (0, 1440, "00:00-24:00"),
        (1320, 1800, "22:00-06:00"),
        (600, 1441, "10:00-00:01"),
    ],
)
def test_a_range_is_written_as_in_the_configuration(start: int, end: int, words: str) -> None:
    assert written(Range(start, end)) == words


def test_hours_that_never_close_have_no_next_change() -> None:
    at = datetime(2025, 3, 4, 12, tzinfo=UTC)
    always = WorkingHours(zone="Europe/Berlin", week=(ALL_DAY,) * 7)
    assert (is_open(always, at), always.next_change(at)) == (True, None)


def test_an_hour_that_the_clocks_skip_is_not_open_at_all() -> None:
    hours = WorkingHours(zone="Europe/Berlin", week=((Range(120, 180),),) * 7)
    assert hours.ranges(date(2025, 3, 30)) == ()
    after = hours.next_span(datetime(2025, 3, 29, 12, tzinfo=UTC))
    assert after is not None
    assert after.opens == datetime(2025, 3, 31, 0, tzinfo=UTC)
