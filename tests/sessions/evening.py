"""The sessions service on real parts: its gRPC server, Postgres, the cache, and a fake users."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sender.v1.notice_pb2 import Notice
from fotbot.sessions.v1 import entries_service_pb2 as entry_messages
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1 import sessions_service_pb2 as messages
from fotbot.sessions.v1.entries_service_pb2_grpc import EntriesServiceStub
from fotbot.sessions.v1.entry_pb2 import Entry
from fotbot.sessions.v1.league_service_pb2_grpc import LeagueServiceStub
from fotbot.sessions.v1.matches_service_pb2_grpc import MatchesServiceStub
from fotbot.sessions.v1.sessions_service_pb2_grpc import SessionsServiceStub
from fotbot.teams.v1.sides_service_pb2_grpc import add_SidesServiceServicer_to_server
from fotbot.teams.v1.teams_service_pb2_grpc import add_TeamsServiceServicer_to_server
from fotbot.users.v1 import user_pb2, users_service_pb2
from fotbot.users.v1.users_service_pb2_grpc import add_UsersServiceServicer_to_server
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from services.chassis.cache import Cache
from services.chassis.client import connect, full_name
from services.chassis.consistency import Position, positions
from services.chassis.db import Database
from services.chassis.server import serving
from services.chassis.settings import load
from services.sessions.__main__ import register, servicers
from services.sessions.settings import SessionsSettings
from tests.fakes.forming_sides import FormingSides
from tests.fakes.in_batches import in_batches
from tests.fakes.teams_servicer import FakeTeams
from tests.fakes.users_servicer import FakeUsers

ORGANISER, OTHER_ORGANISER, ADMIN = 901, 902, 903


class Caller:
    """A stub as the gateway uses it: each call has a deadline and sees what was written before."""

    def __init__(self, stub: Any, written: dict[str, Position]) -> None:
        self._stub = stub
        self.written = written

    def __getattr__(self, method: str) -> Any:
        return partial(self._call, getattr(self._stub, method))

    async def _call(self, method: Any, request: Any) -> Any:
        with positions(self.written) as known:
            try:
                return await method(request, timeout=20.0)
            finally:
                for service, position in known.by_service.items():
                    self.written[service] = max(position, self.written.get(service, 0))


class Evening:
    """A running service and what its tests do with it."""

    def __init__(
        self,
        channel: Any,
        users: FakeUsers,
        teams: FakeTeams,
        sides: FormingSides,
        database: Database,
        cache: Cache,
    ) -> None:
        written: dict[str, Position] = {}
        self.stub = Caller(SessionsServiceStub(channel), written)
        self.entries = Caller(EntriesServiceStub(channel), written)
        self.matches = Caller(MatchesServiceStub(channel), written)
        self.league = Caller(LeagueServiceStub(channel), written)
        self.users = users
        self.teams = teams
        self.sides = sides
        self.database = database
        self.cache = cache
        self._requests = itertools.count(1)
        self._run = uuid.uuid4().hex

    @classmethod
    @asynccontextmanager
    async def running(cls, url: str, replica_url: str, redis_url: str) -> AsyncIterator[Evening]:
        # Its other methods stay unimplemented: sessions does not call them.
        users = in_batches(FakeUsers(), "UsersService", users_service_pb2)  # type: ignore[abstract]
        users.know(ORGANISER, user_pb2.ROLE_ORGANISER)
        users.know(OTHER_ORGANISER, user_pb2.ROLE_ORGANISER)
        users.know(ADMIN, user_pb2.ROLE_ADMIN)
        add_users = partial(add_UsersServiceServicer_to_server, users)
        teams = FakeTeams()  # type: ignore[abstract]
        sides = FormingSides()

        def add_teams(server: Any) -> None:
            add_TeamsServiceServicer_to_server(teams, server)
            add_SidesServiceServicer_to_server(sides, server)

        async with (
            serving(add_users, [full_name("users")]) as users_addr,
            serving(add_teams, [full_name("teams")]) as teams_addr,
        ):
            settings = load(
                SessionsSettings,
                {
                    "DATABASE_URL": url,
                    "DATABASE_REPLICA_URL": replica_url,
                    "REDIS_URL": redis_url,
                    "USERS_ADDR": users_addr,
                    "TEAMS_ADDR": teams_addr,
                },
            )
            async with (
                Database.open(settings, "sessions") as database,
                # Databases of other tests have the same ids; their boards must not meet ours.
                Cache.open(settings, f"sessions-{uuid.uuid4().hex}") as cache,
                servicers(settings, database, cache) as served,
                serving(partial(register, served), [one.name for one in served]) as address,
                connect("sessions", address, cap=20.0) as channel,
            ):
                yield cls(channel, users, teams, sides, database, cache)

    def write(self, actor_id: int, request_id: str = "") -> WriteContext:
        """A write of its own, unless a request id says which."""
        own = request_id or f"{self._run}:{next(self._requests)}"
        return WriteContext(actor_id=actor_id, request_id=own)

    def as_somebody_else(self) -> None:
        """From here on calls ask for nothing that was written before."""
        self.stub.written.clear()

    async def venue(self, name: str = "") -> session_pb2.Venue:
        request = messages.CreateVenueRequest(
            write=self.write(ORGANISER), name=name or f"Arena {uuid.uuid4()}"
        )
        answer: messages.CreateVenueResponse = await self.stub.CreateVenue(request)
        return answer.venue

    async def open(self, **fields: Any) -> session_pb2.Session:
        """A session tomorrow at a venue of its own, with what `fields` changes."""
        request = await self.plan(**fields)
        answer: messages.CreateSessionResponse = await self.stub.CreateSession(request)
        return answer.session

    async def plan(self, **fields: Any) -> messages.CreateSessionRequest:
        """A good request with what `fields` changes."""
        good: dict[str, Any] = {
            "write": self.write(ORGANISER),
            "starts_at": at(24),
            "ends_at": at(26),
            "format": session_pb2.FORMAT_FIVE_A_SIDE,
            "price": 30_000,
            "capacity": 10,
        }
        if "venue_id" not in fields:
            good["venue_id"] = (await self.venue()).id
        return messages.CreateSessionRequest(**(good | fields))

    async def register(
        self, user_id: int, session_id: int, request_id: str = ""
    ) -> messages.RegisterResponse:
        request = messages.RegisterRequest(
            write=self.write(user_id, request_id), session_id=session_id
        )
        answer: messages.RegisterResponse = await self.stub.Register(request)
        return answer

    async def leave(
        self, user_id: int, session_id: int, request_id: str = ""
    ) -> messages.LeaveResponse:
        request = messages.LeaveRequest(
            write=self.write(user_id, request_id), session_id=session_id
        )
        answer: messages.LeaveResponse = await self.stub.Leave(request)
        return answer

    async def edit(
        self, session_id: int, actor: int = ORGANISER, **fields: Any
    ) -> session_pb2.Session:
        request = messages.EditSessionRequest(
            write=self.write(actor), session_id=session_id, **fields
        )
        answer: messages.EditSessionResponse = await self.stub.EditSession(request)
        return answer.session

    async def cancel(self, session_id: int, actor: int = ORGANISER) -> session_pb2.Session:
        request = messages.CancelSessionRequest(write=self.write(actor), session_id=session_id)
        answer: messages.CancelSessionResponse = await self.stub.CancelSession(request)
        return answer.session

    async def register_team(
        self, captain: int, session_id: int, team_id: int, players: Iterable[int]
    ) -> entry_messages.RegisterTeamResponse:
        request = entry_messages.RegisterTeamRequest(
            write=self.write(captain), session_id=session_id, team_id=team_id, player_ids=players
        )
        answer: entry_messages.RegisterTeamResponse = await self.entries.RegisterTeam(request)
        return answer

    async def use_coupons(
        self, user_id: int, session_id: int, count: int
    ) -> session_pb2.Registration:
        request = entry_messages.UseCouponsRequest(
            write=self.write(user_id), session_id=session_id, count=count
        )
        return (await self.entries.UseCoupons(request)).session.registration

    async def show_receipt(
        self, user_id: int, session_id: int, file_id: str = "photo"
    ) -> session_pb2.Registration:
        request = entry_messages.SubmitReceiptRequest(
            write=self.write(user_id), session_id=session_id, file_id=file_id
        )
        return (await self.entries.SubmitReceipt(request)).session.registration

    async def approve(self, entry_id: int, actor: int = ORGANISER) -> Entry:
        request = entry_messages.ApproveEntryRequest(write=self.write(actor), entry_id=entry_id)
        answer: entry_messages.ApproveEntryResponse = await self.entries.ApproveEntry(request)
        return answer.entry

    async def reject(
        self, entry_id: int, reason: str = "No boots", actor: int = ORGANISER
    ) -> Entry:
        request = entry_messages.RejectEntryRequest(
            write=self.write(actor), entry_id=entry_id, reason=reason
        )
        answer: entry_messages.RejectEntryResponse = await self.entries.RejectEntry(request)
        return answer.entry

    async def settle(
        self, entry_id: int, *, not_received: bool = False, actor: int = ORGANISER
    ) -> Entry:
        request = entry_messages.SettleRefundRequest(
            write=self.write(actor), entry_id=entry_id, not_received=not_received
        )
        answer: entry_messages.SettleRefundResponse = await self.entries.SettleRefund(request)
        return answer.entry

    async def entry(self, entry_id: int, actor: int = ORGANISER) -> Entry:
        request = entry_messages.GetEntryRequest(actor_id=actor, entry_id=entry_id)
        answer: entry_messages.GetEntryResponse = await self.entries.GetEntry(request)
        return answer.entry

    async def give_coupons(self, *people: int) -> None:
        """One to each of them, in this order."""
        given = text("INSERT INTO coupons (user_id) VALUES (:user)")
        async with self.database.write() as transaction:
            for user_id in people:
                await transaction.execute(given, {"user": user_id})

    async def coupons(self, user_id: int) -> tuple[int, int]:
        """Available and used."""
        request = entry_messages.ListCouponsRequest(actor_id=user_id, user_id=user_id)
        answer = await self.entries.ListCoupons(request)
        return answer.available, answer.used

    async def card(self, session_id: int, viewer_id: int = 1) -> messages.SessionView:
        request = messages.GetSessionRequest(session_id=session_id, viewer_id=viewer_id)
        answer: messages.GetSessionResponse = await self.stub.GetSession(request)
        return answer.session

    async def start(self, session_id: int) -> None:
        """The evening began an hour ago."""
        begun = text(
            "UPDATE sessions SET starts_at = now() - interval '1 hour',"
            " ends_at = now() + interval '1 hour' WHERE id = :id"
        )
        async with self.database.write() as transaction:
            await transaction.execute(begun, {"id": session_id})

    async def notices(self, session_id: int) -> list[Notice]:
        """All that were enqueued for a session, in order."""
        queued = text("SELECT payload FROM pgqueuer WHERE entrypoint = 'notice' ORDER BY id")
        async with self.database.read_primary() as transaction:
            found = await transaction.execute(queued)
            read = [Notice.FromString(row.payload) for row in found]
        return [notice for notice in read if notice.session.session_id == session_id]


def at(hours: float) -> Timestamp:
    """So many hours from now."""
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return Timestamp(seconds=int(moment.timestamp()))
