"""What the buttons of editing carry."""

from aiogram.filters.callback_data import CallbackData

from services.gateway.features.ids import WireId


class OpenEditing(CallbackData, prefix="eo"):
    """What can be changed, from the card."""

    session_id: WireId


class EditField(CallbackData, prefix="ef"):
    """Asks for the field's new value."""

    session_id: WireId
    field: str


class Amend(CallbackData, prefix="es"):
    """Answers a step with one of its buttons; of no effect at another step."""

    step: str
    value: str


class AskCancelling(CallbackData, prefix="ea"):
    """Asks whether to cancel the session."""

    session_id: WireId


class CancelSession(CallbackData, prefix="ec"):
    """Cancels it."""

    session_id: WireId
