"""teams over gRPC for its callers' tests: it knows the teams it was told of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fotbot.teams.v1 import teams_service_pb2
from fotbot.teams.v1.team_pb2 import Member, Team
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceServicer

from services.chassis.errors import Forbidden, NotFound


class TeamNotFound(NotFound):
    """As teams refuses."""

    reason = "TEAM_NOT_FOUND"


class NotAllowed(Forbidden):
    """As teams refuses."""

    reason = "NOT_ALLOWED"


class FakeTeams(TeamsServiceServicer):
    """Teams as the test made them."""

    def __init__(self) -> None:
        self._teams: dict[int, Team] = {}

    def know(self, captain_id: int, members: Iterable[int], team_id: int = 0) -> int:
        """A team of these members, the captain among them or not; its id."""
        id_ = team_id or len(self._teams) + 1
        roster = [Member(user_id=member) for member in members]
        self._teams[id_] = Team(id=id_, captain_id=captain_id, members=roster)
        return id_

    async def GetTeam(
        self, request: teams_service_pb2.GetTeamRequest, context: Any
    ) -> teams_service_pb2.GetTeamResponse:
        team = self._teams.get(request.team_id)
        if team is None:
            raise TeamNotFound(f"no team {request.team_id}")
        people = {team.captain_id, *(member.user_id for member in team.members)}
        if request.viewer_id not in people:
            raise NotAllowed("not of the team")
        return teams_service_pb2.GetTeamResponse(team=team)
