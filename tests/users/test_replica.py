"""Reads on the standby, one's own writes, and life without the standby."""

from __future__ import annotations

from services.chassis import consistency
from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_schemas import Database
from tests.eventually import eventually
from tests.users.town import Town


async def test_reads_are_seen_on_the_standby(
    town: Town, postgres: PostgresPair, stored: Database
) -> None:
    user = await town.registered("Seen")
    await postgres.catch_up()

    async def seen_there() -> bool:
        # A standby that a test took away is passed over for a second more.
        assert await town.names(user.id) == ["Seen"]
        queries = await postgres.queries_on_standby(stored.name)
        return any("FROM people" in query for query in queries)

    await eventually(seen_there)


async def test_a_person_sees_his_own_write_with_replay_paused(
    town: Town, postgres: PostgresPair
) -> None:
    user = await town.registered("Before")
    await postgres.catch_up()

    async def is_stale_for_others() -> bool:
        return await town.names(user.id) == ["Before"]

    await postgres.pause_replay()
    try:
        with consistency.positions():
            await town.name(user.id, "After")
            assert await town.names(user.id) == ["After"]
            assert (await town.seen(user.telegram_id)).name == "After"
        await eventually(is_stale_for_others)
    finally:
        await postgres.resume_replay()


async def test_a_new_person_is_one_with_replay_paused(town: Town, postgres: PostgresPair) -> None:
    await postgres.pause_replay()
    try:
        user = await town.seen()
        assert await town.seen(user.telegram_id) == user
    finally:
        await postgres.resume_replay()


async def test_with_the_standby_gone_everything_works(town: Town, postgres: PostgresPair) -> None:
    await postgres.stop_standby()
    try:
        user = await town.registered("Alone")
        assert await town.names(user.id) == ["Alone"]
        assert (await town.seen(user.telegram_id)).name == "Alone"
    finally:
        await postgres.start_standby()
