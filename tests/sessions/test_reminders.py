"""Reminders: each person is told once, whatever workers do; a moved session reminds anew."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fotbot.sender.v1.notice_pb2 import NOTICE_KIND_REMINDER_HOURS, Notice
from sqlalchemy import text

from services.chassis.jobs import Jobs
from services.sessions.domain.reminders import LONGEST_AHEAD, ReminderKind
from services.sessions.reminding import remind
from services.sessions.storage import reminders
from tests.sessions.evening import Evening, at

# So long before the start that a session which begins in a moment is due by day and by night.
HOURS = timedelta(hours=24)
SOON = {"starts_at": at(0.5), "ends_at": at(1.5)}


async def reminded(evening: Evening, session_id: int) -> list[Notice]:
    """The reminders of some hours before."""
    return [
        notice
        for notice in await evening.notices(session_id)
        if notice.kind == NOTICE_KIND_REMINDER_HOURS
    ]


async def looked(evening: Evening) -> int:
    return await remind(evening.database, HOURS)


async def test_everybody_who_holds_a_place_is_told_and_who_waits_is_not(evening: Evening) -> None:
    session = await evening.open(capacity=2, **SOON)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    await looked(evening)
    told = await reminded(evening, session.id)
    assert sorted(notice.user_id for notice in told) == [1, 2]
    assert {notice.expires_at for notice in told} == {session.starts_at.seconds}
    assert {notice.session.venue_name for notice in told} == {session.venue.name}
    assert {notice.session.time_zone for notice in told} == {session.venue.time_zone}


async def test_who_left_is_not_told(evening: Evening) -> None:
    session = await evening.open(**SOON)
    await evening.register(1, session.id)
    await evening.register(2, session.id)
    await evening.leave(1, session.id)
    await looked(evening)
    assert [notice.user_id for notice in await reminded(evening, session.id)] == [2]


async def test_two_workers_at_once_and_later_looks_tell_once(evening: Evening) -> None:
    session = await evening.open(**SOON)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    await asyncio.gather(*(looked(evening) for _ in range(4)))
    await looked(evening)
    told = await reminded(evening, session.id)
    assert sorted(notice.user_id for notice in told) == [1, 2, 3]
    assert len({notice.notice_id for notice in told}) == 3


async def test_a_moved_session_reminds_anew(evening: Evening) -> None:
    session = await evening.open(**SOON)
    await evening.register(1, session.id)
    await looked(evening)
    later = at(1)
    await evening.edit(session.id, starts_at=later, ends_at=at(2))
    await looked(evening)
    await looked(evening)
    told = await reminded(evening, session.id)
    assert [notice.session.starts_at for notice in told] == [
        session.starts_at.seconds,
        later.seconds,
    ]
    assert len({notice.notice_id for notice in told}) == 2


async def test_a_cancelled_session_reminds_nobody(evening: Evening) -> None:
    session = await evening.open(**SOON)
    await evening.register(1, session.id)
    await evening.cancel(session.id)
    await looked(evening)
    assert await reminded(evening, session.id) == []


async def test_a_session_that_was_moved_since_it_was_looked_at_is_left_to_the_next_look(
    evening: Evening,
) -> None:
    session = await evening.open(**SOON)
    await evening.register(1, session.id)
    async with evening.database.read_primary() as reading:
        _, coming = await reminders.coming(reading, LONGEST_AHEAD)
    [old] = [one.session for one in coming if one.session.id == session.id]
    await evening.edit(session.id, starts_at=at(1), ends_at=at(2))
    async with evening.database.write() as transaction:
        told = await reminders.remind(transaction, Jobs(), old, ReminderKind.HOURS)
    assert told == 0


async def test_what_was_told_is_told_again_by_nobody_who_looks(evening: Evening) -> None:
    session = await evening.open(**SOON)
    await evening.register(1, session.id)
    await looked(evening)
    async with evening.database.read_primary() as reading:
        _, coming = await reminders.coming(reading, LONGEST_AHEAD)
    [seen] = [one for one in coming if one.session.id == session.id]
    assert ReminderKind.HOURS in seen.told


async def test_a_session_that_is_busy_holds_up_no_other(evening: Evening) -> None:
    """Its row is locked by a press; it is told at the next look."""
    busy, free = await evening.open(**SOON), await evening.open(**SOON)
    for session in (busy, free):
        await evening.register(1, session.id)
    locked = text("SELECT 1 FROM sessions WHERE id = :id FOR NO KEY UPDATE")
    async with evening.database.write() as transaction:
        await transaction.execute(locked, {"id": busy.id})
        await looked(evening)
        assert len(await reminded(evening, free.id)) == 1
        assert await reminded(evening, busy.id) == []
    await looked(evening)
    assert len(await reminded(evening, busy.id)) == 1


async def test_what_another_bot_was_to_tell_is_not_told_by_this_one(evening: Evening) -> None:
    """A session that is taken in a moment before it begins: its reminders are long past."""
    session = await evening.open(**SOON)
    await evening.register(1, session.id)
    taken_in = text("INSERT INTO imported (kind, legacy_id, id) VALUES ('session', :legacy, :id)")
    async with evening.database.write() as transaction:
        await transaction.execute(taken_in, {"legacy": f"old-{session.id}", "id": session.id})
    await looked(evening)
    assert await reminded(evening, session.id) == []
