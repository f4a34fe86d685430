"""What users keeps for a time goes when it is over, and not before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from services.chassis.once import KEPT, Once
from services.chassis.retention import kept_no_longer
from services.users.storage.retention import RULES
from tests.users.town import Town

AUDIT = text(
    "INSERT INTO audit (at, actor_id, action, subject_id)"
    " SELECT now() - make_interval(days => :days), :days, 'test.act', 1 FROM generate_series(1, 3)"
)
WISH = text(
    "INSERT INTO moves (asker_id, person_id, phone, asked_at, approved, decided_at)"
    " VALUES (:asker, :person, '+998901112233', now() - make_interval(days => :asked), :approved,"
    " CASE WHEN :approved THEN now() - make_interval(days => :decided) END)"
)
REQUEST = text(
    "INSERT INTO requests (actor_id, request_id, method, fingerprint, outcome, created_at)"
    " SELECT :actor, n::text, 'm', '', '', now() - CAST(:age AS interval)"
    " FROM generate_series(1, 5) AS n"
)


async def test_acts_go_after_a_year_and_wishes_after_ninety_days(town: Town) -> None:
    asker, person = (await town.seen()).id, (await town.registered()).id
    async with town.database.write() as transaction:
        await transaction.execute(text("DELETE FROM audit"))
        for days in (366, 364):
            await transaction.execute(AUDIT, {"days": days})
        of = {"asker": asker, "person": person}
        for asked, approved, decided in ((91, False, 0), (200, True, 91), (200, True, 89)):
            wish = {**of, "asked": asked, "approved": approved or None, "decided": decided}
            await transaction.execute(WISH, wish)
    assert await kept_no_longer(town.database, RULES, piece=2) == {"audit": 3, "moves": 2}
    assert await kept_no_longer(town.database, RULES, piece=2) == {"audit": 0, "moves": 0}


async def test_outcomes_of_requests_go_after_two_days(town: Town) -> None:
    async with town.database.write() as transaction:
        await transaction.execute(text("DELETE FROM requests"))
        for actor, more in ((1, 1), (2, -1)):
            age = KEPT + timedelta(minutes=more)
            await transaction.execute(REQUEST, {"actor": actor, "age": age})
    assert await Once(town.database).sweep() == 5
    async with town.database.read_primary() as transaction:
        left = await transaction.execute(text("SELECT DISTINCT actor_id FROM requests"))
        assert left.scalars().all() == [2]
