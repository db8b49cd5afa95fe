"""What a shell offers after Tab for arguments that are neither files nor fixed words: setting keys and routine ids.

Given to click as `shell_complete=`; nothing here may fail, for there is nobody to tell.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from psoas_nudge.errors import PsoasNudgeError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def setting_keys(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Every key of config.toml, with what it does."""
    from click.shell_completion import CompletionItem

    from psoas_nudge.config.table import SETTINGS

    return [CompletionItem(key, help=row.help) for key, row in SETTINGS.items() if key.startswith(incomplete)]


def routine_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Every routine of the catalogue and of the person's own file, with its title."""
    from click.shell_completion import CompletionItem

    from psoas_nudge.config import load
    from psoas_nudge.core.catalogue import CATALOGUE

    try:
        own = load(ctx.find_root().params.get("config_file"), os.environ).rules.routines
    except PsoasNudgeError:
        own = ()  # a broken file still leaves the catalogue
    return [CompletionItem(r.id, help=r.title) for r in (*CATALOGUE, *own) if r.id.startswith(incomplete)]


def formats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The named formats of `status`."""
    from click.shell_completion import CompletionItem

    from psoas_nudge.cli.formats import NAMED

    return [CompletionItem(name) for name in NAMED if name.startswith(incomplete)]


def topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The pages of the manual, then the commands."""
    from click.shell_completion import CompletionItem

    from psoas_nudge.cli.pages import PAGES
    from psoas_nudge.commands import COMMANDS

    named = [(name, page.about) for name, page in PAGES.items()] + [
        (name, line) for name, (_, line) in COMMANDS.items()
    ]
    return [CompletionItem(name, help=about) for name, about in named if name.startswith(incomplete)]
