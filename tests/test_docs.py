"""What the documents say is what the program does: every command is documented, helps, and shows an example.

Idea: sqlite-utils' tests/test_docs.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from psoas_nudge.cli import cli
from psoas_nudge.cli.man import PAGES, source
from psoas_nudge.commands import COMMANDS

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def below(name: str, command: click.Command | None) -> dict[str, click.Command]:
    """A command and what it groups, by what one types."""
    assert command is not None
    found = {name: command}
    for each, sub in command.commands.items() if isinstance(command, click.Group) else ():
        found |= below(f"{name} {each}", sub)
    return found


def every_command() -> dict[str, click.Command]:
    found = {}
    for name in COMMANDS:
        found |= below(name, cli.get_command(click.Context(cli), name))
    return found


def test_the_readme_can_be_read_in_a_few_minutes() -> None:
    assert len(README.split()) < 1500


def test_the_readme_leads_to_every_page_of_the_manual() -> None:
    for topic in PAGES:
        assert f"| `psoas-nudge help {topic}` | [" in README
        assert f"(psoas_nudge/manual/{topic}.md) |" in README


@pytest.mark.parametrize("typed", every_command())
def test_every_command_explains_itself_with_an_example(typed: str) -> None:
    shown = CliRunner().invoke(cli, [*typed.split(), "--help"], prog_name="psoas-nudge")
    assert shown.exit_code == 0
    first, _, rest = shown.output.partition("\n")
    assert first.startswith(f"Usage: psoas-nudge {typed}")
    assert every_command()[typed].help
    assert re.search(rf"^ .*psoas-nudge (--config \S+ )?{typed}\b", rest, re.MULTILINE), shown.output


@pytest.mark.parametrize("typed", every_command())
def test_every_option_of_every_command_says_what_it_is_for(typed: str) -> None:
    for option in every_command()[typed].params:
        if isinstance(option, click.Option):
            assert option.help, f"{typed} {option.opts}"


def test_the_list_of_commands_says_what_each_is_for() -> None:
    shown = CliRunner().invoke(cli, ["--help"], prog_name="psoas-nudge").output
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line.split()[0])}", shown, re.MULTILINE), name


def test_every_command_line_in_the_readme_and_the_manual_exists() -> None:
    for text in (README, *map(source, PAGES)):
        code = " ; ".join(re.findall(r"^```.*?^```|`[^`\n]+`", text, re.MULTILINE | re.DOTALL))
        used = set(re.findall(r"psoas-nudge ([a-z][a-z-]*)", code))
        assert used
        assert used <= set(COMMANDS), used - set(COMMANDS)


def test_the_file_and_folder_names_in_the_readme_exist() -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)\)", README):
        assert (PROJECT / target).exists(), target


def test_the_headings_that_parts_link_to_are_there() -> None:
    for anchor in re.findall(r"\]\(#([^)]+)\)", README):
        headings = {
            re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-")
            for h in re.findall(r"^#+ (.*)$", README, re.MULTILINE)
        }
        assert anchor in headings


def test_the_changelog_keeps_its_form() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
