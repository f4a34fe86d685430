"""Where the TelegramBot's definition is."""

from __future__ import annotations

from tests.k8s.cluster.api import Object

DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/telegrambots.fotbot.io"


def established(found: Object | None) -> bool:
    """Whether the API server serves it."""
    told = (found or {}).get("status", {}).get("conditions") or []
    return ("Established", "True") in [(one["type"], one["status"]) for one in told]
