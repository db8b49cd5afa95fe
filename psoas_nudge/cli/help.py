"""The `help` command: help for a command, or a page of the manual."""

from __future__ import annotations

import os
import shutil
import sys
from difflib import get_close_matches

import click

from psoas_nudge.cli.completion import topics
from psoas_nudge.cli.man import PAGES, plain
from psoas_nudge.cli.output import say
from psoas_nudge.commands import MEANT
from psoas_nudge.core.words import capitalized
from psoas_nudge.errors import BadInput


@click.command(epilog="Examples: psoas-nudge help pause; psoas-nudge help privacy")
@click.argument("topic", nargs=-1, metavar="[COMMAND | TOPIC]", shell_complete=topics)
@click.pass_context
def help_(ctx: click.Context, topic: tuple[str, ...]) -> None:
    """Read about a command or a topic in this terminal. Without either, list them all."""
    root = ctx.find_root()
    if not topic:
        click.echo(root.get_help())
        click.echo("\nTopics:")
        width = max(map(len, PAGES))
        for name, page in PAGES.items():
            click.echo(f"  {name:{width}}  {capitalized(page.about)}.")
        say("\nTo read one: psoas-nudge help privacy")
        return
    pages = {word: name for name, page in PAGES.items() for word in (name, page.name, f"{page.name}({page.section})")}
    if found := pages.get(topic[0]):
        colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        click.echo_via_pager(plain(found, shutil.get_terminal_size().columns, bold=colours), color=colours)
        return
    _show_help(root, topic)


def _show_help(root: click.Context, words: tuple[str, ...]) -> None:
    """Print the --help of the command that `words` name; raises BadInput."""
    words = (*MEANT.get(words[0], words[0]).split(), *words[1:])
    ctx = root
    for word in words:
        command = ctx.command.get_command(ctx, word) if isinstance(ctx.command, click.Group) else None
        if command is None:
            known = ctx.command.list_commands(ctx) if isinstance(ctx.command, click.Group) else []
            near = get_close_matches(word, [*known, *(PAGES if ctx is root else ())], 1, 0.6)
            hint = f"Did you mean: psoas-nudge help {near[0]}" if near else "See all: psoas-nudge help"
            raise BadInput(f"There is no command or topic '{' '.join(words)}'. {hint}")
        ctx = click.Context(command, info_name=word, parent=ctx)
    click.echo(ctx.get_help())
