"""What only a captain asks; who is one is judged by the domain."""

from dataclasses import dataclass

from fotbot.teams.v1 import team_pb2
from fotbot.teams.v1 import teams_service_pb2 as wire

from services.chassis.db import WriteTransaction
from services.teams.api.desk import Context, Desk, now
from services.teams.domain import captaincy
from services.teams.domain.invitations import Seed, token_from
from services.teams.domain.limits import team_id, user_id
from services.teams.messages import team_message, timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptaincyServicer(Desk):
    """The captain's part of the service."""

    async def CreateInvitation(
        self, request: wire.CreateInvitationRequest, context: Context
    ) -> wire.CreateInvitationResponse:
        key = self.invitation_key()

        async def work(transaction: WriteTransaction) -> wire.CreateInvitationResponse:
            team, invitation = await captaincy.invite(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
                key=key,
                at=now(),
            )
            sealed = team_pb2.Invitation(
                token=invitation.seed, expires_at=timestamp(invitation.expires_at)
            )
            return wire.CreateInvitationResponse(invitation=sealed, team=team_message(team))

        answer = await self.once(request.write, request, wire.CreateInvitationResponse, work)
        # What is stored as the outcome holds the seed in the token's place.
        answer.invitation.token = token_from(Seed(answer.invitation.token), key)
        await self._name([answer.team])
        return answer

    async def RevokeInvitations(
        self, request: wire.RevokeInvitationsRequest, context: Context
    ) -> wire.RevokeInvitationsResponse:
        async def work(transaction: WriteTransaction) -> wire.RevokeInvitationsResponse:
            team = await captaincy.revoke(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
            )
            return wire.RevokeInvitationsResponse(team=team_message(team))

        answer = await self.once(request.write, request, wire.RevokeInvitationsResponse, work)
        await self._name([answer.team])
        return answer

    async def EditTeam(
        self, request: wire.EditTeamRequest, context: Context
    ) -> wire.EditTeamResponse:
        async def work(transaction: WriteTransaction) -> wire.EditTeamResponse:
            team = await captaincy.edit(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
                name=request.name if request.HasField("name") else None,
                description=request.description if request.HasField("description") else None,
            )
            return wire.EditTeamResponse(team=team_message(team))

        answer = await self.once(request.write, request, wire.EditTeamResponse, work)
        await self._name([answer.team])
        return answer

    async def RemoveMember(
        self, request: wire.RemoveMemberRequest, context: Context
    ) -> wire.RemoveMemberResponse:
        async def work(transaction: WriteTransaction) -> wire.RemoveMemberResponse:
            team = await captaincy.remove(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
                user_id(request.user_id),
            )
            return wire.RemoveMemberResponse(team=team_message(team))

        answer = await self.once(request.write, request, wire.RemoveMemberResponse, work)
        await self._name([answer.team])
        return answer

    async def HandOver(
        self, request: wire.HandOverRequest, context: Context
    ) -> wire.HandOverResponse:
        async def work(transaction: WriteTransaction) -> wire.HandOverResponse:
            team = await captaincy.hand_over(
                self.teams(transaction),
                user_id(request.write.actor_id),
                team_id(request.team_id),
                user_id(request.user_id),
            )
            return wire.HandOverResponse(team=team_message(team))

        answer = await self.once(request.write, request, wire.HandOverResponse, work)
        await self._name([answer.team])
        return answer
