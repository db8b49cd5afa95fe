"""`status` and `explain`, and the formats of `status --format`: plain, JSON, waybar, or a template."""

from __future__ import annotations

import re
from datetime import datetime

import click
import msgspec

from psoas_nudge import places
from psoas_nudge.called import as_called
from psoas_nudge.cli.completion import formats
from psoas_nudge.control import messages as c
from psoas_nudge.control.client import ask
from psoas_nudge.core.status import Look, Status, explained, headline, look, progress, when
from psoas_nudge.core.words import capitalized
from psoas_nudge.errors import BadInput

NAMED = ("plain", "json", "waybar")


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
    if how:
        check(how)
    if follow:
        _follow(how or "plain")
        return
    now = ask(c.GetStatus(), places.socket_file()).status
    assert now is not None  # noqa: S101 - the message table promises it
    if how:
        print(formatted(now, how, datetime.now().astimezone()))
        return
    if look(now) is not Look.SITTING:  # when sitting, the first reason says the same
        line = headline(now, datetime.now().astimezone())
        print(f"{capitalized(line)}.")
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
        line = formatted(now, how, datetime.now().astimezone())
        if line != last:
            print(line, flush=True)
        last = line


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


def fields(status: Status, at: datetime) -> dict[str, str]:
    """The fields of a template. Lengths are whole minutes; a field without a value is empty."""
    return {
        "look": look(status).value,
        "headline": headline(status, at),
        "presence": status.presence,
        "sat": str(int(status.sat_seconds // 60)),
        "left": str(max(0, round((status.needed - status.toward_next) / 60))),
        "percent": str(int(progress(status) * 100)),
        "next": when(status.next_prompt, at, status.zone) if status.next_prompt else "",
        "prompt": status.prompt.routine if status.prompt else "",
        "paused_until": when(status.paused_until, at, status.zone) if status.paused_until else "",
        "quiet": ", ".join(status.quiet),
        "prompts": str(status.prompts_today),
        "limit": str(status.daily_limit),
        "why": status.why[0] if status.why else "",
        "trouble": status.trouble or "",
    }


def check(how: str) -> None:
    """Raise BadInput if `how` is neither one of NAMED nor a template."""
    if how not in NAMED and "{" not in how:
        raise BadInput(
            f"There is no format '{how}'. Write one of {', '.join(NAMED)}, or a template such as '{{sat}} min'."
        )


def formatted(status: Status, how: str, at: datetime) -> str:
    """The status as one line. `how`: one of NAMED, or a template; raises BadInput for an unknown field."""
    match how:
        case "plain":
            return headline(status, at)
        case "json":
            return msgspec.json.encode(status).decode()
        case "waybar":
            return _waybar(status, at)
    return _filled(how, fields(status, at))


def _waybar(status: Status, at: datetime) -> str:
    """waybar-custom(5), "return-type": "json". waybar reads the texts as Pango markup."""
    known = fields(status, at)
    kind = known["look"]
    text = f"{known['sat']}m" if kind in {"sitting", "quiet", "prompt"} else kind
    tooltip = "\n".join(dict.fromkeys((known["headline"], *status.why)))
    escaped = tooltip.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = {"text": text, "alt": kind, "class": kind, "percentage": int(known["percent"]), "tooltip": escaped}
    return msgspec.json.encode(line).decode()


def _filled(template: str, known: dict[str, str]) -> str:
    unknown = sorted({name for name in re.findall(r"\{(\w*)\}", template) if name not in known})
    if unknown:
        raise BadInput(f"There is no {{{unknown[0]}}}. A template can use: {', '.join(known)}.")
    return re.sub(r"\{(\w+)\}", lambda found: known[found[1]], template)
