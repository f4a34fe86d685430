"""Which input leads to writing to many."""

from services.gateway.features.broadcast import handlers
from services.gateway.features.broadcast.callbacks import (
    RefreshBroadcast,
    SendBroadcast,
    StopBroadcast,
    WriteBroadcast,
)
from services.gateway.features.broadcast.handlers import NAME
from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="broadcast",
    commands={"broadcast": signed_up(handlers.command)},
    taps={
        WriteBroadcast: signed_up(handlers.begun),
        RefreshBroadcast: handlers.refreshed,
        StopBroadcast: handlers.stopped,
    },
    step_taps={SendBroadcast: ending(handlers.sent)},
    steps={f"{NAME}.{step}": ending(handlers.said) for step in ("text", "confirm")},
)
