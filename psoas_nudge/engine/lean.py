"""Keep OpenSSL out of the daemon: 4 MB for nothing, because nothing here speaks TLS.

asyncio imports `ssl` and hashlib imports `_hashlib` where they exist, and both do without where they do not: Python
can be built without OpenSSL. An entry of None in sys.modules is the documented way to say that a module does not
exist. tests/bench/footprint.py shows the difference.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

BUILT_IN_HASHES = ("_md5", "_sha1", "_sha3", "_blake2", "_sha2" if sys.version_info >= (3, 12) else "_sha512")


def without_openssl() -> None:
    """Call before asyncio is imported. Where Python leaves hashes to OpenSSL (Fedora), hashlib keeps it."""
    absent = ["ssl"]
    if all(find_spec(name) for name in BUILT_IN_HASHES):
        absent.append("_hashlib")
    for name in absent:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # None is what the import system looks for
