"""The league in figures: what the worker tells a monitoring system is what is so."""

from __future__ import annotations

from prometheus_client import REGISTRY
from sqlalchemy import text

from services.local.stores.postgres import PostgresPair
from services.sessions.counting import count, counting
from tests.eventually import until
from tests.sessions.evening import Evening


def told(metric: str, **labels: str) -> float:
    """As it stands on /metrics."""
    value = REGISTRY.get_sample_value(metric, labels)
    assert value is not None, metric
    return value


async def counted(evening: Evening, postgres: PostgresPair) -> None:
    """On the standby, once it shows what was written."""
    await postgres.catch_up()
    await count(evening.database)


async def test_places_waitlists_and_money_are_counted(
    evening: Evening, postgres: PostgresPair
) -> None:
    await counted(evening, postgres)
    names = (
        ("fotbot_sessions", {"status": "planned"}),
        ("fotbot_places", {"state": "taken"}),
        ("fotbot_places", {"state": "free"}),
        ("fotbot_sessions_full", {}),
        ("fotbot_waitlisted", {}),
        ("fotbot_payments", {"status": "due"}),
        ("fotbot_payments_amount", {"status": "due"}),
    )
    before = [told(name, **labels) for name, labels in names]
    full = await evening.open(capacity=2, price=30_000)
    for user in (1, 2, 3):
        await evening.register(user, full.id)
    wide = await evening.open(capacity=10, price=0)
    await evening.register(1, wide.id)
    await counted(evening, postgres)
    more = [told(name, **labels) for name, labels in names]
    assert [after - then for after, then in zip(more, before, strict=True)] == [
        *(2, 3, 9, 1, 1),
        *(2, 60_000),
    ]
    assert told("fotbot_sessions_overbooked") == 0


async def test_a_session_with_more_people_than_places_is_seen(
    evening: Evening, postgres: PostgresPair
) -> None:
    session = await evening.open(capacity=2)
    await evening.register(1, session.id)
    # No statement of ours does this: the count must not lean on what it watches.
    async with evening.database.write() as transaction:
        more = text("UPDATE entries SET places = 3 WHERE session_id = :id")
        await transaction.execute(more, {"id": session.id})
    await counted(evening, postgres)
    assert told("fotbot_sessions_overbooked") == 1
    async with evening.database.write() as transaction:
        less = text("UPDATE entries SET places = 1 WHERE session_id = :id")
        await transaction.execute(less, {"id": session.id})


async def test_a_worker_counts_by_itself(evening: Evening) -> None:
    await count(evening.database)
    before = told("fotbot_league_counted_timestamp_seconds")
    async with counting(evening.database):
        await until(lambda: told("fotbot_league_counted_timestamp_seconds") > before)
