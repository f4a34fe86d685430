"""What the tests of evenings in play do with the running service."""

from __future__ import annotations

import itertools
from typing import Any

from fotbot.sessions.v1 import matches_service_pb2 as messages
from fotbot.sessions.v1.match_pb2 import LineUp, Match

from tests.sessions.evening import ORGANISER, Evening, at

PEOPLE = itertools.count(1)


async def gathered(evening: Evening, individuals: int, **fields: Any) -> tuple[int, list[int]]:
    """A session that begins in half an hour, and who has a place in it."""
    fields = {"starts_at": at(0.5), "ends_at": at(2), "capacity": 28, "price": 0, **fields}
    session = await evening.open(**fields)
    people = [next(PEOPLE) for _ in range(individuals)]
    for user_id in people:
        evening.users.know(user_id)
        await evening.register(user_id, session.id)
    return session.id, people


async def begun(evening: Evening, individuals: int = 14, **fields: Any) -> messages.Evening:
    """A session in play."""
    session_id, _ = await gathered(evening, individuals, **fields)
    return await start(evening, session_id)


async def start(
    evening: Evening, session_id: int, actor: int = ORGANISER, request_id: str = ""
) -> messages.Evening:
    request = messages.StartSessionRequest(
        write=evening.write(actor, request_id), session_id=session_id
    )
    answer: messages.StartSessionResponse = await evening.matches.StartSession(request)
    return answer.evening


async def look(evening: Evening, session_id: int) -> messages.GetEveningResponse:
    request = messages.GetEveningRequest(session_id=session_id)
    answer: messages.GetEveningResponse = await evening.matches.GetEvening(request)
    return answer


async def add(
    evening: Evening, playing: messages.Evening, home: int = 0, away: int = 1, **fields: Any
) -> Match:
    """A match between the nth sides."""
    request = messages.AddMatchRequest(
        write=evening.write(fields.pop("actor", ORGANISER)),
        session_id=playing.session.id,
        home_side_id=playing.line_ups[home].side_id,
        away_side_id=playing.line_ups[away].side_id,
        **fields,
    )
    answer: messages.AddMatchResponse = await evening.matches.AddMatch(request)
    return answer.match


async def score(
    evening: Evening, match_id: int, side: LineUp, scorer: int | None = 0, **fields: Any
) -> messages.ScoreGoalResponse:
    """A goal of the side's nth player; None for one that nobody of it scored."""
    known = {
        "write": evening.write(fields.pop("actor", ORGANISER)),
        "match_id": match_id,
        "side_id": side.side_id,
        "scorer_id": 0 if scorer is None else side.player_ids[scorer],
    }
    request = messages.ScoreGoalRequest(**{**known, **fields})
    answer: messages.ScoreGoalResponse = await evening.matches.ScoreGoal(request)
    return answer


async def undo(evening: Evening, match_id: int, **fields: Any) -> messages.UndoGoalResponse:
    actor = fields.pop("actor", ORGANISER)
    request = messages.UndoGoalRequest(write=evening.write(actor), match_id=match_id, **fields)
    answer: messages.UndoGoalResponse = await evening.matches.UndoGoal(request)
    return answer


async def finish_match(evening: Evening, match_id: int, actor: int = ORGANISER) -> Match:
    request = messages.FinishMatchRequest(write=evening.write(actor), match_id=match_id)
    answer: messages.FinishMatchResponse = await evening.matches.FinishMatch(request)
    return answer.match


async def reopen_match(evening: Evening, match_id: int, actor: int = ORGANISER) -> Match:
    request = messages.ReopenMatchRequest(write=evening.write(actor), match_id=match_id)
    answer: messages.ReopenMatchResponse = await evening.matches.ReopenMatch(request)
    return answer.match


async def finish(evening: Evening, session_id: int, actor: int = ORGANISER) -> messages.Evening:
    request = messages.FinishSessionRequest(write=evening.write(actor), session_id=session_id)
    answer: messages.FinishSessionResponse = await evening.matches.FinishSession(request)
    return answer.evening


async def choose(
    evening: Evening, session_id: int, man: int, actor: int = ORGANISER
) -> messages.Evening:
    request = messages.ChooseManOfSessionRequest(
        write=evening.write(actor), session_id=session_id, user_id=man
    )
    answer: messages.ChooseManOfSessionResponse = await evening.matches.ChooseManOfSession(request)
    return answer.evening


async def player(evening: Evening, user_id: int, season: int = 0) -> messages.GetPlayerResponse:
    request = messages.GetPlayerRequest(user_id=user_id, season=season)
    answer: messages.GetPlayerResponse = await evening.matches.GetPlayer(request)
    return answer


async def leaders(evening: Evening, **fields: Any) -> messages.ListLeadersResponse:
    request = messages.ListLeadersRequest(**fields)
    answer: messages.ListLeadersResponse = await evening.matches.ListLeaders(request)
    return answer
