"""teams as sessions asks it when an evening starts: sides by the real rule, numbers unknown."""

from __future__ import annotations

import itertools
from typing import Any

from fotbot.teams.v1 import side_pb2, sides_service_pb2
from fotbot.teams.v1.sides_service_pb2_grpc import SidesServiceServicer

from services.teams.domain.drawing import LineUp, draw
from services.teams.domain.team import TeamId, UserId

IDS = itertools.count(700)


class FormingSides(SidesServiceServicer):
    """The same players get the same sides. `between` is done once before an answer goes out:
    what others do meanwhile."""

    def __init__(self) -> None:
        self.asked: list[sides_service_pb2.FormSidesRequest] = []
        self.between: Any = None
        self._formed: dict[tuple[object, ...], list[side_pb2.Side]] = {}

    async def FormSides(
        self, request: sides_service_pb2.FormSidesRequest, context: Any
    ) -> sides_service_pb2.FormSidesResponse:
        self.asked.append(request)
        teams = [
            LineUp(team_id=TeamId(one.team_id), players=tuple(map(UserId, one.user_ids)))
            for one in request.teams
        ]
        individuals = [UserId(one) for one in request.individuals]
        drawn = draw(teams, individuals, squad_size=request.squad_size, least=request.least)
        key = (request.session_id, *((side.team_id, side.players) for side in drawn))
        if key not in self._formed:
            self._formed[key] = [
                _side(request.session_id, number, side) for number, side in enumerate(drawn, 1)
            ]
        if self.between:
            meanwhile, self.between = self.between, None
            await meanwhile()
        return sides_service_pb2.FormSidesResponse(sides=self._formed[key])


def _side(session_id: int, number: int, line_up: LineUp) -> side_pb2.Side:
    return side_pb2.Side(
        id=next(IDS),
        session_id=session_id,
        name=f"Team {line_up.team_id}" if line_up.team_id else "",
        team_id=line_up.team_id or 0,
        number=number,
        players=[side_pb2.SidePlayer(user_id=player) for player in line_up.players],
    )
