"""Which input leads to an organiser's home."""

from services.gateway.features.by_day import handlers
from services.gateway.features.by_day.callbacks import OpenOrganising, ShowDays
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="by_day",
    commands={"admin": signed_up(handlers.home)},
    menu={"menu.organise": signed_up(handlers.home)},
    taps={ShowDays: handlers.turned, OpenOrganising: handlers.opened},
)
