"""`feel` and `undo`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import click

from psoas_nudge.cli.output import hanging
from psoas_nudge.config import load
from psoas_nudge.core.events import Clear, Feel, Undo
from psoas_nudge.core.ranges import LONGEST_TEXT
from psoas_nudge.core.words import Pain, counted
from psoas_nudge.errors import BadInput, PsoasNudgeError
from psoas_nudge.guide.opening import recorder


@click.command(epilog='Examples: psoas-nudge feel 2 --note "stiff after the drive"; psoas-nudge feel --clear')
@click.argument("level", type=click.IntRange(0, 10), required=False)
@click.option("--pain", type=click.Choice(get_args(Pain)), help="The kind of pain, if you have any.")
@click.option("--note", metavar="TEXT", help="A few words for your journal.")
@click.option("--clear", is_flag=True, help="Say that you can stretch again.")
@click.pass_obj
def feel(config_file: Path | None, level: int | None, pain: Pain | None, note: str | None, clear: bool) -> None:
    """Record how your hip and back feel: 0 is no discomfort, 10 is the worst.

    If you report pain of any kind but "other", prompts suggest a walk instead of a stretch until you run
    `psoas-nudge feel --clear`. psoas-nudge says when you should see a physiotherapist or doctor, and why. This is not
    medical advice.
    """
    if clear and (level is not None or pain or note):
        raise BadInput("Use --clear alone. It says that you can stretch again.")
    if not clear and level is None and pain is None:
        raise BadInput("Give a number from 0 to 10, a kind of --pain, or --clear.")
    if note and len(note) > LONGEST_TEXT:
        raise BadInput(f"This note is too long: {counted(len(note), 'character')}; the limit is {LONGEST_TEXT}.")
    book = recorder(load(config_file, os.environ))
    if clear:
        print(book.ask(Clear()))
        return
    receipt = book.feel(Feel(level=level, pain=pain, note=note))
    if not receipt.trouble:
        print(Feel.answer)
    if receipt.advice:
        print(hanging("", receipt.advice, 90))
    if receipt.trouble:
        raise PsoasNudgeError(receipt.trouble)


@click.command(epilog="Example: psoas-nudge undo")
@click.pass_obj
def undo(config_file: Path | None) -> None:
    """Take back the last report of how it feels, for example a pain you pressed by mistake.

    The journal keeps the report, marked as taken back. Statistics and advice leave it out.
    """
    print(recorder(load(config_file, os.environ)).ask(Undo()))
