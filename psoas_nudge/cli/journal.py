"""The `journal` commands: show, export and merge.

They open the database themselves, so they work with and without a running daemon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import click

from psoas_nudge import places
from psoas_nudge.cli.output import FILE, columns, hanging, new_file, print_json, progress, say, tallied
from psoas_nudge.cli.zone import system_zone
from psoas_nudge.core.durations import parse_duration
from psoas_nudge.core.model import AnyEntry
from psoas_nudge.core.words import counted
from psoas_nudge.core.written import LOOKS, parse_moment
from psoas_nudge.errors import BadInput
from psoas_nudge.journal import Journal, Stored, as_json
from psoas_nudge.journal.records import in_zone

KINDS = sorted(str(kind.__struct_config__.tag) for kind in get_args(AnyEntry))
MOST_NAMED = 20
"""How many bad lines of a merge are listed."""
PAGE = 100
"""How many entries are shown without options."""
NOTHING_YET = "Nothing is recorded yet. Recording begins with: psoas-nudge start"


def moment(text: str) -> datetime:
    """Parse the value of --since: a moment, or a length of time before now, in days too."""
    now = datetime.now().astimezone()
    with suppress(BadInput, OverflowError):
        if days := re.fullmatch(r"(\d{1,9})\s*d(?:ays?)?", text.strip(), re.ASCII):
            return now - timedelta(days=int(days[1]))
        return now - timedelta(seconds=parse_duration(text))
    try:
        return parse_moment(text, now, system_zone())
    except BadInput:
        raise BadInput(f'"{text}" is not a time. {LOOKS} Or how long ago: "2h", "30d".') from None


@click.group(
    invoke_without_command=True,
    epilog="Examples: psoas-nudge journal --since today; psoas-nudge journal --kind prompt --last 5 --json",
)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object per line.")
@click.option(
    "--since",
    type=moment,
    metavar="TIME",
    help='Only what was recorded since then: "today", "14:00", "2026-12-24", or how long ago: "2h", "30d".',
)
@click.option(
    "--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind. You can repeat this option."
)
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the last N.")
@click.pass_context
def journal(ctx: click.Context, json_: bool, since: datetime | None, kinds: tuple[str, ...], last: int | None) -> None:
    """Show what happened: sitting, prompts and your answers, stretches, pauses.

    By default you see the latest 100 entries in words. With --json you get all of them. In --kind and --json, "bout"
    means a stretch of sitting, and "held-back" a prompt that had to wait. To read what outcomes such as "taken" mean:
    psoas-nudge help privacy
    """
    if ctx.invoked_subcommand is not None:
        if json_ or since or kinds or last:
            raise BadInput(f"Use these options with `journal`, not with `journal {ctx.invoked_subcommand}`.")
        return
    with opened(silent=json_) as found:
        page = PAGE if not (json_ or since or last) else None
        entries = found.read(since=since, kinds=kinds or None, last=last or (page and page + 1), impossible=True)
        if page:
            entries = _latest(entries, page)
        nothing = "No entry matches." if since or kinds else NOTHING_YET
        print_entries(entries, nothing, json_=json_)


def opened(*, silent: bool = False) -> Journal:
    """The journal, open for reading. When nothing is recorded yet: prints so, unless `silent`, and ends the command."""
    found = Journal.open_reading(places.journal_file())
    if found is None:
        if not silent:
            say(NOTHING_YET)
        raise click.exceptions.Exit(0)
    return found


def _latest(entries: Iterator[Stored], page: int) -> Iterator[Stored]:
    """The last `page` entries. Prints a note when there are more."""
    read = list(entries)
    if len(read) > page:
        say(f"The latest {page}. For more: psoas-nudge journal --last 1000, or --since 2026-01-01\n")
    return iter(read[-page:])


@journal.command(epilog="Example: psoas-nudge journal export journal.jsonl")
@click.argument("file", type=FILE)
def export(file: Path) -> None:
    """Write the whole journal to FILE. It gets one JSON object per line.

    FILE must not exist yet; "-" is standard output.
    """
    count = 0
    with opened() as found, new_file(file) as out:
        for stored in found.read(impossible=True):
            out.write(as_json(stored) + b"\n")
            count += 1
    if str(file) != "-":
        print(f"{counted(count, 'entry', 'entries')} written to {file}.")


@journal.command(epilog="Example: psoas-nudge journal merge other-computer.jsonl")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def merge(file: Path) -> None:
    """Add the entries of FILE to your journal.

    FILE is an export, or a journal of another computer. Entries that are here already are not added again.
    """
    from psoas_nudge.journal.merge import entries_of

    wrong: list[str] = []
    with Journal.open(places.journal_file()) as into, progress() as show:
        seen, new = into.merge(tallied("Entries read", entries_of(file, wrong.append), show))
    if seen or not wrong:
        print(f"Entries added: {new}. Already here: {seen - new}.")
    if wrong:
        if len(wrong) > MOST_NAMED:
            wrong[MOST_NAMED:] = [f"Lines that cannot be read, besides these: {len(wrong) - MOST_NAMED}."]
        left_out = "These lines were left out. You can correct them and merge again. Nothing is added twice."
        raise BadInput("\n".join([*wrong, left_out]))


def print_entries(entries: Iterator[Stored], nothing: str, *, json_: bool) -> None:
    """Print the entries as JSON, or in words by day. `nothing`: what to say in words when there are none."""
    if json_:
        print_json(map(as_json, entries))
        return
    from psoas_nudge.cli.entry_words import words

    day, width = None, columns()
    for stored in entries:
        local = in_zone(stored.entry.at, stored.zone)
        if local.date() != day:
            print("" if day is None else "\n", f"{local:%A} {local.date()}", sep="")
            day = local.date()
        print(hanging(f"  {local:%H:%M}  ", words(stored), width))
    if day is None:
        say(nothing)
