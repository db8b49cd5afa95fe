"""Which share of prompts is followed: by weekday and hour, and over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from psoas_nudge.core.followed import Period, by_hour, periods
from psoas_nudge.core.shares import ENOUGH, Z_STRICT, Interval, Share, share_difference
from psoas_nudge.core.status import DAYS
from psoas_nudge.core.words import counted
from psoas_nudge.report import words
from psoas_nudge.report.elements import centre, circle, el, folded, percent, plot, table
from psoas_nudge.report.record import ReportData

LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COMPARED_WEEKS = 12
NAMED_HOURS = 2


def by_hour_summary(record: ReportData) -> str:
    """Sentences: the hours at which prompts are followed less or more often than at other hours."""
    cells = by_hour(record.history.prompts)
    hours: dict[int, Share] = {}
    for (_, hour), found in cells.items():
        before = hours.get(hour, Share(0, 0))
        hours[hour] = Share(before.yes + found.yes, before.of + found.of)
    if not any(_apart(hour, hours) for hour in hours):
        return f"There are not enough prompts yet to compare hours ({words.TOO_FEW})."
    texts: list[str] = []
    for _ in range(NAMED_HOURS):
        if (clear := _stands_out(hours)) is None:
            break
        found = hours.pop(clear)  # so that it does not make the others look different
        how = "more" if found.part > _others(None, hours).part else "less"
        texts.append(f"Between {clear}:00 and {clear + 1}:00 you follow prompts {how} often: {words.share(found)}.")
    if not texts:
        return "No hour stands out: chance could explain the differences between them."
    return f"{' '.join(texts)} At other hours: {words.share(_others(None, hours))}."


def _stands_out(hours: dict[int, Share]) -> int | None:
    """The hour that differs most from all others, if chance does not explain it."""
    clear = {hour: apart for hour in hours if (apart := _apart(hour, hours)) and apart.significant}
    return max(clear, key=lambda hour: abs(clear[hour].low + clear[hour].high), default=None)


def _apart(hour: int, hours: dict[int, Share]) -> Interval | None:
    """How far an hour is from all others, or None where there are too few."""
    found, others = hours[hour], _others(hour, hours)
    return share_difference(found, others, Z_STRICT) if found.enough and others.enough else None


def _others(hour: int | None, hours: dict[int, Share]) -> Share:
    others = [found for each, found in hours.items() if each != hour]
    return Share(sum(found.yes for found in others), sum(found.of for found in others))


def by_hour_chart(record: ReportData) -> Element:
    """A heat map as a table: the darker a cell, the larger the share."""
    cells = by_hour(record.history.prompts)
    if not cells:
        return el("p", "No prompt has been answered or missed yet.")
    days = [day for day in range(7) if day < 5 or any(weekday == day for weekday, _ in cells)]
    hours = range(min(hour for _, hour in cells), max(hour for _, hour in cells) + 1)
    head = el("tr", el("td"), *(el("th", el("abbr", DAYS[d], title=LONG_DAYS[d]), scope="col") for d in days))
    rows = [
        el("tr", el("th", f"{hour}:00", scope="row"), *(_cell(cells.get((day, hour), Share(0, 0))) for day in days))
        for hour in hours
    ]
    caption = "Prompts followed, by weekday and hour of the last year"
    intervals = [(f"{hour}:00", *(_in_words(cells.get((day, hour), Share(0, 0))) for day in days)) for hour in hours]
    return el(
        "div",
        el("table", el("caption", caption), el("thead", head), el("tbody", *rows), class_="heat"),
        el("p", f"No percentage: {words.TOO_FEW}. Empty: no prompts.", class_="note"),
        folded(
            table(("Hour", *(LONG_DAYS[day] for day in days)), intervals, f"{caption}, with 95 % intervals"),
            "With intervals, as a table",
        ),
    )


def _in_words(found: Share) -> str:
    return words.share(found) if found.of else "none"


def _cell(found: Share) -> Element:
    if not found.of:
        return el("td", class_="none")
    counts = el("small", f"{found.yes} of {found.of}")
    if not found.enough:
        return el("td", counts, class_="few")
    return el("td", words.per_cent(found.part), counts, style=f"--part:{found.part:.2f}")


def over_time_summary(record: ReportData) -> str:
    """Sentences that compare the last weeks with the first ones."""
    if not record.days:
        return "No prompt has been shown yet."
    length = timedelta(weeks=COMPARED_WEEKS)
    first, last = record.days[0].first, record.today
    total = _sum(record, first, last)
    if last - first < 2 * length:
        return f"Since the start you followed {words.share(total)}. It is too early to compare with the beginning."
    begin, now = _sum(record, first, first + length), _sum(record, last - length, last)
    text = (
        f"In the first {COMPARED_WEEKS} weeks you followed {words.share(begin)}; "
        f"in the last {COMPARED_WEEKS} weeks {words.share(now)}."
    )
    if min(begin.of, now.of) < ENOUGH:
        return f"{text} That is too little to compare."
    difference = share_difference(now, begin)
    if not difference.significant:
        return f"{text} Chance could explain the difference."
    low, high = sorted(abs(end) * 100 for end in difference)
    how = "more" if difference.low > 0 else "less"
    return f"{text} You follow them {how} often than at the start, by {low:.0f} to {high:.0f} percentage points."


def _sum(record: ReportData, first: date, last: date) -> Share:
    yes = no = 0
    for day in record.days:
        if first <= day.first <= last:
            yes += day.accepted + day.taken
            no += day.skipped + day.missed
    return Share(yes, yes + no)


def over_time_chart(record: ReportData) -> Element:
    """A dot for each period with its interval as a bar; a ring without a bar if there are too few prompts."""
    found = periods(record.days, record.today)
    marks = [part for number, period in enumerate(found) for part in _period(number, len(found), period)]
    scale = [(part / 4, f"{part * 25} %") for part in range(5)]
    label = f"Share of prompts followed, {counted(len(found), 'period')}. {over_time_summary(record)}"
    drawn = plot(*marks, label=label, scale=scale, below=_below(found))
    rows = [(_named(period), words.share(period.share)) for period in found]
    return el(
        "div", drawn,
        el("p", "The bar at each dot is its 95 % interval: the true share may lie anywhere in it. ",
           f"A ring has no bar ({words.TOO_FEW}).", class_="note"),
        folded(table(("Time", "Followed"), rows, "Prompts followed since the start")),
    )  # fmt: skip


def _period(number: int, count: int, period: Period) -> list[Element]:
    if not period.share.of:
        return []
    x, y = centre(number, count), 1 - period.share.part
    title = f"{_named(period)}: {words.share(period.share)}"
    if not period.share.enough:
        return [circle(x, y, "ring", title)]
    low, high = period.share.interval()
    bar = el("line", x1=percent(x), x2=percent(x), y1=percent(1 - low), y2=percent(1 - high), class_="interval")
    return [bar, circle(x, y, "point", title, r="0.28em")]


def _below(found: Sequence[Period]) -> list[Element]:
    """Labels below the chart: the first day of up to six periods."""
    step = -(-len(found) // 6)
    return [
        el("text", words.full_day(period.first) if not number else _short(period, found[number - step]),
           x=percent(centre(number, len(found))), y="100%", dy="2em", text_anchor="middle",
           class_="minor" if number // step % 2 else "major")
        for number, period in enumerate(found) if number % step == 0
    ]  # fmt: skip


def _short(period: Period, before: Period) -> str:
    text = f"{period.first.day} {words.MONTHS[period.first.month - 1]}"
    return f"{text} {period.first.year}" if period.first.year != before.first.year else text


def _named(period: Period) -> str:
    return f"{words.full_day(period.first)} to {words.full_day(period.last)}"
