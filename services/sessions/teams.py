"""Which team a captain registers and who leads one, asked of teams at each call: rosters are never
cached here."""

from typing import TYPE_CHECKING

from fotbot.teams.v1.teams_service_pb2 import GetTeamRequest, ListCaptainsRequest

from services.chassis.errors import Kind, RemoteRefusal
from services.sessions.domain.entries import Squad
from services.sessions.domain.values import TeamId, UserId

if TYPE_CHECKING:
    # Known to the type checker only: at run time a stub has no class for its async form.
    from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceAsyncStub


class Teams:
    """The edge to teams."""

    def __init__(self, teams: "TeamsServiceAsyncStub") -> None:
        self._teams = teams

    async def ask(self, team_id: TeamId, viewer: UserId) -> Squad | None:
        """The team as of now; nobody's for who is no member of it. None: no such team.

        Raises Unanswered or RemoteRefusal when teams cannot tell.
        """
        if team_id <= 0 or viewer <= 0:
            return None
        try:
            reply = await self._teams.GetTeam(GetTeamRequest(viewer_id=viewer, team_id=team_id))
        except RemoteRefusal as refusal:
            if refusal.kind is Kind.NOT_FOUND:
                return None
            if refusal.kind is Kind.FORBIDDEN:
                return Squad(id=team_id, captain_id=None, members=frozenset())
            raise
        members = frozenset(UserId(member.user_id) for member in reply.team.members)
        return Squad(id=team_id, captain_id=UserId(reply.team.captain_id), members=members)

    async def captain_of(self, team_id: TeamId) -> UserId | None:
        """Who leads the team as of now. None: it has ended.

        Raises Unanswered or RemoteRefusal when teams cannot tell.
        """
        reply = await self._teams.ListCaptains(ListCaptainsRequest(team_ids=[team_id]))
        return UserId(reply.captains[0].captain_id) if reply.captains else None
