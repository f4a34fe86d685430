"""A write happens once per request id, and a repeat answers what the first one answered.

The outcome, a refusal included, is stored in the transaction that made it true, unique with the
actor, and kept for 48 hours: longer than Telegram repeats an update. Two calls under one id at
the same time meet at the unique key: the second waits and answers the first one's outcome.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar, NamedTuple, TypeVar

import structlog
from fotbot.common.v1.write_pb2 import WriteContext
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.chassis.db import Database, WriteTransaction
from services.chassis.errors import Invalid, Kind, Refused, Unavailable
from services.chassis.metrics import REQUEST_ID_REUSED, RETENTION_REMOVED

KEPT = timedelta(hours=48)
MAX_REQUEST_ID = 128
# Forgotten in one transaction: each ends well before a statement's deadline.
PIECE = 10_000

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer", bound=Message)


class RequestIdMissing(Invalid):
    """A write without a request id cannot be repeated safely."""

    reason = "REQUEST_ID_MISSING"


class ActorMissing(Invalid):
    """A write without an actor cannot be authorised."""

    reason = "ACTOR_MISSING"


class Repeated(Refused):
    """The refusal that this request id got the first time."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    reason: ClassVar[str] = "REPEATED"


def requests_table(metadata: MetaData) -> Table:
    """The table of outcomes; every service with writes has one in its schema."""
    return Table(
        "requests",
        metadata,
        Column("actor_id", BigInteger, primary_key=True),
        Column("request_id", Text, primary_key=True),
        Column("method", Text, nullable=False),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("refused", Text),
        Column("outcome", LargeBinary),
        Column(
            "created_at",
            DateTime(timezone=True),
            nullable=False,
            server_default=func.now(),
            index=True,
        ),
    )


class Once:
    """Runs a service's writes, each once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._requests = requests_table(MetaData())

    async def __call__(
        self,
        write: WriteContext,
        request: Message,
        answer: type[Answer],
        work: Callable[[WriteTransaction], Awaitable[Answer]],
    ) -> Answer:
        """Run `work` in a transaction, or answer what this request id got before.

        Raises what `work` refused, the same at every repeat; REQUEST_ID_MISSING, ACTOR_MISSING.
        Unavailable is no outcome: it is raised, nothing is stored, and a repeat runs again.
        """
        check(write)
        method, fingerprint = request.DESCRIPTOR.full_name, fingerprint_of(request)
        async with self._database.write() as transaction:
            if not await self._claim(transaction, write, method, fingerprint):
                return await self._first(transaction, write, method, fingerprint, answer)
            outcome = await self._attempt(transaction, work)
            await self._settle(transaction, write, outcome)
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    async def sweep(self) -> int:
        """Forget outcomes older than 48 hours, so many at a time; the number of rows."""
        rows, gone = 0, PIECE
        key = tuple_(self._requests.c.actor_id, self._requests.c.request_id)
        old = self._requests.c.created_at < datetime.now(UTC) - KEPT
        some = select(*key).where(old).order_by(self._requests.c.created_at).limit(PIECE)
        while gone == PIECE:
            async with self._database.write() as transaction:
                swept = await transaction.execute(delete(self._requests).where(key.in_(some)))
            gone = swept.rowcount
            rows += gone
            RETENTION_REMOVED.labels("requests").inc(gone)
        return rows

    async def _claim(
        self, transaction: WriteTransaction, write: WriteContext, method: str, fingerprint: bytes
    ) -> bool:
        claimed = await transaction.execute(
            insert(self._requests)
            .values(
                actor_id=write.actor_id,
                request_id=write.request_id,
                method=method,
                fingerprint=fingerprint,
            )
            .on_conflict_do_nothing()
        )
        return claimed.rowcount == 1

    @staticmethod
    async def _attempt(
        transaction: WriteTransaction, work: Callable[[WriteTransaction], Awaitable[Answer]]
    ) -> Answer | Refused:
        try:
            async with transaction.savepoint():
                return await work(transaction)
        except Unavailable:
            raise
        except Refused as refusal:
            return refusal

    async def _settle(
        self, transaction: WriteTransaction, write: WriteContext, outcome: Message | Refused
    ) -> None:
        await transaction.execute(
            update(self._requests)
            .where(
                self._requests.c.actor_id == write.actor_id,
                self._requests.c.request_id == write.request_id,
            )
            .values(outcome=stored(outcome), refused=kind_of(outcome))
        )

    async def _first(
        self,
        transaction: WriteTransaction,
        write: WriteContext,
        method: str,
        fingerprint: bytes,
        answer: type[Answer],
    ) -> Answer:
        found = await transaction.execute(
            select(self._requests).where(
                self._requests.c.actor_id == write.actor_id,
                self._requests.c.request_id == write.request_id,
            )
        )
        row = found.one()
        first = First(row.method, row.fingerprint, row.refused, row.outcome)
        return first.again(method, fingerprint, answer)


class First(NamedTuple):
    """What is stored of the first write under a request id."""

    method: str
    fingerprint: bytes
    refused: str | None
    outcome: bytes

    def again(self, method: str, fingerprint: bytes, answer: type[Answer]) -> Answer:
        """Its answer. Raises what it was refused with, RequestIdReused; alerts when other content
        came under the same id."""
        if self.method != method or self.fingerprint != fingerprint:
            REQUEST_ID_REUSED.inc()
            log.error(
                "a request id came again with other content", method=method, first=self.method
            )
        if self.refused is not None:
            raise _from_info(Kind(self.refused), self.outcome)
        if self.method != method:
            raise RequestIdReused("this request id belongs to another call", first=self.method)
        first = answer()
        first.ParseFromString(self.outcome)
        return first


class RequestIdReused(Invalid):
    """The id was used for a call of another kind, whose answer this call cannot give."""

    reason = "REQUEST_ID_REUSED"


def check(write: WriteContext) -> None:
    """Raises RequestIdMissing, ActorMissing."""
    if not 0 < len(write.request_id) <= MAX_REQUEST_ID:
        raise RequestIdMissing(f"write.request_id must have 1-{MAX_REQUEST_ID} characters")
    if write.actor_id <= 0:
        raise ActorMissing("write.actor_id must be a person's id")


def fingerprint_of(request: Message) -> bytes:
    """The same for the same content."""
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()


def stored(outcome: Message | Refused) -> bytes:
    """An answer or a refusal as it is kept."""
    if isinstance(outcome, Refused):
        return ErrorInfo(reason=outcome.reason, metadata=outcome.details).SerializeToString()
    return outcome.SerializeToString()


def kind_of(outcome: Message | Refused) -> str | None:
    """Of a refusal; None for an answer."""
    return outcome.kind.value if isinstance(outcome, Refused) else None


def _from_info(kind: Kind, stored: bytes) -> Refused:
    info = ErrorInfo.FromString(stored)
    refusal = Repeated(f"as the first time: {info.reason}", **dict(info.metadata))
    refusal.kind, refusal.reason = kind, info.reason  # type: ignore[misc]
    return refusal
