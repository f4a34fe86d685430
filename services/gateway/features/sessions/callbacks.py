"""What the buttons of the list and the card carry: the intent, never a toggle."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.gateway.features.ids import WireId

LAST_PAGE = 199
"""A page further than this is nobody's reading but a forged button's."""


class ShowPage(CallbackData, prefix="sl"):
    """A page of the list, from 0."""

    index: Annotated[int, Field(ge=0, le=LAST_PAGE)] = 0


class OpenSession(CallbackData, prefix="so"):
    """The card, from a list."""

    session_id: WireId


class RefreshSession(CallbackData, prefix="sr"):
    """The card as it is now."""

    session_id: WireId


class JoinSession(CallbackData, prefix="sj"):
    """Takes a place, or one in the queue."""

    session_id: WireId


class LeaveSession(CallbackData, prefix="sx"):
    """Gives the place or the wait up; asks first where money, coupons or a team are at stake."""

    session_id: WireId


class ConfirmLeaving(CallbackData, prefix="sz"):
    """Gives it up. `back`: the person was told that what he gave comes back."""

    session_id: WireId
    back: bool
