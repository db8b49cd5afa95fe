"""The daemon runs without what its libraries import and never use, and everything still works."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from psoas_nudge.engine.lean import STAND_INS

DAEMON = "from psoas_nudge.engine.__main__ import *"
LIBRARIES = "import asyncio, hashlib, dbus_fast.aio, dbus_fast.service, msgspec, apscheduler.schedulers.asyncio"
LEAN = "from psoas_nudge.engine.lean import lean"


def output(*lines: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.skipif("sys.platform != 'linux'", reason="reads /proc")
def test_the_daemon_runs_without_openssl() -> None:
    loaded = "print('libcrypto' in open('/proc/self/maps').read())"
    assert output(LIBRARIES, loaded) == "True", "else there is nothing to save"
    assert output(DAEMON, loaded) == "False"


@pytest.mark.skipif("sys.platform == 'win32'", reason="dbus-fast is not there")
def test_what_has_a_stand_in_is_imported_by_a_library_and_not_by_the_daemon() -> None:
    names = f"import sys; print(sorted({set(STAND_INS)} & set(sys.modules)))"
    assert output(LIBRARIES, names) == str(sorted(STAND_INS)), "else the stand-in can go"
    assert output(DAEMON, names) == "[]"


def test_what_a_stand_in_does_not_have_comes_from_the_real_module() -> None:
    late = "import msgspec._json_schema as user, ast, ipaddress, uuid"
    ask = "print(user.mi.type_info(int), ipaddress.ip_address('::1'), ast.literal_eval('[1]'), len(uuid.uuid4().hex))"
    assert output(DAEMON, late, ask) == "IntType(gt=None, ge=None, lt=None, le=None, multiple_of=None) ::1 [1] 32"


@pytest.mark.skipif("sys.platform == 'win32'", reason="dbus-fast is not there")
def test_programs_on_the_bus_can_read_what_it_offers_there() -> None:
    ask = "print('org.freedesktop.DBus.Properties' in dbus_fast.introspection.Node.default('/a').tostring())"
    assert output(DAEMON, "import dbus_fast.introspection", ask) == "True"


def test_hashes_servers_and_subprocesses_work_without_it() -> None:
    work = """
import hashlib, random, sys
async def main():
    server = await asyncio.start_unix_server(lambda r, w: None, "\\0psoas-nudge-test-%d" % random.getrandbits(60)) if sys.platform == "linux" else None
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('ran')", stdout=-1)
    print((await process.communicate())[0].decode().strip(), hashlib.sha1(b"").hexdigest()[:8], hashlib.sha256(b"").hexdigest()[:8])
    if server:
        server.close()
asyncio.run(main())"""
    assert output(DAEMON, work) == "ran da39a3ee e3b0c442"


def test_what_is_loaded_already_stays() -> None:
    within = "with lean():\n    import ssl as again, uuid as too\nprint(again is ssl, too is uuid)"
    assert output("import ssl, uuid", LEAN, within) == "True True"


def test_afterwards_each_name_means_the_real_module() -> None:
    after = "with lean():\n    import decimal as first\nimport decimal\nprint(first is decimal, decimal.Decimal('1.5'), first.getcontext().prec)"
    assert output(LEAN, after) == "False 1.5 28"
