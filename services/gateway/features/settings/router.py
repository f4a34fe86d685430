"""Which input leads to an organiser's settings."""

from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up
from services.gateway.features.settings import handlers
from services.gateway.features.settings.callbacks import ChoosePrice, EditSetting, OpenSettings
from services.gateway.features.settings.handlers import NAME
from services.gateway.features.settings.screens import FIELDS

FEATURE = Feature(
    name="settings",
    taps={OpenSettings: handlers.opened, EditSetting: signed_up(handlers.asked)},
    step_taps={ChoosePrice: ending(handlers.chosen)},
    steps={f"{NAME}.{field}": ending(handlers.said) for field in FIELDS},
)
