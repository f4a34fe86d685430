"""A TelegramBot's spec as values. The CRD has refused most of what is wrong; what an older CRD let
through is refused here, in a sentence for the resource's conditions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

HPA = "HorizontalPodAutoscaler"
SCALED_OBJECT = "ScaledObject"
PARTS = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
Read = TypeVar("Read")
SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class BadSpec(Exception):
    """The resource cannot be carried out; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretKey:
    """One value in a Secret of the same namespace."""

    name: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSpec:
    """What Telegram shall be told by setWebhook."""

    url: str
    secret: SecretKey
    previous_key: str
    max_connections: int
    allowed_updates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """The commands that people of one language see; "" is everybody else."""

    language: str
    commands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What people of one language read before they start; "" is everybody else."""

    language: str
    full: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The autoscaler whose floor is moved."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescaling:
    """How much room is made when registration opens, and when."""

    taps_per_replica: int
    lead: timedelta
    hold: timedelta
    floor: int
    most: int
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSpec:
    """One TelegramBot. None: that part is nobody's business here."""

    token: SecretKey
    webhook: WebhookSpec
    menus: tuple[Menu, ...] | None
    descriptions: tuple[Description, ...] | None
    prescaling: Prescaling | None
    deletes_webhook: bool


def spec_from(raw: Mapping[str, Any]) -> BotSpec:
    """The resource's `spec`. Raises BadSpec."""
    try:
        return BotSpec(
            token=_secret(raw["tokenSecretRef"], "bot-token"),
            webhook=_webhook(raw["webhook"]),
            menus=_each(raw.get("commands"), _menu),
            descriptions=_each(raw.get("descriptions"), _description),
            prescaling=_prescaling(raw.get("prescaling")),
            deletes_webhook=raw.get("onDelete") == "Delete",
        )
    except KeyError as fault:
        raise BadSpec(f"spec lacks {fault.args[0]}") from None
    except (AttributeError, TypeError, ValueError):
        raise BadSpec("spec has a field of another type than the CRD says") from None


def seconds(text: str) -> timedelta:
    """A duration as Kubernetes writes it: 10m, 1h30m, 90s. Raises BadSpec."""
    parts = PARTS.findall(text)
    if "".join(number + unit for number, unit in parts) != text or not parts:
        raise BadSpec(f"{text[:20]!r} is no duration such as 10m")
    return timedelta(seconds=sum(float(number) * SECONDS[unit] for number, unit in parts))


def _each(raw: Sequence[Any] | None, read: Callable[[Any], Read]) -> tuple[Read, ...] | None:
    return None if raw is None else tuple(read(item) for item in raw)


def _secret(raw: Mapping[str, Any], key: str) -> SecretKey:
    return SecretKey(name=str(raw["name"]), key=str(raw.get("key", key)))


def _webhook(raw: Mapping[str, Any]) -> WebhookSpec:
    url = str(raw["url"])
    if not url.startswith("https://"):
        raise BadSpec("webhook.url begins with https://, Telegram calls nothing else")
    return WebhookSpec(
        url=url,
        secret=_secret(raw["secretRef"], "webhook-secret"),
        previous_key=str(raw["secretRef"].get("previousKey", "webhook-secret-previous")),
        max_connections=_between("webhook.maxConnections", raw.get("maxConnections", 40), 1, 100),
        allowed_updates=tuple(
            map(str, raw.get("allowedUpdates", ("message", "callback_query", "my_chat_member")))
        ),
    )


def _menu(raw: Mapping[str, Any]) -> Menu:
    commands = tuple((str(one["command"]), str(one["description"])) for one in raw["commands"])
    return Menu(language=str(raw.get("language", "")), commands=commands)


def _description(raw: Mapping[str, Any]) -> Description:
    return Description(
        language=str(raw.get("language", "")),
        full=str(raw.get("description", "")),
        short=str(raw.get("shortDescription", "")),
    )


def _prescaling(raw: Mapping[str, Any] | None) -> Prescaling | None:
    if raw is None or not raw.get("enabled", True):
        return None
    floor = _between("prescaling.floor", raw["floor"], 1, 1000)
    return Prescaling(
        taps_per_replica=_between("prescaling.tapsPerReplica", raw["tapsPerReplica"], 1, 10**7),
        lead=seconds(str(raw.get("lead", "10m"))),
        hold=seconds(str(raw.get("hold", "20m"))),
        floor=floor,
        most=_between("prescaling.max", raw["max"], floor, 1000),
        target=_target(raw["target"]),
    )


def _target(raw: Mapping[str, Any]) -> Target:
    if raw["kind"] not in (HPA, SCALED_OBJECT):
        raise BadSpec(f"prescaling.target.kind is {HPA} or {SCALED_OBJECT}")
    return Target(kind=str(raw["kind"]), name=str(raw["name"]))


def _between(name: str, value: Any, least: int, most: int) -> int:
    number = int(value)
    if not least <= number <= most:
        raise BadSpec(f"{name} is between {least} and {most}")
    return number
