"""Single calls as items of a batch, over real gRPC: what each caller sees."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from fotbot.sessions.v1.sessions_service_pb2 import (
    BatchListSessionsRequest,
    BatchListSessionsResponse,
    ListSessionsRequest,
    ListSessionsResponse,
)
from fotbot.sessions.v1.sessions_service_pb2_grpc import (
    SessionsServiceServicer,
    SessionsServiceStub,
    add_SessionsServiceServicer_to_server,
)
from fotbot.users.v1.users_service_pb2 import (
    BatchGetRolesRequest,
    BatchGetRolesRequestItem,
    BatchGetRolesResponse,
    GetRoleRequest,
    GetRoleResponse,
)
from fotbot.users.v1.users_service_pb2_grpc import (
    UsersServiceServicer,
    UsersServiceStub,
    add_UsersServiceServicer_to_server,
)

from services.chassis import batches, consistency
from services.chassis.batch_calls import BatchedCalls
from services.chassis.client import connect, full_name
from services.chassis.deadline import NoDeadline, budget
from services.chassis.errors import Kind, NotFound, RemoteRefusal, Unanswered, Unavailable
from services.chassis.server import serving

Answer = Callable[[int], Awaitable[GetRoleResponse]]


class Nobody(NotFound):
    reason = "USER_NOT_FOUND"


class Away(Unavailable):
    reason = "STORE_AWAY"


class Roles(UsersServiceServicer):
    """Answers items by `answer`; keeps what came."""

    def __init__(self, answer: Answer) -> None:
        self.batches: list[list[int]] = []
        self._answer = answer

    async def BatchGetRoles(self, request: BatchGetRolesRequest, context: Any) -> Any:
        self.batches.append([item.request.user_id for item in request.items])

        async def one(item: BatchGetRolesRequestItem) -> batches.Outcome:
            with batches.on_behalf(item.context):
                return await batches.attempted(self._answer(item.request.user_id))

        async def each(items: Any) -> list[batches.Outcome]:
            return [await one(item) for item in items]

        return await batches.answered(request, BatchGetRolesResponse(), each)


@asynccontextmanager
async def calling(answer: Answer) -> AsyncIterator[tuple[BatchedCalls, Roles]]:
    roles = Roles(answer)

    def register(server: grpc.aio.Server) -> None:
        add_UsersServiceServicer_to_server(roles, server)

    async with (
        serving(register, [full_name("users")]) as address,
        connect("users", address) as channel,
    ):
        batch = UsersServiceStub(channel).BatchGetRoles
        yield BatchedCalls("users", batch, BatchGetRolesRequest), roles


async def known(user_id: int) -> GetRoleResponse:
    if user_id == 13:
        raise Nobody("no such person", user_id=user_id)
    if user_id == 99:
        raise ZeroDivisionError
    return GetRoleResponse(registered=user_id % 2 == 0)


async def asked(call: BatchedCalls, user_id: int) -> bool:
    with budget(5):
        reply = await call(GetRoleRequest(user_id=user_id))
    return bool(reply.registered)


async def test_a_call_looks_like_a_single_one() -> None:
    async with calling(known) as (call, _):
        assert await asked(call, 4) and not await asked(call, 5)
        with pytest.raises(NoDeadline):
            await call(GetRoleRequest(user_id=4))


async def test_a_crowd_travels_together_and_each_hears_his_own_outcome() -> None:
    async with calling(known) as (call, roles):
        people = [2, 13, 99, 7, *range(20, 60)]
        outcomes = await asyncio.gather(
            *(asked(call, person) for person in people), return_exceptions=True
        )
    assert outcomes[0] is True and outcomes[3] is False
    refusal, bug = outcomes[1], outcomes[2]
    assert isinstance(refusal, RemoteRefusal)
    assert (refusal.kind, refusal.reason) == (Kind.NOT_FOUND, "USER_NOT_FOUND")
    assert refusal.details == {"user_id": "13"}
    assert isinstance(bug, grpc.aio.AioRpcError)
    assert bug.code() is grpc.StatusCode.INTERNAL
    assert outcomes[4:] == [person % 2 == 0 for person in people[4:]]
    assert roles.batches == [people]


async def test_an_item_that_could_not_be_served_is_sent_again_until_it_is() -> None:
    tries = 0

    async def at_last(user_id: int) -> GetRoleResponse:
        nonlocal tries
        tries += user_id == 1
        if user_id == 1 and tries < 3:
            raise Away("not now")
        return GetRoleResponse(registered=True)

    async with calling(at_last) as (call, roles):
        assert await asyncio.gather(asked(call, 1), asked(call, 2)) == [True, True]
    assert roles.batches == [[1, 2], [1], [1]]


async def test_an_item_that_is_never_served_is_unanswered_in_time() -> None:
    async def never(_user_id: int) -> GetRoleResponse:
        raise Away("not now")

    async with calling(never) as (call, _):
        with pytest.raises(Unanswered), budget(0.5):
            await call(GetRoleRequest(user_id=1))


async def test_a_read_asks_for_its_own_callers_position_and_a_write_tells_all_theirs() -> None:
    seen: dict[int, int] = {}

    async def note(user_id: int) -> GetRoleResponse:
        seen[user_id] = consistency.asked()
        if user_id == 3:
            consistency.note_written(700)
        return GetRoleResponse()

    async def ask(call: BatchedCalls, user_id: int, position: int) -> int:
        with consistency.positions({"users": position}) as positions:
            await asked(call, user_id)
        return positions.of("users")

    async with calling(note) as (call, _):
        reached = await asyncio.gather(ask(call, 1, 0), ask(call, 2, 500), ask(call, 3, 900))
    assert seen == {1: 0, 2: 500, 3: 900}
    assert reached == [700, 700, 900]


async def test_a_batch_that_is_too_large_is_refused_whole() -> None:
    request = BatchGetRolesRequest(items=[BatchGetRolesRequestItem()] * (batches.MOST_ITEMS + 1))

    async def nothing(items: Any) -> list[batches.Outcome]:
        raise AssertionError("it must not be served")

    with pytest.raises(batches.BatchTooLarge):
        await batches.answered(request, BatchGetRolesResponse(), nothing)


class Lists(SessionsServiceServicer):
    """Tells everybody but the last viewer the same page."""

    async def BatchListSessions(self, request: Any, context: Any) -> Any:
        page, own = (ListSessionsResponse(next_page_token=token) for token in ("all", "own"))

        async def each(items: Any) -> list[batches.Outcome]:
            return [Nobody("nobody"), *[page] * (len(items) - 2), own]

        return await batches.answered(request, BatchListSessionsResponse(), each)


async def test_what_many_see_alike_is_one_message_from_batch_to_batch() -> None:
    def register(server: grpc.aio.Server) -> None:
        add_SessionsServiceServicer_to_server(Lists(), server)

    async with (
        serving(register, [full_name("sessions")]) as address,
        connect("sessions", address) as channel,
    ):
        batch = SessionsServiceStub(channel).BatchListSessions
        calls = BatchedCalls("sessions", batch, BatchListSessionsRequest)
        with budget(5):
            told = [
                await asyncio.gather(
                    *(calls(ListSessionsRequest()) for _ in range(4)), return_exceptions=True
                )
                for _ in range(2)
            ]
    pages = [page for answers in told for page in answers[1:3]]
    assert pages[0].next_page_token == "all"
    assert all(page is pages[0] for page in pages)
    assert [answers[3].next_page_token for answers in told] == ["own", "own"]
    assert [type(answers[0]) for answers in told] == [RemoteRefusal, RemoteRefusal]
