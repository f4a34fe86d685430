"""What the buttons of a side's numbers carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.gateway.features.ids import WireId


class OpenNumbers(CallbackData, prefix="no"):
    """The grid of numbers that are free in the player's side of this session."""

    session_id: WireId


class TakeSideNumber(CallbackData, prefix="nt"):
    """Takes one of them."""

    side_id: WireId
    shirt: Annotated[int, Field(ge=1, le=25)]
