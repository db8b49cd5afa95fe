"""`man`: psoas-nudge(1), generated from the click commands, so that it always agrees with --help.

One page for all commands, in man(7) macros; pages.py renders the others. Not click-man, which writes one page for each
command and leaves out the examples.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from psoas_nudge import __version__
from psoas_nudge.cli.pages import PAGES, escaped, roff

NAME = "psoas-nudge"
SUMMARY = "reminds you to get up and stretch your hip flexors"
STATUS = (
    ("0", "Success."),
    ("1", "This cannot be done here or now. The message says why."),
    ("2", "What you typed, or the configuration, has a mistake. The message says what to write instead."),
    ("3", "psoas-nudge is not running."),
    ("4", "No prompt is open."),
)
ENVIRONMENT = (
    ("PSOAS_NUDGE_CONFIG", "The configuration file to use instead of the usual one."),
    ("PSOAS_NUDGE_SECTION_KEY", "One setting, such as PSOAS_NUDGE_PROMPT_NUDGE_AFTER=45m. It overrides the file."),
    ("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_RUNTIME_DIR", "Where the files below are."),
)
FILES = (
    ("~/.config/psoas-nudge/config.toml", "The configuration; psoas-nudge config path says where it is here."),
    ("~/.local/share/psoas-nudge/journal.db", "What happened, an SQLite file."),
    ("$XDG_RUNTIME_DIR/psoas-nudge/", "The socket for commands, and the lock."),
)


@click.command(epilog="Examples: psoas-nudge man | man -l -; psoas-nudge man privacy | man -l -")
@click.argument("topic", required=False, type=click.Choice(list(PAGES)), metavar="[TOPIC]")
def man(topic: str | None) -> None:
    """Print a manual page, in the form that man reads: psoas-nudge(1), or the one about a topic.

    To read one in this terminal, use `psoas-nudge help TOPIC`.
    """
    from psoas_nudge.cli import cli

    print(roff(topic) if topic else page(cli), end="")


def page(root: click.Group) -> str:
    """psoas-nudge(1) as roff."""
    top = click.Context(root, info_name=NAME)
    lines = [
        f'.TH {NAME.upper()} 1 "" "{NAME} {__version__}" "User Commands"',
        ".nh",
        ".ad l",
        ".SH NAME",
        rf"{escaped(NAME)} \- {escaped(SUMMARY)}",
        ".SH SYNOPSIS",
        *_synopsis(top),
        ".SH DESCRIPTION",
        *paragraphs(root.help or ""),
        ".SH OPTIONS",
        *_options(top),
        ".SH COMMANDS",
    ]
    for name in root.list_commands(top):
        lines += _command(top, root, name)
    for title, rows in (("EXIT STATUS", STATUS), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        lines.append(f".SH {title}")
        for word, meaning in rows:
            lines += [".TP", rf"\fB{escaped(word)}\fR", escaped(meaning)]
    others = ", ".join(f"{each.name}({each.section})" for each in PAGES.values())
    lines += [".SH SEE ALSO", escaped(others)]
    return "\n".join(lines) + "\n"


def _command(above: click.Context, group: click.Group, name: str) -> Iterator[str]:
    command = group.get_command(above, name)
    if command is None or command.hidden:
        return
    here = click.Context(command, info_name=name, parent=above)
    yield f'.SS "{escaped(here.command_path.removeprefix(NAME + " "))}"'
    yield from _synopsis(here)
    yield from paragraphs(command.help or "")
    yield from _options(here)
    yield from paragraphs(command.epilog or "")
    if isinstance(command, click.Group):
        for below in command.list_commands(here):
            yield from _command(here, command, below)


def _synopsis(ctx: click.Context) -> Iterator[str]:
    pieces = " ".join(ctx.command.collect_usage_pieces(ctx))
    yield ".PP"
    yield rf"\fB{escaped(ctx.command_path)}\fR {escaped(pieces)}"


def _options(ctx: click.Context) -> Iterator[str]:
    for parameter in ctx.command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record and record[1] and "--help" not in parameter.opts:
            yield ".TP"
            yield rf"\fB{escaped(record[0])}\fR"
            yield escaped(record[1])


def paragraphs(text: str) -> Iterator[str]:
    """Click's help text as roff: blank lines separate paragraphs, and \\b keeps the line breaks of a paragraph."""
    for block in filter(None, re.split(r"\n\s*\n", inspect.cleandoc(text))):
        lines = [line.rstrip() for line in block.split("\n")]
        yield ".PP"
        if lines[0].strip() == "\b":
            yield ".nf"
            yield from (escaped(line) for line in lines[1:])
            yield ".fi"
        else:
            yield escaped(" ".join(line.strip() for line in lines))
