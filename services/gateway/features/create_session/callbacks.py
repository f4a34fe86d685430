"""What the buttons of the conversation carry."""

from aiogram.filters.callback_data import CallbackData


class Choose(CallbackData, prefix="cs"):
    """Answers a step with one of its buttons; of no effect at another step."""

    step: str
    value: str


class ConfirmCreation(CallbackData, prefix="cc"):
    """Opens the session as it was put together."""


class AskOpening(CallbackData, prefix="ck"):
    """Asks when registration opens; until then it opens at once."""


class StepBack(CallbackData, prefix="cb"):
    """Back from this step to the one before it; of no effect at another step."""

    step: str
