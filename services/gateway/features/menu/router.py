"""Which input leads to the menu itself."""

from services.gateway.features.feature import Feature
from services.gateway.features.menu import handlers
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(name="menu", otherwise=signed_up(handlers.unknown))
