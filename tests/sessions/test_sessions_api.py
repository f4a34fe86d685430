"""The sessions service over real gRPC: what an organiser and players do in an evening."""

from __future__ import annotations

from fotbot.sender.v1 import notice_pb2
from fotbot.sessions.v1 import session_pb2
from fotbot.sessions.v1 import sessions_service_pb2 as messages

from tests.sessions.evening import ORGANISER, Evening, at

CONFIRMED = session_pb2.REGISTRATION_STATUS_CONFIRMED
WAITLISTED = session_pb2.REGISTRATION_STATUS_WAITLISTED


async def test_a_new_session_is_empty_and_planned(evening: Evening) -> None:
    venue = await evening.venue("Чиланзар Арена")
    session = await evening.open(venue_id=venue.id, capacity=12, price=0)
    assert session.venue == venue
    assert session.venue.time_zone == "Asia/Tashkent"
    assert (session.capacity, session.price, session.taken, session.waitlisted) == (12, 0, 0, 0)
    assert session.status == session_pb2.SESSION_STATUS_PLANNED
    assert session.organiser_id == ORGANISER
    assert session.version == 1


async def test_a_venue_of_the_same_name_is_the_same_and_the_first_listed(evening: Evening) -> None:
    first = await evening.venue("Novza")
    await evening.venue("Sergeli")
    assert await evening.venue(" Novza\u202e ") == first
    listed = await evening.stub.ListVenues(messages.ListVenuesRequest())
    assert listed.venues[0] == first


async def test_players_get_places_then_wait_and_the_first_of_the_queue_moves_in(
    evening: Evening,
) -> None:
    session = await evening.open(capacity=2)
    standings = [(await evening.register(user, session.id)).session for user in (1, 2, 3, 4)]
    assert [(s.registration.status, s.registration.position) for s in standings] == [
        (CONFIRMED, 1),
        (CONFIRMED, 2),
        (WAITLISTED, 1),
        (WAITLISTED, 2),
    ]
    left = await evening.leave(1, session.id)
    assert not left.session.HasField("registration")
    assert (left.session.session.taken, left.session.session.waitlisted) == (2, 1)
    third, fourth = await evening.card(session.id, 3), await evening.card(session.id, 4)
    assert (third.registration.status, third.registration.position) == (CONFIRMED, 2)
    assert (fourth.registration.status, fourth.registration.position) == (WAITLISTED, 1)
    [notice] = await evening.notices(session.id)
    assert (notice.kind, notice.user_id) == (notice_pb2.NOTICE_KIND_PROMOTED, 3)
    assert notice.session.position == 2
    assert notice.notice_id == f"sessions:{session.id}:6:promoted:3"


async def test_asking_again_changes_nothing(evening: Evening) -> None:
    session = await evening.open()
    first = await evening.register(1, session.id)
    again = await evening.register(1, session.id)
    assert (first.already, again.already) == (False, True)
    assert again.session == first.session
    assert (await evening.leave(1, session.id)).already is False
    assert (await evening.leave(1, session.id)).already is True


async def test_raising_the_capacity_promotes_the_waiting_in_order(evening: Evening) -> None:
    session = await evening.open(capacity=2)
    for user in range(1, 7):
        await evening.register(user, session.id)
    edited = await evening.edit(session.id, capacity=4)
    assert (edited.taken, edited.waitlisted) == (4, 2)
    told = await evening.notices(session.id)
    assert [(notice.user_id, notice.session.position) for notice in told] == [(3, 3), (4, 4)]


async def test_a_move_tells_everybody_where_it_was_before(evening: Evening) -> None:
    session = await evening.open(capacity=2)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    elsewhere = await evening.venue()
    moved = await evening.edit(session.id, venue_id=elsewhere.id, starts_at=at(48), ends_at=at(50))
    assert moved.venue == elsewhere
    told = await evening.notices(session.id)
    assert [notice.user_id for notice in told] == [1, 2, 3]
    assert {notice.kind for notice in told} == {notice_pb2.NOTICE_KIND_SESSION_MOVED}
    data = told[0].session
    assert (data.venue_name, data.old_venue_name) == (elsewhere.name, session.venue.name)
    assert (data.starts_at, data.old_starts_at) == (
        moved.starts_at.seconds,
        session.starts_at.seconds,
    )


async def test_another_price_tells_nobody_and_no_change_is_no_version(evening: Evening) -> None:
    session = await evening.open()
    await evening.register(1, session.id)
    dearer = await evening.edit(session.id, price=50_000)
    same = await evening.edit(session.id, price=50_000, capacity=10)
    assert dearer.price == 50_000
    assert same == dearer
    assert await evening.notices(session.id) == []


async def test_a_cancelled_session_tells_everybody_once(evening: Evening) -> None:
    session = await evening.open(capacity=2)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    cancelled = await evening.cancel(session.id)
    assert cancelled.status == session_pb2.SESSION_STATUS_CANCELLED
    assert await evening.cancel(session.id) == cancelled
    told = await evening.notices(session.id)
    assert [notice.user_id for notice in told] == [1, 2, 3]
    assert {notice.kind for notice in told} == {notice_pb2.NOTICE_KIND_SESSION_CANCELLED}
    listed = await evening.stub.ListMySessions(messages.ListMySessionsRequest(viewer_id=1))
    assert session.id not in [view.session.id for view in listed.sessions]


async def test_nobody_is_in_a_cancelled_session_any_more(evening: Evening) -> None:
    session = await evening.open(capacity=2)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    await evening.cancel(session.id)
    assert (await evening.leave(1, session.id)).already
    card = await evening.card(session.id, 2)
    assert not card.HasField("registration")
    assert (card.session.taken, card.session.waitlisted) == (0, 0)
    told = await evening.notices(session.id)
    assert {notice.kind for notice in told} == {notice_pb2.NOTICE_KIND_SESSION_CANCELLED}


async def test_my_sessions_are_those_where_i_play_or_wait(evening: Evening) -> None:
    mine = [await evening.open(starts_at=at(n), ends_at=at(n + 1)) for n in (200, 100)]
    await evening.open()
    for session in mine:
        await evening.register(77, session.id)
    listed = await evening.stub.ListMySessions(messages.ListMySessionsRequest(viewer_id=77))
    assert [view.session.id for view in listed.sessions] == [mine[1].id, mine[0].id]
    assert all(view.registration.status == CONFIRMED for view in listed.sessions)


async def test_an_end_that_is_anothers_start_is_no_overlap(evening: Evening) -> None:
    venue = await evening.venue()
    first = await evening.open(venue_id=venue.id, starts_at=at(24), ends_at=at(25))
    second = await evening.open(venue_id=venue.id, starts_at=first.ends_at, ends_at=at(26))
    assert second.venue == venue
