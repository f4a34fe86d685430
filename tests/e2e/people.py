"""People who use the chat through the local Telegram, by what they read and press."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.gateway.texts import Texts, texts_for
from tests.e2e.city import City

# Telegram's sixth retry comes 62 s after the first try; a busy machine starts a process slowly.
WAIT_SECONDS = 100.0
POLL_SECONDS = 0.05
Json = dict[str, Any]


# One grey pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button pressed, and what was said over the chat."""

    after: int
    """The newest message's id at that time."""
    label: str
    toast: str


class Human:
    """One person in his private chat with the bot."""

    def __init__(self, city: City, telegram_id: int, language: str) -> None:
        self.telegram_id = telegram_id
        self.texts: Texts = texts_for(language)
        self.presses_made: list[Press] = []
        self._city = city

    async def says(self, text: str) -> None:
        """Writes, and waits until the bot has answered."""
        await self._act("say", {"text": text})

    async def chooses(self, key: str) -> None:
        """Presses a button of the reply keyboard, by its text's key."""
        await self.says(self.texts(key))

    async def shares_contact(self, of: int | None = None) -> None:
        """Presses the contact button (his own), or sends another person's card."""
        await self._act("contact", {"of": of} if of else {})

    async def presses(self, label: str) -> str:
        """Presses the newest button whose label contains these words; what the toast said."""
        message, data = await self._button(label)
        after = await self.newest()
        pressed = {"message_id": message, "data": data, "wait": 10}
        answer = (await self._post("press", pressed)).get("answer")
        toast = str((answer or {}).get("text") or "")
        self.presses_made.append(Press(after=after, label=label, toast=toast))
        return toast

    async def sends_photo(self) -> None:
        """Sends a picture, and waits until the bot has answered."""
        before = await self.newest()
        url = f"{self._city.layout.telegram_api_url}/local/{self.telegram_id}/photo"
        async with self._city.http.post(url, data=PICTURE) as response:
            assert response.status == 200, await response.text()
        await self._answered(before)

    async def reads(self, *words: str, after: int = 0) -> str:
        """Waits for a message, newer than `after`, that contains all the words; its whole text."""

        def find(messages: list[Json]) -> str | None:
            texts = (_text(it) for it in reversed(messages) if it["message_id"] > after)
            return next((text for text in texts if all(word in text for word in words)), None)

        return str(await self._until(find, f"{words} in a message"))

    async def newest(self) -> int:
        """The last message's id."""
        return _newest((await self.chat())["messages"])

    async def count(self, words: str) -> int:
        """How many messages contain these words now."""
        return sum(words in _text(message) for message in (await self.chat())["messages"])

    async def chat(self) -> Json:
        """The messages, oldest first, and the keyboard."""
        url = f"{self._city.layout.telegram_api_url}/local/{self.telegram_id}/chat"
        async with self._city.http.get(url) as response:
            found: Json = await response.json()
            return found

    async def _act(self, what: str, body: Json) -> None:
        before = await self.newest()
        await self._post(what, body)
        await self._answered(before)

    async def _answered(self, before: int) -> None:
        await self._until(
            lambda messages: messages and _is_bots(messages[-1]) and _newest(messages) > before,
            "an answer",
        )

    async def _button(self, label: str) -> tuple[int, str]:
        def find(messages: list[Json]) -> tuple[int, str] | None:
            for message in reversed(messages):
                for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                    for button in row:
                        if label in button["text"] and "callback_data" in button:
                            return message["message_id"], button["callback_data"]
            return None

        found: tuple[int, str] = await self._until(find, f"a button {label!r}")
        return found

    async def _until(self, find: Callable[[list[Json]], Any], what: str) -> Any:
        messages: list[Json] = []
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not (found := find(messages)):
                    await asyncio.sleep(POLL_SECONDS)
                    messages = (await self.chat())["messages"]
        except TimeoutError:
            last = "\n---\n".join(_text(message) for message in messages[-4:])
            raise AssertionError(
                f"{self.telegram_id} waited for {what}; last read:\n{last}"
            ) from None
        return found

    async def _post(self, what: str, body: Json) -> Json:
        url = f"{self._city.layout.telegram_api_url}/local/{self.telegram_id}/{what}"
        async with self._city.http.post(url, json=body) as response:
            assert response.status == 200, await response.text()
            answer: Json = await response.json()
            return answer


async def newcomer(city: City, language: str, name: str = "Somebody", phone: str = "") -> Human:
    """A new person in the local Telegram whose client speaks `language`; with a number of his
    own unless `phone` says which."""
    url = f"{city.layout.telegram_api_url}/local/people"
    body = {"first_name": name, "language_code": language, "phone": phone}
    async with city.http.post(url, json=body) as response:
        assert response.status == 201, await response.text()
        person = await response.json()
    return Human(city, int(person["id"]), language)


def _text(message: Json) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _is_bots(message: Json) -> bool:
    return bool(message.get("from", {}).get("is_bot"))


def _newest(messages: list[Json]) -> int:
    return max((int(message["message_id"]) for message in messages), default=0)
