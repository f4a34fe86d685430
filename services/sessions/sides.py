"""Who plays together, asked of teams when an evening starts."""

from typing import TYPE_CHECKING, ClassVar

from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.teams.v1 import side_pb2, sides_service_pb2

from services.chassis.errors import Refused, RemoteRefusal
from services.sessions.domain.evening import LineUp
from services.sessions.domain.evening_ports import Gathering, LineUps
from services.sessions.domain.evening_refusals import TooFewPlayers, TooManySides
from services.sessions.domain.evening_start import least
from services.sessions.domain.table import SideId
from services.sessions.domain.values import UserId

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceAsyncStub


class Sides:
    """The edge to teams."""

    REFUSALS: ClassVar[dict[str, type[Refused]]] = {
        refusal.reason: refusal for refusal in (TooFewPlayers, TooManySides)
    }

    def __init__(self, sides: "SidesServiceAsyncStub") -> None:
        self._sides = sides

    async def form(self, actor_id: UserId, gathering: Gathering) -> LineUps | Refused:
        """The sides of those who are gathered, or why there are none.

        Each version of a session has a request id of its own, so that a repeat gets the same
        sides. Raises Unanswered, or RemoteRefusal for what is no rule of the evening.
        """
        session = gathering.session
        request = sides_service_pb2.FormSidesRequest(
            write=WriteContext(
                actor_id=actor_id, request_id=f"sessions:{session.id}:{session.version}/sides"
            ),
            session_id=session.id,
            teams=[
                sides_service_pb2.TeamLineUp(team_id=squad.team_id, user_ids=squad.player_ids)
                for squad in gathering.squads
            ],
            individuals=gathering.individuals,
            squad_size=session.squad_size,
            least=least(session),
        )
        try:
            reply = await self._sides.FormSides(request)
        except RemoteRefusal as refusal:
            if refusal.reason not in self.REFUSALS:
                raise
            return self.REFUSALS[refusal.reason](str(refusal), **refusal.details)
        return LineUps(version=session.version, sides=tuple(map(_line_up, reply.sides)))


def _line_up(side: side_pb2.Side) -> LineUp:
    return LineUp(
        side_id=SideId(side.id),
        number=side.number,
        name=side.name,
        team_id=side.team_id or None,
        player_ids=tuple(UserId(player.user_id) for player in side.players),
    )
