"""The manual, and the `man` command.

psoas-nudge(1) is generated from the click commands, so that it always agrees with --help: one page for all commands, in
man(7) macros. Not click-man, which writes one page for each command and leaves out the examples.

The other pages are written in a subset of Markdown, psoas_nudge/manual/*.md, and rendered as roff for man and as plain
text for the terminal. The subset: `##` headings, paragraphs, fenced blocks, and lists whose items may begin with a
**term**; within a line `code`, **strong** and [links](https://...).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill, indent
from typing import Literal, NamedTuple

import click

from psoas_nudge import __version__

SOURCES = Path(__file__).resolve().parent.parent / "manual"
BOLD, RESET = "\x1b[1m", "\x1b[0m"
WIDEST = 90
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


class Page(NamedTuple):
    """A page of the manual. psoas-nudge(1) is not among them; `page` generates it from the commands."""

    name: str
    section: int
    about: str


PAGES = {
    "configuration": Page("psoas-nudge.toml", 5, "the configuration: hours, days off, and every setting"),
    "stretching": Page("psoas-nudge-stretching", 7, "the guided stretch, which one comes next, and pain"),
    "packs": Page("psoas-nudge-packs", 5, "packs of routines, as a physiotherapist gives them"),
    "privacy": Page("psoas-nudge-privacy", 7, "what psoas-nudge sees, what it records, and where"),
    "evidence": Page("psoas-nudge-evidence", 7, "the studies behind the routines and defaults"),
    "scripts": Page("psoas-nudge-scripts", 7, "starting at login, the panel, bars, D-Bus and hooks"),
    "trace": Page("psoas-nudge-trace", 5, "the recorded days that psoas-nudge simulate can play"),
    "compared": Page("psoas-nudge-compared", 7, "other break reminders, and how they differ"),
}
"""The pages by topic, which is also the name of the source file."""


class Block(NamedTuple):
    """A block of a page. `term`: of a list item. The text of "lines" is preformatted."""

    kind: Literal["heading", "paragraph", "item", "lines"]
    text: str
    term: str = ""


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


def source(topic: str) -> str:
    """The Markdown of a page. The list of settings is generated from config/table.py."""
    text = (SOURCES / f"{topic}.md").read_text("utf-8")
    return text + _settings() if topic == "configuration" else text


def blocks(text: str) -> Iterator[Block]:
    """Parse the Markdown of a page."""
    for number, part in enumerate(re.split(r"^```\n", text, flags=re.MULTILINE)):
        if number % 2:
            yield Block("lines", part.rstrip("\n"))
            continue
        for paragraph in filter(None, re.split(r"\n\s*\n", part.strip())):
            if paragraph.startswith("#"):
                yield Block("heading", paragraph.lstrip("# "))
            elif paragraph.startswith("- "):
                for item in re.split(r"^- ", paragraph, flags=re.MULTILINE)[1:]:
                    term, rest = re.fullmatch(r"(?:\*\*(.+?)\*\* )?(.*)", " ".join(item.split())).groups()  # type: ignore[union-attr] # it matches any line
                    yield Block("item", rest, term or "")
            else:
                yield Block("paragraph", " ".join(paragraph.split()))


def roff(topic: str) -> str:
    """The page in man(7) macros."""
    page = PAGES[topic]
    title = f'.TH {page.name.upper()} {page.section} "" "psoas-nudge {__version__}" "psoas-nudge"'
    lines = [title, ".nh", ".ad l", ".SH NAME", rf"{escaped(page.name)} \- {escaped(page.about)}"]
    for block in blocks(source(topic)):
        match block.kind:
            case "heading":
                lines.append(f'.SH "{escaped(block.text.upper())}"')
            case "paragraph":
                lines += [".PP", _roff_line(block.text)]
            case "item" if block.term:
                lines += [".TP", rf"\fB{_roff_line(block.term)}\fR", _roff_line(block.text)]
            case "item":
                lines += [r".IP \(bu 2", _roff_line(block.text)]
            case "lines":
                lines += [".PP", ".nf", *(escaped(line) for line in block.text.split("\n")), ".fi"]
    return "\n".join(lines) + "\n"


def plain(topic: str, width: int, *, bold: bool) -> str:
    """The page as text, at most `width` columns wide except in preformatted lines."""
    page = PAGES[topic]
    width = min(width, WIDEST)
    parts = [f"{_strong(page.name, bold)}({page.section}): {page.about}"]
    for block in blocks(source(topic)):
        text, term = _readable(block.text), _readable(block.term)
        match block.kind:
            case "heading":
                parts.append(_strong(block.text.upper(), bold))
            case "paragraph":
                parts.append(_filled(text, width, "  "))
            case "item" if block.term:
                parts.append(f"  {_strong(term, bold)}\n{_filled(text, width, '      ')}")
            case "item":
                parts.append(_filled(f"- {text}", width, "  ", "    "))
            case "lines":
                parts.append(indent(block.text, "    "))
    return "\n\n".join(parts) + "\n"


def _settings() -> str:
    """The settings with defaults and help, by section, as Markdown."""
    from psoas_nudge.config.table import ROWS, SECTIONS
    from psoas_nudge.config.writing import value_text

    parts = []
    for section, about in SECTIONS.items():
        parts += [f"## [{section}]", about]
        for row in (row for row in ROWS if row.section == section):
            default = "" if row.default is None or row.dormant else f" Default: {value_text(row.default)}."
            parts.append(f"- **{row.key}** {row.help}{default}")
            parts += _keys(row.kind, row.key)
    return "\n" + "\n\n".join(parts) + "\n"


def _keys(kind: object, above: str) -> Iterator[str]:
    """The keys of a list of tables, and of the lists in it."""
    from psoas_nudge.config.lists import Tables

    if not isinstance(kind, Tables):
        return
    for field in kind.fields:
        yield f"- **{above}: {field.name}** {field.help}{' Required.' if field.required else ''}"
        yield from _keys(field.kind, f"{above}: {field.name}")


def _filled(text: str, width: int, first: str, rest: str | None = None) -> str:
    return fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _strong(text: str, bold: bool) -> str:
    return f"{BOLD}{text}{RESET}" if bold else text


def _readable(text: str) -> str:
    """Text without Markdown marks."""
    text = re.sub(r"\[([^\]]+)\]\((https?://[^)]+)\)", r"\1, \2", text)
    return text.replace("**", "").replace("`", "")


def _roff_line(text: str) -> str:
    marked = re.sub(r"`([^`]+)`", "\x01\\1\x02", re.sub(r"\*\*([^*]+)\*\*", "\x01\\1\x02", text))
    return escaped(_readable(marked)).replace("\x01", r"\fB").replace("\x02", r"\fR")


def escaped(text: str) -> str:
    """Text escaped for roff: backslashes, requests at the start of a line, and hyphens that can be copied."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq").replace("\b", "")
    return re.sub(r"^([.'])", r"\\&\1", text)
