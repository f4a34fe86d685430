"""What a person does with his own profile through the chat, in each language; and how he comes
back under a new Telegram account."""

import pytest

from services.gateway.features.profile.screens import POSITIONS, TOPICS
from services.gateway.texts import LANGUAGES
from tests.e2e.acts import beginning, onboard, plain
from tests.e2e.city import ADMIN, City
from tests.e2e.league import League
from tests.e2e.people import Human, newcomer

# Outside what the local Telegram gives out by itself.
PHONES = {"uz": "+998931230001", "ru": "+998931230002", "en": "+998931230003"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_player_tells_of_himself_and_sees_it(city: City, language: str) -> None:
    ali = await newcomer(city, language, "Ali")
    await onboard(ali, "Ali")
    texts = ali.texts
    await ali.chooses("menu.profile")
    await ali.reads("Ali", texts("profile.figures.none"), texts.plural("profile.coupons", 0))

    await ali.presses(texts("profile.edit_age"))
    await ali.reads(beginning(texts, "profile.age.ask"))
    await ali.says("a lot")
    await ali.reads(texts("error.AGE_INVALID"))
    await ali.says("27")
    await ali.reads(texts.plural("profile.age", 27))

    goalkeeper = texts(POSITIONS["goalkeeper"])
    await ali.presses(texts("profile.edit_position"))
    assert await ali.presses(goalkeeper) == texts("profile.changed")
    await ali.presses(texts("profile.edit_number"))
    assert await ali.presses("25") == texts("profile.changed")
    await ali.reads(goalkeeper, texts("profile.number", number=25))

    await ali.presses(texts("profile.edit_name"))
    await ali.says("Ali G'ulom")
    await ali.reads("Ali G'ulom", goalkeeper, texts.plural("profile.age", 27))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_player_switches_a_topics_notices_off_and_on(city: City, language: str) -> None:
    vali = await newcomer(city, language, "Vali")
    await onboard(vali, "Vali")
    texts = vali.texts
    await vali.chooses("menu.profile")
    await vali.presses(texts("profile.edit_topics"))
    topic = texts(TOPICS["teams"])
    assert await vali.presses(f"🔔 {topic}") == texts("profile.topics.off")
    assert await vali.presses(f"🔕 {topic}") == texts("profile.topics.on")
    await vali.presses(texts("profile.back"))
    await vali.reads("Vali", texts("profile.role.player"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_another_phone_is_the_own_one_shared_and_the_menu_comes_back(
    city: City, language: str
) -> None:
    phone = PHONES[language].replace("+99893", "+99894")
    gani = await newcomer(city, language, "Gani", phone)
    await onboard(gani, "Gani")
    texts = gani.texts
    await gani.chooses("menu.profile")
    await gani.presses(texts("profile.edit_phone"))
    await gani.reads(beginning(texts, "profile.phone.ask"))
    await gani.says("+998901234567")
    await gani.reads(texts("onboarding.phone.typed"))
    await gani.shares_contact(of=ADMIN)
    await gani.reads(texts("error.CONTACT_NOT_OWN"))
    await gani.shares_contact()
    await gani.reads(texts("profile.phone.done", phone=phone))
    labels = [key["text"] for row in (await gani.chat())["keyboard"]["keyboard"] for key in row]
    assert texts.plain("menu.profile") in labels


async def asks_for_his_account(person: Human, name: str) -> None:
    """Signs up with a number that somebody has, and sends it to the admins."""
    texts = person.texts
    await person.says("/start")
    await person.presses(texts("language.name"))
    await person.reads(beginning(texts, "onboarding.name"))
    await person.says(name)
    await person.shares_contact()
    await person.reads(beginning(texts, "onboarding.move"))
    await person.shares_contact()
    await person.reads(texts("onboarding.move.asked"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_person_comes_back_under_a_new_account_with_an_admins_yes(
    city: City, made: League, language: str
) -> None:
    name, phone = f"Sardor {language}", PHONES[language]
    before = await newcomer(city, language, name, phone)
    await onboard(before, name)
    texts = before.texts
    await before.chooses("menu.profile")
    await before.presses(texts("profile.edit_number"))
    await before.presses("17")

    now = await newcomer(city, language, name, phone)
    await asks_for_his_account(now, f"{name} 2")
    await made.member(ADMIN)
    admin = Human(city, ADMIN, "en")
    await admin.says("/organisers")
    await admin.presses("🔁")
    await admin.presses(f"{name} ← {name} 2")
    await admin.reads(name, f"{name} 2")
    said = await admin.presses(admin.texts("moves.approve"))
    assert said == admin.texts.toast("moves.approved", name=name)

    await now.reads(beginning(texts, "notice.account_moved"))
    await now.says("/profile")
    await now.reads(name, phone, texts("profile.number", number=17))
    await before.says("/profile")
    await before.reads(plain(texts, "language.ask"))
