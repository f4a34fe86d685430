"""A service of one method, so that the chassis is tested without any real service."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeAlias

import grpc
from google.protobuf.wrappers_pb2 import StringValue

from services.chassis.client import connect
from services.chassis.server import serving

SERVICE = "fotbot.echo.v1.EchoService"
METHOD = f"{SERVICE}/Echo"

Call: TypeAlias = "grpc.aio.UnaryUnaryMultiCallable[StringValue, StringValue]"
Behaviour = Callable[[str], Awaitable[str]]


def register(behaviour: Behaviour, server: grpc.aio.Server) -> None:
    """Add the echo service, which answers what `behaviour` makes of the text."""

    async def echo(request: StringValue, _context: object) -> StringValue:
        return StringValue(value=await behaviour(request.value))

    handler = grpc.unary_unary_rpc_method_handler(
        echo,
        request_deserializer=StringValue.FromString,
        response_serializer=StringValue.SerializeToString,
    )
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(SERVICE, {"Echo": handler}),)
    )


def echo_call(channel: grpc.aio.Channel) -> Call:
    """The method of a stub, as generated code would make it."""
    return channel.unary_unary(
        f"/{METHOD}",
        request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString,
    )


@asynccontextmanager
async def echoing(behaviour: Behaviour) -> AsyncIterator[Call]:
    """A server and a client of it."""
    async with (
        serving(partial(register, behaviour), [SERVICE]) as address,
        connect("echo", address) as channel,
    ):
        yield echo_call(channel)


@asynccontextmanager
async def bare_client(behaviour: Behaviour) -> AsyncIterator[Call]:
    """The same server, and a client without any of our interceptors."""
    async with (
        serving(partial(register, behaviour), [SERVICE]) as address,
        grpc.aio.insecure_channel(address) as channel,
    ):
        yield echo_call(channel)
