"""Rows of another bot, taken over once each: what was taken is noted under its id there.

Every service that takes some has a table of these notes in its schema. Off unless the settings
say otherwise, and one batch at a time: a mover started twice takes nothing twice.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence, Sized
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from fotbot.common.v1 import import_pb2 as wire
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    Table,
    Text,
    TextClause,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from services.chassis.db import Database, ReadTransaction, WriteTransaction
from services.chassis.errors import Forbidden, Invalid, Unavailable
from services.chassis.settings import Settings

LATEST = datetime(9999, 1, 1, tzinfo=UTC)
MOST_ROWS = 1000


class ImportSettings(Settings):
    """Every process that takes rows over."""

    import_enabled: bool = False
    """True lets whoever reaches the gRPC port bring another bot's rows in. For the move alone."""


class ImportDisabled(Forbidden):
    """This process was not started for a move."""

    reason = "IMPORT_DISABLED"


class TooManyRows(Invalid):
    """More rows in one call than fit its deadline."""

    reason = "TOO_MANY_ROWS"


class ImportCollided(Unavailable):
    """Somebody in the new bot came first to what a row needs: asking again sees it."""

    reason = "IMPORT_COLLIDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A row that came in. `worth` is what it weighs in the mover's sums."""

    legacy_id: str
    id: int
    worth: int = 0


def imported_table(metadata: MetaData) -> Table:
    """The notes of what came in, by kind of row."""
    return Table(
        "imported",
        metadata,
        Column("kind", Text, primary_key=True),
        Column("legacy_id", Text, primary_key=True),
        Column("id", BigInteger, nullable=False),
        Column("worth", BigInteger, nullable=False, server_default=text("0")),
    )


_imported = imported_table(MetaData())
_KNOWN = select(_imported.c.legacy_id, _imported.c.id).where(
    _imported.c.kind == bindparam("of_kind"),
    _imported.c.legacy_id == any_(bindparam("ids", type_=ARRAY(Text))),
)
_TOTAL = select(func.coalesce(func.sum(_imported.c.worth), 0)).where(
    _imported.c.kind == bindparam("of_kind")
)
_TAKE = text(
    "INSERT INTO imported (kind, legacy_id, id, worth)"
    " SELECT :kind, * FROM unnest(CAST(:legacy_ids AS text[]), CAST(:ids AS bigint[]),"
    " CAST(:worths AS bigint[]))"
)
_IDS = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
# Held to the commit: another batch waits, and a dead mover's lock ends with its connection.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.imported'))")


class Batch:
    """One call's transaction, and the notes within it."""

    def __init__(self, transaction: WriteTransaction) -> None:
        self.transaction = transaction

    async def known(self, kind: str, legacy_ids: Iterable[str]) -> Mapping[str, int]:
        """Which of the rows came in before, with their ids here."""
        return await _known(self.transaction, kind, legacy_ids)

    async def take(self, kind: str, taken: Sequence[Taken]) -> None:
        """Note rows that come in with this transaction."""
        columns = {
            "legacy_ids": [row.legacy_id for row in taken],
            "ids": [row.id for row in taken],
            "worths": [row.worth for row in taken],
        }
        if taken:
            await self.transaction.execute(_TAKE, {"kind": kind, **columns})

    async def new_ids(self, table: str, count: int) -> list[int]:
        """Ids that the rows to come shall have, ascending: what refers to them is known at once."""
        found = await self.transaction.execute(_IDS, {"table": table, "count": count})
        return [number for (number,) in found]

    async def rows(self, statement: TextClause, rows: Sequence[Mapping[str, object]]) -> None:
        """A statement over all the rows at once: they are its one parameter, as JSON."""
        if rows:
            await self.transaction.execute(statement, {"rows": json.dumps(rows)})


class Imports:
    """A service's way of taking rows in."""

    def __init__(self, database: Database, *, enabled: bool) -> None:
        self._database = database
        self._enabled = enabled

    @asynccontextmanager
    async def batch(self, rows: Sized) -> AsyncIterator[Batch]:
        """A transaction for these rows. Raises ImportDisabled, TooManyRows, ImportCollided."""
        self._check(rows)
        try:
            async with self._database.write() as transaction:
                await transaction.execute(_ALONE)
                yield Batch(transaction)
        except IntegrityError as error:
            raise ImportCollided("a row met one that had just been made") from error

    async def foretold(self, kind: str, legacy_ids: Sequence[str]) -> list[wire.ImportResult]:
        """Of each row, whether it is here already. Raises as `batch` does."""
        self._check(legacy_ids)
        async with self._database.read_primary() as transaction:
            known = await _known(transaction, kind, legacy_ids)
        return [
            already_there(row, known[row]) if row in known else moved(row, 0) for row in legacy_ids
        ]

    async def total(self, kind: str) -> int:
        """What all rows of a kind were worth when they came in. Raises ImportDisabled."""
        self._check(())
        async with self._database.read_primary() as transaction:
            found = await transaction.execute(_TOTAL, {"of_kind": kind})
            return int(found.scalar_one())

    def _check(self, rows: Sized) -> None:
        if not self._enabled:
            raise ImportDisabled("IMPORT_ENABLED is not set here")
        if len(rows) > MOST_ROWS:
            raise TooManyRows(f"{len(rows)} rows in one call", most=MOST_ROWS)


def moment(stamp: Timestamp, latest: datetime = LATEST) -> datetime:
    """In UTC, to the second; what is absurdly early or late is merely so."""
    far = int(latest.timestamp())
    return datetime.fromtimestamp(min(max(stamp.seconds, 0), far), UTC)


def moved(legacy_id: str, new_id: int) -> wire.ImportResult:
    """The row came in."""
    return wire.ImportResult(legacy_id=legacy_id, outcome=wire.IMPORT_OUTCOME_MOVED, id=new_id)


def already_there(legacy_id: str, new_id: int) -> wire.ImportResult:
    """The row came in before."""
    there = wire.IMPORT_OUTCOME_ALREADY_THERE
    return wire.ImportResult(legacy_id=legacy_id, outcome=there, id=new_id)


def left(legacy_id: str, reason: str) -> wire.ImportResult:
    """The row stays where it was."""
    return wire.ImportResult(legacy_id=legacy_id, outcome=wire.IMPORT_OUTCOME_LEFT, reason=reason)


async def _known(
    transaction: ReadTransaction, kind: str, legacy_ids: Iterable[str]
) -> dict[str, int]:
    found = await transaction.execute(_KNOWN, {"of_kind": kind, "ids": list(legacy_ids)})
    return {row.legacy_id: row.id for row in found}
