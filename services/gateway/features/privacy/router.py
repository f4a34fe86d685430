"""Which input leads to one's own data."""

from services.gateway.features.feature import Feature
from services.gateway.features.privacy import handlers
from services.gateway.features.privacy.callbacks import (
    AskDelete,
    AskExport,
    ConfirmDelete,
    OpenPrivacy,
)

FEATURE = Feature(
    name="privacy",
    commands={
        "privacy": handlers.told,
        "export": handlers.export,
        "delete": handlers.delete,
    },
    taps={
        OpenPrivacy: handlers.opened,
        AskExport: handlers.export_pressed,
        AskDelete: handlers.delete_pressed,
        ConfirmDelete: handlers.confirmed,
    },
)
