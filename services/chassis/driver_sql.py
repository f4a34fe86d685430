"""Statements in the driver's own words, for groups: arrays in, rows out, nothing is built anew.

Arrays of numbers travel as text ($1::text::bigint[]): the driver looks at every element of a list
five times before it encodes it. The statements run inside a block of `db` and fail as its others
do.
"""

from collections.abc import Iterable
from typing import Any

import asyncpg
from opentelemetry.trace import SpanKind
from sqlalchemy.exc import DBAPIError

from services.chassis import telemetry
from services.chassis.db import SQL, STATEMENT_SECONDS, ReadTransaction
from services.chassis.store_errors import told_apart

# https://www.postgresql.org/docs/18/errcodes-appendix.html: bad data, a broken constraint.
BAD_DATA_CLASSES = ("22", "23")


async def fetch(transaction: ReadTransaction, statement: str, *arguments: object) -> list[Any]:
    """The rows of one statement. Raises StoreUnavailable or StoreBusy where asking again may
    help."""
    driver = await transaction.driver_connection()
    with told_apart(), telemetry.span_if_kept("SQL", kind=SpanKind.CLIENT, attributes=SQL) as span:
        if span.is_recording():
            span.set_attribute("db.query.text", statement)
        rows: list[Any] = await driver.fetch(statement, *arguments, timeout=STATEMENT_SECONDS)
    return rows


def numbers(values: Iterable[int | None]) -> str:
    """An array's text."""
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def is_bad_data(error: Exception) -> bool:
    """Whether what was written is at fault, and not the server: the same will fail again."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, asyncpg.InterfaceError) and isinstance(cause, ValueError):
        return True  # an argument that does not fit its type
    return str(getattr(cause, "sqlstate", None) or "").startswith(BAD_DATA_CLASSES)
