"""Shows admins who asks for an account of before, and takes their word. Who may is decided by
users."""

from collections.abc import Sequence

from fotbot.sender.v1 import notice_pb2, sender_service_pb2
from fotbot.users.v1 import users_service_pb2
from fotbot.users.v1.user_pb2 import AccountMove

from services.chassis import telemetry
from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.moves import screens
from services.gateway.features.moves.callbacks import DecideMove, ListMoves, OpenMove

MOST = 50
"""Wishes in one question, by the wire."""

GONE = frozenset({"MOVE_NOT_FOUND", "MOVE_DECIDED"})
"""After these the list is out of date."""


async def listed(call: Call, _data: ListMoves) -> Answer:
    return Answer(screen=screens.listing(await _waiting(call), call.texts))


async def opened(call: Call, data: OpenMove) -> Answer:
    waiting = await _waiting(call)
    move = next((move for move in waiting if move.id == data.move_id), None)
    if move is None:
        toast = call.texts.refusal("MOVE_DECIDED")
        return Answer(screen=screens.listing(waiting, call.texts), toast=toast)
    return Answer(screen=screens.card(move, call.now, call.texts))


async def decided(call: Call, data: DecideMove) -> Answer:
    request = users_service_pb2.DecideMoveRequest(
        write=call.write(0), move_id=data.move_id, approved=data.approved
    )
    try:
        person = (await call.services.users.DecideMove(request)).person
    except RemoteRefusal as refusal:
        if refusal.reason not in GONE:
            raise
        toast = call.texts.refusal(refusal.reason)
        return Answer(screen=screens.listing(await _waiting(call), call.texts), toast=toast)
    if data.approved:
        await _tell(call, data.move_id, person.id)
    key = "moves.approved" if data.approved else "moves.rejected"
    toast = call.texts.toast(key, name=person.name)
    return Answer(screen=screens.listing(await _waiting(call), call.texts), toast=toast)


async def _tell(call: Call, move_id: int, user_id: int) -> None:
    """The notice goes to where the account is now; told again, it is the same notice."""
    notice = notice_pb2.Notice(
        notice_id=f"move:{move_id}",
        user_id=user_id,
        kind=notice_pb2.NOTICE_KIND_ACCOUNT_MOVED,
        traceparent=telemetry.traceparent(),
    )
    await call.services.sender.SendNotices(sender_service_pb2.SendNoticesRequest(notices=[notice]))


async def _waiting(call: Call) -> Sequence[AccountMove]:
    request = users_service_pb2.ListMovesRequest(actor_id=call.person.user_id, page_size=MOST)
    return (await call.services.users.ListMoves(request)).moves
