"""Specs and observations with everything in order, for tests to put one thing out of order."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from k8s.bot_operator.memory import Memory, mark
from k8s.bot_operator.observed import (
    Gateway,
    Lifecycle,
    Observed,
    Profile,
    Scaler,
    Secrets,
    WebhookInfo,
)
from k8s.bot_operator.spec import BotSpec, spec_from
from k8s.bot_operator.webhook import fingerprint

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
URL = "https://bot.example.org/telegram/webhook"
TOKEN = "123456789:" + "t" * 35
OLD, NEW = "an-old-secret-" + "o" * 32, "a-new-secret-" + "n" * 32
UPDATES = ("message", "callback_query", "my_chat_member")

RAW: dict[str, Any] = {
    "tokenSecretRef": {"name": "fotbot", "key": "bot-token"},
    "webhook": {
        "url": URL,
        "secretRef": {
            "name": "fotbot",
            "key": "webhook-secret",
            "previousKey": "webhook-secret-previous",
        },
        "maxConnections": 40,
        "allowedUpdates": list(UPDATES),
    },
    "onDelete": "Retain",
}
PRESCALING: dict[str, Any] = {
    "enabled": True,
    "tapsPerReplica": 100,
    "lead": "10m",
    "hold": "20m",
    "floor": 2,
    "max": 10,
    "target": {"kind": "HorizontalPodAutoscaler", "name": "fotbot-gateway"},
}


def a_spec(**changes: Any) -> BotSpec:
    """The usual one, with these top-level fields instead."""
    return spec_from(RAW | changes)


def a_gateway(*secrets: str, name: str = "gateway-1") -> Gateway:
    """Ready, and accepting these."""
    return Gateway(name=name, accepted=frozenset(map(fingerprint, secrets)))


def in_order(**changes: Any) -> Observed:
    """Telegram has the spec's webhook, and every gateway accepts the secret."""
    usual = Observed(
        now=NOW,
        life=Lifecycle(),
        secrets=Secrets(current=NEW, previous=OLD),
        webhook=an_info(),
        gateways=(a_gateway(OLD, NEW),),
        secret_marks={fingerprint(secret): mark(secret, TOKEN) for secret in (OLD, NEW)},
        profile=Profile(username="bot", menus={}, descriptions={}, short_descriptions={}),
        scaler=Scaler(floor=2, ceiling=10, is_ours=True),
        openings=(),
    )
    return replace(usual, **changes)


def an_info(**changes: Any) -> WebhookInfo:
    """As the spec says."""
    usual = WebhookInfo(url=URL, max_connections=40, allowed_updates=frozenset(UPDATES))
    return replace(usual, **changes)


def remembering(secret: str = NEW, **changes: Any) -> Memory:
    """That this secret was told to Telegram."""
    usual = Memory(own_urls=(URL,), secret_mark=mark(secret, TOKEN), set_at=NOW)
    return replace(usual, **changes)
