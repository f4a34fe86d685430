"""Reads of sessions come from the standby, yet a person always sees his own write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from fotbot.sessions.v1 import sessions_service_pb2 as messages

from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_schemas import Database
from services.local.stores.valkey import ValkeyCluster
from tests.eventually import eventually
from tests.sessions.evening import Evening

NO_CACHE = "redis://127.0.0.1:1"


@pytest_asyncio.fixture(scope="module")
async def uncached(stored: Database) -> AsyncIterator[Evening]:
    """Without a cache, so that every read is a query."""
    url, replica_url = stored.url("sessions"), stored.replica_url("sessions")
    async with Evening.running(url, replica_url, NO_CACHE) as running:
        yield running


async def mine(evening: Evening, viewer: int) -> list[int]:
    request = messages.ListMySessionsRequest(viewer_id=viewer)
    answer = await evening.stub.ListMySessions(request)
    return [view.session.id for view in answer.sessions]


async def listed(evening: Evening) -> list[int]:
    request = messages.ListSessionsRequest(viewer_id=1, page_size=50)
    return [view.session.id for view in (await evening.stub.ListSessions(request)).sessions]


async def test_reads_are_seen_on_the_standby(uncached: Evening, postgres: PostgresPair) -> None:
    session = await uncached.open()
    await postgres.catch_up()

    # A standby that was away a moment ago is passed over for a while.
    async def seen() -> bool:
        assert (await uncached.card(session.id)).session.id == session.id
        queries = await postgres.queries_on_standby("sessions_sessions_replica")
        return any("SELECT sessions.id" in query for query in queries)

    await eventually(seen)


async def test_a_person_sees_his_own_write_with_replay_paused(
    evening: Evening, postgres: PostgresPair
) -> None:
    session = await evening.open()
    await postgres.catch_up()
    await evening.card(session.id)
    await postgres.pause_replay()
    try:
        await evening.register(1, session.id)
        assert (await evening.card(session.id, 1)).registration.position == 1
        assert await mine(evening, 1) == [session.id]
        assert session.id in await listed(evening)
        await evening.leave(1, session.id)
        assert not (await evening.card(session.id, 1)).HasField("registration")
        assert await mine(evening, 1) == []
    finally:
        await postgres.resume_replay()


async def test_who_has_written_nothing_may_see_the_past(
    uncached: Evening, postgres: PostgresPair
) -> None:
    session = await uncached.open()
    await postgres.catch_up()
    await postgres.pause_replay()
    try:
        await uncached.register(2, session.id)
        assert (await uncached.card(session.id, 2)).session.taken == 1
        uncached.as_somebody_else()

        async def shows_the_past() -> bool:
            return (await uncached.card(session.id, 3)).session.taken == 0

        await eventually(shows_the_past)
    finally:
        await postgres.resume_replay()
    assert (await uncached.card(session.id, 3)).session.taken == 1


async def test_everything_works_with_the_standby_gone(
    uncached: Evening, postgres: PostgresPair
) -> None:
    await postgres.stop_standby()
    try:
        session = await uncached.open(capacity=2)
        for user in (21, 22, 23):
            await uncached.register(user, session.id)
        await uncached.leave(21, session.id)
        assert (await uncached.card(session.id, 23)).registration.position == 2
        assert await mine(uncached, 23) == [session.id]
        assert session.id in await listed(uncached)
    finally:
        await postgres.start_standby()
        await postgres.catch_up()


async def test_cached_boards_are_served_with_the_database_gone(
    stored: Database, valkey: ValkeyCluster, postgres: PostgresPair
) -> None:
    url, replica_url = stored.url("sessions"), stored.replica_url("sessions")
    async with Evening.running(url, replica_url, valkey.url) as evening:
        session = await evening.open()
        # Of a standby that lags behind the commit nothing would be kept.
        await postgres.catch_up()
        await evening.card(session.id)
        await listed(evening)
        await postgres.stop_standby()
        await postgres.stop_primary()
        try:
            assert (await evening.card(session.id, 7)).session == session
            assert session.id in await listed(evening)
            joining = asyncio.create_task(evening.register(7, session.id))
        finally:
            await postgres.start_primary()
            await postgres.start_standby()
        assert (await joining).session.registration.position == 1
        await postgres.catch_up()
