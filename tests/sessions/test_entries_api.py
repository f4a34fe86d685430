"""Teams, money, coupons and decisions over real gRPC: what people do, and what they are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fotbot.sender.v1 import notice_pb2
from fotbot.sessions.v1 import entries_service_pb2 as messages
from fotbot.sessions.v1 import payment_pb2, session_pb2
from fotbot.sessions.v1 import sessions_service_pb2 as session_messages
from sqlalchemy import text

from tests.sessions.evening import ADMIN, ORGANISER, Evening, at

CONFIRMED = session_pb2.REGISTRATION_STATUS_CONFIRMED
WAITLISTED = session_pb2.REGISTRATION_STATUS_WAITLISTED
PENDING = session_pb2.REGISTRATION_STATUS_PENDING
REJECTED = session_pb2.REGISTRATION_STATUS_REJECTED
TEAM = session_pb2.REGISTRATION_KIND_TEAM

CAPTAIN, SQUAD = 11, (11, 12, 13, 14)


def money(payment: payment_pb2.Payment) -> tuple[int, int, str, str]:
    status = payment_pb2.PaymentStatus.Name(payment.status).removeprefix("PAYMENT_STATUS_")
    method = payment_pb2.PaymentMethod.Name(payment.method).removeprefix("PAYMENT_METHOD_")
    return payment.amount, payment.coupons, status, method


def steps(history: Iterable[payment_pb2.PaymentEvent]) -> list[tuple[str, int, int]]:
    return [(event.action, event.amount, event.coupons) for event in history]


async def told(evening: Evening, session_id: int, kind: notice_pb2.NoticeKind.ValueType) -> Any:
    return [notice for notice in await evening.notices(session_id) if notice.kind == kind]


async def listed(evening: Evening, session_id: int, **fields: Any) -> messages.ListEntriesResponse:
    request = messages.ListEntriesRequest(actor_id=ORGANISER, session_id=session_id, **fields)
    answer: messages.ListEntriesResponse = await evening.entries.ListEntries(request)
    return answer


async def test_a_team_takes_all_its_places_and_each_player_sees_its_entry(evening: Evening) -> None:
    session = await evening.open(squad_size=4, price=40_000)
    team = evening.teams.know(CAPTAIN, [*SQUAD, 15])
    answer = await evening.register_team(CAPTAIN, session.id, team, SQUAD)
    own = answer.session.registration
    assert (answer.already, answer.session.session.taken) == (False, 4)
    assert (own.kind, own.team_id, own.places, own.position) == (TEAM, team, 4, 1)
    assert money(own.payment) == (160_000, 0, "DUE", "MANUAL")
    seen = (await evening.card(session.id, 13)).registration
    assert (seen.entry_id, seen.user_id, seen.registered_by) == (own.entry_id, 13, CAPTAIN)
    assert not (await evening.card(session.id, 15)).HasField("registration")
    next_one = (await evening.register(1, session.id)).session.registration
    assert (next_one.position, next_one.registered_by) == (5, 1)
    again = await evening.register_team(CAPTAIN, session.id, team, SQUAD)
    assert (again.already, again.session.registration) == (True, own)
    mine = await evening.stub.ListMySessions(session_messages.ListMySessionsRequest(viewer_id=14))
    assert session.id in [view.session.id for view in mine.sessions]


async def test_a_waiting_team_is_not_overtaken_and_moves_in_whole(evening: Evening) -> None:
    session = await evening.open(squad_size=4, capacity=5, price=10_000)
    for user in (1, 2):
        await evening.register(user, session.id)
    team = evening.teams.know(CAPTAIN, SQUAD)
    waiting = (await evening.register_team(CAPTAIN, session.id, team, SQUAD)).session
    assert (waiting.registration.status, waiting.registration.position) == (WAITLISTED, 1)
    assert not waiting.registration.HasField("payment")
    behind = (await evening.register(3, session.id)).session
    assert (behind.registration.status, behind.registration.position) == (WAITLISTED, 2)
    left = await evening.leave(1, session.id)
    assert (left.session.session.taken, left.session.session.waitlisted) == (5, 1)
    moved_in = (await evening.card(session.id, 12)).registration
    assert (moved_in.status, moved_in.position) == (CONFIRMED, 2)
    assert money(moved_in.payment) == (40_000, 0, "DUE", "MANUAL")
    promoted = await told(evening, session.id, notice_pb2.NOTICE_KIND_PROMOTED)
    assert [notice.user_id for notice in promoted] == list(SQUAD)
    assert {notice.facts.team_id for notice in promoted} == {team}


async def test_who_needs_approval_holds_his_place_until_it_is_decided(evening: Evening) -> None:
    session = await evening.open(needs_approval=True, price=0, capacity=2)
    views = [(await evening.register(user, session.id)).session for user in (1, 2, 3)]
    assert [view.registration.status for view in views] == [PENDING, PENDING, WAITLISTED]
    first, second, _ = (view.registration.entry_id for view in views)
    due = await told(evening, session.id, notice_pb2.NOTICE_KIND_DECISION_DUE)
    assert [(one.user_id, one.facts.other_user_id, one.facts.entry_id) for one in due] == [
        (ORGANISER, 1, first),
        (ORGANISER, 2, second),
    ]
    assert (await evening.approve(first)).status == CONFIRMED
    assert (await evening.approve(first)).status == CONFIRMED
    rejected = await evening.reject(second, "  No\nboots ")
    assert (rejected.status, rejected.reason) == (REJECTED, "No boots")
    assert (await evening.reject(second, "again")).reason == "No boots"
    [yes] = await told(evening, session.id, notice_pb2.NOTICE_KIND_APPROVED)
    [no] = await told(evening, session.id, notice_pb2.NOTICE_KIND_REJECTED)
    assert (yes.user_id, no.user_id, no.facts.reason) == (1, 2, "No boots")
    third = (await evening.card(session.id, 3)).registration
    assert (third.status, third.position) == (PENDING, 2)
    assert (await evening.register(2, session.id)).session.registration.status == WAITLISTED


async def test_a_payment_by_receipt_is_confirmed_rejected_and_paid_back(evening: Evening) -> None:
    session = await evening.open(price=40_000)
    entry_id = (await evening.register(1, session.id)).session.registration.entry_id
    await evening.show_receipt(1, session.id, "blurred")
    shown = await evening.show_receipt(1, session.id, "sharp")
    assert money(shown.payment) == (40_000, 0, "SUBMITTED", "MANUAL")
    entry = await evening.entry(entry_id)
    assert entry.receipt_file_id == "sharp"
    approved = await evening.approve(entry_id)
    assert money(approved.payment) == (40_000, 0, "CONFIRMED", "MANUAL")
    taken_off = await evening.reject(entry_id, "Too late after all")
    assert money(taken_off.payment) == (40_000, 0, "REFUND_DUE", "MANUAL")
    assert money((await evening.settle(entry_id)).payment)[2] == "REFUNDED"
    history = (await evening.entry(entry_id)).history
    assert steps(history) == [
        ("due", 40_000, 0),
        ("receipt", 40_000, 0),
        ("receipt", 40_000, 0),
        ("confirmed", 40_000, 0),
        ("rejected", 40_000, 0),
        ("refund_due", 40_000, 0),
        ("refunded", 40_000, 0),
    ]
    assert [event.actor_id for event in history] == [1, 1, 1, *[ORGANISER] * 4]
    assert history[4].note == "Too late after all"
    [refunded] = await told(evening, session.id, notice_pb2.NOTICE_KIND_REFUNDED)
    assert (refunded.user_id, refunded.facts.amount) == (1, 40_000)


async def test_money_that_never_came_is_not_paid_back(evening: Evening) -> None:
    session = await evening.open()
    entry_id = (await evening.register(1, session.id)).session.registration.entry_id
    await evening.show_receipt(1, session.id)
    await evening.reject(entry_id)
    settled = await evening.settle(entry_id, not_received=True)
    assert money(settled.payment)[2] == "VOID"
    assert await told(evening, session.id, notice_pb2.NOTICE_KIND_REFUNDED) == []


async def test_a_coupon_pays_for_one_and_comes_back(evening: Evening) -> None:
    session = await evening.open(price=40_000)
    await evening.give_coupons(101)
    await evening.register(101, session.id)
    counted = messages.CountCouponsRequest(actor_id=101, session_id=session.id)
    assert (await evening.entries.CountCoupons(counted)).usable == 1
    used = await evening.use_coupons(101, session.id, 1)
    assert money(used.payment) == (0, 1, "CONFIRMED", "COUPON")
    assert await evening.coupons(101) == (0, 1)
    answer = await evening.entries.CountCoupons(counted)
    assert (answer.usable, answer.used) == (1, 1)
    await evening.leave(101, session.id)
    assert await evening.coupons(101) == (1, 0)


async def test_a_team_uses_its_players_coupons_the_oldest_first(evening: Evening) -> None:
    session = await evening.open(squad_size=4, price=10_000)
    team, squad = evening.teams.know(111, (111, 112, 113, 114)), (111, 112, 113, 114)
    await evening.give_coupons(113, 111, 113)
    await evening.register_team(111, session.id, team, squad)
    two = await evening.use_coupons(111, session.id, 2)
    assert money(two.payment) == (20_000, 2, "DUE", "COUPON_AND_MANUAL")
    assert [await evening.coupons(user) for user in (111, 113)] == [(0, 1), (1, 1)]
    one = await evening.use_coupons(111, session.id, 1)
    assert money(one.payment) == (30_000, 1, "DUE", "COUPON_AND_MANUAL")
    assert [await evening.coupons(user) for user in (111, 113)] == [(1, 0), (1, 1)]
    none = await evening.use_coupons(111, session.id, 0)
    assert money(none.payment) == (40_000, 0, "DUE", "MANUAL")
    assert await evening.coupons(113) == (2, 0)


async def test_who_leaves_late_leaves_money_and_coupons(evening: Evening) -> None:
    session = await evening.open(starts_at=at(2.9), ends_at=at(5), price=40_000)
    await evening.give_coupons(102)
    paid = (await evening.register(1, session.id)).session.registration.entry_id
    with_coupon = (await evening.register(102, session.id)).session.registration.entry_id
    owing = (await evening.register(3, session.id)).session.registration.entry_id
    await evening.show_receipt(1, session.id)
    await evening.use_coupons(102, session.id, 1)
    for user in (1, 102, 3):
        await evening.leave(user, session.id)
    ended = [await evening.entry(entry_id) for entry_id in (paid, with_coupon, owing)]
    assert [money(entry.payment)[:3] for entry in ended] == [
        (40_000, 0, "KEPT"),
        (0, 1, "KEPT"),
        (40_000, 0, "VOID"),
    ]
    assert await evening.coupons(102) == (0, 1)


async def test_a_cancelled_session_gives_all_back_however_late(evening: Evening) -> None:
    session = await evening.open(starts_at=at(1), ends_at=at(2), price=40_000)
    await evening.give_coupons(103)
    paid = (await evening.register(1, session.id)).session.registration.entry_id
    await evening.register(103, session.id)
    await evening.show_receipt(1, session.id)
    await evening.use_coupons(103, session.id, 1)
    await evening.cancel(session.id)
    assert money((await evening.entry(paid)).payment)[2] == "REFUND_DUE"
    assert await evening.coupons(103) == (1, 0)
    left_to_do = await listed(evening, session.id)
    assert [entry.id for entry in left_to_do.entries] == [paid]


async def test_another_price_is_for_those_who_come_later(evening: Evening) -> None:
    session = await evening.open(price=40_000, capacity=2)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    await evening.edit(session.id, price=50_000, capacity=4)
    await evening.register(4, session.id)
    seen = [(await evening.card(session.id, user)).registration for user in (1, 3, 4)]
    assert [money(one.payment)[0] for one in seen] == [40_000, 40_000, 50_000]


async def test_entries_are_listed_with_what_waits_for_a_decision_first(evening: Evening) -> None:
    session = await evening.open(price=40_000, capacity=4)
    ids = [
        (await evening.register(user, session.id)).session.registration.entry_id
        for user in range(1, 8)
    ]
    await evening.show_receipt(3, session.id)
    await evening.show_receipt(2, session.id)
    await evening.reject(ids[1])
    await evening.leave(7, session.id)
    expected = [ids[2], ids[1], ids[0], ids[3], ids[4], ids[5]]
    seen: list[int] = []
    token = ""
    while True:
        page = await listed(evening, session.id, page_size=4, page_token=token)
        assert page.total == 6
        seen += [entry.id for entry in page.entries]
        token = page.next_page_token
        if not token:
            break
    assert seen == expected
    awaiting = await listed(evening, session.id, awaiting=True)
    assert [entry.user_id for entry in awaiting.entries] == [3]
    for actor, is_there in ((ORGANISER, True), (ADMIN, True), (902, False)):
        request = messages.ListAwaitingRequest(actor_id=actor)
        found = await evening.entries.ListAwaiting(request)
        waiting = {one.session.id: one.entries for one in found.sessions}
        assert waiting.get(session.id, 0) == is_there


async def test_an_entry_that_waits_is_counted_once_and_not_where_nothing_can_be_decided(
    evening: Evening,
) -> None:
    asked = await evening.open(needs_approval=True)
    paid, off, over = [await evening.open(price=100) for _ in range(3)]
    for user in (1, 2, 3):
        await evening.register(user, asked.id)
    for session in (paid, off, over):
        await evening.register(1, session.id)
        await evening.show_receipt(1, session.id)
    await evening.leave(3, asked.id)
    await evening.cancel(off.id)
    async with evening.database.write() as transaction:
        ended = "UPDATE sessions SET starts_at = now() - interval '2 hours', ends_at = now()"
        await transaction.execute(text(f"{ended} WHERE id = :id"), {"id": over.id})
    found = await evening.entries.ListAwaiting(messages.ListAwaitingRequest(actor_id=ORGANISER))
    waiting = {one.session.id: one.entries for one in found.sessions}
    wanted = [waiting.get(session.id, 0) for session in (asked, paid, off, over)]
    assert wanted == [2, 1, 0, 0]


async def test_who_came_is_marked_and_may_be_marked_again(evening: Evening) -> None:
    session = await evening.open(starts_at=at(0.5), ends_at=at(2))
    for user in (1, 2):
        await evening.register(user, session.id)

    async def mark(user: int, attended: bool) -> list[int]:
        request = messages.MarkAttendanceRequest(
            write=evening.write(ORGANISER),
            session_id=session.id,
            user_id=user,
            attended=attended,
        )
        return list((await evening.entries.MarkAttendance(request)).entry.attended_ids)

    assert await mark(1, True) == [1]
    assert await mark(2, False) == []
    assert await mark(1, False) == []


async def test_what_an_organiser_does_is_in_the_audit(evening: Evening) -> None:
    session = await evening.open(price=40_000)
    entry_id = (await evening.register(1, session.id)).session.registration.entry_id
    await evening.approve(entry_id)
    await evening.edit(session.id, price=50_000, capacity=11)
    await evening.reject(entry_id, "No boots")
    await evening.settle(entry_id)
    await evening.cancel(session.id)
    done = text(
        "SELECT action, actor_id, subject_id, note FROM audit WHERE session_id = :id ORDER BY id"
    )
    async with evening.database.read_primary() as transaction:
        rows = [tuple(row) for row in await transaction.execute(done, {"id": session.id})]
    assert rows[1:] == [
        ("entry.approve", ORGANISER, 1, ""),
        ("session.edit", ORGANISER, None, "price 40000 > 50000, capacity 10 > 11"),
        ("entry.reject", ORGANISER, 1, "No boots"),
        ("refund.refunded", ORGANISER, 1, "40000"),
        ("session.cancel", ORGANISER, None, ""),
    ]
    assert rows[0][:2] == ("session.create", ORGANISER)


async def test_organisers_see_every_session_of_a_span_by_page(evening: Evening) -> None:
    first = [await evening.open(starts_at=at(500 + n), ends_at=at(501 + n)) for n in range(3)]
    await evening.open(starts_at=at(503.5), ends_at=at(504))
    await evening.cancel(first[1].id)
    seen: list[int] = []
    token = ""
    while True:
        request = session_messages.ListAllSessionsRequest(
            actor_id=ORGANISER,
            since=first[0].starts_at,
            until=at(503),
            page_size=2,
            page_token=token,
        )
        page = await evening.stub.ListAllSessions(request)
        seen += [session.id for session in page.sessions]
        token = page.next_page_token
        if not token:
            break
    assert seen == [session.id for session in first]


async def test_a_team_moved_in_with_fewer_players_gives_up_all_its_places(evening: Evening) -> None:
    session = await evening.open(squad_size=4, capacity=5, price=0)
    team = evening.teams.know(CAPTAIN, SQUAD)
    own = (await evening.register_team(CAPTAIN, session.id, team, SQUAD)).session.registration
    gone = text("DELETE FROM entry_players WHERE entry_id = :id AND user_id = 14")
    async with evening.database.write() as transaction:
        await transaction.execute(gone, {"id": own.entry_id})
    joined = (await evening.register(1, session.id)).session
    assert (joined.registration.position, joined.session.taken) == (5, 5)
    assert (await evening.card(session.id, 12)).registration.places == 4
    assert (await evening.leave(CAPTAIN, session.id)).session.session.taken == 1
