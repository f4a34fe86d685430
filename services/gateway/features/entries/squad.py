"""Who is picked so far, as a value and as the conversation keeps it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Squad:
    """A team's players for a session, in the order of picking."""

    session_id: int
    team_id: int
    size: int
    """How many the session wants."""

    players: tuple[int, ...] = ()

    @property
    def is_complete(self) -> bool:
        return len(self.players) == self.size

    def with_player(self, user_id: int) -> Self:
        """Nobody is picked twice, and nobody beyond the size."""
        if user_id in self.players or len(self.players) >= self.size:
            return self
        return replace(self, players=(*self.players, user_id))

    def without(self, user_id: int) -> Self:
        return replace(self, players=tuple(one for one in self.players if one != user_id))

    def among(self, members: Iterable[int]) -> Self:
        """Only those who are in the team."""
        known = set(members)
        return replace(self, players=tuple(one for one in self.players if one in known))

    def to_answers(self) -> Mapping[str, str]:
        return {
            "session": str(self.session_id),
            "team": str(self.team_id),
            "size": str(self.size),
            "players": ",".join(map(str, self.players)),
        }

    @classmethod
    def from_answers(cls, answers: Mapping[str, str]) -> Self:
        """What `to_answers` made."""
        return cls(
            session_id=int(answers["session"]),
            team_id=int(answers["team"]),
            size=int(answers["size"]),
            players=tuple(int(one) for one in answers["players"].split(",") if one),
        )
