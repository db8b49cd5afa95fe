"""The manual pages: a subset of Markdown, rendered as roff for man and as plain text for the terminal.

The sources are psoas_nudge/manual/*.md. The subset: `##` headings, paragraphs, fenced blocks, and lists whose items
may begin with a **term**; within a line `code`, **strong** and [links](https://...).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill, indent
from typing import Literal, NamedTuple

from psoas_nudge import __version__

SOURCES = Path(__file__).resolve().parent.parent / "manual"
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
WIDEST = 90


class Page(NamedTuple):
    """A page of the manual. psoas-nudge(1) is not among them; man.py generates it from the commands."""

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
    return f"{BOLD}{text}{PLAIN}" if bold else text


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
