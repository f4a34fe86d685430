"""Sides in memory: keeps the promises of `services.teams.domain.ports.Sides`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from services.teams.domain.notices import Notice
from services.teams.domain.side import DrawnSide, SessionId, Side, SideId
from services.teams.domain.team import Team, TeamId, UserId


@dataclass(slots=True)
class MemorySides:
    """A store whose transactions take place one by one, beside teams that others made."""

    known_teams: dict[TeamId, Team] = field(default_factory=dict)
    sides: dict[SideId, Side] = field(default_factory=dict)
    told: list[Notice] = field(default_factory=list)
    _last: int = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["MemorySides"]:
        """The store; an error undoes what was done."""
        before = dict(self.sides), list(self.told)
        try:
            yield self
        except BaseException:
            self.sides, self.told = before
            raise

    async def tell(self, notices: Sequence[Notice]) -> None:
        self.told += notices

    async def lock_session(self, session_id: SessionId) -> list[Side]:
        return [side for side in self.sides.values() if side.session_id == session_id]

    async def replace(self, session_id: SessionId, drawn: Sequence[DrawnSide]) -> list[Side]:
        for side in await self.lock_session(session_id):
            del self.sides[side.id]
        return [self._kept(session_id, side) for side in drawn]

    async def lock(self, side_id: SideId) -> Side | None:
        return self.sides.get(side_id)

    async def number(self, side: Side, user_id: UserId, shirt_number: int) -> Side:
        dressed = tuple(
            replace(player, shirt_number=shirt_number) if player.user_id == user_id else player
            for player in side.players
        )
        self.sides[side.id] = replace(side, players=dressed)
        return self.sides[side.id]

    async def teams(self, team_ids: Sequence[TeamId]) -> Mapping[TeamId, Team]:
        return {id_: self.known_teams[id_] for id_ in team_ids if id_ in self.known_teams}

    def _kept(self, session_id: SessionId, drawn: DrawnSide) -> Side:
        self._last += 1
        side = Side(
            id=SideId(self._last),
            session_id=session_id,
            number=drawn.number,
            players=drawn.players,
            team_id=drawn.team_id,
            name=drawn.name,
        )
        self.sides[side.id] = side
        return side
