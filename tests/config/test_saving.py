"""Single settings are read and changed as text."""

from pathlib import Path

import pytest

from psoas_nudge import config
from psoas_nudge.config import saving
from psoas_nudge.config.table import ROWS, Setting
from psoas_nudge.config.writing import example, in_force_value, value_text
from psoas_nudge.errors import PsoasNudgeError


@pytest.mark.parametrize("row", [row for row in ROWS if row.default is not None], ids=lambda row: row.key)
def test_what_get_prints_set_understands(row: Setting, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.touch()
    before = in_force_value(config.load(file, {}), row)
    saving.change(file, row.key, saving.value(row.key, before if isinstance(before, str) else value_text(before)), {})
    after = config.load(file, {})
    assert after.given[row.key].source == "file"
    assert in_force_value(after, row) == before


@pytest.mark.parametrize("row", [row for row in ROWS if row.example is not None], ids=lambda row: row.key)
def test_an_example_can_be_set_in_a_file_that_has_everything(row: Setting, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(example())
    if row.key in {"stretch.routines", "exceptions"}:
        saving.change(file, row.key, row.example, {})
    else:
        text = row.example if isinstance(row.example, str) else value_text(row.example)
        saving.change(file, row.key, saving.value(row.key, text), {})
    assert in_force_value(config.load(file, {}), row) == row.example


def test_a_fresh_file_is_never_written_over_another(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.symlink_to("nowhere.toml")
    with pytest.raises(PsoasNudgeError, match="already exists"):
        saving.save(file, "new", fresh=True)
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


OWN = '[[stretch.routines]]\nid = "a"\ntitle = "t"\nsteps = [{ text = "x", seconds = "5s", hold = true }]\n'
LAYOUTS = {
    "empty": "",
    "a comment": "# only\n",
    "no last line end": '[prompt]\nlull = "3s"',
    "dotted": 'prompt.lull = "3s"\nhours.monday = []\n',
    "inline": 'prompt = { lull = "3s" }\nhours={monday=[],tuesday=["09:00-10:00"]}\n',
    "exceptions last": '[prompt]\nlull="3s"\n[[exceptions]]\non=2026-01-01\n',
    "routines in between": f'[stretch]\nguide="none"\n\n{OWN}\n[hooks]\non_taken=["a"]\n',
    "routines alone": OWN,
    "routines first": f'{OWN}[prompt]\nlull="3s"\n[stretch]\nguide="none"\n',
    "dos": '[prompt]\r\nlull = "3s"\r\n\r\n[hours]\r\nmonday = [\r\n  "09:00-10:00", # a\r\n]\r\n',
    "lists on many lines": '[hours]\nmonday = [\n  # morning\n  "09:00-10:00",\n  "11:00-12:00", # late\n]\ntuesday = []\n',
    "a byte order mark": '\ufeff[prompt]\nlull = "3s"\n',
    "quoted": '["prompt"]\n"lull" = "3s"\n',
    "spaces": '  [ prompt ]  # c\n  lull="3s"   # d\n\n\n# tail\n',
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=list(LAYOUTS))
def test_in_any_layout_one_setting_is_changed_and_no_other_and_no_comment_is_lost(text: str) -> None:
    before = config.parse(text, "config.toml", {})
    for row in ROWS:
        raw = (
            ["glute-squeeze"] if row.key == "stretch.rotation" else row.default if row.example is None else row.example
        )
        changed = saving.with_value(text, row.key, raw)
        after = config.parse(changed, "config.toml", {})
        assert in_force_value(after, row) == raw, row.key
        for other in ROWS:
            if other.key not in {row.key, "stretch.rotation"}:
                assert in_force_value(after, other) == in_force_value(before, other), (row.key, other.key)
        if row.key != "hours.monday":
            assert all(line[line.index("#") :] in changed for line in text.splitlines() if "#" in line), row.key
