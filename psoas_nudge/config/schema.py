"""The JSON Schema of config.toml, made from the table of settings, for completion and checks in editors."""

from __future__ import annotations

from datetime import date
from typing import Any

from psoas_nudge.config.table import ROWS, SECTIONS


def schema() -> dict[str, Any]:
    """The schema (draft 7, which the tools for TOML support)."""
    properties: dict[str, Any] = {}
    for row in ROWS:
        about: dict[str, Any] = {"description": row.help}
        if row.default is not None:
            about["default"] = row.default
        if row.example is not None:
            about["examples"] = [_plain(row.example)]
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


def _plain(raw: Any) -> Any:
    """A TOML value as JSON."""
    if isinstance(raw, list):
        return [_plain(item) for item in raw]
    if isinstance(raw, dict):
        return {key: _plain(value) for key, value in raw.items()}
    return raw.isoformat() if isinstance(raw, date) else raw
