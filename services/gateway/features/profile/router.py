"""Which input leads to the profile."""

from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up
from services.gateway.features.profile import handlers
from services.gateway.features.profile.callbacks import ChangeName

FEATURE = Feature(
    name="profile",
    commands={"profile": signed_up(handlers.own)},
    menu={"menu.profile": signed_up(handlers.own)},
    taps={ChangeName: signed_up(handlers.asked_name)},
    steps={"profile.name": handlers.name_given},
)
