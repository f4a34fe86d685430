"""What the buttons of paying carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.gateway.features.ids import WireId

MOST_COUPONS = 15
"""One for each player of the largest squad."""


class OpenPaying(CallbackData, prefix="yo"):
    """How to pay for one's entry; from then on the receipt's photo is awaited."""

    session_id: WireId


class PayWithCoupons(CallbackData, prefix="yc"):
    """Uses exactly so many coupons, whatever was used before."""

    session_id: WireId
    count: Annotated[int, Field(ge=0, le=MOST_COUPONS)]


class ReceiptFor(CallbackData, prefix="yr"):
    """The photo that was sent is the receipt for this session."""

    session_id: WireId
