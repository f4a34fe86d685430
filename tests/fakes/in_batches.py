"""The Batch… methods of a fake servicer, made of its single ones: each item is a call of its own.

`in_batches(fake, "UsersService", users_service_pb2)` gives the same fake, now with all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import ModuleType
from typing import Any, TypeVar

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from services.chassis.batches import Outcome, answered, attempted, on_behalf

Fake = TypeVar("Fake")
Served = Callable[[Any, Any], Awaitable[Any]]


def in_batches(fake: Fake, service: str, wire: ModuleType) -> Fake:
    """`fake` with every Batch… method of `service` that it does not serve by itself."""
    for method in wire.DESCRIPTOR.services_by_name[service].methods:
        if method.name.startswith("Batch") and method.name not in vars(type(fake)):
            setattr(fake, method.name, _batch(fake, method))
    return fake


def _batch(fake: object, method: MethodDescriptor) -> Served:
    item = method.input_type.fields_by_name["items"].message_type
    single: Served = getattr(
        fake, item.fields_by_name["request"].message_type.name.removesuffix("Request")
    )
    response = GetMessageClass(method.output_type)

    async def one(asked: Any, context: Any) -> Outcome:
        with on_behalf(asked.context):
            return await attempted(single(asked.request, context))

    async def batch(request: Any, context: Any) -> Any:
        async def serve(items: Sequence[Any]) -> Sequence[Outcome]:
            return await asyncio.gather(*(one(item, context) for item in items))

        return await answered(request, response(), serve)

    return batch
