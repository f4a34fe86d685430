"""Which input leads to the best players."""

from services.gateway.features.feature import Feature
from services.gateway.features.leaders import handlers
from services.gateway.features.leaders.callbacks import OpenLeaders
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="leaders",
    commands={"top": signed_up(handlers.command)},
    taps={OpenLeaders: handlers.opened},
)
