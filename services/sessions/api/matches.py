"""MatchesService over the domain: translates, asks users who acts and teams who plays together,
runs each write once. Nobody else is asked while a transaction is open."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fotbot.sessions.v1 import matches_service_pb2 as messages
from fotbot.sessions.v1.matches_service_pb2_grpc import MatchesServiceServicer

from services.chassis.db import WriteTransaction
from services.chassis.errors import Refused
from services.chassis.once import Once
from services.sessions import evening_wire
from services.sessions.api.sessions import Ask, Context
from services.sessions.domain import evening_end, evening_play, evening_start
from services.sessions.domain.evening import MatchId, MatchStatus
from services.sessions.domain.evening_ports import (
    Books,
    Evenings,
    Gathering,
    LineUps,
    Standings,
)
from services.sessions.domain.evening_refusals import PlayersChanged
from services.sessions.domain.evening_start import must_be_startable
from services.sessions.domain.figures import CAREER, season_of
from services.sessions.domain.refusals import SessionNotFound
from services.sessions.domain.rights import must_run
from services.sessions.domain.values import Person, SessionId, Status, UserId
from services.sessions.offsets import offset_at, token_at
from services.sessions.pages import page_size

LEADERS_PAGE = 10
CURRENT_SEASON, LAST_YEAR = -1, 9999
ATTEMPTS = 3
"""How often sides are formed anew when people come or leave meanwhile."""

Form = Callable[[UserId, Gathering], Awaitable[LineUps | Refused]]
BooksOf = Callable[[WriteTransaction], Books]


class MatchesServicer(MatchesServiceServicer):
    """`form` asks teams for sides; `books_of` makes what is written over a transaction; the
    season is the calendar year in `time_zone`."""

    def __init__(
        self,
        *,
        once: Once,
        ask: Ask,
        form: Form,
        books_of: BooksOf,
        evenings: Evenings,
        standings: Standings,
        time_zone: str,
    ) -> None:
        self._once = once
        self._ask = ask
        self._form = form
        self._books_of = books_of
        self._evenings = evenings
        self._standings = standings
        self._time_zone = time_zone

    async def StartSession(
        self, request: messages.StartSessionRequest, context: Context
    ) -> messages.StartSessionResponse:
        """Forms the sides and begins; formed anew when people came or left meanwhile."""
        actor = await self._ask(UserId(request.write.actor_id))
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._start(request, actor)
            except PlayersChanged:
                continue
        return await self._start(request, actor)

    async def GetEvening(
        self, request: messages.GetEveningRequest, context: Context
    ) -> messages.GetEveningResponse:
        """The evening as it stands, or what starting it would make."""
        evening = await self._evenings.of_session(SessionId(request.session_id))
        if evening is None:
            raise SessionNotFound(f"no session {request.session_id}", session_id=request.session_id)
        reply = messages.GetEveningResponse(evening=evening_wire.evening(evening))
        if evening.session.status is Status.PLANNED:
            gathering = await self._evenings.gathering(evening.session.id)
            if gathering is not None:
                told = evening_wire.forecast(evening_start.forecast(gathering))
                reply.forecast.CopyFrom(told)
        return reply

    async def AddMatch(
        self, request: messages.AddMatchRequest, context: Context
    ) -> messages.AddMatchResponse:
        """Two sides play."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.AddMatchResponse:
            books, session_id = self._books_of(transaction), SessionId(request.session_id)
            pairing = evening_wire.pairing(request)
            match = await evening_play.add_match(books, actor, session_id, pairing)
            return messages.AddMatchResponse(match=evening_wire.match(match))

        return await self._once(request.write, request, messages.AddMatchResponse, work)

    async def ScoreGoal(
        self, request: messages.ScoreGoalRequest, context: Context
    ) -> messages.ScoreGoalResponse:
        """A goal more."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.ScoreGoalResponse:
            books, match_id = self._books_of(transaction), MatchId(request.match_id)
            scored = evening_wire.scored(request)
            played = await evening_play.score_goal(books, actor, match_id, scored)
            return messages.ScoreGoalResponse(
                match=evening_wire.match(played.match), unchanged=not played.changed
            )

        return await self._once(request.write, request, messages.ScoreGoalResponse, work)

    async def UndoGoal(
        self, request: messages.UndoGoalRequest, context: Context
    ) -> messages.UndoGoalResponse:
        """The last goal less."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.UndoGoalResponse:
            books, match_id = self._books_of(transaction), MatchId(request.match_id)
            seen = evening_wire.seen(request)
            played = await evening_play.undo_goal(books, actor, match_id, seen)
            return messages.UndoGoalResponse(
                match=evening_wire.match(played.match), unchanged=not played.changed
            )

        return await self._once(request.write, request, messages.UndoGoalResponse, work)

    async def FinishMatch(
        self, request: messages.FinishMatchRequest, context: Context
    ) -> messages.FinishMatchResponse:
        """The score stands."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.FinishMatchResponse:
            books, match_id = self._books_of(transaction), MatchId(request.match_id)
            match = await evening_play.set_match(books, actor, match_id, MatchStatus.FINISHED)
            return messages.FinishMatchResponse(match=evening_wire.match(match))

        return await self._once(request.write, request, messages.FinishMatchResponse, work)

    async def ReopenMatch(
        self, request: messages.ReopenMatchRequest, context: Context
    ) -> messages.ReopenMatchResponse:
        """Goals may fall again."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.ReopenMatchResponse:
            books, match_id = self._books_of(transaction), MatchId(request.match_id)
            match = await evening_play.set_match(books, actor, match_id, MatchStatus.PLAYING)
            return messages.ReopenMatchResponse(match=evening_wire.match(match))

        return await self._once(request.write, request, messages.ReopenMatchResponse, work)

    async def FinishSession(
        self, request: messages.FinishSessionRequest, context: Context
    ) -> messages.FinishSessionResponse:
        """The evening is over."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.FinishSessionResponse:
            books, session_id = self._books_of(transaction), SessionId(request.session_id)
            evening = await evening_end.finish_session(books, actor, session_id, self._time_zone)
            return messages.FinishSessionResponse(evening=evening_wire.evening(evening))

        return await self._once(request.write, request, messages.FinishSessionResponse, work)

    async def ChooseManOfSession(
        self, request: messages.ChooseManOfSessionRequest, context: Context
    ) -> messages.ChooseManOfSessionResponse:
        """The man of the session has his coupon."""
        actor = await self._ask(UserId(request.write.actor_id))

        async def work(transaction: WriteTransaction) -> messages.ChooseManOfSessionResponse:
            books, session_id = self._books_of(transaction), SessionId(request.session_id)
            man = UserId(request.user_id)
            evening = await evening_end.choose_man(books, actor, session_id, man, self._time_zone)
            return messages.ChooseManOfSessionResponse(evening=evening_wire.evening(evening))

        return await self._once(request.write, request, messages.ChooseManOfSessionResponse, work)

    async def GetPlayer(
        self, request: messages.GetPlayerRequest, context: Context
    ) -> messages.GetPlayerResponse:
        """One person's season and career."""
        season = _year(request.season) or self._current_season()
        of_season, career = await self._standings.of_person(UserId(request.user_id), season)
        return messages.GetPlayerResponse(
            season=evening_wire.player(of_season), career=evening_wire.player(career)
        )

    async def ListLeaders(
        self, request: messages.ListLeadersRequest, context: Context
    ) -> messages.ListLeadersResponse:
        """One page; one more player than fits is asked for, to know whether a next one is."""
        size = page_size(request.page_size, LEADERS_PAGE)
        offset = offset_at(request.page_token)
        current = request.season == CURRENT_SEASON
        season = self._current_season() if current else _year(request.season)
        order = evening_wire.order(request.order)
        found = await self._standings.leaders(season, order, offset, size + 1)
        return messages.ListLeadersResponse(
            players=map(evening_wire.player, found[:size]),
            first_place=offset + 1,
            next_page_token=token_at(offset + size) if len(found) > size else "",
            previous_page_token=token_at(max(offset - size, 0)) if offset else "",
            season=season,
        )

    async def _start(
        self, request: messages.StartSessionRequest, actor: Person
    ) -> messages.StartSessionResponse:
        session_id = SessionId(request.session_id)
        formed = await self._formed(actor, session_id)

        async def work(transaction: WriteTransaction) -> messages.StartSessionResponse:
            books = self._books_of(transaction)
            evening = await evening_start.start_session(books, actor, session_id, formed)
            return messages.StartSessionResponse(evening=evening_wire.evening(evening))

        return await self._once(request.write, request, messages.StartSessionResponse, work)

    async def _formed(self, actor: Person, session_id: SessionId) -> LineUps | Refused | None:
        """Teams are asked only where the start would not be refused anyway."""
        gathering = await self._evenings.gathering(session_id)
        if gathering is None or gathering.session.status is not Status.PLANNED:
            return None
        try:
            must_run(actor, gathering.session)
            must_be_startable(gathering.session, gathering.now)
        except Refused as refusal:
            return refusal
        return await self._form(actor.id, gathering)

    def _current_season(self) -> int:
        return season_of(datetime.now(UTC), self._time_zone)


def _year(asked: int) -> int:
    """CAREER for what is no year."""
    return asked if 0 < asked <= LAST_YEAR else CAREER
