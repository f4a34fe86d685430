"""The store of people keeps its promises: the same tests on Postgres and in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text

from services.users.domain.ports import People
from services.users.domain.refusals import PhoneNotAccepted
from services.users.domain.user import (
    Language,
    Position,
    Role,
    TelegramId,
    Topic,
    User,
    UserId,
)
from services.users.storage.people import SqlPeople
from tests.fakes.memory_users import MemoryPeople
from tests.users.town import Town

Transaction = Callable[[], AbstractAsyncContextManager[People]]


@pytest.fixture(params=["memory", "postgres"])
def transaction(request: pytest.FixtureRequest) -> Transaction:
    """Opens a store bound to one transaction."""
    if request.param == "memory":
        return MemoryPeople().transaction
    town: Town = request.getfixturevalue("town")

    @asynccontextmanager
    async def opened() -> AsyncIterator[People]:
        async with town.database.write() as bound:
            yield SqlPeople(bound, town.cache)

    return opened


def account(number: int) -> TelegramId:
    return TelegramId(2**52 + number)


async def added(transaction: Transaction, number: int) -> User:
    async with transaction() as people:
        (user,) = await people.add_all({account(number): Language.RU})
    return user


async def test_a_person_is_found_by_both_his_ids(transaction: Transaction) -> None:
    user = await added(transaction, 1)
    async with transaction() as people:
        assert await people.by_telegram_id(account(1)) == user
        assert await people.by_id(user.id) == user
        assert await people.lock(user.id) == user


async def test_nobody_is_nothing(transaction: Transaction) -> None:
    async with transaction() as people:
        assert await people.by_id(UserId(2**62)) is None
        assert await people.lock(UserId(2**62)) is None
        assert await people.by_telegram_id(TelegramId(2**62)) is None


async def test_adding_twice_at_once_is_one_person(transaction: Transaction) -> None:
    users = await asyncio.gather(*(added(transaction, 2) for _ in range(5)))
    assert len({user.id for user in users}) == 1


async def test_everything_of_a_person_is_kept(transaction: Transaction) -> None:
    user = replace(
        await added(transaction, 3),
        name="<b>Ўткир</b> & 👨‍👩‍👧",
        phone="+998901230003",
        language=Language.EN,
        language_chosen=True,
        stored_role=Role.ORGANISER,
        reachable=False,
        age=27,
        position=Position.GOALKEEPER,
        shirt_number=25,
        muted=frozenset({Topic.TEAMS, Topic.BROADCASTS}),
    )
    async with transaction() as people:
        await people.save(user)
    async with transaction() as people:
        assert await people.by_id(user.id) == user
        assert await people.by_phone(user.phone) == user
        assert await people.by_phone("+998900000000") is None


async def test_an_account_changes_hands_and_the_giver_has_none(transaction: Transaction) -> None:
    giver, taker = await added(transaction, 7), await added(transaction, 8)
    async with transaction() as people:
        await people.hand_over(giver, taker)
    async with transaction() as people:
        assert await people.by_telegram_id(account(7)) == replace(taker, telegram_id=account(7))
        assert await people.by_telegram_id(account(8)) is None
        assert await people.by_id(giver.id) == replace(giver, telegram_id=None)


async def test_saving_moves_no_account(transaction: Transaction) -> None:
    user = await added(transaction, 9)
    async with transaction() as people:
        await people.save(replace(user, telegram_id=account(10)))
        assert await people.by_id(user.id) == user


async def test_two_people_cannot_have_one_phone(transaction: Transaction) -> None:
    first, second = await added(transaction, 4), await added(transaction, 5)
    async with transaction() as people:
        await people.save(replace(first, phone="+998901230004"))
    with pytest.raises(PhoneNotAccepted):
        async with transaction() as people:
            await people.save(replace(second, phone="+998901230004"))
    async with transaction() as people:
        assert await people.by_id(second.id) == second


async def test_an_error_undoes_everything(transaction: Transaction) -> None:
    user = await added(transaction, 6)
    with pytest.raises(ZeroDivisionError):
        async with transaction() as people:
            await people.save(replace(user, name="Gone"))
            await people.record(user.id, "vandalism", user.id)
            raise ZeroDivisionError
    async with transaction() as people:
        assert await people.by_id(user.id) == user


async def test_the_audit_log_says_who_what_whom_and_when(town: Town) -> None:
    async with town.database.write() as bound:
        await SqlPeople(bound, town.cache).record(UserId(1), "role.appoint", UserId(2), "note")
    async with town.database.read_primary() as bound:
        found = await bound.execute(text("SELECT *, now() - at AS age FROM audit"))
        [row] = found.all()
    assert (row.actor_id, row.action, row.subject_id) == (1, "role.appoint", 2)
    assert row.note == "note"
    assert abs(row.age.total_seconds()) < 60


async def test_a_crowd_is_added_in_one_go_with_those_who_are_there_already(
    transaction: Transaction,
) -> None:
    there = await added(transaction, 20)
    crowd = {account(20 + number): Language.EN for number in range(5)}
    async with transaction() as people:
        made = {user.telegram_id: user for user in await people.add_all(crowd)}
    assert made.keys() == crowd.keys()
    assert made[account(20)] == there
    async with transaction() as people:
        again = await people.by_telegram_ids([*crowd, TelegramId(2**62)])
    assert {user.telegram_id: user for user in again} == made
