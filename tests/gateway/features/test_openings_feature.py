"""When registration opens: an organiser says so if he likes, and whoever comes early is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fotbot.sessions.v1 import sessions_service_pb2 as wire
from fotbot.teams.v1 import teams_service_pb2 as team_wire
from fotbot.teams.v1.team_pb2 import Team
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Role
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.create_session import handlers, opening
from services.gateway.features.create_session.callbacks import (
    AskOpening,
    Choose,
    ConfirmCreation,
    StepBack,
)
from services.gateway.features.create_session.reading import Unclear
from services.gateway.features.edit_session import handlers as editing
from services.gateway.features.edit_session.callbacks import EditField
from services.gateway.features.entries import handlers as entering
from services.gateway.features.entries.callbacks import ChooseTeam
from services.gateway.features.feature import Said
from services.gateway.features.sessions import handlers as sessions
from services.gateway.features.sessions.callbacks import JoinSession
from services.gateway.features.sessions.card import card
from services.gateway.rendering import faults
from services.gateway.texts import texts_for
from tests.fakes.asking import NOW, Desk
from tests.fakes.evenings import evening, seen, stamp
from tests.gateway.features.test_create_session import ANSWERS

# By the clock in Tashkent, five hours ahead: the session is on the 25th at 20:00.
NOON = stamp(datetime.fromisoformat("2026-11-25T07:00:00+00:00"))


def asking(step: str = opening.STEP, **kept: str) -> Conversation:
    return Conversation(name="create", step=step, data={**ANSWERS, **kept})


def organiser(conversation: Conversation | None = None, desk: Desk | None = None) -> Any:
    desk = desk or Desk()
    desk.sessions.answers.setdefault("GetSession", wire.GetSessionResponse(session=seen()))
    desk.sessions.answers.setdefault("CreateSession", wire.CreateSessionResponse(session=evening()))
    return desk.call(conversation, role=Role.ORGANISER)


def labels(answer: Answer) -> list[str]:
    assert answer.screen
    return [button.text for row in answer.screen.buttons for button in row]


def kept(answer: Answer) -> Conversation:
    assert isinstance(answer.conversation, Conversation)
    return answer.conversation


async def test_who_does_not_ask_opens_registration_at_once() -> None:
    answer = await handlers.said(organiser(asking("confirm")), Said(text="?"))
    assert labels(answer)[1] == "🔓 Registration opens: now ▸"
    desk = Desk()
    await handlers.confirmed(organiser(asking("confirm"), desk), ConfirmCreation())
    assert not desk.sessions.requests[-1].HasField("registration_opens_at")


async def test_one_press_asks_one_says_when_and_the_session_is_made_so() -> None:
    asked = await handlers.asked_opening(organiser(asking("confirm")), AskOpening())
    assert kept(asked).step == "opens"
    assert labels(asked)[:2] == ["🔓 Now", "Wed, 25 Nov 12:00"]
    choice = Choose(step="opens", value="25.11.2026 12.00")
    chosen = await handlers.chosen(organiser(kept(asked)), choice)
    assert kept(chosen).step == "confirm"
    assert labels(chosen)[1] == "🔓 Registration opens: Wed, 25 Nov 12:00 ▸"
    assert chosen.screen and "🔒 Registration opens Wed, 25 Nov 12:00" in chosen.screen.text
    desk = Desk()
    made = await handlers.confirmed(organiser(kept(chosen), desk), ConfirmCreation())
    assert made.conversation is ENDED
    assert desk.sessions.requests[-1].registration_opens_at == NOON


async def test_all_that_is_offered_can_be_chosen() -> None:
    far = {"day": "2026-12-20"}
    asked = await handlers.asked_opening(organiser(asking("confirm", **far)), AskOpening())
    assert labels(asked)[:-2] == [
        "🔓 Now",
        "Wed, 25 Nov 12:00",
        "Sun, 13 Dec 12:00",
        "Thu, 17 Dec 12:00",
        "Fri, 18 Dec 12:00",
        "Sat, 19 Dec 12:00",
    ]
    for _, value in opening.opening_options({**ANSWERS, **far}, NOW, texts_for("en")):
        chosen = await handlers.chosen(organiser(kept(asked)), Choose(step="opens", value=value))
        assert kept(chosen).step == "confirm"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("25.11 12:00", "2026-11-25T12:00"),
        (" 25.11.2026  19:59 ", "2026-11-25T19:59"),
        ("2026-11-24 14.01", "2026-11-24T14:01"),
        ("24.11 2300", "2026-11-24T23:00"),
        ("now", ""),
        ("🔓 Now", ""),
        ("Hozir!", ""),
        ("сейчас", ""),
    ],
)
def test_a_moment_can_be_typed(said: str, expected: str) -> None:
    assert opening.read_opening(said, ANSWERS, NOW) == {"opens": expected}


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("", "typed.opens"),
        ("soon", "typed.opens"),
        ("now or never", "typed.opens"),
        ("25.11", "typed.opens"),
        ("12:00", "typed.opens"),
        ("31.02 12:00", "typed.opens"),
        ("25.11 25:00", "typed.opens"),
        ("9" * 4000, "typed.opens"),
        ("24.11.2026 13:59", "typed.opens_past"),
        ("24.11.2026 14:00", "typed.opens_past"),
        ("25.11 20:00", "error.OPENS_TOO_LATE"),
        ("26.11 10:00", "error.OPENS_TOO_LATE"),
    ],
)
async def test_what_is_no_moment_before_the_start_is_asked_again(said: str, problem: str) -> None:
    with pytest.raises(Unclear) as unclear:
        opening.read_opening(said, ANSWERS, NOW)
    assert unclear.value.key == problem
    answer = await handlers.said(organiser(asking()), Said(text=said))
    assert kept(answer).step == "opens"
    assert answer.screen and texts_for("en")(problem) in answer.screen.text


async def test_back_from_the_aside_leads_to_the_summary_with_all_that_was_said() -> None:
    conversation = asking(opens="2026-11-25T12:00")
    answer = await handlers.went_back(organiser(conversation), StepBack(step="opens"))
    assert kept(answer) == asking("confirm", opens="2026-11-25T12:00")


async def test_asking_aside_anywhere_else_is_stale_and_in_a_lost_conversation_begins_anew() -> None:
    answer = await handlers.asked_opening(organiser(asking("price")), AskOpening())
    assert answer.screen is None and answer.toast and "out of date" in answer.toast
    desk = Desk()
    desk.sessions.answers["ListVenues"] = wire.ListVenuesResponse()
    answer = await handlers.asked_opening(organiser(None, desk), AskOpening())
    assert kept(answer).step == "venue" and answer.toast and answer.toast.startswith("🔁")


async def test_a_start_moved_before_the_opening_has_it_asked_again() -> None:
    desk = Desk()
    desk.sessions.answers["CreateSession"] = RemoteRefusal(Kind.INVALID, "OPENS_TOO_LATE", {})
    conversation = asking("confirm", opens="2026-11-25T12:00")
    answer = await handlers.confirmed(organiser(conversation, desk), ConfirmCreation())
    assert kept(answer).step == "opens" and "opens" not in kept(answer).data


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("step", ["opens", "confirm"])
async def test_both_screens_can_be_sent(step: str, language: str) -> None:
    far = asking(step, day="2027-10-20", opens="2027-10-19T12:00", venue_name="🏟" * 64)
    call = Desk().call(far, role=Role.ORGANISER, language=language)
    assert faults(await handlers.said(call, Said())) == []


async def test_an_organiser_puts_the_opening_off_and_opens_at_once() -> None:
    desk = Desk()
    desk.sessions.answers["EditSession"] = wire.EditSessionResponse()
    asked = await editing.asked(organiser(desk=desk), EditField(session_id=12, field="opens"))
    assert labels(asked)[:2] == ["🔓 Now", "Wed, 25 Nov 12:00"]
    for said, expected in (("25.11 12:00", NOON), ("now", Timestamp())):
        await editing.said(organiser(kept(asked), desk), Said(text=said))
        [request] = [r for r in desk.sessions.requests if isinstance(r, wire.EditSessionRequest)]
        assert request.HasField("registration_opens_at")
        assert request.registration_opens_at == expected
        desk.sessions.requests.clear()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "🔒 Registration opens Wed, 25 Nov 12:00"),
        ("ru", "🔒 Запись откроется Ср, 25 нояб 12:00"),
        ("uz", "🔒 Yozilish ochiladi: 25-noy, chor 12:00"),
    ],
)
async def test_who_presses_early_is_told_when_by_the_venues_clock(
    language: str, expected: str
) -> None:
    view = seen(evening(registration_opens_at=NOON))
    desk = Desk()
    told = {"opens_at": str(NOON.seconds), "time_zone": "Asia/Tashkent"}
    desk.sessions.answers["Register"] = RemoteRefusal(Kind.CONFLICT, "REGISTRATION_NOT_OPEN", told)
    call = desk.call(language=language)
    shown = card(view, call)
    assert expected in shown.text
    join = JoinSession(session_id=12).pack()
    assert join in [button.data for row in shown.buttons for button in row]
    answer = await sessions.joined(call, JoinSession(session_id=12))
    assert (answer.toast, answer.screen) == (expected, None)


async def test_once_it_has_opened_the_card_says_nothing_of_it() -> None:
    view = seen(evening(registration_opens_at=stamp(NOW - timedelta(seconds=1))))
    assert "Registration opens" not in card(view, Desk().call()).text


async def test_a_refusal_without_a_moment_is_a_refusal_like_others() -> None:
    desk = Desk()
    desk.sessions.answers["Register"] = RemoteRefusal(Kind.CONFLICT, "REGISTRATION_NOT_OPEN", {})
    with pytest.raises(RemoteRefusal):
        await sessions.joined(desk.call(), JoinSession(session_id=12))


async def test_a_captain_who_comes_early_is_told_before_he_picks() -> None:
    desk = Desk()
    view = seen(evening(registration_opens_at=NOON))
    desk.sessions.answers["GetSession"] = wire.GetSessionResponse(session=view)
    desk.teams.answers["ListMyTeams"] = team_wire.ListMyTeamsResponse(
        teams=[Team(id=4, captain_id=7)]
    )
    answer = await entering.begun(desk.call(), ChooseTeam(session_id=12))
    assert answer.toast == "🔒 Registration opens Wed, 25 Nov 12:00" and answer.screen is None
