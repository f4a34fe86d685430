"""What the buttons of an organiser's settings carry."""

from aiogram.filters.callback_data import CallbackData


class OpenSettings(CallbackData, prefix="go"):
    """What is set."""


class EditSetting(CallbackData, prefix="gf"):
    """Asks for the setting's new value."""

    field: str


class ChoosePrice(CallbackData, prefix="gp"):
    """Answers the question for the price with one of its buttons."""

    value: str
