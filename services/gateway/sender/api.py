"""The sender's gRPC face: translates, stores what must last, queues what need not."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from fotbot.sender.v1.sender_service_pb2 import (
    CountNoticesRequest,
    CountNoticesResponse,
    DropNoticesRequest,
    DropNoticesResponse,
    ExportMineRequest,
    ExportMineResponse,
    ForgetAccountRequest,
    ForgetAccountResponse,
    GetBotRequest,
    GetBotResponse,
    QuarantineUpdateRequest,
    QuarantineUpdateResponse,
    SendNoticesRequest,
    SendNoticesResponse,
    ShowScreensRequest,
    ShowScreensResponse,
)
from fotbot.sender.v1.sender_service_pb2_grpc import SenderServiceServicer
from grpc.aio import ServicerContext

from services.chassis.db import Database, ReadTransaction, WriteTransaction
from services.chassis.exports import document
from services.gateway.sender import messages, metrics
from services.gateway.sender.identity import Identity
from services.gateway.sender.notices import NoticeStore
from services.gateway.sender.quarantined import QuarantineStore
from services.gateway.sender.refusals import TooMany
from services.gateway.sender.screens import Screen

MOST_ITEMS = 100
# The verdict of what was dropped, as it is kept.
DROPPED = "dropped"
DROPPED_AT_ONCE = 1000


class Outbox(Protocol):
    """Who sends."""

    def show(self, screen: Screen) -> bool:
        """Queue a screen; False when there is no room."""

    def notices_came(self) -> None:
        """There may be something due in the table."""

    def forget(self, group: str) -> None:
        """Notices of this group that were taken out of the table are not to be sent any more."""


class PeopleStore(Protocol):
    """What is kept of single people."""

    async def known(self, user_id: int) -> Mapping[str, Any]:
        """All of it, for himself."""

    async def forget_updates(self, telegram_id: int) -> int:
        """The quarantined updates of a Telegram account are gone; how many there were."""


class SenderServicer(SenderServiceServicer):
    """fotbot.sender.v1.SenderService."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        identity: Identity,
        notices: Callable[[ReadTransaction], NoticeStore],
        quarantine: Callable[[WriteTransaction], QuarantineStore],
        people: PeopleStore,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._identity = identity
        self._notices = notices
        self._quarantine = quarantine
        self._people = people

    async def SendNotices(
        self,
        request: SendNoticesRequest,
        context: ServicerContext[SendNoticesRequest, SendNoticesResponse],
    ) -> SendNoticesResponse:
        """Keeps notices. Refuses with TOO_MANY_ITEMS, NOTICE_INVALID, STORE_UNAVAILABLE."""
        _check_number(request.notices)
        new = [messages.new_notice(notice) for notice in request.notices]
        if not new:
            return SendNoticesResponse(accepted=0)
        async with self._database.write() as transaction:
            accepted = await self._notices(transaction).add(new)
        self._outbox.notices_came()
        return SendNoticesResponse(accepted=accepted)

    async def CountNotices(
        self,
        request: CountNoticesRequest,
        context: ServicerContext[CountNoticesRequest, CountNoticesResponse],
    ) -> CountNoticesResponse:
        """How far a group is. Refuses with NOTICE_INVALID, STORE_UNAVAILABLE."""
        async with self._database.read_primary() as transaction:
            tally = await self._notices(transaction).tally(messages.group(request.group))
        return CountNoticesResponse(
            waiting=tally.waiting, delivered=tally.delivered, undelivered=tally.undelivered
        )

    async def DropNotices(
        self,
        request: DropNoticesRequest,
        context: ServicerContext[DropNoticesRequest, DropNoticesResponse],
    ) -> DropNoticesResponse:
        """Drops what has not left. Refuses with NOTICE_INVALID, STORE_UNAVAILABLE."""
        group = messages.group(request.group)
        dropped = 0
        while more := await self._drop(group):
            dropped += more
        return DropNoticesResponse(dropped=dropped)

    async def _drop(self, group: str) -> int:
        """A part, so that no transaction is long; a call that ends in between is made again."""
        async with self._database.write() as transaction:
            dropped = await self._notices(transaction).drop(group, DROPPED, DROPPED_AT_ONCE)
        self._outbox.forget(group)
        return dropped

    async def ShowScreens(
        self,
        request: ShowScreensRequest,
        context: ServicerContext[ShowScreensRequest, ShowScreensResponse],
    ) -> ShowScreensResponse:
        """Queues screens in memory. Refuses with TOO_MANY_ITEMS, SCREEN_INVALID."""
        _check_number(request.calls)
        now = time.monotonic()
        screens = [messages.screen(call, now) for call in request.calls]
        return ShowScreensResponse(accepted=sum(map(self._outbox.show, screens)))

    async def GetBot(
        self, request: GetBotRequest, context: ServicerContext[GetBotRequest, GetBotResponse]
    ) -> GetBotResponse:
        """Who the bot is. Refuses with BOT_UNKNOWN."""
        bot = self._identity.bot()
        return GetBotResponse(bot_id=bot.bot_id, username=bot.username)

    async def QuarantineUpdate(
        self,
        request: QuarantineUpdateRequest,
        context: ServicerContext[QuarantineUpdateRequest, QuarantineUpdateResponse],
    ) -> QuarantineUpdateResponse:
        """Keeps a broken update. Refuses with UPDATE_INVALID, STORE_UNAVAILABLE."""
        broken = messages.broken_update(request)
        async with self._database.write() as transaction:
            await self._quarantine(transaction).put(broken)
        metrics.QUARANTINED.inc()
        return QuarantineUpdateResponse()

    async def ExportMine(
        self,
        request: ExportMineRequest,
        context: ServicerContext[ExportMineRequest, ExportMineResponse],
    ) -> ExportMineResponse:
        """The actor's own: nobody can name another. Refuses with STORE_UNAVAILABLE."""
        found = await self._people.known(request.actor_id)
        return ExportMineResponse(document=document(found))

    async def ForgetAccount(
        self,
        request: ForgetAccountRequest,
        context: ServicerContext[ForgetAccountRequest, ForgetAccountResponse],
    ) -> ForgetAccountResponse:
        """Forgets a person's quarantined updates. Refuses with STORE_UNAVAILABLE."""
        updates = await self._people.forget_updates(request.telegram_id)
        return ForgetAccountResponse(updates=updates)


def _check_number(items: Sequence[object]) -> None:
    if len(items) > MOST_ITEMS:
        raise TooMany("more than 100 items in one call", items=len(items))
