"""What every call of TeamsService stands on: translates between messages and the domain, decides
nothing.

Every write runs once per request id. What users knows is asked outside the transaction, so that
no connection waits for another service; it is judged inside, so that a repeat gets the first
outcome. Names are put in last: they are no part of an outcome.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fotbot.teams.v1 import team_pb2
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceServicer
from grpc.aio import ServicerContext

from services.chassis.db import WriteTransaction
from services.chassis.once import Once
from services.teams.domain.ports import People, TeamReads, Teams
from services.teams.messages import people_in, put_names

Context = ServicerContext[object, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(TeamsServiceServicer):
    """The stores behind the service; `teams` binds one to a transaction."""

    once: Once
    teams: Callable[[WriteTransaction], Teams]
    reads: TeamReads
    people: People
    invitation_key: Callable[[], bytes]
    """As the settings have it now."""

    async def _name(self, teams: Sequence[team_pb2.Team]) -> None:
        put_names(teams, await self.people.profiles(people_in(teams)))


def now() -> datetime:
    """UTC."""
    return datetime.now(UTC)
