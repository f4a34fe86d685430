"""Which input leads to a person's own sessions."""

from services.gateway.features.feature import Feature
from services.gateway.features.my_sessions import handlers
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="my_sessions",
    commands={"my": signed_up(handlers.mine)},
    menu={"menu.my": signed_up(handlers.mine)},
)
