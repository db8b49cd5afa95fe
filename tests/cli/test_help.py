"""`psoas-nudge help`: commands and topics in the terminal."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from psoas_nudge.cli import cli
from psoas_nudge.cli.man import PAGES
from psoas_nudge.errors import BadInput


def asked(*words: str) -> Result:
    return CliRunner().invoke(cli, ["help", *words], prog_name="psoas-nudge", catch_exceptions=False)


def test_without_a_topic_it_lists_commands_and_topics() -> None:
    shown = asked().output
    for word in ("start", "status", "help", *PAGES):
        assert f"\n  {word} " in shown


def test_a_command_is_explained_also_one_in_a_group_or_by_another_name() -> None:
    assert asked("pause").output.startswith("Usage: psoas-nudge pause")
    assert asked("config", "edit").output.startswith("Usage: psoas-nudge config edit")
    assert asked("configuration").output.startswith("psoas-nudge.toml(5): ")
    assert asked("quit").output.startswith("Usage: psoas-nudge stop")


@pytest.mark.parametrize("word", ["privacy", "psoas-nudge-privacy", "psoas-nudge-privacy(7)"])
def test_a_page_is_found_by_its_topic_and_its_names(word: str) -> None:
    assert asked(word).output.startswith("psoas-nudge-privacy(7): what psoas-nudge sees")


def test_a_near_miss_leads_to_the_right_one() -> None:
    with pytest.raises(BadInput, match="Did you mean: psoas-nudge help privacy"):
        asked("privcay")
