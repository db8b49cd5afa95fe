"""Whatever is in a configuration, it is settings or a list of mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge import config
from psoas_nudge.config import Settings
from psoas_nudge.config.table import SECTIONS, SETTINGS
from psoas_nudge.errors import ConfigInvalid
from tests.fuzz import effort

VALUES = st.sampled_from(
    [
        *("true", "1", "-1", "1e999", "nan", "0x" + "f" * 50, '""', '"30m"', '"999999999h"', '"\\u0000"', "[]", "[[]]", "{}"),
        *('["09:00-17:00"]', '["00:00-24:00", "23:00-01:00"]', '["25:00-26:00"]', "{a = 1}", "2026-02-30", "2026-12-24", "0001-01-01"),
        *("9999-12-31", "07:30:00", "2026-12-24T10:00:00Z", '"Europe/Berlin"', '"../../etc/passwd"', '"DE-BY"', '["~/a", "https://x"]'),
        *('["~nobody-here/x"]', '["a\\u0000b"]', "'''", '"' + "x" * 3000 + '"', "[" * 2000, '[{id = "x", steps = [{}]}]', "[{on = 2026-12-24}]"),
    ]
)  # fmt: skip
KEYS = st.one_of(st.sampled_from([*SETTINGS, *SECTIONS, "exceptions"]), st.text(max_size=8))
LINES = st.one_of(
    st.builds("{} = {}".format, KEYS, VALUES),
    st.builds("[{}]".format, KEYS),
    st.builds("[[{}]]".format, KEYS),
    st.text(max_size=20),
)
VARIABLES = st.sampled_from([row.variable for row in SETTINGS.values()])


def mistakes(read: Callable[[], Settings]) -> list[str]:
    """What is wrong; at least one thing when there are no settings."""
    try:
        read()
    except ConfigInvalid as error:
        return error.problems or ["refused without a reason"]
    return []


TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=30)


@pytest.mark.fuzz
@effort(400)
@given(st.lists(LINES, max_size=8).map("\n".join), st.dictionaries(VARIABLES, st.one_of(VALUES, TEXTS), max_size=2))
def test_any_text_and_any_environment_are_settings_or_mistakes(text: str, environ: dict[str, str]) -> None:
    problems = mistakes(lambda: config.parse(text, "config.toml", environ))
    assert all(problem.startswith(("config.toml", "environment: ")) for problem in problems)


@pytest.mark.fuzz
@effort(200)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(LINES, max_size=4).map(lambda ls: "\n".join(ls).encode("utf-8", "surrogatepass")),
    )
)
def test_any_file_is_settings_or_mistakes(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(data)
    assert all(problem.startswith(str(file)) for problem in mistakes(lambda: config.load(file, {})))
