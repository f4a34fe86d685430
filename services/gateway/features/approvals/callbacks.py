"""What the buttons of an organiser's decisions carry: the intent, never a toggle."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.gateway.features.ids import WireId

LAST_PAGE = 199
"""A page further than this is nobody's reading but a forged button's."""

Page = Annotated[int, Field(ge=0, le=LAST_PAGE)]


class ListAwaiting(CallbackData, prefix="ql"):
    """The sessions in which somebody waits for a decision."""


class OpenEntries(CallbackData, prefix="qs"):
    """A page of a session's entries, from 0."""

    session_id: WireId
    index: Page = 0


class OpenEntry(CallbackData, prefix="qe"):
    """One entry's card. Notices carry it too."""

    entry_id: WireId


class ApproveEntry(CallbackData, prefix="qy"):
    """The entry is in, its money has come."""

    entry_id: WireId


class AskReason(CallbackData, prefix="qn"):
    """Asks why the entry is turned down or taken off."""

    entry_id: WireId


class SettleRefund(CallbackData, prefix="qr"):
    """Money owed back was given back, or had never come."""

    entry_id: WireId
    not_received: bool


class OpenAttendance(CallbackData, prefix="qa"):
    """A page of a session's players and who of them came, from 0."""

    session_id: WireId
    index: Page = 0


class MarkAttendance(CallbackData, prefix="qm"):
    """The player came, or did not; the same page again."""

    session_id: WireId
    user_id: WireId
    attended: bool
    index: Page = 0
