"""What the buttons of a team's registration carry: the intent, never a toggle. Who is picked so
far is in the conversation."""

from aiogram.filters.callback_data import CallbackData

from services.gateway.features.ids import WireId


class ChooseTeam(CallbackData, prefix="rt"):
    """Begins a team's registration, from the card."""

    session_id: WireId


class NameSquad(CallbackData, prefix="rn"):
    """Asks which players of this team come."""

    session_id: WireId
    team_id: WireId


class TakePlayer(CallbackData, prefix="rk"):
    """He comes."""

    session_id: WireId
    user_id: WireId


class DropPlayer(CallbackData, prefix="rd"):
    """He does not."""

    session_id: WireId
    user_id: WireId


class SendSquad(CallbackData, prefix="rs"):
    """Registers the team with the players picked."""

    session_id: WireId
