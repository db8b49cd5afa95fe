"""What is made from the table of settings: config.example.toml, the output of `config show` and the JSON Schema."""

from __future__ import annotations

import textwrap
from typing import Any

import msgspec
import tomli_w

from psoas_nudge.config.lists import Tables
from psoas_nudge.config.settings import Settings
from psoas_nudge.config.table import ROWS, SECTIONS, Setting

SCHEMA = "config.schema.json"
HEAD = f"""\
#:schema ./{SCHEMA}
# All settings of psoas-nudge with their defaults. You can delete any line.
# Lengths of time: "45s", "30m", "1h 15m". Hours: "09:00-12:30"; "22:00-06:00" runs into the next day.
# You can also set any of them in the environment, for example PSOAS_NUDGE_PROMPT_NUDGE_AFTER=45m.
# After a change: psoas-nudge config check, psoas-nudge preview
"""


def value_text(raw: Any) -> str:
    """A value as TOML, on one line; a list of tables on several."""
    if isinstance(raw, list) and raw and isinstance(raw[0], dict):
        return "[\n" + "".join(f"    {value_text(item)},\n" for item in raw) + "]"
    if isinstance(raw, list):
        return "[" + ", ".join(value_text(item) for item in raw) + "]"
    if isinstance(raw, dict):
        return "{ " + ", ".join(f"{key} = {value_text(value)}" for key, value in raw.items()) + " }"
    return tomli_w.dumps({"x": raw}).removeprefix("x = ").rstrip("\n")


def pair(row: Setting, raw: Any) -> str:
    """The lines that set a row to a value: one line, or a table for each item of a list of tables."""
    if isinstance(raw, list) and raw and isinstance(raw[0], dict):
        return "\n".join(
            f"[[{row.key}]]\n" + "".join(f"{key} = {value_text(value)}\n" for key, value in table.items())
            for table in raw
        )
    return f"{row.name} = {value_text(raw)}\n"


def commented(text: str) -> str:
    return "".join(f"# {line}\n" if line else "#\n" for line in text.splitlines())


def example() -> str:
    """The text of config.example.toml: all settings with help and defaults; examples are comments."""
    parts = [HEAD]
    for section, about in SECTIONS.items():
        parts.append(f"\n# {about}\n")
        if section not in {row.key for row in ROWS}:
            parts.append(f"[{section}]\n")
        above = ""
        for row in (row for row in ROWS if row.section == section):
            if row.help != above:
                parts.append(commented(textwrap.fill(row.help, 110)))
            above = row.help
            parts.append(_line(row))
    return "".join(parts)


def _line(row: Setting) -> str:
    if row.dormant:
        return commented(pair(row, row.example))
    line = pair(row, row.default)
    return f"{line[:-1]}  # for example {value_text(row.example)}\n" if row.example is not None else line


def in_force_value(settings: Settings, row: Setting) -> Any:
    """The value of a row in force, as in the file; None when it is not set."""
    if row.key in settings.given:
        return settings.given[row.key].raw
    # The default rotation includes the person's own routines.
    return list(settings.rules.rotation) if row.key == "stretch.rotation" else row.default


def in_force(settings: Settings) -> str:
    """The settings in force as a valid TOML file; a comment on each has its source."""
    text = header = ""
    # Lists of tables come last, because each of their headers ends the section above.
    for row in sorted(ROWS, key=lambda row: isinstance(row.kind, Tables)):
        raw, origin = in_force_value(settings, row), _origin(settings, row.key)
        if raw is None:
            continue
        if isinstance(row.kind, Tables):
            text += f"\n# {origin}\n{pair(row, raw)}" if raw else ""
            continue
        if row.section != header:
            header = row.section
            text += f"\n[{header}]\n"
        text += f"{pair(row, raw)[:-1]}  # {origin}\n"
    return text.removeprefix("\n")


def _origin(settings: Settings, key: str) -> str:
    given = settings.given.get(key)
    if given is None:
        return "default"
    return f"system: {given.name}" if given.source == "system" else given.source


def schema() -> dict[str, Any]:
    """The JSON Schema of config.toml for editors (draft 7, which the tools for TOML support)."""
    properties: dict[str, Any] = {}
    for row in ROWS:
        about: dict[str, Any] = {"description": row.help}
        if row.default is not None:
            about["default"] = row.default
        if row.example is not None:
            about["examples"] = [msgspec.to_builtins(row.example)]
        if "." not in row.key:
            properties[row.key] = row.kind.schema() | about
            continue
        section = properties.setdefault(
            row.section,
            {"type": "object", "description": SECTIONS[row.section], "additionalProperties": False, "properties": {}},
        )
        section["properties"][row.name] = row.kind.schema() | about
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "psoas-nudge: config.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
