"""The numbers that are free in one's side."""

from fotbot.teams.v1.side_pb2 import Side

from services.gateway.answers import Button, Screen
from services.gateway.calls import UserId
from services.gateway.features.evening.callbacks import OpenEvening
from services.gateway.features.shirts import grid
from services.gateway.features.sides.callbacks import OpenNumbers, TakeSideNumber
from services.gateway.texts import Texts


def numbers(side: Side, viewer: UserId, texts: Texts) -> Screen:
    """The viewer's number in the side, and those that are free. Others choose meanwhile, so it
    can be asked for again."""
    own = next((one.shirt_number for one in side.players if one.user_id == viewer), 0)
    rows = grid(
        (player.shirt_number for player in side.players),
        own,
        lambda number: TakeSideNumber(side_id=side.id, shirt=number),
    )
    again, evening = (
        OpenNumbers(session_id=side.session_id),
        OpenEvening(session_id=side.session_id),
    )
    rows.append((Button(text=texts.plain("side.refresh"), data=again),))
    rows.append((Button(text=texts.plain("side.evening"), data=evening),))
    title = (
        texts("side.team", name=side.name) if side.name else texts("side.drawn", number=side.number)
    )
    key = "side.number.own" if own else "side.number.choose"
    return Screen(text=f"{title}\n\n{texts(key, number=own)}", buttons=tuple(rows))
