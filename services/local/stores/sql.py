"""A plain connection to one of the pair's servers, typed for what is used of it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import asyncpg

# The driver carries no types for its calls; they end in this module.
_driver: Any = asyncpg

NO_ANSWER: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    _driver.PostgresError,
    _driver.InterfaceError,
)
"""How the driver says that a server is not there (yet)."""


class Connection(Protocol):
    """What is used of the driver's connection; statements end in 30 s unless told otherwise."""

    async def execute(self, statement: str, *, timeout: float | None = None) -> str: ...
    async def fetchval(self, statement: str, *values: object) -> Any: ...
    async def fetch(self, statement: str, *values: object) -> Sequence[Mapping[str, Any]]: ...
    async def close(self, *, timeout: float | None = None) -> None: ...


async def connect(
    url: str | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
    user: str | None = None,
    password: str | None = None,
    database: str | None = None,
) -> Connection:
    """A connection by URL (SQLAlchemy's spelling too) or by parts. Raises one of NO_ANSWER."""
    made: Connection = await _driver.connect(
        url.replace("+asyncpg", "", 1) if url else None,
        host=host,
        port=port,
        user=user,
        password=password,
        database=database,
        ssl=False,
        timeout=5,
        command_timeout=30,
    )
    return made
