"""The `completion` command."""

from __future__ import annotations

import click

from psoas_nudge.errors import PsoasNudgeError

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
