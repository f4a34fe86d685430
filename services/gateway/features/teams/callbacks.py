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


class AskRenaming(CallbackData, prefix="tr"):
    """Asks for the team's new name."""

    team_id: WireId


class AskDescribing(CallbackData, prefix="te"):
    """Asks what the team says of itself."""

    team_id: WireId


class RevokeLinks(CallbackData, prefix="tv"):
    """Lets the links given out so far lead nowhere any more."""

    team_id: WireId


class ListMembers(CallbackData, prefix="tm"):
    """The members, each with a button, for the captain."""

    team_id: WireId


class OpenMember(CallbackData, prefix="tc"):
    """What the captain may do with a member."""

    team_id: WireId
    user_id: WireId


class AskRemoving(CallbackData, prefix="ta"):
    """Asks whether to take the member off."""

    team_id: WireId
    user_id: WireId


class RemoveMember(CallbackData, prefix="tk"):
    """Takes him off."""

    team_id: WireId
    user_id: WireId


class AskHandingOver(CallbackData, prefix="th"):
    """Asks whether to make the member captain."""

    team_id: WireId
    user_id: WireId


class HandOver(CallbackData, prefix="ty"):
    """Makes him captain."""

    team_id: WireId
    user_id: WireId


class OpenTeamNumbers(CallbackData, prefix="tg"):
    """The grid of numbers that are free in the team."""

    team_id: WireId


class TakeNumber(CallbackData, prefix="tu"):
    """Takes one of them; 0 gives one's own up."""

    team_id: WireId
    shirt: Annotated[int, Field(ge=0, le=25)]


class ClearDescription(CallbackData, prefix="tz"):
    """Lets the team say nothing of itself."""

    team_id: WireId
