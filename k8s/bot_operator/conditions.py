"""Conditions in Kubernetes' shape: what is true of a bot, since when, and of which spec."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from k8s.bot_operator.memory import stamp
from k8s.bot_operator.observed import Problem

LONGEST_MESSAGE = 512


class Type(StrEnum):
    """Ready sums the others up."""

    READY = "Ready"
    TELEGRAM = "TelegramReachable"
    WEBHOOK = "WebhookSet"
    SECRET = "SecretInStep"  # noqa: S105 - a condition's name
    COMMANDS = "CommandsSet"
    PRESCALED = "Prescaled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """status: True, False, or None for unknown."""

    status: bool | None
    reason: str
    message: str = ""


Conditions = Mapping[Type, Condition]


def is_true(reason: str, message: str = "") -> Condition:
    """What should be, is."""
    return Condition(status=True, reason=reason, message=message)


def is_false(reason: str, message: str) -> Condition:
    """It is not, and this is why."""
    return Condition(status=False, reason=reason, message=message)


def is_unknown(reason: str, message: str) -> Condition:
    """Nobody can say at the moment."""
    return Condition(status=None, reason=reason, message=message)


def failed(problem: Problem) -> Condition:
    """False because of a problem."""
    return is_false(problem.reason, problem.message)


def summed_up(conditions: Conditions) -> Condition:
    """Ready: with the reason of the first that is not."""
    for kind in Type:
        condition = conditions.get(kind)
        if kind is not Type.READY and condition is not None and condition.status is not True:
            return is_false(condition.reason, f"{kind}: {condition.message}")
    return is_true("AsSpecified", "Everything is as the spec says.")


def kept(raw: Sequence[Mapping[str, Any]]) -> dict[Type, Condition]:
    """Those that the status has."""
    states = {"True": True, "False": False}
    return {
        Type(one["type"]): Condition(
            status=states.get(one["status"]), reason=one["reason"], message=one["message"]
        )
        for one in raw
        if one["type"] in set(Type)
    }


def told(
    conditions: Conditions, before: Sequence[Mapping[str, Any]], generation: int, now: datetime
) -> list[dict[str, Any]]:
    """As the status shows them: the time of transition moves only when the status does."""
    was = {one["type"]: one for one in before}
    return [
        _one(kind, conditions[kind], was.get(kind), generation, now)
        for kind in Type
        if kind in conditions
    ]


def _one(
    kind: Type,
    condition: Condition,
    before: Mapping[str, Any] | None,
    generation: int,
    now: datetime,
) -> dict[str, Any]:
    status = "Unknown" if condition.status is None else str(condition.status)
    stays = before is not None and before["status"] == status
    since = before["lastTransitionTime"] if before is not None and stays else stamp(now)
    return {
        "type": str(kind),
        "status": status,
        "reason": condition.reason,
        "message": condition.message[:LONGEST_MESSAGE],
        "observedGeneration": generation,
        "lastTransitionTime": since,
    }


def worsened(conditions: Conditions, before: Conditions) -> list[tuple[Type, Condition]]:
    """Those a person should hear of: newly not true, or not true for another reason."""
    return [
        (kind, condition)
        for kind, condition in conditions.items()
        if condition.status is False
        and (kind is not Type.READY or len(conditions) == 1)
        and (kind not in before or before[kind].reason != condition.reason)
    ]
