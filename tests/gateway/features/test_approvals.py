"""An organiser decides: who gets in, whose money came, who was there."""

from __future__ import annotations

from typing import Any

import pytest
from fotbot.sessions.v1 import entries_service_pb2 as wire
from fotbot.sessions.v1.entry_pb2 import Entry
from fotbot.sessions.v1.payment_pb2 import (
    PAYMENT_STATUS_CONFIRMED,
    PAYMENT_STATUS_DUE,
    PAYMENT_STATUS_REFUND_DUE,
    PAYMENT_STATUS_SUBMITTED,
    Payment,
    PaymentEvent,
)
from fotbot.sessions.v1.session_pb2 import (
    REGISTRATION_KIND_INDIVIDUAL,
    REGISTRATION_KIND_TEAM,
    REGISTRATION_STATUS_CANCELLED,
    REGISTRATION_STATUS_CONFIRMED,
    REGISTRATION_STATUS_PENDING,
    REGISTRATION_STATUS_WAITLISTED,
    SESSION_STATUS_CANCELLED,
    SESSION_STATUS_STARTED,
    Session,
)
from fotbot.users.v1 import user_pb2, users_service_pb2

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer, Button
from services.gateway.calls import Role, UserId
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.approvals import attendance, handlers
from services.gateway.features.approvals.callbacks import (
    ApproveEntry,
    AskReason,
    ListAwaiting,
    MarkAttendance,
    OpenAttendance,
    OpenEntries,
    OpenEntry,
    SettleRefund,
)
from services.gateway.features.approvals.reading import PAGE
from services.gateway.features.approvals.router import FEATURE
from services.gateway.features.feature import Said
from services.gateway.rendering import faults
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import ARENA, evening, stamp

PEOPLE = [
    user_pb2.Person(id=7, name="<Ali>"),
    user_pb2.Person(id=8, name="Vali"),
    user_pb2.Person(id=99, name="Boss"),
]


def entry(entry_id: int = 5, **changed: Any) -> Entry:
    """Ali, in, his receipt not looked at yet."""
    known: dict[str, Any] = {
        "session_id": 12,
        "kind": REGISTRATION_KIND_INDIVIDUAL,
        "user_id": 7,
        "player_ids": [7],
        "status": REGISTRATION_STATUS_CONFIRMED,
        "position": 3,
        "payment": Payment(amount=40_000, status=PAYMENT_STATUS_SUBMITTED),
        "created_at": stamp(NOW),
    }
    return Entry(id=entry_id, **{**known, **changed})


def paid(status: Any, amount: int = 40_000, coupons: int = 0) -> Payment:
    return Payment(amount=amount, status=status, coupons=coupons)


def desk_with(
    *entries: Entry, session: Session | None = None, total: int | None = None, token: str = ""
) -> Desk:
    desk = Desk()
    count = len(entries) if total is None else total
    desk.entries.answers["ListEntries"] = wire.ListEntriesResponse(
        entries=entries, total=count, next_page_token=token
    )
    if entries:
        shown = wire.GetEntryResponse(entry=entries[0], session=session or evening())
        desk.entries.answers["GetEntry"] = shown
        for method in ("ApproveEntry", "RejectEntry", "SettleRefund", "MarkAttendance"):
            answer = getattr(wire, f"{method}Response")
            desk.entries.answers[method] = answer(entry=entries[0])
    desk.users.answers["ListPeople"] = users_service_pb2.ListPeopleResponse(people=PEOPLE)
    return desk


def organiser(desk: Desk, conversation: Conversation | None = None, **person: Any) -> Any:
    known = {"role": Role.ORGANISER, "user_id": UserId(99), **person}
    return desk.call(conversation, **known)


def buttons(answer: Answer) -> list[Button]:
    assert answer.screen
    return [button for row in answer.screen.buttons for button in row]


def labels(answer: Answer) -> list[str]:
    return [button.text for button in buttons(answer)]


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def asked(desk: Desk, kind: type) -> list[Any]:
    return [request for request in desk.entries.requests if isinstance(request, kind)]


async def test_sessions_with_decisions_to_take_are_listed_with_counts() -> None:
    desk = Desk()
    waiting = [wire.Awaiting(session=evening(), entries=2), wire.Awaiting(session=evening(13))]
    desk.entries.answers["ListAwaiting"] = wire.ListAwaitingResponse(sessions=waiting)
    answer = await handlers.awaiting(organiser(desk), ListAwaiting())
    assert "2 entries wait for your decision" in text(answer)
    assert labels(answer)[0] == "Wed, 25 Nov 20:00 · Chilonzor Arena · 2"
    assert buttons(answer)[0].data == OpenEntries(session_id=12)


async def test_nobody_to_decide_on_is_said() -> None:
    desk = Desk()
    desk.entries.answers["ListAwaiting"] = wire.ListAwaitingResponse()
    answer = await handlers.awaiting(organiser(desk), ListAwaiting())
    assert text(answer) == "✅ Nobody waits for a decision."


async def test_entries_are_listed_by_name_with_standing_and_money() -> None:
    team = entry(6, kind=REGISTRATION_KIND_TEAM, user_id=8, player_ids=[7, 8], position=4)
    team.payment.CopyFrom(paid(PAYMENT_STATUS_CONFIRMED, 0))
    waiting = entry(9, status=REGISTRATION_STATUS_WAITLISTED, position=1)
    waiting.ClearField("payment")
    desk = desk_with(entry(), team, waiting)
    answer = await handlers.entries(organiser(desk), OpenEntries(session_id=12))
    money = "40\u00a0000\u00a0UZS"
    assert text(answer).splitlines() == [
        "📝 <b>Entries</b>: 3",
        "",
        f"1. 👤 <b>&lt;Ali&gt;</b> · ✅ place 3 · {money}, receipt shown",
        "2. 👥 <b>Vali</b>'s team · ✅ place 4 · paid",
        "3. 👤 <b>&lt;Ali&gt;</b> · 🕐 queue 1",
    ]
    assert labels(answer) == ["🔔 👤 <Ali>", "👥 Vali", "👤 <Ali>", "« Back"]


async def test_entries_have_pages() -> None:
    crowd = [entry(n) for n in range(1, PAGE * 2 + 1)]
    desk = desk_with(*crowd, total=PAGE * 2 + 3, token="next")
    answer = await handlers.entries(organiser(desk), OpenEntries(session_id=12, index=1))
    [request] = asked(desk, wire.ListEntriesRequest)
    assert request.page_size == PAGE * 2
    assert f"{PAGE + 1}. " in text(answer) and {"« 1", "3 »"} <= set(labels(answer))


async def test_a_page_of_entries_that_is_gone_shows_the_last_there_is() -> None:
    answer = await handlers.entries(
        organiser(desk_with(entry())), OpenEntries(session_id=12, index=9)
    )
    assert "1. " in text(answer) and "10 »" not in labels(answer)


async def test_a_receipt_is_shown_above_the_entry() -> None:
    history = [
        PaymentEvent(at=stamp(NOW), actor_id=7, action="due", amount=40_000),
        PaymentEvent(at=stamp(NOW), actor_id=7, action="receipt", amount=40_000),
    ]
    desk = desk_with(entry(receipt_file_id="photo-1", history=history))
    answer = await handlers.opened(organiser(desk), OpenEntry(entry_id=5))
    money = "40\u00a0000\u00a0UZS"
    assert answer.screen and answer.screen.photo == "photo-1"
    assert text(answer) == (
        "👤 <b>&lt;Ali&gt;</b>\n\n"
        "🏟 Chilonzor Arena\n📅 Wednesday, 25 November, 20:00–21:30\n\n"
        f"✅ place 3\n💰 {money}, receipt shown\n🕐 Signed up: Tue, 24 Nov 14:00\n\n"
        "<b>The payment's history</b>\n"
        f"Tue, 24 Nov 14:00 · &lt;Ali&gt;: to be paid, {money}\n"
        f"Tue, 24 Nov 14:00 · &lt;Ali&gt;: receipt shown, {money}"
    )


async def test_a_teams_entry_names_its_players_and_coupons() -> None:
    team = entry(kind=REGISTRATION_KIND_TEAM, player_ids=[7, 8])
    team.payment.CopyFrom(paid(PAYMENT_STATUS_DUE, 40_000, coupons=1))
    answer = await handlers.opened(organiser(desk_with(team)), OpenEntry(entry_id=5))
    assert "👥 <b>&lt;Ali&gt;</b>'s team, 2 players\n• &lt;Ali&gt;\n• Vali" in text(answer)
    assert "🎟 1 coupon used" in text(answer) and answer.screen and not answer.screen.photo


PLANNED, STARTED = evening(), evening(status=SESSION_STATUS_STARTED)
IN, OUT, BACK = "✅ Approve", "❌ Turn down", "« Entries"
OFF, GIVEN, NEVER = "➖ Take off", "💸 Money given back", "🚫 It had never come"


@pytest.mark.parametrize(
    ("status", "payment", "session", "ways"),
    [
        (REGISTRATION_STATUS_PENDING, None, PLANNED, [IN, OUT]),
        (REGISTRATION_STATUS_PENDING, PAYMENT_STATUS_DUE, PLANNED, [IN, OUT]),
        (REGISTRATION_STATUS_CONFIRMED, PAYMENT_STATUS_SUBMITTED, PLANNED, [IN, OUT]),
        (REGISTRATION_STATUS_CONFIRMED, PAYMENT_STATUS_SUBMITTED, STARTED, [IN]),
        (REGISTRATION_STATUS_CONFIRMED, PAYMENT_STATUS_DUE, PLANNED, [IN, OFF]),
        (REGISTRATION_STATUS_CONFIRMED, PAYMENT_STATUS_CONFIRMED, PLANNED, [OFF]),
        (REGISTRATION_STATUS_CONFIRMED, PAYMENT_STATUS_CONFIRMED, STARTED, []),
        (REGISTRATION_STATUS_CONFIRMED, None, PLANNED, [OFF]),
        (REGISTRATION_STATUS_WAITLISTED, None, PLANNED, [OFF]),
        (REGISTRATION_STATUS_CANCELLED, PAYMENT_STATUS_REFUND_DUE, PLANNED, [GIVEN, NEVER]),
    ],
)
async def test_an_entry_offers_what_may_be_decided(
    status: Any, payment: Any, session: Session, ways: list[str]
) -> None:
    shown = entry(status=status)
    shown.ClearField("payment")
    if payment is not None:
        shown.payment.CopyFrom(paid(payment))
    desk = desk_with(shown, session=session)
    answer = await handlers.opened(organiser(desk), OpenEntry(entry_id=5))
    assert labels(answer) == [*ways, BACK]


async def test_approving_says_who_and_goes_on_with_the_list() -> None:
    desk = desk_with(entry())
    answer = await handlers.approved(organiser(desk), ApproveEntry(entry_id=5))
    [request] = asked(desk, wire.ApproveEntryRequest)
    assert (request.entry_id, request.write.request_id) == (5, "tg:42:1001:0")
    assert answer.toast == "✅ <Ali> is in" and "Entries" in text(answer)


@pytest.mark.parametrize("reason", ["ENTRY_ENDED", "ENTRY_WAITING"])
async def test_a_stale_approval_says_why_not_and_shows_the_entry_as_it_is(reason: str) -> None:
    desk = desk_with(entry(status=REGISTRATION_STATUS_WAITLISTED))
    desk.entries.answers["ApproveEntry"] = RemoteRefusal(Kind.CONFLICT, reason, {})
    answer = await handlers.approved(organiser(desk), ApproveEntry(entry_id=5))
    assert answer.alert and answer.toast and labels(answer) == [OFF, BACK]


async def test_a_refund_that_was_settled_meanwhile_shows_the_entry_as_it_is() -> None:
    desk = desk_with(entry(status=REGISTRATION_STATUS_CANCELLED))
    desk.entries.answers["SettleRefund"] = RemoteRefusal(Kind.CONFLICT, "REFUND_NOT_DUE", {})
    data = SettleRefund(entry_id=5, not_received=False)
    answer = await handlers.settled(organiser(desk), data)
    assert answer.alert and labels(answer) == [BACK]


async def test_other_refusals_are_told_as_everywhere() -> None:
    desk = desk_with(entry())
    refusal = RemoteRefusal(Kind.FORBIDDEN, "NOT_ALLOWED", {})
    for method in ("ApproveEntry", "SettleRefund", "MarkAttendance"):
        desk.entries.answers[method] = refusal
    call = organiser(desk)
    with pytest.raises(RemoteRefusal):
        await handlers.approved(call, ApproveEntry(entry_id=5))
    with pytest.raises(RemoteRefusal):
        await handlers.settled(call, SettleRefund(entry_id=5, not_received=True))
    with pytest.raises(RemoteRefusal):
        await attendance.marked(call, MarkAttendance(session_id=12, user_id=7, attended=True))


async def test_a_player_who_left_meanwhile_goes_off_the_list() -> None:
    desk = desk_with(entry())
    desk.entries.answers["MarkAttendance"] = RemoteRefusal(Kind.CONFLICT, "NOT_A_MEMBER", {})
    data = MarkAttendance(session_id=12, user_id=8, attended=True)
    answer = await attendance.marked(organiser(desk), data)
    assert answer.alert and answer.toast == "That player is no longer in."
    assert labels(answer) == ["▫️ <Ali>", "« Back"]


async def test_turning_down_asks_for_a_reason_first() -> None:
    desk = desk_with(entry())
    answer = await handlers.asked_reason(organiser(desk), AskReason(entry_id=5))
    assert answer.conversation == Conversation(
        name="approvals", step="reason", data={"entry": "5", "name": "<Ali>"}
    )
    assert "Why will <b>&lt;Ali&gt;</b> not play?" in text(answer) and desk.writes == 0


REASON = Conversation(name="approvals", step="reason", data={"entry": "5", "name": "<Ali>"})


async def test_the_typed_reason_is_sent_on() -> None:
    desk = desk_with(entry())
    answer = await handlers.rejected(organiser(desk, REASON), Said(text=" No\nreceipt "))
    [request] = asked(desk, wire.RejectEntryRequest)
    assert (request.entry_id, request.reason) == (5, "No receipt")
    assert answer.conversation is ENDED
    assert text(answer).startswith("❌ <b>&lt;Ali&gt;</b> is off, and is told why.")


@pytest.mark.parametrize("said", [Said(), Said(text=" \u200e "), Said(text="x" * 301)])
async def test_a_reason_that_is_none_is_asked_again(said: Said) -> None:
    desk = desk_with(entry())
    answer = await handlers.rejected(organiser(desk, REASON), said)
    assert answer.conversation == REASON and desk.writes == 0
    assert "⚠️ Type the reason" in text(answer)


@pytest.mark.parametrize("reason", ["ENTRY_ENDED", "ENTRY_NOT_FOUND", "SESSION_STARTED"])
async def test_an_entry_that_is_gone_ends_the_conversation(reason: str) -> None:
    desk = desk_with(entry())
    desk.entries.answers["RejectEntry"] = RemoteRefusal(Kind.CONFLICT, reason, {})
    handler = FEATURE.steps["approvals.reason"]
    answer = await handler(organiser(desk, REASON), Said(text="late"))
    assert answer.conversation is ENDED


@pytest.mark.parametrize(
    ("not_received", "toast"),
    [
        (False, "💸 <Ali>: the money was given back"),
        (True, "🚫 <Ali>: noted, the money had never come"),
    ],
)
async def test_a_refund_is_settled_either_way(not_received: bool, toast: str) -> None:
    desk = desk_with(entry(payment=paid(PAYMENT_STATUS_REFUND_DUE)))
    data = SettleRefund(entry_id=5, not_received=not_received)
    answer = await handlers.settled(organiser(desk), data)
    [request] = asked(desk, wire.SettleRefundRequest)
    assert request.not_received is not_received and answer.toast == toast


async def test_attendance_carries_what_is_to_be_written() -> None:
    team = entry(kind=REGISTRATION_KIND_TEAM, player_ids=[7, 8], attended_ids=[8])
    waiting = entry(6, status=REGISTRATION_STATUS_WAITLISTED, player_ids=[99])
    desk = desk_with(team, waiting)
    answer = await attendance.opened(organiser(desk), OpenAttendance(session_id=12))
    assert text(answer).startswith("🙋 <b>Who came</b>: 1/2")
    assert labels(answer) == ["▫️ <Ali>", "✅ Vali", "« Back"]
    assert [button.data for button in buttons(answer)[:2]] == [
        MarkAttendance(session_id=12, user_id=7, attended=True, index=0),
        MarkAttendance(session_id=12, user_id=8, attended=False, index=0),
    ]


async def test_a_mark_is_written_and_the_same_page_comes_again() -> None:
    crowd = [entry(n, user_id=n, player_ids=[n]) for n in range(1, 13)]
    desk = desk_with(*crowd)
    data = MarkAttendance(session_id=12, user_id=11, attended=True, index=1)
    answer = await attendance.marked(organiser(desk), data)
    [request] = asked(desk, wire.MarkAttendanceRequest)
    assert (request.session_id, request.user_id, request.attended) == (12, 11, True)
    assert labels(answer) == ["▫️ Player", "▫️ Player", "« 1", "« Back"]


async def test_attendance_without_anybody_says_so() -> None:
    answer = await attendance.opened(organiser(desk_with()), OpenAttendance(session_id=12))
    assert "Nobody is confirmed" in text(answer) and labels(answer) == ["« Back"]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("photo", ["", "photo-1"])
async def test_the_longest_entry_can_be_sent(language: str, photo: str) -> None:
    long = "👨‍👩‍👧‍👦" * 300
    people = [user_pb2.Person(id=n, name="🏟" * 64) for n in range(1, 100)]
    history = [
        PaymentEvent(at=stamp(NOW), actor_id=9, action="not_received", amount=10**7)
        for _ in range(40)
    ]
    shown = entry(
        2**63 - 1,
        kind=REGISTRATION_KIND_TEAM,
        player_ids=range(1, 16),
        reason=long,
        history=history,
        receipt_file_id=photo,
        payment=paid(PAYMENT_STATUS_REFUND_DUE, 10**9, 15),
    )
    session = evening(venue=type(ARENA)(name="🏟" * 64, time_zone="Asia/Tashkent"))
    desk = desk_with(shown, *[entry(n) for n in range(1, 10)], session=session)
    desk.users.answers["ListPeople"] = users_service_pb2.ListPeopleResponse(people=people)
    call = organiser(desk, language=language)
    assert faults(await handlers.opened(call, OpenEntry(entry_id=5))) == []
    assert faults(await handlers.entries(call, OpenEntries(session_id=12))) == []
    assert faults(await attendance.opened(call, OpenAttendance(session_id=2**63 - 1))) == []


async def test_a_cancelled_sessions_entries_can_only_be_settled() -> None:
    shown = entry(status=REGISTRATION_STATUS_CANCELLED, payment=paid(PAYMENT_STATUS_REFUND_DUE))
    desk = desk_with(shown, session=evening(status=SESSION_STATUS_CANCELLED))
    answer = await handlers.opened(organiser(desk), OpenEntry(entry_id=5))
    assert labels(answer) == [GIVEN, NEVER, BACK]
