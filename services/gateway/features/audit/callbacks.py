"""What the buttons of the audit carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

OrNone = Annotated[int, Field(ge=0, le=2**63 - 1)]


class OpenAudit(CallbackData, prefix="uo"):
    """What was done in a session, session 0 for all of them; before an entry, 0 for the newest."""

    session_id: OrNone = 0
    before_id: OrNone = 0


class OpenPeopleAudit(CallbackData, prefix="up"):
    """What was done with roles and accounts."""

    before_id: OrNone = 0
