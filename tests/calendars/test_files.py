"""Calendar files as the programs of this world write them: when is their owner busy?"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.calendars.files import read
from tests.fuzz import effort

GOOGLE = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:me@example.com
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VTIMEZONE
TZID:Europe/Berlin
X-LIC-LOCATION:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260325T090000
DTEND;TZID=Europe/Berlin:20260325T093000
RRULE:FREQ=WEEKLY;WKST=MO;UNTIL=20260415T215959Z;BYDAY=WE
EXDATE;TZID=Europe/Berlin:20260408T090000
DTSTAMP:20260301T100000Z
UID:standup@google.com
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Standup
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260401T140000
DTEND;TZID=Europe/Berlin:20260401T150000
RECURRENCE-ID;TZID=Europe/Berlin:20260401T090000
DTSTAMP:20260301T100000Z
UID:standup@google.com
SEQUENCE:1
STATUS:CONFIRMED
SUMMARY:Standup\\, moved
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART:20260402T080000Z
DTEND:20260402T090000Z
DTSTAMP:20260301T100000Z
UID:declined@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=boss@e
 xample.com:mailto:boss@example.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=me@exa
 mple.com;X-NUM-GUESTS=0:mailto:me@example.com
STATUS:CONFIRMED
SUMMARY:A meeting I said no to
TRANSP:OPAQUE
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260403
DTEND;VALUE=DATE:20260404
DTSTAMP:20260301T100000Z
UID:birthday@google.com
STATUS:CONFIRMED
SUMMARY:A birthday
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
DTSTART:20260406T080000Z
DTEND:20260406T090000Z
DTSTAMP:20260301T100000Z
UID:cancelled@google.com
STATUS:CANCELLED
SUMMARY:Cancelled
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""

OUTLOOK = """\
BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:PUBLISH
X-CALSTART:20260101T000000Z
X-CALEND:20270101T000000Z
X-CLIPSTART:20260101T000000Z
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
CLASS:PUBLIC
CREATED:20260301T100000Z
DTEND;TZID="W. Europe Standard Time":20260706T113000
DTSTAMP:20260301T100000Z
DTSTART;TZID="W. Europe Standard Time":20260706T103000
LAST-MODIFIED:20260301T100000Z
PRIORITY:5
RRULE:FREQ=DAILY;COUNT=2
SEQUENCE:0
SUMMARY;LANGUAGE=de:Besprechung
TRANSP:OPAQUE
UID:040000008200E00074C5B7101A82E008
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-IMPORTANCE:1
X-MS-OLK-FORCEINSPECTOROPEN:FALSE
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
BEGIN:VEVENT
DTEND;VALUE=DATE:20260709
DTSTAMP:20260301T100000Z
DTSTART;VALUE=DATE:20260708
SUMMARY:Home office
TRANSP:OPAQUE
UID:040000008200E00074C5B7101A82E009
X-MICROSOFT-CDO-ALLDAYEVENT:TRUE
X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE
END:VEVENT
BEGIN:VEVENT
DTEND;VALUE=DATE:20260711
DTSTAMP:20260301T100000Z
DTSTART;VALUE=DATE:20260710
SUMMARY:Out of office
TRANSP:OPAQUE
UID:040000008200E00074C5B7101A82E00A
X-MICROSOFT-CDO-ALLDAYEVENT:TRUE
X-MICROSOFT-CDO-BUSYSTATUS:OOF
END:VEVENT
BEGIN:VEVENT
DTEND:20260713T090000Z
DTSTAMP:20260301T100000Z
DTSTART:20260713T080000Z
SUMMARY:A note to self
UID:040000008200E00074C5B7101A82E00B
X-MICROSOFT-CDO-BUSYSTATUS:FREE
END:VEVENT
END:VCALENDAR
"""

APPLE = """\
BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Apple Inc.//macOS 14.5//EN
VERSION:2.0
X-APPLE-CALENDAR-COLOR:#1BADF8
X-WR-CALNAME:Work
BEGIN:VEVENT
CREATED:20260301T100000Z
DTSTAMP:20260301T100000Z
DTSTART;TZID=America/New_York:20260309T090000
DURATION:PT1H30M
SUMMARY:Review
UID:E5A7-1
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20260301T100000Z
DTSTART:20260310T090000
DTEND:20260310T100000
SUMMARY:A time that floats
UID:E5A7-2
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20260301T100000Z
DTSTART;VALUE=DATE:20260311
SUMMARY:An all-day event without an end
UID:E5A7-3
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20260301T100000Z
DTSTART:20260312T090000Z
SUMMARY:A moment has no length
UID:E5A7-4
END:VEVENT
BEGIN:VTODO
DTSTAMP:20260301T100000Z
DTSTART:20260313T090000Z
DUE:20260313T170000Z
SUMMARY:A task is no event
UID:E5A7-5
END:VTODO
END:VCALENDAR
"""

THUNDERBIRD = """\
BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
BEGIN:VEVENT
DTSTAMP:20260301T100000Z
UID:t1
SUMMARY:Late shift
DTSTART;TZID=Europe/Berlin:20261024T230000
DTEND;TZID=Europe/Berlin:20261025T040000
X-MOZ-GENERATION:2
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20260301T100000Z
UID:t2
SUMMARY:First and third Friday
DTSTART;TZID=Europe/Berlin:20261106T100000
DTEND;TZID=Europe/Berlin:20261106T110000
RRULE:FREQ=MONTHLY;BYDAY=1FR,3FR;COUNT=3
RDATE;TZID=Europe/Berlin:20261109T100000
END:VEVENT
END:VCALENDAR
"""


def busy(tmp_path: Path, text: str | bytes, zone: str = "Europe/Berlin") -> list[str]:
    """Busy times as "MM-DD HH:MM HH:MM" in UTC; an end on another day carries its date."""
    file = tmp_path / "work.ics"
    file.write_bytes(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode())
    found = read(str(file), (2026,), zone)
    assert not found.problem
    lines = []
    for begin, end in ((datetime.fromtimestamp(a, UTC), datetime.fromtimestamp(b, UTC)) for a, b in found.spans):
        same = begin.date() == end.date()
        lines.append(f"{begin:%m-%d %H:%M} {end:%H:%M}" if same else f"{begin:%m-%d %H:%M} {end:%m-%d %H:%M}")
    return lines


def test_google_a_weekly_meeting_over_a_change_of_clocks_with_one_moved_and_one_removed(tmp_path: Path) -> None:
    assert busy(tmp_path, GOOGLE) == ["03-25 08:00 08:30", "04-01 12:00 13:00", "04-15 07:00 07:30"]


def test_outlook_zones_by_windows_names_and_its_own_words_for_free(tmp_path: Path) -> None:
    assert busy(tmp_path, OUTLOOK) == ["07-06 08:30 09:30", "07-07 08:30 09:30", "07-09 22:00 07-10 22:00"]


def test_apple_durations_floating_times_days_without_an_end_moments_and_tasks(tmp_path: Path) -> None:
    assert busy(tmp_path, APPLE) == ["03-09 13:00 14:30", "03-10 08:00 09:00", "03-10 23:00 03-11 23:00"]


def test_what_floats_follows_the_zone_of_the_working_hours(tmp_path: Path) -> None:
    assert busy(tmp_path, APPLE, "Asia/Tokyo") == ["03-09 13:00 14:30", "03-10 00:00 01:00", "03-10 15:00 03-11 15:00"]


def test_thunderbird_a_night_that_is_an_hour_longer_and_rules_with_extra_dates(tmp_path: Path) -> None:
    assert busy(tmp_path, THUNDERBIRD) == [
        "10-24 21:00 10-25 03:00",
        "11-06 09:00 10:00",
        "11-09 09:00 10:00",
        "11-20 09:00 10:00",
        "12-04 09:00 10:00",
    ]


def test_meetings_that_touch_or_overlap_are_one_busy_time(tmp_path: Path) -> None:
    event = "BEGIN:VEVENT\nUID:{0}\nDTSTAMP:20260101T000000Z\nDTSTART:{1}\nDTEND:{2}\nEND:VEVENT\n"
    events = [
        event.format(1, "20260505T100000Z", "20260505T110000Z"),
        event.format(2, "20260505T110000Z", "20260505T113000Z"),
        event.format(3, "20260505T090000Z", "20260505T103000Z"),
    ]
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n" + "".join(events) + "END:VCALENDAR\n"
    assert busy(tmp_path, text) == ["05-05 09:00 11:30"]


def test_two_calendars_in_one_file_line_feeds_alone_and_a_byte_order_mark(tmp_path: Path) -> None:
    assert busy(tmp_path, b"\xef\xbb\xbf" + (APPLE + THUNDERBIRD).encode())[0] == "03-09 13:00 14:30"
    assert len(busy(tmp_path, (APPLE + THUNDERBIRD).encode())) == 8


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"this is no calendar",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:tomorrow\r\n",
        b"\x00\xff\xfe" * 100,
        APPLE.encode().partition(b"DTSTART")[0],
        b"<html>Please sign in</html>",
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n",
    ],
)
def test_a_broken_file_is_a_problem_with_its_name_and_no_error(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "broken.ics"
    file.write_bytes(data)
    found = read(str(file), (2026,), "UTC")
    assert found.spans == ()
    assert found.problem.startswith(f"{file}: This ")
    assert not found.transient, "it is read again when it has changed"


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert read(str(tmp_path / "none.ics"), (2026,), "UTC").problem.endswith(
        "This cannot be read: No such file or directory."
    )
    assert "Is a directory" in read(str(tmp_path), (2026,), "UTC").problem


def test_one_bad_event_does_not_hide_the_good_ones(tmp_path: Path) -> None:
    bad = (
        "BEGIN:VEVENT\nUID:bad\nDTSTAMP:20260301T100000Z\nDTSTART:20261399T990000Z\nRRULE:FREQ=SOMETIMES\nEND:VEVENT\n"
    )
    assert len(busy(tmp_path, THUNDERBIRD.replace("BEGIN:VEVENT\n", bad + "BEGIN:VEVENT\n", 1))) == 5


def event(title: str, *lines: str) -> str:
    body = "\n".join(lines)
    return f"BEGIN:VEVENT\nUID:{title}\nSUMMARY:{title}\nDTSTAMP:20260301T100000Z\n{body}\nEND:VEVENT\n"


def calendar(*parts: str) -> str:
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n" + "".join(parts) + "END:VCALENDAR\n"


GOOD = event("good", "DTSTART:20260501T100000Z", "DTEND:20260501T110000Z")
FREE_BUSY = """\
BEGIN:VFREEBUSY
UID:fb
DTSTAMP:20260301T100000Z
DTSTART:20260501T000000Z
DTEND:20260601T000000Z
FREEBUSY;FBTYPE=BUSY:20260504T100000Z/20260504T110000Z,20260505T100000Z/PT1H
FREEBUSY;FBTYPE=FREE:20260506T100000Z/PT1H
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260507T100000Z/PT30M
FREEBUSY:20260508T100000Z/PT2H
FREEBUSY:20200508T100000Z/PT2H
END:VFREEBUSY
"""


def test_a_free_busy_listing_is_read_as_busy_without_what_it_calls_free(tmp_path: Path) -> None:
    assert busy(tmp_path, calendar(FREE_BUSY)) == [
        "05-04 10:00 11:00",
        "05-05 10:00 11:00",
        "05-07 10:00 10:30",
        "05-08 10:00 12:00",
    ]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (event("bad", "DTSTART:20260501T110000Z", "DTEND:20260501T100000Z"), "on 2026-05-01 ends before it begins"),
        (
            event("bad", "DTSTART;VALUE=DATE:20260503", "DTEND;VALUE=DATE:20260501"),
            "on 2026-05-03 ends before it begins",
        ),
        (
            event("bad", "DTSTART:20261399T990000Z", "DURATION:PT1H"),
            r"cannot be read \(DTSTART: .*20261399T990000Z.*\)",
        ),
        (event("bad", "DTSTART:20260501T110000Z", "DURATION:PT1H", "RRULE:FREQ=SOMETIMES"), r"cannot be read \(.*\)"),
        (event("bad", "DTSTART:20260501T110000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY"), "repeats too often: .*"),
        (
            event("bad", "DTSTART:20260101T110000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
            "repeats more often than once an hour",
        ),
    ],
)
def test_an_event_that_cannot_be_used_is_left_out_and_named_and_the_others_count(
    bad: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("psoas_nudge.calendars.files.EVENT_SECONDS", 0.5)
    monkeypatch.setattr("psoas_nudge.calendars.files.MOST_TIMES", 300)
    assert busy(tmp_path, calendar(bad, GOOD)) == ["05-01 10:00 11:00"]
    (said,) = read(str(tmp_path / "work.ics"), (2026,), "UTC").left_out
    assert re.fullmatch(rf'.*/work\.ics: The event "bad" {why}, and was left out\.', said)


def test_of_many_events_left_out_five_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    bad = [event(f"bad {n}", "DTSTART:20260501T110000Z", "DTEND:20260501T100000Z") for n in range(8)]
    assert busy(tmp_path, calendar(*bad, GOOD)) == ["05-01 10:00 11:00"]
    said = read(str(tmp_path / "work.ics"), (2026,), "UTC").left_out
    assert [line.partition(": ")[2][:16] for line in said] == [
        *(f'The event "bad {n}' for n in range(5)),
        "Left out as well",
    ]


@pytest.mark.parametrize("cut", [30, 60, 300, 700])
def test_a_file_that_was_cut_off_says_so(cut: int, tmp_path: Path) -> None:
    file = tmp_path / "work.ics"
    file.write_text(APPLE[:cut])
    why = 'This is cut off: the line "END:VCALENDAR" is missing. Export or download it again.'
    assert read(str(file), (2026,), "UTC").problem == f"{file}: {why}"


def test_a_calendar_of_other_days_than_ours_says_so(tmp_path: Path) -> None:
    file = tmp_path / "work.ics"
    file.write_text(calendar("CALSCALE:CHINESE\n", GOOD))
    assert "uses a calendar other than the Gregorian" in read(str(file), (2026,), "UTC").problem


LINES = st.sampled_from(
    [line for text in (GOOGLE, OUTLOOK, APPLE, THUNDERBIRD, calendar(FREE_BUSY)) for line in text.splitlines()]
)
WORDS = st.sampled_from(
    ["RRULE:FREQ=DAILY", "RDATE;VALUE=PERIOD", "EXDATE", ":", ";", "=", "\x00", "99999999T999999Z", "-P1D", "é"]
)


@pytest.mark.fuzz
@effort(150)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.one_of(LINES, LINES, LINES, st.text(max_size=30), st.builds(str.__add__, LINES, WORDS)), max_size=30
        ).map(lambda lines: "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode(errors="replace")),
    )
)
def test_whatever_is_in_the_file_there_are_busy_times_or_a_reason(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "work.ics"
    file.write_bytes(data)
    found = read(str(file), (2026,), "Europe/Berlin")
    assert found.problem == "" or (found.spans == () and found.problem.startswith(f"{file}: This "))
    assert all(begin < end for begin, end in found.spans)
    assert list(found.spans) == sorted(found.spans)
