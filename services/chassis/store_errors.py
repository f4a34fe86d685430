"""Which database failures mean "ask again", and what they are called on the wire.

Everything else (a constraint nobody expected, bad data) is a bug of ours and stays as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from asyncpg import InterfaceError, PostgresError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.chassis.errors import Unavailable
from services.chassis.metrics import DATABASE_NO_CONNECTION

# https://www.postgresql.org/docs/18/errcodes-appendix.html
BUSY = frozenset({"55P03", "40P01", "40001"})
AWAY = frozenset({"25006", "53300", "57P01", "57P02", "57P03", "57P05"})
AWAY_CLASSES = ("08", "58", "53")


class StoreUnavailable(Unavailable):
    """The database does not answer, or not as a primary."""

    reason = "STORE_UNAVAILABLE"


class StoreBusy(Unavailable):
    """A lock or a connection was not to be had in time."""

    reason = "STORE_BUSY"


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn failures of the database into refusals; leave all others alone."""
    try:
        yield
    except PoolTimeout as error:
        DATABASE_NO_CONNECTION.inc()
        raise StoreBusy("no free database connection") from error
    except DBAPIError as error:
        refusal = _refusal(_code(error.orig), lost=error.connection_invalidated)
        if refusal is None:
            raise
        raise refusal from error
    except PostgresError as error:
        refusal = _refusal(_code(error), lost=False)
        if refusal is None:
            raise
        raise refusal from error
    except InterfaceError as error:
        if isinstance(error, ValueError):  # an argument that does not fit its type
            raise
        raise StoreUnavailable("the connection to the database was lost") from error
    except (OSError, TimeoutError) as error:
        raise StoreUnavailable(f"the database does not answer: {type(error).__name__}") from error


def _code(error: object) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _refusal(code: str, *, lost: bool) -> Unavailable | None:
    if code in BUSY:
        return StoreBusy(f"the database is busy: {code}")
    if code in AWAY or code.startswith(AWAY_CLASSES):
        return StoreUnavailable(f"the database is away: {code}")
    if lost or not code:
        return StoreUnavailable("the connection to the database was lost")
    return None
