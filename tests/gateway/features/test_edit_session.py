"""An organiser changes a session or cancels it."""

from typing import Any

import pytest
from fotbot.sessions.v1 import sessions_service_pb2 as wire
from fotbot.sessions.v1.session_pb2 import SESSION_STATUS_CANCELLED, Venue

from services.gateway.answers import Answer
from services.gateway.calls import Role, UserId
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.edit_session import handlers
from services.gateway.features.edit_session.callbacks import (
    Amend,
    AskCancelling,
    CancelSession,
    EditField,
    OpenEditing,
)
from services.gateway.features.feature import Said
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import ARENA, evening, seen, stamp


def organiser(desk: Desk, conversation: Conversation | None = None) -> Any:
    desk.sessions.answers.setdefault("GetSession", wire.GetSessionResponse(session=seen()))
    desk.sessions.answers.setdefault("ListVenues", wire.ListVenuesResponse(venues=[ARENA]))
    desk.sessions.answers.setdefault("EditSession", wire.EditSessionResponse())
    return desk.call(conversation, role=Role.ORGANISER, user_id=UserId(99))


def editing(step: str, **answers: str) -> Conversation:
    known = {"session": "12", "zone": "Asia/Tashkent", "squad": "7", "minutes": "90"}
    data = {**known, **answers}
    return Conversation(name="edit", step=step, data=data)


def edits(desk: Desk) -> list[wire.EditSessionRequest]:
    return [r for r in desk.sessions.requests if isinstance(r, wire.EditSessionRequest)]


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


async def test_the_card_leads_to_what_can_be_changed() -> None:
    answer = await handlers.opened(organiser(Desk()), OpenEditing(session_id=12))
    assert answer.screen
    labels = [button.text for row in answer.screen.buttons for button in row]
    fields = ["🕗 Time", "🏟 Venue", "💰 Price", "👥 Places", "🔓 Opening"]
    assert labels[:6] == [*fields, "❌ Cancel the session"]


@pytest.mark.parametrize("field", ["day", "venue", "price", "capacity"])
async def test_a_field_begins_its_question_and_remembers_the_session(field: str) -> None:
    answer = await handlers.asked(organiser(Desk()), EditField(session_id=12, field=field))
    assert answer.conversation == editing(field)


async def test_a_forged_field_is_stale() -> None:
    answer = await handlers.asked(organiser(Desk()), EditField(session_id=12, field="owner"))
    assert answer.conversation is None and answer.toast


async def test_a_day_wants_a_time_before_anything_changes() -> None:
    desk = Desk()
    call = organiser(desk, editing("day"))
    answer = await handlers.chosen(call, Amend(step="day", value="2026-11-26"))
    assert answer.conversation == editing("time", day="2026-11-26")
    assert edits(desk) == []


async def test_a_new_time_keeps_the_length() -> None:
    desk = Desk()
    call = organiser(desk, editing("time", day="2026-11-26"))
    answer = await handlers.said(call, Said(text="21:00"))
    [request] = edits(desk)
    assert request.starts_at == stamp(NOW.replace(day=26, hour=16))
    assert request.ends_at == stamp(NOW.replace(day=26, hour=17, minute=30))
    assert not request.HasField("price") and not request.HasField("capacity")
    assert answer.conversation is ENDED and text(answer).startswith("✅ Changed")


@pytest.mark.parametrize(("field", "value"), [("price", 0), ("capacity", 14)])
async def test_a_number_is_changed_at_once(field: str, value: int) -> None:
    desk = Desk()
    call = organiser(desk, editing(field))
    await handlers.chosen(call, Amend(step=field, value=str(value)))
    [request] = edits(desk)
    assert {told.name for told, _ in request.ListFields()} == {"write", "session_id", field}
    assert getattr(request, field) == value


async def test_a_new_venue_is_made_and_moved_to_under_two_ids() -> None:
    desk = Desk()
    made = Venue(id=4, name="Yunusobod", time_zone="Asia/Tashkent")
    desk.sessions.answers["CreateVenue"] = wire.CreateVenueResponse(venue=made)
    await handlers.said(organiser(desk, editing("venue")), Said(text="Yunusobod"))
    creation, request = desk.sessions.requests[0], edits(desk)[0]
    assert isinstance(creation, wire.CreateVenueRequest)
    assert creation.write.request_id == "tg:42:1001:0"
    assert request.write.request_id == "tg:42:1001:1" and request.venue_id == 4


@pytest.mark.parametrize("said", [Said(), Said(text="101"), Said(text="ten")])
async def test_a_bad_answer_changes_nothing_and_is_asked_again(said: Said) -> None:
    desk = Desk()
    answer = await handlers.said(organiser(desk, editing("capacity")), said)
    assert answer.conversation == editing("capacity") and "⚠️" in text(answer)
    assert edits(desk) == []


async def test_a_button_of_another_question_is_stale() -> None:
    desk = Desk()
    call = organiser(desk, editing("price"))
    answer = await handlers.chosen(call, Amend(step="capacity", value="12"))
    assert answer.toast and answer.screen is None and edits(desk) == []


async def test_cancelling_is_asked_before_it_is_done() -> None:
    desk = Desk()
    answer = await handlers.cancelling(organiser(desk), AskCancelling(session_id=12))
    assert "Cancel the session?" in text(answer) and desk.writes == 0


async def test_a_cancelled_session_says_so_on_its_card() -> None:
    desk = Desk()
    over = seen(evening(status=SESSION_STATUS_CANCELLED))
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=over)
    desk.sessions.answers["CancelSession"] = wire.CancelSessionResponse()
    answer = await handlers.cancelled(organiser(desk), CancelSession(session_id=12))
    assert answer.toast == "The session is cancelled"
    assert "This session is cancelled" in text(answer)
