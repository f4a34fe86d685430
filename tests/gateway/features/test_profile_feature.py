"""A person's own profile: what it shows, how each part of it is changed."""

from typing import Any

import grpc
import pytest
from fotbot.common.v1 import topic_pb2
from fotbot.sessions.v1 import entries_service_pb2, match_pb2, matches_service_pb2
from fotbot.users.v1 import user_pb2
from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.gateway.answers import Answer, Style
from services.gateway.calls import Person, TelegramId
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Contact, Said
from services.gateway.features.profile import choosing, handlers, screens
from services.gateway.features.profile.callbacks import (
    ChangeAge,
    ChangeName,
    ChangeNumber,
    ChangePhone,
    ChangePosition,
    ChooseNumber,
    ChoosePosition,
    OpenProfile,
    OpenTopics,
    SetTopic,
)
from services.gateway.features.profile.record import Record
from services.gateway.rendering import faults
from services.gateway.texts import LANGUAGES, texts_for
from tests.fakes.asking import Desk, somebody

OWN = Contact(phone="998907654321", telegram_id=TelegramId(700))
SEASON = match_pb2.PlayerFigures(goals=2, assists=1, wins=3, matches=5, doubled_points=23)
CAREER = match_pb2.PlayerFigures(
    goals=9, assists=4, wins=8, matches=20, doubled_points=70, times_man_of_session=2
)
AWAY = [
    Unanswered("no answer"),
    RemoteRefusal(Kind.UNAVAILABLE, "STORE_UNAVAILABLE", {}),
    grpc.aio.AioRpcError(grpc.StatusCode.UNIMPLEMENTED, grpc.aio.Metadata(), grpc.aio.Metadata()),
]


def desk(**answers: Any) -> Desk:
    """With figures and coupons, and what users answers by method."""
    made = Desk()
    made.users.answers.update(answers)
    figures = matches_service_pb2.GetPlayerResponse(season=SEASON, career=CAREER)
    made.matches.answers["GetPlayer"] = figures
    made.entries.answers["ListCoupons"] = entries_service_pb2.ListCouponsResponse(available=2)
    return made


def user(**changed: Any) -> user_pb2.User:
    """As users knows the person after a change."""
    known = {"id": 7, "telegram_id": 700, "name": "Ali", "phone": "+998901234567"}
    flags = {"registered": True, "language_chosen": True, "language": 3}
    return user_pb2.User(**{**known, **flags, **changed})


def text(answer: Answer) -> str:
    assert answer.screen
    return answer.screen.text


def pressed(answer: Answer, label: str) -> Any:
    """What the button with this label carries."""
    assert answer.screen
    buttons = [button for row in answer.screen.buttons for button in row]
    return next(button.data for button in buttons if button.text == label)


async def test_the_profile_shows_a_person_all_that_is_his() -> None:
    call = desk().call(name="<Ali>", age=27, position="goalkeeper", shirt_number=1)
    assert text(await handlers.own(call)) == (
        "👤 <b>&lt;Ali&gt;</b>\n\n"
        "📱 +998901234567\n🎂 27 years old\n🏃 Goalkeeper\n👕 Number 1\n🌐 English\n⚽ Player\n\n"
        "📊 <b>This season</b>\n"
        "⚽ goals 2 · 🅰️ assists 1\n🏆 wins 3 · 🥅 matches 5 · ⭐ points 11½\n\n"
        "🗂 <b>In all</b>\n"
        "⚽ goals 9 · 🅰️ assists 4\n🏆 wins 8 · 🥅 matches 20 · ⭐ points 35\n"
        "🌟 man of the session: 2\n\n"
        "🎟 2 coupons for free games"
    )


async def test_what_was_not_told_and_not_played_takes_no_lines() -> None:
    made = desk()
    made.matches.answers["GetPlayer"] = matches_service_pb2.GetPlayerResponse()
    answer = await handlers.opened(made.call(), OpenProfile())
    assert "years old" not in text(answer) and "Number" not in text(answer)
    assert "📊 No matches played yet." in text(answer)


@pytest.mark.parametrize("error", AWAY)
async def test_without_figures_and_coupons_the_profile_is_still_shown(error: Exception) -> None:
    made = desk()
    made.matches.answers["GetPlayer"] = made.entries.answers["ListCoupons"] = error
    told = text(await handlers.own(made.call()))
    assert told.endswith("📊 The statistics are not there just now. Look in again a little later.")
    assert "+998901234567" in told and "coupon" not in told


async def test_a_change_counts_though_the_figures_are_away() -> None:
    made = desk(EditProfile=wire.EditProfileResponse(user=user(shirt_number=10)))
    made.matches.answers["GetPlayer"] = Unanswered("no answer")
    answer = await choosing.number_chosen(made.call(), ChooseNumber(number=10))
    assert "👕 Number 10" in text(answer) and made.writes == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_profile_fits_into_a_message(language: str) -> None:
    huge = match_pb2.PlayerFigures(
        goals=2**31 - 1, matches=2**31 - 1, doubled_points=2**63 - 1, times_man_of_session=2**31 - 1
    )
    figures = matches_service_pb2.GetPlayerResponse(season=huge, career=huge)
    person = somebody(name="🏟" * 500, age=99, position="midfielder", shirt_number=25)
    record = Record(figures=figures, coupons=2**31 - 1)
    shown = screens.profile(person, record, texts_for(language), "note")
    for screen in (shown, *every_choice(person, language)):
        assert faults(Answer(screen=screen)) == []


def every_choice(person: Person, language: str) -> list[Any]:
    kinds = (screens.positions, screens.numbers, screens.topics)
    return [kind(person, texts_for(language)) for kind in kinds]


async def test_a_new_name_is_asked_and_shown() -> None:
    made = desk(SetName=wire.SetNameResponse(user=user(name="Vali")))
    asked = await handlers.asked_name(made.call(), ChangeName())
    assert asked.conversation == Conversation(name="profile", step="name")
    answer = await handlers.name_given(made.call(asked.conversation), Said(text="Vali"))
    assert text(answer).startswith("✅ You are <b>Vali</b> now\n\n👤 <b>Vali</b>")
    assert answer.conversation is ENDED


async def test_a_sticker_is_no_new_name() -> None:
    answer = await handlers.name_given(desk().call(), Said())
    assert "⚠️ Type your name" in text(answer) and answer.conversation is None


async def test_a_new_phone_is_shared_and_the_menu_comes_back() -> None:
    made = desk(SetPhone=wire.SetPhoneResponse(user=user(phone="+998907654321")))
    asked = await handlers.asked_phone(made.call(), ChangePhone())
    assert asked.fresh and asked.screen and asked.screen.ask_contact == "📱 Share my number"
    answer = await handlers.phone_given(made.call(), Said(contact=OWN))
    assert text(answer) == "✅ Your number is +998907654321 now"
    assert answer.screen and answer.screen.menu and answer.conversation is ENDED


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("CONTACT_NOT_OWN", "somebody else's number"),
        ("PHONE_INVALID", "not a phone number"),
        ("PHONE_NOT_ACCEPTED", "could not be accepted"),
    ],
)
async def test_a_phone_that_will_not_do_is_asked_again(reason: str, told: str) -> None:
    made = desk(SetPhone=RemoteRefusal(Kind.CONFLICT, reason, {}))
    answer = await handlers.phone_given(made.call(), Said(contact=OWN))
    assert told in text(answer) and answer.screen and answer.screen.ask_contact
    assert answer.conversation is None


async def test_a_typed_phone_is_no_proof() -> None:
    answer = await handlers.phone_given(desk().call(), Said(text="+998907654321"))
    assert "No need to type" in text(answer)


@pytest.mark.parametrize("typed", ["old", "27.5", "-1", "100", "٢٧", "9" * 18, None])
async def test_what_is_no_age_is_asked_again_without_asking_users(typed: str | None) -> None:
    made = desk()
    answer = await handlers.age_given(made.call(), Said(text=typed))
    assert text(answer).startswith("⚠️ The age is a number from 5 to 99")
    assert made.users.requests == [] and answer.conversation is None


async def test_an_age_is_asked_and_shown() -> None:
    made = desk(EditProfile=wire.EditProfileResponse(user=user(age=27)))
    asked = await handlers.asked_age(made.call(), ChangeAge())
    assert asked.conversation == Conversation(name="profile", step="age")
    answer = await handlers.age_given(made.call(), Said(text=" 27 "))
    [request] = made.users.requests
    assert isinstance(request, wire.EditProfileRequest) and request.age == 27
    assert not request.HasField("position") and not request.HasField("shirt_number")
    assert text(answer).startswith("✅ Changed") and "27 years old" in text(answer)
    assert answer.conversation is ENDED


async def test_the_numbers_are_a_grid_with_the_own_one_coloured() -> None:
    answer = await choosing.asked_number(desk().call(shirt_number=10), ChangeNumber())
    assert answer.screen
    grid = answer.screen.buttons[:5]
    assert [button.text for row in grid for button in row] == [str(n) for n in range(1, 26)]
    coloured = [button.text for row in grid for button in row if button.style is Style.PRIMARY]
    assert coloured == ["10"]
    assert pressed(answer, "No number") == ChooseNumber(number=0)
    assert pressed(answer, "« Back") == OpenProfile()


@pytest.mark.parametrize("number", [0, 25])
async def test_a_chosen_number_is_sent_on_alone(number: int) -> None:
    made = desk(EditProfile=wire.EditProfileResponse(user=user(shirt_number=number)))
    answer = await choosing.number_chosen(made.call(), ChooseNumber(number=number))
    [request] = made.users.requests
    assert isinstance(request, wire.EditProfileRequest)
    assert request.HasField("shirt_number") and request.shirt_number == number
    assert not request.HasField("age") and answer.toast == "✅ Changed"


@pytest.mark.parametrize("forged", ["pw:26", "pw:-1", "pc:striker", "pm:all:1", "pm:teams:x"])
def test_a_forged_choice_is_no_choice(forged: str) -> None:
    kinds = {"pw": ChooseNumber, "pc": ChoosePosition, "pm": SetTopic}
    with pytest.raises(ValueError, match="validation error"):
        kinds[forged[:2]].unpack(forged)


@pytest.mark.parametrize(
    ("code", "sent"),
    [("goalkeeper", user_pb2.POSITION_GOALKEEPER), ("none", user_pb2.POSITION_UNSPECIFIED)],
)
async def test_a_position_is_chosen_or_taken_away(
    code: str, sent: user_pb2.Position.ValueType
) -> None:
    made = desk(EditProfile=wire.EditProfileResponse(user=user(position=sent)))
    asked = await choosing.asked_position(made.call(), ChangePosition())
    assert pressed(asked, "Goalkeeper") == ChoosePosition(position="goalkeeper")
    await choosing.position_chosen(made.call(), ChoosePosition(position=code))
    [request] = made.users.requests
    assert isinstance(request, wire.EditProfileRequest)
    assert request.HasField("position") and request.position == sent


async def test_a_topics_button_says_what_pressing_it_brings_about() -> None:
    answer = await choosing.topics_opened(desk().call(muted=frozenset({"teams"})), OpenTopics())
    assert pressed(answer, "🔕 My team") == SetTopic(topic="teams", wanted=True)
    assert pressed(answer, "🔔 Reminders of sessions") == SetTopic(topic="reminders", wanted=False)


async def test_a_topic_is_switched_off_and_shown_so() -> None:
    muted = user(muted_topics=[topic_pb2.TOPIC_REMINDERS])
    made = desk(MuteTopic=wire.MuteTopicResponse(user=muted))
    answer = await choosing.topic_set(made.call(), SetTopic(topic="reminders", wanted=False))
    [request] = made.users.requests
    assert isinstance(request, wire.MuteTopicRequest)
    assert (request.topic, request.muted) == (topic_pb2.TOPIC_REMINDERS, True)
    assert answer.toast == "🔕 Off"
    assert pressed(answer, "🔕 Reminders of sessions") == SetTopic(topic="reminders", wanted=True)
