"""`python -m services.teams`: the gRPC service."""

from functools import partial

from fotbot.teams.v1.teams_service_pb2_grpc import add_TeamsServiceServicer_to_server
from fotbot.users.v1.users_service_pb2_grpc import UsersServiceStub

from services.chassis.cache import Cache
from services.chassis.client import connect, full_name
from services.chassis.db import Database, WriteTransaction
from services.chassis.migrations import schema_is_current
from services.chassis.once import Once
from services.chassis.process import Process, main
from services.chassis.server import serve
from services.chassis.sweeping import sweeping
from services.teams.api import TeamsServicer
from services.teams.domain.ports import People
from services.teams.people import RemotePeople
from services.teams.settings import TeamsSettings
from services.teams.storage.reads import SqlTeamReads
from services.teams.storage.teams import SqlTeams


async def teams(settings: TeamsSettings, process: Process) -> None:
    """Serve until told to stop."""
    async with (
        Database.open(settings, "teams") as database,
        Cache.open(settings, "teams") as cache,
        connect("users", settings.users_addr) as users,
    ):
        process.health.require("schema", schema_is_current(database, "services.teams.storage"))
        process.health.report("postgres", database.primary_is_up)
        process.health.report("replicas", database.replicas_are_up)
        process.health.report("cache", cache.is_up)
        people = RemotePeople(UsersServiceStub(users))
        served = servicer(settings, database, cache, people)
        register = partial(add_TeamsServiceServicer_to_server, served)
        async with sweeping(served.once):
            await serve(process, settings.grpc_port, register, [full_name("teams")])


def servicer(
    settings: TeamsSettings, database: Database, cache: Cache, people: People
) -> TeamsServicer:
    """The service over its stores and its edge to users."""

    def store(transaction: WriteTransaction) -> SqlTeams:
        return SqlTeams(transaction, cache)

    return TeamsServicer(
        once=Once(database),
        teams=store,
        reads=SqlTeamReads(database, cache, settings.cache_ttl),
        people=people,
        invitation_key=settings.invitation_key.get_secret_value().encode(),
    )


if __name__ == "__main__":
    main("teams", TeamsSettings, teams)
