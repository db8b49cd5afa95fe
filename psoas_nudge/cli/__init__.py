"""The command line: one table of commands; a command's module is imported only when it is called.

`psoas-nudge status` has to cost hardly more than starting Python, so nothing heavy is imported here.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from psoas_nudge import __version__
from psoas_nudge.errors import PsoasNudgeError, fault

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module below psoas_nudge.cli, one line for the list of commands)
    "run": ("run", "Watch for long sitting and prompt you, until stopped."),
    "status": ("status", "What is going on now."),
    "accept": ("answers", "Answer the prompt: stretch now."),
    "snooze": ("answers", "Answer the prompt: ask again later."),
    "skip": ("answers", "Answer the prompt: not this time."),
    "pause": ("answers", "No prompts for a while."),
    "resume": ("answers", "End a pause."),
    "stand": ("answers", "Say that you work standing now."),
    "sit": ("answers", "Say that you sit again."),
    "explain": ("status", "Why there is no prompt now, and when the next could come."),
    "stretch": ("stretch", "Play a guided stretch now."),
    "routines": ("routines", "The routines there are; `show ID` prints one."),
    "dose": ("dose", "How long each side was held, today and this week."),
    "feel": ("feel", "Say how it feels, 0 to 10; put stretches off, or take them up again."),
    "undo": ("feel", "Take back the last report of how it feels."),
    "doctor": ("doctor", "What works here, what is missing, and how to get it."),
    "presence": ("presence", "What the sensors see, live; --json for scripts."),
    "demo": ("demo", "Play a workday in about a minute, with real prompts."),
    "reload": ("answers", "Make the daemon read the configuration again."),
    "stop": ("answers", "End the daemon."),
    "preview": ("preview", "The coming days as a picture: when prompts can come."),
    "simulate": ("simulate", "Play a trace, or made-up days, through the rules in no time."),
    "settings": ("settings", "See and change the settings on a page in the browser."),
    "config": ("config", "Write, look at, check and change the configuration."),
    "journal": ("journal", "What happened, for people or with --json for scripts; export and merge."),
    "stats": ("stats", "What days and weeks add up to."),
    "report": ("report", "See it all on one page in the browser, on paper, or for a therapist."),
    "export": ("export", "Write what was recorded for other programs: ActivityWatch, CSV."),
    "autostart": ("autostart", "Start at login, or no longer; see what is set up."),
    "completion": ("completion", "Print the completion script for your shell."),
    "man": ("man", "Print the manual page."),
}
"""The function has the command's name, with `_` for `-` and a trailing `_` where Python needs the word itself."""


class Commands(click.Group):
    """A group that finds its commands in the table and imports a module when its command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, imported now; None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"psoas_nudge.cli.{COMMANDS[cmd_name][0]}")
        attribute = cmd_name.replace("-", "_")
        command = getattr(module, attribute, None) or getattr(module, attribute + "_")
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__}.{attribute} is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The list of commands from the table alone, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands from the table alone, importing none of them, and the group's own options."""
        from click.shell_completion import CompletionItem

        commands = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items()]
        return [c for c in commands if c.value.startswith(incomplete)] + click.Command.shell_complete(
            self, ctx, incomplete
        )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = " or ".join(f"'{name}'" for name in get_close_matches(args[0], COMMANDS, 2, 0.75))
            hint = f" Did you mean {near}?" if near else " See: psoas-nudge --help"
            raise click.UsageError(f"There is no command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="psoas-nudge %(version)s")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The configuration to use, in place of $PSOAS_NUDGE_CONFIG and the usual place.",
)
@click.pass_context
def cli(ctx: click.Context, config_file: Path | None) -> None:
    """Notice when you have really been sitting too long, and teach one short hip-flexor stretch.

    \b
    Try it in a minute:   psoas-nudge demo
    Start it:             psoas-nudge run
    """
    ctx.obj = config_file


def main() -> None:
    """The entry point: errors become one message and their exit status, never a traceback."""
    try:
        status = cli.main(prog_name="psoas-nudge", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        status = 130
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except PsoasNudgeError as error:
        print(f"psoas-nudge: {error}", file=sys.stderr)
        status = error.exit_code
    except BrokenPipeError:
        _say_no_more()
        status = 0
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        print(f"psoas-nudge: {about}{error.strerror or error}.", file=sys.stderr)
        _say_no_more()
        status = 1
    except Exception as error:
        if sys.flags.dev_mode:  # python -X dev -m psoas_nudge
            raise
        print(f"psoas-nudge: unexpected, please report it: {fault(error)}", file=sys.stderr)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _say_no_more() -> None:
    """What is still in the buffer would fail once more when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
