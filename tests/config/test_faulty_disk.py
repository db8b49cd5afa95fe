"""Every n-th open, write, sync and rename fails: each file is the old one or the new one, whole, and what failed is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's"),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing: apt-get install strace"),
]

SCRIPT = Path(__file__).with_name("faulty_disk.py")
FAULTS = [
    *(("write", error, every) for error in ("ENOSPC", "EIO") for every in (2, 3)),
    ("fsync", "EIO", 2),
    *(("rename,link,linkat,renameat,renameat2", error, every) for error in ("ENOSPC", "EIO") for every in (2, 3)),
    ("chmod,fchmod", "EPERM", 3),
    ("open", "EMFILE", 2),
]
"""Which call on these files fails how, and that it is every n-th."""


@pytest.mark.parametrize(("call", "error", "every"), FAULTS)
def test_when_every_nth_call_of_a_kind_fails_each_file_is_the_old_or_the_new_one_and_nothing_is_left_behind(
    tmp_path: Path, call: str, error: str, every: int
) -> None:
    folder, cache, calls = tmp_path / "files", tmp_path / "cache", tmp_path / "calls"
    folder.mkdir()
    environ = {**os.environ, "PYTHONPATH": str(SCRIPT.parents[2]), "XDG_CACHE_HOME": str(cache)}
    environ |= {"PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, str(SCRIPT), str(folder), call]
    if call != "open":
        inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={every}+{every}"]
        words = ["strace", "-o", str(calls), *inject, *words]
    ran = subprocess.run(words, check=False, capture_output=True, text=True, env=environ, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert call == "open" or "(INJECTED)" in calls.read_text(), "no fault was met"
    told: dict[str, dict[str, list[int]]] = {}
    for line in ran.stdout.splitlines():
        name, word, number, *_ = line.split(" ")
        told.setdefault(name, {"saved": [], "refused": []})[word].append(int(number))
    assert sum(len(by["refused"]) for by in told.values()) > 3, "faults were said"

    contents = {
        "change": ("config.toml", lambda number: f'[prompt]\nnudge_after = "{30 + number}m"\n'),
        "autostart": ("autostart.desktop", lambda number: f"number={number}\n" * 100),
        "begin": ("begun-{}.toml", lambda number: f"# {number}\n"),
        "export": ("export-{}.csv", lambda number: f"{number}\n" * 10_000),
    }
    left = {path.name: path.read_text() for path in folder.iterdir()}
    for what, (name, content) in contents.items():
        saved, refused = told[what]["saved"], told[what]["refused"]
        for number in saved if "{}" in name else saved[-1:]:
            found = left.pop(name.format(number))
            later = [each for each in refused if each > number and call == "fsync"]  # it is there, but may not last
            assert found in [content(each) for each in (number, *later)]
        for number in refused if call == "fsync" else []:
            left.pop(name.format(number), None)
    assert left == {}
    [kept] = (cache / "psoas-nudge").iterdir()
    assert kept.name == "settings.json"
    assert msgspec.json.decode(kept.read_bytes())["rules"]["nudge_after"] % 60_000 == 0, "whole"
