"""The manual page says what the commands say, and man prints it without a complaint."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from psoas_nudge.cli import cli
from psoas_nudge.cli.man import PAGES, Block, blocks, escaped, page, paragraphs, plain, roff
from psoas_nudge.commands import COMMANDS
from psoas_nudge.config.table import ROWS


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page as a person reads it."""
    return as_man_prints(page(cli), tmp_path_factory.mktemp("man"))


def as_man_prints(text: str, folder: Path) -> str:
    if not shutil.which("man"):
        pytest.skip("man is missing; enable with: apt-get install -y --no-install-recommends man-db")
    source = folder / "page.1"
    source.write_text(text)
    environ = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "100", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run(
        ["man", "--warnings", "-l", str(source)], env=environ, capture_output=True, text=True, check=True
    )
    assert [line for line in done.stderr.splitlines() if "can't break line" not in line] == []  # long paths
    return done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_page(printed: str, name: str) -> None:
    assert f"\n   {name}\n" in printed
    assert f"psoas-nudge {name}" in printed


def test_every_option_is_in_the_page() -> None:
    whole = page(cli)

    def walk(command: click.Command, above: click.Context | None) -> None:
        ctx = click.Context(command, info_name="psoas-nudge", parent=above)
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert escaped(parameter.opts[-1]) in whole
        if isinstance(command, click.Group):
            for name in command.list_commands(ctx):
                below = command.get_command(ctx, name)
                assert below
                walk(below, ctx)

    walk(cli, None)


def test_examples_keep_their_hyphens_and_quotes(printed: str) -> None:
    assert 'psoas-nudge skip --because "train to catch"' in printed


def test_a_line_that_looks_like_a_request_is_only_text() -> None:
    assert escaped(".so /etc/passwd") == r"\&.so /etc/passwd"
    assert escaped(r"C:\new") == r"C:\enew"


def test_help_keeps_its_paragraphs_and_its_fixed_lines() -> None:
    assert list(paragraphs("One\ntwo.\n\n\b\nkeep  this\nand this")) == [
        ".PP",
        "One two.",
        ".PP",
        ".nf",
        "keep  this",
        "and this",
        ".fi",
    ]


def test_it_is_the_same_at_every_build() -> None:
    assert page(cli) == page(cli)
    assert str(Path.home()) not in page(cli)


@pytest.mark.parametrize("topic", PAGES)
def test_every_page_is_printed_by_man_without_a_complaint(topic: str, tmp_path: Path) -> None:
    printed = as_man_prints(roff(topic), tmp_path)
    assert PAGES[topic].name in printed
    assert "**" not in printed
    assert "`" not in printed


@pytest.mark.parametrize("topic", PAGES)
def test_every_page_fits_a_narrow_terminal(topic: str) -> None:
    shown = plain(topic, 80, bold=False)
    for line in shown.splitlines():
        # lines of code are kept as they are, and a web address is never broken
        assert len(line) <= 80 or line.startswith("    ") or "://" in line, line
    assert "\x1b" not in shown


def test_every_setting_is_in_the_page_of_the_settings() -> None:
    shown = " ".join(plain("configuration", 80, bold=False).split())
    for row in ROWS:
        assert f" {row.key} " in shown
        assert " ".join(row.help.replace("`", "").split()) in shown


def test_the_small_markdown_of_the_pages() -> None:
    text = "## Title\n\nOne\ntwo.\n\n- **a b** first\n  line\n- second\n\n```\nkeep  **this**\n```\n"
    assert list(blocks(text)) == [
        Block("heading", "Title"),
        Block("paragraph", "One two."),
        Block("item", "first line", "a b"),
        Block("item", "second"),
        Block("lines", "keep  **this**"),
    ]
