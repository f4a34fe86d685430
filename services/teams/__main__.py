"""`python -m services.teams`: the gRPC service."""

from fotbot.teams.v1.sides_service_pb2_grpc import add_SidesServiceServicer_to_server
from fotbot.teams.v1.teams_import_service_pb2_grpc import add_TeamsImportServiceServicer_to_server
from fotbot.teams.v1.teams_service_pb2_grpc import add_TeamsServiceServicer_to_server
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub
from grpc.aio import Server

from services.chassis.cache import Cache
from services.chassis.client import connect, full_name
from services.chassis.db import Database, WriteTransaction
from services.chassis.imports import Imports
from services.chassis.jobs import Jobs
from services.chassis.migrations import schema_is_current
from services.chassis.once import Once
from services.chassis.process import Process, main
from services.chassis.refused_acts import RefusedActs
from services.chassis.server import Register, serve
from services.teams.api.sides import SidesServicer
from services.teams.api.teams import TeamsServicer
from services.teams.domain.ports import People
from services.teams.imports import TeamsImportServicer
from services.teams.migrate import STORAGE
from services.teams.people import RemotePeople
from services.teams.settings import TeamsSettings
from services.teams.storage.known import SqlKnown
from services.teams.storage.outbox import Outbox
from services.teams.storage.reads import SqlTeamReads
from services.teams.storage.sides import SqlSideReads, SqlSides
from services.teams.storage.tables import audit
from services.teams.storage.teams import SqlTeams


async def teams(settings: TeamsSettings, process: Process) -> None:
    """Serve until told to stop."""
    async with (
        Database.open(settings, "teams") as database,
        Cache.open(settings, "teams") as cache,
        connect("users", settings.users_addr) as users,
    ):
        process.health.require("schema", schema_is_current(database, STORAGE))
        process.health.report("postgres", database.primary_is_up)
        process.health.report("replicas", database.replicas_are_up)
        process.health.report("cache", cache.is_up)
        people = RemotePeople(UsersServiceStub(users))
        register = servicers(settings, database, cache, people)
        forbidden = RefusedActs(database, audit)
        await serve(process, settings.grpc_port, register, [full_name("teams")], forbidden)


def servicers(
    settings: TeamsSettings, database: Database, cache: Cache, people: People
) -> Register:
    """The process's services over their stores and their edge to users."""
    jobs = Jobs()

    def teams_of(transaction: WriteTransaction) -> SqlTeams:
        return SqlTeams(transaction, cache, Outbox(transaction, jobs))

    def sides_of(transaction: WriteTransaction) -> SqlSides:
        return SqlSides(transaction, cache, Outbox(transaction, jobs))

    once = Once(database)
    of_teams = TeamsServicer(
        once=once,
        teams=teams_of,
        reads=SqlTeamReads(database, cache, settings.cache_ttl),
        known=SqlKnown(database),
        people=people,
        invitation_key=lambda: settings.now("invitation_key").encode(),
    )
    of_sides = SidesServicer(
        once=once,
        database=database,
        sides=sides_of,
        reads=SqlSideReads(database, cache, settings.cache_ttl),
        people=people,
    )
    taking_in = TeamsImportServicer(
        imports=Imports(database, enabled=settings.import_enabled), cache=cache
    )

    def register(server: Server) -> None:
        add_TeamsServiceServicer_to_server(of_teams, server)
        add_SidesServiceServicer_to_server(of_sides, server)
        add_TeamsImportServiceServicer_to_server(taking_in, server)

    return register


if __name__ == "__main__":
    main("teams", TeamsSettings, teams)
