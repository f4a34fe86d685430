"""Moving in, from a synthetic old database with every broken shape: what comes, what stays and
why, and that it adds up."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.local.move_in.old_bot import TABLES
from services.local.move_in.report import Report
from services.local.stores.postgres import PostgresPair
from services.local.stores.valkey import ValkeyCluster
from tests.local.old_bot import Scale
from tests.local.taking_in import Houses, houses

SMALL = Scale()


@pytest_asyncio.fixture(scope="module")
async def empty(postgres: PostgresPair, valkey: ValkeyCluster) -> AsyncIterator[Houses]:
    """An old bot, and a new one that has nothing yet: for those who move nothing."""
    async with houses(postgres, valkey.url, "empty", SMALL) as found:
        yield found


@pytest_asyncio.fixture(scope="module")
async def before(moved_houses: tuple[Houses, Report, str]) -> str:
    return moved_houses[2]


@pytest_asyncio.fixture(scope="module")
async def moved_houses(
    postgres: PostgresPair, valkey: ValkeyCluster
) -> AsyncIterator[tuple[Houses, Report, str]]:
    async with houses(postgres, valkey.url, "moved", SMALL) as found:
        before = await fingerprint(found)
        yield found, await found.move(), before


@pytest.fixture(scope="module")
def home(moved_houses: tuple[Houses, Report, str]) -> Houses:
    """Both, after a move."""
    return moved_houses[0]


@pytest.fixture(scope="module")
def report(moved_houses: tuple[Houses, Report, str]) -> Report:
    """What that move told."""
    return moved_houses[1]


async def fingerprint(home: Houses) -> str:
    """Of every row of the old database."""
    asked = (
        f'SELECT md5(string_agg(t::text, $1 ORDER BY t::text)) FROM "{name}" t'  # noqa: S608 - ours
        for name in TABLES
    )
    return "".join([str(await home.old.fetchval(query, "|")) for query in asked])


def test_every_row_found_is_told_of_once(report: Report) -> None:
    assert report.adds_up
    assert all(tally.adds_up for tally in report.tables.values())
    assert all(tally.moved for tally in report.tables.values())


async def test_a_second_move_finds_everything_there_and_leaves_the_same(
    home: Houses, report: Report
) -> None:
    again = await home.move()
    assert again.adds_up
    for name, tally in again.tables.items():
        assert (tally.moved, tally.already_there) == (0, report.tables[name].moved)
    assert again.left == report.left
    assert again.as_json()["sums"] == report.as_json()["sums"]
