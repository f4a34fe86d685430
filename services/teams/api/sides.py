"""fotbot.teams.v1.SidesService: the sides of sessions and their numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from fotbot.teams.v1 import sides_service_pb2 as wire
from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceServicer

from services.chassis.db import Database, WriteTransaction
from services.chassis.once import Once
from services.teams.api.desk import Context
from services.teams.domain import line_ups
from services.teams.domain.drawing import LineUp, draw
from services.teams.domain.limits import session_id, side_id, team_id, user_id
from services.teams.domain.ports import People, SideReads, Sides
from services.teams.messages import side_message


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesServicer(SidesServiceServicer):
    """The service over its stores; `sides` binds one to a transaction."""

    once: Once
    database: Database
    sides: Callable[[WriteTransaction], Sides]
    reads: SideReads
    people: People

    async def FormSides(
        self, request: wire.FormSidesRequest, context: Context
    ) -> wire.FormSidesResponse:
        """Repeatable as it is, since the same players get the same sides. So its outcome is not
        kept by request id: a start that is tried again with other players gets theirs."""
        user_id(request.write.actor_id)
        drawn = _drawn(request)
        players = [player for side in drawn for player in side.players]
        profiles = await self.people.profiles(players)
        async with self.database.write() as transaction:
            sides = await line_ups.form(
                self.sides(transaction), session_id(request.session_id), drawn, profiles
            )
        return wire.FormSidesResponse(sides=map(side_message, sides))

    async def ListSides(
        self, request: wire.ListSidesRequest, context: Context
    ) -> wire.ListSidesResponse:
        sides = await self.reads.sides(session_id(request.session_id))
        return wire.ListSidesResponse(sides=map(side_message, sides))

    async def SetSideNumber(
        self, request: wire.SetSideNumberRequest, context: Context
    ) -> wire.SetSideNumberResponse:
        async def work(transaction: WriteTransaction) -> wire.SetSideNumberResponse:
            side = await line_ups.choose_number(
                self.sides(transaction),
                user_id(request.write.actor_id),
                side_id(request.side_id),
                request.shirt_number,
            )
            return wire.SetSideNumberResponse(side=side_message(side))

        return await self.once(request.write, request, wire.SetSideNumberResponse, work)


def _drawn(request: wire.FormSidesRequest) -> list[LineUp]:
    teams = [
        LineUp(team_id=team_id(team.team_id), players=tuple(map(user_id, team.user_ids)))
        for team in request.teams
    ]
    individuals = [user_id(player) for player in request.individuals]
    return draw(teams, individuals, squad_size=request.squad_size, least=request.least)
