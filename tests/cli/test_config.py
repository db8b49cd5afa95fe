"""A person writes, checks and changes their configuration from the command line, through the real entry point."""

import difflib
import json
import os
import pty
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from psoas_nudge import config
from psoas_nudge.config.writing import example, schema

PROJECT = Path(__file__).parents[2]
Ran = subprocess.CompletedProcess[str]
Nudge = Callable[..., Ran]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "psoas-nudge" / "config.toml"


@pytest.fixture
def nudge(tmp_path: Path, file: Path) -> Nudge:
    """Runs `psoas-nudge`, with `file` as the usual place of its configuration."""

    def run(*words: str | Path, stdin: int = subprocess.DEVNULL, **environ: str) -> Ran:
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith("PSOAS_NUDGE_") and k not in ("VISUAL", "EDITOR")
        }
        return subprocess.run(
            [sys.executable, "-m", "psoas_nudge", *map(str, words)],
            env=clean
            | {
                "XDG_CONFIG_HOME": str(tmp_path),
                "XDG_CONFIG_DIRS": str(tmp_path / "xdg"),
                "PYTHONPATH": str(PROJECT),
                "TZ": "Europe/Berlin",
            }
            | environ,
            cwd=tmp_path,
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def said(ran: Ran, status: int = 0) -> str:
    """What was printed, after a look at the exit status; errors and output do not come together."""
    assert ran.returncode == status, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stdout if status == 0 else ran.stderr


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def test_init_writes_the_example_for_its_owner_alone_and_never_over_a_file(nudge: Nudge, file: Path) -> None:
    assert said(nudge("config", "init")) == f"Created: {file}\n"
    assert file.read_text() == example()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads((file.parent / "config.schema.json").read_text()) == schema()
    file.write_text("# mine\n")
    assert "already exists. Nothing was written." in said(nudge("config", "init"), 1)
    assert file.read_text() == "# mine\n"
    assert sorted(p.name for p in file.parent.iterdir()) == ["config.schema.json", "config.toml"]


def test_the_place_is_named_by_option_before_environment_before_platform(nudge: Nudge, file: Path) -> None:
    assert said(nudge("config", "path")) == f"{file}\n"
    assert said(nudge("config", "path", PSOAS_NUDGE_CONFIG="/b.toml")) == "/b.toml\n"
    assert said(nudge("--config", "/a.toml", "config", "path", PSOAS_NUDGE_CONFIG="/b.toml")) == "/a.toml\n"


def test_show_tells_where_each_value_comes_from(nudge: Nudge, file: Path) -> None:
    assert said(nudge("config", "show")).startswith(f"# {file} does not exist.\n[hours]\n")
    write(file, '[prompt]\nlull = "3s"\n')
    shown = said(nudge("config", "show", PSOAS_NUDGE_PROMPT_PATIENCE="1m")).splitlines()
    assert shown[0] == f"# {file}"
    assert 'lull = "3s"  # file' in shown
    assert 'patience = "1m"  # environment' in shown
    assert 'nudge_after = "45m"  # default' in shown


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The file in which an administrator sets defaults for everybody; `nudge` looks for it there."""
    file = tmp_path / "xdg" / "psoas-nudge" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[prompt]\nlull = "5s"\npatience = "2m"\n[hours]\nmonday = ["17:00-09:00"]\n')
    return file


def test_an_office_sets_defaults_and_the_person_has_the_last_word(nudge: Nudge, file: Path, office: Path) -> None:
    assert said(nudge("config", "show")).splitlines()[:2] == [f"# {office}", f"# {file} does not exist."]
    write(file, '[prompt]\nlull = "3s"\n')
    shown = said(nudge("config", "show")).splitlines()
    assert shown[:2] == [f"# {file}", f"# {office}"]
    assert 'lull = "3s"  # file' in shown
    assert f'patience = "2m"  # system: {office}' in shown
    assert said(nudge("config", "get", "prompt.patience")) == "2m\n"
    assert said(nudge("config", "check")).splitlines()[0] == (
        f'{office}:5:11: warning: hours.monday[1]: 17:00-09:00 runs overnight, for 16h. Did you mean "09:00-17:00"?'
    )
    said(nudge("config", "set", "prompt.patience", "1m"))
    assert "5s" in office.read_text()
    assert said(nudge("config", "get", "prompt.patience")) == "1m\n"


def test_a_mistake_in_the_files_of_the_office_names_that_file(nudge: Nudge, office: Path) -> None:
    office.write_text('[prompt]\nlull = "soon"\n')
    assert said(nudge("config", "check"), 2) == (
        f'{office}:2:8: prompt.lull: "soon" is not a length of time. Write it like "45s", "30m" or "1h 15m".\n'
    )
    ran = nudge("config", "get", "prompt.patience")
    assert said(ran) == "5m\n"
    assert ran.stderr.startswith(f"The system's {office} has a mistake on line 2.")


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ('[desktop]\nsound = "x"\n', "a mistake on line 4"),
        ("[desktop]\nsound = perhaps\n", "a mistake on line 4"),
        ('[hours]\nmonday = ["09:00-12:00"\n', "a mistake on line"),
        ("[desktop\n", "a mistake on line 3"),
        ("[prompt]\n", "a mistake on line 3"),
        ("[desk]\n[hurs]\n", "2 mistakes, the first on line 3"),
    ],
)
def test_get_works_while_other_lines_are_broken(broken: str, where: str, nudge: Nudge, file: Path) -> None:
    write(file, f'[prompt]\nlull = "3s"\n{broken}[sitting]\naway_after = "7m"\n')
    for key, value in (("prompt.lull", "3s"), ("sitting.away_after", "7m"), ("prompt.patience", "5m")):
        ran = nudge("config", "get", key)
        assert said(ran) == f"{value}\n"
        assert f"Your change to config.toml has {where}" in ran.stderr


def test_get_reads_a_file_with_a_byte_order_mark_while_other_lines_are_broken(nudge: Nudge, file: Path) -> None:
    write(file, '\ufeff[prompt]\nlull = "3s"\n[desktop]\nsound = "x"\n')
    assert said(nudge("config", "get", "prompt.lull")) == "3s\n"


def test_get_of_the_broken_setting_itself_says_what_is_wrong(nudge: Nudge, file: Path) -> None:
    write(file, "[prompt]\nlull = 3\n")
    assert 'prompt.lull: 3 is not a length of time. Did you mean "3m" or "3s"?' in said(
        nudge("config", "get", "prompt.lull"), 2
    )


def test_set_warns_of_what_can_hardly_be_meant(nudge: Nudge, file: Path) -> None:
    ran = nudge("config", "set", "hours.monday", "17:00-09:00")
    assert said(ran) == ""
    assert ran.stderr == (
        f'{file}:2:11: warning: hours.monday[1]: 17:00-09:00 runs overnight, for 16h. Did you mean "09:00-17:00"?\n'
    )


def test_set_mends_the_one_mistake_of_a_file_and_keeps_the_rest(nudge: Nudge, file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[prompt]  # mine\nnudge_after = 30  # wrong\nlull = "9s"\n')
    ran = nudge("config", "set", "prompt.nudge_after", "30m")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert file.read_text() == '[prompt]  # mine\nnudge_after = "30m"  # wrong\nlull = "9s"\n'


@pytest.mark.parametrize("text", ["[prompt]\nlull = 9\n", "[prompt\n", "prompt = 5\n", "[prompt]\nlull = 9s\n"])
def test_set_changes_nothing_while_another_mistake_is_left_and_names_its_line(
    nudge: Nudge, file: Path, text: str
) -> None:
    file.parent.mkdir()
    file.write_text(text)
    ran = nudge("config", "set", "prompt.nudge_after", "30m")
    assert ran.returncode == 2
    assert ran.stderr.startswith(f"psoas-nudge: {file}:{text.count(chr(10))}:")
    assert file.read_text() == text


def test_check_lists_every_mistake_and_ends_with_2(nudge: Nudge, file: Path) -> None:
    write(file, '[prompt]\nlull = 3\n\n[promt]\n[hours]\nmonday = ["8-9"]\n')
    errors = said(nudge("config", "check"), 2).splitlines()
    assert [line.split(": ")[0] for line in errors] == [f"{file}:2:8", f"{file}:4:1", f"{file}:6:11"]
    assert errors[1].endswith('promt: There is no such section. Did you mean "prompt"?')


def test_check_of_a_file_that_is_not_there(nudge: Nudge, file: Path) -> None:
    assert said(nudge("config", "check")) == (
        f"{file} does not exist, so the defaults apply.\n{file}: no mistakes found\n"
    )
    assert "There is no such file" in said(nudge("config", "check", "other.toml"), 2)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            '[hours]\nmonday = ["09:00-13:00", "12:00-17:00"]',
            "2:10: warning: hours.monday: 09:00-13:00 and 12:00-17:00 overlap and are merged.",
        ),
        (
            'hours.friday = ["22:00-06:00"]\nhours.saturday = ["05:00-12:00"]',
            "1:16: warning: hours.friday: 22:00-06:00 runs into Saturday's 05:00-12:00; the two are merged.",
        ),
        (
            '[prompt]\nnudge_after = "9h"',
            "2:15: warning: prompt.nudge_after: 9h is longer than every range of hours (the longest is 8h), "
            "so prompts will hardly ever appear.",
        ),
        (
            'prompt.settle_in = "8h"',
            "1:20: warning: prompt.settle_in: settle_in and wind_down together (8h 10m) leave no time",
        ),
        ("prompt.daily_limit = 0", "1:22: warning: prompt.daily_limit: 0 means that no prompt ever appears."),
        (
            "[[exceptions]]\non = 2001-01-01",
            "1:1: warning: exceptions[1]: This ended on 2001-01-01. You can delete it.",
        ),
        (
            "[[exceptions]]\non = 2999-01-02\n[[exceptions]]\nfrom = 2999-01-01\nto = 2999-01-09",
            "1:1: warning: exceptions[1]: A later exception covers the same days, so this one has no effect.",
        ),
        (
            'prompt.lull = "10m"',
            "1:15: warning: prompt.lull: 10m is longer than patience, so prompts never wait for such a pause.",
        ),
        (
            'calendar.busy = ["work.ics", "/no/such.ics"]',
            "1:30: warning: calendar.busy[2]: /no/such.ics: This cannot be read: No such file or directory.",
        ),
        (
            'calendar.holidays = "DE-XX"',
            '1:21: warning: calendar.holidays: "DE-XX" is not known. Write "DE", or one of',
        ),
        (
            'quiet.busy = false\ncalendar.busy = ["work.ics"]',
            "2:17: warning: calendar.busy: These files have no effect because quiet.busy is false.",
        ),
        ('hooks.on_taken = ["no-such-program"]', 'hooks.on_taken[1]: There is no program "no-such-program".'),
        ('stretch.rotation = ["constructive-rest"]', "needs the floor. To include it, set stretch.floor to true."),
        (
            'stretch.floor = true\nstretch.rotation = ["ball-release"]',
            'Prompts suggest "ball-release" only after you have read its warnings. '
            "To read them: psoas-nudge stretch ball-release",
        ),
        (
            'stretch.rotation = ["glute-squeeze", "glute-squeeze"]',
            '"glute-squeeze" is listed twice. Once is enough.',
        ),
    ],
)
def test_check_warns_of_what_can_hardly_be_meant(text: str, warning: str, nudge: Nudge, file: Path) -> None:
    file.parent.mkdir()
    (file.parent / "work.ics").write_text("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
    lines = said(nudge("config", "check", write(file, text), XDG_CACHE_HOME=str(file.parent))).splitlines()
    assert lines[-1] == f"{file}: 1 warning"
    assert len(lines) == 2
    assert warning in lines[0]
    assert lines[0].startswith(f"{file}:")


def test_check_warns_when_no_day_is_open_and_when_the_environment_decides(nudge: Nudge, file: Path) -> None:
    write(file, "[hours]\n" + "".join(f"{d} = []\n" for d in ("monday", "tuesday", "wednesday", "thursday", "friday")))
    warnings = said(nudge("config", "check", PSOAS_NUDGE_PROMPT_LULL="5s"))
    assert f"{file}:1:1: warning: hours: No day has working hours" in warnings
    assert "\nwarning: prompt.lull: The environment variable PSOAS_NUDGE_PROMPT_LULL overrides this." in warnings


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("prompt.nudge_after", "50m", 'nudge_after = "50m"'),
        ("hours.monday", "08:00-12:00, 13:00-17:00", 'monday = ["08:00-12:00", "13:00-17:00"]'),
        ("hours.sunday", '["22:00-06:00"]', 'sunday = ["22:00-06:00"]'),
        ("hours.friday", "[]", "friday = []"),
        ("hours.timezone", "Asia/Tokyo", 'timezone = "Asia/Tokyo"  # for example "Europe/Berlin"'),
        ("prompt.daily_limit", "3", "daily_limit = 3"),
        ("quiet.call", "off", "call = false"),
        ("desktop.notifier", "terminal", 'notifier = "terminal"'),
        ("calendar.busy", "~/a.ics", 'busy = ["~/a.ics"]  # for example ["~/work.ics"]'),
    ],
)
def test_set_changes_exactly_one_line_of_a_file_full_of_comments(
    key: str, value: str, line: str, nudge: Nudge, file: Path
) -> None:
    before = write(file, example()).read_text().splitlines()
    said(nudge("config", "set", key, value))
    after = file.read_text().splitlines()
    changes = [d for d in difflib.ndiff(before, after) if d[0] in "+-"]
    assert len(changes) == 2
    assert changes[1] == f"+ {line}"


def test_set_keeps_odd_layout_line_ends_and_the_mode(nudge: Nudge, file: Path) -> None:
    write(file, "").write_bytes(b"# top\r\n[prompt]   # about\r\n  lull   =   '9s'\t# why\r\n\r\n[hours] # h\r\n")
    file.chmod(0o640)
    said(nudge("config", "set", "prompt.lull", "4s"))
    assert file.read_bytes() == b'# top\r\n[prompt]   # about\r\n  lull   =   "4s"\t# why\r\n\r\n[hours] # h\r\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    said(nudge("config", "set", "prompt.patience", "1m"))
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n") == 6
    assert config.load(file, {}).rules.patience == 60_000


def test_set_makes_file_and_section_when_they_are_missing(nudge: Nudge, file: Path) -> None:
    said(nudge("config", "set", "prompt.lull", "4s"))
    said(nudge("config", "set", "desktop.sound", "yes"))
    assert file.read_text() == '[prompt]\nlull = "4s"\n\n[desktop]\nsound = true\n'


def test_set_writes_through_a_link(nudge: Nudge, file: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    file.parent.mkdir()
    file.symlink_to(real)
    said(nudge("config", "set", "prompt.lull", "4s"))
    assert file.is_symlink()
    assert real.read_text() == '[prompt]\nlull = "4s"\n'


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("prompt.lull", "soon", 'prompt.lull: "soon" is not a length of time.'),
        ("prompt.daily_limit", "-1", "-1 is not a whole number from 0 to 1000."),
        ("hours.monday", "9-5", 'hours.monday: "9-5" is not a range of hours.'),
        ("hours.timezone", "Berlin", 'Did you mean "Europe/Berlin"?'),
        ("lull", "4s", 'There is no setting "lull". Did you mean "prompt.lull"?'),
        ("prompt.lul", "4s", 'Did you mean "prompt.lull"?'),
        ("stretch.rotation", "no-such-stretch", 'There is no routine "no-such-stretch".'),
    ],
)
def test_set_refuses_what_check_would_and_leaves_the_file_alone(
    key: str, value: str, error: str, nudge: Nudge, file: Path
) -> None:
    write(file, "# mine\n")
    assert error in said(nudge("config", "set", key, value), 2)
    assert file.read_text() == "# mine\n"


def test_set_does_not_touch_a_broken_file(nudge: Nudge, file: Path) -> None:
    write(file, "[prompt\n")
    assert f"{file}:1:8: " in said(nudge("config", "set", "prompt.lull", "4s"), 2)
    assert file.read_text() == "[prompt\n"


def test_set_says_when_the_environment_has_the_last_word(nudge: Nudge) -> None:
    ran = nudge("config", "set", "prompt.lull", "4s", PSOAS_NUDGE_PROMPT_LULL="9s")
    assert "The environment variable PSOAS_NUDGE_PROMPT_LULL overrides this." in ran.stderr


def test_get_of_an_unset_hook_prints_nothing_and_of_an_unknown_key_helps(nudge: Nudge) -> None:
    assert said(nudge("config", "get", "hooks.on_taken")) == ""
    assert 'Did you mean "prompt.lull"?' in said(nudge("config", "get", "lull"), 2)


def test_a_directory_that_cannot_be_written_is_one_message(nudge: Nudge, tmp_path: Path) -> None:
    (tmp_path / "psoas-nudge").write_text("a file where a directory has to be")
    assert "cannot be written: " in said(nudge("config", "init"), 1)


def editor(tmp_path: Path, *texts: str) -> str:
    """An editor that writes the next text each time it is started; the file's old text goes to `seen`."""
    script = tmp_path / "an editor.sh"
    for number, text in enumerate(texts):
        (tmp_path / f"text{number}").write_text(text)
    script.write_text(
        f'#!/bin/sh\ncd "{tmp_path}"\nn=$(cat turns 2>/dev/null || echo 0)\ncat "$2" > seen\ncat text$n > "$2"\n'
        "echo $((n + 1)) > turns\n"
    )
    script.chmod(0o755)
    return f"'{script}' --wait"


def test_edit_swaps_a_right_edit_in(nudge: Nudge, file: Path, tmp_path: Path) -> None:
    write(file, '# mine\nprompt.lull = "3s"\n')
    ran = nudge("config", "edit", EDITOR="false", VISUAL=editor(tmp_path, 'prompt.lull = "4s"\n'))
    assert said(ran) == f"Saved: {file}\n"
    assert (tmp_path / "seen").read_text() == '# mine\nprompt.lull = "3s"\n'
    assert file.read_text() == 'prompt.lull = "4s"\n'
    assert [p.name for p in file.parent.iterdir()] == ["config.toml"]


def test_edit_without_a_file_begins_with_the_example(nudge: Nudge, file: Path, tmp_path: Path) -> None:
    said(nudge("config", "edit", EDITOR=editor(tmp_path, "# all default\n")))
    assert (tmp_path / "seen").read_text() == example()
    assert file.read_text() == "# all default\n"


def test_a_broken_edit_is_never_lost_and_the_next_edit_goes_on_with_it(
    nudge: Nudge, file: Path, tmp_path: Path
) -> None:
    write(file, "# mine\n")
    ran = nudge("config", "edit", EDITOR=editor(tmp_path, "prompt.lull = 4\n", 'prompt.lull = "4s"\n'))
    copy = file.with_name("config.edited.toml")
    assert f"{file}:1:15: prompt.lull: 4 is not a length of time." in said(ran, 2)
    assert f"Your edit is kept in {copy}" in ran.stderr
    assert file.read_text() == "# mine\n"
    again = nudge("config", "edit", EDITOR=f"'{tmp_path}/an editor.sh' --wait")
    assert "Opening your last edit" in said(again)
    assert (tmp_path / "seen").read_text() == "prompt.lull = 4\n"
    assert file.read_text() == 'prompt.lull = "4s"\n'
    assert not copy.exists()


def test_a_broken_edit_is_offered_again_at_a_terminal(nudge: Nudge, file: Path, tmp_path: Path) -> None:
    write(file, "# mine\n")
    here, there = pty.openpty()
    os.write(here, b"y\n")
    ran = nudge("config", "edit", stdin=there, EDITOR=editor(tmp_path, "prompt.lull = 4\n", 'prompt.lull = "4s"\n'))
    os.close(there)
    os.close(here)
    assert said(ran) == f"Saved: {file}\n"
    assert "Edit again?" in ran.stderr


def test_an_edit_that_changes_nothing_and_an_editor_that_fails(nudge: Nudge, file: Path) -> None:
    write(file, "# mine\n")
    assert said(nudge("config", "edit", EDITOR="true")) == "You changed nothing.\n"
    assert "The editor false ended with status 1" in said(nudge("config", "edit", EDITOR="false"), 1)
    assert "no-such-editor cannot be started" in said(nudge("config", "edit", EDITOR="no-such-editor"), 1)
    assert "is not a valid command" in said(nudge("config", "edit", EDITOR="'"), 2)
    assert file.read_text() == "# mine\n"


def test_an_edit_does_not_undo_what_another_program_wrote_meanwhile(nudge: Nudge, file: Path, tmp_path: Path) -> None:
    write(file, "# mine\n")
    script = tmp_path / "editor.sh"
    script.write_text(f'#!/bin/sh\necho "# theirs" > "{file}"\necho "# edited" > "$1"\n')
    script.chmod(0o755)
    assert "Another program has changed" in said(nudge("config", "edit", EDITOR=str(script)), 1)
    assert file.read_text() == "# theirs\n"
    assert file.with_name("config.edited.toml").read_text() == "# edited\n"


def test_every_subcommand_shows_an_example(nudge: Nudge) -> None:
    for command in ("init", "path", "show", "check", "get", "set", "edit", "schema"):
        assert "Example: " in said(nudge("config", command, "--help"))


def taplo(*words: str | Path) -> Ran:
    program = shutil.which("taplo", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    assert program, "taplo is one of the development dependencies"
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)


def test_an_independent_validator_accepts_the_example_with_the_schema(nudge: Nudge, tmp_path: Path) -> None:
    said(nudge("config", "init"))
    made = tmp_path / "psoas-nudge"
    assert (made / "config.schema.json").read_text() == said(nudge("config", "schema"))
    assert taplo("lint", made / "config.toml").returncode == 0
    repository = tmp_path / "config.example.toml"
    shutil.copy(PROJECT / "config.example.toml", repository)
    shutil.copy(made / "config.schema.json", tmp_path)
    assert taplo("lint", repository).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        '[prompt]\nlull = "soon"',
        "[prompt]\nlul = 3",
        "[promt]",
        '[hours]\nmonday = ["9-5"]',
        "[desktop]\ntray = 1",
        '[desktop]\nnotifier = "x"',
        "[prompt]\ndaily_limit = 1001",
        '[[exceptions]]\nday = 2026-12-24\nnote = ""',
        '[[stretch.routines]]\nid = "a"',
        "[hooks]\non_taken = []",
    ],
)
def test_the_schema_and_the_program_refuse_the_same(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.schema.json").write_text(json.dumps(schema()))
    file = tmp_path / "config.toml"
    file.write_text(f"#:schema ./config.schema.json\n{text}\n")
    assert taplo("lint", file).returncode == 1
    with pytest.raises(config.read.ConfigInvalid):
        config.load(file, {})
