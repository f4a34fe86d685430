"""Cards and the list from the cache: shared by viewers, fresh after a commit, never trusted."""

from __future__ import annotations

from fotbot.sessions.v1 import sessions_service_pb2 as messages
from prometheus_client import REGISTRY
from sqlalchemy import text

from services.local.stores.postgres import PostgresPair
from tests.eventually import eventually
from tests.sessions.evening import Evening, at

HIDE = text("UPDATE sessions SET price = 77 WHERE id = :id")


async def in_list(evening: Evening, session_id: int, viewer: int) -> messages.SessionView:
    request = messages.ListSessionsRequest(viewer_id=viewer, page_size=10)
    answer: messages.ListSessionsResponse = await evening.stub.ListSessions(request)
    [view] = [view for view in answer.sessions if view.session.id == session_id]
    return view


async def both_are_cached(evening: Evening, session_id: int) -> bool:
    before = hits()
    await evening.card(session_id, 2)
    await in_list(evening, session_id, 2)
    return hits() == before + 2


def hits() -> float:
    return sum(
        sample.value
        for metric in REGISTRY.collect()
        if metric.name == "fotbot_cache_requests"
        for sample in metric.samples
        if sample.name.endswith("_total") and sample.labels["result"] == "hit"
    )


async def change_behind_the_cache(evening: Evening, session_id: int) -> None:
    async with evening.database.write() as transaction:
        await transaction.execute(HIDE, {"id": session_id})


async def test_one_cached_board_serves_every_viewer(
    evening: Evening, postgres: PostgresPair
) -> None:
    session = await evening.open(starts_at=at(1), ends_at=at(2))
    await evening.register(1, session.id)
    await postgres.catch_up()
    # On a busy machine the cluster may take too long to keep it the first time.
    await eventually(lambda: both_are_cached(evening, session.id))
    before = await evening.card(session.id, 2), await in_list(evening, session.id, 2)
    await change_behind_the_cache(evening, session.id)
    after = await evening.card(session.id, 1), await in_list(evening, session.id, 1)
    assert not any(view.HasField("registration") for view in before)
    assert [view.session.price for view in after] == [30_000, 30_000]
    assert [view.registration.position for view in after] == [1, 1]


async def test_a_change_is_seen_by_others_at_once(evening: Evening, postgres: PostgresPair) -> None:
    session = await evening.open(starts_at=at(1), ends_at=at(2))
    await postgres.catch_up()
    for _ in range(3):
        await evening.card(session.id, 2)
        taken = (await evening.register(3, session.id)).session.session.taken
        await postgres.catch_up()
        assert (await evening.card(session.id, 2)).session.taken == taken
        assert (await in_list(evening, session.id, 2)).session.taken == taken
        await evening.leave(3, session.id)
        await postgres.catch_up()
        assert (await evening.card(session.id, 2)).session.taken == 0


async def test_junk_in_the_cache_is_a_miss(evening: Evening) -> None:
    session = await evening.open(starts_at=at(1), ends_at=at(2))
    for key in (
        evening.cache.key("board", 3, session.id),
        evening.cache.key("coming", 3, "soonest"),
    ):
        await evening.cache.commands.set(key, b"\x7f" * 8 + b"\x01{not boards", px=30_000)
    assert (await evening.card(session.id)).session == session
    assert (await in_list(evening, session.id, 1)).session == session
