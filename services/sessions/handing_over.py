"""The worker's jobs of broadcasts: page after page to the sender, and dropping after a stop."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from fotbot.sender.v1.notice_pb2 import NOTICE_KIND_BROADCAST, Notice, NoticeFacts
from fotbot.sender.v1.sender_service_pb2 import DropNoticesRequest, SendNoticesRequest

from services.chassis import telemetry
from services.chassis.db import Database
from services.chassis.deadline import budget
from services.chassis.jobs import Handler, Job, Jobs
from services.sessions.domain.broadcasts import Broadcast, BroadcastId, BroadcastStatus
from services.sessions.domain.values import UserId
from services.sessions.storage import broadcasts
from services.sessions.storage.broadcasts import SqlBroadcasts
from services.sessions.storage.reminders import about

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceAsyncStub

PAGE = 100
"""The sender takes no more in one call."""

CALL_SECONDS = 5.0

Everybody = Callable[[UserId, int], Awaitable[Sequence[UserId]]]


class HandingOver:
    """`everybody` gives a page of all people; `zone` is whose night they have."""

    def __init__(
        self, database: Database, sender: "SenderServiceAsyncStub", everybody: Everybody, zone: str
    ) -> None:
        self._database = database
        self._sender = sender
        self._everybody = everybody
        self._zone = zone
        self._jobs = Jobs()

    @property
    def handlers(self) -> dict[str, Handler]:
        """By the jobs' kinds."""
        return {broadcasts.HAND_OVER: self.hand_over, broadcasts.DROP: self.drop}

    async def hand_over(self, job: Job) -> None:
        """One page; a repeated job finds the broadcast further on and does nothing."""
        broadcast_id, after = broadcasts.page_of(job.payload)
        async with self._database.write() as transaction:
            store = SqlBroadcasts(transaction, self._jobs)
            await store.hold(broadcast_id)
            found = await store.broadcast(broadcast_id)
            if not found or found.status is not BroadcastStatus.RUNNING or found.cursor != after:
                return
            people = await self._people(store, found)
            if people:
                await self._send(store, found, people, job.traceparent)
            await store.handed_over(found, people)

    async def drop(self, job: Job) -> None:
        """After a page that is under way; later ones see that it is stopped."""
        broadcast_id = BroadcastId(int(job.payload))
        async with self._database.write() as transaction:
            store = SqlBroadcasts(transaction, self._jobs)
            await store.hold(broadcast_id)
            found = await store.broadcast(broadcast_id)
            if found and found.status is BroadcastStatus.STOPPED:
                with budget(CALL_SECONDS):
                    await self._sender.DropNotices(DropNoticesRequest(group=found.group))

    async def _people(self, store: SqlBroadcasts, broadcast: Broadcast) -> Sequence[UserId]:
        if broadcast.session_id is not None:
            return await store.people(broadcast.session_id, broadcast.cursor, PAGE)
        with budget(CALL_SECONDS):
            return await self._everybody(broadcast.cursor, PAGE)

    async def _send(
        self,
        store: SqlBroadcasts,
        broadcast: Broadcast,
        people: Sequence[UserId],
        traceparent: str,
    ) -> None:
        session_id = broadcast.session_id
        session = None if session_id is None else await store.session(session_id)
        notices = [
            Notice(
                notice_id=broadcast.notice_id(user_id),
                user_id=user_id,
                kind=NOTICE_KIND_BROADCAST,
                session=about(session) if session else None,
                traceparent=traceparent,
                facts=NoticeFacts(text=broadcast.text),
                group=broadcast.group,
                time_zone="" if session else self._zone,
            )
            for user_id in people
        ]
        links = telemetry.link(traceparent)
        with telemetry.span("broadcast", links=links), budget(CALL_SECONDS):
            await self._sender.SendNotices(SendNoticesRequest(notices=notices))
