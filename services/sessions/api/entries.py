"""EntriesService over the domain: teams' entries, money, coupons, what organisers decide.

As in SessionsService, users and teams are asked before the transaction opens, and what their
answers allow is decided inside.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fotbot.sessions.v1 import entries_service_pb2 as messages
from fotbot.sessions.v1.entries_service_pb2_grpc import EntriesServiceServicer
from fotbot.sessions.v1.entry_pb2 import Entry

from services.chassis.db import Database, ReadTransaction, WriteTransaction
from services.chassis.once import Once
from services.sessions import entry_wire, pages, wire
from services.sessions.domain import cards, deciding, paying, squads
from services.sessions.domain.cards import Cards
from services.sessions.domain.entries import Squad
from services.sessions.domain.ports import Store
from services.sessions.domain.refusals import EntryNotFound
from services.sessions.domain.values import EntryId, Person, SessionId, TeamId, UserId

ENTRIES_PAGE = 10

Context = Any
Ask = Callable[[UserId], Awaitable[Person]]
AskTeam = Callable[[TeamId, UserId], Awaitable[Squad | None]]
StoreOf = Callable[[WriteTransaction], Store]
CardsOf = Callable[[ReadTransaction], Cards]


class EntriesServicer(EntriesServiceServicer):
    """`ask` tells who a person is, `ask_team` what a team is; `store_of` and `cards_of` make what
    is written and read over a transaction."""

    def __init__(
        self,
        *,
        once: Once,
        ask: Ask,
        ask_team: AskTeam,
        store_of: StoreOf,
        cards_of: CardsOf,
        database: Database,
    ) -> None:
        self._once = once
        self._ask = ask
        self._ask_team = ask_team
        self._store_of = store_of
        self._cards_of = cards_of
        self._database = database

    async def RegisterTeam(
        self, request: messages.RegisterTeamRequest, context: Context
    ) -> messages.RegisterTeamResponse:
        """All places of a squad, or one place in the queue."""
        person = await self._ask(UserId(request.write.actor_id))
        squad = await self._ask_team(TeamId(request.team_id), person.id)
        session_id = SessionId(request.session_id)
        players = [UserId(player) for player in request.player_ids]

        async def work(transaction: WriteTransaction) -> messages.RegisterTeamResponse:
            store = self._store_of(transaction)
            outcome = await squads.register_team(store, person, squad, session_id, players)
            return messages.RegisterTeamResponse(
                session=wire.view(outcome.view), already=outcome.already
            )

        return await self._once(request.write, request, messages.RegisterTeamResponse, work)

    async def UseCoupons(
        self, request: messages.UseCouponsRequest, context: Context
    ) -> messages.UseCouponsResponse:
        """So many in place of those used so far."""

        async def work(transaction: WriteTransaction) -> messages.UseCouponsResponse:
            store, actor = self._store_of(transaction), UserId(request.write.actor_id)
            session_id = SessionId(request.session_id)
            view = await paying.use_coupons(store, actor, session_id, request.count)
            return messages.UseCouponsResponse(session=wire.view(view))

        return await self._once(request.write, request, messages.UseCouponsResponse, work)

    async def CountCoupons(
        self, request: messages.CountCouponsRequest, context: Context
    ) -> messages.CountCouponsResponse:
        """For the actor's entry."""
        session_id, actor = SessionId(request.session_id), UserId(request.actor_id)
        async with self._database.read() as transaction:
            usable, used = await self._cards_of(transaction).usable(session_id, actor)
        return messages.CountCouponsResponse(usable=usable, used=used)

    async def SubmitReceipt(
        self, request: messages.SubmitReceiptRequest, context: Context
    ) -> messages.SubmitReceiptResponse:
        """Shows it to the organiser."""

        async def work(transaction: WriteTransaction) -> messages.SubmitReceiptResponse:
            store, actor = self._store_of(transaction), UserId(request.write.actor_id)
            session_id = SessionId(request.session_id)
            view = await paying.submit_receipt(store, actor, session_id, request.file_id)
            return messages.SubmitReceiptResponse(session=wire.view(view))

        return await self._once(request.write, request, messages.SubmitReceiptResponse, work)

    async def ListEntries(
        self, request: messages.ListEntriesRequest, context: Context
    ) -> messages.ListEntriesResponse:
        """One page; one more than fits is asked for, to know whether a next one is."""
        actor, session_id = await self._ask(UserId(request.actor_id)), SessionId(request.session_id)
        size = pages.page_size(request.page_size, ENTRIES_PAGE)
        behind = pages.behind(request.page_token)
        async with self._database.read() as transaction:
            read = self._cards_of(transaction)
            await cards.seen_session(read, actor, session_id)
            found = await read.page(session_id, request.awaiting, behind, size + 1)
            total = await read.count(session_id, request.awaiting)
        return messages.ListEntriesResponse(
            entries=map(entry_wire.card, found[:size]),
            next_page_token=pages.token_behind(found[size - 1]) if len(found) > size else "",
            total=total,
        )

    async def ListAwaiting(
        self, request: messages.ListAwaitingRequest, context: Context
    ) -> messages.ListAwaitingResponse:
        """Sessions with something to decide."""
        actor = await self._ask(UserId(request.actor_id))
        async with self._database.read() as transaction:
            found = await cards.awaiting(self._cards_of(transaction), actor)
        return messages.ListAwaitingResponse(
            sessions=[entry_wire.awaiting(session, entries) for session, entries in found]
        )

    async def GetEntry(
        self, request: messages.GetEntryRequest, context: Context
    ) -> messages.GetEntryResponse:
        """One card with its payment's history."""
        actor = await self._ask(UserId(request.actor_id))
        async with self._database.read() as transaction:
            read = self._cards_of(transaction)
            card, session = await cards.seen_card(read, actor, EntryId(request.entry_id))
            history = await read.history(card.entry.id)
        return messages.GetEntryResponse(
            entry=entry_wire.card(card, history), session=wire.session(session)
        )

    async def ApproveEntry(
        self, request: messages.ApproveEntryRequest, context: Context
    ) -> messages.ApproveEntryResponse:
        """Says yes."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.ApproveEntryResponse:
            entry_id = EntryId(request.entry_id)
            await deciding.approve(self._store_of(transaction), actor, entry_id)
            return messages.ApproveEntryResponse(entry=await self._card(transaction, entry_id))

        return await self._once(request.write, request, messages.ApproveEntryResponse, work)

    async def RejectEntry(
        self, request: messages.RejectEntryRequest, context: Context
    ) -> messages.RejectEntryResponse:
        """Says no."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.RejectEntryResponse:
            entry_id, store = EntryId(request.entry_id), self._store_of(transaction)
            await deciding.reject(store, actor, entry_id, request.reason)
            return messages.RejectEntryResponse(entry=await self._card(transaction, entry_id))

        return await self._once(request.write, request, messages.RejectEntryResponse, work)

    async def SettleRefund(
        self, request: messages.SettleRefundRequest, context: Context
    ) -> messages.SettleRefundResponse:
        """Money went back, or had never come."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.SettleRefundResponse:
            entry_id, store = EntryId(request.entry_id), self._store_of(transaction)
            never = request.not_received
            await deciding.settle_refund(store, actor, entry_id, not_received=never)
            return messages.SettleRefundResponse(entry=await self._card(transaction, entry_id))

        return await self._once(request.write, request, messages.SettleRefundResponse, work)

    async def MarkAttendance(
        self, request: messages.MarkAttendanceRequest, context: Context
    ) -> messages.MarkAttendanceResponse:
        """Somebody came, or did not."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.MarkAttendanceResponse:
            session_id, player = SessionId(request.session_id), UserId(request.user_id)
            store = self._store_of(transaction)
            entry_id = await deciding.mark_attendance(
                store, actor, session_id, player, attended=request.attended
            )
            return messages.MarkAttendanceResponse(entry=await self._card(transaction, entry_id))

        return await self._once(request.write, request, messages.MarkAttendanceResponse, work)

    async def ListCoupons(
        self, request: messages.ListCouponsRequest, context: Context
    ) -> messages.ListCouponsResponse:
        """One's own."""
        user_id = UserId(request.user_id)
        cards.must_be_own(UserId(request.actor_id), user_id)
        async with self._database.read() as transaction:
            available, used = await self._cards_of(transaction).coupons(user_id)
        return messages.ListCouponsResponse(available=available, used=used)

    async def _card(self, transaction: WriteTransaction, entry_id: EntryId) -> Entry:
        card = await self._cards_of(transaction).card(entry_id)
        if card is None:
            raise EntryNotFound(f"no entry {entry_id}", entry_id=entry_id)
        return entry_wire.card(card)
