"""The whole evening through the chat, in each language: as people read and press it."""

import pytest

from tests.e2e.acts import beginning, onboard, open_card, open_session
from tests.e2e.city import EVENING_ADMINS, City
from tests.e2e.league import tomorrow
from tests.e2e.people import Human, newcomer


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_an_evening_from_onboarding_to_promotion(city: City, language: str) -> None:
    venue = f"Ground {language}"
    organiser = Human(city, EVENING_ADMINS[language], language)
    await onboard(organiser, "Organiser")
    await open_session(organiser, venue, capacity=2, starts=tomorrow())

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
