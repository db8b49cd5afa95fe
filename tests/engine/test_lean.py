"""The daemon runs without OpenSSL in memory, and everything it imports still works."""

from __future__ import annotations

import subprocess
import sys

import pytest

DAEMON = "import asyncio, hashlib, hmac, random, tempfile, psoas_nudge.engine.desktop, psoas_nudge.bus, psoas_nudge.journal.store"
LOADED = "print('libcrypto' in open('/proc/self/maps').read())"


def output(*lines: str) -> str:
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.skipif("sys.platform != 'linux'", reason="reads /proc")
def test_nothing_that_the_daemon_imports_brings_openssl_back() -> None:
    lean = "from psoas_nudge.engine.lean import without_the_optional; without_the_optional()"
    assert output(DAEMON, LOADED) == "True", "else there is nothing to save and lean.py can go"
    assert output(lean, DAEMON, LOADED) == "False"


def test_hashes_servers_and_subprocesses_work_without_it() -> None:
    work = """
async def main():
    server = await asyncio.start_unix_server(lambda r, w: None, "\\0psoas-nudge-test-%d" % random.getrandbits(60)) if sys.platform == "linux" else None
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('ran')", stdout=-1)
    print((await process.communicate())[0].decode().strip(), hashlib.sha1(b"").hexdigest()[:8], hashlib.sha256(b"").hexdigest()[:8])
    if server:
        server.close()
asyncio.run(main())"""
    lean = "import sys; from psoas_nudge.engine.lean import without_the_optional; without_the_optional()"
    assert output(lean, DAEMON, work) == "ran da39a3ee e3b0c442"


def test_what_is_loaded_already_stays() -> None:
    assert (
        output(
            "import ssl, sys; from psoas_nudge.engine.lean import without_the_optional; without_the_optional()",
            "print(sys.modules['ssl'] is ssl)",
        )
        == "True"
    )
