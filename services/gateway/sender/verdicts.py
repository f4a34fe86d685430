"""What Telegram says to a call, as the sender tells it apart; what follows is decided elsewhere.

Pure: a status and a body in, one of six verdicts out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A wrong or revoked token: ours to repair, so nothing may be thrown away because of it.
TOKEN_STATUSES = (401, 404)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Telegram has it; so it does when it says that nothing would change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """The person has blocked the bot, deleted the account, or the group has put the bot out."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """The whole bot has to be quiet for `retry_after` seconds."""

    retry_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Telegram will never take it as it is."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """No verdict: an error of Telegram's side, or no answer. It may have been sent all the same."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The group lives on under another chat id."""

    chat_id: int


Verdict = Sent | Unreachable | Throttled | Rejected | Unclear | Moved


def verdict_of(status: int, body: Mapping[str, Any]) -> Verdict:
    """The verdict in an answer of the Bot API with this HTTP status and this JSON body."""
    if body.get("ok") is True:
        return Sent()
    reason = str(body.get("description", ""))[:300]
    parameters = body.get("parameters")
    told = parameters if isinstance(parameters, dict) else {}
    if isinstance(moved := told.get("migrate_to_chat_id"), int):
        return Moved(chat_id=moved)
    if status == 429:
        return Throttled(retry_after=_seconds(told.get("retry_after")))
    if status >= 500 or status in TOKEN_STATUSES:
        return Unclear(reason=f"{status} {reason}")
    return _refusal(status, reason)


def _refusal(status: int, reason: str) -> Verdict:
    if status == 403:
        return Unreachable(reason=reason)
    if "message is not modified" in reason:
        return Sent()
    if 400 <= status < 500:
        return Rejected(reason=reason)
    return Unclear(reason=f"{status} {reason}")


def _seconds(told: object) -> float:
    """Telegram's figure, at least one second, also when it says nothing."""
    return max(float(told), 1.0) if isinstance(told, int | float) else 1.0
