"""The `completion` command, and what shells complete besides files and fixed words.

`setting_keys` and the like are passed to click as `shell_complete=`. They must not raise: a shell shows no errors
during completion.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from psoas_nudge.errors import PsoasNudgeError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VARIABLE = "_PSOAS_NUDGE_COMPLETE"
"""The environment variable through which a shell asks click for completions, derived from the program's name."""


@click.command(
    epilog="""\b
    bash:  psoas-nudge completion bash > ~/.local/share/bash-completion/completions/psoas-nudge
    zsh:   psoas-nudge completion zsh > "${fpath[1]}/_psoas-nudge"
    fish:  psoas-nudge completion fish > ~/.config/fish/completions/psoas-nudge.fish"""
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for your shell."""
    from click.shell_completion import get_completion_class

    from psoas_nudge.cli import cli

    made_for = get_completion_class(shell)
    if made_for is None:
        raise PsoasNudgeError(f"This version of click has no completion for {shell}.")
    made = made_for(cli, {}, "psoas-nudge", VARIABLE)
    # not `source()`, which runs bash to warn about version 3; only macOS still has that
    print(made.source_template % made.source_vars())


def setting_keys(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    from click.shell_completion import CompletionItem

    from psoas_nudge.config.table import SETTINGS

    return [CompletionItem(key, help=row.help) for key, row in SETTINGS.items() if key.startswith(incomplete)]


def routine_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The routines of the catalogue and of the configuration."""
    from click.shell_completion import CompletionItem

    from psoas_nudge.config import load
    from psoas_nudge.core.catalogue import CATALOGUE

    try:
        own = load(ctx.find_root().params.get("config_file"), os.environ).rules.routines
    except PsoasNudgeError:
        own = ()
    return [CompletionItem(r.id, help=r.title) for r in (*CATALOGUE, *own) if r.id.startswith(incomplete)]


def formats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The named formats of `status --format`."""
    from click.shell_completion import CompletionItem

    from psoas_nudge.cli.status import NAMED

    return [CompletionItem(name) for name in NAMED if name.startswith(incomplete)]


def topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The topics of the manual, then the commands."""
    from click.shell_completion import CompletionItem

    from psoas_nudge.cli.man import PAGES
    from psoas_nudge.commands import COMMANDS

    named = [(name, page.about) for name, page in PAGES.items()] + [
        (name, line) for name, (_, line) in COMMANDS.items()
    ]
    return [CompletionItem(name, help=about) for name, about in named if name.startswith(incomplete)]
