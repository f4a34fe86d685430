"""What the operator must remember of a bot and nobody else can tell it: kept in the resource's
status, written down before the act that makes it true, so that a kill in between loses nothing."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from k8s.bot_operator.spec import Target

MARK_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Empty for a resource that was never looked at."""

    username: str = ""
    own_urls: tuple[str, ...] = ()
    """Set by us, or about to be when we were stopped."""
    secret_mark: str = ""
    """Which secret Telegram was told last."""
    set_at: datetime | None = None
    """When the webhook was set last."""
    languages: tuple[str, ...] = ()
    """Whose commands or descriptions we have set."""
    target: Target | None = None
    """The autoscaler whose floor is ours."""
    floor: int | None = None
    until: datetime | None = None
    """When the floor may sink again, even if nobody can say what opens."""


def mark(secret: str, token: str) -> str:
    """Tells secrets apart without telling anything of them to who has no token."""
    return hmac.new(token.encode(), secret.encode(), hashlib.sha256).hexdigest()[:MARK_LENGTH]


def memory_from(status: Mapping[str, Any]) -> Memory:
    """What the resource's `status` holds."""
    webhook, prescaling = status.get("webhook") or {}, status.get("prescaling") or {}
    target = prescaling.get("target")
    return Memory(
        username=str(status.get("username", "")),
        own_urls=tuple(map(str, webhook.get("ownUrls") or ())),
        secret_mark=str(webhook.get("secretMark", "")),
        set_at=moment(webhook.get("setAt")),
        languages=tuple(map(str, status.get("languages") or ())),
        target=Target(kind=str(target["kind"]), name=str(target["name"])) if target else None,
        floor=prescaling.get("floor"),
        until=moment(prescaling.get("until")),
    )


def told(memory: Memory) -> dict[str, Any]:
    """The same as fields of `status`."""
    webhook = {
        "ownUrls": list(memory.own_urls),
        "secretMark": memory.secret_mark,
        "setAt": stamp(memory.set_at),
    }
    target = memory.target
    prescaling = {
        "target": {"kind": target.kind, "name": target.name} if target else None,
        "floor": memory.floor,
        "until": stamp(memory.until),
    }
    fields: dict[str, Any] = {
        "username": memory.username,
        "webhook": _filled(webhook),
        "languages": list(memory.languages),
        "prescaling": _filled(prescaling),
    }
    return _filled(fields)


def moment(text: str | None) -> datetime | None:
    """A moment as Kubernetes writes it."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def stamp(when: datetime | None) -> str | None:
    """A moment as Kubernetes writes it, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else None


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
