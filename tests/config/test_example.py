"""config.example.toml comes from the table of settings, and each of its lines can be got wrong with impunity."""

import re
from pathlib import Path

import pytest

from psoas_nudge import config
from psoas_nudge.config.table import ROWS, SETTINGS, Setting
from psoas_nudge.config.writing import example, in_force, pair
from psoas_nudge.errors import ConfigInvalid
from tests.packs.plans import lying, photo

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
LINES = EXAMPLE.read_text().splitlines()
SET = [row for row in ROWS if not row.dormant]
LISTS = {"exceptions", "stretch.routines"}


def read(text: str) -> config.Settings:
    return config.parse(text, "config.toml", {})


def named(row: Setting) -> int:
    """The index of the line that sets a row."""
    header = LINES.index(f"[{row.section}]")
    return next(i for i in range(header, len(LINES)) if LINES[i].startswith(f"{row.name} = "))


def test_the_example_is_what_the_table_makes() -> None:
    assert EXAMPLE.read_text() == example()


def test_the_example_changes_nothing() -> None:
    example, default = read(EXAMPLE.read_text()), read("")
    for field in ("rules", "stretch", "desktop", "calendar", "hooks"):
        assert getattr(example, field) == getattr(default, field)


def test_every_comment_that_shows_a_setting_is_valid_when_it_is_uncommented() -> None:
    text = re.sub(r"^# (?=(on_)?\w+ = |\[|    \{|\])", "", EXAMPLE.read_text(), flags=re.MULTILINE)
    settings = read(text.replace('rotation = ["standing-hip-flexor", ', 'rotation = ["my-lunge", '))
    assert len(settings.rules.hours.exceptions) == 2
    assert settings.rules.rotation[0] == "my-lunge"
    assert len(settings.hooks) == 10


@pytest.mark.parametrize("index", range(len(LINES)))
def test_any_line_of_the_example_can_be_commented_out(index: int) -> None:
    changed = [*LINES]
    changed[index] = f"#{changed[index]}"
    problems = []
    try:
        read("\n".join(changed))
    except ConfigInvalid as error:
        problems = error.problems
    # Without its header a section's keys belong to the one before, and are told to go back.
    assert not problems or LINES[index].startswith("[")
    assert all("There is no such" in line for line in problems)


@pytest.mark.parametrize("row", SET, ids=lambda row: row.key)
def test_a_mistyped_key_is_found_and_the_right_one_named(row: Setting) -> None:
    index = named(row)
    changed = [*LINES]
    changed[index] = changed[index].replace(row.name, f"{row.name}x", 1)
    with pytest.raises(ConfigInvalid) as caught:
        read("\n".join(changed))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"config.toml:{index + 1}:1: {row.key}x: There is no such setting.")
    assert f'"{row.name}"' in caught.value.problems[0]


@pytest.mark.parametrize("row", SET, ids=lambda row: row.key)
def test_a_doubled_line_is_found(row: Setting) -> None:
    index = named(row)
    with pytest.raises(ConfigInvalid) as caught:
        read("\n".join([*LINES[: index + 1], LINES[index], *LINES[index + 1 :]]))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"config.toml:{index + 2}:")
    assert "It is already set further up" in caught.value.problems[0]


@pytest.mark.parametrize("value", ["1.5", "{ a = 1 }", "-7", '["", 3, {}]', '"\\u0000"', "1979-05-27T07:32:00Z"])
@pytest.mark.parametrize("row", [row for row in ROWS if row.key not in LISTS], ids=lambda row: row.key)
def test_a_value_of_the_wrong_type_is_found_at_its_place(row: Setting, value: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read(f"[{row.section}]\n{row.name} = {value}")
    assert caught.value.problems
    assert all(line.startswith("config.toml:2:") and f" {row.key}" in line for line in caught.value.problems)


@pytest.mark.parametrize("key", sorted(LISTS))
@pytest.mark.parametrize("value", ["1.5", "{ a = 1 }", '["", 3, {}]', '"x"', "[{ id = 3, on = 3, steps = 3 }]"])
def test_a_list_of_tables_of_the_wrong_type_is_found(key: str, value: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read(f"{key} = {value}")
    assert all(line.startswith("config.toml:1:") and f" {key}" in line for line in caught.value.problems)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_setting_has_help_and_can_be_written_and_read_again(row: Setting) -> None:
    assert row.help.endswith((".", "..."))
    raw = row.default if row.default not in (None, []) else row.example or []
    text = pair(row, raw)
    prefix = "" if text.startswith("[[") or "." not in row.key else f"[{row.section}]\n"
    assert read(prefix + text).given[row.key].raw == raw


@pytest.mark.parametrize("row", [row for row in ROWS if row.example is not None], ids=lambda row: row.key)
def test_what_is_in_force_can_be_saved_as_a_file(row: Setting) -> None:
    settings = read(pair(row, row.example) if row.key in LISTS else f"[{row.section}]\n{pair(row, row.example)}")
    again = read(in_force(settings))
    assert (again.rules, again.stretch, again.hooks) == (settings.rules, settings.stretch, settings.hooks)


def test_what_the_readme_and_the_manual_show_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    readme = (EXAMPLE.parent / "README.md").read_text()
    manual = (EXAMPLE.parent / "psoas_nudge" / "manual" / "configuration.md").read_text()
    shown = re.findall(r"^```toml\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    shown += re.findall(r"^```\n(\[.*?)^```", manual, re.DOTALL | re.MULTILINE)
    assert len(shown) == 4
    for text in shown:
        for name in re.findall(r'picture = "([^"]+)"', text):
            Path(name).write_bytes(lying("150 92") if name.endswith(".svg") else photo("#223344"))
        assert read(text).given


def test_no_two_settings_share_a_variable() -> None:
    assert len({row.variable for row in ROWS}) == len(ROWS) == len(SETTINGS)
