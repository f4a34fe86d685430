"""What the buttons of an organiser's home carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.gateway.features.ids import WireId

FIRST_SPAN, LAST_SPAN = -260, 26
"""Ten years back and one ahead, in spans of fourteen days."""

LAST_PAGE = 199
"""A page further than this is nobody's reading but a forged button's."""


class ShowDays(CallbackData, prefix="dl"):
    """A page of a span of days; span 0 begins today, page 0 is its first."""

    span: Annotated[int, Field(ge=FIRST_SPAN, le=LAST_SPAN)] = 0
    index: Annotated[int, Field(ge=0, le=LAST_PAGE)] = 0


class OpenOrganising(CallbackData, prefix="do"):
    """A session's card for who runs it."""

    session_id: WireId
