"""Which input leads to the sign-up's handlers."""

from services.gateway.features.feature import Feature
from services.gateway.features.onboarding import handlers

FEATURE = Feature(
    name="onboarding",
    steps={
        "onboarding.language": handlers.said_instead,
        "onboarding.name": handlers.name_given,
        "onboarding.phone": handlers.phone_given,
        "onboarding.move": handlers.move_asked,
        "onboarding.resume": handlers.said_instead,
    },
)
