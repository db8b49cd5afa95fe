"""`status` and `explain`."""

from __future__ import annotations

from datetime import datetime

import click
import msgspec

from psoas_nudge import places
from psoas_nudge.called import as_called
from psoas_nudge.cli.candidates import formats
from psoas_nudge.control import messages as c
from psoas_nudge.control.client import ask
from psoas_nudge.core.status import Look, Status, explained, look, when
from psoas_nudge.errors import BadInput


@click.command(epilog="Examples: psoas-nudge status --format waybar --follow; psoas-nudge status --format '{sat} min'")
@click.option(
    "--format",
    "how",
    metavar="waybar|json|plain|TEMPLATE",
    shell_complete=formats,
    help="Print one line for a bar or a script. A template can use {look}, {sat}, {next} and more.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--follow", is_flag=True, help="Print a line now and at each change, until psoas-nudge stops.")
def status(how: str | None, as_json: bool, follow: bool) -> None:
    """Show how long you have been sitting, the open prompt, when the next can come, and what delays it."""
    how = "json" if as_json else how
    if how and how != "json":
        from psoas_nudge.cli.formats import check

        check(how)
    if follow:
        _follow(how or "plain")
        return
    now = ask(c.GetStatus(), places.socket_file()).status
    assert now is not None  # noqa: S101 - the message table promises it
    if how:
        print(_line(now, how))
        return
    if look(now) is not Look.SITTING:  # when sitting, the first reason says the same
        line = _line(now, "plain")
        print(f"{line[0].upper()}{line[1:]}.")
    if now.trouble and now.prompt:
        print(now.trouble)
    for reason in now.why:
        print(as_called(reason))
    if now.next_prompt:
        print(f"Next prompt: {when(now.next_prompt, datetime.now().astimezone(), now.zone)} at the earliest.")
    print(f"Prompts today: {now.prompts_today} of {now.daily_limit}.")
    if now.mistake:
        print(as_called(now.mistake))
    if now.put_off:
        again = as_called("When you can stretch again: psoas-nudge feel --clear")
        print(f"Prompts suggest a walk, because you reported {now.put_off}. {again}")


def _follow(how: str) -> None:
    from psoas_nudge.control.client import follow

    last = None
    for now in follow(places.socket_file()):
        line = _line(now, how)
        if line != last:
            print(line, flush=True)
        last = line


def _line(now: Status, how: str) -> str:
    from psoas_nudge.cli.formats import formatted

    return formatted(now, how, datetime.now().astimezone())


@click.command(epilog="Examples: psoas-nudge explain; psoas-nudge explain --at 16:45")
@click.option(
    "--at", metavar="TIME", help="Explain a later time. Only working hours, pauses and snoozes can be known in advance."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain(at: str | None, as_json: bool) -> None:
    """Show why there is no prompt now, and when the next can come."""
    from psoas_nudge.cli.zone import system_zone
    from psoas_nudge.core.written import parse_moment

    now = datetime.now().astimezone()
    moment = None if at is None else parse_moment(at, now, system_zone(), future=True)
    try:
        request = c.Explain(at=moment)
    except ValueError as error:
        raise BadInput(str(error)) from error
    answer = ask(request, places.socket_file()).explanation
    assert answer is not None  # noqa: S101 - the message table promises it
    if as_json:
        print(msgspec.json.encode(answer).decode())
        return
    print(as_called(explained((reason.text for reason in answer.reasons), answer.next_prompt, now, answer.zone)))
