"""Any bytes on the control socket: each line gets an answer in words, no fault is logged, the daemon goes on."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psoas_nudge.control.lock import Lock
from psoas_nudge.control.messages import AnyRequest, GetStatus, Ok, Reply
from psoas_nudge.control.server import KINDS, ControlServer
from tests.fuzz import effort

pytestmark = [pytest.mark.fuzz, pytest.mark.skipif(sys.platform == "win32", reason="the local socket is POSIX")]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted({name for kind in KINDS.values() for name in kind.__struct_fields__})) | st.text(
    max_size=8
)
ALMOST = st.builds(
    lambda kind, fields: msgspec.json.encode({"event": kind, **fields}),
    st.sampled_from(sorted(KINDS)) | st.text(max_size=10),
    st.dictionaries(NAMES, VALUES, max_size=4),
)
TORN = st.builds(lambda line, at, byte: line[: at % (len(line) + 1)] + byte + line[at % (len(line) + 1) :],
                 ALMOST, st.integers(0, 200), st.binary(max_size=3))  # fmt: skip
LINES = st.lists((ALMOST | TORN | st.binary(max_size=80)).map(lambda line: line.replace(b"\n", b" ")), max_size=8)


async def converse(lines: list[bytes]) -> list[Reply]:
    """The answers to the lines, and to a last one that asks for the status."""

    def answer(request: AnyRequest) -> Reply:
        return Ok(said=type(request).__name__)

    with tempfile.TemporaryDirectory(prefix="pn-") as folder, Lock(Path(folder, "lock")) as lock:
        server = ControlServer(Path(folder, "s"), answer, lock)
        await server.start()
        reader, writer = await asyncio.open_unix_connection(str(Path(folder, "s")))
        for line in (*lines, msgspec.json.encode(GetStatus())):
            writer.write(line + b"\n")
        replies = [msgspec.json.decode(await asyncio.wait_for(reader.readline(), 5), type=Reply) for _ in (*lines, 0)]
        writer.close()
        await server.close()
        return replies


@given(lines=LINES)
@effort(150)
def test_whatever_comes_each_line_is_answered_and_the_next_one_too(lines: list[bytes]) -> None:
    faults: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: faults.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("psoas_nudge").addHandler(handler)
    try:
        replies = asyncio.run(converse(lines))
    finally:
        logging.getLogger("psoas_nudge").removeHandler(handler)
    assert replies[-1] == Ok(said="GetStatus")
    assert all(reply.said if isinstance(reply, Ok) else reply.message for reply in replies)
    assert faults == []
