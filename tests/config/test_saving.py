"""Single settings are read and changed as text."""

from pathlib import Path

import pytest

from psoas_nudge import config
from psoas_nudge.config import saving
from psoas_nudge.config.table import ROWS, Setting
from psoas_nudge.config.writing import in_force_value, value_text
from psoas_nudge.errors import PsoasNudgeError


@pytest.mark.parametrize("row", [row for row in ROWS if row.default is not None], ids=lambda row: row.key)
def test_what_get_prints_set_understands(row: Setting, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.touch()
    before = in_force_value(config.load(file, {}), row)
    saving.change(file, row.key, saving.value(row.key, before if isinstance(before, str) else value_text(before)), {})
    after = config.load(file, {})
    assert after.source(row.key) == "file"
    assert in_force_value(after, row) == before


@pytest.mark.parametrize("row", [row for row in ROWS if row.example is not None], ids=lambda row: row.key)
def test_an_example_can_be_set_in_a_file_that_has_everything(row: Setting, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(config.example())
    if row.key in {"stretch.routines", "exceptions"}:
        saving.change(file, row.key, row.example, {})
    else:
        text = row.example if isinstance(row.example, str) else value_text(row.example)
        saving.change(file, row.key, saving.value(row.key, text), {})
    assert in_force_value(config.load(file, {}), row) == row.example


def test_a_fresh_file_is_never_written_over_another(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.symlink_to("nowhere.toml")
    with pytest.raises(PsoasNudgeError, match="was left as it is"):
        saving.save(file, "new", fresh=True)
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
