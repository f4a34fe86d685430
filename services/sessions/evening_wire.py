"""An evening's values as messages, and its requests as the domain's values."""

from datetime import datetime

from fotbot.sessions.v1 import match_pb2 as wire
from fotbot.sessions.v1 import matches_service_pb2 as service
from google.protobuf.timestamp_pb2 import Timestamp

from services.sessions import wire as sessions_wire
from services.sessions.domain import figures
from services.sessions.domain.evening import (
    Evening,
    Goal,
    GoalId,
    LineUp,
    Match,
    MatchStatus,
)
from services.sessions.domain.evening_play import Pairing, Scored
from services.sessions.domain.evening_ports import LeaderOrder
from services.sessions.domain.evening_refusals import OrderInvalid
from services.sessions.domain.evening_start import Forecast
from services.sessions.domain.figures import Figures
from services.sessions.domain.table import Row, SideId
from services.sessions.domain.values import UserId

_STATUSES = {
    MatchStatus.PLAYING: wire.MATCH_STATUS_PLAYING,
    MatchStatus.FINISHED: wire.MATCH_STATUS_FINISHED,
}
_ORDERS = {
    service.LEADER_ORDER_UNSPECIFIED: LeaderOrder.POINTS,
    service.LEADER_ORDER_POINTS: LeaderOrder.POINTS,
    service.LEADER_ORDER_GOALS: LeaderOrder.GOALS,
    service.LEADER_ORDER_ASSISTS: LeaderOrder.ASSISTS,
    service.LEADER_ORDER_WINS: LeaderOrder.WINS,
}


def evening(value: Evening) -> service.Evening:
    """An evening's message, with its table and the figures of who scored or assisted."""
    played = figures.of_session(value.line_ups, value.matches)
    counted = figures.scorers(figures.with_told(played, value.told))
    return service.Evening(
        session=sessions_wire.session(value.session),
        line_ups=map(_line_up, value.line_ups),
        matches=map(match, value.matches),
        table=map(_row, value.table()),
        figures=map(player, counted),
    )


def forecast(value: Forecast) -> service.StartForecast:
    """What starting now would make."""
    return service.StartForecast(
        side_sizes=value.side_sizes,
        teams=value.teams,
        pending=value.pending,
        waiting=value.waiting,
        refusal=value.refusal.reason if value.refusal else "",
    )


def match(value: Match) -> wire.Match:
    """A match's message."""
    return wire.Match(
        id=value.id,
        session_id=value.session_id,
        number=value.number,
        home_side_id=value.home,
        away_side_id=value.away,
        home_score=value.home_score,
        away_score=value.away_score,
        status=_STATUSES[value.status],
        goals=map(_goal, value.goals),
        told_result=value.told_result,
    )


def player(value: Figures) -> wire.PlayerFigures:
    """A player's figures."""
    return wire.PlayerFigures(
        user_id=value.user_id,
        goals=value.goals,
        assists=value.assists,
        wins=value.wins,
        matches=value.matches,
        sessions=value.sessions,
        doubled_points=value.doubled_points,
        times_man_of_session=value.times_man_of_session,
    )


def pairing(request: service.AddMatchRequest) -> Pairing:
    """Who is to play whom."""
    return Pairing(
        home=SideId(request.home_side_id),
        away=SideId(request.away_side_id),
        number=request.number if request.HasField("number") else None,
    )


def scored(request: service.ScoreGoalRequest) -> Scored:
    """A goal as it was called."""
    return Scored(
        side=SideId(request.side_id),
        scorer=UserId(request.scorer_id) if request.scorer_id else None,
        assist=UserId(request.assist_id) if request.assist_id else None,
        seen=seen(request),
    )


def seen(request: service.ScoreGoalRequest | service.UndoGoalRequest) -> GoalId | None:
    """The last goal that the actor knows of; None when it does not matter."""
    return GoalId(request.last_goal_id) if request.HasField("last_goal_id") else None


def order(number: int) -> LeaderOrder:
    """Raises OrderInvalid."""
    if number not in _ORDERS:
        raise OrderInvalid(f"no order {number}")
    return _ORDERS[service.LeaderOrder.ValueType(number)]


def _line_up(value: LineUp) -> wire.LineUp:
    return wire.LineUp(
        side_id=value.side_id,
        name=value.name,
        number=value.number,
        team_id=value.team_id or 0,
        player_ids=value.player_ids,
    )


def _goal(value: Goal) -> wire.Goal:
    return wire.Goal(
        id=value.id,
        side_id=value.side_id,
        scorer_id=value.scorer_id or 0,
        assist_id=value.assist_id or 0,
        at=_timestamp(value.at),
    )


def _row(value: Row) -> wire.TableRow:
    return wire.TableRow(
        place=value.place,
        side_id=value.side_id,
        played=value.played,
        won=value.won,
        drawn=value.drawn,
        lost=value.lost,
        goals_for=value.goals_for,
        goals_against=value.goals_against,
        points=value.points,
    )


def _timestamp(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
