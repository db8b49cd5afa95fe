"""A person edits config.toml: what they meant is understood, and what is wrong is said with its place and a remedy."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psoas_nudge import config
from psoas_nudge.core.catalogue import ROTATION
from psoas_nudge.core.hours import DayException, Range, WorkingHours
from psoas_nudge.core.model import QUIETING, Rules, Signal
from psoas_nudge.errors import ConfigInvalid


def read(text: str, **environ: str) -> config.Settings:
    return config.parse(text, "config.toml", {"TZ": "Europe/Berlin", **environ})


def wrong(text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        read(text, **environ)
    assert caught.value.exit_code == 2
    assert all("\n" not in line for line in caught.value.problems)
    return caught.value.problems


def test_an_empty_file_means_the_defaults_of_the_rule_book() -> None:
    settings = read("")
    assert settings.rules == Rules(hours=WorkingHours(zone="Europe/Berlin"))
    assert settings.follows_system_zone
    assert settings.given == {}


def test_a_week_with_several_ranges_a_night_shift_and_days_off() -> None:
    hours = read(
        """
        [hours]
        timezone = "America/St_Johns"
        monday = ["09:00-12:30", "13:30-18:00"]
        friday = ["22:00-06:00"]
        saturday = ["00:00-24:00"]
        tuesday = []
        wednesday = ["9:00 \u2013 17:30"]
        """
    ).rules.hours
    assert hours.zone == "America/St_Johns"
    assert hours.week[0] == (Range(540, 750), Range(810, 1080))
    assert hours.week[1] == ()
    assert hours.week[2] == (Range(540, 1050),)
    assert hours.week[4] == (Range(1320, 1800),)
    assert hours.week[5] == (Range(0, 1440),)


def test_exceptions_are_days_or_spans() -> None:
    exceptions = read(
        """
        [[exceptions]]
        on = 2026-12-24
        hours = ["09:00-12:00"]
        note = "Christmas Eve"
        [[exceptions]]
        from = 2026-12-25
        to = 2027-01-06
        """
    ).rules.hours.exceptions
    assert exceptions == (
        DayException(date(2026, 12, 24), date(2026, 12, 24), (Range(540, 720),), "Christmas Eve"),
        DayException(date(2026, 12, 25), date(2027, 1, 6)),
    )


def test_every_section_reaches_its_place() -> None:
    settings = read(
        """
        quiet.call = false
        [sitting]
        away_after = "7m"
        [prompt]
        daily_limit = 3
        insist = true
        [stretch]
        guide = "terminal"
        weekly_dose = "12m"
        rotation = ["glute-squeeze"]
        [desktop]
        notifier = "plyer"
        sound = true
        [hooks]
        on_missed = ["logger", "missed"]
        [calendar]
        holidays = "DE-BY"
        busy = ["/data/work.ics"]
        """
    )
    assert settings.rules.away_after == 420_000
    assert settings.rules.daily_limit == 3
    assert settings.rules.quiet == QUIETING - {Signal.CALL}
    assert settings.rules.rotation == ("glute-squeeze",)
    assert settings.stretch.guide == "terminal"
    assert settings.stretch.weekly_dose == 720
    assert (settings.desktop.notifier, settings.desktop.sound, settings.desktop.tray) == ("plyer", True, True)
    assert settings.desktop.insist is True
    assert read("").desktop.insist is False
    assert settings.hooks == {"missed": ("logger", "missed")}
    assert (settings.calendar.holidays, settings.calendar.busy) == ("DE-BY", (Path("/data/work.ics"),))


OWN = """\
[[stretch.routines]]
id = "my-lunge"
title = "My lunge"
steps = [{ text = "Kneel.", seconds = "10s" }, { text = "Hold.", seconds = "40s", hold = true }]
"""


def test_a_routine_of_ones_own_takes_turns_without_being_named() -> None:
    settings = read(OWN)
    assert settings.rules.rotation == (*ROTATION, "my-lunge")
    assert settings.rules.routines[0].steps[1].seconds == 40


def test_a_rotation_that_is_written_down_is_all_there_is() -> None:
    assert read('stretch.rotation = ["my-lunge"]\n' + OWN).rules.rotation == ("my-lunge",)


def test_two_routines_of_one_name_are_refused() -> None:
    assert wrong(OWN + OWN) == [
        'config.toml:6:6: stretch.routines[2].id: There are two routines "my-lunge". Rename one.'
    ]
    broken = '[[stretch.routines]]\ntitle = "x"\n'
    assert wrong(broken + OWN + OWN)[-1] == (
        'config.toml:8:6: stretch.routines[3].id: There are two routines "my-lunge". Rename one.'
    )


def test_a_relative_calendar_file_lies_beside_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('calendar.busy = ["work.ics"]')
    assert config.load(file, {}).calendar.busy == (tmp_path / "work.ics",)


def test_the_environment_has_the_last_word_and_says_so() -> None:
    settings = read(
        'prompt.lull = "3s"\nhours.monday = []',
        PSOAS_NUDGE_PROMPT_LULL="4s",
        PSOAS_NUDGE_HOURS_MONDAY="08:00-12:00, 13:00-17:00",
        PSOAS_NUDGE_DESKTOP_TRAY="off",
        PSOAS_NUDGE_PROMPT_DAILY_LIMIT="2",
        PSOAS_NUDGE_HOOKS_ON_TAKEN="logger 'well done'",
        PSOAS_NUDGE_STRETCH_ROTATION='["glute-squeeze"]',
        PSOAS_NUDGE_EXCEPTIONS="[{ on = 2026-05-01 }]",
    )
    assert settings.rules.lull == 4_000
    assert settings.rules.hours.week[0] == (Range(480, 720), Range(780, 1020))
    assert settings.desktop.tray is False
    assert settings.rules.daily_limit == 2
    assert settings.hooks == {"taken": ("logger", "well done")}
    assert settings.rules.rotation == ("glute-squeeze",)
    assert settings.rules.hours.exceptions == (DayException(date(2026, 5, 1), date(2026, 5, 1)),)
    assert settings.given["prompt.lull"].source == "environment"
    assert "prompt.patience" not in settings.given


def test_a_wrong_variable_is_named_and_a_mistyped_one_is_not_overlooked() -> None:
    problems = wrong("", PSOAS_NUDGE_PROMPT_LULL="soon", PSOAS_NUDGE_PROMPT_LUL="8s", PSOAS_NUDGE_UNRELATED="x")
    assert problems == [
        'environment: PSOAS_NUDGE_PROMPT_LUL: There is no such setting. Did you mean "PSOAS_NUDGE_PROMPT_LULL"?',
        'environment: PSOAS_NUDGE_PROMPT_LULL: "soon" is not a length of time. Write it like "45s", "30m" or "1h 15m".',
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    assert wrong(
        """\
[prompt]
nudge_after = 30
nudge_aftr = "30m"
lull = 8s
away_after = "2m"
daily_limit = 8.5
[hours]
timezone = "Europe/Berln"
monday = ["09:00-12:00", "9-12"]
tuesday = ["09:00-09:00"]
[desktop]
tray = yes
notifier = "freedesktp"
[[exceptions]]
on = "24.12.2026"
[[exceptions]]
from = 2026-12-24
[[exceptions]]
from = 2026-12-24
to = 2026-12-01
[calender]
"""
    ) == [
        'config.toml:2:15: prompt.nudge_after: 30 is not a length of time. Did you mean "30m" or "30s"?',
        'config.toml:3:1: prompt.nudge_aftr: There is no such setting. Did you mean "nudge_after"?',
        'config.toml:4:9: "lull = 8s" cannot be read. Write lull = "8s"',
        "config.toml:5:1: prompt.away_after: There is no such setting. "
        "Did you mean sitting.away_after? It belongs under [sitting].",
        "config.toml:6:15: prompt.daily_limit: 8.5 is not a whole number from 0 to 1000. "
        "Write a number such as 2, without quotes.",
        'config.toml:8:12: hours.timezone: "Europe/Berln" is not a known time zone. Did you mean "Europe/Berlin"?',
        'config.toml:9:26: hours.monday[2]: "9-12" is not a range of hours. Did you mean "09:00-12:00"?',
        'config.toml:10:12: hours.tuesday[1]: "09:00-09:00" is empty: it ends when it starts. For the whole day write "00:00-24:00".',
        'config.toml:12:8: "tray = yes" cannot be read. Write tray = true',
        'config.toml:13:12: desktop.notifier: "freedesktp" is not one of "auto", "freedesktop", "balloon", "plyer", "terminal". '
        'Did you mean "freedesktop"?',
        'config.toml:15:6: exceptions[1].on: "24.12.2026" is not a date. Did you mean 2026-12-24?',
        "config.toml:16:1: exceptions[2]: Set either on = 2026-12-24, or both from = 2026-12-24 and to = 2027-01-06.",
        "config.toml:20:6: exceptions[3].to: The last day, 2026-12-01, is before the first, 2026-12-24. "
        "Swap the two dates.",
        'config.toml:21:1: calender: There is no such section. Did you mean "calendar"?',
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("prompt = 5", "config.toml:1:1: prompt: This is a section, not 5. Write [prompt] on a line of its own"),
        ("[[prompt]]", "config.toml:1:1: prompt: This is a section, not a list."),
        ("[exceptions]\non = 2026-12-24", "config.toml:1:1: exceptions: Write two brackets on each side"),
        ('[hours]\nmonday = ["09:00-12:00"', "cannot be read. A list is not closed: a ] or a comma is missing."),
        ('[hours]\nmonday = ["09:00-12:00]', "cannot be read. A quotation mark is missing."),
        (
            "[hours\nmonday = []",
            'config.toml:1:7: "[hours" cannot be read. Write a header in brackets, such as [prompt].',
        ),
        ("prompt", 'config.toml:1:1: "prompt" cannot be read. Write key = value.'),
        (
            "[hours]\n[hours]",
            'config.toml:2:7: "[hours]" cannot be read. It is already set further up. Keep one of the two.',
        ),
        ("x = " + "[" * 100_000, "config.toml: The brackets are nested too deeply."),
        ("x = " + "1" * 5_000, "cannot be read. It is not TOML"),
        ("prompt.daily_limit = 0x" + "f" * 9_000, "prompt.daily_limit: a number far too large is not a whole number"),
        ("a\0 = 1", 'config.toml:1:2: "a\\u0000 = 1" cannot be read. Write key = value.'),
        ('"\\u001b[31m" = 1', 'config.toml:1:1: "\\u001b[31m": There is no such section.'),
        ('calendar.holidays = "x"', '"x" is not a country code. Write for example "DE" or "DE-BY".'),
        ('calendar.busy = ["~no-such-person/a.ics"]', "calendar.busy[1]"),
        ('calendar.busy = ["https://example.com/a.ics"]', "psoas-nudge does not go online"),
        ('calendar.busy = ["webcal://example.com/a.ics"]', "psoas-nudge does not go online"),
        ("hooks.on_missed = []", "config.toml:1:19: hooks.on_missed: This list is empty."),
        ("hooks.on_missed = 'logger x'", 'Did you mean ["logger", "x"]?'),
        ("hooks.on_missed = 5", 'Write a list in brackets: ["notify-send", "Time to stand"].'),
        ('stretch.rotation = ["glute-sqeeze"]', 'There is no routine "glute-sqeeze". Did you mean "glute-squeeze"?'),
        (
            OWN.replace('id = "my-lunge"\n', 'titel = "x"\n'),
            'config.toml:2:1: stretch.routines[1].titel: There is no such key. Did you mean "title"?',
        ),
        (OWN.replace('id = "my-lunge"\n', ""), 'stretch.routines[1]: The key "id" is missing'),
        (OWN.replace('"40s"', '"2h"'), "config.toml:4:9: stretch.routines[1].steps: Between 1 s and 1 h, not 7200 s."),
        (OWN.replace('"10s"', "10"), "config.toml:4:39: stretch.routines[1].steps[1].seconds: 10 is not"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_remedy(text: str, problem: str) -> None:
    assert any(problem in line for line in wrong(text)), wrong(text)


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbf[prompt]\r\nlull = "3s"\r\n')
    assert config.load(file, {}).rules.lull == 3_000


def unreadable_bytes(file: Path) -> None:
    file.write_bytes(b'[prompt]\nlull = "8s" # na\xefve\n')


def too_large(file: Path) -> None:
    file.write_bytes(b"#" * 1_000_001)


def broken_link(file: Path) -> None:
    file.symlink_to("nowhere")


def looping_link(file: Path) -> None:
    file.symlink_to(file)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Path.mkdir, "This is a directory. The configuration has to be a text file."),
        (os.mkfifo, "This is not a regular file. The configuration has to be a text file."),
        (unreadable_bytes, ":2: This is not UTF-8 text. Save the file with UTF-8 encoding."),
        (too_large, "This file is larger than 1000 kB. Is it the right one?"),
        (broken_link, "This link points to a file that does not exist."),
        (looping_link, "This file cannot be read:"),
        (lambda _file: None, "There is no such file. To create one with all settings: psoas-nudge config init"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_message(
    make: Callable[[Path], None], message: str, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    make(file)
    with pytest.raises(ConfigInvalid) as caught:
        config.load(file, {})
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(str(file))
    assert message in caught.value.problems[0]


def test_without_a_file_in_the_usual_place_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("PSOAS_NUDGE_CONFIG", raising=False)
    assert config.load(None, {}).file is None
    usual = tmp_path / "psoas-nudge" / "config.toml"
    usual.parent.mkdir()
    usual.write_text('prompt.lull = "3s"')
    assert config.load(None, {}).rules.lull == 3_000
    assert config.load(None, {}).file == usual


def test_a_file_named_by_the_environment_has_to_exist(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    with pytest.raises(ConfigInvalid, match="There is no such file"):
        config.load(None, {"PSOAS_NUDGE_CONFIG": str(file)})
    file.touch()
    assert config.load(None, {"PSOAS_NUDGE_CONFIG": str(file)}).file == file


WORDS = st.sampled_from(
    [
        *[
            "[hours]",
            "[[exceptions]]",
            "[prompt]",
            "[stretch]",
            "lull",
            "monday",
            "on",
            "from",
            "to",
            "hours",
            "=",
            "=",
            "[",
            "]",
            '"8s"',
            '"09:00-12:00"',
            "2026-12-24",
            "true",
            "8",
            ",",
            ".",
            "{",
            "}",
            '"',
            "'''",
            "#",
            "rotation",
            "exceptions",
            "routines",
            "[[stretch.routines]]",
            "id",
            "steps",
            "text",
            "nan",
            "-1",
            "\\",
            "é",
            "\u201c",
            "9-5",
            "weekdays",
            "24.12.2026",
            "[calendar]",
            "busy",
            "holidays",
            "://",
            "99999999999999999999",
        ],
        *"\n\n \r",
    ]
)


@settings(max_examples=400)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=25).map("".join)))
def test_no_text_ever_yields_anything_but_settings_or_its_mistakes(text: str) -> None:
    problems = ["config.toml: none"]
    try:
        config.parse(text, "config.toml", {})
    except ConfigInvalid as error:
        problems = error.problems
    assert problems
    assert all(line.startswith("config.toml:") for line in problems)
