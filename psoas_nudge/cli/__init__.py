"""The command line. Commands come from the table in commands.py, and each module is imported only when it is called.

`psoas-nudge status` has a budget of 1.5 times `import asyncio`, so nothing heavy is imported here.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from psoas_nudge import __version__
from psoas_nudge.called import as_called, called
from psoas_nudge.commands import COMMANDS, MEANT
from psoas_nudge.core.events import PLAIN
from psoas_nudge.errors import BadInput, PsoasNudgeError, Unavailable, fault, in_words

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Commands(click.Group):
    """A click group that imports the module of a command lazily."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"psoas_nudge.cli.{COMMANDS[cmd_name][0]}")
        if kind := PLAIN.get(cmd_name):
            command = module.plain(kind)
        else:
            command = getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_")
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__} has no command {cmd_name}")
        _name_as_called(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands from the table, without importing their modules."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete commands from the table, without importing their modules, and the options of the group."""
        from psoas_nudge.cli.completion import matching

        commands = matching(incomplete, ((name, line) for name, (_, line) in COMMANDS.items()))
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest a command for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            word, words = args[0].lower(), [*COMMANDS, *MEANT]
            near = [word] if word in words else get_close_matches(word, words, 2, 0.75)
            near = near or [name for name in COMMANDS if len(word) > 1 and name.startswith(word)][:2]
            near.sort(key=lambda name: sorted(name) != sorted(word))  # letters that changed places
            names = dict.fromkeys(MEANT.get(name, name) for name in near)
            hint = f"Did you mean: {' or '.join(f'psoas-nudge {name}' for name in names)}" if names else ""
            raise BadInput(as_called(f"There is no command '{args[0]}'. {hint or 'See all: psoas-nudge --help'}"))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """A reader that ends early, such as `head`, is no failure. Click by itself would exit with status 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _discard_output()
            return 0


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="psoas-nudge %(version)s")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The configuration file to use, instead of $PSOAS_NUDGE_CONFIG or the usual place.",
)
@click.pass_context
def cli(ctx: click.Context, config_file: Path | None) -> None:
    """Reminds you to get up when you have been sitting too long, and guides you through one short hip-flexor stretch.

    \b
    Try it in a minute:   psoas-nudge demo
    Start it:             psoas-nudge start
    Read more:            psoas-nudge help
    """
    if sys.platform == "darwin":
        raise Unavailable("macOS is not supported.")
    ctx.obj = config_file


def _name_as_called(command: click.Command) -> None:
    """Replace the program's name in the help of the command and its subcommands (see called.py)."""
    command.help = as_called(command.help or "") or None
    command.epilog = as_called(command.epilog or "") or None
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _name_as_called(below)


def main() -> None:
    """The entry point. Errors become a message on standard error and an exit status."""
    try:
        cli.help = as_called(cli.help or "")
        status = cli.main(prog_name=called(), complete_var="_PSOAS_NUDGE_COMPLETE", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        status = 130
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except PsoasNudgeError as error:
        print(as_called(in_words(error)), file=sys.stderr)
        status = error.exit_code
    except BrokenPipeError:
        _discard_output()
        status = 0
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        print(f"psoas-nudge: {about}{error.strerror or error}.", file=sys.stderr)
        _discard_output()
        status = 1
    except Exception as error:
        if sys.flags.dev_mode:  # python -X dev -m psoas_nudge
            raise
        print(f"psoas-nudge: unexpected error, please report it: {fault(error)}", file=sys.stderr)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _discard_output() -> None:
    """Redirect standard output to the null device, so that flushing the buffer at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
