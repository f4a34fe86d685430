"""Statements in the driver's own words, for groups: arrays in, rows out, nothing is built anew.

Arrays travel as text ($1::text::bigint[]): the driver looks at every element of a list five times
before it encodes it. The statements run inside a block of `db` and fail as its others
do.
"""

from collections.abc import Iterable
from typing import Any

import asyncpg
from opentelemetry.trace import SpanKind
from sqlalchemy.exc import DBAPIError

from services.chassis import telemetry
from services.chassis.db import SQL, STATEMENT_SECONDS, Database
from services.chassis.db_transactions import Driven
from services.chassis.store_errors import StoreUnavailable, told_apart

# https://www.postgresql.org/docs/18/errcodes-appendix.html: bad data, a broken constraint.
BAD_DATA_CLASSES = ("22", "23")


async def fetch(transaction: Driven, statement: str, *arguments: object) -> list[Any]:
    """The rows of one statement. Raises StoreUnavailable or StoreBusy where asking again may
    help."""
    driver = await transaction.driver_connection()
    span_around = telemetry.span_if_kept("SQL", kind=SpanKind.CLIENT, attributes=SQL)
    try:
        with told_apart(), span_around as span:
            if span.is_recording():
                span.set_attribute("db.query.text", statement)
            rows: list[Any] = await driver.fetch(statement, *arguments, timeout=STATEMENT_SECONDS)
    except StoreUnavailable as error:
        # The pool does not see what happens to its connections here.
        await transaction.lost(error)
        raise
    return rows


async def fetch_from_primary(database: Database, statement: str, *arguments: object) -> list[Any]:
    """The same of a single statement that must not be stale, in one round trip: it has a row
    whatever it finds, and `pg_is_in_recovery()` last in it."""
    async with database.primary() as transaction:
        rows = await fetch(transaction, statement, *arguments)
        if rows[0][-1]:
            error = StoreUnavailable("the server is no primary")
            await transaction.lost(error)
            raise error
    return rows


def texts(values: Iterable[str | None]) -> str:
    """An array's text."""
    return "{" + ",".join(map(_quoted, values)) + "}"


def byte_strings(values: Iterable[bytes]) -> str:
    """An array's text."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def _quoted(value: str | None) -> str:
    if value is None:
        return "NULL"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def numbers(values: Iterable[int | None]) -> str:
    """An array's text."""
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def is_bad_data(error: Exception) -> bool:
    """Whether what was written is at fault, and not the server: the same will fail again."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, asyncpg.InterfaceError) and isinstance(cause, ValueError):
        return True  # an argument that does not fit its type
    return str(getattr(cause, "sqlstate", None) or "").startswith(BAD_DATA_CLASSES)
