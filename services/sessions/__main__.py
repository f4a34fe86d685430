"""`python -m services.sessions`: the gRPC service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

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
        servicer(settings, database, cache) as served,
    ):
        process.health.require("schema", schema_is_current(database, STORAGE))
        process.health.report("postgres", database.primary_is_up)
        process.health.report("replicas", database.replicas_are_up)
        process.health.report("cache", cache.is_up)
        register = partial(add_SessionsServiceServicer_to_server, served)
        await serve(process, settings.grpc_port, register, [full_name("sessions")])


@asynccontextmanager
async def servicer(
    settings: SessionsSettings, database: Database, cache: Cache
) -> AsyncIterator[SessionsServicer]:
    """The service over its stores and its edge to users."""
    jobs = Jobs()
    boards = CachedBoards(SqlBoards(database), cache, ttl=settings.board_cache_seconds)

    def store_of(transaction: WriteTransaction) -> SqlStore:
        return SqlStore(transaction, Outbox(transaction, jobs, boards))

    async with connect("users", settings.users_addr) as users:
        yield SessionsServicer(
            once=Once(database),
            ask=People(UsersServiceStub(users)).ask,
            store_of=store_of,
            boards=boards,
            time_zone=settings.timezone,
        )


if __name__ == "__main__":
    main("sessions", SessionsSettings, sessions)
