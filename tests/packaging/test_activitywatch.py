"""ActivityWatch's own code takes what `export activitywatch` writes: its schemas, its events, its store.

aw-core wants platformdirs 3.10 and this project 4 or newer, so it has an environment of its own; hence heavy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from psoas_nudge.core.entries import (
    BoutEntry,
    FeelEntry,
    HeldBackEntry,
    HoursEntry,
    PostureEntry,
    PromptEntry,
    StretchEntry,
)
from psoas_nudge.core.state import State
from psoas_nudge.journal import Journal

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
AW_CORE = "aw-core==0.5.18"
THEN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

TAKES = """
import json, sys, jsonschema, iso8601
from aw_core.models import Event
from aw_core.schema import get_json_schema
from aw_datastore import Datastore
from aw_datastore.storages import MemoryStorage

buckets = json.load(open(sys.argv[1]))["buckets"]
bucket_schema = get_json_schema("bucket")
bucket_schema["definitions"] = {"Event": get_json_schema("event")}  # what it refers to and does not hold
checker = jsonschema.Draft4Validator(bucket_schema, format_checker=jsonschema.FormatChecker())
store = Datastore(MemoryStorage, testing=True)
for name, bucket in buckets.items():
    checker.validate(bucket)
    # what aw-server does with each bucket of an import
    store.create_bucket(name, type=bucket["type"], client=bucket["client"], hostname=bucket["hostname"],
                        created=iso8601.parse_date(bucket["created"]))
    store[name].insert([Event(**event) for event in bucket["events"]])
print(json.dumps({
    name: [[e.timestamp.isoformat(), e.duration.total_seconds(), e.data] for e in store[name].get(-1)]
    for name in store.buckets()
}))
"""


@pytest.fixture(scope="module")
def activitywatch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has aw-core."""
    folder = tmp_path_factory.mktemp("aw") / "venv"
    for argv in ([sys.executable, "-m", "venv", folder], [folder / "bin" / "pip", "install", "-q", AW_CORE]):
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
    return folder / "bin" / "python"


def test_activitywatch_imports_what_was_exported(activitywatch: Path, tmp_path: Path) -> None:
    with Journal.open(tmp_path / "psoas-nudge" / "journal.db") as journal:
        journal.commit(
            [
                HoursEntry(at=THEN - timedelta(hours=1), open=True),
                HeldBackEntry(at=THEN, since=THEN - timedelta(minutes=5), until=THEN, reasons=("call", "busy")),
                PromptEntry(at=THEN, number=1, shown_at=THEN - timedelta(seconds=40), closed_at=THEN, outcome="accepted",
                            routine="standing-hip-flexor", notifier="freedesktop"),
                PromptEntry(at=THEN, number=2, shown_at=None, closed_at=THEN, outcome="withdrawn", routine="r",
                            notifier=None),
                BoutEntry(at=THEN, started=THEN - timedelta(minutes=50), ended=THEN, sitting_seconds=2940.0,
                          ended_by="accepted"),
                BoutEntry(at=THEN + timedelta(hours=1), started=THEN + timedelta(minutes=5),
                          ended=THEN + timedelta(hours=1), sitting_seconds=3300.0, ended_by="idle"),
                StretchEntry(at=THEN + timedelta(minutes=3), routine="standing-hip-flexor", performed=True,
                             left_seconds=60.0, right_seconds=45.5),
                FeelEntry(at=THEN + timedelta(minutes=4), level=0, note="“fine” </script>"),
                PostureEntry(at=THEN + timedelta(hours=2), posture="standing", by="person"),
                PostureEntry(at=THEN + timedelta(hours=3), posture="sitting", by="time"),
                HoursEntry(at=THEN + timedelta(hours=7), open=False),
            ],
            State(),
            UTC,
        )  # fmt: skip
    environ = os.environ | {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "psoas_nudge", "export", "activitywatch", str(tmp_path / "aw.json")]
    subprocess.run(command, check=True, env=environ, capture_output=True)

    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run([activitywatch, "-c", TAKES, str(tmp_path / "aw.json")], check=False, capture_output=True,
                          text=True, env=home)  # fmt: skip
    assert done.returncode == 0, done.stderr
    taken = {
        name.split("_")[0].removeprefix("psoas-nudge-"): events for name, events in json.loads(done.stdout).items()
    }
    assert {name: len(events) for name, events in taken.items()} == {
        "sitting": 2, "standing": 1, "prompts": 1, "held-back": 1, "stretches": 1, "feeling": 1, "hours": 1,
    }  # fmt: skip
    assert taken["sitting"][-1] == [
        "2026-11-23T08:40:00+00:00", 3000.0,
        {"title": "Sitting", "sitting_seconds": 2940.0, "ended_by": "accepted"},
    ]  # fmt: skip
    assert taken["feeling"] == [
        ["2026-11-23T09:34:00+00:00", 0.0, {"title": "Feels: 0", "level": 0, "note": "“fine” </script>"}]
    ]
    assert taken["held-back"][0][2] == {"title": "Prompt delayed: call, busy", "reasons": ["call", "busy"]}
