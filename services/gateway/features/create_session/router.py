"""Which input leads to the conversation that opens a session."""

from services.gateway.features.create_session import handlers
from services.gateway.features.create_session.callbacks import (
    AskOpening,
    Choose,
    ConfirmCreation,
    StepBack,
)
from services.gateway.features.create_session.handlers import NAME
from services.gateway.features.create_session.opening import STEP
from services.gateway.features.create_session.screens import STEPS
from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up

FEATURE = Feature(
    name="create_session",
    commands={"create": signed_up(handlers.begun)},
    menu={"menu.create": signed_up(handlers.begun)},
    step_taps={
        Choose: ending(handlers.chosen),
        StepBack: ending(handlers.went_back),
        ConfirmCreation: ending(handlers.confirmed),
        AskOpening: ending(handlers.asked_opening),
    },
    steps={f"{NAME}.{step}": ending(handlers.said) for step in (*STEPS, STEP)},
)
