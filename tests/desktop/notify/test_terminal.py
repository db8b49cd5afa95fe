"""Prompts on a terminal: a pseudo-terminal with a person at it, pipes, a stopped terminal, no terminal."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from psoas_nudge.errors import Unavailable
from psoas_nudge.notify.port import Capability, Message, Pressed, Surroundings
from psoas_nudge.notify.terminal import TerminalNotifier
from tests.prompts import buttons, press

PROMPT = Message(
    7, "Sat for 31 minutes", "Stand up.", buttons(("accept", "Accept"), ("snooze", "Snooze 5 min"), ("skip", "Skip"))
)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("a\n", "accept"), ("s\n", "snooze"), ("k\n", "skip"), ("  ACCEPT \n", "accept"), ("snooze\n", "snooze")],
)
async def test_a_letter_or_the_word_answers(terminal: Any, typed: str, answer: Any) -> None:
    await terminal.start()
    await terminal.notifier.show(PROMPT)
    await terminal.type(typed)
    assert terminal.pressed == [Pressed(press(answer))]
    await terminal.says("Answered: ")


async def test_the_prompt_says_how_to_answer_it(terminal: Any) -> None:
    await terminal.start()
    await terminal.notifier.show(PROMPT)
    await terminal.says("Type a = Accept, s = Snooze 5 min, k = Skip and press Enter.")


async def test_nonsense_gets_a_hint_and_the_prompt_stays(terminal: Any) -> None:
    await terminal.start()
    await terminal.notifier.show(PROMPT)
    await terminal.type("wat\n\n")
    await terminal.says('"wat" is not an answer; type a (accept), s (snooze), k (skip), then Enter.')
    await terminal.type("k\n")
    assert terminal.pressed == [Pressed(press("skip"))]


async def test_what_is_typed_while_no_prompt_is_open_answers_nothing(terminal: Any) -> None:
    await terminal.start()
    await terminal.type("a\n")
    await terminal.says("No prompt is open")
    await terminal.notifier.show(PROMPT)
    await asyncio.sleep(0.02)
    assert terminal.pressed == []


async def test_what_was_typed_before_anybody_listened_answers_nothing(terminal: Any) -> None:
    await terminal.type("a\n")
    await terminal.start()
    await terminal.notifier.show(PROMPT)
    await asyncio.sleep(0.02)
    assert terminal.pressed == []
    await terminal.type("k\n")
    assert terminal.pressed == [Pressed(press("skip"))]


async def test_a_word_typed_in_two_halves_is_one_answer(terminal: Any) -> None:
    await terminal.start()
    await terminal.notifier.show(PROMPT)
    await terminal.type("acc\x04")  # Ctrl-D hands over what there is of the line
    await terminal.type("ept\n")
    assert terminal.pressed == [Pressed(press("accept"))]


async def test_a_withdrawn_prompt_says_so_in_one_line_once(terminal: Any) -> None:
    await terminal.start()
    ref = await terminal.notifier.show(PROMPT)
    await terminal.notifier.withdraw(ref)
    await terminal.notifier.withdraw(ref)
    assert (await terminal.everything()).count("This prompt is closed") == 1


async def test_an_answered_prompt_needs_no_such_line(terminal: Any) -> None:
    await terminal.start()
    ref = await terminal.notifier.show(PROMPT)
    await terminal.type("a\n")
    await terminal.notifier.withdraw(ref)
    assert "This prompt is closed" not in await terminal.everything()


async def test_the_bell_rings_only_when_a_sound_is_wanted(terminal: Any) -> None:
    await terminal.start()
    await terminal.notifier.show(PROMPT)
    assert "\a" not in await terminal.everything()
    await terminal.notifier.show(Message(8, "Again", "", PROMPT.buttons, sound=True))
    await terminal.says("\a")


async def test_end_of_input_leaves_the_commands(terminal: Any) -> None:
    await terminal.start()
    await terminal.notifier.show(PROMPT)
    await terminal.type("\x04")
    await terminal.says("Standard input is closed. To answer, in a terminal: psoas-nudge accept")
    assert Capability.BUTTONS not in terminal.notifier.capabilities()
    await terminal.notifier.show(PROMPT)
    await terminal.says("psoas-nudge accept, snooze or skip.")


async def test_a_stopped_terminal_does_not_stop_the_loop(terminal: Any) -> None:
    await terminal.start()
    await terminal.spoil()
    showing = asyncio.create_task(terminal.notifier.show(PROMPT))
    for _ in range(5):
        await asyncio.sleep(0.01)
    assert not showing.done()
    await terminal.mend()
    await showing
    await terminal.says(PROMPT.title)


async def test_a_prompt_in_a_pipe_or_a_log_file_is_no_prompt(tmp_path: Any) -> None:
    reading, writing = os.pipe()
    with (tmp_path / "log").open("wb") as log:
        for output in (writing, log.fileno()):
            with pytest.raises(Unavailable, match="not a terminal, so nobody would see a prompt"):
                await TerminalNotifier(0, output).start(Surroundings({}), lambda _: None)
    assert (tmp_path / "log").read_bytes() == b""
    os.close(reading)
    os.close(writing)


async def test_output_into_the_journal_of_a_system_service_counts_as_unseen() -> None:
    reading, writing = os.pipe()
    status = os.fstat(writing)
    with pytest.raises(Unavailable, match="system service"):
        await TerminalNotifier(reading, writing).start(
            Surroundings({"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}), lambda _: None
        )
    os.close(reading)
    os.close(writing)


def test_in_the_background_of_a_shell_it_does_not_read_and_is_not_stopped(terminal: Any) -> None:
    """A process that reads its terminal from the background is stopped by the system: the daemon would freeze."""
    program = textwrap.dedent("""
        import asyncio, fcntl, os, signal, termios
        from psoas_nudge.core.events import Accept
        from psoas_nudge.notify.port import Button, Message, Surroundings
        from psoas_nudge.notify.terminal import TerminalNotifier
        async def background():
            notifier = TerminalNotifier()
            await notifier.start(Surroundings({}, interactive=True), lambda it: print("PRESSED", flush=True))
            await notifier.show(Message(7, "In the background", "", (Button(Accept(), "Accept"),)))
            await asyncio.sleep(0.5)
            await notifier.stop()
            print("NOT STOPPED", flush=True)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            asyncio.run(background())
            os._exit(0)
        _, status = os.waitpid(child, os.WUNTRACED)
        print("STATUS", status, flush=True)
        if os.WIFSTOPPED(status):
            os.kill(child, signal.SIGKILL)
    """)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=terminal.program,
        stdout=terminal.program,
        stderr=terminal.program,
        start_new_session=True,
    )
    os.write(terminal.person, b"a\n")
    assert process.wait(20) == 0
    seen = terminal.read()
    assert "NOT STOPPED" in seen
    assert "STATUS 0" in seen
    assert "PRESSED" not in seen
    assert "psoas-nudge accept." in seen
