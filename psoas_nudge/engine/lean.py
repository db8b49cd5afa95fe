"""Keeps 7 MB of modules out of the daemon that its libraries import and that it never uses; see
tests/bench/footprint.py.

OpenSSL, 4 MB: the daemon uses no TLS. asyncio and hashlib work without it, because Python can be built without OpenSSL;
msgspec and shutil work without typing_extensions and the compressors. None in sys.modules is the documented way to make
an import fail.

Stubs replace other modules while the libraries are imported. A stub has what the libraries read at import: for
APScheduler's plug-ins and process pools, for the default zone of a scheduler and the names of jobs (the daemon sets
both), and for types that none of its messages has. Any other attribute of a stub, also later, comes from the real
module, which is imported then.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

ABSENT = ("ssl", "typing_extensions", "bz2", "lzma")
BUILT_IN_HASHES = ("_md5", "_sha1", "_sha3", "_blake2", "_sha2" if sys.version_info >= (3, 12) else "_sha512")


def _name() -> SimpleNamespace:
    return SimpleNamespace(hex=os.urandom(16).hex())


def _no_version(name: str) -> str:
    raise LookupError(name)


STUBS: dict[str, dict[str, object]] = {
    "ast": {"NodeVisitor": object},
    "asyncio.sslproto": {},
    "concurrent.futures.process": {"BrokenProcessPool": RuntimeError},
    "decimal": {"Decimal": type("Decimal", (), {})},
    "importlib.metadata": {"PackageNotFoundError": LookupError, "entry_points": lambda **_: (), "version": _no_version},
    "ipaddress": {},
    "locale": {},
    "msgspec.inspect": {},
    "multiprocessing": {},
    "tzlocal": {"get_localzone": lambda: UTC},
    "xml.etree": {},
    "xml.etree.ElementTree": {"Element": object},
    "uuid": {"UUID": type("UUID", (), {}), "SafeUUID": SimpleNamespace(unknown=None), "uuid4": _name},
}


class _Stub(ModuleType):
    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def lean() -> Iterator[None]:
    """Import the daemon's libraries in this context. Modules that are loaded already stay as they are."""
    for name in ABSENT:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # None is what the import system looks for
    if all(find_spec(name) for name in BUILT_IN_HASHES):  # Fedora's Python has hashes from OpenSSL only
        sys.modules.setdefault("_hashlib", None)  # type: ignore[arg-type] # as above
    stubs = {name: _Stub(name) for name in STUBS if name not in sys.modules}
    for name, module in stubs.items():
        vars(module).update(STUBS[name])
        parent, _, child = name.rpartition(".")
        if parent in stubs:
            vars(stubs[parent])[child] = module
    sys.modules.update(stubs)
    try:
        yield
    finally:
        for name, module in stubs.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
