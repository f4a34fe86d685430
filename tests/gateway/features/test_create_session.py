"""An organiser opens a session, with clumsy fingers."""

from typing import Any

import pytest
from fotbot.sessions.v1 import league_service_pb2 as league
from fotbot.sessions.v1 import sessions_service_pb2 as wire
from fotbot.sessions.v1.session_pb2 import FORMAT_SIX_A_SIDE, Venue

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Role
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.create_session import handlers
from services.gateway.features.create_session.callbacks import (
    Choose,
    ConfirmCreation,
    StepBack,
)
from services.gateway.features.create_session.screens import STEPS
from services.gateway.features.feature import Said
from services.gateway.rendering import faults
from tests.fakes.asking import Desk
from tests.fakes.evenings import ARENA, evening

ANSWERS = {
    "venue": "3",
    "venue_name": "Chilonzor Arena",
    "zone": "Asia/Tashkent",
    "day": "2026-11-25",
    "time": "20:00",
    "minutes": "90",
    "format": "6",
    "squad": "7",
    "price": "40000",
    "capacity": "12",
    "approval": "1",
}


def at(step: str, **changed: str) -> Conversation:
    """The conversation at a step, with all that comes before it answered."""
    before = STEPS[: STEPS.index(step)]
    names = {name for name in ANSWERS if name in before}
    if step != "venue":
        names |= {"venue_name", "zone"}
    kept = {name: ANSWERS[name] for name in ANSWERS if name in names}
    return Conversation(name="create", step=step, data={**kept, **changed})


def organiser(conversation: Conversation | None = None, desk: Desk | None = None) -> Any:
    desk = desk or Desk()
    desk.sessions.answers.setdefault("ListVenues", wire.ListVenuesResponse(venues=[ARENA]))
    settings = league.OrganiserSettings(default_price=35_000)
    desk.league.answers["GetOrganiserSettings"] = league.GetOrganiserSettingsResponse(
        settings=settings
    )
    return desk.call(conversation, role=Role.ORGANISER)


def step_of(answer: Answer) -> str:
    assert isinstance(answer.conversation, Conversation)
    return answer.conversation.step


async def test_a_player_cannot_begin_and_sessions_hears_of_his_try() -> None:
    desk = Desk()
    desk.league.answers["GetOrganiserSettings"] = RemoteRefusal(Kind.FORBIDDEN, "NOT_ALLOWED", {})
    answer = await handlers.begun(desk.call())
    assert desk.league.requests == [league.GetOrganiserSettingsRequest(actor_id=7)]
    assert answer.screen and answer.screen.text == "🔒 You are not allowed to do that."
    assert answer.conversation is None


async def test_the_venues_come_first_as_buttons() -> None:
    answer = await handlers.begun(organiser())
    assert step_of(answer) == "venue"
    assert answer.screen and answer.screen.buttons[0][0].text == "Chilonzor Arena"


async def test_a_pressed_venue_is_looked_up_and_brings_its_zone() -> None:
    answer = await handlers.chosen(organiser(at("venue")), Choose(step="venue", value="3"))
    assert step_of(answer) == "day"
    assert isinstance(answer.conversation, Conversation)
    assert answer.conversation.data["zone"] == "Asia/Tashkent"


async def test_a_venue_that_is_gone_is_asked_again() -> None:
    answer = await handlers.chosen(organiser(at("venue")), Choose(step="venue", value="4"))
    assert step_of(answer) == "venue"
    assert answer.screen and "There is no such venue" in answer.screen.text


async def test_a_typed_venue_is_made() -> None:
    desk = Desk()
    made = Venue(id=4, name="Yunusobod", time_zone="Asia/Tashkent")
    desk.sessions.answers["CreateVenue"] = wire.CreateVenueResponse(venue=made)
    answer = await handlers.said(organiser(at("venue"), desk), Said(text=" Yunusobod\n"))
    [request] = desk.sessions.requests
    assert isinstance(request, wire.CreateVenueRequest)
    assert (request.name, request.write.request_id) == ("Yunusobod", "tg:42:1001:0")
    assert step_of(answer) == "day"


async def test_fourteen_days_are_offered_in_the_venues_zone() -> None:
    answer = await handlers.chosen(organiser(at("venue")), Choose(step="venue", value="3"))
    assert answer.screen
    labels = [button.text for row in answer.screen.buttons[:-1] for button in row]
    assert len(labels) == 14
    assert labels[:3] == ["Today, 24 November", "Tomorrow, 25 November", "Thu, 26 Nov"]


@pytest.mark.parametrize(
    ("step", "value", "following"),
    [
        ("day", "2026-11-25", "time"),
        ("time", "2000", "minutes"),
        ("minutes", "90", "format"),
        ("format", "6", "squad"),
        ("squad", "7", "price"),
        ("price", "40000", "capacity"),
        ("capacity", "12", "approval"),
        ("approval", "no", "confirm"),
    ],
)
async def test_a_button_leads_to_the_next_step(step: str, value: str, following: str) -> None:
    answer = await handlers.chosen(organiser(at(step)), Choose(step=step, value=value))
    assert step_of(answer) == following


@pytest.mark.parametrize(
    ("step", "text", "following"),
    [
        ("day", "25.11", "time"),
        ("day", "25.12.2026", "time"),
        ("time", "19:30", "minutes"),
        ("minutes", "75", "format"),
        ("format", "5", "squad"),
        ("squad", "4", "price"),
        ("squad", "15", "price"),
        ("price", "0", "capacity"),
        ("price", "35 000", "capacity"),
        ("capacity", "2", "approval"),
        ("capacity", "100", "approval"),
        ("approval", "Yes", "confirm"),
        ("approval", "yo‘q", "confirm"),
        ("approval", "Yo'q", "confirm"),
        ("approval", " ДА! ", "confirm"),
        ("approval", "✅ No, at once", "confirm"),
        ("approval", "✅ Yo'q, darhol", "confirm"),
    ],
)
async def test_a_typed_answer_leads_to_the_next_step(step: str, text: str, following: str) -> None:
    answer = await handlers.said(organiser(at(step)), Said(text=text))
    assert step_of(answer) == following


BAD = [
    ("day", "23.11.2026", "That day has passed"),
    ("day", "31.02", "I could not read that date"),
    ("day", "tomorrow", "I could not read that date"),
    ("day", "01.01.2099", "That day is too far away"),
    ("day", "31.12.9999", "That day is too far away"),
    ("time", "25:61", "There is no such time"),
    ("time", "evening", "There is no such time"),
    ("minutes", "0", "Type the length"),
    ("minutes", "1000", "Type the length"),
    ("format", "7", "Press one of the buttons"),
    ("squad", "3", "A side can have 4 to 15 people"),
    ("squad", "16", "A side can have 4 to 15 people"),
    ("squad", "seven", "A side can have 4 to 15 people"),
    ("approval", "maybe", "Press one of the buttons or type yes or no"),
    ("price", "-1", "Type the price"),
    ("price", "1e9", "Type the price"),
    ("price", "1000000000", "Type the price"),
    ("capacity", "0", "There can be 2 to 100 places"),
    ("capacity", "-1", "There can be 2 to 100 places"),
    ("capacity", "1", "There can be 2 to 100 places"),
    ("capacity", "101", "There can be 2 to 100 places"),
    ("capacity", "1e9", "There can be 2 to 100 places"),
    ("capacity", "1000000000", "There can be 2 to 100 places"),
    ("capacity", "ten", "There can be 2 to 100 places"),
    ("capacity", "١٢", "There can be 2 to 100 places"),
]


@pytest.mark.parametrize(("step", "text", "problem"), BAD)
async def test_a_bad_answer_is_told_and_the_step_asked_again(
    step: str, text: str, problem: str
) -> None:
    conversation = at(step)
    answer = await handlers.said(organiser(conversation), Said(text=text))
    assert answer.conversation == conversation
    assert answer.screen and f"⚠️ {problem}" in answer.screen.text


async def test_a_forged_button_is_read_as_sternly_as_words() -> None:
    answer = await handlers.chosen(organiser(at("capacity")), Choose(step="capacity", value="101"))
    assert step_of(answer) == "capacity"
    assert answer.screen and "⚠️ There can be 2 to 100 places" in answer.screen.text


async def test_a_time_that_has_passed_today_is_asked_again() -> None:
    answer = await handlers.said(organiser(at("time", day="2026-11-24")), Said(text="13:59"))
    assert step_of(answer) == "time"
    assert answer.screen and "That time has passed" in answer.screen.text


@pytest.mark.parametrize("step", [step for step in STEPS if step != "confirm"])
@pytest.mark.parametrize("said", [Said(), Said(photo="file")])
async def test_a_sticker_or_a_photo_is_asked_again(step: str, said: Said) -> None:
    answer = await handlers.said(organiser(at(step)), said)
    assert step_of(answer) == step
    assert answer.screen and "Words are due here" in answer.screen.text


async def test_words_at_the_end_are_no_consent() -> None:
    answer = await handlers.said(organiser(at("confirm")), Said(text="yes"))
    assert step_of(answer) == "confirm"


async def offered(step: str) -> list[str]:
    """The labels of a step's buttons, without the ways out."""
    answer = await handlers.said(organiser(at(step)), Said())
    assert answer.screen
    return [button.text for row in answer.screen.buttons[:-1] for button in row]


async def test_the_organisers_own_price_is_offered_first() -> None:
    assert (await offered("price"))[:2] == ["35 000 UZS", "free"]


async def test_the_places_offered_are_whole_squads() -> None:
    assert (await offered("squad"))[0] == "7"
    assert (await offered("capacity"))[:3] == ["28", "21", "14"]


async def test_no_more_places_are_offered_than_there_can_be() -> None:
    answer = await handlers.said(organiser(at("capacity", squad="15")), Said())
    assert answer.screen
    labels = [button.text for row in answer.screen.buttons[:-1] for button in row]
    assert labels == ["60", "45", "30", "75", "90"]


async def test_a_session_that_needs_approval_says_so_before_it_is_opened() -> None:
    answer = await handlers.said(organiser(at("confirm")), Said(text="?"))
    assert answer.screen and "The organiser approves every registration" in answer.screen.text
    answer = await handlers.said(organiser(at("confirm", approval="0")), Said(text="?"))
    assert answer.screen and "approves every" not in answer.screen.text


@pytest.mark.parametrize(("step", "before"), list(zip(STEPS[1:], STEPS, strict=False)))
async def test_back_asks_the_step_before_again(step: str, before: str) -> None:
    answer = await handlers.went_back(organiser(at(step)), StepBack(step=step))
    assert step_of(answer) == before
    assert isinstance(answer.conversation, Conversation)
    kept = set(at(step).data) - {before, *({"venue_name", "zone"} if before == "venue" else ())}
    assert set(answer.conversation.data) == kept


async def test_what_came_after_a_step_that_was_gone_back_to_is_kept() -> None:
    back = await handlers.went_back(organiser(at("confirm")), StepBack(step="confirm"))
    assert isinstance(back.conversation, Conversation)
    again = Conversation(name="create", step="price", data=back.conversation.data)
    answer = await handlers.said(organiser(again), Said(text="0"))
    assert step_of(answer) == "approval"


async def test_every_step_but_the_first_has_a_way_back() -> None:
    for step in STEPS:
        answer = await handlers.said(organiser(at(step)), Said())
        assert answer.screen
        labels = [button.text for button in answer.screen.buttons[-1]]
        assert labels == (["✖️ Cancel"] if step == "venue" else ["« Back", "✖️ Cancel"]), step


async def test_going_back_from_another_step_is_stale() -> None:
    answer = await handlers.went_back(organiser(at("price")), StepBack(step="capacity"))
    assert answer.conversation is None and answer.toast and "out of date" in answer.toast
    answer = await handlers.went_back(organiser(at("venue")), StepBack(step="venue"))
    assert answer.conversation is None and answer.toast


async def test_going_back_in_a_lost_conversation_starts_again() -> None:
    answer = await handlers.went_back(organiser(), StepBack(step="price"))
    assert answer.toast and answer.toast.startswith("🔁")
    assert step_of(answer) == "venue"


async def test_a_button_of_another_step_is_stale() -> None:
    answer = await handlers.chosen(organiser(at("price")), Choose(step="capacity", value="12"))
    assert answer.screen is None and answer.conversation is None
    assert answer.toast and "out of date" in answer.toast


async def test_a_lost_conversation_starts_again_politely() -> None:
    answer = await handlers.chosen(organiser(), Choose(step="price", value="0"))
    assert answer.toast and answer.toast.startswith("🔁")
    assert step_of(answer) == "venue"


async def test_confirming_twice_opens_once() -> None:
    desk = Desk()
    answer = await handlers.confirmed(organiser(None, desk), ConfirmCreation())
    assert answer.toast and "out of date" in answer.toast
    assert desk.writes == 0


async def test_confirming_opens_the_session_in_the_venues_zone() -> None:
    desk = Desk()
    desk.sessions.answers["CreateSession"] = wire.CreateSessionResponse(session=evening())
    answer = await handlers.confirmed(organiser(at("confirm"), desk), ConfirmCreation())
    assert answer.conversation is ENDED
    assert answer.screen and "The session is open" in answer.screen.text
    [request] = desk.sessions.requests
    assert isinstance(request, wire.CreateSessionRequest)
    assert request == wire.CreateSessionRequest(
        write=request.write,
        venue_id=3,
        starts_at=evening().starts_at,
        ends_at=evening().ends_at,
        format=FORMAT_SIX_A_SIDE,
        price=40_000,
        capacity=12,
        squad_size=7,
        needs_approval=True,
    )


@pytest.mark.parametrize(
    ("reason", "step", "problem"),
    [
        ("STARTS_IN_PAST", "day", "That time has passed"),
        ("VENUE_BUSY", "day", "The venue is taken"),
        ("VENUE_NOT_FOUND", "venue", "There is no such venue"),
        ("TOO_LONG", "minutes", "That is too long"),
        ("SQUAD_SIZE_INVALID", "squad", "A side can have 4 to 15 people"),
        ("CAPACITY_INVALID", "capacity", "There can be 2 to 100 places"),
    ],
)
async def test_what_sessions_refuses_is_asked_again_and_the_rest_is_kept(
    reason: str, step: str, problem: str
) -> None:
    desk = Desk()
    desk.sessions.answers["CreateSession"] = RemoteRefusal(Kind.INVALID, reason, {})
    answer = await handlers.confirmed(organiser(at("confirm"), desk), ConfirmCreation())
    assert step_of(answer) == step
    assert answer.screen and f"⚠️ {problem}" in answer.screen.text
    assert isinstance(answer.conversation, Conversation)
    assert step not in answer.conversation.data and len(answer.conversation.data) >= 6


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_every_step_can_be_sent(step: str, language: str) -> None:
    desk = Desk()
    venues = [Venue(id=2**63 - 1, name="🏟" * 64, time_zone="Asia/Tashkent")] * 10
    desk.sessions.answers["ListVenues"] = wire.ListVenuesResponse(venues=venues)
    organiser(desk=desk)
    call = desk.call(at(step, venue_name="🏟" * 64), role=Role.ORGANISER, language=language)
    answer = await handlers.said(call, Said())
    assert faults(answer) == []
