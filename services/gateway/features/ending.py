"""Ends a conversation whose refusal no other answer to the step would change."""

from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED

P = ParamSpec("P")
Handler = Callable[Concatenate[Call, P], Awaitable[Answer]]

FINAL = frozenset(
    {
        "ALREADY_CAPTAIN",
        "ENTRY_ENDED",
        "ENTRY_NOT_FOUND",
        "NOT_ALLOWED",
        "NOT_REGISTERED",
        "SESSION_CANCELLED",
        "SESSION_NOT_FOUND",
        "SESSION_STARTED",
        "SQUAD_OVER_CAPACITY",
        "TEAM_NOT_FOUND",
    }
)
"""Any other refusal leaves the step where it is: the person answers it differently."""


def ending(handler: Handler[P]) -> Handler[P]:
    async def guarded(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            return await handler(call, *args, **kwargs)
        except RemoteRefusal as refusal:
            if refusal.reason not in FINAL:
                raise
            return Answer(
                screen=Screen(text=call.texts(f"error.{refusal.reason}")), conversation=ENDED
            )

    return guarded
