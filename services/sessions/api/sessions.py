"""SessionsService over the domain: translates, asks users who acts, runs each write once.

The role is asked before the transaction opens, so that no lock waits for another service; what it
allows is decided inside, so that a repeated request answers what it answered the first time.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from fotbot.sessions.v1 import sessions_service_pb2 as messages
from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceServicer

from services.chassis.batches import Outcome
from services.chassis.db import WriteTransaction
from services.chassis.once import Once
from services.sessions import pages, wire
from services.sessions.api.crowds import Leaving, Registering, StoreOf
from services.sessions.api.seen import Seeing
from services.sessions.domain import planning
from services.sessions.domain.boards import Boards
from services.sessions.domain.openings import Openings
from services.sessions.domain.rights import must_organise
from services.sessions.domain.values import Person, SessionId, UserId

MINE_PAGE, ALL_PAGE, VENUES_PAGE, OPENINGS_PAGE = 10, 10, 20, 50
PAST = 5

Context = Any
Ask = Callable[[UserId], Awaitable[Person]]
Answer = TypeVar("Answer")


class SessionsServicer(SessionsServiceServicer):
    """`ask` tells who a person is; `store_of` makes a store over a transaction; venues without a
    zone are in `time_zone`. `seeing`, `register` and `leave` serve the items of batches, and calls
    that come alone as well."""

    def __init__(
        self,
        *,
        once: Once,
        seeing: Seeing,
        register: Registering,
        leave: Leaving,
        ask: Ask,
        store_of: StoreOf,
        boards: Boards,
        openings: Openings,
        time_zone: str,
    ) -> None:
        self._once = once
        self._seeing = seeing
        self._register = register
        self._leave = leave
        self._ask = ask
        self._store_of = store_of
        self._boards = boards
        self._openings = openings
        self._time_zone = time_zone

    async def CreateVenue(
        self, request: messages.CreateVenueRequest, context: Context
    ) -> messages.CreateVenueResponse:
        """Makes a venue, or finds it."""
        actor = await self._ask(UserId(request.write.actor_id))
        time_zone = request.time_zone or self._time_zone

        async def work(transaction: WriteTransaction) -> messages.CreateVenueResponse:
            store = self._store_of(transaction)
            venue = await planning.create_venue(store, actor, request.name, time_zone)
            return messages.CreateVenueResponse(venue=wire.venue(venue))

        return await self._once(request.write, request, messages.CreateVenueResponse, work)

    async def ListVenues(
        self, request: messages.ListVenuesRequest, context: Context
    ) -> messages.ListVenuesResponse:
        """All venues, the last used first."""
        found = await self._boards.venues(pages.page_size(request.page_size, VENUES_PAGE))
        return messages.ListVenuesResponse(venues=map(wire.venue, found))

    async def CreateSession(
        self, request: messages.CreateSessionRequest, context: Context
    ) -> messages.CreateSessionResponse:
        """Opens an evening."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.CreateSessionResponse:
            store = self._store_of(transaction)
            session = await planning.create_session(store, actor, wire.plan(request))
            return messages.CreateSessionResponse(session=wire.session(session))

        return await self._once(request.write, request, messages.CreateSessionResponse, work)

    async def ListSessions(
        self, request: messages.ListSessionsRequest, context: Context
    ) -> messages.ListSessionsResponse:
        """One page."""
        items = [messages.BatchListSessionsRequestItem(request=request)]
        return _answer(await self._seeing.pages(items), messages.ListSessionsResponse)

    async def GetSession(
        self, request: messages.GetSessionRequest, context: Context
    ) -> messages.GetSessionResponse:
        """One card."""
        items = [messages.BatchGetSessionsRequestItem(request=request)]
        return _answer(await self._seeing.cards(items), messages.GetSessionResponse)

    async def ListMySessions(
        self, request: messages.ListMySessionsRequest, context: Context
    ) -> messages.ListMySessionsResponse:
        """Those in which the viewer is, and the last in which he was."""
        viewer, size = UserId(request.viewer_id), pages.page_size(request.page_size, MINE_PAGE)
        coming = await self._boards.of_person(viewer, size)
        past = await self._boards.begun_of_person(viewer, PAST)
        return messages.ListMySessionsResponse(
            sessions=[wire.view(board.seen_by(viewer)) for board in coming],
            past=[wire.view(board.seen_by(viewer)) for board in past],
        )

    async def ListAllSessions(
        self, request: messages.ListAllSessionsRequest, context: Context
    ) -> messages.ListAllSessionsResponse:
        """One page of whatever starts in a span, for organisers."""
        must_organise(await self._ask(UserId(request.actor_id)))
        size, after = pages.page_size(request.page_size, ALL_PAGE), pages.after(request.page_token)
        found = await self._boards.between(*wire.span(request), after, size + 1)
        return messages.ListAllSessionsResponse(
            sessions=map(wire.session, found[:size]),
            next_page_token=pages.token_after(found[size - 1]) if len(found) > size else "",
        )

    async def ListOpenings(
        self, request: messages.ListOpeningsRequest, context: Context
    ) -> messages.ListOpeningsResponse:
        """One page of when registration opens."""
        size = pages.page_size(request.page_size, OPENINGS_PAGE)
        after = pages.after_opening(request.page_token)
        span = wire.opening_span(request)
        found = await self._openings.between(*span, after, size + 1)
        return messages.ListOpeningsResponse(
            openings=map(wire.opening, found[:size]),
            next_page_token=pages.token_after_opening(found[size - 1]) if len(found) > size else "",
        )

    async def Register(
        self, request: messages.RegisterRequest, context: Context
    ) -> messages.RegisterResponse:
        """Takes a place or a place in the queue."""
        items = [messages.BatchRegisterRequestItem(request=request)]
        return _answer(await self._register(items), messages.RegisterResponse)

    async def Leave(
        self, request: messages.LeaveRequest, context: Context
    ) -> messages.LeaveResponse:
        """Gives the place or the wait up."""
        items = [messages.BatchLeaveRequestItem(request=request)]
        return _answer(await self._leave(items), messages.LeaveResponse)

    async def EditSession(
        self, request: messages.EditSessionRequest, context: Context
    ) -> messages.EditSessionResponse:
        """Changes what is set."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.EditSessionResponse:
            store, session_id = self._store_of(transaction), SessionId(request.session_id)
            changes = wire.changes(request)
            session = await planning.edit_session(store, actor, session_id, changes)
            return messages.EditSessionResponse(session=wire.session(session))

        return await self._once(request.write, request, messages.EditSessionResponse, work)

    async def CancelSession(
        self, request: messages.CancelSessionRequest, context: Context
    ) -> messages.CancelSessionResponse:
        """Calls it off."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.CancelSessionResponse:
            store, session_id = self._store_of(transaction), SessionId(request.session_id)
            session = await planning.cancel_session(store, actor, session_id)
            return messages.CancelSessionResponse(session=wire.session(session))

        return await self._once(request.write, request, messages.CancelSessionResponse, work)


def _answer(outcomes: Sequence[Outcome], kind: type[Answer]) -> Answer:
    """Of one who came alone. Raises what he was refused with."""
    [outcome] = outcomes
    if isinstance(outcome, kind):
        return outcome
    raise outcome if isinstance(outcome, Exception) else TypeError(f"no {kind.__name__}")
