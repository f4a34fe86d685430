"""Who was deleted is erased in order and looked at again; whoever fails keeps his place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from fotbot.users.v1.users_service_pb2 import Erasure, ListErasuresRequest, ListErasuresResponse
from sqlalchemy import text

from services.chassis.db import Database
from services.chassis.erasures import Erasures, tried
from services.chassis.errors import Unanswered, Unavailable
from services.chassis.setting_groups import StoreSettings
from services.local.stores.postgres import PostgresPair
from tests.chassis.store import ROLE, store_settings


class Feed:
    """users as the erasures see it."""

    def __init__(self, *people: int) -> None:
        self.people = list(people)
        self.away = False

    async def ListErasures(self, request: ListErasuresRequest) -> ListErasuresResponse:
        if self.away:
            raise Unanswered("users is away")
        behind = list(enumerate(self.people, 1))[request.after_number :][:2]
        return ListErasuresResponse(
            erasures=[Erasure(number=number, user_id=person) for number, person in behind]
        )


@pytest_asyncio.fixture(scope="module")
async def settings(postgres: PostgresPair) -> StoreSettings:
    return await store_settings(postgres, "chassis_erasures")


@pytest_asyncio.fixture
async def database(settings: StoreSettings) -> AsyncIterator[Database]:
    async with Database.open(settings, ROLE) as database:
        async with database.write() as transaction:
            await transaction.execute(text("DELETE FROM erased"))
        yield database


class Erased:
    """Whom it was done to; who is in `failing` cannot be erased now."""

    def __init__(self) -> None:
        self.people: list[int] = []
        self.failing: set[int] = set()

    async def __call__(self, user_id: int) -> None:
        if user_id in self.failing:
            raise Unavailable("not now")
        self.people.append(user_id)


def erasures(database: Database, users: Any, erase: Erased, settled: float = 600.0) -> Erasures:
    return Erasures(database=database, users=users, erase=erase, settled=timedelta(seconds=settled))


async def test_each_is_erased_once_in_order_and_new_ones_later(database: Database) -> None:
    feed, erased = Feed(7, 5, 9), Erased()
    assert await erasures(database, feed, erased).catch_up() == 3
    assert await erasures(database, feed, erased).catch_up() == 0
    feed.people.append(11)
    assert await erasures(database, feed, erased).catch_up() == 1
    assert erased.people == [7, 5, 9, 11]


async def test_who_cannot_be_erased_now_is_next_and_nobody_overtakes_him(
    database: Database,
) -> None:
    feed, erased = Feed(7, 5, 9), Erased()
    erased.failing = {5}
    with pytest.raises(Unavailable):
        await erasures(database, feed, erased).catch_up()
    await tried(erasures(database, feed, erased))
    assert erased.people == [7]
    erased.failing = set()
    await tried(erasures(database, feed, erased))
    assert erased.people == [7, 5, 9]


async def test_while_users_is_away_nothing_is_lost(database: Database) -> None:
    feed, erased = Feed(7), Erased()
    feed.away = True
    await tried(erasures(database, feed, erased))
    assert erased.people == []
    feed.away = False
    await tried(erasures(database, feed, erased))
    assert erased.people == [7]


async def test_each_is_looked_at_once_more_when_nothing_of_his_can_come_any_more(
    database: Database,
) -> None:
    feed, erased = Feed(7, 5), Erased()
    await tried(erasures(database, feed, erased))
    assert erased.people == [7, 5]
    for _ in range(2):
        await tried(erasures(database, feed, erased, settled=0.0))
    assert sorted(erased.people) == [5, 5, 7, 7]
