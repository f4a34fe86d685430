"""`python -m services.sessions`: the gRPC services."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

import grpc
from fotbot.sessions.v1.sessions_service_pb2_grpc import add_SessionsServiceServicer_to_server
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub

from services.chassis.cache import Cache
from services.chassis.client import connect, full_name
from services.chassis.db import Database, WriteTransaction
from services.chassis.jobs import Jobs
from services.chassis.migrations import schema_is_current
from services.chassis.once import Once
from services.chassis.process import Process, main
from services.chassis.server import serve
from services.sessions.api.sessions import SessionsServicer
from services.sessions.migrate import STORAGE
from services.sessions.people import People
from services.sessions.settings import SessionsSettings
from services.sessions.storage.boards import SqlBoards
from services.sessions.storage.cached_boards import CachedBoards
from services.sessions.storage.outbox import Outbox
from services.sessions.storage.store import SqlStore


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
        await serve(process, settings.grpc_port, partial(register, served), names)


class Served(NamedTuple):
    """A service of the wire: who serves it, what adds it to a server, its name for health."""

    servicer: Any
    add: Callable[[Any, grpc.aio.Server], None]
    name: str


def register(served: Sequence[Served], server: grpc.aio.Server) -> None:
    """Adds all of them to a server."""
    for one in served:
        one.add(one.servicer, server)


@asynccontextmanager
async def servicers(
    settings: SessionsSettings, database: Database, cache: Cache
) -> AsyncIterator[list[Served]]:
    """The services over their stores and their edges to users and teams."""
    jobs = Jobs()
    boards = CachedBoards(SqlBoards(database), cache, ttl=settings.board_cache_seconds)

    def store_of(transaction: WriteTransaction) -> SqlStore:
        return SqlStore(transaction, Outbox(transaction, jobs, boards))

    async with connect("users", settings.users_addr) as users:
        once, ask = Once(database), People(UsersServiceStub(users)).ask
        sessions = SessionsServicer(
            once=once, ask=ask, store_of=store_of, boards=boards, time_zone=settings.timezone
        )
        yield [Served(sessions, add_SessionsServiceServicer_to_server, full_name("sessions"))]


if __name__ == "__main__":
    main("sessions", SessionsSettings, sessions)
