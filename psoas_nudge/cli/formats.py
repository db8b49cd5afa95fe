"""The formats of `status --format`: plain, JSON, waybar, or a template. Pure."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from psoas_nudge.core.status import Status, headline, look, progress, when
from psoas_nudge.errors import BadInput

NAMED = ("plain", "json", "waybar")


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
