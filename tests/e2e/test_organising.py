"""What an organiser decides through the chat, in each language: receipts, refusals, money back,
who came."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from fotbot.sessions.v1.session_pb2 import Session

from services.gateway.texts import dates
from tests.e2e.acts import beginning, onboard, plain, run_by_link
from tests.e2e.city import City
from tests.e2e.league import League, a_month_ahead
from tests.e2e.people import Human, newcomer

CARD = "8600 1234 5678 9012"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """An organiser, his session, and who comes."""

    city: City
    organiser: Human
    session: Session

    async def owes(self, name: str) -> Human:
        """A player who has a place and is asked to pay for it."""
        person = await newcomer(self.city, self.organiser.texts.language, name)
        await onboard(person, name)
        await person.says(f"/start s_{self.session.id}")
        await person.reads(self.session.venue.name)
        await person.presses(person.texts("sessions.join"))
        return person

    async def pays(self, name: str) -> Human:
        """The same, and he has shown a receipt."""
        person = await self.owes(name)
        await person.presses(person.texts("sessions.pay"))
        await person.reads(beginning(person.texts, "pay.photo"))
        await person.sends_photo()
        await person.reads(beginning(person.texts, "pay.submitted"))
        return person

    async def opens_card(self) -> None:
        """To the session as its organiser sees it."""
        await run_by_link(self.organiser, self.session.id)


async def evening(
    city: City, made: League, language: str, capacity: int, starts: datetime
) -> Evening:
    organiser = await newcomer(city, language, "Organiser")
    await onboard(organiser, "Organiser")
    appointed = await made.organiser(await made.stranger(organiser.telegram_id))
    session = await made.session(capacity=capacity, starts=starts, organiser=appointed)
    return Evening(city=city, organiser=organiser, session=session)


def within_two_weeks() -> datetime:
    return a_month_ahead() - timedelta(days=17)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_a_receipt_is_looked_at_and_the_player_is_in(
    city: City, made: League, language: str
) -> None:
    made_up = await evening(city, made, language, 2, within_two_weeks())
    organiser, texts = made_up.organiser, made_up.organiser.texts
    ali = await made_up.pays("Ali")

    await organiser.reads(beginning(texts, "notice.decision_due"), "Ali")
    await organiser.presses(texts("notice.entry"))
    caption = await organiser.reads("Ali", plain(texts, "entry.history"))
    photos = [message for message in (await organiser.chat())["messages"] if "photo" in message]
    assert [message["caption"] for message in photos] == [caption]
    toast = await organiser.presses(texts("approvals.approve"))
    assert toast == texts.toast("approvals.approved", name="Ali")
    await organiser.reads(plain(texts, "entries.title", count=1), texts("paid.confirmed"))
    await ali.reads(beginning(texts, "notice.approved"), made_up.session.venue.name)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_who_is_turned_down_reads_why_and_gets_his_money_back(
    city: City, made: League, language: str
) -> None:
    made_up = await evening(city, made, language, 2, within_two_weeks())
    organiser, texts = made_up.organiser, made_up.organiser.texts
    vali = await made_up.pays("Vali")

    await organiser.chooses("menu.organise")
    await organiser.presses(texts("days.awaiting"))
    await organiser.reads(plain(texts, "awaiting.title"))
    await organiser.presses(made_up.session.venue.name)
    await organiser.presses(" Vali")
    await organiser.presses(texts("approvals.reject"))
    await organiser.reads(plain(texts, "approvals.reason.ask", name="Vali"))
    await organiser.says("Another's receipt")
    await organiser.reads(plain(texts, "approvals.rejected", name="Vali"))
    await vali.reads(beginning(texts, "notice.rejected"), "Another's receipt")

    await organiser.presses(" Vali")
    await organiser.reads("Another's receipt", plain(texts, "paid.refund_due"))
    toast = await organiser.presses(texts("approvals.refund"))
    assert toast == texts.toast("approvals.refunded", name="Vali")
    await vali.reads(dates.money(40_000, language), made_up.session.venue.name)

    await made_up.opens_card()
    await organiser.presses(texts("organising.audit"))
    await organiser.reads(
        plain(texts, "audit.entry.reject"), plain(texts, "audit.refund.refunded"), "Vali"
    )


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_who_came_is_ticked_and_unticked(city: City, made: League, language: str) -> None:
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=50)
    made_up = await evening(city, made, language, 2, starts)
    organiser, texts = made_up.organiser, made_up.organiser.texts
    await made_up.owes("Gani")

    await made_up.opens_card()
    await organiser.presses(texts("organising.attendance"))
    await organiser.reads(plain(texts, "attendance.title", came=0, all=1))
    await organiser.presses("▫️ Gani")
    await organiser.reads(plain(texts, "attendance.title", came=1, all=1))
    await organiser.presses("✅ Gani")
    await organiser.reads(plain(texts, "attendance.title", came=0, all=1))


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_an_organiser_says_where_to_pay_and_players_read_it(
    city: City, made: League, language: str
) -> None:
    made_up = await evening(city, made, language, 2, within_two_weeks())
    organiser, texts = made_up.organiser, made_up.organiser.texts
    await organiser.says("/admin")
    await organiser.presses(texts("days.settings"))
    await organiser.presses(texts("settings.requisites.edit"))
    await organiser.reads(plain(texts, "ask.settings.requisites"))
    await organiser.says(CARD)
    await organiser.reads(plain(texts, "settings.done"), CARD)
    await organiser.presses(texts("settings.price.edit"))
    await organiser.presses(dates.money(30_000, language).replace("\u00a0", " "))
    await organiser.reads(plain(texts, "settings.done"), dates.money(30_000, language))

    sardor = await made_up.owes("Sardor")
    await sardor.presses(texts("sessions.pay"))
    await sardor.reads(CARD)

    await organiser.chooses("menu.create")
    await organiser.says("Sardor's ground")
    for answer in ("25.12", "20:00", "90", "5", "7"):
        await organiser.says(answer)
    await organiser.reads(plain(texts, "ask.price"))
    await organiser.presses(dates.money(30_000, language).replace("\u00a0", " "))
    await organiser.presses("28")
    await organiser.presses(texts("create.back"))
    await organiser.reads(plain(texts, "ask.capacity"))
