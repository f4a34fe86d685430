"""A gRPC server with its health told, its limits set, and an end that loses no call.

`Server.stop` alone cancels calls that were accepted but not begun. So first the health service
says NOT_SERVING and clients go elsewhere, then the calls under way end, and only then it stops.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as grpc_health

from services.chassis import identity, logs
from services.chassis.edges import may_call
from services.chassis.identity import Identity
from services.chassis.peers import Guard, MayCall
from services.chassis.process import Process
from services.chassis.server_interceptors import Forbade, InFlight, ServedCalls
from services.chassis.tls import server_credentials

LARGEST_MESSAGE = 1024 * 1024
# How long calls under way may take to end once new ones go elsewhere.
LAST_CALLS_SECONDS = 20.0
STOP_SECONDS = 1.0
READY_POLL_SECONDS = 0.2

OPTIONS = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    # Else a second process silently shares the port.
    ("grpc.so_reuseport", 0),
    # Clients reconnect now and then, and so find new replicas.
    ("grpc.max_connection_age_ms", 120_000),
    ("grpc.max_connection_age_grace_ms", 30_000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    # With the default a client that pings each 30 s without calls is thrown out.
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
)

log = logs.logger(__name__)
Register = Callable[[grpc.aio.Server], None]


class GrpcServer:
    """Servicers behind our interceptor, their health service, and an end in three steps."""

    def __init__(
        self,
        register: Register,
        services: Sequence[str],
        identity: Identity | None = None,
        allows: MayCall = may_call,
        forbidden: Forbade | None = None,
    ) -> None:
        self._in_flight = InFlight()
        self._identity = identity
        self._health = grpc_health.HealthServicer()
        self._services = services
        guard = Guard(identity.own, allows) if identity else None
        calls = ServedCalls(self._in_flight, guard, forbidden)
        self._server = grpc.aio.server(interceptors=[calls], options=OPTIONS)
        register(self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)

    async def start(self, host: str, port: int) -> int:
        """Listen and answer the port. Raises RuntimeError when it is taken."""
        address = f"{host}:{port}"
        if self._identity:
            credentials = server_credentials(self._identity)
            listening = self._server.add_secure_port(address, credentials)
        else:
            listening = self._server.add_insecure_port(address)
        await self._server.start()
        return listening

    async def welcome(self) -> None:
        """Tell clients that calls can be served."""
        for service in self._services:
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)

    async def turn_away(self) -> None:
        """Tell clients to go elsewhere; calls are still served."""
        await self._health.enter_graceful_shutdown()

    async def stop(self) -> None:
        """Let the calls under way end, then close. Call `turn_away` well before."""
        try:
            async with asyncio.timeout(LAST_CALLS_SECONDS):
                await self._in_flight.ended()
        except TimeoutError:
            log.warning("calls were cut off at the end", calls=self._in_flight.count)
        await self._server.stop(STOP_SECONDS)


async def serve(
    process: Process,
    port: int,
    register: Register,
    services: Sequence[str],
    forbidden: Forbade | None = None,
) -> None:
    """Serve until the process is told to stop, then drain and return.

    `register` adds the servicers; `services` are their full names, for the health service;
    `forbidden` is told of calls that their callers may not make.
    Raises RuntimeError when the port is taken.
    """
    server = GrpcServer(register, services, identity.current(), forbidden=forbidden)
    listening = await server.start(process.host, port)
    log.info("serving gRPC", port=listening)
    try:
        process.started()
        await _ready(process)
        await server.welcome()
        await process.stopping.wait()
        await server.turn_away()
        await process.draining()
    finally:
        await server.stop()


async def _ready(process: Process) -> None:
    """Return once the process lacks nothing, a migrated schema for one, or is to stop."""
    while not (await process.health.readiness()).is_ready:
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_POLL_SECONDS):
                await process.stopping.wait()
            return


@asynccontextmanager
async def serving(
    register: Register,
    services: Sequence[str],
    port: int = 0,
    *,
    identity: Identity | None = None,
    allows: MayCall = may_call,
    forbidden: Forbade | None = None,
) -> AsyncIterator[str]:
    """The same server for this machine alone, in the clear unless it is given an identity; yields
    its address for `connect`."""
    server = GrpcServer(register, services, identity, allows, forbidden)
    listening = await server.start("127.0.0.1", port)
    await server.welcome()
    try:
        yield f"ipv4:127.0.0.1:{listening}"
    finally:
        await server.turn_away()
        await server.stop()
