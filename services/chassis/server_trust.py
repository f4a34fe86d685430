"""Which stores are believed to be what they say: whose certificates, and for which names.

The file is read for each connection, so a CA that was renewed on the disk counts from the next one
on.
"""

import ssl
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
MODE, ROOTS = "sslmode", "sslrootcert"
SYSTEM_ROOTS = "system"
MOST_KEPT = 8


class PostgresTrust:
    """Of an address, as libpq reads its `sslmode` and `sslrootcert` (a file, or `system`)."""

    def __init__(self, url: URL) -> None:
        """Raises ValueError for a mode that there is not, and for a check without anything to
        check against."""
        self.mode = _one(url.query, MODE)
        self._roots = _one(url.query, ROOTS)
        if self.mode not in (None, *MODES):
            raise ValueError(f"sslmode={self.mode} is none of {', '.join(MODES)}")
        if self._verifies and self._roots is None:
            raise ValueError(f"sslmode={self.mode} needs sslrootcert, a file or {SYSTEM_ROOTS}")
        self.url = url.difference_update_query([MODE, ROOTS])
        """The address without them."""

    @property
    def arguments(self) -> dict[str, Any]:
        """For asyncpg. Raises OSError when the file cannot be used."""
        if self._verifies or (self.mode == "require" and self._roots):
            return {"ssl": _context(self._roots, names=self.mode == "verify-full")}
        return {"ssl": self.mode} if self.mode else {}

    @property
    def _verifies(self) -> bool:
        return self.mode in ("verify-ca", "verify-full")


def cache_context(roots: str | None, *, names: bool) -> ssl.SSLContext:
    """For a node of the cluster; None: the system's own roots. Raises OSError."""
    return _context(roots or SYSTEM_ROOTS, names=names)


def _context(roots: str | None, *, names: bool) -> ssl.SSLContext:
    if roots is None or roots == SYSTEM_ROOTS:
        return _made(None, names)
    return _made(Path(roots).read_text("ascii", "replace"), names)


@lru_cache(MOST_KEPT)
def _made(roots: str | None, names: bool) -> ssl.SSLContext:
    """By what is in the file: making one holds the loop up, for a third of a second where it reads
    the system's roots."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = names
    if roots is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cadata=roots)
    return context


def _one(query: Mapping[str, tuple[str, ...] | str], name: str) -> str | None:
    value = query.get(name)
    return value if value is None or isinstance(value, str) else value[-1]
