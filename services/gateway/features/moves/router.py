"""Which input leads to account moves."""

from services.gateway.features.feature import Feature
from services.gateway.features.moves import handlers
from services.gateway.features.moves.callbacks import DecideMove, ListMoves, OpenMove
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="moves",
    taps={
        ListMoves: signed_up(handlers.listed),
        OpenMove: signed_up(handlers.opened),
        DecideMove: signed_up(handlers.decided),
    },
)
