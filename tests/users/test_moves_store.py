"""The store of wishes keeps its promises: the same tests on Postgres and in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from services.users.domain.ports import Moves, People
from services.users.domain.records import Move
from services.users.domain.user import Language, MoveId, TelegramId, UserId
from services.users.storage.moves import SqlMoves
from services.users.storage.people import SqlPeople
from tests.fakes.memory_users import MemoryMoves, MemoryPeople
from tests.users.meeting import met
from tests.users.town import Town

Transaction = Callable[[], AbstractAsyncContextManager[tuple[People, Moves]]]
PHONE = "+998901230000"


@pytest.fixture(params=["memory", "postgres"])
def transaction(request: pytest.FixtureRequest) -> Transaction:
    """Opens both stores bound to one transaction."""
    memory = MemoryPeople()

    @asynccontextmanager
    async def in_memory() -> AsyncIterator[tuple[People, Moves]]:
        async with memory.transaction() as people:
            yield people, MemoryMoves(people)

    if request.param == "memory":
        return in_memory
    town: Town = request.getfixturevalue("town")

    @asynccontextmanager
    async def in_postgres() -> AsyncIterator[tuple[People, Moves]]:
        async with town.database.write() as bound:
            yield SqlPeople(bound, town.cache), SqlMoves(bound)

    return in_postgres


async def two(transaction: Transaction, number: int) -> tuple[UserId, UserId]:
    async with transaction() as (people, _):
        first = await met(people, TelegramId(2**52 + number), Language.UZ)
        second = await met(people, TelegramId(2**53 + number), Language.UZ)
    return first.id, second.id


async def wish(transaction: Transaction, asker: UserId, person: UserId) -> Move:
    """The newest wish of this pair; ids may have gaps."""
    async with transaction() as (_, moves):
        every = [await moves.by_id(MoveId(number)) for number in range(1, 50)]
    return [move for move in every if move and (move.asker, move.person) == (asker, person)][-1]


async def test_a_wish_is_kept_until_it_is_decided(transaction: Transaction) -> None:
    asker, person = await two(transaction, 1)
    async with transaction() as (_, moves):
        await moves.ask(asker, person, PHONE)
    made = await wish(transaction, asker, person)
    assert (made.phone, made.approved) == (PHONE, None)
    async with transaction() as (_, moves):
        await moves.decide(made.id, person, approved=True)
        decided = await moves.by_id(made.id)
    assert decided is not None and decided.approved is True


async def test_asking_again_is_the_same_wish_with_the_phone_of_now(
    transaction: Transaction,
) -> None:
    asker, person = await two(transaction, 2)
    async with transaction() as (_, moves):
        await moves.ask(asker, person, PHONE)
    first = await wish(transaction, asker, person)
    async with transaction() as (_, moves):
        await moves.ask(asker, person, "+998901230001")
    again = await wish(transaction, asker, person)
    assert (again.id, again.phone) == (first.id, "+998901230001")


async def test_after_a_no_a_new_wish_can_be_made(transaction: Transaction) -> None:
    asker, person = await two(transaction, 3)
    async with transaction() as (_, moves):
        await moves.ask(asker, person, PHONE)
    first = await wish(transaction, asker, person)
    async with transaction() as (_, moves):
        await moves.decide(first.id, person, approved=False)
        await moves.ask(asker, person, PHONE)
    second = await wish(transaction, asker, person)
    assert second.id != first.id and second.approved is None


async def test_no_wish_is_nothing(transaction: Transaction) -> None:
    async with transaction() as (_, moves):
        assert await moves.by_id(MoveId(2**62)) is None


async def test_an_error_undoes_a_wish(transaction: Transaction) -> None:
    asker, person = await two(transaction, 4)
    with pytest.raises(ZeroDivisionError):
        async with transaction() as (_, moves):
            await moves.ask(asker, person, PHONE)
            raise ZeroDivisionError
    with pytest.raises(IndexError):
        await wish(transaction, asker, person)
