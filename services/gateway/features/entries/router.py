"""Which input leads to a team's registration."""

from services.gateway.features.ending import ending
from services.gateway.features.entries import handlers
from services.gateway.features.entries.callbacks import (
    ChooseTeam,
    DropPlayer,
    NameSquad,
    SendSquad,
    TakePlayer,
)
from services.gateway.features.feature import Feature

FEATURE = Feature(
    name="entries",
    taps={ChooseTeam: handlers.begun, NameSquad: handlers.named},
    step_taps={
        TakePlayer: ending(handlers.taken),
        DropPlayer: ending(handlers.dropped),
        SendSquad: ending(handlers.sent),
    },
    steps={handlers.PLACE: ending(handlers.said)},
)
