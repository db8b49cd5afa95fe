"""The report as one static HTML page without scripts and without external resources."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from shlex import quote
from typing import Literal
from xml.etree.ElementTree import Element

from psoas_nudge.called import as_called
from psoas_nudge.core.followed import Suggestion, share, suggestions
from psoas_nudge.core.shares import ENOUGH, mean
from psoas_nudge.core.words import counted
from psoas_nudge.report import answers, days, dose, feeling, sitting, words
from psoas_nudge.report.elements import el, written
from psoas_nudge.report.record import DAYS_WEEKS, WEEKS, ReportData

Paper = Literal["a4", "letter"]
PACKAGE = Path(__file__).parents[1]
STYLES = (PACKAGE / "pages" / "static" / "look.css", PACKAGE / "report" / "static" / "report.css")
NOTHING_FROM_ELSEWHERE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
POLICY = f'<meta http-equiv="Content-Security-Policy" content="{NOTHING_FROM_ELSEWHERE}">'
SCRIPT = '<script type="module" src="/report.js"></script>'

READING = (
    (
        "A prompt counts as followed when you started the stretch or got up instead, and as not followed when you "
        "skipped it or did not answer. A snoozed prompt comes back, so its last showing counts. A cancelled one (hours "
        "closed, a call began) is not counted."
    ),
    (
        "Figures in brackets are 95 % intervals: Wilson's for a share, Newcombe's for the difference of two shares, "
        "Welch's for a difference of means. They treat prompts and days as independent of each other, which is only "
        "roughly true, so the real intervals are somewhat wider."
    ),
    (
        f"With fewer than {ENOUGH} observations the report gives no share or average. It names a difference only if "
        "the interval does not include zero (a 99.7 % interval where it compares several hours or settings at once). "
        "Even then it cannot say what caused the difference."
    ),
    (
        f"The days are those of the last {DAYS_WEEKS} weeks. Weekly charts show up to {WEEKS} weeks, and prompts over "
        "time everything since the start. Sitting counts on the day on which it began, without the time you stood."
    ),
)


def report(record: ReportData) -> str:
    sections = (
        _section("days", "Your days", days.summary(record), days.chart(record)),
        _section("sitting", "Sitting a day", sitting.summary(record), sitting.chart(record)),
        _section("hours", "When you follow a prompt", answers.by_hour_summary(record), answers.by_hour_chart(record)),
        _section("time", "Do prompts still work?", answers.over_time_summary(record), answers.over_time_chart(record)),
        _section("hold", "Hold time, left and right", dose.summary(record), dose.chart(record)),
        _section("discomfort", "Discomfort", feeling.summary(record), feeling.chart(record)),
        _changes(record),
        _reading(),
    )  # fmt: skip
    return document("Report", "screen", el("main", _opening(record), *sections), days.shapes())


def on_paper(page: str, paper: Paper) -> str:
    """The page with a paper size for printing; otherwise the browser chooses."""
    return page.replace("@page {", f"@page {{ size: {paper};", 1)


def served(page: str) -> str:
    """The page for report/server.py: with a script, and without the policy, which the server sends as a header."""
    return page.replace(POLICY, SCRIPT, 1)


def document(title: str, kind: str, *body: Element) -> str:
    """An HTML document with the report's style sheets."""
    return written(
        el(
            "html",
            el(
                "head",
                el("meta", charset="utf-8"),
                el("meta", http_equiv="Content-Security-Policy", content=NOTHING_FROM_ELSEWHERE),
                el("meta", name="viewport", content="width=device-width, initial-scale=1"),
                el("meta", name="color-scheme", content="light dark"),
                el("meta", name="referrer", content="no-referrer"),
                el("title", f"{title} · psoas-nudge"),
                el("link", rel="icon", href="data:,"),
                el("style", "".join(style.read_text(encoding="utf-8") for style in STYLES)),
            ),
            el("body", *body, class_=kind),
            lang="en",
        )
    )


def _opening(record: ReportData) -> Element:
    if not record.days:
        nothing = el("p", "No whole stretch of sitting is recorded.", class_="lede")
        return el("header", el("h1", "Nothing to show yet"), nothing)
    since = words.full_day(record.days[0].first)
    lede = [el("p", text(record)) for text in (_sat, _followed, _held)]
    made = f"{words.full_day(record.today)}. Recorded since {since}. The sitting that you are in now is not in it yet."
    return el("header", el("p", made, class_="made"), el("h1", "Your last four weeks"), el("div", *lede, class_="lede"))


def _sat(record: ReportData) -> str:
    now, _ = sitting.lately(record)
    if len(now) < ENOUGH:
        return f"You sat for an hour or more on {counted(len(now), 'day')}."
    return f"You sat {words.length(mean(now))} a day, on {counted(len(now), 'day')}."


def _followed(record: ReportData) -> str:
    since = record.now - timedelta(weeks=DAYS_WEEKS)
    found = share(prompt for prompt in record.history.prompts if prompt.at >= since)
    if not found.of:
        return "No prompt was answered or missed."
    if not found.enough:
        return f"You followed {found.yes} of {counted(found.of, 'prompt')}; {words.TOO_FEW}."
    low, high = found.interval()
    return (
        f"You followed {found.yes} of {counted(found.of, 'prompt')}: {words.per_cent(found.part)}, "
        f"likely between {low * 100:.0f} and {high * 100:.0f}."
    )


def _held(record: ReportData) -> str:
    weeks, held = dose.in_weeks(record, DAYS_WEEKS)
    left, right = (sum(side) / len(weeks) for side in zip(*dose.by_week(held, weeks), strict=True))
    return (
        f"You held {words.length(left)} a week on the left and {words.length(right)} on the right; "
        f"the goal is {words.length(record.target)} a side."
    )


def _section(name: str, title: str, summary: str, *inside: Element) -> Element:
    return el("section", el("h2", title, id=name), el("p", summary, class_="summary"), *inside, aria_labelledby=name)


def _changes(record: ReportData) -> Element:
    found = suggestions(record.history.prompts, record.rules)
    summary = "Nothing in the record is clear enough to suggest a change."
    if found:
        summary = "Chance is unlikely to explain these: they hold even with stricter intervals (99.7\u00a0%)."
    shown = [el("ul", *map(_suggestion, found), class_="changes")] if found else []
    return _section("changes", "What you might change", summary, *shown)


def _suggestion(found: Suggestion) -> Element:
    low, high = found.seldom.interval()
    command = as_called(f"psoas-nudge settings {found.key} {quote(found.value)}")
    return el(
        "li",
        el("p", f"You followed {found.seldom.yes} of {counted(found.seldom.of, 'prompt')} {found.when} "
                f"({low * 100:.0f} to {high * 100:.0f} %), and {words.share(found.others)} of the others. "
                f"You might {found.then}."),
        el("p", "To try it in the settings: ", el("code", command), class_="command"),
        data_setting=found.key,
    )  # fmt: skip


def _reading() -> Element:
    return el(
        "section", el("h2", "How to read this", id="reading"), *(el("p", line) for line in READING),
        aria_labelledby="reading", class_="reading",
    )  # fmt: skip
