"""An evening as its screens speak of it: sides and people by name, the viewer by what he may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fotbot.sessions.v1 import matches_service_pb2
from fotbot.sessions.v1.match_pb2 import LineUp, Match
from fotbot.sessions.v1.matches_service_pb2 import Evening
from fotbot.sessions.v1.session_pb2 import (
    SESSION_STATUS_FINISHED,
    SESSION_STATUS_PLANNED,
    SESSION_STATUS_STARTED,
)

from services.gateway.calls import Call, Person, Role
from services.gateway.features.names import names
from services.gateway.texts import Texts
from services.gateway.texts.typed import shown

NAME = 24
"""Code points of a name here: a screen has the names of everybody who plays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The evening, the names that its screen needs, and who looks at it."""

    evening: Evening
    people: Mapping[int, str]
    viewer: Person
    texts: Texts

    @property
    def session_id(self) -> int:
        return self.evening.session.id

    @property
    def may_run(self) -> bool:
        """Whether the organiser's buttons are worth showing; sessions decides again."""
        own = self.evening.session.organiser_id == self.viewer.user_id
        return self.viewer.role >= Role.ADMIN or (self.viewer.role >= Role.ORGANISER and own)

    @property
    def is_planned(self) -> bool:
        return self.evening.session.status == SESSION_STATUS_PLANNED

    @property
    def is_playing(self) -> bool:
        return self.evening.session.status == SESSION_STATUS_STARTED

    @property
    def is_finished(self) -> bool:
        return self.evening.session.status == SESSION_STATUS_FINISHED

    def called(self, side_id: int) -> str:
        """A team by its name, a drawn side by its number in the reader's language."""
        side = next((one for one in self.evening.line_ups if one.side_id == side_id), None)
        if side is None:
            return "?"
        return _short(side.name) or self.texts.plain("evening.side", number=side.number)

    def named(self, user_id: int) -> str:
        """What a person is called, short."""
        return _short(self.people.get(user_id, "")) or self.texts.plain("person.unknown")

    def side(self, number: int) -> LineUp | None:
        return next((one for one in self.evening.line_ups if one.number == number), None)

    def match(self, number: int) -> Match | None:
        return next((one for one in self.evening.matches if one.number == number), None)

    def with_match(self, match: Match) -> "Played":
        """The same evening with the match as a write has answered it."""
        evening = Evening()
        evening.CopyFrom(self.evening)
        kept = [one for one in evening.matches if one.id != match.id]
        del evening.matches[:]
        evening.matches.extend(sorted([*kept, match], key=lambda one: one.number))
        return replace(self, evening=evening)


async def look(call: Call, session_id: int) -> matches_service_pb2.GetEveningResponse:
    """The evening as it is now."""
    request = matches_service_pb2.GetEveningRequest(session_id=session_id)
    return await call.services.matches.GetEvening(request)


async def opened(call: Call, session_id: int) -> Played:
    """The evening with the names of everybody who plays."""
    evening = (await look(call, session_id)).evening
    return await known(call, evening, everybody(evening))


async def known(call: Call, evening: Evening, ids: Iterable[int]) -> Played:
    """The evening with these people's names."""
    return Played(
        evening=evening,
        people=await names(call, ids),
        viewer=call.person,
        texts=call.texts,
    )


def everybody(evening: Evening) -> list[int]:
    return [player for side in evening.line_ups for player in side.player_ids]


def _short(name: str) -> str:
    line = shown(name)
    return line if len(line) <= NAME else f"{line[: NAME - 1]}…"
