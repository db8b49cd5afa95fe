"""Tab in a real shell: commands, options, setting keys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from psoas_nudge.cli import COMMANDS, cli
from psoas_nudge.cli.completion import routine_ids

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A place in which `psoas-nudge` is a command."""
    program = tmp_path / "bin" / "psoas-nudge"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m psoas_nudge "$@"\n')
    program.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
    }


def shell(environ: dict[str, str], *argv: str) -> list[str]:
    if not shutil.which(argv[0]):
        pytest.skip(f"{argv[0]} is missing; enable with: apt-get install -y --no-install-recommends {argv[0]}")
    done = subprocess.run(argv, env=environ, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.splitlines()


def bash(environ: dict[str, str], *words: str) -> list[str]:
    line = " ".join(f"'{word}'" for word in words)
    script = (
        'eval "$(psoas-nudge completion bash)"\n'
        f"COMP_WORDS=({line}) COMP_CWORD={len(words) - 1}\n"
        "_psoas_nudge_completion psoas-nudge\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    return shell(environ, "bash", "--norc", "-c", script)


def test_bash_completes_commands(environ: dict[str, str]) -> None:
    assert bash(environ, "psoas-nudge", "auto") == ["autostart"]
    assert bash(environ, "psoas-nudge", "autostart", "") == ["disable", "enable", "menu", "status"]


def test_bash_completes_setting_keys(environ: dict[str, str]) -> None:
    assert bash(environ, "psoas-nudge", "config", "set", "prompt.nudge") == ["prompt.nudge_after"]


def test_bash_completes_routines(environ: dict[str, str]) -> None:
    assert bash(environ, "psoas-nudge", "stretch", "const") == ["constructive-rest"]
    assert bash(environ, "psoas-nudge", "routines", "show", "const") == ["constructive-rest"]


def test_bash_completes_formats(environ: dict[str, str]) -> None:
    assert bash(environ, "psoas-nudge", "status", "--format", "") == ["plain", "json", "waybar"]


def test_fish_completes_with_descriptions(environ: dict[str, str]) -> None:
    lines = shell(environ, "fish", "-c", "psoas-nudge completion fish | source; complete -C 'psoas-nudge autos'")
    assert lines == [
        "autostart\tTurn starting at login on or off."
    ]  # click's script for fish ends a description at its first comma


def test_zsh_takes_the_script(environ: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "_psoas-nudge"
    script.write_text("\n".join(shell(environ, "sh", "-c", "psoas-nudge completion zsh")))
    assert script.read_text().startswith("#compdef psoas-nudge")
    assert shell(environ, "zsh", "-f", "-n", str(script)) == []
    asking = {
        **environ,
        "COMP_WORDS": "psoas-nudge config get hours.t",
        "COMP_CWORD": "3",
        "_PSOAS_NUDGE_COMPLETE": "zsh_complete",
    }
    assert shell(asking, "sh", "-c", "psoas-nudge")[:2] == ["plain", "hours.timezone"]


def test_the_first_word_needs_no_command_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psoas_nudge.cli.import_module", lambda name: pytest.fail(f"{name} was imported"))
    found = ShellComplete(cli, {}, "psoas-nudge", "_X").get_completions([], "")
    assert [item.value for item in found] == list(COMMANDS)


def test_routine_ids_complete_with_their_titles_even_beside_a_broken_configuration(tmp_path: Path) -> None:
    broken = tmp_path / "config.toml"
    broken.write_text("not toml")
    ctx = click.Context(cli)
    ctx.params["config_file"] = broken
    found = routine_ids(ctx, click.Argument(["routine"]), "const")
    assert [item.value for item in found] == ["constructive-rest"]


def test_routines_of_ones_own_complete_too(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[[stretch.routines]]\nid = "my-lunge"\ntitle = "My lunge"\npurpose = "x"\n'
        'steps = [{ text = "Lunge", seconds = "30s", hold = true }]\n'
    )
    ctx = click.Context(cli)
    ctx.params["config_file"] = config
    assert [item.value for item in routine_ids(ctx, click.Argument(["routine"]), "my")] == ["my-lunge"]
