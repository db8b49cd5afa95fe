"""A trace played through the real rules: what a person would find in their journal."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from psoas_nudge.core.events import Accept, Asked, Pause, Resume, Skip, Snooze, Stand
from psoas_nudge.core.hours import Range, WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.words import MINUTE, SECOND, Answer
from psoas_nudge.journal import as_json
from psoas_nudge.simulation.desk import Act, During
from psoas_nudge.simulation.people import made_up
from psoas_nudge.simulation.play import Simulation

BERLIN = ZoneInfo("Europe/Berlin")
RULES = Rules(hours=WorkingHours(zone="Europe/Berlin"), nudge_after=30 * MINUTE)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{clock}").replace(tzinfo=BERLIN)


def during(signal: str, begin: str, end: str) -> During:
    return During(at(begin), at(end), signal)


def play(
    *trace: During | Act, rules: Rules = RULES, answer: Answer | None = None, answer_after: int = 20 * SECOND
) -> list[dict[str, Any]]:
    played = Simulation(trace, rules, answers=(answer,), answer_after=answer_after).play()
    return [msgspec.json.decode(as_json(stored)) for stored in played]


def told(entries: Sequence[dict[str, Any]], kind: str, *fields: str) -> list[tuple[Any, ...]]:
    found = []
    for entry in entries:
        if entry["kind"] == kind:
            values = [entry[field] for field in fields]
            found.append(tuple(v[11:19] if isinstance(v, str) and v[10:11] == "T" else v for v in values))
    return found


def test_a_bout_with_a_prompt_at_a_pause_in_typing() -> None:
    entries = play(during("input", "09:00", "09:33"), during("input", "09:33:20", "09:58"), answer="skip")
    assert told(entries, "prompt", "shown_at", "closed_at", "outcome", "notifier", "via") == [
        ("09:33:08", "09:33:28", "skipped", "simulated", "trace")
    ]
    assert told(entries, "bout", "started", "ended", "sitting_seconds", "ended_by") == [
        ("09:00:00", "09:58:00", 3480.0, "idle")
    ]


@pytest.mark.parametrize(
    ("answer", "outcomes"),
    [("accept", ["accepted"]), ("skip", ["skipped"]), ("snooze", ["snoozed", "snoozed"]), (None, ["missed", "missed"])],
)
def test_each_way_of_answering(answer: Answer | None, outcomes: list[str]) -> None:
    entries = play(during("input", "09:00", "10:15"), answer=answer)
    assert [outcome for (outcome,) in told(entries, "prompt", "outcome")][: len(outcomes)] == outcomes


def test_the_answer_comes_as_late_as_asked_for() -> None:
    entries = play(during("input", "09:00", "10:00"), answer="accept", answer_after=90 * SECOND)
    assert told(entries, "prompt", "shown_at", "closed_at")[0] == ("09:35:00", "09:36:30")


def test_who_has_left_gives_no_answer() -> None:
    trace = (
        during("input", "09:00", "09:33"),
        during("locked", "09:33:10", "09:50"),
        during("input", "09:50", "09:55"),
    )
    assert told(play(*trace, answer="accept"), "prompt", "outcome") == [("taken",)]


def test_what_the_person_does_is_done() -> None:
    trace = [during("input", "09:00", "12:00")]
    expected: list[tuple[Asked, str, str, str]] = [
        (Pause(length=30 * MINUTE), "pause", "until", "09:40:00"),
        (Stand(), "posture", "posture", "standing"),
        (Accept(), "late-answer", "answer", "accept"),
    ]
    for what, kind, field, value in expected:
        assert told(play(*trace, Act(at("09:10"), what)), kind, field)[0] == (value,)
    entries = play(*trace, Act(at("09:36"), Snooze(delay=7 * MINUTE)))
    assert told(entries, "prompt", "outcome", "closed_at")[0] == ("snoozed", "09:36:00")
    assert told(play(*trace, Act(at("09:36"), Skip())), "prompt", "outcome")[0] == ("skipped",)
    assert told(play(*trace, Act(at("09:10"), Pause()), Act(at("09:20"), Resume())), "resume", "by") == [("person",)]


@pytest.mark.parametrize(
    ("signal", "ended_by"), [("locked", "locked"), ("suspended", "suspended")],
)  # fmt: skip
def test_leaving_ends_the_bout_when_it_began(signal: str, ended_by: str) -> None:
    entries = play(
        during("input", "09:00", "09:20"), during(signal, "09:20", "09:40"), during("input", "09:40", "09:50")
    )
    assert told(entries, "bout", "ended", "ended_by")[0] == ("09:20:00", ended_by)


@pytest.mark.parametrize("signal", ["do-not-disturb", "fullscreen", "call", "busy", "screen-share"])
def test_quiet_holds_the_prompt_back(signal: str) -> None:
    entries = play(during("input", "09:00", "10:00"), during(signal, "09:10", "09:50"))
    assert told(entries, "held-back", "reasons") == [([signal],)]
    assert told(entries, "prompt", "shown_at")[0][0] >= "09:51"


def test_a_call_and_a_video_are_sitting_without_input() -> None:
    for signal in ("call", "playing"):
        entries = play(
            during("input", "09:00", "09:20"), during(signal, "09:15", "10:20"), during("input", "10:20", "10:30")
        )
        assert told(entries, "bout", "started", "ended") == [("09:00:00", "10:30:00")]


def test_the_trace_is_played_to_its_end_and_the_last_bout_is_recorded() -> None:
    assert told(play(during("input", "23:00", "23:58")), "bout", "started", "ended") == [("23:00:00", "23:58:00")]
    always = Rules(hours=WorkingHours(zone="UTC", week=((Range(0, 1440),),) * 7))
    assert told(play(during("input", "23:00", "23:59:59"), rules=always), "bout", "ended_by") == [("idle",)]


def test_any_order_of_lines_overlaps_and_repetition_come_to_the_same() -> None:
    trace = [during("input", "09:00", "09:30"), during("input", "09:20", "10:00"), during("locked", "10:00", "10:10")]
    once = play(*trace)
    assert play(*reversed(trace)) == once
    assert play(*trace, *trace) == once


def test_a_year_over_both_changes_of_clocks_is_the_same_every_time_and_keeps_the_rules() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    days = made_up(365, 7, first, BERLIN)
    assert days == made_up(365, 7, first, BERLIN)
    assert days != made_up(365, 8, first, BERLIN)
    entries = play(*days, answer="accept")
    shown: dict[str, int] = {}
    for entry in entries:
        if entry["kind"] == "prompt" and entry["shown_at"]:
            moment = datetime.fromisoformat(entry["shown_at"])
            assert moment.utcoffset() == moment.astimezone(BERLIN).utcoffset()
            assert "09:10" <= f"{moment:%H:%M}" < "16:50"
            assert moment.weekday() < 5
            shown[moment.date().isoformat()] = shown.get(moment.date().isoformat(), 0) + 1
    assert max(shown.values()) <= RULES.daily_limit
    assert len(shown) > 200
    bouts = [e for e in entries if e["kind"] == "bout"]
    for bout in bouts:
        lasted = datetime.fromisoformat(bout["ended"]) - datetime.fromisoformat(bout["started"])
        assert timedelta(seconds=bout["sitting_seconds"]) <= lasted + timedelta(seconds=0.001)
