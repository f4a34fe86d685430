"""Channels to the other services: balanced over their replicas, passing over unwell ones.

No time-out in the service config: from Python it fires early. Each call carries its own.
"""

import json

import grpc

from services.chassis.client_interceptors import MadeCalls

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
    return grpc.aio.insecure_channel(
        address,
        options=(*OPTIONS, ("grpc.service_config", json.dumps(config))),
        interceptors=[MadeCalls(service, cap)],
    )


def full_name(service: str) -> str:
    """The name a service has in its proto, under which its health is told."""
    return f"fotbot.{service}.v1.{service.capitalize()}Service"
