"""`python -m services.sessions`: the gRPC services."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import grpc
from fotbot.sessions.v1 import sessions_service_pb2 as messages
from fotbot.sessions.v1.entries_service_pb2_grpc import add_EntriesServiceServicer_to_server
from fotbot.sessions.v1.league_service_pb2_grpc import add_LeagueServiceServicer_to_server
from fotbot.sessions.v1.matches_service_pb2_grpc import add_MatchesServiceServicer_to_server
from fotbot.sessions.v1.sessions_import_service_pb2_grpc import (
    add_SessionsImportServiceServicer_to_server,
)
from fotbot.sessions.v1.sessions_service_pb2_grpc import add_SessionsServiceServicer_to_server
from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceStub
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceStub
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub
from google.protobuf.message import Message

from services.chassis.cache import Cache
from services.chassis.client import connect, full_name
from services.chassis.db import Database, WriteTransaction
from services.chassis.db_transactions import Writing
from services.chassis.imports import Imports
from services.chassis.jobs import Jobs
from services.chassis.migrations import schema_is_current
from services.chassis.once import Once
from services.chassis.once_together import OnceTogether
from services.chassis.process import Process, main
from services.chassis.refused_acts import RefusedActs
from services.chassis.server import serve
from services.sessions.api.batches import BatchesServicer
from services.sessions.api.crowds import Leaving, Registering
from services.sessions.api.entries import EntriesServicer
from services.sessions.api.league import LeagueServicer
from services.sessions.api.matches import MatchesServicer
from services.sessions.api.seen import Seeing
from services.sessions.audience import Everybody
from services.sessions.domain.evening_ports import Books
from services.sessions.domain.league import PaymentDetails
from services.sessions.domain.providers import ManualPayments
from services.sessions.domain.values import Person, UserId
from services.sessions.imports import SessionsImportServicer
from services.sessions.migrate import STORAGE
from services.sessions.people import People
from services.sessions.settings import SessionsSettings
from services.sessions.sides import Sides
from services.sessions.storage.boards import SqlBoards
from services.sessions.storage.broadcasts import SqlBroadcastReads, SqlBroadcasts
from services.sessions.storage.cache_keys import CacheKeys
from services.sessions.storage.cached_boards import CachedBoards
from services.sessions.storage.cached_evenings import CachedEvenings, CachedStandings
from services.sessions.storage.cards import SqlCards
from services.sessions.storage.crowd import SqlCrowd, begun
from services.sessions.storage.figures import SqlStandings
from services.sessions.storage.known import SqlKnown
from services.sessions.storage.league import SqlLeague, SqlLeagueStore
from services.sessions.storage.matches import SqlEvenings, SqlPitch
from services.sessions.storage.openings import SqlOpenings
from services.sessions.storage.outbox import Outbox
from services.sessions.storage.store import SqlStore
from services.sessions.storage.tables import audit
from services.sessions.teams import Teams

ENTRIES = "fotbot.sessions.v1.EntriesService"
MATCHES = "fotbot.sessions.v1.MatchesService"
LEAGUE = "fotbot.sessions.v1.LeagueService"
IMPORTS = "fotbot.sessions.v1.SessionsImportService"


async def sessions(settings: SessionsSettings, process: Process) -> None:
    """Serve until told to stop."""
    async with (
        Database.open(settings, "sessions") as database,
        Cache.open(settings, "sessions") as cache,
        servicers(settings, database, cache) as served,
    ):
        process.health.require("schema", schema_is_current(database, STORAGE))
        process.health.report("postgres", database.primary_is_up)
        process.health.report("replicas", database.replicas_are_up)
        process.health.report("cache", cache.is_up)
        names = [one.name for one in served]
        forbidden = RefusedActs(database, audit)
        await serve(process, settings.grpc_port, partial(register, served), names, forbidden)


class Served(NamedTuple):
    """A service of the wire: who serves it, what adds it to a server, its name for health."""

    servicer: Any
    add: Callable[[Any, grpc.aio.Server], None]
    name: str


def register(served: Sequence[Served], server: grpc.aio.Server) -> None:
    """Adds all of them to a server."""
    for one in served:
        one.add(one.servicer, server)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the services are made of."""

    settings: SessionsSettings
    database: Database
    cache: Cache
    boards: CachedBoards
    jobs: Jobs
    users: grpc.aio.Channel
    teams: grpc.aio.Channel
    once: Once
    people: People

    @property
    def ask(self) -> Callable[[UserId], Awaitable[Person]]:
        """Who acts."""
        return self.people.ask

    def store_of(self, transaction: WriteTransaction) -> SqlStore:
        """All that one transaction writes."""
        return SqlStore(transaction, self._outbox(transaction))

    def books_of(self, transaction: WriteTransaction) -> Books:
        """All that an evening's transaction writes."""
        outbox = self._outbox(transaction)
        return Books(store=SqlStore(transaction, outbox), pitch=SqlPitch(transaction, outbox))

    def crowd_of(self, transaction: Writing) -> SqlCrowd:
        """All that newcomers write in one transaction."""
        return SqlCrowd(transaction, self._outbox(transaction))

    def together(self, request: type[Message], answer: type[Message]) -> OnceTogether:
        """For groups of one method's writes."""
        return OnceTogether(self.database, request.DESCRIPTOR.full_name, answer)

    def _outbox(self, transaction: Writing) -> Outbox:
        return Outbox(transaction, self.jobs, CacheKeys(self.cache))


@asynccontextmanager
async def servicers(
    settings: SessionsSettings, database: Database, cache: Cache
) -> AsyncIterator[list[Served]]:
    """The services over their stores and their edges to users and teams."""
    async with (
        connect("users", settings.users_addr) as users,
        connect("teams", settings.teams_addr) as teams,
    ):
        parts = Parts(
            settings=settings,
            database=database,
            cache=cache,
            boards=CachedBoards(SqlBoards(database), cache, ttl=settings.board_cache_seconds),
            jobs=Jobs(),
            users=users,
            teams=teams,
            once=Once(database),
            people=People(UsersServiceStub(users)),
        )
        makers = (_sessions, _entries, _matches, _league, _imports)
        yield [make(parts) for make in makers]


def _sessions(parts: Parts) -> Served:
    refund_before = timedelta(hours=parts.settings.refund_hours)
    registering = parts.together(messages.RegisterRequest, messages.RegisterResponse)
    leaving = parts.together(messages.LeaveRequest, messages.LeaveResponse)
    servicer = BatchesServicer(
        once=parts.once,
        seeing=Seeing(parts.boards, refund_before),
        register=Registering(
            registering, parts.people.ask_all, partial(begun, parts.database), parts.crowd_of
        ),
        leave=Leaving(leaving, parts.store_of, refund_before),
        ask=parts.ask,
        store_of=parts.store_of,
        boards=parts.boards,
        openings=SqlOpenings(parts.database),
        time_zone=parts.settings.timezone,
    )
    return Served(servicer, add_SessionsServiceServicer_to_server, full_name("sessions"))


def _entries(parts: Parts) -> Served:
    servicer = EntriesServicer(
        once=parts.once,
        ask=parts.ask,
        ask_team=Teams(TeamsServiceStub(parts.teams)).ask,
        store_of=parts.store_of,
        cards_of=SqlCards,
        database=parts.database,
    )
    return Served(servicer, add_EntriesServiceServicer_to_server, ENTRIES)


def _matches(parts: Parts) -> Served:
    ttl = parts.settings.board_cache_seconds
    servicer = MatchesServicer(
        once=parts.once,
        ask=parts.ask,
        form=Sides(SidesServiceStub(parts.teams)).form,
        books_of=parts.books_of,
        evenings=CachedEvenings(SqlEvenings(parts.database), parts.boards, parts.cache, ttl=ttl),
        standings=CachedStandings(SqlStandings(parts.database), parts.cache, ttl=ttl),
        time_zone=parts.settings.timezone,
    )
    return Served(servicer, add_MatchesServiceServicer_to_server, MATCHES)


def _league(parts: Parts) -> Served:
    leagues_own = PaymentDetails(
        payee=parts.settings.organizer_name, requisites=parts.settings.organizer_requisites
    )
    servicer = LeagueServicer(
        once=parts.once,
        ask=parts.ask,
        database=parts.database,
        league_of=SqlLeague,
        league_store=SqlLeagueStore,
        provider_of=lambda it: ManualPayments(SqlLeague(it), leagues_own),
        broadcast_reads=SqlBroadcastReads,
        broadcast_store=partial(SqlBroadcasts, jobs=parts.jobs),
        count_everybody=Everybody(UsersServiceStub(parts.users)).count,
        known=SqlKnown(parts.database),
    )
    return Served(servicer, add_LeagueServiceServicer_to_server, LEAGUE)


def _imports(parts: Parts) -> Served:
    imports = Imports(parts.database, enabled=parts.settings.import_enabled)
    servicer = SessionsImportServicer(imports=imports)
    return Served(servicer, add_SessionsImportServiceServicer_to_server, IMPORTS)


if __name__ == "__main__":
    main("sessions", SessionsSettings, sessions)
