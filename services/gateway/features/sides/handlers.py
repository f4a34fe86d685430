"""A player's number in his side: what is free, and taking one."""

from fotbot.teams.v1 import sides_service_pb2
from fotbot.teams.v1.side_pb2 import Side

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.sides import screens
from services.gateway.features.sides.callbacks import OpenNumbers, TakeSideNumber


async def numbers(call: Call, data: OpenNumbers) -> Answer:
    side = await _own_side(call, data.session_id)
    if side is None:
        return Answer(toast=call.texts.toast("side.none"), alert=True)
    return Answer(screen=screens.numbers(side, call.person.user_id, call.texts))


async def number_taken(call: Call, data: TakeSideNumber) -> Answer:
    request = sides_service_pb2.SetSideNumberRequest(
        write=call.write(0), side_id=data.side_id, shirt_number=data.shirt
    )
    try:
        side = (await call.services.sides.SetSideNumber(request)).side
    except RemoteRefusal as refusal:
        # Somebody was faster: the grid that is opened again shows what is free now.
        if refusal.reason != "SHIRT_NUMBER_TAKEN":
            raise
        return Answer(toast=call.texts.refusal(refusal.reason), alert=True)
    return Answer(
        screen=screens.numbers(side, call.person.user_id, call.texts),
        toast=call.texts.toast("team.number.taken", number=data.shirt),
    )


async def _own_side(call: Call, session_id: int) -> Side | None:
    request = sides_service_pb2.ListSidesRequest(session_id=session_id)
    sides = (await call.services.sides.ListSides(request)).sides
    viewer = call.person.user_id
    return next((side for side in sides if any(p.user_id == viewer for p in side.players)), None)
