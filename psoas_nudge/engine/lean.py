"""Keeps modules out of the daemon that its libraries import and that it never uses; see tests/bench/footprint.py.

OpenSSL, 4 MB: the daemon uses no TLS. asyncio imports `ssl` and hashlib imports `_hashlib` where they exist, and both
work without, because Python can be built without OpenSSL. None in sys.modules is the documented way to make an import
fail. The same is done with typing_extensions, 0.4 MB, which msgspec uses where it is installed.

Plug-ins of APScheduler, 1.5 MB, and its process pools, 0.9 MB: it imports importlib.metadata to look up triggers and
stores by name, and multiprocessing for executors that are not used here. Stubs replace both while it is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType

BUILT_IN_HASHES = ("_md5", "_sha1", "_sha3", "_blake2", "_sha2" if sys.version_info >= (3, 12) else "_sha512")


def without_the_optional() -> None:
    """Call before importing asyncio and msgspec. Where Python's hashes need OpenSSL (Fedora), `_hashlib` stays."""
    absent = ["ssl", "typing_extensions"]
    if all(find_spec(name) for name in BUILT_IN_HASHES):
        absent.append("_hashlib")
    for name in absent:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # None is what the import system looks for


@contextmanager
def without_plugins() -> Iterator[None]:
    """Import APScheduler in this context; afterwards the real modules can be imported again."""
    names: dict[str, dict[str, object]] = {
        "importlib.metadata": {
            "entry_points": lambda **_: (),
            "version": _no_version,
            "PackageNotFoundError": LookupError,
        },
        "concurrent.futures.process": {"BrokenProcessPool": RuntimeError},
        "multiprocessing": {},
    }
    stand_ins = {name: ModuleType(name) for name in names if name not in sys.modules}
    for name, module in stand_ins.items():
        vars(module).update(names[name])
        sys.modules[name] = module
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _no_version(name: str) -> str:
    raise LookupError(name)
