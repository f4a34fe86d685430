"""What the buttons of the organisers' list carry."""

from aiogram.filters.callback_data import CallbackData

from services.gateway.features.ids import WireId


class ListOrganisers(CallbackData, prefix="ol"):
    """The list."""


class FindPerson(CallbackData, prefix="of"):
    """Asks whom to appoint."""


class Appoint(CallbackData, prefix="oa"):
    """Appoints the person."""

    user_id: WireId


class AskRemoving(CallbackData, prefix="or"):
    """Asks whether to remove the person."""

    user_id: WireId


class Remove(CallbackData, prefix="ox"):
    """Removes the person."""

    user_id: WireId
