"""A person in the chat page, by what is seen and clicked there."""

from playwright.async_api import Locator, Page, expect

from services.gateway.texts import Texts, texts_for


class Chat:
    """One person's private chat with the bot in an open page."""

    def __init__(self, page: Page, person: int, language: str) -> None:
        self.page = page
        self.texts: Texts = texts_for(language)
        self._person = person

    async def open(self) -> None:
        """Becomes this person."""
        row = self.page.locator(f"[data-person='{self._person}']")
        await row.click()
        await expect(row).to_have_attribute("aria-current", "true")

    async def onboard(self, name: str) -> None:
        """From Start to the menu: a language, a name, the own number."""
        await self.page.get_by_role("button", name="Start", exact=True).click()
        await self.presses(self.texts("language.name"))
        await self.reads(self._line("onboarding.name"))
        await self.writes(name)
        await self.chooses("onboarding.phone.button")
        await expect(self._reply_button("menu.sessions")).to_be_visible()
        await self.reads(name)

    async def open_card(self, venue: str) -> None:
        """Finds the session at this venue in the list."""
        await self.chooses("menu.sessions")
        await self.presses(venue)
        await self.reads(venue, self.texts("sessions.share"))

    async def writes(self, text: str) -> None:
        field = self.page.get_by_label("Message", exact=True)
        await field.fill(text)
        await field.press("Enter")
        await expect(field).to_have_value("")

    async def chooses(self, key: str) -> None:
        """Presses a button of the reply keyboard, by its text's key."""
        await self._reply_button(key).click()

    async def presses(self, label: str) -> None:
        """Presses the newest button under a message whose label contains these words."""
        button = self.page.locator(".inline button").filter(has_text=label).last
        await button.click()

    async def reads(self, *words: str) -> Locator:
        """The newest message of the bot that contains all the words, buttons included."""
        found = self.page.locator("[data-from=bot]")
        for part in words:
            found = found.filter(has_text=part)
        await expect(found.last).to_be_visible()
        return found.last

    async def reads_toast(self, words: str) -> None:
        await expect(self.page.get_by_role("status")).to_have_text(words)

    def _reply_button(self, key: str) -> Locator:
        return self.page.locator("[data-reply]").filter(has_text=self.texts(key))

    def _line(self, key: str) -> str:
        return self.texts.plain(key).splitlines()[0]
