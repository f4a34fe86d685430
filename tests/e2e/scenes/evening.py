"""The scenes of an evening in play, and of the best players."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from aiogram.filters.callback_data import CallbackData
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1 import matches_service_pb2 as matches
from fotbot.sessions.v1 import sessions_service_pb2 as sessions

from services.chassis.deadline import budget
from services.gateway.features.evening.callbacks import (
    AddMatch,
    AskAssist,
    AskFinishing,
    AskManOfSession,
    AskScorer,
    ConfirmStart,
    FinishEvening,
    FinishMatch,
    NameManOfSession,
    NewMatch,
    OpenEvening,
    OpenMatch,
    PickManOfSession,
    PickOpponent,
    RefreshEvening,
    ReopenMatch,
    ScoreGoal,
    ShowFigures,
    ShowSides,
    StartEvening,
    UndoGoal,
)
from services.gateway.features.leaders.callbacks import OpenLeaders
from tests.e2e.city import ADMIN
from tests.e2e.league import CALL_SECONDS, IDS, League, Member
from tests.e2e.scenes.stage import Scene, Setting, World, as_admin, says, taps

SOON = timedelta(seconds=40)
"""Long enough to get in, and then out of the list of coming sessions, which others read."""

SIDE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The admin's session with two sides of five; of one in play, a match that stands at 1:0 and
    its goal."""

    session_id: int
    match: int = 0
    last: int = 0
    sides: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Shared:
    """What the scenes of one league share, since ten people and an evening take long to make."""

    people: list[Member] = field(default_factory=list)
    playing: Ground | None = None
    finished: Ground | None = None


Of = Callable[[Ground], CallbackData]
_SHARED: "weakref.WeakKeyDictionary[League, Shared]" = weakref.WeakKeyDictionary()

MOST_MATCHES = 50
"""With more a new evening begins; sessions refuses some more than that."""


def gathered(act: Of) -> Setting:
    """Everybody is there, and it has not been started."""

    async def scene(world: World) -> Scene:
        return await as_admin(act(await _gathered(world)))(world)

    return scene


def playing(act: Of, *before: Of) -> Setting:
    """It is played, and a match has begun that nobody else knows of."""

    async def scene(world: World) -> Scene:
        ground = await _with_match(world, await _shared_playing(world))
        return await as_admin(act(ground), *(earlier(ground) for earlier in before))(world)

    return scene


def finishing(act: Of) -> Setting:
    """It is played, and nobody else needs it."""

    async def scene(world: World) -> Scene:
        return await as_admin(act(await _begun(world)))(world)

    return scene


def finished(act: Of) -> Setting:
    """It is over."""

    async def scene(world: World) -> Scene:
        shared = _shared(world)
        if shared.finished is None:
            shared.finished = await _begun(world)
            await world.tells(ADMIN, FinishEvening(session_id=shared.finished.session_id))
        return await as_admin(act(shared.finished))(world)

    return scene


def _shared(world: World) -> Shared:
    return _SHARED.setdefault(world.league, Shared())


async def _shared_playing(world: World) -> Ground:
    shared = _shared(world)
    if shared.playing is None or shared.playing.match >= MOST_MATCHES:
        shared.playing = await _begun(world)
    return shared.playing


async def _gathered(world: World) -> Ground:
    starts = datetime.now(UTC).replace(microsecond=0) + SOON
    session = await world.league.session(capacity=2 * SIDE, starts=starts, squad_size=SIDE)
    shared = _shared(world)
    if not shared.people:
        shared.people = [await world.league.member() for _ in range(2 * SIDE)]
    for member in shared.people:
        with budget(CALL_SECONDS):
            await world.league.sessions.Register(
                sessions.RegisterRequest(write=_write(member), session_id=session.id)
            )
    return Ground(session_id=session.id)


async def _begun(world: World) -> Ground:
    session_id = (await _gathered(world)).session_id
    admin = await world.league.member(ADMIN)
    with budget(CALL_SECONDS):
        started = await world.league.matches.StartSession(
            matches.StartSessionRequest(write=_write(admin), session_id=session_id)
        )
    home, away = started.evening.line_ups
    return Ground(session_id=session_id, sides=(home.side_id, away.side_id))


async def _with_match(world: World, ground: Ground) -> Ground:
    admin, stub = await world.league.member(ADMIN), world.league.matches
    home, away = ground.sides
    with budget(CALL_SECONDS):
        added = await stub.AddMatch(
            matches.AddMatchRequest(
                write=_write(admin),
                session_id=ground.session_id,
                home_side_id=home,
                away_side_id=away,
            )
        )
        scored = await stub.ScoreGoal(
            matches.ScoreGoalRequest(write=_write(admin), match_id=added.match.id, side_id=home)
        )
    match = scored.match
    ground = replace(ground, match=match.number, last=match.goals[0].id)
    _shared(world).playing = ground
    return ground


def _write(actor: Member) -> WriteContext:
    return WriteContext(actor_id=actor.user_id, request_id=f"evening:{next(IDS)}")


def _goal(of: Ground) -> CallbackData:
    return ScoreGoal(
        session_id=of.session_id, match=of.match, side=2, scorer=1, assist=2, last=of.last
    )


def _assist(of: Ground) -> CallbackData:
    return AskAssist(session_id=of.session_id, match=of.match, side=2, scorer=1, last=of.last)


def _add(of: Ground) -> CallbackData:
    return AddMatch(session_id=of.session_id, home=1, away=2, match=of.match + 1)


def _stands(of: Ground) -> CallbackData:
    return FinishMatch(session_id=of.session_id, match=of.match)


EVENING: dict[str, Setting] = {
    "evening vs": gathered(lambda of: StartEvening(session_id=of.session_id)),
    "evening vy": gathered(lambda of: ConfirmStart(session_id=of.session_id)),
    "evening vo": playing(lambda of: OpenEvening(session_id=of.session_id)),
    "evening vr": playing(lambda of: RefreshEvening(session_id=of.session_id)),
    "evening vd": playing(lambda of: ShowSides(session_id=of.session_id)),
    "evening vt": playing(lambda of: ShowFigures(session_id=of.session_id)),
    "evening vn": playing(lambda of: NewMatch(session_id=of.session_id)),
    "evening va": playing(lambda of: PickOpponent(session_id=of.session_id, home=1)),
    "evening vm": playing(_add),
    "evening vg": playing(lambda of: OpenMatch(session_id=of.session_id, match=of.match)),
    "evening vc": playing(lambda of: AskScorer(session_id=of.session_id, match=of.match, side=2)),
    "evening vx": playing(_assist),
    "evening vb": playing(_goal),
    "evening vu": playing(
        lambda of: UndoGoal(session_id=of.session_id, match=of.match, last=of.last)
    ),
    "evening vf": playing(_stands),
    "evening vp": playing(
        lambda of: ReopenMatch(session_id=of.session_id, match=of.match), _stands
    ),
    "evening ve": playing(lambda of: AskFinishing(session_id=of.session_id)),
    "evening vz": finishing(lambda of: FinishEvening(session_id=of.session_id)),
    "evening vh": finished(lambda of: AskManOfSession(session_id=of.session_id)),
    "evening vj": finished(lambda of: PickManOfSession(session_id=of.session_id, side=1)),
    "evening vk": finished(lambda of: NameManOfSession(session_id=of.session_id, side=1, player=1)),
    "leaders /top": says("/top"),
    "leaders wo": taps(OpenLeaders(order="g", career=True)),
}
