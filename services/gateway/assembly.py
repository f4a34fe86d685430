"""How the parts of an update's life are put together, once, for `__main__` and for tests."""

import time
from collections.abc import Sequence

from services.chassis.cache import Cache
from services.gateway.admission import LocalLimiter, Rate
from services.gateway.background import Background
from services.gateway.bot_identity import BotIdentity
from services.gateway.calls import Services
from services.gateway.clients import USUAL_PACE, Pace
from services.gateway.delivery import Delivery
from services.gateway.dispatcher import FEATURES, Dispatcher
from services.gateway.features.feature import Feature
from services.gateway.held_back import HeldBack
from services.gateway.middlewares.conversation import Conversations
from services.gateway.middlewares.errors import Errors
from services.gateway.middlewares.identity import Identity
from services.gateway.own_writes import OwnWrites
from services.gateway.person_memory import PersonMemory
from services.gateway.quarantine import Quarantine
from services.gateway.release_guard import ReleaseGuard
from services.gateway.settings import GatewaySettings
from services.gateway.shedding import Shedding
from services.gateway.shortcuts import Shortcuts
from services.gateway.updates import Updates


def updates(
    settings: GatewaySettings,
    cache: Cache,
    services: Services,
    background: Background,
    features: Sequence[Feature] = FEATURES,
    pace: Pace = USUAL_PACE,
) -> Updates:
    """An update's life on these stores and services."""
    rate = Rate(most=settings.rate_limit_max, window_ms=settings.rate_limit_window)
    memory = PersonMemory(cache, rate)
    quarantine = Quarantine(services.sender, background)
    identity = Identity(services.users, settings.default_language)
    errors = Errors(quarantine)
    conversations = Conversations(memory, services, errors, identity.forget)
    return Updates(
        bot_identity=BotIdentity(services.sender, cache),
        guard=ReleaseGuard(time.monotonic),
        memory=memory,
        limiter=LocalLimiter(rate, lambda: time.monotonic() * 1000),
        held_back=HeldBack(cache, max(1, settings.webhook_max_connections // 2)),
        own_writes=OwnWrites(memory),
        shortcuts=Shortcuts(features),
        dispatcher=Dispatcher(features, identity, conversations),
        identity=identity,
        errors=errors,
        quarantine=quarantine,
        delivery=Delivery(services.sender, background),
        services=services,
        default_language=settings.default_language,
        pace=pace,
        shedding=Shedding(),
    )
