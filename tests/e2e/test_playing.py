"""What a player does with a session through the chat, in each language: pays, leaves, brings his
team."""

import pytest

from services.gateway.texts import Html, Texts, dates
from tests.e2e.acts import plain, player
from tests.e2e.city import City
from tests.e2e.league import League
from tests.e2e.people import Human

PRICE = 40_000
SQUAD = 4


async def open_by_link(person: Human, session_id: int, venue: str) -> None:
    await person.says(f"/start s_{session_id}")
    await person.reads(venue)


def money(texts: Texts) -> Html:
    return Html(dates.money(PRICE, texts.language))


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_a_player_pays_with_a_photo_and_gets_it_back_when_he_leaves(
    city: City, made: League, language: str
) -> None:
    session = await made.session(capacity=5)
    venue = session.venue.name
    ali = await player(city, language, "Ali")
    texts = ali.texts
    await open_by_link(ali, session.id, venue)
    assert await ali.presses(texts("sessions.join")) == texts.toast("join.confirmed", place=1)
    await ali.reads(venue, texts("payment.due", amount="").split("<")[0], money(texts))
    await ali.presses(texts("sessions.pay"))
    await ali.reads(money(texts), texts("pay.photo"))

    await ali.says("8600 1234")
    await ali.reads(texts("pay.photo_due"))
    await ali.sends_photo()
    await ali.reads(texts("pay.submitted"))

    await ali.presses(texts("sessions.leave"))
    await ali.reads(plain(texts, "leave.ask"), money(texts))
    assert await ali.presses(texts("leave.yes")) == texts.toast("leave.done")
    await ali.reads(venue, texts("payment.refund_due", amount=money(texts)))


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_waiting_for_a_photo_swallows_no_menu_and_a_late_photo_finds_its_session(
    city: City, made: League, language: str
) -> None:
    session = await made.session(capacity=5)
    vali = await player(city, language, "Vali")
    texts = vali.texts
    await open_by_link(vali, session.id, session.venue.name)
    await vali.presses(texts("sessions.join"))
    await vali.presses(texts("sessions.pay"))
    await vali.reads(texts("pay.photo"))
    await vali.chooses("menu.my")
    await vali.reads(plain(texts, "my.title"), session.venue.name, texts("row.due"))
    await vali.sends_photo()
    await vali.reads(texts("pay.which"))
    await vali.presses(session.venue.name)
    await vali.reads(texts("pay.submitted"), session.venue.name)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_a_captain_brings_exactly_a_squad(city: City, made: League, language: str) -> None:
    session = await made.session(capacity=9, squad_size=SQUAD)
    venue = session.venue.name
    captain, *others = [
        await player(city, language, name) for name in ("Sardor", "Ali", "Vali", "Gani", "Soli")
    ]
    texts = captain.texts
    link = await found_team(captain)
    for member in others:
        await member.says(f"/start {link}")
        await member.presses(texts("team.join.yes"))

    await open_by_link(captain, session.id, venue)
    await captain.presses(texts("sessions.team"))
    await captain.reads(f"0/{SQUAD}")
    for picked, name in enumerate(("Sardor", "Ali", "Vali", "Gani"), 1):
        await captain.presses(texts("squad.free", name=name))
        await captain.reads(f"{picked}/{SQUAD}")
    assert await captain.presses(texts("squad.send")) == texts.toast("squad.in")
    await captain.reads(venue, dates.money(PRICE * SQUAD, language))

    await open_by_link(others[0], session.id, venue)
    await others[0].reads(texts("card.team.captain", name="Sardor"))
    await open_by_link(others[3], session.id, venue)
    await others[3].reads(texts("card.free_places", free=9 - SQUAD))


async def found_team(captain: Human) -> str:
    """Starts a team; the payload of its invitation link."""
    texts = captain.texts
    await captain.chooses("menu.team")
    await captain.presses(texts("team.new"))
    await captain.says("Reds")
    await captain.reads(texts("team.created"))
    await captain.presses(texts("team.invite"))
    link = await captain.reads("?start=t_")
    return link.split("?start=")[1].split()[0]
