"""Two sets of services over one primary, the second with its own standby and 80 ms away from it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
)
from fotbot.sessions.v1.sessions_service_pb2 import RegisterRequest

from services.chassis.deadline import budget
from tests.e2e.acts import onboard
from tests.e2e.city import City
from tests.e2e.gateways import lead_telegram_to
from tests.e2e.league import League, Member, league
from tests.e2e.people import newcomer
from tests.e2e.second_region import ROUND_TRIP, Region, second_region
from tests.eventually import eventually

READS = re.compile(r'^fotbot_database_reads_total\{server="([a-z]+)[^}]*\} (\S+)', re.MULTILINE)
PLACES = (REGISTRATION_STATUS_PENDING, REGISTRATION_STATUS_CONFIRMED)


@pytest_asyncio.fixture(scope="module")
async def region(city: City, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Region]:
    async with second_region(city, tmp_path_factory.mktemp("region")) as found:
        yield found


@pytest_asyncio.fixture(scope="module")
async def there(region: Region) -> AsyncIterator[League]:
    """The second region's services, asked directly."""
    async with league(region.city) as opened:
        yield opened


@pytest_asyncio.fixture
async def served_there(region: Region, city: City) -> AsyncIterator[City]:
    """Telegram brings everything to the second region's gateway."""
    await lead_telegram_to(city, region.city.layout.webhook_url)
    try:
        yield region.city
    finally:
        await lead_telegram_to(city, city.layout.webhook_url)


async def reads(region: Region) -> dict[str, float]:
    """How often sessions of the second region has read from which server so far."""
    async with region.city.http.get(region.city.ops("sessions", "/metrics")) as response:
        found = READS.findall(await response.text())
    return {server: float(count) for server, count in found}


async def test_its_lists_come_from_its_standby_and_spare_the_long_way(
    region: Region, there: League
) -> None:
    viewer, session = await there.member(), await there.session(capacity=2)
    await region.caught_up()

    async def is_listed_there() -> bool:
        before = await reads(region)
        await there.count_at(session.venue.name, viewer)
        after = await reads(region)
        return after.get("replica", 0.0) > before.get("replica", 0.0) and (
            after.get("primary") == before.get("primary")
        )

    await eventually(is_listed_there, seconds=30, every=0.2)
    assert await region.statements()


async def test_its_people_see_their_own_writes_while_its_standby_is_behind(
    region: Region, served_there: City, made: League
) -> None:
    session = await made.session(capacity=3)
    person = await newcomer(served_there, "en", "Faraway")
    await onboard(person, "Faraway")
    await region.caught_up()
    await region.pause_replay()
    try:
        await person.says(f"/start s_{session.id}")
        await person.reads(session.venue.name)
        toast = await person.presses(person.texts("sessions.join"))
        assert toast == person.texts.toast("join.confirmed", place=1)
        await person.chooses("menu.my")
        await person.reads(session.venue.name)
        assert await person.presses(person.texts("sessions.leave"))
    finally:
        await region.resume_replay()


async def test_what_is_written_there_takes_the_long_way(there: League) -> None:
    begun = time.monotonic()
    await there.session(capacity=2)
    assert time.monotonic() - begun >= ROUND_TRIP


async def test_both_regions_sell_the_same_places(
    city: City, region: Region, made: League, there: League
) -> None:
    """Two places, wanted by two people here and two there at the same moment."""
    session = await made.session(capacity=2)
    people = [(where, await where.member()) for where in (made, there, made, there)]

    async def joins(where: League, who: Member) -> bool:
        write = WriteContext(actor_id=who.user_id, request_id=f"regions:{who.user_id}")
        with budget(10.0):
            asked = RegisterRequest(write=write, session_id=session.id)
            told = await where.sessions.Register(asked)
        return told.session.registration.status in PLACES

    assert sum(await asyncio.gather(*(joins(*one) for one in people))) == 2
