"""The page as somebody gets it who keeps it, mails it, or opens it with the network off."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

import pytest

from psoas_nudge.core.entries import BoutEntry, FeelEntry, PostureEntry, PromptEntry
from psoas_nudge.report.elements import el, written
from psoas_nudge.report.page import on_paper, report, served
from psoas_nudge.report.therapist import therapist
from tests.report.a_year import BERLIN, NOW, a_while, recorded

VOID = {"meta", "link", "img"}


class Read(HTMLParser):
    """The page as a tree, and whether every element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = Element("page")
        self.open = [self.root]
        self.feed(page)
        assert self.open == [self.root], "something is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        last = self.open[-1]
        if len(last):
            last[-1].tail = (last[-1].tail or "") + data
        else:
            last.text = (last.text or "") + data


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).replace("\xa0", " ").split())


def section(page: str, title: str) -> Element:
    found = [each for each in Read(page).root.iter("section") if text(next(each.iter("h2"))) == title]
    assert len(found) == 1, f"{len(found)} sections are called {title}"
    return found[0]


def said(page: str, title: str) -> str:
    """The sentence under a heading."""
    return next(text(p) for p in section(page, title).iter("p") if p.get("class") == "summary")


@pytest.fixture(scope="module")
def year() -> str:
    return report(recorded(a_while(364)))


def test_the_page_of_a_year_is_small_enough_to_mail(year: str) -> None:
    assert len(year.encode()) < 1_000_000


def test_the_page_runs_nothing_and_loads_nothing(year: str) -> None:
    root = Read(year).root
    assert not list(root.iter("script"))
    assert "default-src 'none'" in next(m.get("content", "") for m in root.iter("meta") if m.get("http-equiv"))
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), value
            if name in {"href", "src"}:
                assert value.startswith(("#", "data:")), value
    assert not re.search(r"url\(|@import|https?://", year)


def test_every_chart_says_in_words_what_it_shows_and_has_a_table(year: str) -> None:
    root = Read(year).root
    charts = [each for each in root.iter("section") if any(svg.get("role") == "img" for svg in each.iter("svg"))]
    assert [text(next(each.iter("h2"))) for each in charts] == [
        "Your days", "Sitting a day", "Do prompts still work?", "Hold time, left and right", "Discomfort",
    ]  # fmt: skip
    for chart in charts:
        assert list(chart.iter("table")), text(chart)[:40]
    for svg in root.iter("svg"):
        assert svg.get("aria-hidden") == "true" or len(svg.get("aria-label", "")) > 20
    heat = section(year, "When you follow a prompt")
    assert {th.get("scope") for th in heat.iter("th")} == {"row", "col"}


def test_every_outcome_has_a_shape_of_its_own(year: str) -> None:
    symbols = list(Read(year).root.iter("symbol"))
    paths = [next(each.iter("path")).get("d") for each in symbols]
    assert len(set(paths)) == len(paths) == 6


def test_the_days_say_what_counts_as_a_break(year: str) -> None:
    told = said(year, "Your days")
    assert "a gap is a break of at least 2 min." in told
    assert re.search(r"You sat longest without a break on \w{3} \d+ Nov: \d\d min\.$", told)


def test_standing_in_the_middle_of_sitting_is_not_counted_as_sitting() -> None:
    at = NOW - timedelta(hours=3)
    page = report(
        recorded(
            [
                PostureEntry(at=at - timedelta(minutes=60), posture="standing", by="person"),
                PostureEntry(at=at - timedelta(minutes=30), posture="sitting", by="person"),
                BoutEntry(at=at, started=at - timedelta(hours=2), ended=at, sitting_seconds=5400.0, ended_by="idle"),
            ]
        )
    )
    [line] = [svg for svg in section(page, "Your days").iter("svg") if svg.get("class") == "line"]
    assert line.get("aria-label", "").replace("\xa0", " ") == (
        "Tue 24 Nov: sitting 1 h 30 min, between 12:30 and 14:30, standing 30 min."
    )
    assert "1 h 30 min" in text(section(page, "Your days"))
    assert "2 h" not in text(section(page, "Your days")).replace("12 h", "")


def test_a_day_is_told_to_who_cannot_see_it(year: str) -> None:
    lines = [svg.get("aria-label", "") for svg in section(year, "Your days").iter("svg") if svg.get("class") == "line"]
    assert len(lines) == 17  # four weeks of working days, up to today, a Tuesday
    assert all(re.match(r"\w{3} \d+ \w{3}: sitting \d h", line.replace("\xa0", " ")) for line in lines)
    assert all(
        "standing 30 min" in line.replace("\xa0", " ") and "prompts delayed once (call)" in line for line in lines
    )


def test_the_hold_time_of_the_sides_is_told_apart(year: str) -> None:
    told = said(year, "Hold time, left and right")
    assert "The goal is 10 min a side" in told
    assert re.search(r"The right side gets less, by \d min to \d min a week\.$", told)
    first = next(row for row in section(year, "Hold time, left and right").iter("tr") if list(row.iter("td")))
    left, right = [text(cell) for cell in first.iter("td")]
    assert (left, right) == ("7 min", "4 min")


def test_what_a_person_wrote_is_text_and_nothing_else() -> None:
    note = '</dd><script>alert("1")</script><img src=x onerror=alert(1)> & "so on"'
    page = report(recorded([*a_while(10), FeelEntry(at=NOW - timedelta(minutes=1), level=3, note=note)]))
    root = Read(page).root
    assert not list(root.iter("script"))
    assert not list(root.iter("img"))
    assert next(text(dd) for dd in root.iter("dd")) == " ".join(note.split())


def test_before_anything_is_known_the_page_says_so() -> None:
    page = report(recorded([]))
    assert "Nothing to show yet" in page
    assert said(page, "Your days") == "Nothing is recorded in the last four weeks."
    assert said(page, "Discomfort") == "You have not rated your discomfort yet."
    assert said(page, "What you might change") == "Nothing in the record is clear enough to suggest a change."


def test_the_first_week_states_no_share_and_no_average() -> None:
    page = report(recorded(a_while(3)))
    assert said(page, "Sitting a day") == "1 working day in the last four weeks; fewer than 10: too few to tell."
    assert "too early to compare" in said(page, "Do prompts still work?")
    for cell in section(page, "When you follow a prompt").iter("td"):
        assert "%" not in text(cell)


def test_a_month_that_only_looks_better_is_not_called_better() -> None:
    told = said(report(recorded(a_while(200))), "Sitting a day")
    assert "chance could explain the difference" in told
    assert "That is" not in told


def test_a_month_that_is_clearly_different_is_named_with_its_interval() -> None:
    extra = [
        BoutEntry(at=at, started=at - timedelta(hours=2), ended=at, sitting_seconds=7200.0, ended_by="idle")
        for back in range(1, 28) if (at := NOW - timedelta(days=back)).weekday() < 5
    ]  # fmt: skip
    told = said(report(recorded([*a_while(200), *extra])), "Sitting a day")
    assert re.search(
        r"That is [12] h( \d+ min)? more than in the twelve weeks before \(between .* more and .* more\)", told
    )


def prompts(hour: int, followed: int, of: int) -> list[PromptEntry]:
    """Prompts at this hour on as many days, the first of them followed."""
    return [
        PromptEntry(at=at, number=n, shown_at=at, closed_at=at, outcome="accepted" if n < followed else "missed",
                    routine="standing-hip-flexor", notifier="freedesktop")
        for n in range(of) if (at := NOW.astimezone(BERLIN).replace(hour=hour, minute=5) - timedelta(days=n))
    ]  # fmt: skip


def test_an_hour_is_named_only_when_it_differs_from_the_others_by_more_than_chance() -> None:
    alike = [*prompts(9, 62, 100), *prompts(10, 60, 100), *prompts(11, 61, 100)]
    told = said(report(recorded(alike)), "When you follow a prompt")
    assert told == "No hour stands out: chance could explain the differences between them."
    told = said(report(recorded([*alike, *prompts(16, 10, 100)])), "When you follow a prompt")
    assert told == (
        "Between 16:00 and 17:00 you follow prompts less often: 10 of 100, 10 % (6 to 17). "
        "At other hours: 183 of 300, 61 % (55 to 66)."
    )
    told = said(report(recorded([*alike, *prompts(16, 10, 100), *prompts(8, 95, 100)])), "When you follow a prompt")
    assert told.count("often: ") == 2
    assert "Between 8:00 and 9:00 you follow prompts more often: 95 of 100" in told
    assert "At other hours: 183 of 300" in told
    told = said(report(recorded([*prompts(9, 90, 100), *prompts(10, 10, 100)])), "When you follow a prompt")
    assert told.count("often: ") == 1, "of two hours one says it all"


def test_a_change_of_discomfort_carries_its_interval() -> None:
    def rated(level: int, first: int, count: int) -> list[FeelEntry]:
        return [FeelEntry(at=NOW - timedelta(days=first + n), level=level + n % 3 - 1) for n in range(count)]

    told = said(report(recorded([*a_while(3), *rated(3, 4, 30), *rated(3, 100, 30)])), "Discomfort")
    assert re.search(r"chance could explain the difference \(between 0\.\d lower and 0\.\d higher\)\.$", told)
    told = said(report(recorded([*a_while(3), *rated(2, 4, 30), *rated(6, 100, 30)])), "Discomfort")
    assert re.search(r"\. The difference is between 4\.\d and 3\.\d lower\. These figures cannot say", told)


def test_a_suggestion_names_the_setting_and_its_evidence() -> None:
    late = [
        PromptEntry(at=at, number=n, shown_at=at, closed_at=at, outcome="missed", routine="standing-hip-flexor",
                    notifier="freedesktop")
        for n in range(30) if (at := NOW.replace(hour=15, minute=5 + n % 50) - timedelta(days=n))
    ]  # fmt: skip
    rest = [e for e in a_while(200) if not (isinstance(e, PromptEntry) and e.at.astimezone(BERLIN).hour >= 16)]
    [change] = [text(li) for li in section(report(recorded([*rest, *late])), "What you might change").iter("li")]
    assert change.startswith("You followed 0 of 30 prompts from 16:00 on (0 to 11 %), and ")
    assert change.endswith(
        "You might end prompts at 16:00, when hours close at 17:00."
        "To try it in the settings: psoas-nudge settings prompt.wind_down 1h"
    )


def test_only_the_page_that_is_served_has_a_script(year: str) -> None:
    live = Read(served(year)).root
    assert [script.get("src") for script in live.iter("script")] == ["/report.js"]
    assert not [meta for meta in live.iter("meta") if meta.get("http-equiv")], "the server sends the policy"


def test_the_paper_of_a_pdf_is_chosen_and_otherwise_left_to_the_browser(year: str) -> None:
    assert "@page { size: letter;" in on_paper(year, "letter")
    assert "size:" not in year[year.index("@page") :][:40]


# --- for a therapist


def test_the_therapist_reads_dose_discomfort_and_routines() -> None:
    from psoas_nudge.guide.figures import printed

    page = therapist(recorded(a_while(200)), printed)
    assert [text(h2) for h2 in Read(page).root.iter("h2")] == [
        "Hold time per side", "Done and skipped", "Discomfort, in the person's own words", "Routines in use",
    ]  # fmt: skip
    assert "Standing hip-flexor stretch" in text(section(page, "Done and skipped"))
    assert list(section(page, "Routines in use").iter("img"))
    assert "stiff after the drive" in text(section(page, "Discomfort, in the person's own words"))


def test_the_therapist_reads_nothing_else_about_the_day() -> None:
    body = text(next(Read(therapist(recorded(a_while(200)), lambda _: None)).root.iter("main"))).lower()
    for word in ("sitting", "you sat", "working hours", "call", "standing 30", "break"):
        assert word not in body
    assert not re.search(
        r"\b([01]?\d|2[0-3]):[0-5]\d\b", re.sub(r"minutes:seconds.*?Right( [\d:–]+)+", "", body, flags=re.IGNORECASE)
    )


def test_pain_is_not_crowded_out_by_notes() -> None:
    pain = FeelEntry(at=NOW - timedelta(days=40), pain="shooting", note="down to the knee")
    told = text(
        section(therapist(recorded([*a_while(200), pain]), lambda _: None), "Discomfort, in the person's own words")
    )
    assert "pain that shoots down the leg; “down to the knee”" in told
    assert re.search(r"Reports of pain come first; \d+ others left out\.", told)


def test_a_routine_of_ones_own_needs_no_picture() -> None:
    page = therapist(recorded(a_while(60)), lambda _: None)
    assert not list(section(page, "Routines in use").iter("img"))


# --- the tree that is written


def test_text_between_elements_stays_where_it_was() -> None:
    assert written(el("p", "a ", el("b", "b"), " c ", el("i"), None, "d")) == (
        "<!doctype html>\n<p>a <b>b</b> c <i></i>d</p>\n"
    )


def test_attributes_and_text_are_escaped() -> None:
    assert written(el("p", "<&", title='"&')) == '<!doctype html>\n<p title="&quot;&amp;">&lt;&amp;</p>\n'
