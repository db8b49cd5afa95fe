"""Saving from the page changes only what was changed, and never over another program's change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from psoas_nudge import config
from psoas_nudge.config.table import ROWS, SETTINGS
from psoas_nudge.config.writing import in_force_value
from psoas_nudge.errors import BadInput, ConfigInvalid
from psoas_nudge.settings.file import ChangedElsewhere, DiffLine, SettingsFile, diff, version
from psoas_nudge.settings.rows import DayOff, Value, from_page, rows, to_page

TEXT = """\
# My settings.
[hours]
monday = ["09:00-12:30"]  # the long day

[prompt]
nudge_after = "45m"   # not less

[hooks]
on_missed = ["logger", "a b"]
"""


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)
    return SettingsFile(path, {"XDG_CONFIG_DIRS": str(tmp_path)})


def test_only_the_changed_lines_change_and_comments_stay(file: SettingsFile) -> None:
    file.save_changes({"prompt.nudge_after": "30m", "stretch.floor": True}, version(TEXT))
    assert [(line.sign, line.text) for line in diff(TEXT, file.text()) if line.sign in "+-"] == [
        ("-", 'nudge_after = "45m"   # not less'),
        ("+", 'nudge_after = "30m"   # not less'),
        ("+", ""),
        ("+", "[stretch]"),
        ("+", "floor = true"),
    ]


def test_a_file_that_does_not_exist_is_created_with_the_changes_only(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "new" / "config.toml", {"XDG_CONFIG_DIRS": str(tmp_path)})
    file.save_changes({"prompt.daily_limit": 4}, version(""))
    assert file.text() == "[prompt]\ndaily_limit = 4\n"
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_back_to_the_default_takes_the_line_out(file: SettingsFile) -> None:
    file.save_changes({"prompt.nudge_after": None, "hooks.on_missed": ""}, version(TEXT))
    assert "nudge_after" not in file.text()
    assert "on_missed" not in file.text()
    assert "# the long day" in file.text()


def test_a_file_that_was_changed_elsewhere_is_not_overwritten(file: SettingsFile) -> None:
    file.path.write_text(TEXT + "# another editor\n")
    with pytest.raises(ChangedElsewhere, match="Nothing was saved"):
        file.save_changes({"stretch.floor": True}, version(TEXT))
    with pytest.raises(ChangedElsewhere):
        file.mend("", version(TEXT))
    assert file.text() == TEXT + "# another editor\n"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prompt.nudge_after", "0m"),
        ("prompt.nudge_after", "soon"),
        ("prompt.daily_limit", -1),
        ("prompt.daily_limit", "many"),
        ("stretch.floor", "maybe"),
        ("hours.monday", ["9 to 5"]),
        ("hours.monday", "all day long"),
        ("hours.timezone", "Mars/Olympus"),
        ("stretch.routines", "not toml"),
        ("stretch.rotation", []),
        ("calendar.busy", ["https://example.org/secret.ics"]),
        ("exceptions", ["2026-12-24"]),
    ],
)
def test_a_value_with_a_mistake_is_named_and_nothing_is_saved(file: SettingsFile, key: str, value: Value) -> None:
    _, mistakes = file.changed(TEXT, {key: value, "stretch.floor": True} if key != "stretch.floor" else {key: value})
    assert {each.key for each in mistakes} == {key}
    assert all(each.what for each in mistakes)
    with pytest.raises(ConfigInvalid):
        file.save_changes({key: value}, version(TEXT))
    assert file.text() == TEXT


def test_a_setting_that_does_not_exist_is_refused(file: SettingsFile) -> None:
    with pytest.raises(BadInput, match="There is no setting"):
        file.save_changes({"hooks.on_anything": "rm"}, version(TEXT))


def test_exceptions_are_written_as_dates(file: SettingsFile) -> None:
    eve = DayOff(first=date(2026, 12, 24), last=date(2026, 12, 24), hours=["09:00-12:00"], note="Eve")
    late = DayOff(first=date(2026, 12, 25), last=date(2027, 1, 6))
    file.save_changes({"exceptions": [eve, late]}, version(TEXT))
    assert file.text().endswith(
        '\n[[exceptions]]\non = 2026-12-24\nhours = ["09:00-12:00"]\nnote = "Eve"\n\n'
        "[[exceptions]]\nfrom = 2026-12-25\nto = 2027-01-06\nhours = []\n"
    )
    (row,) = (row for row in file.shown().rows if row.key == "exceptions")
    assert row.value == [eve, late]
    file.save_changes({"exceptions": []}, version(file.text()))
    assert "exceptions" not in file.text()


def test_a_broken_file_is_shown_with_its_mistakes_and_can_be_mended(file: SettingsFile) -> None:
    broken = TEXT.replace('"45m"', "45")
    file.path.write_text(broken)
    shown = file.shown()
    assert shown.text == broken
    assert shown.rows == []
    (mistake,) = shown.mistakes
    assert mistake.startswith("Line 6:15: prompt.nudge_after: ")
    with pytest.raises(ConfigInvalid):
        file.mend(broken.replace("45 ", "[ "), version(broken))
    assert file.text() == broken
    file.mend(TEXT, version(broken))
    assert file.shown().mistakes == []


def test_a_value_of_the_environment_says_where_it_comes_from(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "c.toml", {"XDG_CONFIG_DIRS": str(tmp_path), "PSOAS_NUDGE_PROMPT_DAILY_LIMIT": "3"})
    (row,) = (row for row in file.shown().rows if row.key == "prompt.daily_limit")
    assert (row.value, row.source, row.origin) == (3, "environment", "PSOAS_NUDGE_PROMPT_DAILY_LIMIT")


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_of_the_table_can_be_shown_and_comes_back_the_same(key: str) -> None:
    row = SETTINGS[key]
    assert row.label
    assert len(row.label) <= 60
    for raw in (row.default, row.example):
        if raw is None:
            continue
        shown = to_page(row, raw)
        back = f"{shown}s" if isinstance(shown, float) and not isinstance(shown, bool) else shown
        again = from_page(key, back)
        assert to_page(row, again) == shown if again is not None else not raw


def test_the_page_has_a_row_for_every_setting() -> None:
    settings = config.parse("", "config.toml", {"XDG_CONFIG_DIRS": "/nonexistent"})
    assert [row.key for row in rows(settings)] == [row.key for row in ROWS]
    assert in_force_value(settings, SETTINGS["prompt.daily_limit"]) == 8


def test_a_gap_in_a_diff_is_marked() -> None:
    before = "".join(f"{n}\n" for n in range(20))
    assert DiffLine("…", "") in [*diff(before, before.replace("3\n", "x\n", 1).replace("17\n", "y\n"))]
