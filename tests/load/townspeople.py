"""Those who will tap: each signs up in the chat, as people do, unless he did at an earlier run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.gateway.features.language.callbacks import ChooseLanguage
from services.gateway.texts import texts_for
from tests.load.visitor import NotServed, Visitor, Webhook

FIRST_PERSON = 4_000_000_000_000
"""Beyond every account that Telegram has given out, and of 52 bits."""

AT_ONCE = 16
TRIES = 8
LANGUAGE = "en"
"""What everybody chooses, so that the toasts can be read."""


async def sign_up(person: Visitor, name: str, phone: str) -> None:
    """From /start to the menu; nothing more for who has been here. Begins again where a busy bot
    has answered "later". Raises NotServed when the menu does not come."""
    menu = texts_for(LANGUAGE).plain("menu.sessions")
    said = ""
    for _ in range(TRIES):
        said = str(await person.says("/start"))
        if menu in said:
            return
        await person.presses(ChooseLanguage(code=LANGUAGE))
        await person.says(name)
        await person.shares_contact(phone)
    raise NotServed(f"{person.telegram_id} could not sign up; /start was answered {said[:300]}")


async def sign_everybody_up(webhook: Webhook, people: int, tell: Callable[[int], None]) -> None:
    """`people` of them, from FIRST_PERSON on; `tell` hears how many are done. Raises NotServed."""
    numbers = iter(range(people))
    done = 0

    async def some() -> None:
        nonlocal done
        for number in numbers:
            person = Visitor(telegram_id=FIRST_PERSON + number, webhook=webhook)
            await sign_up(person, f"Player {number}", f"99890{number % 10**7:07d}")
            done += 1
            tell(done)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(min(AT_ONCE, people)):
            tasks.create_task(some())
