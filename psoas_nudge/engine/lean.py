"""Keep out of the daemon what its libraries import and never use here, 7 MB. tests/bench/footprint.py shows it.

OpenSSL, 4 MB, is for TLS, which nothing here speaks. asyncio and hashlib do without it where Python was built without
it, as msgspec and shutil do without typing_extensions and the compressors. None in sys.modules is the documented way to
say that a module does not exist.

Other modules have a stand-in while the libraries are imported: what libraries take from them at once, for APScheduler's
plug-ins and process pools, the zone of a scheduler and the names of jobs (ours has both), types that none of our
messages has, and the elements in which objects on the bus are described, which are made only when a program asks.
Anything else asked of a stand-in, now or later, comes from the real module, which is imported then.
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
from typing import Any

ABSENT = ("ssl", "typing_extensions", "bz2", "lzma")
BUILT_IN_HASHES = ("_md5", "_sha1", "_sha3", "_blake2", "_sha2" if sys.version_info >= (3, 12) else "_sha512")


def _name() -> SimpleNamespace:
    return SimpleNamespace(hex=os.urandom(16).hex())


def _no_version(name: str) -> str:
    raise LookupError(name)


def _element(*given: Any) -> Any:
    return import_module("xml.etree.ElementTree").Element(*given)


STAND_INS: dict[str, dict[str, object]] = {
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
    "xml.etree.ElementTree": {"Element": _element},
    "uuid": {"UUID": type("UUID", (), {}), "SafeUUID": SimpleNamespace(unknown=None), "uuid4": _name},
}


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def lean() -> Iterator[None]:
    """Import the daemon's libraries inside. What is loaded already stays as it is."""
    for name in ABSENT:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # None is what the import system looks for
    if all(find_spec(name) for name in BUILT_IN_HASHES):  # Fedora leaves hashes to OpenSSL
        sys.modules.setdefault("_hashlib", None)  # type: ignore[arg-type] # as above
    stand_ins = {name: _StandIn(name) for name in STAND_INS if name not in sys.modules}
    for name, module in stand_ins.items():
        vars(module).update(STAND_INS[name])
        parent, _, child = name.rpartition(".")
        if parent in stand_ins:
            vars(stand_ins[parent])[child] = module
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
