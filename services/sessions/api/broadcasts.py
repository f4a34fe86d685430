"""The broadcasts of LeagueService: a part of its servicer. Handing them over is the worker's."""

from collections.abc import Awaitable, Callable
from typing import Any

from fotbot.sessions.v1 import league_service_pb2 as messages
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.db import Database, ReadTransaction, WriteTransaction
from services.chassis.once import Once
from services.sessions.domain import broadcasts
from services.sessions.domain.broadcasts import (
    Broadcast,
    BroadcastId,
    BroadcastReads,
    BroadcastStatus,
    BroadcastStore,
)
from services.sessions.domain.values import Person, SessionId, UserId

Context = Any
Ask = Callable[[UserId], Awaitable[Person]]
ReadsOf = Callable[[ReadTransaction], BroadcastReads]
StoreOf = Callable[[WriteTransaction], BroadcastStore]

STATUSES = {
    BroadcastStatus.RUNNING: messages.BROADCAST_STATUS_RUNNING,
    BroadcastStatus.DONE: messages.BROADCAST_STATUS_DONE,
    BroadcastStatus.STOPPED: messages.BROADCAST_STATUS_STOPPED,
}


class BroadcastCalls:
    """What LeagueServicer inherits; it sets these six.

    `_count_everybody` is asked before a transaction opens, so that none waits for users.
    """

    _once: Once
    _ask: Ask
    _database: Database
    _broadcast_reads: ReadsOf
    _broadcast_store: StoreOf
    _count_everybody: Callable[[], Awaitable[int]]

    async def CountAudience(
        self, request: messages.CountAudienceRequest, context: Context
    ) -> messages.CountAudienceResponse:
        """How many it would go to."""
        actor = await self._ask(UserId(request.actor_id))
        session_id = _session(request.session_id)
        if session_id is None:
            broadcasts.must_write_to_everybody(actor)
            return messages.CountAudienceResponse(people=await self._count_everybody())
        async with self._database.read() as transaction:
            reads = self._broadcast_reads(transaction)
            await broadcasts.check_audience(reads, actor, session_id)
            return messages.CountAudienceResponse(people=await reads.count_people(session_id))

    async def CreateBroadcast(
        self, request: messages.CreateBroadcastRequest, context: Context
    ) -> messages.CreateBroadcastResponse:
        """Opens one."""
        actor = await self._ask(UserId(request.write.actor_id))
        session_id = _session(request.session_id)
        to_everybody = session_id is None and broadcasts.may_write_to_everybody(actor)
        everybody = await self._count_everybody() if to_everybody else 0

        async def work(transaction: WriteTransaction) -> messages.CreateBroadcastResponse:
            store = self._broadcast_store(transaction)
            made = await broadcasts.create(store, actor, session_id, request.text, everybody)
            return messages.CreateBroadcastResponse(broadcast=_message(made))

        return await self._once(request.write, request, messages.CreateBroadcastResponse, work)

    async def GetBroadcast(
        self, request: messages.GetBroadcastRequest, context: Context
    ) -> messages.GetBroadcastResponse:
        """How far it is."""
        actor = await self._ask(UserId(request.actor_id))
        async with self._database.read() as transaction:
            reads = self._broadcast_reads(transaction)
            found = await broadcasts.get(reads, actor, BroadcastId(request.broadcast_id))
        return messages.GetBroadcastResponse(broadcast=_message(found))

    async def StopBroadcast(
        self, request: messages.StopBroadcastRequest, context: Context
    ) -> messages.StopBroadcastResponse:
        """Lets off whom it has not reached yet."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.StopBroadcastResponse:
            store = self._broadcast_store(transaction)
            stopped = await broadcasts.stop(store, actor, BroadcastId(request.broadcast_id))
            return messages.StopBroadcastResponse(broadcast=_message(stopped))

        return await self._once(request.write, request, messages.StopBroadcastResponse, work)


def _session(session_id: int) -> SessionId | None:
    return SessionId(session_id) if session_id else None


def _message(broadcast: Broadcast) -> messages.Broadcast:
    return messages.Broadcast(
        id=broadcast.id,
        session_id=broadcast.session_id or 0,
        author_id=broadcast.author_id,
        text=broadcast.text,
        status=STATUSES[broadcast.status],
        total=broadcast.total,
        handed=broadcast.handed,
        created_at=Timestamp(seconds=int(broadcast.created_at.timestamp())),
    )
