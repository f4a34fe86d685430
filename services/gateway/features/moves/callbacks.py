"""What the buttons about account moves carry."""

from aiogram.filters.callback_data import CallbackData

from services.gateway.features.ids import WireId


class ListMoves(CallbackData, prefix="ml"):
    """The wishes that wait."""


class OpenMove(CallbackData, prefix="mo"):
    """One of them."""

    move_id: WireId


class DecideMove(CallbackData, prefix="md"):
    """The admin's yes or no."""

    move_id: WireId
    approved: bool
