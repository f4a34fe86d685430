"""Many at once: teams get all of their places or none, coupons are used once, nothing is paid
twice."""

from __future__ import annotations

import asyncio
from typing import Any

from fotbot.sessions.v1 import payment_pb2, session_pb2
from sqlalchemy import text

from services.chassis.errors import RemoteRefusal
from tests.sessions.evening import Evening

CONFIRMED = session_pb2.REGISTRATION_STATUS_CONFIRMED
WAITLISTED = session_pb2.REGISTRATION_STATUS_WAITLISTED
TEAMS = {captain: range(captain, captain + 4) for captain in (701, 711, 721, 731)}
SUMS = text(
    "SELECT (SELECT sum(places) FROM entries WHERE session_id = :id"
    " AND status IN ('confirmed', 'pending')) AS taken,"
    " (SELECT count(*) FROM entry_players JOIN entries ON entries.id = entry_id"
    " WHERE entries.session_id = :id AND active AND status = 'confirmed') AS players,"
    " (SELECT sum(amount) FROM payments JOIN entries ON entries.id = entry_id"
    " WHERE session_id = :id AND payments.status = 'due') AS owed"
)


async def sums(evening: Evening, session_id: int) -> Any:
    async with evening.database.read_primary() as transaction:
        return (await transaction.execute(SUMS, {"id": session_id})).one()


async def test_60_players_and_4_teams_on_the_last_places_never_are_too_many(
    evening: Evening,
) -> None:
    session = await evening.open(capacity=22, squad_size=4, price=10_000)
    for captain, squad in TEAMS.items():
        evening.teams.know(captain, squad, team_id=captain)
    players = [evening.register(user, session.id) for user in range(1, 61)]
    teams = [
        evening.register_team(captain, session.id, captain, squad)
        for captain, squad in TEAMS.items()
    ]
    # Teams in the midst of the crowd.
    crowd = [*players[:8], *teams, *players[8:]]
    answers = await asyncio.gather(*crowd)
    views = [answer.session.registration for answer in answers]
    holders = [view for view in views if view.status == CONFIRMED]
    queue = [view for view in views if view.status == WAITLISTED]
    card = (await evening.card(session.id)).session
    assert sum(view.places for view in holders) == card.taken <= 22
    assert len(queue) == card.waitlisted == 64 - len(holders)
    assert sorted(view.position for view in queue) == list(range(1, len(queue) + 1))
    for captain, squad in TEAMS.items():
        seen = [(await evening.card(session.id, user)).registration for user in squad]
        assert len({(one.entry_id, one.status, one.registered_by) for one in seen}) == 1
        assert seen[0].registered_by == captain
    taken, playing, owed = await sums(evening, session.id)
    assert (taken, playing, owed) == (card.taken, card.taken, card.taken * 10_000)
    # All who play go: the queue moves in, whole teams again, in its order.
    await asyncio.gather(*(evening.leave(view.registered_by, session.id) for view in holders))
    card = (await evening.card(session.id)).session
    taken, playing, owed = await sums(evening, session.id)
    assert (taken, playing, owed) == (card.taken, card.taken, card.taken * 10_000)
    first = min(queue, key=lambda view: view.position).registered_by
    assert (await evening.card(session.id, first)).registration.status == CONFIRMED
    assert card.taken <= 22
    waits = [(await evening.card(session.id, view.registered_by)).registration for view in queue]
    ahead = [one for one in waits if one.status == WAITLISTED and one.position == 1]
    assert all(one.places > 22 - card.taken for one in ahead)


async def test_one_coupon_asked_for_by_two_sessions_pays_for_one(evening: Evening) -> None:
    sessions = [await evening.open(price=10_000) for _ in range(4)]
    await evening.give_coupons(801)
    for session in sessions:
        await evening.register(801, session.id)
    answers = await asyncio.gather(
        *(evening.use_coupons(801, session.id, 1) for session in sessions),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, RemoteRefusal)]
    assert [answer.reason for answer in refused] == ["COUPONS_TOO_FEW"] * 3
    assert await evening.coupons(801) == (0, 1)


async def test_approving_rejecting_and_leaving_together_end_in_one_of_the_orders(
    evening: Evening,
) -> None:
    session = await evening.open(price=10_000, capacity=20)
    for user in range(1, 9):
        entry_id = (await evening.register(user, session.id)).session.registration.entry_id
        await evening.show_receipt(user, session.id)
        await asyncio.gather(
            *(evening.approve(entry_id) for _ in range(2)),
            *(evening.reject(entry_id) for _ in range(2)),
            evening.leave(user, session.id),
            return_exceptions=True,
        )
        entry = await evening.entry(entry_id)
        assert entry.status in (
            session_pb2.REGISTRATION_STATUS_REJECTED,
            session_pb2.REGISTRATION_STATUS_CANCELLED,
        )
        assert entry.payment.status == payment_pb2.PAYMENT_STATUS_REFUND_DUE
        assert [event.action for event in entry.history].count("refund_due") == 1
    assert (await evening.card(session.id)).session.taken == 0
