"""Which input leads out of a conversation."""

from services.gateway.features.cancel import handlers
from services.gateway.features.cancel.callbacks import LeaveConversation
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="cancel",
    commands={"cancel": signed_up(handlers.command)},
    taps={LeaveConversation: signed_up(handlers.pressed)},
)
