"""Which input leads to the greeting."""

from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up
from services.gateway.features.start import handlers

FEATURE = Feature(
    name="start",
    commands={"start": signed_up(handlers.hello)},
    menu={"menu.continue": signed_up(handlers.go_on)},
)
