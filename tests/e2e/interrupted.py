"""A gateway that dies in the middle of an update, as often and where a test wants.

The handlers, the conversations and the services are the real ones; what dies is the process's
way through one update, after a call's effect and before its answer is used.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

from pydantic import SecretStr

from services.chassis.cache import Cache
from services.chassis.known_person import person_key
from services.gateway import assembly, clients
from services.gateway.background import Background
from services.gateway.calls import Services
from services.gateway.quick_reading import read
from services.gateway.settings import GatewaySettings
from tests.e2e.city import SECRET, City

Json = dict[str, Any]


class Died(BaseException):
    """The process is gone; nothing catches that."""


class Fate:
    """After which call of an update the gateway dies; never, when None."""

    def __init__(self, after: int | None = None) -> None:
        self.calls = 0
        self._after = after

    async def meet(self, call: Awaitable[Any]) -> Any:
        """Let one call have its effect, then die if it is time."""
        answer = await call
        self.calls += 1
        if self.calls == self._after:
            raise Died
        return answer


class Interrupted:
    """A stub whose calls meet the fate."""

    def __init__(self, stub: object, fate: Callable[[], Fate]) -> None:
        self._stub, self._fate = stub, fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._stub, name)
        return lambda request: self._fate().meet(method(request))


class Gateways:
    """Makes a new gateway for every update, over the same services and cluster."""

    def __init__(self, settings: GatewaySettings, cache: Cache, services: Services) -> None:
        self._settings, self._cache = settings, cache
        self._fate = Fate()
        # What goes to the sender is not waited for: no answer depends on it.
        doomed = {
            name: Interrupted(getattr(services, name), lambda: self._fate)
            for name in ("users", "sessions", "entries", "matches", "league", "teams", "sides")
        }
        self._services = replace(services, **cast("dict[str, Any]", doomed))

    async def deliver(self, update: Json, dies_after: int | None = None) -> Json:
        """The answer's body. Raises Died when the gateway died before it had one."""
        background = Background()
        updates = assembly.updates(self._settings, self._cache, self._services, background)
        await updates.bot_identity.ask()
        await self._as_a_stranger(update)
        self._fate = Fate(dies_after)
        try:
            reply = await updates.handle(json.dumps(update).encode())
        finally:
            await background.drain(5)
        assert reply.status == 200, reply
        return dict(json.loads(reply.body)) if reply.body else {}

    async def _as_a_stranger(self, update: Json) -> None:
        """Who he is is asked anew: a step of every update that can be cut off."""
        incoming = read(json.dumps(update).encode())
        assert incoming.person
        await self._cache.send("DEL", person_key(incoming.person))

    @property
    def calls(self) -> int:
        """How many calls the last update made."""
        return self._fate.calls


@asynccontextmanager
async def gateways(city: City) -> AsyncIterator[Gateways]:
    """Gateways of this city, with room for a flood of updates by one person."""
    settings = GatewaySettings(
        redis_url=SecretStr(city.layout.redis_url),
        webhook_secret=SecretStr(SECRET),
        rate_limit_max=10_000,
        **{f"{name}_addr": city.address(name) for name in ("users", "sessions", "teams", "sender")},
    )
    async with Cache.open(settings, "gateway") as cache, clients.services(settings) as services:
        yield Gateways(settings, cache, services)
