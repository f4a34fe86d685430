"""Tables, figures, leaders from the cache: shared by all, fresh after a commit, never trusted."""

from __future__ import annotations

from typing import Any

from fotbot.sessions.v1 import matches_service_pb2 as messages
from sqlalchemy import text

from services.local.stores.postgres import PostgresPair
from tests.sessions.evening import ORGANISER, Evening
from tests.sessions.evening_pitch import add, begun, look

HIDE = text("UPDATE matches SET home_score = 77 WHERE session_id = :id")
HIDE_FIGURES = text("UPDATE figures SET goals = 77 WHERE user_id = :id")


async def score(evening: Evening, match_id: int, side: messages.Evening, scorer: int) -> None:
    request = messages.ScoreGoalRequest(
        write=evening.write(ORGANISER),
        match_id=match_id,
        side_id=side.line_ups[0].side_id,
        scorer_id=scorer,
    )
    await evening.matches.ScoreGoal(request)


async def figures(evening: Evening, user_id: int) -> tuple[int, int]:
    """Goals of the season and of the career."""
    answer = await evening.matches.GetPlayer(messages.GetPlayerRequest(user_id=user_id))
    return answer.season.goals, answer.career.goals


async def leaders(evening: Evening, **fields: Any) -> list[tuple[int, int]]:
    answer = await evening.matches.ListLeaders(messages.ListLeadersRequest(season=-1, **fields))
    return [(one.user_id, one.goals) for one in answer.players]


async def test_a_goal_shows_at_once_to_those_who_looked_before(
    evening: Evening, postgres: PostgresPair
) -> None:
    playing = await begun(evening)
    match = await add(evening, playing)
    for goals in range(1, 4):
        evening.matches.written.clear()
        await look(evening, playing.session.id)
        await score(evening, match.id, playing, playing.line_ups[0].player_ids[0])
        await postgres.catch_up()
        evening.matches.written.clear()
        [seen] = (await look(evening, playing.session.id)).evening.matches
        assert (seen.home_score, len(seen.goals)) == (goals, goals)


async def test_one_cached_evening_serves_everybody(
    evening: Evening, postgres: PostgresPair
) -> None:
    playing = await begun(evening)
    await add(evening, playing)
    await postgres.catch_up()
    before = await look(evening, playing.session.id)
    async with evening.database.write() as transaction:
        await transaction.execute(HIDE, {"id": playing.session.id})
    assert await look(evening, playing.session.id) == before


async def test_figures_and_leaders_are_cached_until_an_evening_ends(
    evening: Evening, postgres: PostgresPair
) -> None:
    playing = await begun(evening)
    scorer = playing.line_ups[0].player_ids[0]
    match = await add(evening, playing)
    await score(evening, match.id, playing, scorer)
    await postgres.catch_up()
    assert await figures(evening, scorer) == (0, 0)
    assert scorer not in dict(await leaders(evening))
    finish = messages.FinishSessionRequest(
        write=evening.write(ORGANISER), session_id=playing.session.id
    )
    await evening.matches.FinishSession(finish)
    await postgres.catch_up()
    assert await figures(evening, scorer) == (1, 1)
    seen = await leaders(evening, page_size=50)
    assert (scorer, 1) in seen
    async with evening.database.write() as transaction:
        await transaction.execute(HIDE_FIGURES, {"id": scorer})
    evening.matches.written.clear()
    assert await figures(evening, scorer) == (1, 1)
    assert await leaders(evening, page_size=50) == seen


async def test_junk_in_the_cache_is_a_miss(evening: Evening, postgres: PostgresPair) -> None:
    playing = await begun(evening)
    await postgres.catch_up()
    player = playing.line_ups[0].player_ids[0]
    whole = await look(evening, playing.session.id), await figures(evening, player)
    for thing, identity in (("evening", playing.session.id), ("figures", player)):
        key = evening.cache.key(thing, 1, identity)
        await evening.cache.commands.set(key, b"\x7f" * 8 + b"\x01{not that", px=30_000)
    assert (await look(evening, playing.session.id), await figures(evening, player)) == whole
