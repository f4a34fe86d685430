"""The webhook as anybody on the network meets it: raw bodies, any headers, people in the chat."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

from services.gateway.features.language.callbacks import ChooseLanguage
from services.gateway.texts import Texts, texts_for
from tests.badinput.rough_city import Rough
from tests.badinput.score import note
from tests.e2e.city import SECRET
from tests.e2e.league import IDS
from tests.e2e.webhook import HEADER, Json, Reply, contact, deliver, message, tap

JSON_TYPE = {"Content-Type": "application/json"}
# Said of what is nobody's bug here: a body that is no update, and people whom the local Telegram
# does not know.
EXPECTED = ("what Telegram brought is no update", "telegram refused a notice")
EN = texts_for("en")


async def knock(
    rough: Rough,
    body: bytes | str = b"",
    headers: dict[str, str] | None = None,
    method: str = "POST",
    path: str = "",
) -> Reply:
    """One request with the right secret, unless `headers` say otherwise."""
    note("webhook")
    sent = {HEADER: SECRET, **JSON_TYPE} if headers is None else headers
    url = rough.city.layout.webhook_url + path
    data = io.BytesIO(body.encode() if isinstance(body, str) else body)
    async with rough.city.http.request(method, url, data=data, headers=sent) as response:
        content = await response.read()
        return Reply(
            status=response.status,
            body=json.loads(content) if content.startswith(b"{") else {},
            headers={**dict(response.headers), "body": content.decode(errors="replace")},
        )


def bugs(rough: Rough, before: list[str]) -> list[str]:
    """Errors logged since, but for expected ones."""
    return [line for line in rough.errors(before) if not any(words in line for words in EXPECTED)]


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A person who speaks to the webhook directly, and hears its answers alone."""

    rough: Rough
    telegram_id: int = field(default_factory=lambda: next(IDS))

    async def gives(self, update: Json) -> Reply:
        """Any update of his."""
        note("webhook")
        reply = await deliver(self.rough.city.http, self.rough.city.layout.webhook_url, update)
        assert reply.status == 200, reply
        return reply

    async def says(self, text: str) -> str:
        """The answer's text."""
        return str((await self.gives(message(self.telegram_id, text))).body.get("text", ""))

    async def presses(self, data: Any) -> str:
        """The toast."""
        return (await self.gives(tap(self.telegram_id, data))).toast

    async def sends(self, **content: Any) -> str:
        """A message that holds something else than words; the answer's text."""
        update = message(self.telegram_id, "")
        del update["message"]["text"], update["message"]["entities"]
        update["message"].update(content)
        return str((await self.gives(update)).body.get("text", ""))

    async def shares(self, phone: str, **others: Any) -> str:
        """A contact; his own unless `others` say whose."""
        card = contact(self.telegram_id, self.telegram_id)["message"]["contact"]
        return await self.sends(contact={**card, "phone_number": phone, **others})

    async def at_the_name(self) -> None:
        """As far as the question for his name."""
        await self.says("/start")
        await self.presses(ChooseLanguage(code="en"))

    async def at_the_phone(self, name: str = "Somebody") -> str:
        """As far as the question for his phone."""
        await self.at_the_name()
        return await self.says(name)

    async def signs_up(self, name: str = "Somebody") -> str:
        """To the end; what he was told."""
        await self.at_the_phone(name)
        return await self.shares(f"+99893{self.telegram_id % 10**7:07d}")


def first_line(key: str, texts: Texts = EN) -> str:
    """As much of a text as it is known by."""
    return texts(key, name="").splitlines()[0].partition("<")[0]
