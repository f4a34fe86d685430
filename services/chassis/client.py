"""Channels to the other services: balanced over their replicas, passing over unwell ones.

No time-out in the service config: from Python it fires early. Each call carries its own.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self, cast

import grpc

from services.chassis.client_calls import MadeCalls
from services.chassis.identity import Identity, current
from services.chassis.tls import channel_credentials

Method = Callable[[grpc.aio.Channel], Any]

# Longer than any budget from the edge; a call that needs more says so with timeout=.
CALL_SECONDS = 5.0
# How long a new channel is waited for before calls go over to it, and calls on the old one after.
CONNECT_SECONDS = 5.0
LAST_CALLS_SECONDS = 30.0

OPTIONS = (
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # With the default of 30 s new replicas stay unseen that long.
    ("grpc.dns_min_time_between_resolutions_ms", 5_000),
    # A restarted server is used again within half a second.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    # Replicas are inside: no proxy stands between.
    ("grpc.enable_http_proxy", 0),
)


def connect(
    service: str,
    address: str,
    cap: float = CALL_SECONDS,
    identity: Identity | None = None,
) -> grpc.aio.Channel:
    """A channel to `service` ("users", ...), to be entered with `async with`.

    `address` is a gRPC target (dns:///host:port, ipv4:host:port,...); `cap` is in seconds. Calls
    on it take their time from the budget around them and raise RemoteRefusal or Unanswered. It is
    opened as `identity`, by default the process's own if it has one.
    """
    shown = identity or current()
    config = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": full_name(service)},
    }
    options = (*OPTIONS, ("grpc.service_config", json.dumps(config)))

    def opened() -> grpc.aio.Channel:
        if shown is None:
            return grpc.aio.insecure_channel(address, options=options)
        return grpc.aio.secure_channel(address, channel_credentials(shown), options=options)

    return cast(grpc.aio.Channel, ServiceChannel(service, opened, cap, shown))


def full_name(service: str) -> str:
    """The name a service has in its proto, under which its health is told."""
    return f"fotbot.{service}.v1.{service.capitalize()}Service"


class ServiceChannel:
    """A channel whose unary calls are MadeCalls; in all else it is the one underneath.

    gRPC's own keeps the certificate that it was made with. So when `identity` is renewed, another
    one is opened, calls go over to it as soon as it is connected, and the old one ends with the
    last of its calls.
    """

    def __init__(
        self,
        service: str,
        opened: Callable[[], grpc.aio.Channel],
        cap: float,
        identity: Identity | None,
    ) -> None:
        self._service = service
        self._opened = opened
        self._channel = opened()
        self._cap = cap
        self._identity = identity
        self._unsubscribe: Callable[[], None] = lambda: None
        self._made: list[tuple[MadeCalls, Method]] = []
        self._renewing = asyncio.Lock()
        self._renewals: set[asyncio.Task[None]] = set()

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> MadeCalls:
        """What a stub asks for, once for each of its methods."""

        def over(channel: grpc.aio.Channel) -> Any:
            return channel.unary_unary(method, *args, **kwargs)

        name = method.removeprefix("/")
        made = MadeCalls(self._service, name, over(self._channel), self._cap)
        self._made.append((made, over))
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def __aenter__(self) -> Self:
        if self._identity:
            self._unsubscribe = self._identity.subscribe(self._renewed)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._unsubscribe()
        for renewal in self._renewals:
            renewal.cancel()
        await asyncio.gather(*self._renewals, return_exceptions=True)
        await self._channel.close()

    def _renewed(self) -> None:
        renewal = asyncio.get_running_loop().create_task(self._renew())
        self._renewals.add(renewal)
        renewal.add_done_callback(self._renewals.discard)

    async def _renew(self) -> None:
        async with self._renewing:
            fresh, old = self._opened(), self._channel
            try:
                # Whom it cannot reach, the old one will not reach for long either.
                with suppress(TimeoutError):
                    async with asyncio.timeout(CONNECT_SECONDS):
                        await fresh.channel_ready()
            except asyncio.CancelledError:
                await fresh.close()
                raise
            self._channel = fresh
            for made, over in self._made:
                made.use(over(fresh))
        await old.close(LAST_CALLS_SECONDS)
