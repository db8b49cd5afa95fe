"""`stretch`: a guided stretch in this terminal or on the page."""

from __future__ import annotations

import os
from pathlib import Path

import click

from psoas_nudge import places
from psoas_nudge.cli.completion import routine_ids
from psoas_nudge.config import load
from psoas_nudge.core.state import State
from psoas_nudge.core.stretching import next_routine, stretch_refused
from psoas_nudge.errors import BadInput, JournalBroken, Refused
from psoas_nudge.guide import ear
from psoas_nudge.guide.ear import PRESSES
from psoas_nudge.guide.opening import in_terminal, on_page
from psoas_nudge.journal import Journal


@click.command(epilog="Examples: psoas-nudge stretch; psoas-nudge stretch kneeling-hip-flexor --page")
@click.argument("routine_id", metavar="[ID]", required=False, shell_complete=routine_ids)
@click.option("--page", is_flag=True, help="Show it in a browser window, large enough to read from the floor.")
@click.option(
    "--press",
    type=click.Choice(list(PRESSES)),
    help="Press this button of a stretch that is only spoken, without a window or a terminal.",
)
@click.pass_obj
def stretch(config_file: Path | None, routine_id: str | None, page: bool, press: str | None) -> None:
    """Start a guided stretch now: the one with this ID, or the next in turn.

    Keys: space pauses, b goes back, n goes on, q stops. Only the seconds you held are recorded.

    \b
    The stretches are common physiotherapy practice in our own words; for the sources, see: psoas-nudge help evidence
    This is not medical advice. Stop at once if you feel sharp or throbbing pain.
    """
    if press:
        if routine_id or page:
            raise BadInput("Use --press alone. It is for the stretch that is being spoken now.")
        print(f"Pressed: {ear.press(press, places.guide_socket())}")
        return
    settings = load(config_file, os.environ)
    state, rules = _state(), settings.rules
    chosen = routine_id or next_routine(state, rules)
    if why := stretch_refused(state, rules, chosen):
        raise Refused(why)
    if page:
        on_page(settings, chosen, None)
    else:
        in_terminal(settings, chosen, None)


def _state() -> State:
    """The state in the journal; prints what it means when the journal cannot be read."""
    try:
        found = Journal.open_reading(places.journal_file())
        if found is None:
            return State()
        with found:
            return found.load() or State()
    except JournalBroken as error:
        click.echo(f"This stretch will not be recorded, and your reports of pain cannot be read. {error}", err=True)
        return State()
