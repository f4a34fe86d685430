"""What a sender promises about the notices it is given, held by the real one and by the fake that
stands for it in its callers' tests. It is night, so that broadcasts stay where they are."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from fotbot.sender.v1.notice_pb2 import Notice
from fotbot.sender.v1.sender_service_pb2 import (
    CountNoticesRequest,
    DropNoticesRequest,
    SendNoticesRequest,
)
from fotbot.sender.v1.sender_service_pb2_grpc import (
    SenderServiceStub,
    add_SenderServiceServicer_to_server,
)

from services.chassis.client import connect, full_name
from services.chassis.server import serving
from tests.fakes.sender_servicer import FakeSender
from tests.gateway.sender.rig import World, sender
from tests.gateway.sender.test_groups import GROUP, NIGHT, broadcast


@pytest_asyncio.fixture(params=["real", "fake"])
async def stub(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Any]:
    if request.param == "real":
        async with sender(world, clock=lambda: NIGHT) as running:
            yield running.stub
    else:
        fake = FakeSender()  # type: ignore[abstract]
        add = partial(add_SenderServiceServicer_to_server, fake)
        async with (
            serving(add, [full_name("sender")]) as address,
            connect("sender", address) as channel,
        ):
            yield SenderServiceStub(channel)


async def send(stub: Any, *notices: Notice) -> int:
    reply = await stub.SendNotices(SendNoticesRequest(notices=notices), timeout=5)
    return int(reply.accepted)


async def counted(stub: Any, group: str = GROUP) -> tuple[int, int, int]:
    reply = await stub.CountNotices(CountNoticesRequest(group=group), timeout=5)
    return reply.waiting, reply.delivered, reply.undelivered


async def drop(stub: Any, group: str = GROUP) -> int:
    return int((await stub.DropNotices(DropNoticesRequest(group=group), timeout=5)).dropped)


async def test_one_notice_is_kept_for_each_id(stub: Any) -> None:
    assert await send(stub, broadcast(10), broadcast(11), broadcast(10)) == 2
    assert await send(stub, broadcast(11), broadcast(12)) == 1
    assert await counted(stub) == (3, 0, 0)


async def test_what_was_dropped_stays_so_when_it_is_given_again(stub: Any) -> None:
    await send(stub, broadcast(10), broadcast(11))
    assert await drop(stub) == 2
    assert await drop(stub) == 0
    assert await send(stub, broadcast(10)) == 0
    assert await counted(stub) == (0, 0, 2)


async def test_groups_do_not_touch_one_another(stub: Any) -> None:
    other = broadcast(10)
    other.notice_id, other.group = "other", "broadcast:18"
    alone = broadcast(11)
    alone.notice_id, alone.group = "alone", ""
    assert await send(stub, broadcast(10), other, alone) == 3
    assert await drop(stub) == 1
    assert await counted(stub, "broadcast:18") == (1, 0, 0)
    assert await counted(stub, "broadcast:19") == (0, 0, 0)
    assert await counted(stub, "") == (0, 0, 0)
    assert await drop(stub, "") == 0
