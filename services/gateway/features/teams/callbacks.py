"""What the team buttons carry."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.gateway.features.ids import WireId

INVITATION = r"[A-Za-z0-9_-]{22}"
"""An invitation's token, as teams makes it."""


class OpenTeam(CallbackData, prefix="to"):
    """The roster."""

    team_id: WireId


class StartTeam(CallbackData, prefix="tn"):
    """Asks for a new team's name."""


class Invite(CallbackData, prefix="ti"):
    """Makes an invitation link."""

    team_id: WireId


class AskLeaving(CallbackData, prefix="tl"):
    """Asks whether to leave the team."""

    team_id: WireId


class LeaveTeam(CallbackData, prefix="tx"):
    """Leaves it."""

    team_id: WireId


class JoinTeam(CallbackData, prefix="tj"):
    """Joins by the invitation."""

    token: Annotated[str, Field(pattern=f"^{INVITATION}$")]


class DeclineTeam(CallbackData, prefix="td"):
    """Does not."""
