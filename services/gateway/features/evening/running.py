"""What the organiser does with an evening. Who may is decided by sessions; each screen shows what
the write has answered."""

from fotbot.sessions.v1 import matches_service_pb2
from fotbot.sessions.v1.match_pb2 import LineUp, Match

from services.gateway.answers import Answer
from services.gateway.apologies import stale
from services.gateway.calls import Call
from services.gateway.features.evening import match_screens, views
from services.gateway.features.evening.callbacks import (
    AddMatch,
    ConfirmStart,
    FinishEvening,
    FinishMatch,
    NameManOfSession,
    ReopenMatch,
    ScoreGoal,
    UndoGoal,
)
from services.gateway.features.evening.handlers import shown
from services.gateway.features.evening.played import Played, opened


async def started(call: Call, data: ConfirmStart) -> Answer:
    request = matches_service_pb2.StartSessionRequest(
        write=call.write(0), session_id=data.session_id
    )
    reply = await call.services.matches.StartSession(request)
    return await shown(call, reply.evening, call.texts.toast("evening.started"))


async def added(call: Call, data: AddMatch) -> Answer:
    played = await opened(call, data.session_id)
    home, away = played.side(data.home), played.side(data.away)
    if home is None or away is None:
        return stale(call.texts)
    request = matches_service_pb2.AddMatchRequest(
        write=call.write(0),
        session_id=data.session_id,
        home_side_id=home.side_id,
        away_side_id=away.side_id,
        number=data.match,
    )
    reply = await call.services.matches.AddMatch(request)
    return _match(reply.match, played)


async def scored(call: Call, data: ScoreGoal) -> Answer:
    played = await opened(call, data.session_id)
    match, side = played.match(data.match), played.side(data.side)
    if match is None or side is None or max(data.scorer, data.assist) > len(side.player_ids):
        return stale(call.texts)
    request = matches_service_pb2.ScoreGoalRequest(
        write=call.write(0),
        match_id=match.id,
        side_id=side.side_id,
        scorer_id=_nth(side, data.scorer),
        assist_id=_nth(side, data.assist),
        last_goal_id=data.last,
    )
    reply = await call.services.matches.ScoreGoal(request)
    key = "evening.score.changed" if reply.unchanged else "evening.scored"
    toast = call.texts.toast(key, score=views.score(reply.match))
    return _match(reply.match, played, toast)


async def undone(call: Call, data: UndoGoal) -> Answer:
    played = await opened(call, data.session_id)
    match = played.match(data.match)
    if match is None:
        return stale(call.texts)
    request = matches_service_pb2.UndoGoalRequest(
        write=call.write(0), match_id=match.id, last_goal_id=data.last
    )
    reply = await call.services.matches.UndoGoal(request)
    key = "evening.score.changed" if reply.unchanged else "evening.undone"
    toast = call.texts.toast(key, score=views.score(reply.match))
    return _match(reply.match, played, toast)


async def match_finished(call: Call, data: FinishMatch) -> Answer:
    played = await opened(call, data.session_id)
    match = played.match(data.match)
    if match is None:
        return stale(call.texts)
    request = matches_service_pb2.FinishMatchRequest(write=call.write(0), match_id=match.id)
    reply = await call.services.matches.FinishMatch(request)
    return _match(reply.match, played, call.texts.toast("evening.match.finished"))


async def match_reopened(call: Call, data: ReopenMatch) -> Answer:
    played = await opened(call, data.session_id)
    match = played.match(data.match)
    if match is None:
        return stale(call.texts)
    request = matches_service_pb2.ReopenMatchRequest(write=call.write(0), match_id=match.id)
    reply = await call.services.matches.ReopenMatch(request)
    return _match(reply.match, played, call.texts.toast("evening.reopened"))


async def finished(call: Call, data: FinishEvening) -> Answer:
    request = matches_service_pb2.FinishSessionRequest(
        write=call.write(0), session_id=data.session_id
    )
    reply = await call.services.matches.FinishSession(request)
    return await shown(call, reply.evening, call.texts.toast("evening.over"))


async def man_chosen(call: Call, data: NameManOfSession) -> Answer:
    played = await opened(call, data.session_id)
    side = played.side(data.side)
    if side is None or not 0 < data.player <= len(side.player_ids):
        return stale(call.texts)
    man = _nth(side, data.player)
    request = matches_service_pb2.ChooseManOfSessionRequest(
        write=call.write(0), session_id=data.session_id, user_id=man
    )
    reply = await call.services.matches.ChooseManOfSession(request)
    toast = call.texts.toast("evening.man.chosen", name=played.named(man))
    return await shown(call, reply.evening, toast)


def _match(match: Match, played: Played, toast: str | None = None) -> Answer:
    played = played.with_match(match)
    return Answer(screen=match_screens.match(match, played), toast=toast)


def _nth(side: LineUp, nth: int) -> int:
    """0 is nobody."""
    return side.player_ids[nth - 1] if nth else 0
