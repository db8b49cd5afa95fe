"""`completion`: the script that lets a shell complete commands, options, setting keys and routine ids."""

from __future__ import annotations

import click

from psoas_nudge.errors import PsoasNudgeError

VARIABLE = "_PSOAS_NUDGE_COMPLETE"
"""How click lets itself be asked; the name follows from that of the program."""


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
    # click's own `source` starts bash to warn of version 3, which no system of the last ten years but macOS has
    print(made.source_template % made.source_vars())
