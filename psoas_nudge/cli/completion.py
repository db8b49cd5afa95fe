"""The `completion` command, and what shells complete besides files and fixed words.

`setting_keys` and the like are passed to click as `shell_complete=`. They must not raise: a shell shows no errors
during completion.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
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
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    from psoas_nudge.cli import cli

    made_for = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
    made = made_for[shell](cli, {}, "psoas-nudge", VARIABLE)
    # not `source()`, which runs bash to warn about version 3; only macOS still has that
    print(made.source_template % made.source_vars())


def matching(incomplete: str, words: Iterable[tuple[str, str | None]]) -> list[CompletionItem]:
    """The words that begin like this, from pairs of a word and its help."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word, help=about) for word, about in words if word.startswith(incomplete)]


def setting_keys(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    from psoas_nudge.config.table import SETTINGS

    return matching(incomplete, ((key, row.help) for key, row in SETTINGS.items()))


def routine_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The routines of the catalogue and of the configuration."""
    from psoas_nudge.config import load
    from psoas_nudge.core.catalogue import CATALOGUE

    try:
        own = load(ctx.find_root().params.get("config_file"), os.environ).rules.routines
    except PsoasNudgeError:
        own = ()
    return matching(incomplete, ((routine.id, routine.title) for routine in (*CATALOGUE, *own)))


def formats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The named formats of `status --format`."""
    from psoas_nudge.cli.status import NAMED

    return matching(incomplete, ((name, None) for name in NAMED))


def topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """The topics of the manual, then the commands."""
    from psoas_nudge.cli.man import PAGES
    from psoas_nudge.commands import COMMANDS

    pages = matching(incomplete, ((name, page.about) for name, page in PAGES.items()))
    return pages + matching(incomplete, ((name, line) for name, (_, line) in COMMANDS.items()))
