"""Which input leads to the way to the private chat."""

from services.gateway.features.feature import Feature
from services.gateway.features.group import handlers

FEATURE = Feature(name="group", group=handlers.pointed)
