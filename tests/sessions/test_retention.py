"""What is older than its time goes, what is younger stays; what nobody decided on is decided."""

from __future__ import annotations

import pytest
from fotbot.sessions.v1 import entries_service_pb2
from sqlalchemy import text

from services.chassis.metrics import RETENTION_REMOVED
from services.chassis.retention import kept_no_longer
from services.sessions.storage.retention import RULES, end_undecided
from tests.sessions.evening import ORGANISER, Evening

PIECE = 2
"""Rows at a time: more than one piece is needed."""

OVER = text(
    "UPDATE sessions SET starts_at = now() - make_interval(days => :days, hours => 2),"
    " ends_at = now() - make_interval(days => :days) WHERE id = :id"
)
AUDIT = text(
    "INSERT INTO audit (at, actor_id, action) SELECT now() - make_interval(days => :days), :actor,"
    " 'test.act' FROM generate_series(1, 5)"
)
PARKED = text(
    "INSERT INTO pgqueuer (priority, status, entrypoint, updated)"
    " SELECT 0, 'failed', 'told', now() - make_interval(days => :days) FROM generate_series(1, 3)"
)


async def removed(evening: Evening) -> dict[str, int]:
    return await kept_no_longer(evening.database, RULES, piece=PIECE)


async def of_entry(evening: Evening, session_id: int) -> list[tuple[str, str, str | None]]:
    """Status, payment and receipt of a session's entries, in order."""
    found = text(
        "SELECT e.status, p.status AS paid, p.receipt FROM entries e"
        " LEFT JOIN payments p ON p.entry_id = e.id WHERE e.session_id = :id ORDER BY e.id"
    )
    async with evening.database.read_primary() as transaction:
        rows = await transaction.execute(found, {"id": session_id})
        return [(row.status, row.paid, row.receipt) for row in rows]


async def over(evening: Evening, session_id: int, days: int) -> None:
    async with evening.database.write() as transaction:
        await transaction.execute(OVER, {"id": session_id, "days": days})


async def test_what_was_done_is_told_for_a_year(evening: Evening) -> None:
    async with evening.database.write() as transaction:
        await transaction.execute(text("DELETE FROM audit"))
        # The oldest have the smallest numbers.
        for days, actor in ((366, 71), (364, 72)):
            await transaction.execute(AUDIT, {"days": days, "actor": actor})
    before = RETENTION_REMOVED.labels("audit")._value.get()
    assert (await removed(evening))["audit"] == 5
    assert RETENTION_REMOVED.labels("audit")._value.get() == before + 5
    async with evening.database.read_primary() as transaction:
        left = await transaction.execute(text("SELECT DISTINCT actor_id FROM audit"))
        assert left.scalars().all() == [72]


async def test_a_job_that_was_given_up_waits_thirty_days(evening: Evening) -> None:
    async with evening.database.write() as transaction:
        for days in (31, 29):
            await transaction.execute(PARKED, {"days": days})
    assert (await removed(evening))["parked_jobs"] == 3


@pytest.mark.parametrize(("days", "is_there"), [(91, False), (89, True)])
async def test_a_receipt_is_kept_for_ninety_days(
    evening: Evening, days: int, is_there: bool
) -> None:
    session = await evening.open()
    for user in (1, 2, 3):
        await evening.register(user, session.id)
        await evening.show_receipt(user, session.id, f"photo-{user}")
    for entry in await entries(evening, session.id):
        await evening.approve(entry)
    await over(evening, session.id, days)
    await removed(evening)
    assert [receipt is not None for *_, receipt in await of_entry(evening, session.id)] == [
        is_there
    ] * 3


async def test_entries_nobody_decided_on_end_thirty_days_after_their_evening(
    evening: Evening,
) -> None:
    old, young = [await evening.open(needs_approval=True, capacity=2) for _ in range(2)]
    for session, days in ((old, 31), (young, 29)):
        for user in (1, 2, 3):
            await evening.register(user, session.id)
        await evening.show_receipt(1, session.id)
        await over(evening, session.id, days)
    assert await end_undecided(evening.database, evening.cache) == 3
    assert await end_undecided(evening.database, evening.cache) == 0
    assert [one[:2] for one in await of_entry(evening, old.id)] == [
        ("cancelled", "kept"),
        ("cancelled", "void"),
        ("cancelled", None),
    ]
    assert [one[:2] for one in await of_entry(evening, young.id)] == [
        ("pending", "submitted"),
        ("pending", "due"),
        ("waitlisted", None),
    ]


@pytest.mark.parametrize(("days", "paid"), [(31, "kept"), (29, "submitted")])
async def test_money_that_was_shown_and_never_confirmed_stays_where_it_is(
    evening: Evening, days: int, paid: str
) -> None:
    session = await evening.open()
    for user in (1, 2, 3):
        await evening.register(user, session.id)
        await evening.show_receipt(user, session.id)
    await over(evening, session.id, days)
    await removed(evening)
    assert [one[:2] for one in await of_entry(evening, session.id)] == [("confirmed", paid)] * 3


async def entries(evening: Evening, session_id: int) -> list[int]:
    request = entries_service_pb2.ListEntriesRequest(actor_id=ORGANISER, session_id=session_id)
    return [one.id for one in (await evening.entries.ListEntries(request)).entries]
