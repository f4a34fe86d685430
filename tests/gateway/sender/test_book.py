"""Verdicts are written down together, and none is kept from the table by another."""

import asyncio
from datetime import timedelta
from typing import Any

from services.chassis.db import WriteTransaction
from services.gateway.sender.book import Book
from services.gateway.sender.changes import AnyChange, Ended, GivenUp, Postponed
from services.gateway.sender.messages import new_notice
from services.gateway.sender.notices import Claim, State
from services.gateway.sender.storage.notices import SqlNotices
from tests.gateway.sender.rig import World, notice


async def claimed(world: World, count: int) -> list[Claim]:
    async with world.database.write() as transaction:
        store = SqlNotices(transaction)
        new = [new_notice(notice(f"n{user}", user_id=user)) for user in range(1, count + 1)]
        await store.add(new)
        return await store.claim(count, timedelta(seconds=20))


class Counting:
    """The store, with each of its calls written down."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self.transactions = 0

    def __call__(self, transaction: WriteTransaction) -> Any:
        self.transactions += 1
        self._inner = SqlNotices(transaction)
        return self

    async def end(self, notice_ids: Any, state: State, verdict: str) -> None:
        self.calls.append(("end", len(notice_ids)))
        await self._inner.end(notice_ids, state, verdict)

    async def end_all_of(self, user_ids: Any, verdict: str) -> int:
        self.calls.append(("end_all_of", len(user_ids)))
        return await self._inner.end_all_of(user_ids, verdict)

    async def postpone(self, claims: Any, delay: timedelta) -> None:
        self.calls.append(("postpone", len(claims)))
        await self._inner.postpone(claims, delay)


def sent(claim: Claim, verdict: str = "sent") -> AnyChange:
    return Ended(notice_id=claim.notice_id, state=State.SENT, verdict=verdict)


async def test_what_comes_together_is_one_statement(world: World) -> None:
    claims = await claimed(world, 40)
    counting = Counting()
    book = Book(world.database, counting)
    await asyncio.gather(*(book.note([sent(claim)]) for claim in claims))
    assert counting.calls == [("end", 40)]
    assert set((await world.states()).values()) == {"sent"}


async def test_unlike_changes_are_one_transaction(world: World) -> None:
    first, second, third = await claimed(world, 3)
    counting = Counting()
    book = Book(world.database, counting)
    changes = [
        sent(first),
        GivenUp(user_id=second.user_id, verdict="blocked"),
        Postponed(claim=third, seconds=5.0),
    ]
    await asyncio.gather(*(book.note([change]) for change in changes))
    assert counting.transactions == 1
    assert await world.states() == {"n1": "sent", "n2": "undeliverable", "n3": "pending"}


async def test_a_claim_that_was_lost_meanwhile_is_not_given_back(world: World) -> None:
    [held] = await claimed(world, 1)
    async with world.database.write() as transaction:
        await SqlNotices(transaction).end([held.notice_id], State.SENT, "sent")
    await Book(world.database, SqlNotices).note([Postponed(claim=held, seconds=0.0)])
    assert await world.states() == {"n1": "sent"}


async def test_what_the_table_does_not_take_harms_no_other(world: World) -> None:
    bad, good = await claimed(world, 2)
    book = Book(world.database, SqlNotices)
    outcomes = await asyncio.gather(
        book.note([sent(bad, "\0")]), book.note([sent(good)]), return_exceptions=True
    )
    assert isinstance(outcomes[0], Exception)
    assert outcomes[1] is None
    assert await world.states() == {"n1": "sending", "n2": "sent"}
