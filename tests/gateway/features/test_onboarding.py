"""A newcomer: language, name, own phone, and on to where he was going."""

import pytest
from fotbot.common.v1 import language_pb2
from fotbot.sessions.v1.sessions_service_pb2 import GetSessionResponse
from fotbot.users.v1 import user_pb2, users_service_pb2

from services.chassis.errors import Kind, RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import TelegramId
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Contact, Said
from services.gateway.features.language import handlers as language
from services.gateway.features.language.callbacks import ChooseLanguage
from services.gateway.features.onboarding import handlers
from services.gateway.features.onboarding.router import FEATURE as ONBOARDING
from services.gateway.features.sessions.router import FEATURE as SESSIONS
from services.gateway.features.start.handlers import go_on
from services.gateway.features.start.router import FEATURE as START
from tests.fakes.asking import Desk, newcomer
from tests.fakes.evenings import seen

OWN = Contact(phone="998901234567", telegram_id=TelegramId(700))


def at(step: str, link: str = "") -> Conversation:
    return Conversation(name="onboarding", step=step, data={"link": link} if link else {})


def place(answer: Answer) -> str:
    assert isinstance(answer.conversation, Conversation)
    return answer.conversation.place


async def test_a_newcomer_chooses_his_language_before_anything_else() -> None:
    answer = await START.commands["start"](Desk().call(**newcomer()), "")
    assert place(answer) == "onboarding.language"
    assert answer.screen and answer.screen.text == (
        "🇺🇿 Tilni tanlang\n🇷🇺 Выберите язык\n🇬🇧 Choose your language"
    )
    labels = [row[0].text for row in answer.screen.buttons]
    assert labels == ["🇺🇿 O'zbekcha", "🇷🇺 Русский", "🇬🇧 English"]


@pytest.mark.parametrize("command", ["sessions"])
async def test_any_other_command_begins_the_sign_up_too(command: str) -> None:
    answer = await SESSIONS.commands[command](Desk().call(**newcomer()), "")
    assert place(answer) == "onboarding.language"


async def test_the_link_a_newcomer_came_by_waits() -> None:
    answer = await SESSIONS.deep_links["s_"](Desk().call(**newcomer()), "12")
    assert isinstance(answer.conversation, Conversation)
    assert answer.conversation.data == {"link": "s_12"}


async def test_after_the_language_the_name_is_asked_in_it() -> None:
    desk = Desk()
    user = user_pb2.User(id=7, language=language_pb2.LANGUAGE_RU, language_chosen=True)
    desk.users.answers["SetLanguage"] = users_service_pb2.SetLanguageResponse(user=user)
    call = desk.call(at("language", "s_12"), **newcomer())
    answer = await language.chosen(call, ChooseLanguage(code="ru"))
    assert place(answer) == "onboarding.name"
    assert isinstance(answer.conversation, Conversation)
    assert answer.conversation.data == {"link": "s_12"}
    assert answer.screen and "Как вас зовут?" in answer.screen.text


async def test_words_instead_of_a_language_are_asked_again() -> None:
    answer = await handlers.said_instead(
        Desk().call(at("language", "s_12"), **newcomer()), Said(text="ingliz")
    )
    assert place(answer) == "onboarding.language"
    assert isinstance(answer.conversation, Conversation)
    assert answer.conversation.data == {"link": "s_12"}


@pytest.mark.parametrize(
    "said", [Said(), Said(photo="x"), Said(text=" \u202e\u0000 "), Said(text="")]
)
async def test_a_picture_or_nothing_is_no_name(said: Said) -> None:
    answer = await handlers.name_given(
        Desk().call(at("name"), **newcomer(language_chosen=True)), said
    )
    assert answer.conversation is None
    assert answer.screen and answer.screen.text.startswith("⚠️ Type your name in words")


async def test_after_the_name_the_phone_is_asked_with_a_button() -> None:
    desk = Desk()
    user = user_pb2.User(id=7, name="Ali", language_chosen=True)
    desk.users.answers["SetName"] = users_service_pb2.SetNameResponse(user=user)
    call = desk.call(at("name"), **newcomer(language_chosen=True))
    answer = await handlers.name_given(call, Said(text="  Ali\ud800 "))
    [request] = desk.users.requests
    assert isinstance(request, users_service_pb2.SetNameRequest) and request.name == "Ali"
    assert place(answer) == "onboarding.phone"
    assert answer.screen and answer.screen.ask_contact == "📱 Share my number"


async def test_a_typed_phone_is_politely_refused_with_the_button_again() -> None:
    call = Desk().call(at("phone"), **newcomer(language_chosen=True, name="Ali"))
    answer = await handlers.phone_given(call, Said(text="+998901234567"))
    assert answer.screen and answer.screen.ask_contact
    assert "No need to type" in answer.screen.text


async def test_another_persons_contact_is_refused_with_the_button_again() -> None:
    desk = Desk()
    desk.users.answers["SetPhone"] = RemoteRefusal(Kind.INVALID, "CONTACT_NOT_OWN", {})
    call = desk.call(at("phone"), **newcomer(language_chosen=True, name="Ali"))
    answer = await handlers.phone_given(call, Said(contact=OWN))
    assert answer.screen and answer.screen.ask_contact
    assert "somebody else's number" in answer.screen.text


async def test_a_service_that_is_away_is_not_a_wrong_phone() -> None:
    desk = Desk()
    desk.users.answers["SetPhone"] = RemoteRefusal(Kind.UNAVAILABLE, "STORE_UNAVAILABLE", {})
    call = desk.call(at("phone"), **newcomer(language_chosen=True, name="Ali"))
    with pytest.raises(RemoteRefusal):
        await handlers.phone_given(call, Said(contact=OWN))


def registered() -> users_service_pb2.SetPhoneResponse:
    user = user_pb2.User(
        id=7, name="Ali", phone="+998901234567", registered=True, language_chosen=True
    )
    return users_service_pb2.SetPhoneResponse(user=user)


async def test_the_own_phone_ends_the_sign_up_with_the_menu() -> None:
    desk = Desk()
    desk.users.answers["SetPhone"] = registered()
    call = desk.call(at("phone"), **newcomer(language_chosen=True, name="Ali"))
    answer = await handlers.phone_given(call, Said(contact=OWN))
    assert answer.conversation is ENDED
    assert answer.screen and answer.screen.menu
    assert answer.screen.menu[0] == ("⚽ Sessions", "📅 My sessions")
    [request] = desk.users.requests
    assert isinstance(request, users_service_pb2.SetPhoneRequest)
    assert request.contact_telegram_id == 700


async def test_the_sign_up_leads_on_to_the_link() -> None:
    desk = Desk()
    desk.users.answers["SetPhone"] = registered()
    call = desk.call(at("phone", "s_12"), **newcomer(language_chosen=True, name="Ali"))
    answer = await handlers.phone_given(call, Said(contact=OWN))
    assert answer.screen and answer.screen.menu and answer.screen.menu[0] == ("➡️ Continue",)

    desk.sessions.answers["GetSession"] = GetSessionResponse(session=seen())
    assert isinstance(answer.conversation, Conversation)
    card = await go_on(desk.call(answer.conversation))
    assert card.screen and "Chilonzor Arena" in card.screen.text
    assert card.conversation is ENDED


async def test_an_overlong_link_is_kept_no_longer_than_telegrams() -> None:
    answer = await SESSIONS.deep_links["s_"](Desk().call(**newcomer()), "9" * 4000)
    assert isinstance(answer.conversation, Conversation)
    assert len(answer.conversation.data["link"]) == 64


async def test_a_forged_language_changes_nothing() -> None:
    answer = await language.chosen(Desk().call(), ChooseLanguage(code="xx"))
    assert answer.toast == "This button is out of date. Open it again from the menu."


async def test_a_player_who_changes_the_language_gets_the_menu_in_it() -> None:
    desk = Desk()
    desk.users.answers["SetLanguage"] = users_service_pb2.SetLanguageResponse()
    answer = await language.chosen(desk.call(), ChooseLanguage(code="uz"))
    assert answer.fresh and answer.screen and answer.screen.menu
    assert answer.screen.menu[0] == ("⚽ O'yinlar", "📅 Mening o'yinlarim")


def test_the_sign_up_hears_words_at_each_of_its_steps() -> None:
    steps = ("language", "name", "phone", "move", "resume")
    assert set(ONBOARDING.steps) == {f"onboarding.{step}" for step in steps}


def refusing_phone() -> Desk:
    desk = Desk()
    desk.users.answers["SetPhone"] = RemoteRefusal(Kind.CONFLICT, "PHONE_NOT_ACCEPTED", {})
    return desk


async def test_a_number_that_is_not_accepted_can_be_asked_for_in_words_that_tell_nothing() -> None:
    call = refusing_phone().call(at("phone", "s_12"), **newcomer(language_chosen=True, name="Ali"))
    answer = await handlers.phone_given(call, Said(contact=OWN))
    assert place(answer) == "onboarding.move"
    assert isinstance(answer.conversation, Conversation)
    assert answer.conversation.data == {"link": "s_12"}
    assert answer.screen and answer.screen.ask_contact == "📨 Ask the admins"
    assert "could not be accepted" in answer.screen.text
    assert not any(word in answer.screen.text for word in ("somebody", "another person", "taken"))


async def test_the_own_contact_once_more_asks_for_the_account_of_before() -> None:
    desk = Desk()
    desk.users.answers["RequestMove"] = users_service_pb2.RequestMoveResponse()
    call = desk.call(at("move", "s_12"), **newcomer(language_chosen=True, name="Ali"))
    answer = await handlers.move_asked(call, Said(contact=OWN))
    [request] = desk.users.requests
    assert isinstance(request, users_service_pb2.RequestMoveRequest)
    assert (request.phone, request.contact_telegram_id) == ("998901234567", 700)
    assert place(answer) == "onboarding.phone"
    assert answer.screen and "with the admins" in answer.screen.text


async def test_words_or_another_persons_contact_ask_for_nothing() -> None:
    desk = Desk()
    desk.users.answers["RequestMove"] = RemoteRefusal(Kind.FORBIDDEN, "CONTACT_NOT_OWN", {})
    call = desk.call(at("move"), **newcomer(language_chosen=True, name="Ali"))
    for said in (Said(text="please"), Said(contact=OWN)):
        answer = await handlers.move_asked(call, said)
        assert answer.screen and answer.screen.ask_contact and answer.conversation is None


async def test_who_got_his_account_back_meanwhile_goes_on_to_the_link() -> None:
    for step, handler in (("phone", handlers.phone_given), ("move", handlers.move_asked)):
        answer = await handler(Desk().call(at(step, "s_12")), Said(text="hello?"))
        assert place(answer) == "onboarding.resume"
        assert answer.screen and answer.screen.menu and answer.screen.menu[0] == ("➡️ Continue",)
