"""What a number, a length or an instant may be where it comes in: the last value that is taken, and the first that is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from psoas_nudge.core.events import Feel, GuideEnded, GuideHeld, Pause, Skip, Snooze, checked
from psoas_nudge.core.ranges import EARLIEST, LATEST, LONGEST_LINE, instant, mistake

TEN_YEARS = 3650 * 86_400_000


def refused(kind: type[msgspec.Struct], **fields: object) -> str | None:
    """The sentence for what is out of range, None when it is taken."""
    tag = kind.__struct_config__.tag
    try:
        msgspec.json.decode(json.dumps({"event": tag, **fields}), type=kind)
    except msgspec.ValidationError as error:
        return mistake(error, kind) or str(error)
    return None


@pytest.mark.parametrize(
    ("kind", "field", "least", "most", "words"),
    [
        (Snooze, "delay", 0, TEN_YEARS, "from 0 to 3650 days, in milliseconds"),
        (Snooze, "prompt", 0, 2**53, "a prompt's number, 0 or more"),
        (Feel, "level", 0, 10, "a whole number from 0 to 10"),
    ],
)
def test_the_last_number_in_the_range_is_taken_and_the_next_is_refused(
    kind: type[msgspec.Struct], field: str, least: int, most: int, words: str
) -> None:
    assert refused(kind, **{field: least}) is None
    assert refused(kind, **{field: most}) is None
    assert refused(kind, **{field: least - 1}) == f"{field} must be {words}."
    assert refused(kind, **{field: most + 1}) == f"{field} must be {words}."


def test_a_stretch_holds_a_day_at_most() -> None:
    held = {"routine": "x", "right_seconds": 0}
    assert refused(GuideHeld, **held, left_seconds=0.5) is None
    assert refused(GuideHeld, **held, left_seconds=86_400) is None
    assert refused(GuideHeld, **held, left_seconds=86_400.5) == "left_seconds must be from 0 to 86400 seconds."


@pytest.mark.parametrize(("field", "most"), [("note", 1000), ("routine", 200)])
def test_texts_and_names_have_a_longest(field: str, most: int) -> None:
    assert refused(Feel, **{field: "x" * most}) is None
    assert refused(Feel, **{field: "x" * (most + 1)}) == f"{field} must be at most {most} characters long."


def test_an_instant_lies_between_1970_and_2200_and_has_a_zone() -> None:
    assert (datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)) == (EARLIEST, LATEST)
    assert [instant("at", each) for each in (EARLIEST, LATEST)] == [EARLIEST, LATEST]
    for outside in (EARLIEST - timedelta(microseconds=1), LATEST + timedelta(microseconds=1)):
        with pytest.raises(ValueError, match="at must be between 1970 and 2200, not "):
            instant("at", outside)
    assert refused(Pause, until="2026-03-04T12:00:00+01:00") is None
    assert refused(Pause, until="2026-03-04T12:00:00") is not None
    with pytest.raises(msgspec.ValidationError) as error:
        msgspec.json.decode(b'{"event":"pause","until":"2200-03-04T12:00:00Z"}', type=Pause)
    assert mistake(error.value, Pause) == "until must be between 1970 and 2200, not 2200-03-04T12:00:00+00:00."


def test_a_request_may_be_64_kilobytes_long() -> None:
    assert LONGEST_LINE == 65_536


def test_an_event_that_a_program_puts_together_is_checked_like_one_from_the_socket() -> None:
    assert checked(Snooze(delay=5, via="tray")) == Snooze(delay=5, via="tray")
    with pytest.raises(msgspec.ValidationError, match="delay"):
        checked(Snooze(delay=-1))


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (GuideEnded(routine="x"), b'{"event":"guide-ended","routine":"x"}'),
        (GuideHeld(routine="x", right_seconds=2.5), b'{"event":"guide-held","routine":"x","right_seconds":2.5}'),
        (Skip(), b'{"event":"skip"}'),
    ],
)
def test_an_event_is_called_on_the_wire_what_scripts_know_it_by(event: msgspec.Struct, line: bytes) -> None:
    assert msgspec.json.encode(event) == line
