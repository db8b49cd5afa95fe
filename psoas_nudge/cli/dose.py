"""`dose`: seconds held per side, compared with the weekly goal."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from psoas_nudge.config import load
from psoas_nudge.core.durations import duration
from psoas_nudge.guide.opening import dose_now

BAR = 30
NOTE = (
    "The goal comes from studies of static stretching in general, in which people\n"
    "gained little from more than 10 minutes a week [dose-2024]. None of these\n"
    "studies was about stretching hip flexors at a desk."
)


@click.command(epilog="Example: psoas-nudge dose --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with lengths in seconds.")
@click.pass_obj
def dose(config_file: Path | None, as_json: bool) -> None:
    """Show how long you held each side today and this week (from Monday), and the weekly goal."""
    found = dose_now(load(config_file, os.environ))
    if as_json:
        print(
            json.dumps(
                {
                    "today": {"left_seconds": found.today.left, "right_seconds": found.today.right},
                    "week": {"left_seconds": found.week.left, "right_seconds": found.week.right},
                    "target_seconds": found.target,
                    "behind": found.behind,
                }
            )
        )
        return
    print(f"This week. The goal is {duration(found.target)} a side." if found.target else "This week")
    for side, week, today in (
        ("left ", found.week.left, found.today.left),
        ("right", found.week.right, found.today.right),
    ):
        print(f"{side}  {bar(week, found.target)}  {duration(week)} (today {duration(today)})")
    if found.behind:
        difference = abs(found.week.left - found.week.right)
        print(f"The {found.behind} side is {duration(difference)} behind; the next stretch begins with it.")
    print(NOTE)


def bar(seconds: float, target: float) -> str:
    """`seconds` of `target` as BAR characters of "#" and "."."""
    share = min(1.0, seconds / target) if target else 1.0
    filled = round(share * BAR)
    return "#" * filled + "." * (BAR - filled)
