"""Telegram's order of delivery: one queue per chat for messages, per person for presses, and how
long an update is worth delivering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OF_A_PERSON = (
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "pre_checkout_query",
    "shipping_query",
    "chat_member",
    "chat_join_request",
)

LIFETIME = {
    "callback_query": 150.0,
    "pre_checkout_query": 150.0,
    "shipping_query": 150.0,
    "inline_query": 30.0,
    "chosen_inline_result": 600.0,
}
"""Seconds; everything else lives a day."""

A_DAY = 86_400.0


def kind_of(update: Mapping[str, Any]) -> str:
    """ "message", "callback_query"…; empty when the update holds nothing we could name."""
    return next((name for name in update if name != "update_id"), "")


def queue_of(update: Mapping[str, Any]) -> str:
    """Updates of one queue are delivered one after the other, queues beside each other."""
    kind = kind_of(update)
    content = update.get(kind)
    if not isinstance(content, dict):
        return kind
    if kind in OF_A_PERSON:
        return f"person {_id(content.get('from'))}"
    if "chat" in content:
        return f"chat {_id(content['chat'])}"
    return f"{kind} {content.get('id', content.get('poll_id'))}"


def lifetime_of(update: Mapping[str, Any]) -> float:
    """Seconds after which Telegram drops it undelivered."""
    return LIFETIME.get(kind_of(update), A_DAY)


def _id(holder: object) -> object:
    return holder.get("id") if isinstance(holder, dict) else None
