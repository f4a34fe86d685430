"""The scenes of what a player does with a session: a team's registration, paying, leaving."""

from collections.abc import Callable
from dataclasses import dataclass

from aiogram.filters.callback_data import CallbackData
from fotbot.sessions.v1.session_pb2 import Session

from services.gateway.features.entries.callbacks import (
    ChooseTeam,
    DropPlayer,
    NameSquad,
    SendSquad,
    TakePlayer,
)
from services.gateway.features.paying.callbacks import OpenPaying, PayWithCoupons, ReceiptFor
from services.gateway.features.sessions.callbacks import ConfirmLeaving, JoinSession
from services.gateway.features.teams.callbacks import JoinTeam
from tests.e2e.league import Member
from tests.e2e.scenes.stage import Json, Scene, Setting, World
from tests.e2e.webhook import message, photo, tap

SQUAD = 4
RECEIPT = "photo-of-a-receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Captain:
    """Who leads a team of exactly a squad, and the session it is for."""

    member: Member
    team_id: int
    session: Session


Act = Callable[[int, int], Json]
"""The update of a person (his Telegram id) about a session."""


def owing(act: Act, *before: Act) -> Setting:
    """A player has a place that is to be paid."""

    async def scene(world: World) -> Scene:
        member, session = await world.league.member(), await world.league.session(capacity=5)
        await world.tells(member.telegram_id, JoinSession(session_id=session.id))
        for earlier in before:
            await world.gateways.deliver(earlier(member.telegram_id, session.id))
        return Scene(member=member, update=act(member.telegram_id, session.id))

    return scene


def leading(
    act: Callable[[Captain], CallbackData | str], *before: Callable[[Captain], CallbackData]
) -> Setting:
    """A captain registers his team."""

    async def scene(world: World) -> Scene:
        captain = await _captain(world)
        to = captain.member.telegram_id
        await world.tells(to, *(earlier(captain) for earlier in before))
        done = act(captain)
        update = message(to, done) if isinstance(done, str) else tap(to, done)
        return Scene(member=captain.member, update=update)

    return scene


async def _captain(world: World) -> Captain:
    captain = await world.league.member()
    team_id = await world.team(captain)
    token = await world.invitation(captain, team_id)
    for _ in range(SQUAD - 1):
        await world.tells((await world.league.member()).telegram_id, JoinTeam(token=token))
    session = await world.league.session(capacity=SQUAD + 1, squad_size=SQUAD)
    return Captain(member=captain, team_id=team_id, session=session)


def _begin(captain: Captain) -> CallbackData:
    return ChooseTeam(session_id=captain.session.id)


def _name(captain: Captain) -> CallbackData:
    return NameSquad(session_id=captain.session.id, team_id=captain.team_id)


def _drop(captain: Captain) -> CallbackData:
    return DropPlayer(session_id=captain.session.id, user_id=captain.member.user_id)


def _take(captain: Captain) -> CallbackData:
    return TakePlayer(session_id=captain.session.id, user_id=captain.member.user_id)


def _send(captain: Captain) -> CallbackData:
    return SendSquad(session_id=captain.session.id)


def _open(to: int, session_id: int) -> Json:
    return tap(to, OpenPaying(session_id=session_id))


def _no_coupons(to: int, session_id: int) -> Json:
    return tap(to, PayWithCoupons(session_id=session_id, count=0))


def _receipt(to: int, _session_id: int) -> Json:
    return photo(to, RECEIPT)


def _that_session(to: int, session_id: int) -> Json:
    return tap(to, ReceiptFor(session_id=session_id))


def _leave(to: int, session_id: int) -> Json:
    return tap(to, ConfirmLeaving(session_id=session_id, back=True))


PLAYING: dict[str, Setting] = {
    "sessions sz": owing(_leave, _open, _receipt),
    "paying yo": owing(_open),
    "paying yc": owing(_no_coupons, _open),
    "paying paying.receipt": owing(_receipt, _open),
    "paying paying.which": owing(_receipt, _receipt),
    "paying yr": owing(_that_session, _receipt),
    "entries rt": leading(_begin),
    "entries rn": leading(_name),
    "entries rd": leading(_drop, _begin),
    "entries rk": leading(_take, _begin, _drop),
    "entries rs": leading(_send, _begin),
    "entries squad.picking": leading(lambda _: "all of us", _begin),
}
