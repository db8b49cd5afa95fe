"""`presence` and `doctor --watch` as a person starts them, on a private desktop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading

import pytest


class Running:
    """A command whose lines can be waited for."""

    def __init__(self, environ, *argv):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "psoas_nudge", *argv],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines = []
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def end(self, signum=signal.SIGINT):
        self.process.send_signal(signum)
        status = self.process.wait(10)
        self.thread.join()
        said = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return status, said


@pytest.fixture
def command(desktop_environ):
    running = []

    def start(*argv):
        running.append(Running(desktop_environ, *argv))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.end(signal.SIGKILL)


def test_the_readings_are_a_stream_of_json_lines_one_a_change(command, xvfb, logind, dunst, eventually):
    xvfb.type()
    stream = command("presence", "--json", "--idle-after", "1s")

    def seen(**wanted):
        return any(wanted.items() <= json.loads(line).items() for line in stream.lines)

    eventually(lambda: seen(kind="idle"))
    xvfb.type()
    eventually(lambda: seen(kind="active"))
    dunst.pause()
    eventually(lambda: seen(kind="signal", signal="do-not-disturb", on=True))
    logind.set(LockedHint=True)
    eventually(lambda: seen(kind="signal", signal="locked", on=True))
    logind.set(LockedHint=False)
    eventually(lambda: seen(kind="signal", signal="locked", on=False))
    assert stream.end() == (0, "")
    lines = [json.loads(line) for line in stream.lines]
    assert all(line["at"][-6] in "+-" for line in lines)
    assert [line for line in lines if line.get("signal") == "locked"] == [
        {"at": line["at"], "kind": "signal", "signal": "locked", "on": line["on"]}
        for line in lines
        if line.get("signal") == "locked"
    ]


def test_a_person_watches_every_sensor_by_name(command, xvfb, logind, eventually):
    live = command("presence")
    eventually(lambda: any("x11" in line and "input" in line for line in live.lines))
    logind.set(LockedHint=True)
    eventually(lambda: any("logind" in line and "locked on" in line for line in live.lines))
    assert live.end() == (0, "")


def test_doctor_tells_what_is_chosen_and_then_watches(command, xvfb, logind, dunst, eventually):
    live = command("doctor", "--all", "--watch")
    eventually(lambda: any("Press Ctrl+C to end" in line for line in live.lines))
    dunst.pause()
    eventually(lambda: any("do-not-disturb on" in line for line in live.lines))
    assert live.end() == (0, "")
    said = "\n".join(live.lines)
    assert "mutter               missing      no program here provides org.gnome.Mutter.IdleMonitor" in said
    assert "x11                  chosen" in said
    assert said.startswith("Prompts will appear as notifications.")


def test_nobody_reads_any_more(desktop_environ, xvfb):
    """`psoas-nudge presence | head -1` ends without a word."""
    argv = [sys.executable, "-m", "psoas_nudge", "presence", "--json", "--idle-after", "1s"]
    with subprocess.Popen(argv, env=desktop_environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as stream:
        assert b"kind" in stream.stdout.readline()
        stream.stdout.close()
        xvfb.type()
        assert stream.wait(15) == 0
        assert stream.stderr.read() == b""
