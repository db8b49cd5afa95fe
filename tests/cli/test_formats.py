"""A status as one line, for bars and scripts."""

from __future__ import annotations

import json

import msgspec
import pytest
from msgspec.structs import replace

from psoas_nudge.cli.status import check, fields, formatted
from psoas_nudge.core.status import Status
from psoas_nudge.errors import BadInput
from tests.moments import AT, PROMPT
from tests.moments import SITTING as USUAL

SITTING = replace(USUAL, zone="Europe/Berlin", why=("You have sat for 24m of <30m>.",))


def line(how: str, status: Status = SITTING) -> str:
    return formatted(status, how, AT)


def test_plain_is_the_headline() -> None:
    assert line("plain") == "sat 24 min, next prompt about 10:36"


def test_every_time_is_in_the_zone_of_the_working_hours_wherever_the_system_is() -> None:
    tokyo = replace(SITTING, zone="Asia/Tokyo")
    assert line("{next} {headline}", tokyo) == "18:36 sat 24 min, next prompt about 18:36"
    paused = replace(tokyo, paused=True, paused_until=AT.replace(hour=20))
    assert line("{paused_until}, {headline}", paused) == "Wed 05:30, sat 24 min, paused until Wed 05:30"


def test_json_is_the_whole_status_and_can_be_read_back() -> None:
    assert msgspec.json.decode(line("json"), type=Status) == SITTING


def test_waybar_gets_what_its_manual_asks_for() -> None:
    assert json.loads(line("waybar")) == {
        "text": "24m",
        "alt": "sitting",
        "class": "sitting",
        "percentage": 81,
        "tooltip": "sat 24 min, next prompt about 10:36\nYou have sat for 24m of &lt;30m&gt;.",
    }
    assert json.loads(line("waybar", replace(SITTING, paused=True)))["text"] == "paused"


def test_a_template_of_ones_own() -> None:
    assert (
        line("{sat}/{left} min, {percent} %, next {next}, {prompts} of {limit}") == "24/6 min, 81 %, next 10:36, 3 of 8"
    )
    assert (
        line("{look}:{prompt}:{next}", replace(SITTING, prompt=PROMPT, next_prompt=None))
        == "prompt:standing-hip-flexor:"
    )


def test_a_template_reaches_nothing_but_its_fields() -> None:
    assert line("{sat.__class__} {sat!r}") == "{sat.__class__} {sat!r}"


def test_an_unknown_field_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"no \{sitting\}.*headline.*percent"):
        line("{sitting}")


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match=r"no format 'xml'.*plain, json, waybar"):
        check("xml")


@pytest.mark.parametrize("how", ["plain", "json", "waybar", "{why}"])
def test_a_status_is_never_more_than_one_line(how: str) -> None:
    assert len(line(how).splitlines()) == 1


def test_the_manual_names_every_field_of_a_template() -> None:

    from psoas_nudge.cli.man import source

    page = source("scripts")
    told = page[page.index("Your own template") : page.index("## D-Bus")]
    assert [name for name in fields(SITTING, AT) if f"{{{name}}}" not in told] == []


def test_while_nothing_can_be_saved_every_line_says_so() -> None:
    full = replace(SITTING, trouble="The disk is full.")
    assert line("plain", full) == "sat 24 min, next prompt about 10:36; nothing can be saved"
    assert "nothing can be saved" in json.loads(line("waybar", full))["tooltip"]
    assert line("{trouble}", full) == "The disk is full."
