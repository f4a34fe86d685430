"""Channels to the other services: balanced over their replicas, passing over unwell ones.

No time-out in the service config: from Python it fires early. Each call carries its own.
"""

import json
from typing import Any, Self, cast

import grpc

from services.chassis.client_calls import MadeCalls

# Longer than any budget from the edge; a call that needs more says so with timeout=.
CALL_SECONDS = 5.0

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


def connect(service: str, address: str, cap: float = CALL_SECONDS) -> grpc.aio.Channel:
    """A channel to `service` ("users", ...), to be entered with `async with`.

    `address` is a gRPC target (dns:///host:port, ipv4:host:port,...); `cap` is in seconds. Calls
    on it take their time from the budget around them and raise RemoteRefusal or Unanswered.
    """
    config = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": full_name(service)},
    }
    channel = grpc.aio.insecure_channel(
        address, options=(*OPTIONS, ("grpc.service_config", json.dumps(config)))
    )
    return cast(grpc.aio.Channel, ServiceChannel(service, channel, cap))


def full_name(service: str) -> str:
    """The name a service has in its proto, under which its health is told."""
    return f"fotbot.{service}.v1.{service.capitalize()}Service"


class ServiceChannel:
    """A channel whose unary calls are MadeCalls; in all else it is the one underneath."""

    def __init__(self, service: str, channel: grpc.aio.Channel, cap: float) -> None:
        self._service = service
        self._channel = channel
        self._cap = cap

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> MadeCalls:
        """What a stub asks for, once for each of its methods."""
        bare = self._channel.unary_unary(method, *args, **kwargs)
        return MadeCalls(self._service, method.removeprefix("/"), bare, self._cap)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._channel.close()
