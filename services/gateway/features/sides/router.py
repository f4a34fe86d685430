"""Which input leads to a side's numbers."""

from services.gateway.features.feature import Feature
from services.gateway.features.sides import handlers
from services.gateway.features.sides.callbacks import OpenNumbers, TakeSideNumber

FEATURE = Feature(
    name="sides",
    taps={OpenNumbers: handlers.numbers, TakeSideNumber: handlers.number_taken},
)
