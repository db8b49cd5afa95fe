"""The unit under a real systemd user manager, in name spaces of its own: login, readiness, a crash, D-Bus, logout, watchdog.

Needs root, for the name spaces and a control group; where that is not to be had the test is skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
MANAGER = Path("/lib/systemd/systemd")
GROUPS = Path("/sys/fs/cgroup")
SESSION_BUS = {
    "dbus.socket": "[Socket]\nListenStream=%t/bus\n",
    "dbus.service": "[Unit]\nRequires=dbus.socket\n[Service]\nType=notify\nNotifyAccess=main\n"
    "ExecStart=/usr/bin/dbus-daemon --session --address=systemd: --nofork --nopidfile --systemd-activation\n",
    # as a desktop's own target does it
    "desk.target": "[Unit]\nBindsTo=graphical-session.target\nBefore=graphical-session.target\n",
}
INSIDE = """
set -u
mount -t proc proc /proc
mount -t tmpfs tmpfs /run/systemd
mkdir -p /run/systemd/system
mount --bind "$GROUP" "$GROUPS"
cd "$HOME"
/lib/systemd/systemd --user --log-target=console --unit=basic.target > manager.log 2>&1 &
manager=$!
for _ in $(seq 100); do systemctl --user is-active -q basic.target 2>/dev/null && break; sleep 0.1; done
systemctl --user start dbus.socket dbus.service
sh "$STORY" > story.log 2>&1
systemctl --user stop psoas-nudge.service
kill $manager
wait $manager
"""
WORDS = """
exec 3> told
tell() { echo "$1 $2" >&3; }
show() { systemctl --user show psoas-nudge.service --value -p "$1"; }
property() { busctl --user get-property io.github.psoas_nudge /io/github/psoas_nudge io.github.psoas_nudge "$1"; }
await() { for _ in $(seq 250); do [ "$(show "$1")" = "$2" ] && return; sleep 0.1; done; }
"""
STORY = """
systemctl --user set-environment "PATH=$PATH"
psoas-nudge autostart enable
tell "before the session:" "$(ls .config/systemd/user/psoas-nudge.service .config/autostart/psoas-nudge.desktop 2> /dev/null)"
systemctl --user start desk.target
psoas-nudge autostart enable
tell "in the session:" "$(ls .config/systemd/user/psoas-nudge.service .config/autostart/psoas-nudge.desktop 2> /dev/null)"
mkdir -p .config/systemd/user/psoas-nudge.service.d
printf '[Service]\\nRestartSec=100ms\\n' > .config/systemd/user/psoas-nudge.service.d/fast.conf
systemctl --user daemon-reload

systemctl --user stop desk.target
for _ in $(seq 100); do systemctl --user -q is-active graphical-session.target || break; sleep 0.1; done
systemctl --user start desk.target
await SubState running
tell "after login:" "$(show SubState) $(show NRestarts) $(grep -h -e NoNewPrivs -e Seccomp: "/proc/$(show MainPID)/status" | tr -d '\\n\\t')"
main=$(show MainPID)
[ "$main" -gt 1 ] && kill -9 "$main"
await NRestarts 1
await SubState running
tell "after a crash:" "$(show SubState) $(show NRestarts)"
psoas-nudge stop
await SubState dead
sleep 0.5
tell "after it was told to stop:" "$(show SubState) $(show NRestarts)"
tell "asked over D-Bus:" "$(property DailyLimit) $(show SubState)"
printf '#!/bin/sh\\ngrep NoNewPrivs /proc/self/status > %s/browser.part\\nmv %s/browser.part %s/browser\\n' "$HOME" "$HOME" "$HOME" > bin/chromium
chmod +x bin/chromium
busctl --user call io.github.psoas_nudge /io/github/psoas_nudge io.github.psoas_nudge Stretch s standing-hip-flexor
for _ in $(seq 400); do [ -e browser ] && break; sleep 0.1; done
tell "a browser:" "$(tr -d '\\t' < browser)"
systemctl --user stop desk.target
await SubState dead
tell "after logout:" "$(show SubState)"
mv bin/psoas-nudge bin/whole
printf '#!/nowhere/python3.11\n' > bin/psoas-nudge
chmod +x bin/psoas-nudge
systemctl --user start desk.target
await SubState failed
sleep 1
told() { systemctl --user show psoas-nudge-trouble.service --value -p ExecMainExitTimestampMonotonic; }
first=$(told)
tell "its Python is gone:" "$(show ExecMainStatus) $(show SubState), told: $([ "${first:-0}" -gt 0 ] && echo yes)"
printf '#!/bin/sh\nexit 1\n' > bin/psoas-nudge
systemctl --user reset-failed psoas-nudge.service
systemctl --user start --no-block psoas-nudge.service
await Result start-limit-hit
sleep 1
tell "its packages are gone:" "$(show SubState), told: $([ "$(told)" -gt "$first" ] && echo yes)"
mv bin/whole bin/psoas-nudge
rm -r .config/systemd/user/psoas-nudge.service.d
psoas-nudge autostart disable
tell "left:" "$(find .config/systemd .config/autostart .local -name '*psoas*' ! -path '*/psoas-nudge*/*' ! -name psoas-nudge 2> /dev/null)"
"""


WATCHED = """
systemctl --user set-environment "PATH=$PATH"
systemctl --user start desk.target
psoas-nudge autostart enable > /dev/null
systemctl --user start psoas-nudge.service
tell "limits:" "$(show Type) $(show WatchdogUSec) $(show MemoryMax) $(show TasksMax) $(show KillMode)"
mkdir -p .config/systemd/user/psoas-nudge.service.d .config/psoas-nudge
printf '[Service]\\nRestartSec=100ms\\nWatchdogSec=4s\\nTimeoutAbortSec=1s\\n' > .config/systemd/user/psoas-nudge.service.d/fast.conf
printf '[calendar]\\nbusy = ["%s/slow.ics"]\\n' "$HOME" > .config/psoas-nudge/config.toml
"$PYTHON" -c "$SLOW_CALENDAR" > slow.ics
systemctl --user daemon-reload
systemctl --user restart psoas-nudge.service
await SubState running
"$PYTHON" -c "$REPORTER" > saved
tell "while it decides:" "$(show SubState) $(show NRestarts)"
first=$(show MainPID)
for _ in $(seq 100); do child=$(pgrep -f psoas_nudge.calendars) && break; sleep 0.1; done
[ "$first" -gt 1 ] && kill -STOP "$first"
await NRestarts 1
await SubState running
tell "after it hung:" "$(show SubState) $(show NRestarts), a calendar was read: $([ -n "$child" ] && echo yes), and still is: $(ps -o pid= -p "$child")"
tell "its journal:" "$("$PYTHON" -c "$LOOK")"
for _ in $(seq 30); do psoas-nudge status > /dev/null && answered=yes; [ "$(show NRestarts)" = 2 ] && break; sleep 0.2; done
tell "answers, but decides nothing:" "$answered $(show NRestarts)"
systemctl --user stop psoas-nudge.service
rm .local/share/psoas-nudge/journal.db-*
printf garbage > .local/share/psoas-nudge/journal.db
systemctl --user start psoas-nudge.service
sleep 6
said=$(psoas-nudge status 2>&1)
tell "its journal is damaged:" "$(show SubState) $(show NRestarts) ${said%%:*}"
rm .local/share/psoas-nudge/journal.db
for _ in $(seq 50); do psoas-nudge feel 1 > /dev/null 2>&1 && break; sleep 0.1; done
tell "once it is mended:" "$(psoas-nudge feel 1) $(show NRestarts) $(show WatchdogUSec)"
"""
SLOW_CALENDAR = """
print("BEGIN:VCALENDAR\\r\\nVERSION:2.0\\r\\nPRODID:x\\r")
for number in range(20):
    print(f"BEGIN:VEVENT\\r\\nUID:{number}\\r\\nDTSTART:20200101T000000Z\\r\\nDTEND:20200101T000001Z\\r\\nRRULE:FREQ=SECONDLY\\r\\nEND:VEVENT\\r")
print("END:VCALENDAR\\r")
"""
"""Its child is busy for as long as it may be."""
REPORTER = """
import time
from psoas_nudge import places
from psoas_nudge.control.client import ask
from psoas_nudge.core.events import Feel
end = time.monotonic() + 6
while time.monotonic() < end:
    ask(Feel(level=1), places.socket_file())
    print("saved", flush=True)
    time.sleep(0.1)
"""
LOOK = """
from pathlib import Path
from psoas_nudge import places
from psoas_nudge.journal import Journal
from psoas_nudge.journal.upkeep import check
with Journal.open_reading(places.journal_file()) as journal:
    found = check(journal)
    reports = len(list(journal.read(kinds=["feel"])))
print(found.problems, found.whole, reports == Path("saved").read_text().count("saved") > 20)
"""


@pytest.fixture
def home(desktop_need) -> Iterator[Path]:
    desktop_need("systemd-analyze", "dbus-daemon", "busctl")
    if os.getuid() != 0 or not MANAGER.exists() or not shutil.which("unshare"):
        pytest.skip("a user manager of its own needs root and systemd")
    with tempfile.TemporaryDirectory(prefix="pn-") as name:
        folder = Path(name)
        units = folder / ".config/systemd/user"
        units.mkdir(parents=True)
        for unit, text in SESSION_BUS.items():
            (units / unit).write_text(text)
        program = folder / "bin" / "psoas-nudge"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m psoas_nudge "$@"\n')
        program.chmod(0o755)
        (folder / "run").mkdir(mode=0o700)
        yield folder


def told_in(home: Path, story: str, **more: str) -> tuple[list[str], str]:
    """What a story told, in a user manager of its own; and the log."""
    groups = GROUPS / "systemd" if (GROUPS / "systemd").is_dir() else GROUPS
    group = groups / f"psoas-nudge-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group of its own: {error}")
    (home / "inside").write_text(INSIDE)
    (home / "story").write_text(WORDS + story)
    environ = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/run/bus",
        "DISPLAY": ":99",
        "PYTHONPATH": str(ROOT),
        "PATH": f"{home}/bin:{os.environ['PATH']}",
        "GROUP": str(group),
        "GROUPS": str(groups),
        "STORY": str(home / "story"),
        **more,
    }
    enter = f'echo $$ > "{group}/cgroup.procs" && exec unshare --mount --cgroup --pid --fork --kill-child sh "{home}/inside"'
    try:
        # a session of its own: whatever a signal in there is sent to, it is not the tests
        subprocess.run(
            ["sh", "-c", enter], env=environ, timeout=240, check=False, stdin=subprocess.DEVNULL, start_new_session=True
        )
    finally:
        for folder in sorted(group.rglob("*"), reverse=True):
            if folder.is_dir():
                folder.rmdir()
        group.rmdir()
    log = (home / "story.log").read_text() if (home / "story.log").exists() else (home / "manager.log").read_text()
    told = (home / "told").read_text().splitlines() if (home / "told").exists() else []
    return told, log


def test_it_lives_as_long_as_the_session(home: Path) -> None:
    told, log = told_in(home, STORY)
    assert told == [
        "before the session: .config/autostart/psoas-nudge.desktop",
        "in the session: .config/systemd/user/psoas-nudge.service",
        "after login: running 0 NoNewPrivs:1Seccomp:2",
        "after a crash: running 1",
        "after it was told to stop: dead 1",
        "asked over D-Bus: u 8 running",
        "a browser: NoNewPrivs:0",
        "after logout: dead",
        "its Python is gone: 203 failed, told: yes",
        "its packages are gone: failed, told: yes",
        "left: ",
    ], log


def test_one_that_hangs_or_decides_nothing_is_started_again_and_nothing_acknowledged_is_lost(home: Path) -> None:
    told, log = told_in(home, WATCHED, PYTHON=sys.executable, SLOW_CALENDAR=SLOW_CALENDAR, REPORTER=REPORTER, LOOK=LOOK)
    assert told == [
        "limits: notify 40min 536870912 100 mixed",
        "while it decides: running 0",
        "after it hung: running 1, a calendar was read: yes, and still is: ",
        "its journal: () True True",
        "answers, but decides nothing: yes 2",
        "its journal is damaged: running 0 psoas-nudge waits",
        "once it is mended: Saved. 0 4s",
    ], log
