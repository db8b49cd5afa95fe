"""Fifteen mistakes that people make: what is printed for each, and that what it suggests is accepted."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge import config
from psoas_nudge.cli import cli
from psoas_nudge.config.kinds import toml
from psoas_nudge.config.table import ROWS, Setting
from psoas_nudge.errors import ConfigInvalid

HOURS, PROMPT, CALENDAR = "[hours]\n", "[prompt]\n", "[calendar]\n"
EACH = ", ".join(f'{day} = ["09:00-17:00"]' for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
ACCEPTED = "config.toml: no mistakes found"

# Section, line, what `psoas-nudge config check` prints, what the line becomes when the suggestion is followed.
MISTAKES = [
    (HOURS, 'monday = ["9-5"]', '2:11: hours.monday[1]: "9-5" is not a range of hours. Did you mean "09:00-17:00"?'),
    (
        HOURS,
        'monday = ["9am-5pm"]',
        '2:11: hours.monday[1]: "9am-5pm" is not a range of hours. Did you mean "09:00-17:00"?',
    ),
    (HOURS, 'monday = ["9:00 - 17:00"]', ACCEPTED),
    (PROMPT, "nudge_after = 45", '2:15: prompt.nudge_after: 45 is not a length of time. Did you mean "45m" or "45s"?'),
    (PROMPT, 'nudge_after = "45 minutes"', ACCEPTED),
    (PROMPT, 'nudge_after = "45min"', ACCEPTED),
    (
        PROMPT,
        "nudge_after = \u201c45m\u201d",
        '2:15: "nudge_after = \u201c45m\u201d" cannot be read. Write nudge_after = "45m"',
    ),
    ("[[exceptions]]\n", "on = 24.12.2026", '2:11: "on = 24.12.2026" cannot be read. Write on = 2026-12-24'),
    (HOURS, 'weekdays = ["09:00-17:00"]', f"2:1: hours.weekdays: There is no such setting. Set each day: {EACH}"),
    (HOURS, "monday = false", "2:10: hours.monday: false is not a list. Did you mean []?"),
    (CALENDAR, 'holidays = "Germany"', '2:12: calendar.holidays: "Germany" is not a country code. Did you mean "DE"?'),
    (CALENDAR, 'holidays = "de-by"', ACCEPTED),
    (
        CALENDAR,
        'busy = ["https://calendar.example.org/private-0123456789/basic.ics"]',
        '2:9: calendar.busy[1]: This is a web address (at "calendar.example.org"), and psoas-nudge does not go online. '
        'Download the calendar to a file and write its name, for example "~/work.ics".',
    ),
    (
        HOURS,
        'monday = ["17:00-09:00"]',
        '2:11: warning: hours.monday[1]: 17:00-09:00 runs overnight, for 16h. Did you mean "09:00-17:00"?',
    ),
    (
        PROMPT,
        'nudge_after = "0m"',
        '2:15: prompt.nudge_after: "0m" is too short. Write for example "45m". '
        "To get no prompts at all, set prompt.daily_limit to 0.",
    ),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def check(folder: Path, text: str) -> Result:
    (folder / "config.toml").write_text(text)
    return CliRunner().invoke(cli, ["config", "check", "config.toml"], prog_name="psoas-nudge")


@pytest.mark.parametrize(("section", "line", "printed"), MISTAKES, ids=[line for _, line, _ in MISTAKES])
def test_fifteen_mistakes_are_understood_or_get_the_right_suggestion(
    section: str, line: str, printed: str, folder: Path
) -> None:
    done = check(folder, f"{section}{line}\n")
    if printed == ACCEPTED:
        assert (done.exit_code, done.output) == (0, f"{ACCEPTED}\n")
    elif "warning" in printed:
        assert (done.exit_code, done.output) == (0, f"config.toml:{printed}\nconfig.toml: 1 warning\n")
    else:
        assert (done.exit_code, done.output) == (2, f"config.toml:{printed}\n")


def followed(text: str, problem: str) -> list[str]:
    """The text after each of the suggestions in a message was followed."""
    number = int(re.match(r"config\.toml:(\d+):", problem)[1]) - 1  # type: ignore[index]
    lines = text.split("\n")
    key, _, value = lines[number].partition(" = ")
    if found := re.search(r"(?:Write|Set each day:) (\S+ = .+)$", problem):
        right = [re.sub(r", (?=\w+ = )", "\n", found[1])]
    elif found := re.search(r"Did you mean (.+)\?$", problem):
        part = value.startswith("[") and "a list is not" not in problem
        wrong = re.search(r'"[^"]*"', value)[0] if part else value  # type: ignore[index]
        right = [f"{key} = {value.replace(wrong, each)}" for each in found[1].split(" or ")]
    else:
        examples = re.findall(r'for example ("[^"]+")', problem)
        wrong = re.search(r'"[^"]*"', value)[0]  # type: ignore[index]
        right = [f"{key} = {value.replace(wrong, each)}" for each in examples]
    return ["\n".join([*lines[:number], each, *lines[number + 1 :]]) for each in right]


MORE = [
    (HOURS, 'monday = ["8.30 to 17"]', '"08:30-17:00"'),
    (HOURS, 'monday = ["0900-1700"]', '"09:00-17:00"'),
    (HOURS, 'monday = ["1-5pm"]', '"13:00-17:00"'),
    (HOURS, 'monday = ["10pm-6am"]', '"22:00-06:00"'),
    (HOURS, 'monday = ["12am-12pm"]', '"00:00-12:00"'),
    (HOURS, 'monday = ["9h-17h"]', '"09:00-17:00"'),
    (HOURS, 'monday = ["9-12"]', '"09:00-12:00"'),
    (HOURS, 'monday = ["22-6"]', '"22:00-06:00"'),
    (HOURS, 'monday = "9-12, 13-17"', '["09:00-12:00", "13:00-17:00"]'),
    (HOURS, 'monday = "09:00-17:00"', '["09:00-17:00"]'),
    (HOURS, 'monday = "closed"', "[]"),
    (HOURS, "monday = 9-5  # office", 'Write monday = ["09:00-17:00"]'),
    (HOURS, "monday = [\u201c9-5\u201d]", 'Write monday = ["09:00-17:00"]'),
    (HOURS, "weekdays = 9-5", f"Write {EACH}"),
    (HOURS, 'weekend = "10-14"', 'saturday = ["10:00-14:00"], sunday = ["10:00-14:00"]'),
    (HOURS, 'mon-fri = ["09:00-17:00"]', EACH),
    (HOURS, "tue = []", "Write tuesday = []"),
    (HOURS, 'Monday = ["09:00-17:00"]', 'Write monday = ["09:00-17:00"]'),
    (HOURS, 'monday = ["09:00-12:00, 13-17"]', '"09:00-12:00", "13:00-17:00"'),
    (HOURS, 'monday = ["09:00-12:00 and 13:00-17:00"]', '"09:00-12:00", "13:00-17:00"'),
    (HOURS, "monday: 9-5", 'Write monday = ["09:00-17:00"]'),
    (HOURS, 'timezone = "berlin"', '"Europe/Berlin"'),
    (HOURS, 'timezone = "New York"', '"America/New_York"'),
    (HOURS, 'timezone = "Europe/Berlni"', '"Europe/Berlin"'),
    (HOURS, 'timezone = "UTC+1"', '"Etc/GMT-1"'),
    (HOURS, 'timezone = "GMT -05:00"', '"Etc/GMT+5"'),
    (HOURS, 'timezone = ["Europe/Berlin"]', '"Europe/Berlin"'),
    (HOURS, 'timezone = "europe/berlin"', '"Europe/Berlin"'),
    (HOURS, "timezone = Europe/Berlin", 'Write timezone = "Europe/Berlin"'),
    (PROMPT, "nudge_after = 45 minutes", 'Write nudge_after = "45 minutes"'),
    (PROMPT, "nudge_after = 1h 15m", 'Write nudge_after = "1h 15m"'),
    (PROMPT, "nudge_after = 00:45:00", '"45m"'),
    (PROMPT, 'nudge_after = "1,5h"', '"1h 30m"'),
    (PROMPT, 'daily_limit = "8"', "8"),
    (PROMPT, "daily_limit = 8.0", "8"),
    (PROMPT, "insist = yes", "Write insist = true"),
    (PROMPT, 'nudge_after: "45m"', 'Write nudge_after = "45m"'),
    (PROMPT, "nudge_after: 45 min", 'Write nudge_after = "45 min"'),
    (PROMPT, 'nudge_after = ["45m"]', '"45m"'),
    (PROMPT, "daily_limit = [8]", "8"),
    (PROMPT, 'insist = "on"', "true"),
    (PROMPT, 'snooze_for = "0s"', '"5m"'),
    ("[stretch]\n", 'guide = "Page"', '"page"'),
    ("[stretch]\n", 'guide = "browser"', '"page"'),
    ("[stretch]\n", "guide = false", '"none"'),
    ("[stretch]\n", "guide = off", 'Write guide = "none"'),
    ("[desktop]\n", 'notifier = "dbus"', '"freedesktop"'),
    ("[desktop]\n", 'notifier = "libnotify"', '"freedesktop"'),
    ("[stretch]\n", 'rotation = ["Standing hip flexor"]', '"standing-hip-flexor"'),
    ("[stretch]\n", 'rotation = ["glute_squeeze"]', '"glute-squeeze"'),
    ("[[exceptions]]\n", 'on = "24.12.2026"', "2026-12-24"),
    ("[[exceptions]]\n", 'on = "12/24/2026"', "2026-12-24"),
    ("[[exceptions]]\n", 'on = "03/04/2026"', "2026-03-04 or 2026-04-03"),
    ("[[exceptions]]\n", 'on = "24 December 2026"', "2026-12-24"),
    ("[[exceptions]]\n", 'on = "Dec 24, 2026"', "2026-12-24"),
    ("[[exceptions]]\n", "on = 2026-12-24T00:00:00", "2026-12-24"),
    (CALENDAR, 'holidays = "Deutschland"', '"DE"'),
    (CALENDAR, 'holidays = "Bavaria"', '"DE-BY"'),
    (CALENDAR, 'holidays = ["DE"]', '"DE"'),
    (CALENDAR, 'busy = ["C:\\work.ics"]', 'Write busy = ["C:/work.ics"]'),
    (CALENDAR, 'holidays = "de_by"', '"DE-BY"'),
    (CALENDAR, "holidays = germany", 'Write holidays = "DE"'),
    (CALENDAR, 'busy = "~/work.ics"', '["~/work.ics"]'),
    (CALENDAR, 'busy = ["file:///home/ann/my%20work.ics"]', '"/home/ann/my work.ics"'),
    ("[hooks]\n", 'on_missed = "logger missed"', '["logger", "missed"]'),
]


@pytest.mark.parametrize(("section", "line", "suggested"), MORE, ids=[line for _, line, _ in MORE])
def test_more_mistakes_get_the_right_suggestion(section: str, line: str, suggested: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        config.parse(section + line, "config.toml", {})
    assert len(caught.value.problems) == 1
    assert suggested in caught.value.problems[0]


@pytest.mark.parametrize(("section", "line"), [(section, line) for section, line, _ in (*MISTAKES, *MORE)])
def test_what_is_suggested_is_itself_accepted(section: str, line: str, folder: Path) -> None:
    text = section + line
    printed = check(folder, text).output.splitlines()[0]
    if printed == ACCEPTED:
        return
    suggestions = followed(text, printed)
    assert suggestions
    assert len(suggestions) == len(set(suggestions)), printed
    assert line.strip() in printed or "cannot be read" not in printed, "the line is shown as it is in the file"
    for each in suggestions:
        assert each != text
        done = check(folder, each)
        assert done.exit_code == 0, done.output
        assert "Did you mean" not in done.output


RAW = st.one_of(
    st.text(),
    st.text(alphabet="0123456789:-. /apmhntdeuroy\u2013"),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.lists(st.text()),
)


# Names of zones are slow to compare, and whether a routine exists is checked later than its id.
@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.key not in {"hours.timezone", "stretch.rotation"}], ids=lambda row: row.key
)
@given(raw=RAW)
def test_a_suggestion_for_any_value_can_be_copied_into_the_file(row: Setting, raw: object) -> None:
    for each in row.kind.likely(raw):
        text = f"{row.key} = {toml(each)}"
        assert config.parse(text, "config.toml", {}).given[row.key].raw == each, text


def test_the_address_of_a_calendar_is_not_repeated_because_it_is_a_secret() -> None:
    for line in (
        '["https://ann:pass@example.org/secret.ics"]',
        '"webcal://example.org/secret.ics"',
        "https://example.org/secret.ics",
    ):
        with pytest.raises(ConfigInvalid) as caught:
            config.parse(f"[calendar]\nbusy = {line}", "config.toml", {})
        assert "web address" in str(caught.value), line
        assert "pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('hours.timezone = "Europe/Munich"', '"Europe/Munich" is not a known time zone. Write for example'),
        ("exceptions = [{ on = 2026-02-30 }]", "There is no such day or time."),
        ('stretch.rotation = ["Jumping jacks"]', "is not a routine's id. Write for example"),
    ],
)
def test_what_cannot_be_guessed_gets_no_wrong_guess(line: str, told: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        config.parse(line, "config.toml", {})
    assert told in str(caught.value)
    assert "Did you mean" not in str(caught.value)


def test_without_a_table_of_countries_the_commonest_names_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psoas_nudge.config.guess.COUNTRY_TABLES", (Path("/no/such/table"),))
    with pytest.raises(ConfigInvalid, match='Did you mean "DE"'):
        config.parse('calendar.holidays = "Germany"', "config.toml", {})


def test_the_system_s_table_of_countries_knows_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "iso3166.tab"
    table.write_text("# a comment\nNZ\tNew Zealand\n")
    monkeypatch.setattr("psoas_nudge.config.guess.COUNTRY_TABLES", (table,))
    for name in ("New Zealand", "new zeeland"):
        with pytest.raises(ConfigInvalid, match='Did you mean "NZ"'):
            config.parse(f'calendar.holidays = "{name}"', "config.toml", {})


def test_a_line_that_could_not_be_read_is_not_reported_as_missing_too() -> None:
    with pytest.raises(ConfigInvalid) as caught:
        config.parse('[[exceptions]]\non = 24.12.2026\n\n[[exceptions]]\nnote = "x"', "config.toml", {})
    assert [line[:17] for line in caught.value.problems] == ["config.toml:2:11:", "config.toml:4:1: "]


@pytest.mark.parametrize(
    "text",
    [
        'exceptions = [{ on = "99999999999999999999-1-1" }]',
        f'exceptions = [{{ on = "{"1" * 9000}-1-1" }}]',
        f"prompt.lull = 0x{'f' * 9000}",
        f"stretch.routines = [{{ title = 0x{'f' * 9000} }}]",
        f'hours.monday = "{"9-5," * 9000}"',
        f'calendar.holidays = "{"Germany" * 9000}"',
        f"prompt.lull = {'9' * 9000} minutes",
        'calendar.busy = ["file://["]',
    ],
    ids=range(8),
)
def test_what_nobody_types_by_hand_gets_no_guess(text: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        config.parse(text, "config.toml", {})
    assert "Did you mean" not in str(caught.value)
    assert len(str(caught.value)) < 600
