"""Reads on the standby, one's own writes, and life without the standby."""

from __future__ import annotations

from services.chassis import consistency
from services.local.stores.postgres import PostgresPair
from services.local.stores.postgres_schemas import Database
from tests.eventually import eventually
from tests.teams.league import League, roster


async def test_reads_are_seen_on_the_standby(
    league: League, postgres: PostgresPair, stored: Database
) -> None:
    await league.team()
    await postgres.catch_up()

    async def seen_there() -> bool:
        # A standby that a test took away is passed over for a second more.
        await league.mine(league.person())
        queries = await postgres.queries_on_standby(stored.name)
        return any("FROM teams" in query for query in queries)

    await eventually(seen_there)


async def test_a_person_sees_his_own_write_with_replay_paused(
    league: League, postgres: PostgresPair
) -> None:
    team, player = await league.team(), league.person()
    token = await league.link(team)
    await postgres.catch_up()
    await postgres.pause_replay()
    try:
        with consistency.positions():
            await league.join(player, token)
            assert roster((await league.mine(player))[0]) == [team.captain_id, player]
            assert roster(await league.seen(player, team.id)) == [team.captain_id, player]
            await league.leave(player, team.id)
            assert await league.mine(player) == []
    finally:
        await postgres.resume_replay()


async def test_with_the_standby_gone_everything_works(
    league: League, postgres: PostgresPair
) -> None:
    await postgres.stop_standby()
    try:
        team, player = await league.team(), league.person()
        await league.join(player, await league.link(team))
        assert roster((await league.mine(player))[0]) == [team.captain_id, player]
        assert not (await league.leave(player, team.id)).dissolved
    finally:
        await postgres.start_standby()
