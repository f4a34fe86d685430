"""Which input leads to the help page."""

from services.gateway.features.feature import Feature
from services.gateway.features.help import handlers
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="help",
    commands={"help": signed_up(handlers.shown)},
    menu={"menu.help": signed_up(handlers.shown)},
)
