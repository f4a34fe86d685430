"""What everybody asks of teams: beginning one, seeing it, joining, leaving, one's number."""

from dataclasses import dataclass

from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.teams.v1 import teams_service_pb2 as wire

from services.chassis.db import WriteTransaction
from services.teams.api.desk import Context, now
from services.teams.api.privacy import PrivacyServicer
from services.teams.domain import squads
from services.teams.domain.invitations import fingerprint
from services.teams.domain.limits import team_id, user_id
from services.teams.domain.ports import NOBODY, Profile
from services.teams.domain.refusals import InvitationInvalid, TeamNotFound
from services.teams.domain.team import UserId
from services.teams.messages import team_message, timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsServicer(PrivacyServicer):
    """fotbot.teams.v1.TeamsService, whole."""

    async def CreateTeam(
        self, request: wire.CreateTeamRequest, context: Context
    ) -> wire.CreateTeamResponse:
        registered = await self._is_registered(request.write)
        profile = await self._profile(request.write)

        async def work(transaction: WriteTransaction) -> wire.CreateTeamResponse:
            team = await squads.create(
                self.teams(transaction),
                user_id(request.write.actor_id),
                request.name,
                registered=registered,
                at=now(),
                profile=profile,
            )
            return wire.CreateTeamResponse(team=team_message(team))

        answer = await self.once(request.write, request, wire.CreateTeamResponse, work)
        await self._name([answer.team])
        return answer

    async def ListMyTeams(
        self, request: wire.ListMyTeamsRequest, context: Context
    ) -> wire.ListMyTeamsResponse:
        found = await self.reads.teams_of(user_id(request.viewer_id))
        teams = [team_message(team) for team in found]
        await self._name(teams)
        return wire.ListMyTeamsResponse(teams=teams)

    async def GetTeam(self, request: wire.GetTeamRequest, context: Context) -> wire.GetTeamResponse:
        viewer = user_id(request.viewer_id)
        team = await self.reads.team(team_id(request.team_id))
        if team is None:
            raise TeamNotFound("no team has this id", team=request.team_id)
        team.require_member(viewer)
        message = team_message(team)
        await self._name([message])
        return wire.GetTeamResponse(team=message)

    async def JoinTeam(
        self, request: wire.JoinTeamRequest, context: Context
    ) -> wire.JoinTeamResponse:
        registered = await self._is_registered(request.write)
        profile = await self._profile(request.write)

        async def work(transaction: WriteTransaction) -> wire.JoinTeamResponse:
            team, already = await squads.join(
                self.teams(transaction),
                user_id(request.write.actor_id),
                request.token,
                registered=registered,
                at=now(),
                profile=profile,
            )
            return wire.JoinTeamResponse(team=team_message(team), already=already)

        answer = await self.once(request.write, request, wire.JoinTeamResponse, work)
        await self._name([answer.team])
        return answer

    async def LeaveTeam(
        self, request: wire.LeaveTeamRequest, context: Context
    ) -> wire.LeaveTeamResponse:
        profile = await self._profile(request.write)

        async def work(transaction: WriteTransaction) -> wire.LeaveTeamResponse:
            dissolved = await squads.leave(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
                profile=profile,
            )
            return wire.LeaveTeamResponse(dissolved=dissolved)

        return await self.once(request.write, request, wire.LeaveTeamResponse, work)

    async def GetInvitation(
        self, request: wire.GetInvitationRequest, context: Context
    ) -> wire.GetInvitationResponse:
        found = await self.reads.invited_to(fingerprint(request.token), now())
        if found is None:
            raise InvitationInvalid("the link is unknown, or leads nowhere any more")
        team, expires_at = found
        return wire.GetInvitationResponse(
            team_id=team.id,
            team_name=team.name,
            members=len(team.members),
            expires_at=timestamp(expires_at),
        )

    async def SetShirtNumber(
        self, request: wire.SetShirtNumberRequest, context: Context
    ) -> wire.SetShirtNumberResponse:
        async def work(transaction: WriteTransaction) -> wire.SetShirtNumberResponse:
            team = await squads.set_number(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
                wearer=user_id(request.user_id or request.write.actor_id),
                number=request.shirt_number,
            )
            return wire.SetShirtNumberResponse(team=team_message(team))

        answer = await self.once(request.write, request, wire.SetShirtNumberResponse, work)
        await self._name([answer.team])
        return answer

    async def _is_registered(self, write: WriteContext) -> bool:
        """Users' word on the actor; an actor whom nobody can be is refused by `once`."""
        return write.actor_id > 0 and await self.people.is_registered(user_id(write.actor_id))

    async def _profile(self, write: WriteContext) -> Profile:
        """Users' word on what the actor is called and likes to wear."""
        known = await self.people.profiles([UserId(write.actor_id)])
        return known.get(UserId(write.actor_id), NOBODY)
