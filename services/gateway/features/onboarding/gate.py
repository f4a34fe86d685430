"""Lets who has signed up through to a handler; anybody else goes on with the sign-up."""

from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec

from services.gateway.answers import Answer
from services.gateway.calls import Call, Person
from services.gateway.features.feature import Commanded
from services.gateway.features.onboarding.handlers import next_step, pending_link

LINK_LIMIT = 64
"""Characters in a deep link's payload, by Telegram; whoever types /start may type more."""

P = ParamSpec("P")
Handler = Callable[Concatenate[Call, P], Awaitable[Answer]]


def signed_up(handler: Handler[P]) -> Handler[P]:
    def gated(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[Answer]:
        if has_signed_up(call.person):
            return handler(call, *args, **kwargs)
        return _sign_up(call)

    return gated


async def _sign_up(call: Call) -> Answer:
    return next_step(call, pending_link(call))


def linked(prefix: str, handler: Commanded) -> Commanded:
    """A deep link's handler; a newcomer's link waits until he has signed up."""

    async def gated(call: Call, payload: str) -> Answer:
        if not has_signed_up(call.person):
            return next_step(call, f"{prefix}{payload}"[:LINK_LIMIT])
        return await handler(call, payload)

    return gated


def has_signed_up(person: Person) -> bool:
    return person.registered and person.language_chosen
