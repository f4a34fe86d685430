"""Carrying actions out, one after the other. What fails is told and hides nothing else, except
that a Telegram that wants to be left alone is left alone, and nothing is done without the finalizer
that was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s.bot_operator import metrics
from k8s.bot_operator.actions import (
    Action,
    DeleteWebhook,
    Hold,
    SetDescription,
    SetFloor,
    SetMenu,
    SetWebhook,
)
from k8s.bot_operator.api import ApiFault
from k8s.bot_operator.cluster import Cluster
from k8s.bot_operator.observed import Problem
from k8s.bot_operator.telegram import Telegram, TelegramFault

NO_TOKEN = Problem(reason="TokenMissing", message="There is no token to act with.")
# After these the same bot's further calls would end alike.
LASTING = frozenset({"Throttled", "TokenRefused", "TelegramDown", "TelegramSilent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """All that is acted with."""

    cluster: Cluster
    telegram: Telegram

    async def carry_out(
        self,
        actions: Sequence[Action],
        bot: Mapping[str, Any],
        token: str | None,
        *,
        stops_at_failure: bool,
    ) -> dict[int, Problem]:
        """What went wrong, by the action's place; what was not begun counts as gone wrong."""
        failures: dict[int, Problem] = {}
        lasting: Problem | None = None
        for place, action in enumerate(actions):
            is_telegrams = not isinstance(action, Hold | SetFloor)
            problem = lasting if is_telegrams and lasting else await self._one(action, bot, token)
            kind = type(action).__name__
            metrics.ACTIONS.labels(kind, problem.reason if problem else "ok").inc()
            if problem is None:
                continue
            failures[place] = problem
            lasting = problem if is_telegrams and problem.reason in LASTING else lasting
            if stops_at_failure or isinstance(action, Hold):
                # A webhook without its finalizer could be left behind, and so on.
                failures |= dict.fromkeys(range(place, len(actions)), problem)
                break
        return failures

    async def _one(
        self, action: Action, bot: Mapping[str, Any], token: str | None
    ) -> Problem | None:
        try:
            match action:
                case Hold():
                    await self.cluster.hold(bot, action.holds)
                case SetFloor():
                    await self.cluster.apply_floor(action.target, action.replicas)
                case _ if token is None:
                    return NO_TOKEN
                case _:
                    method, parameters = telegrams(action)
                    await self.telegram.call(token, method, **parameters)
        except TelegramFault as fault:
            return fault.problem
        except ApiFault as fault:
            return fault.problem(_what(action))
        return None


def telegrams(
    action: SetWebhook | DeleteWebhook | SetMenu | SetDescription,
) -> tuple[str, dict[str, Any]]:
    """The Bot API's method and parameters. drop_pending_updates is never among them."""
    match action:
        case SetWebhook():
            return "setWebhook", {
                "url": action.url,
                "secret_token": action.secret,
                "max_connections": action.max_connections,
                "allowed_updates": list(action.allowed_updates),
            }
        case DeleteWebhook():
            return "deleteWebhook", {}
        case SetMenu(commands=()):
            return "deleteMyCommands", {"language_code": action.language}
        case SetMenu():
            commands = [{"command": name, "description": words} for name, words in action.commands]
            return "setMyCommands", {"commands": commands, "language_code": action.language}
        case SetDescription(is_short=True):
            text = {"short_description": action.text, "language_code": action.language}
            return "setMyShortDescription", text
        case SetDescription():
            text = {"description": action.text, "language_code": action.language}
            return "setMyDescription", text


def _what(action: Action) -> str:
    if isinstance(action, SetFloor):
        return f"The {action.target.kind} {action.target.name}"
    return "The TelegramBot"
