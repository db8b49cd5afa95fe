"""An administrator sets defaults for everybody; each person's own file is above them."""

from pathlib import Path

import pytest

from psoas_nudge import config
from psoas_nudge.config.problems import rejected
from psoas_nudge.core.hours import Range
from psoas_nudge.engine.hooks import refuse_writable_by_others
from psoas_nudge.errors import ConfigInvalid

OWN = """\
[[stretch.routines]]
id = "office-stretch"
title = "Office stretch"
steps = [{ text = "Hold.", seconds = "40s", hold = true }]
"""


def defaults(directory: Path, text: str) -> Path:
    file = directory / "psoas-nudge" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return file


def test_the_first_directory_wins_and_the_person_wins_over_all(tmp_path: Path) -> None:
    first = defaults(tmp_path / "first", 'prompt.lull = "1s"\nprompt.patience = "1m"\nprompt.snooze_for = "1m"')
    second = defaults(tmp_path / "second", 'prompt.lull = "2s"\nsitting.away_after = "2m"')
    own = tmp_path / "config.toml"
    own.write_text('prompt.patience = "3m"')
    environ = {
        "XDG_CONFIG_DIRS": f"{tmp_path / 'first'}:{tmp_path / 'nowhere'}:relative:{tmp_path / 'second'}",
        "PSOAS_NUDGE_PROMPT_SNOOZE_FOR": "4m",
    }
    settings = config.load(own, environ)
    rules = settings.rules
    assert (rules.lull, rules.away_after, rules.patience, rules.snooze_for) == (1_000, 120_000, 180_000, 240_000)
    assert settings.files == (own, first, second)
    assert {key: (given.source, given.name) for key, given in settings.given.items()} == {
        "prompt.lull": ("system", str(first)),
        "sitting.away_after": ("system", str(second)),
        "prompt.patience": ("file", str(own)),
        "prompt.snooze_for": ("environment", "PSOAS_NUDGE_PROMPT_SNOOZE_FOR"),
    }


def test_without_a_variable_the_usual_directory_is_read(no_system_defaults: Path) -> None:
    file = defaults(no_system_defaults, "[desktop]\ntray = false")
    settings = config.parse("", "mine", {})
    assert settings.desktop.tray is False
    assert settings.given["desktop.tray"].name == str(file)


def test_a_person_may_use_a_routine_of_the_office_and_replace_its_hours(no_system_defaults: Path) -> None:
    defaults(no_system_defaults, OWN + '[hours]\nmonday = ["08:00-16:00"]\n[calendar]\nbusy = ["office.ics"]')
    settings = config.parse('stretch.rotation = ["office-stretch"]\nhours.monday = []', "mine", {})
    assert settings.rules.rotation == ("office-stretch",)
    assert settings.rules.hours.week[0] == ()
    assert settings.rules.hours.week[1] == (Range(540, 1020),)
    assert settings.calendar.busy == (no_system_defaults / "psoas-nudge" / "office.ics",)


def test_mistakes_in_both_files_are_told_with_their_file(no_system_defaults: Path) -> None:
    file = defaults(no_system_defaults, "[prompt]\nlul = 3")
    with pytest.raises(ConfigInvalid) as caught:
        config.parse("[promt]", "mine", {})
    assert caught.value.problems == [
        f'{file}:2:1: prompt.lul: There is no such setting. Did you mean "lull"?',
        'mine:1:1: promt: There is no such section. Did you mean "prompt"?',
    ]


def test_programs_to_start_are_refused_from_defaults_that_others_can_write(no_system_defaults: Path) -> None:
    file = defaults(no_system_defaults, 'hooks.on_missed = ["logger"]')
    file.chmod(0o666)
    own = no_system_defaults / "mine.toml"
    own.touch()
    assert file in config.load(own, {}).files
    with pytest.raises(ConfigInvalid, match="others can write the file"):
        refuse_writable_by_others(file)


@pytest.mark.parametrize(
    ("problems", "said"),
    [
        (["/home/ann/config.toml:3:8: x"], "Your change to config.toml has a mistake on line 3."),
        (
            ["/home/ann/my.toml:3: x", "/home/ann/my.toml:9:1: y"],
            "Your change to my.toml has 2 mistakes, the first on line 3.",
        ),
        (
            ["environment: PSOAS_NUDGE_PROMPT_LULL: x"],
            "The environment variable PSOAS_NUDGE_PROMPT_LULL has a mistake.",
        ),
        (["/home/ann/config.toml: This file cannot be read."], "The configuration cannot be used."),
    ],
)
def test_a_rejected_change_says_where_it_is_wrong_and_what_holds(problems: list[str], said: str) -> None:
    assert rejected(ConfigInvalid(problems)) == f"{said} The previous settings stay in force."
