"""The whole evening through the chat, in each language: as people read and press it."""

import re

import pytest

from services.gateway.texts import Texts
from tests.e2e.city import EVENING_ADMINS, City
from tests.e2e.league import tomorrow
from tests.e2e.people import Human, newcomer


async def onboard(person: Human, name: str) -> None:
    """From /start to the menu."""
    texts = person.texts
    await person.says("/start")
    await person.presses(texts("language.name"))
    await person.reads(beginning(texts, "onboarding.name"))
    await person.says(name)
    await person.shares_contact()
    await person.reads(name)


def beginning(texts: Texts, key: str) -> str:
    """A text's first line as it is read, up to the first value: enough to know it by."""
    line = texts.plain(key, venue="", when="", place="", name="").splitlines()[0]
    return re.sub("<[^>]*>", "", line)


async def open_session(organiser: Human, venue: str, capacity: int) -> None:
    """The organiser's conversation, typed all along."""
    texts = organiser.texts
    await organiser.chooses("menu.create")
    for asked, answer in [
        ("ask.venue", venue),
        ("ask.day", f"{tomorrow():%d.%m.%Y}"),
        ("ask.time", "19:30"),
        ("ask.minutes", "90"),
        ("ask.format", "5"),
        ("ask.price", "40000"),
        ("ask.capacity", str(capacity)),
    ]:
        await organiser.reads(texts(asked))
        await organiser.says(answer)
    await organiser.presses(texts("create.confirm"))
    await organiser.reads(venue)


async def open_card(person: Human, venue: str) -> None:
    await person.chooses("menu.sessions")
    await person.presses(venue)
    await person.reads(venue)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_an_evening_from_onboarding_to_promotion(city: City, language: str) -> None:
    venue = f"Ground {language}"
    organiser = Human(city, EVENING_ADMINS[language], language)
    await onboard(organiser, "Organiser")
    await open_session(organiser, venue, capacity=2)

    players = [await newcomer(city, language, name) for name in ("Ali", "Vali", "Gani")]
    for player, name in zip(players, ("Ali", "Vali", "Gani"), strict=True):
        await onboard(player, name)
        await open_card(player, venue)
    texts = players[0].texts
    first, second, third = players
    assert await first.presses(texts("sessions.join")) == texts.toast("join.confirmed", place=1)
    assert await second.presses(texts("sessions.join")) == texts.toast("join.confirmed", place=2)
    await open_card(third, venue)
    assert await third.presses(texts("sessions.queue")) == texts.toast("join.waiting", place=1)

    assert await first.presses(texts("sessions.leave")) == texts.toast("leave.done")
    await third.reads(beginning(texts, "notice.promoted"), venue)
    await third.chooses("menu.my")
    await third.reads(venue)
