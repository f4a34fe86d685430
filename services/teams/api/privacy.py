"""What teams knows of a person, to himself; and who leads a team, to sessions' worker."""

from dataclasses import dataclass

from fotbot.teams.v1 import teams_service_pb2 as wire

from services.chassis.exports import document
from services.teams.api.captaincy import CaptaincyServicer
from services.teams.api.desk import Context
from services.teams.domain.limits import team_ids, user_id
from services.teams.domain.ports import Known


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyServicer(CaptaincyServicer):
    """The actor is the person himself: nobody can name another."""

    known: Known

    async def ExportMine(
        self, request: wire.ExportMineRequest, context: Context
    ) -> wire.ExportMineResponse:
        found = await self.known.of(user_id(request.actor_id))
        return wire.ExportMineResponse(document=document(found))

    async def ListCaptains(
        self, request: wire.ListCaptainsRequest, context: Context
    ) -> wire.ListCaptainsResponse:
        found = await self.known.captains(team_ids(request.team_ids))
        captains = [
            wire.TeamCaptain(team_id=team, captain_id=captain) for team, captain in found.items()
        ]
        return wire.ListCaptainsResponse(captains=captains)
