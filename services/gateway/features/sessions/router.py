"""Which input leads to the session handlers."""

from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import linked, signed_up
from services.gateway.features.sessions import handlers
from services.gateway.features.sessions.callbacks import (
    ConfirmLeaving,
    JoinSession,
    LeaveSession,
    OpenSession,
    RefreshSession,
    ShowPage,
)

FEATURE = Feature(
    name="sessions",
    commands={"sessions": signed_up(handlers.first_page)},
    deep_links={"s_": linked("s_", handlers.linked_card)},
    menu={"menu.sessions": signed_up(handlers.first_page)},
    taps={
        ShowPage: handlers.turned,
        OpenSession: handlers.opened,
        RefreshSession: handlers.refreshed,
        JoinSession: handlers.joined,
        LeaveSession: handlers.left,
        ConfirmLeaving: handlers.left_knowingly,
    },
)
