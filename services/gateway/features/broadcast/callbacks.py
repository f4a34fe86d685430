"""What the buttons of a broadcast carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.gateway.features.ids import WireId

OrEverybody = Annotated[int, Field(ge=0, le=2**63 - 1)]


class WriteBroadcast(CallbackData, prefix="bw"):
    """Asks for the text; session 0 is to everybody."""

    session_id: OrEverybody = 0


class SendBroadcast(CallbackData, prefix="bs"):
    """Sends what the preview showed."""


class RefreshBroadcast(CallbackData, prefix="br"):
    """How far it is now."""

    broadcast_id: WireId


class StopBroadcast(CallbackData, prefix="bx"):
    """Whom it has not reached yet, it will not."""

    broadcast_id: WireId
