"""What the profile's buttons carry."""

from aiogram.filters.callback_data import CallbackData


class ChangeName(CallbackData, prefix="pn"):
    """Asks for the new name."""
