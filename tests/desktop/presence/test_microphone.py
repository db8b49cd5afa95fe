"""The microphone in use, told by a real PulseAudio and a real PipeWire, each with a source that records silence."""

from __future__ import annotations

import asyncio
import signal
import subprocess

import pytest

from psoas_nudge.core.events import SignalChanged
from psoas_nudge.core.words import Signal
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.microphone import Microphone
from psoas_nudge.presence.port import DesktopSession, SourceLost

pytestmark = pytest.mark.heavy

CALL, NO_CALL = SignalChanged(signal=Signal.CALL, on=True), SignalChanged(signal=Signal.CALL, on=False)


class SoundServer:
    """What both servers have in common."""

    def __init__(self, folder, bus):
        self.folder = folder
        self.environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C"}
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        self.started = []

    def ready(self):
        return "mic" in self.ctl("list", "short", "sources")

    def ctl(self, *argv):
        return subprocess.run(["pactl", *argv], env=self.environ, check=False, capture_output=True, text=True).stdout

    def spawn(self, *argv):
        process = subprocess.Popen(argv, env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.started.append(process)
        return process

    def record(self, source, *more):
        return self.spawn("parec", "--client-name=meeting", "-d", source, *more)

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        process.wait()

    def stop(self):
        for process in reversed(self.started):
            process.kill()
            process.wait()


class PulseAudio(SoundServer):
    needs = ("pulseaudio", "parec", "pactl")

    def start(self):
        script = self.folder / "default.pa"
        modules = ("native-protocol-unix", "null-sink sink_name=out", "null-source source_name=mic")
        script.write_text("".join(f"load-module module-{module}\n" for module in modules))
        options = ["--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]
        self.server = self.spawn("pulseaudio", "-n", "-F", str(script), *options)


class PipeWire(SoundServer):
    needs = ("pipewire", "wireplumber", "pipewire-pulse", "parec", "pactl")

    def start(self):
        self.spawn("pipewire")
        self.spawn("wireplumber")
        self.server = self.spawn("pipewire-pulse")

    def ready(self):
        if not (self.folder / "pulse" / "native").is_socket() or not self.ctl("info"):
            return False
        self.ctl("load-module", "module-null-sink", "media.class=Audio/Source/Virtual", "sink_name=mic")
        self.ctl("load-module", "module-null-sink", "sink_name=out")
        return super().ready()


@pytest.fixture(params=[PulseAudio, PipeWire], ids=lambda server: server.__name__)
def sound(request, folder, session_bus, desktop_need, eventually):
    desktop_need(*request.param.needs)
    sound = request.param(folder, session_bus)
    sound.start()
    eventually(sound.ready)
    yield sound
    sound.stop()


@pytest.fixture
async def sensor(sound, heard):
    sensor = Microphone()
    await sensor.start(DesktopSession(environ=sound.environ), heard)
    await heard.until(NO_CALL)
    yield sensor
    await sensor.stop()


async def test_a_call_begins_and_ends(sensor, sound, heard):
    call = sound.record("mic")
    await heard.until(CALL)
    await asyncio.to_thread(sound.end, call)
    await heard.until(NO_CALL)


async def test_two_programs_record_and_one_ends(sensor, sound, heard):
    call = sound.record("mic")
    await heard.until(CALL)
    other = sound.record("mic")
    await heard.until(CALL)
    await asyncio.to_thread(sound.end, call)
    await heard.until(CALL)
    await asyncio.to_thread(sound.end, other)
    await heard.until(NO_CALL)


async def test_recording_the_computers_own_sound_is_no_call(sensor, sound, heard):
    sound.record("out.monitor")
    await heard.until(NO_CALL)
    await asyncio.sleep(0.2)
    assert CALL not in heard


async def test_a_level_meter_is_no_call(sensor, sound, heard):
    sound.record("mic", "--stream-name=Peak detect")
    await heard.until(NO_CALL)
    await asyncio.sleep(0.2)
    assert CALL not in heard


async def test_a_call_that_is_under_way_is_known_at_the_start(sound, heard):
    first = Microphone()
    await first.start(DesktopSession(environ=sound.environ), heard)
    sound.record("mic")
    await heard.until(CALL)
    await first.stop()
    second = Microphone()
    await second.start(DesktopSession(environ=sound.environ), heard)
    assert heard[-1] == CALL
    await second.stop()


async def test_the_sound_server_ends(sensor, sound, heard):
    await asyncio.to_thread(sound.end, sound.server)
    await heard.until(SourceLost)


async def test_a_call_that_goes_on_wakes_nothing(sensor, sound, heard, count_wakeups):
    sound.record("mic")
    await heard.until(CALL)
    await asyncio.sleep(0.3)
    assert await count_wakeups(0.5) <= 2


async def test_without_a_sound_server_it_is_said_so(folder, heard):
    with pytest.raises(Unavailable, match="no sound server"):
        await Microphone().start(DesktopSession(environ={"XDG_RUNTIME_DIR": str(folder)}), heard)
    with pytest.raises(Unavailable, match="another computer"):
        await Microphone().start(DesktopSession(environ={"PULSE_SERVER": "tcp:studio:4713"}), heard)
