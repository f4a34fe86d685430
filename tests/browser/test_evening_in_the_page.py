"""The whole system, used as a person uses it: in the chat page, by clicks."""

from playwright.async_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.chromium import chromium, needs_chromium, opened
from tests.e2e.city import City
from tests.e2e.league import league, tomorrow

pytestmark = needs_chromium
VENUE = "Page pitch"


async def test_a_newcomer_signs_up_takes_a_place_and_gives_it_up_by_clicks(city: City) -> None:
    async with league(city) as found:
        await found.session(capacity=2, venue=VENUE, starts=tomorrow())
    async with chromium() as browser, opened(browser, city.layout.telegram_api_url) as page:
        person = Chat(page, await add_person(page, "Zuhra", "Русский"), "ru")
        texts = person.texts
        await person.onboard("Zuhra")
        await person.open_card(VENUE)
        await person.presses(texts("sessions.join"))
        await person.reads_toast(texts.toast("join.confirmed", place=1))
        await person.reads(VENUE, texts.plain("sessions.leave"))
        await person.presses(texts("sessions.leave"))
        await person.reads_toast(texts.toast("leave.done"))
        await person.reads(VENUE, texts.plain("sessions.join"))


async def add_person(page: Page, name: str, app_language: str) -> int:
    """A new person, who you then are; his id."""
    await page.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog", name="Add a person")
    await dialog.get_by_label("First name").fill(name)
    await dialog.get_by_label("App language").select_option(label=app_language)
    await dialog.get_by_role("button", name="Add", exact=True).click()
    row = page.locator("[data-person][aria-current]")
    await expect(row).to_contain_text(name)
    return int(await row.get_attribute("data-person") or "")
