"""`python -m services.users`: the gRPC service."""

from functools import partial

from fotbot.users.v1.users_import_service_pb2_grpc import add_UsersImportServiceServicer_to_server
from fotbot.users.v1.users_service_pb2_grpc import add_UsersServiceServicer_to_server
from grpc.aio import Server

from services.chassis.beside import beside
from services.chassis.cache import Cache
from services.chassis.client import full_name
from services.chassis.db import Database, WriteTransaction
from services.chassis.imports import Imports
from services.chassis.migrations import schema_is_current
from services.chassis.once import Once
from services.chassis.process import Process, main
from services.chassis.refused_acts import RefusedActs
from services.chassis.server import serve
from services.chassis.sweeping import sweeping
from services.users.admins import NamedAdmins
from services.users.api.identities import packed
from services.users.api.servicer import UsersServicer
from services.users.api.steps import Steps
from services.users.domain.user import Admins
from services.users.imports import UsersImportServicer
from services.users.settings import UsersSettings
from services.users.storage.crowd import SqlCrowd
from services.users.storage.moves import SqlMoves
from services.users.storage.people import SqlPeople
from services.users.storage.privacy import SqlKnown, SqlPrivacy
from services.users.storage.reads import SqlPeopleReads
from services.users.storage.records import SqlRecords
from services.users.storage.retention import RULES
from services.users.storage.tables import audit


async def users(settings: UsersSettings, process: Process) -> None:
    """Serve until told to stop."""
    async with (
        Database.open(settings, "users") as database,
        Cache.open(settings, "users") as cache,
    ):
        process.health.require("schema", schema_is_current(database, "services.users.storage"))
        process.health.report("postgres", database.primary_is_up)
        process.health.report("replicas", database.replicas_are_up)
        process.health.report("cache", cache.is_up)
        admins = NamedAdmins(settings)
        served = servicer(settings, database, cache, admins)
        taking_in = importer(settings, database, cache)

        def register(server: Server) -> None:
            add_UsersServiceServicer_to_server(served, server)
            add_UsersImportServiceServicer_to_server(taking_in, server)

        async with sweeping(served.once, database, RULES), beside(admins.follow(cache)):
            forbidden = RefusedActs(database, audit)
            await serve(process, settings.grpc_port, register, [full_name("users")], forbidden)


def servicer(
    settings: UsersSettings, database: Database, cache: Cache, admins: Admins | None = None
) -> UsersServicer:
    """The service over its stores; without `admins` they are those that the settings began with."""
    named = settings.admin_tg_ids if admins is None else admins

    def people(transaction: WriteTransaction) -> SqlPeople:
        return SqlPeople(transaction, cache)

    pack = partial(packed, admins=named)
    return UsersServicer(
        database=database,
        once=Once(database),
        steps=Steps(database, lambda write: SqlCrowd(write, cache), named),
        people=people,
        moves=SqlMoves,
        privacy=lambda write: SqlPrivacy(write, cache),
        reads=SqlPeopleReads(database, cache, cache_ttl=settings.cache_ttl, pack=pack),
        records=SqlRecords(database),
        known=SqlKnown(database),
        admins=named,
        default_language=settings.default_language,
    )


def importer(settings: UsersSettings, database: Database, cache: Cache) -> UsersImportServicer:
    """What takes another bot's people in, when the settings allow it."""
    return UsersImportServicer(
        imports=Imports(database, enabled=settings.import_enabled),
        cache=cache,
        default_language=settings.default_language,
    )


if __name__ == "__main__":
    main("users", UsersSettings, users)
