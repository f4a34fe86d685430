"""Many people in one call: each item has the outcome that a call of its own would have had."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from fotbot.common.v1 import language_pb2
from fotbot.common.v1.batch_pb2 import ItemContext
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from services.chassis import consistency
from services.chassis.errors import RemoteRefusal
from tests.users.town import ADMIN_ACCOUNT, Town

ACCOUNTS = itertools.count(2**53)
BAD = (0, -1, -(2**63))


async def ensured(town: Town, accounts: Sequence[int], position: int = 0) -> list[Any]:
    """The items of one call."""
    items = [
        wire.BatchEnsureUsersRequestItem(
            context=ItemContext(position=position),
            request=wire.EnsureUserRequest(telegram_id=account, language_code="ru"),
        )
        for account in accounts
    ]
    answer = await town.stub.BatchEnsureUsers(wire.BatchEnsureUsersRequest(items=items))
    return list(answer.items)


async def roles(town: Town, numbers: Sequence[int]) -> list[Any]:
    """The items of one call."""
    items = [
        wire.BatchGetRolesRequestItem(request=wire.GetRoleRequest(user_id=number))
        for number in numbers
    ]
    answer = await town.stub.BatchGetRoles(wire.BatchGetRolesRequest(items=items))
    return list(answer.items)


async def alone(call: Any, request: Any) -> object:
    """A single call's response, or the reason why it was refused."""
    try:
        return await call(request)
    except RemoteRefusal as refusal:
        return refusal.kind.value, refusal.reason


def outcome(item: Any) -> object:
    """The same of an item."""
    if item.WhichOneof("outcome") == "response":
        return item.response
    return item.error.status, item.error.reason


@pytest_asyncio.fixture(scope="module")
async def people(town: Town) -> AsyncIterator[list[user_pb2.User]]:
    """A few of every sort."""
    organiser = await town.registered("Organiser")
    admin = await town.admin()
    await town.appoint(admin.id, organiser.id)
    yield [admin, organiser, await town.registered("Player"), await town.seen()]


async def test_newcomers_and_old_hands_are_ensured_in_one_call(
    town: Town, people: list[user_pb2.User]
) -> None:
    new = [next(ACCOUNTS) for _ in range(3)]
    asked = [new[0], people[0].telegram_id, new[1], new[0], people[3].telegram_id, new[2]]
    found = [item.response.user for item in await ensured(town, asked)]
    assert [user.telegram_id for user in found] == asked
    assert found[0] == found[3]
    assert found[0].language == language_pb2.LANGUAGE_RU
    assert found[1].role == user_pb2.ROLE_ADMIN
    assert len({user.id for user in found}) == 5
    assert [await town.seen(account) for account in new] == [found[0], found[2], found[5]]


async def test_crowds_with_the_same_newcomers_make_each_of_them_once(town: Town) -> None:
    new = [next(ACCOUNTS) for _ in range(20)]
    crowds = await asyncio.gather(*(ensured(town, new[n:] + new[:n]) for n in range(0, 20, 4)))
    ids = {(item.response.user.telegram_id, item.response.user.id) for c in crowds for item in c}
    assert len(ids) == len(new)


async def test_each_item_of_a_batch_has_its_single_calls_outcome(
    town: Town, people: list[user_pb2.User]
) -> None:
    accounts = st.sampled_from([user.telegram_id for user in people] + list(BAD))
    numbers = st.sampled_from([user.id for user in people] + [2**62, *BAD])
    loop = asyncio.get_running_loop()

    async def compared(some: list[int], others: list[int]) -> None:
        single = wire.EnsureUserRequest
        asked = [await alone(town.stub.EnsureUser, single(telegram_id=one)) for one in some]
        assert list(map(outcome, await ensured(town, some))) == asked
        told = [await alone(town.stub.GetRole, wire.GetRoleRequest(user_id=one)) for one in others]
        assert list(map(outcome, await roles(town, others))) == told

    @settings(max_examples=25)
    @given(st.lists(accounts, max_size=8), st.lists(numbers, max_size=8))
    def check(some: list[int], others: list[int]) -> None:
        asyncio.run_coroutine_threadsafe(compared(some, others), loop).result(30)

    await asyncio.to_thread(check)


async def test_who_has_just_changed_his_name_sees_it_among_others(town: Town) -> None:
    other, user = await town.registered("Other"), await town.registered("Old")
    await ensured(town, [other.telegram_id, user.telegram_id])
    with consistency.positions() as written:
        await town.name(user.id, "New")
    found = await ensured(town, [other.telegram_id, user.telegram_id], written.of("users"))
    assert [item.response.user.name for item in found] == ["Other", "New"]


async def test_a_demoted_organisers_role_is_told_at_once(
    town: Town, people: list[user_pb2.User]
) -> None:
    admin, user = people[0], await town.registered("Demoted")
    await town.appoint(admin.id, user.id)
    assert (await roles(town, [user.id]))[0].response.role == user_pb2.ROLE_ORGANISER
    removal = wire.RemoveOrganiserRequest(write=town.write(admin.id), user_id=user.id)
    await town.stub.RemoveOrganiser(removal)
    assert (await roles(town, [user.id, admin.id]))[0].response.role == user_pb2.ROLE_PLAYER


@pytest.mark.parametrize("method", ["BatchEnsureUsers", "BatchGetRoles"])
async def test_too_many_at_once_are_refused_together(town: Town, method: str) -> None:
    request = getattr(wire, f"{method}Request")()
    for _ in range(257):
        request.items.add()
    with pytest.RaisesExc(RemoteRefusal, check=lambda no: no.reason == "BATCH_TOO_LARGE"):
        await getattr(town.stub, method)(request)


async def test_a_crowd_of_newcomers_costs_one_statement_of_each_kind(town: Town) -> None:
    statements: list[str] = []
    engine = town.database.pools()["primary"].sync_engine

    def note(_: Any, __: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        await ensured(town, [next(ACCOUNTS) for _ in range(32)])
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert [one.split()[0] for one in statements] == ["SELECT", "INSERT"]


async def test_junk_in_the_cache_is_read_anew(town: Town) -> None:
    user = await town.registered("Whole")
    key = town.cache.key("user", 3, user.telegram_id)
    head = b"\x7f" * 8 + b"\x02" + bytes(8)
    await town.cache.commands.set(key, head + b"\xff\xff\xff", px=30_000)
    found = await ensured(town, [user.telegram_id])
    assert found[0].response.user.name == "Whole"


async def test_the_admins_named_by_the_settings_are_admins_for_the_cache_too(town: Town) -> None:
    admin = await town.admin()
    for _ in range(2):
        (item,) = await ensured(town, [ADMIN_ACCOUNT])
        assert (item.response.user.id, item.response.user.role) == (admin.id, user_pb2.ROLE_ADMIN)
