"""fotbot.teams.v1 over gRPC: translates between messages and the domain, decides nothing.

Every write runs once per request id. What users knows is asked outside the transaction, so that
no connection waits for another service; it is judged inside, so that a repeat gets the first
outcome. Names are put in last: they are no part of an outcome.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.teams.v1 import team_pb2
from fotbot.teams.v1 import teams_service_pb2 as wire
from fotbot.teams.v1.teams_service_pb2_grpc import TeamsServiceServicer
from grpc.aio import ServicerContext

from services.chassis.db import WriteTransaction
from services.chassis.once import Once
from services.teams.domain import squads
from services.teams.domain.invitations import Seed, token_from
from services.teams.domain.limits import team_id, user_id
from services.teams.domain.ports import People, TeamReads, Teams
from services.teams.domain.refusals import TeamNotFound
from services.teams.messages import people_in, put_names, team_message, timestamp

Context = ServicerContext[object, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsServicer(TeamsServiceServicer):
    """The service over its stores; `teams` binds one to a transaction."""

    once: Once
    teams: Callable[[WriteTransaction], Teams]
    reads: TeamReads
    people: People
    invitation_key: bytes

    async def CreateTeam(
        self, request: wire.CreateTeamRequest, context: Context
    ) -> wire.CreateTeamResponse:
        registered = await self._is_registered(request.write)

        async def work(transaction: WriteTransaction) -> wire.CreateTeamResponse:
            team = await squads.create(
                self.teams(transaction),
                user_id(request.write.actor_id),
                request.name,
                registered=registered,
                at=_now(),
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

    async def CreateInvitation(
        self, request: wire.CreateInvitationRequest, context: Context
    ) -> wire.CreateInvitationResponse:
        async def work(transaction: WriteTransaction) -> wire.CreateInvitationResponse:
            team, invitation = await squads.invite(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
                key=self.invitation_key,
                at=_now(),
            )
            sealed = team_pb2.Invitation(
                token=invitation.seed, expires_at=timestamp(invitation.expires_at)
            )
            return wire.CreateInvitationResponse(invitation=sealed, team=team_message(team))

        answer = await self.once(request.write, request, wire.CreateInvitationResponse, work)
        # What is stored as the outcome holds the seed in the token's place.
        answer.invitation.token = token_from(Seed(answer.invitation.token), self.invitation_key)
        await self._name([answer.team])
        return answer

    async def JoinTeam(
        self, request: wire.JoinTeamRequest, context: Context
    ) -> wire.JoinTeamResponse:
        registered = await self._is_registered(request.write)

        async def work(transaction: WriteTransaction) -> wire.JoinTeamResponse:
            team, already = await squads.join(
                self.teams(transaction),
                user_id(request.write.actor_id),
                request.token,
                registered=registered,
                at=_now(),
            )
            return wire.JoinTeamResponse(team=team_message(team), already=already)

        answer = await self.once(request.write, request, wire.JoinTeamResponse, work)
        await self._name([answer.team])
        return answer

    async def LeaveTeam(
        self, request: wire.LeaveTeamRequest, context: Context
    ) -> wire.LeaveTeamResponse:
        async def work(transaction: WriteTransaction) -> wire.LeaveTeamResponse:
            dissolved = await squads.leave(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
            )
            return wire.LeaveTeamResponse(dissolved=dissolved)

        return await self.once(request.write, request, wire.LeaveTeamResponse, work)

    async def _is_registered(self, write: WriteContext) -> bool:
        """Users' word on the actor; an actor whom nobody can be is refused by `once`."""
        return write.actor_id > 0 and await self.people.is_registered(user_id(write.actor_id))

    async def _name(self, teams: Sequence[team_pb2.Team]) -> None:
        put_names(teams, await self.people.names(people_in(teams)))


def _now() -> datetime:
    return datetime.now(UTC)
