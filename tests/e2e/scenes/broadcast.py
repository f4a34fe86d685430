"""The scenes of writing to many: to the people of a session, so that no other is disturbed."""

from collections.abc import Callable

from aiogram.filters.callback_data import CallbackData
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1 import league_service_pb2 as league

from services.chassis.deadline import budget
from services.gateway.features.broadcast.callbacks import (
    RefreshBroadcast,
    SendBroadcast,
    StopBroadcast,
    WriteBroadcast,
)
from services.gateway.features.sessions.callbacks import JoinSession
from tests.e2e.city import ADMIN
from tests.e2e.league import CALL_SECONDS, IDS
from tests.e2e.scenes.stage import Scene, Setting, World, as_admin


async def full_session(world: World) -> int:
    """A session of the admin's with somebody in it."""
    member, session = await world.league.member(), await world.league.session(capacity=5)
    await world.tells(member.telegram_id, JoinSession(session_id=session.id))
    return session.id


def writing(act: str | CallbackData, *before: str) -> Setting:
    """The admin writes to the people of a session and has come so far."""

    async def scene(world: World) -> Scene:
        session_id = await full_session(world)
        return await as_admin(act, WriteBroadcast(session_id=session_id), *before)(world)

    return scene


async def beginning(world: World) -> Scene:
    """The admin is about to write to the people of a session."""
    session_id = await full_session(world)
    return await as_admin(WriteBroadcast(session_id=session_id))(world)


def going_on(data: Callable[[int], CallbackData]) -> Setting:
    """The admin looks after a broadcast that he has sent."""

    async def scene(world: World) -> Scene:
        admin, session_id = await world.league.member(ADMIN), await full_session(world)
        write = WriteContext(actor_id=admin.user_id, request_id=f"scene:{next(IDS)}")
        with budget(CALL_SECONDS):
            made = await world.league.league.CreateBroadcast(
                league.CreateBroadcastRequest(write=write, session_id=session_id, text="Hello")
            )
        return await as_admin(data(made.broadcast.id))(world)

    return scene


BROADCAST: dict[str, Setting] = {
    "broadcast /broadcast": as_admin("/broadcast"),
    "broadcast bw": beginning,
    "broadcast bs": writing(SendBroadcast(), "Bring both shirts, please."),
    "broadcast br": going_on(lambda of: RefreshBroadcast(broadcast_id=of)),
    "broadcast bx": going_on(lambda of: StopBroadcast(broadcast_id=of)),
    "broadcast broadcast.text": writing("Bring both shirts, please."),
    "broadcast broadcast.confirm": writing("Or only one.", "Bring both shirts, please."),
}
