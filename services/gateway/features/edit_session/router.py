"""Which input leads to editing a session."""

from services.gateway.features.edit_session import handlers
from services.gateway.features.edit_session.callbacks import (
    Amend,
    AskCancelling,
    CancelSession,
    EditField,
    OpenEditing,
)
from services.gateway.features.edit_session.handlers import NAME
from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature

FEATURE = Feature(
    name="edit_session",
    taps={
        OpenEditing: handlers.opened,
        EditField: handlers.asked,
        AskCancelling: handlers.cancelling,
        CancelSession: handlers.cancelled,
    },
    step_taps={Amend: ending(handlers.chosen)},
    steps={
        f"{NAME}.{step}": ending(handlers.said)
        for step in ("day", "time", "venue", "price", "capacity", "opens")
    },
)
