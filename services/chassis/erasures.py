"""Erasing who was deleted: users tells whom and in which order, each other service does its part.

A row for each whom this service has erased: the greatest number is how far it has come. A person
may have had something under way when he was deleted, so he is looked at a second time, once nothing
of his can come any more. `erase` is safe to repeat, whole or after any of its transactions.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fotbot.users.v1.users_service_pb2 import Erasure, ListErasuresRequest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    MetaData,
    Table,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.chassis import logs
from services.chassis.db import Database
from services.chassis.deadline import budget
from services.chassis.errors import RemoteRefusal, Unanswered, Unavailable
from services.chassis.jobs import Handler, Job
from services.chassis.metrics import ERASED
from services.chassis.schedules import Schedule

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.users.v1.users_service_pb2_grpc import UsersServiceAsyncStub

ERASE = Schedule(kind="erase", every=timedelta(seconds=10))
ASK_SECONDS = 5.0
PAGE = 100
# Longer than an update lives, with all that it has begun.
SETTLED = timedelta(minutes=10)

log = logs.logger(__name__)
Erase = Callable[[int], Awaitable[None]]
"""Of a person by his id. Raises Unavailable to be asked again."""


def erased_table(metadata: MetaData) -> Table:
    """Whom a service has erased; every service but users has one in its schema."""
    return Table(
        "erased",
        metadata,
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("user_id", BigInteger, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("settled", Boolean, nullable=False, server_default=text("false")),
        Index("erased_unsettled", "at", postgresql_where=text("NOT settled")),
    )


_erased = erased_table(MetaData())
_REACHED = select(func.coalesce(func.max(_erased.c.number), 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasures:
    """One service's way through users' feed."""

    database: Database
    users: "UsersServiceAsyncStub"
    erase: Erase
    settled: timedelta = SETTLED

    async def catch_up(self) -> int:
        """Erase whom users has deleted since; how many. Raises Unanswered and RemoteRefusal when
        users cannot say, and what `erase` raises: who was before him stays erased."""
        done = 0
        while page := await self._page():
            for one in page:
                await self.erase(one.user_id)
                await self._note(one)
                done += 1
        return done

    async def look_again(self) -> int:
        """Erase once more who had something under way; how many were looked at."""
        old = func.now() - self.settled
        waiting = select(_erased.c.number, _erased.c.user_id).where(
            ~_erased.c.settled, _erased.c.at < old
        )
        async with self.database.read_primary() as transaction:
            found = (await transaction.execute(waiting.limit(PAGE))).all()
        for row in found:
            await self.erase(row.user_id)
            async with self.database.write() as transaction:
                settle = update(_erased).where(_erased.c.number == row.number)
                await transaction.execute(settle.values(settled=True))
        return len(found)

    async def _page(self) -> Sequence[Erasure]:
        async with self.database.read_primary() as transaction:
            reached = (await transaction.execute(_REACHED)).scalar_one()
        request = ListErasuresRequest(after_number=reached, page_size=PAGE)
        with budget(ASK_SECONDS):
            return (await self.users.ListErasures(request)).erasures

    async def _note(self, one: Erasure) -> None:
        row = insert(_erased).values(number=one.number, user_id=one.user_id)
        async with self.database.write() as transaction:
            noted = await transaction.execute(row.on_conflict_do_nothing())
        if noted.rowcount:
            ERASED.inc()
            log.info("a person was erased", number=one.number)


async def tried(erasures: Erasures) -> None:
    """Both, or as much of it as can be done now: the next time begins where this one ended."""
    try:
        await erasures.catch_up()
        await erasures.look_again()
    except (Unanswered, RemoteRefusal, Unavailable) as error:
        log.warning("who was deleted is erased later", error=str(error))


def erasing(erasures: Erasures) -> Handler:
    """The handler of ERASE's jobs."""

    async def run(_job: Job) -> None:
        await tried(erasures)

    return run
